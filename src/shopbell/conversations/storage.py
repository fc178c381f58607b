"""Every statement this room runs, built once when the module is imported."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, cast

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy import (
    Select as SelectOf,
)

from shopbell.conversations.commands import Box
from shopbell.conversations.model import (
    CASE,
    MERGED_FROM,
    SPLIT_FROM,
    Audience,
    Author,
    Card,
    Conversation,
    ConversationId,
    Event,
    Standing,
    Stream,
    Tended,
    Topic,
    Withdrawn,
)
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.conversations.tables import conversations, events
from shopbell.conversations.turns import State
from shopbell.engine.rows import Insert, Row, Select, Update
from shopbell.engine.tables import Session
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side
from shopbell.kernel.likeness import like

_FAR = 1 << 61
"""Rows without a promise are sorted behind all that have one, newest first."""

WAITS_BELOW = 1 << 60
"""What waits for the shop stands below: in order of a moment, which is far less."""

ASLEEP = 1 << 62
"""What the team has put aside is sorted behind everything, by when it comes back."""

_c = conversations.c
_SHOWN = [_c[name] for name in Conversation.__struct_fields__]
_ADD = insert(conversations)
_GET = select(*_SHOWN).where(_c.id == bindparam("talk"))
_STANDINGS = Select(conversations, Standing.__struct_fields__, ["id"])
_TOPICS = Select(conversations, Topic.__struct_fields__, ["id"])
_HOLD = Select(conversations, ["id", "version"], ["id"], hold=True)
_HOLD_FREE = Select(conversations, ["id", "version"], ["id"], hold=True, skip_locked=True)
_READ = Select(conversations, Conversation.__struct_fields__, ["id"])
_GROWING = (
    "version",
    "head",
    "notes_head",
    "event_at",
    "last_at",
    "last_seq",
    "last_side",
    "last_text",
    "buyer_unread",
    "seller_unread",
)
"""What a message changes about a conversation whose turn stays where it is."""

_TURNING = (
    "state",
    "channel",
    "buyer_read",
    "seller_read",
    "buyer_delivered",
    "seller_delivered",
    "due_at",
    "due_since",
    "breaches",
    "round_since",
    "watch_at",
    "open_cases",
    "seller_cases",
    "awaits",
    "case_due_at",
    "case_due_since",
    "clocks",
    "merged_into",
)
"""What else can change; most indexes are over these, so they are written only when they do."""

_TENDED = Tended.__struct_fields__
"""What the shop's team changes, seldom enough to have a statement of its own."""

_DERIVED = ("visible", "done", "desk_order")
_GROW = Update(conversations, _GROWING, ["id"])
_TURN = Update(conversations, (*_GROWING, *_TURNING, *_DERIVED), ["id"])
_TEND = Update(conversations, (*_TENDED, *_DERIVED), ["id"])
_grown = attrgetter(*_GROWING, "id")
_turned = attrgetter(*_GROWING, *_TURNING)
_turning = attrgetter(*_TURNING)
_tended = attrgetter(*_TENDED)
_GIVE = (
    update(conversations)
    .where(_c.buyer == bindparam("before"))
    .values(buyer=bindparam("to_buyer"), buyer_name=bindparam("to_name"), version=_c.version + 1)
)
_SAME_SUBJECT = and_(
    _c.buyer == bindparam("of_buyer"),
    _c.shop == bindparam("of_shop"),
    _c.subject_kind == bindparam("of_kind"),
    _c.subject_id == bindparam("of_subject"),
)
_CALLED_FOR = (
    select(*_SHOWN)
    .where(_c.visible, _c.done.is_(False), _c.state == State.WAITING_OPERATOR)
    .order_by(_c.last_at, _c.id)
    .limit(bindparam("most"))
)
_LATEST = select(*_SHOWN).where(_SAME_SUBJECT).order_by(_c.created_at.desc()).limit(1)

