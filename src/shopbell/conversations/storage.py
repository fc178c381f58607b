"""Every statement this room runs, built once when the module is imported."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.conversations.commands import Box
from shopbell.conversations.model import (
    Attachment,
    AttachmentId,
    Audience,
    Author,
    Card,
    Channel,
    Conversation,
    ConversationId,
    Event,
    Stream,
    Withdrawn,
)
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.conversations.tables import attachments, conversations, drafts, events, rounds
from shopbell.conversations.turns import State
from shopbell.engine.tables import Session
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side
from shopbell.kernel.ids import new_id

_FAR = 1 << 61
"""Rows without a promise are sorted behind all that have one, newest first."""

_c = conversations.c
_SHOWN = [_c[name] for name in Conversation.__struct_fields__]
_ADD = insert(conversations)
_GET = select(*_SHOWN).where(_c.id == bindparam("talk"))
_HOLD = _GET.with_for_update()
_CHANGING = (
    "version",
    "state",
    "channel",
    "head",
    "notes_head",
    "event_at",
    "last_at",
    "last_seq",
    "last_side",
    "last_text",
    "buyer_unread",
    "seller_unread",
    "buyer_read",
    "seller_read",
    "buyer_delivered",
    "seller_delivered",
    "due_at",
    "due_since",
    "breaches",
    "round_since",
)
"""What can change about a conversation; one prebuilt statement writes it all, whichever did."""

_DERIVED = ("visible", "done", "desk_order", "search")
_CHANGE = (
    update(conversations)
    .where(_c.id == bindparam("talk"))
    .values({name: bindparam(f"to_{name}") for name in (*_CHANGING, *_DERIVED)})
)
_SAME_SUBJECT = and_(
    _c.buyer == bindparam("of_buyer"),
    _c.shop == bindparam("of_shop"),
    _c.subject_kind == bindparam("of_kind"),
    _c.subject_id == bindparam("of_subject"),
)
_LATEST = select(*_SHOWN).where(_SAME_SUBJECT).order_by(_c.created_at.desc()).limit(1)

_e = events.c
_SEEN = (_e.seq, _e.id, _e.type, _e.at, _e.actor, _e.side, _e.name, _e.data, _e.cmid, _e.withdrawn)
_IN_STREAM = and_(_e.conversation == bindparam("talk"), _e.audience == bindparam("to_whom"))
_APPEND = insert(events)
_BY_CMID = select(_e.id, _e.seq, _e.at, _e.payload_hash).where(
    _e.cmid == bindparam("of_cmid"), _IN_STREAM, _e.actor == bindparam("of_actor")
)
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
_WITHDRAW = (
    update(events)
    .where(_IN_STREAM, or_(_e.seq == bindparam("number"), _e.target == bindparam("number")))
    .where(_e.type != "delete")
    .values(withdrawn=True)
)
_UNREAD = select(func.count()).where(
    _IN_STREAM,
    _e.seq > bindparam("number"),
    _e.type == "message",
    _e.side != bindparam("not_side"),
    _e.withdrawn.is_(False),
)

_a = attachments.c
_FILE = (_a.id, _a.name, _a.media_type, _a.size, _a.width, _a.height)
_ATTACH = insert(attachments)
_SAME_FILE = select(*_FILE).where(
    _a.conversation == bindparam("talk"),
    _a.person == bindparam("of_person"),
    _a.sha256 == bindparam("of_sha256"),
    _a.name == bindparam("of_name"),
)
_FILES = select(*_FILE).where(
    _a.conversation == bindparam("talk"),
    _a.person == bindparam("of_person"),
    _a.id.in_(bindparam("ids", expanding=True)),
)
_SHOW = update(attachments).where(_a.id.in_(bindparam("ids", expanding=True)))
_SHOW = _SHOW.values(shown_at=bindparam("number"))
_FILE_BY_ID = (
    select(_a.conversation, _a.person, _a.sha256, _a.name, _a.media_type, _e.withdrawn.is_(False))
    .outerjoin_from(
        attachments,
        events,
        and_(
            _e.conversation == _a.conversation,
            _e.audience == Audience.PUBLIC,
            _e.seq == _a.shown_at,
        ),
    )
    .where(_a.id == bindparam("file"))
)

_ADD_ROUND = insert(rounds)
_WAITS = (
    select(rounds.c.started_at, rounds.c.answered_at)
    .where(rounds.c.shop == bindparam("of_shop"), rounds.c.answered_at >= bindparam("since"))
    .order_by(rounds.c.answered_at.desc())
    .limit(500)
)

_THIS_DRAFT = and_(
    drafts.c.conversation == bindparam("talk"), drafts.c.person == bindparam("of_person")
)
_DRAFT = select(drafts.c.text).where(_THIS_DRAFT)
_NEW_DRAFT = upsert(drafts)
_KEEP_DRAFT = _NEW_DRAFT.on_conflict_do_update(
    index_elements=[drafts.c.conversation, drafts.c.person],
    set_={"text": _NEW_DRAFT.excluded.text, "at": _NEW_DRAFT.excluded.at},
)
_DROP_DRAFT = delete(drafts).where(_THIS_DRAFT)


# ── conversations ───────────────────────────────────────────────────────────────────────────


def add(tx: Session, talk: Conversation) -> None:
    """Keep a new conversation."""
    row = {name: getattr(talk, name) for name in talk.__struct_fields__}
    row |= {"subject_kind": talk.subject.kind, "subject_id": talk.subject.id}
    tx.execute(_ADD, row | _derived(talk))


def get(tx: Session, talk: ConversationId, *, hold: bool = False) -> Conversation:
    """Return one conversation or refuse; ``hold`` keeps others from changing it."""
    row = tx.execute(_HOLD if hold else _GET, {"talk": talk}).one_or_none()
    if row is None:
        raise NoSuchConversation
    return Conversation(**row._mapping)  # noqa: SLF001 - the public name of a row's columns


def latest_about(tx: Session, buyer: PersonId, shop: ShopId, card: Card) -> Conversation | None:
    """Return the newest conversation of these two about this subject, closed or not."""
    given = {"of_buyer": buyer, "of_shop": shop, "of_kind": card.kind, "of_subject": card.id}
    row = tx.execute(_LATEST, given).one_or_none()
    return None if row is None else Conversation(**row._mapping)  # noqa: SLF001


def change(tx: Session, before: Conversation, **changes: Any) -> Conversation:  # noqa: ANN401
    """Write ``changes`` to one conversation and return it as it is now."""
    after = msgspec.structs.replace(before, version=before.version + 1, **changes)
    row = {f"to_{name}": getattr(after, name) for name in _CHANGING}
    derived = {f"to_{name}": value for name, value in _derived(after).items()}
    tx.execute(_CHANGE, {**row, **derived, "talk": before.id})
    return after


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
        .where(visible_to(actor), _in_box(box), _about(words), _with(buyer), _behind(order, after))
        .order_by(order, _c.id)
        .limit(limit)
    )
    rows = [dict(row._mapping) for row in tx.execute(query)]  # noqa: SLF001
    return [(Conversation(**row), place) for row in rows for place in [row.pop("place")]]


def _in_box(box: Box) -> ColumnElement[bool]:
    return true() if box == "all" else _c.done.is_(box == "done")


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
    last, due = _micros(talk.last_at), talk.due_at
    words = (
        talk.buyer_name,
        talk.shop_name,
        talk.subject.number or "",
        *talk.subject.title.values(),
    )
    return {
        "visible": talk.state is not State.NEW,
        "done": talk.state.done,
        "desk_order": _FAR - last if due is None else _micros(due),
        "search": " ".join(words).casefold()[:1_000],
    }


def _micros(moment: datetime) -> int:
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
    row = {
        "id": event.id,
        "conversation": stream.conversation,
        "audience": stream.audience,
        "seq": event.seq,
        "type": event.type,
        "actor": event.actor.id,
        "side": event.actor.side,
        "name": event.actor.name,
        "cmid": event.cmid or None,
        "payload_hash": payload_hash,
        "data": bytes(event.data).decode(),
        "at": event.at,
        "target": target,
        "withdrawn": False,
    }
    tx.execute(_APPEND, row)


def by_cmid(
    tx: Session, stream: Stream, actor: PersonId, cmid: str
) -> tuple[str, int, datetime, bytes] | None:
    """Find what this actor sent under this client id: event id, number, time and hash."""
    given = {"of_cmid": cmid, **_place(stream), "of_actor": actor}
    row = tx.execute(_BY_CMID, given).one_or_none()
    return None if row is None else (row[0], row[1], row[2], bytes(row[3]))


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


def unread(tx: Session, stream: Stream, seq: int, side: Side) -> int:
    """Count the messages behind ``seq`` that others than ``side`` wrote."""
    given = {**_place(stream), "number": seq, "not_side": side}
    return int(tx.execute(_UNREAD, given).scalar_one())


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


# ── files, rounds, drafts ───────────────────────────────────────────────────────────────────


def attach(
    tx: Session, talk: ConversationId, person: PersonId, sha256: str, file: Attachment
) -> Attachment:
    """Keep a file's place in a conversation; the same file again is the first one."""
    given = {"talk": talk, "of_person": person, "of_sha256": sha256, "of_name": file.name}
    if earlier := tx.execute(_SAME_FILE, given).one_or_none():
        return _attachment(earlier)
    row = {name: getattr(file, name) for name in file.__struct_fields__ if name != "url"}
    place = {"conversation": talk, "person": person, "sha256": sha256, "at": tx.now}
    tx.execute(_ATTACH, row | place)
    return file