_e = events.c
_SEEN = (_e.seq, _e.id, _e.type, _e.at, _e.actor, _e.side, _e.name, _e.data, _e.cmid, _e.withdrawn)
_IN_STREAM = and_(_e.conversation == bindparam("talk"), _e.audience == bindparam("to_whom"))
_APPEND = Insert(events)
_OF_CMID = ("cmid", "conversation", "audience", "actor")
_BY_CMID = Select(events, (*_OF_CMID, "id", "seq", "at", "payload_hash"), _OF_CMID)
_BY_SEQ = select(*_SEEN).where(_IN_STREAM, _e.seq == bindparam("number"))
_AFTER = (
    select(*_SEEN)
    .where(_IN_STREAM, _e.seq > bindparam("number"))
    .order_by(_e.seq)
    .limit(bindparam("most"))
)
_BEFORE = (
    select(*_SEEN)
    .where(_IN_STREAM, _e.seq < bindparam("number"))
    .order_by(_e.seq.desc())
    .limit(bindparam("most"))
)
_OF_SOME = and_(_e.conversation == _c.id, _c.id.in_(bindparam("talks", expanding=True)))
_WAITING = (
    select(_c.id, _e.seq, _e.at, _e.data)
    .where(_OF_SOME, _e.audience == Audience.PUBLIC, _e.withdrawn.is_(False))
    .where(_e.seq > _c.head - bindparam("most"))
    .order_by(_e.seq)
)
_SAID = _e.type.in_(("message", CASE))
_ASKED = or_(
    and_(_SAID, _e.side.in_((Side.BUYER, Side.OPERATOR))), _e.type.in_((MERGED_FROM, SPLIT_FROM))
)
_UNANSWERED = _WAITING.where(_ASKED, _e.at >= _c.round_since)
_UNSEEN = _WAITING.where(_SAID, _e.side != Side.BUYER, _c.buyer_unread > 0, _e.seq > _c.buyer_read)
_SPOKEN = (
    select(_e.seq)
    .where(_IN_STREAM, _e.seq > bindparam("number"), _e.side == bindparam("by_side"))
    .where(_e.type == "message", _e.withdrawn.is_(False))
    .limit(1)
)
_WITHDRAW = (
    update(events)
    .where(_IN_STREAM, or_(_e.seq == bindparam("number"), _e.target == bindparam("number")))
    .where(_e.type != "delete")
    .values(withdrawn=True)
)
_UNREAD = select(func.count()).where(
    _IN_STREAM,
    _e.seq > bindparam("number"),
    _e.type.in_(("message", CASE)),
    _e.side != bindparam("not_side"),
    _e.withdrawn.is_(False),
)


# ── conversations ───────────────────────────────────────────────────────────────────────────


def add(tx: Session, talk: Conversation) -> None:
    """Keep a new conversation."""
    row = {name: getattr(talk, name) for name in talk.__struct_fields__}
    row |= {"subject_kind": talk.subject.kind, "subject_id": talk.subject.id}
    tx.execute(_ADD, row | _derived(talk))


def get(tx: Session, talk: ConversationId, *, hold: bool = False) -> Conversation:
    """Return one conversation or refuse; ``hold`` keeps others from changing it."""
    if hold:
        return _held(tx, talk)
    if talk in tx.held:
        return cast("Conversation", tx.held[talk])
    row = tx.execute(_GET, {"talk": talk}).one_or_none()
    if row is None:
        raise NoSuchConversation
    return Conversation(**row._mapping)  # noqa: SLF001 - the public name of a row's columns


def read_ahead(tx: Session, talks: Iterable[ConversationId]) -> None:
    """Read at once what `get` will be asked for, one by one; for a transaction that only reads."""
    for row in _READ(tx, [(talk,) for talk in talks]):
        read = _whole(row)
        tx.held[read.id] = read


def standings(tx: Session, talks: Iterable[ConversationId]) -> list[Standing]:
    """Return how far some conversations have come; those that do not exist are left out."""
    found = _STANDINGS(tx, ((talk,) for talk in talks))
    return [Standing(**dict(zip(Standing.__struct_fields__, row, strict=True))) for row in found]


def topics(tx: Session, talks: Iterable[ConversationId]) -> list[Topic]:
    """Return what some conversations are about; those that are held need not be read again."""
    wanted = set(talks)
    known = [like(Topic, tx.held[talk]) for talk in wanted & tx.held.keys()]
    unread = [(talk,) for talk in wanted - tx.held.keys()]
    rows = _TOPICS(tx, unread) if unread else []
    found = (dict(zip(Topic.__struct_fields__, row, strict=True)) for row in rows)
    return [*known, *(Topic(**row) for row in found)]