def files(
    tx: Session, talk: ConversationId, person: PersonId, ids: Collection[str]
) -> list[Attachment]:
    """Return those of the named files that ``person`` uploaded into ``talk``, in that order."""
    given = {"talk": talk, "of_person": person, "ids": list(ids)}
    found = {row.id: _attachment(row) for row in tx.execute(_FILES, given)}
    return [found[file] for file in ids if file in found]


def show(tx: Session, ids: Collection[str], seq: int) -> None:
    """Note that files are shown by the message of this number."""
    if ids:
        tx.execute(_SHOW, {"ids": list(ids), "number": seq})


class KeptFile(NamedTuple):
    """A file of a conversation; ``shown`` while a message that still stands shows it."""

    talk: ConversationId
    person: PersonId
    sha256: str
    name: str
    media_type: str
    shown: bool | None


def file(tx: Session, file: AttachmentId) -> KeptFile | None:
    """Return where a file belongs and whether it is shown."""
    row = tx.execute(_FILE_BY_ID, {"file": file}).one_or_none()
    return None if row is None else KeptFile(*row)


def _attachment(row: Sequence[Any]) -> Attachment:
    file, name, media_type, size, width, height = row
    return Attachment(file, name, media_type, size, width, height, url=f"/files/{file}")


def add_round(tx: Session, talk: Conversation, started_at: datetime, channel: Channel) -> None:
    """Record that a round was answered just now."""
    row = {"id": new_id(), "conversation": talk.id, "shop": talk.shop, "channel": channel}
    tx.execute(_ADD_ROUND, {**row, "started_at": started_at, "answered_at": tx.now})


def waits(tx: Session, shop: ShopId, since: datetime) -> list[timedelta]:
    """List how long this shop's buyers waited for an answer since then, at most 500."""
    rows = tx.execute(_WAITS, {"of_shop": shop, "since": since})
    return [answered - started for started, answered in rows]


def draft(tx: Session, talk: ConversationId, person: PersonId) -> str:
    """Return what this person has not sent yet."""
    given = {"talk": talk, "of_person": person}
    return tx.execute(_DRAFT, given).scalar_one_or_none() or ""


def keep_draft(tx: Session, talk: ConversationId, person: PersonId, text: str) -> None:
    """Keep words for later; no words, no draft."""
    if not text:
        tx.execute(_DROP_DRAFT, {"talk": talk, "of_person": person})
        return
    tx.execute(_KEEP_DRAFT, {"conversation": talk, "person": person, "text": text, "at": tx.now})