def _held(tx: Session, talk: ConversationId) -> Conversation:
    if talk not in tx.held:
        hold(tx, [talk])
    found: Conversation | None = tx.held.get(talk)
    if found is None:
        raise NoSuchConversation
    return found


def hold(tx: Session, talks: Iterable[ConversationId]) -> None:
    """Lock conversations; read those whole that changed since this process last wrote them."""
    _read_held(tx, _HOLD(tx, [(talk,) for talk in talks]))


def hold_free(tx: Session, talks: Iterable[ConversationId]) -> list[ConversationId]:
    """Lock those of some conversations that nobody else holds at this moment, and return them."""
    held = _HOLD_FREE(tx, [(talk,) for talk in talks])
    _read_held(tx, held)
    return [talk for talk, _version in held]


def _read_held(tx: Session, held: Iterable[Row]) -> None:
    stale: list[Row] = []
    for talk, version in held:
        known: Conversation | None = tx.memory.get(talk)
        if known is not None and known.version == version:
            tx.held[talk] = known
        else:
            stale.append((talk,))
    for row in _READ(tx, stale) if stale else ():
        read = _whole(row)
        tx.held[read.id] = tx.remembered[read.id] = read


def _whole(row: Row) -> Conversation:
    return Conversation(**dict(zip(Conversation.__struct_fields__, row, strict=True)))


def latest_about(tx: Session, buyer: PersonId, shop: ShopId, card: Card) -> Conversation | None:
    """Return the newest conversation of these two about this subject, closed or not."""
    given = {"of_buyer": buyer, "of_shop": shop, "of_kind": card.kind, "of_subject": card.id}
    row = tx.execute(_LATEST, given).one_or_none()
    return None if row is None else Conversation(**row._mapping)  # noqa: SLF001


def give_to(tx: Session, before: PersonId, buyer: PersonId, name: str) -> None:
    """Make the conversations of one buyer another's."""
    tx.execute(_GIVE, {"before": before, "to_buyer": buyer, "to_name": name})
    tx.held.clear()
    tx.remembered.clear()


def change(tx: Session, before: Conversation, **changes: Any) -> Conversation:  # noqa: ANN401
    """Write ``changes`` to one conversation and return it as it is now."""
    after = msgspec.structs.replace(before, version=before.version + 1, **changes)
    earlier = tx.waits(_write_changes, before.id)
    tx.put(_write_changes, before.id, (earlier[0] if earlier else before, after))
    tx.held[before.id] = tx.remembered[before.id] = after
    return after


def _write_changes(tx: Session, changed: list[tuple[Conversation, Conversation]]) -> None:
    grown, turned, tended = list[Row](), list[Row](), list[Row]()
    for before, after in changed:
        if _tended(before) != _tended(after):
            tended.append((*_tended(after), *_places(after), after.id))
        if _turning(before) == _turning(after):
            grown.append(_grown(after))
        else:
            turned.append((*_turned(after), *_places(after), after.id))
    if grown:
        _GROW(tx, grown)
    if turned:
        _TURN(tx, turned)
    if tended:
        _TEND(tx, tended)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say `Conversation.admits` in SQL, for lists; a new, still silent one is in nobody's list."""
    match actor.side:
        case Side.BUYER:
            return and_(_c.buyer == actor.id, _c.visible)
        case Side.SELLER:
            return and_(_c.shop == actor.shop, _c.visible)
        case Side.OPERATOR | Side.SYSTEM:
            return _c.visible


def listed(
    tx: Session,
    actor: Actor,
    box: Box,
    limit: int,
    *,
    words: str = "",
    buyer: PersonId | None = None,
    after: tuple[int, str] | None = None,
) -> list[tuple[Conversation, int]]:
    """List what ``actor`` may see with each one's place in the order: due first, or newest."""
    order = _c.desk_order if actor.side is Side.SELLER else _NEWEST_FIRST
    query = (
        select(*_SHOWN, order.label("place"))
        .where(
            visible_to(actor),
            _in_box(box, actor.side),
            _about(words),
            _with(buyer),
            _behind(order, after),
        )
        .order_by(order, _c.id)
        .limit(limit)
    )
    rows = [dict(row._mapping) for row in tx.execute(query)]  # noqa: SLF001
    return [(Conversation(**row), place) for row in rows for place in [row.pop("place")]]


def between(
    tx: Session, actor: Actor, buyer: PersonId, shop: ShopId, most: int
) -> list[Conversation]:
    """List what ``actor`` may see of one buyer and one shop, newest first."""
    query = (
        select(*_SHOWN)
        .where(visible_to(actor), _c.buyer == buyer, _c.shop == shop)
        .order_by(_c.last_at.desc(), _c.id)
        .limit(most)
    )
    return [Conversation(**row._mapping) for row in tx.execute(query)]  # noqa: SLF001


def called_for(tx: Session, most: int) -> list[Conversation]:
    """List those that wait for the operator, the longest wait first."""
    rows = tx.execute(_CALLED_FOR, {"most": most})
    return [Conversation(**row._mapping) for row in rows]  # noqa: SLF001


def _in_box(box: Box, side: Side) -> ColumnElement[bool]:
    if box == "all":
        return true()
    is_done = _c.done.is_(box == "done")
    is_shops = box == "open" and side is Side.SELLER
    return and_(is_done, _c.desk_order < ASLEEP) if is_shops else is_done


def _about(words: str) -> ColumnElement[bool]:
    parts = words.casefold().split()[:8]
    return and_(true(), *(_c.search.contains(part, autoescape=True) for part in parts))


def _with(buyer: PersonId | None) -> ColumnElement[bool]:
    return true() if buyer is None else _c.buyer == buyer


def _behind(order: ColumnElement[int], after: tuple[int, str] | None) -> ColumnElement[bool]:
    if after is None:
        return true()
    place, talk = after
    return or_(order > place, and_(order == place, _c.id > talk))


_NEWEST_FIRST: ColumnElement[int] = -type_coerce(_c.last_at, BigInteger)


def _derived(talk: Conversation) -> dict[str, object]:
    """Return the columns that follow from the others, kept for the indexes."""
    words = (
        talk.buyer_name,
        talk.shop_name,
        talk.subject.number or "",
        *talk.subject.title.values(),
    )
    places = dict(zip(_DERIVED, _places(talk), strict=True))
    return {**places, "search": " ".join(words).casefold()[:1_000]}


def _places(talk: Conversation) -> tuple[bool, bool, int]:
    """Return where the lists show it: at all, among what is done, and behind which others."""
    return talk.state is not State.NEW, talk.state.done, _place_of(talk)


def _place_of(talk: Conversation) -> int:
    if talk.asleep:
        return ASLEEP + micros(cast("datetime", talk.snoozed_until))
    pressing, woken = talk.pressing, talk.woken_at
    if pressing is None and woken is None:
        return _FAR - micros(talk.last_at)
    place = min(micros(at) for at in (pressing and pressing.at, woken) if at)
    return place - _FAR if talk.clocks is not None and talk.clocks.raised else place


def micros(moment: datetime) -> int:
    """Return a moment as it stands in the tables."""
    return round(moment.timestamp() * 1_000_000)


# ── entries ─────────────────────────────────────────────────────────────────────────────────


def append(
    tx: Session,
    stream: Stream,
    event: Event,
    payload_hash: bytes | None = None,
    target: int | None = None,
) -> None:
    """Add an entry under the number it carries; ``target`` is the one it corrects."""
    cmid = event.cmid or None
    author = event.actor
    row = (
        event.id,
        stream.conversation,
        stream.audience,
        event.seq,
        event.type,
        author.id,
        author.side,
        author.name,
        cmid,
        payload_hash,
        bytes(event.data).decode(),
        event.at,
        target,
        False,
    )
    tx.put(_APPEND, event.id, row)
    if cmid is not None:
        tx.held[_sent(stream, author.id, cmid)] = (event.id, event.seq, event.at, payload_hash)


def look_ahead(tx: Session, sent: Sequence[tuple[Stream, PersonId, str]]) -> None:
    """Lock and read at once what `get` and `by_cmid` will be asked for, one by one."""
    hold(tx, {stream.conversation for stream, _actor, _cmid in sent})
    _find_sent(tx, [_sent(stream, actor, cmid) for stream, actor, cmid in sent])


def by_cmid(
    tx: Session, stream: Stream, actor: PersonId, cmid: str
) -> tuple[str, int, datetime, bytes] | None:
    """Find what this actor sent under this client id: event id, number, time and hash."""
    sent = _sent(stream, actor, cmid)
    if sent not in tx.held:
        _find_sent(tx, [sent])
    found: tuple[str, int, datetime, bytes] | None = tx.held[sent]
    return found


def _sent(stream: Stream, actor: PersonId, cmid: str) -> Row:
    return (cmid, stream.conversation, stream.audience, actor)


def _find_sent(tx: Session, sent: Sequence[Row]) -> None:
    tx.held.update(dict.fromkeys(sent))
    tx.held.update((row[:4], row[4:]) for row in _BY_CMID(tx, sent))


def by_seq(tx: Session, stream: Stream, seq: int) -> tuple[Event, bool] | None:
    """Return one entry and whether it was withdrawn."""
    row = tx.execute(_BY_SEQ, {**_place(stream), "number": seq}).one_or_none()
    return None if row is None else (_event(row, unveil=True), row.withdrawn)


def after(tx: Session, stream: Stream, seq: int, limit: int, *, unveil: bool) -> list[Event]:
    """Return entries behind number ``seq``; ``unveil`` shows what was withdrawn, too."""
    given = {**_place(stream), "number": seq, "most": limit}
    return [_event(row, unveil=unveil) for row in tx.execute(_AFTER, given)]


def before(tx: Session, stream: Stream, seq: int, limit: int, *, unveil: bool) -> list[Event]:
    """Return the entries just in front of number ``seq``, oldest first."""
    given = {**_place(stream), "number": seq, "most": limit}
    return [_event(row, unveil=unveil) for row in tx.execute(_BEFORE, given)][::-1]


def withdraw(tx: Session, stream: Stream, seq: int) -> None:
    """Hide the words of an entry and of its corrections from now on; the numbers stay."""
    tx.execute(_WITHDRAW, {**_place(stream), "number": seq})


def unanswered(
    tx: Session, talks: Sequence[ConversationId], most: int
) -> Iterable[tuple[ConversationId, int, datetime, str]]:
    """Return of some conversations what the shop has not answered, of the newest entries."""
    return _waiting(tx, _UNANSWERED, talks, most)


def unseen(
    tx: Session, talks: Sequence[ConversationId], most: int
) -> Iterable[tuple[ConversationId, int, datetime, str]]:
    """Return of some conversations what the buyer has not seen, of the newest entries."""
    return _waiting(tx, _UNSEEN, talks, most)


def _waiting(
    tx: Session,
    statement: SelectOf[ConversationId, int, datetime, str],
    talks: Sequence[ConversationId],
    most: int,
) -> Iterable[tuple[ConversationId, int, datetime, str]]:
    found = tx.execute(statement, {"talks": list(talks), "most": most})
    return ((row[0], row[1], row[2], row[3]) for row in found)


def unread(tx: Session, stream: Stream, seq: int, side: Side) -> int:
    """Count the messages behind ``seq`` that others than ``side`` wrote."""
    given = {**_place(stream), "number": seq, "not_side": side}
    return int(tx.execute(_UNREAD, given).scalar_one())


def spoken(tx: Session, stream: Stream, seq: int, side: Side) -> bool:
    """Tell whether a side has said something behind number ``seq`` that still stands."""
    given = {**_place(stream), "number": seq, "by_side": side}
    return tx.execute(_SPOKEN, given).first() is not None


def _place(stream: Stream) -> dict[str, object]:
    return {"talk": stream.conversation, "to_whom": stream.audience}


_WITHDRAWN = msgspec.Raw(msgspec.json.encode(Withdrawn()))


def _event(row: Any, *, unveil: bool) -> Event:  # noqa: ANN401 - a row of `_SEEN`
    hidden = row.withdrawn and not unveil
    return Event(
        seq=row.seq,
        id=row.id,
        type=row.type,
        at=row.at,
        actor=Author(row.actor, row.side, row.name),
        data=_WITHDRAWN if hidden else msgspec.Raw(row.data.encode()),
        cmid=row.cmid or msgspec.UNSET,
    )
