"""Where letters are kept before they are mailed, and the addresses that take none."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    Named,
    String,
    Table,
    Text,
    TypedColumns,
    and_,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.channels.mail.model import Earlier, Letter, LetterState, Manner, Posted, Suspended
from shopbell.contact.model import Reach
from shopbell.conversations.model import ConversationId
from shopbell.engine.tables import Json, Moment, Session, choice, ident, metadata


class LetterColumns(TypedColumns):
    id = ident(str, primary_key=True)
    message_id = Column(String(300), nullable=False, unique=True)
    manner = choice(Manner)
    conversation: Named[ConversationId | None] = ident(ConversationId, nullable=True)
    recipient = Column(String(60), nullable=False, index=True)
    address = Column(String(254), nullable=False)
    subject = Column(String(300), nullable=False)
    locale = Column(String(2), nullable=False)
    raw = Column(LargeBinary, nullable=False)
    upto = Column(Integer, nullable=False)
    reach: Named[Reach | None] = Column(Json(Reach))
    state = choice(LetterState)
    says = Column(Text, nullable=False)
    tries = Column(Integer, nullable=False)
    created_at = Column(Moment, nullable=False)
    tried_at: Named[datetime | None] = Column(Moment)
    sent_at: Named[datetime | None] = Column(Moment, index=True)
    sending_until: Named[datetime | None] = Column(Moment)


letters = Table(
    "letter",
    metadata,
    LetterColumns,
    Index("ix_letter_lane", "conversation", "address", "state"),
    Index("ix_letter_state", "state", "id"),
)


class AddressColumns(TypedColumns):
    address = Column(String(254), primary_key=True)
    soft = Column(Integer, nullable=False)
    soft_since: Named[datetime | None] = Column(Moment)
    suspended_at: Named[datetime | None] = Column(Moment, index=True)
    says = Column(Text, nullable=False)


addresses = Table("mail_address", metadata, AddressColumns)


class WishColumns(TypedColumns):
    recipient = Column(String(60), primary_key=True)
    stopped = Column(Boolean, nullable=False)
    changed_at = Column(Moment, nullable=False)


wishes = Table("mail_wish", metadata, WishColumns)

_l = letters.c
_FIELDS = Letter.__struct_fields__
_IN_VAIN = _l.state.in_([state for state in LetterState if state.in_vain])
_NEW = upsert(letters)
_ADD = _NEW.on_conflict_do_update(
    index_elements=[_l.message_id],
    set_={name: _NEW.excluded[name] for name in _FIELDS if name != "message_id"},
    where=and_(_IN_VAIN, _l.reach.is_distinct_from(_NEW.excluded.reach)),
).returning(_l.message_id)
"""A letter of another step takes the place of one by the same id that reached nobody."""

_GET = select(letters).where(_l.id == bindparam("letter"))
_NAMED = select(letters).where(_l.message_id.in_(bindparam("ids", expanding=True)))
_LANE = and_(_l.conversation == bindparam("talk"), _l.address == bindparam("to"))
_FIRST_WAITING = (
    select(_l.id)
    .where(_LANE, _l.state == LetterState.WAITING)
    .order_by(_l.created_at, _l.id)
    .limit(1)
)
_THREAD = (
    select(_l.message_id, _l.upto, _l.reach, _l.state)
    .where(
        _l.conversation == bindparam("talk"),
        _l.recipient == bindparam("of"),
        _l.state != LetterState.CANCELLED,
    )
    .order_by(_l.created_at, _l.id)
)
_OF_STEP = select(_l.state).where(
    _l.conversation == bindparam("talk"), _l.reach == bindparam("step")
)
_TOLD = select(_l.recipient).where(
    _l.conversation == bindparam("talk"),
    _l.upto >= bindparam("number"),
    ~_IN_VAIN,
)
_CHANGING = ("state", "says", "tries", "tried_at", "sent_at", "sending_until")
_CHANGE = (
    update(letters)
    .where(_l.id == bindparam("letter"))
    .values({name: bindparam(f"to_{name}") for name in _CHANGING})
)
_UNOPENED = [_l[name] for name in Posted.__struct_fields__]
_NEWEST = select(*_UNOPENED).order_by(_l.id.desc()).limit(bindparam("most"))
_TO = _NEWEST.where(_l.recipient.in_(bindparam("of", expanding=True)))
_KEPT = select(_l.id).where(
    _l.state == LetterState.KEPT,
    _l.created_at > bindparam("since"),
    _l.message_id.endswith(bindparam("domain"), autoescape=False),
)
_SENT = select(func.count()).where(_l.sent_at > bindparam("since"))
_SENT_TO = _SENT.where(_l.address == bindparam("to"))
_OF_STATE = select(_l.state, func.count()).group_by(_l.state)

_a = addresses.c
_NEW_ADDRESS = upsert(addresses)
_PUT_ADDRESS = _NEW_ADDRESS.on_conflict_do_update(
    index_elements=[_a.address],
    set_={name: _NEW_ADDRESS.excluded[name] for name in Suspended.__struct_fields__[1:]},
)
_ADDRESS = select(addresses).where(_a.address == bindparam("of"))
_SUSPENDED = select(addresses).where(_a.suspended_at.is_not(None)).order_by(_a.suspended_at.desc())

_NEW_WISH = upsert(wishes)
_PUT_WISH = _NEW_WISH.on_conflict_do_update(
    index_elements=[wishes.c.recipient],
    set_={"stopped": _NEW_WISH.excluded.stopped, "changed_at": _NEW_WISH.excluded.changed_at},
)
_WISH = select(wishes.c.stopped).where(wishes.c.recipient == bindparam("of"))


def add(tx: Session, letter: Letter) -> bool:
    """Keep a new letter; false if it was written before, unless that one reached nobody."""
    row = {name: getattr(letter, name) for name in _FIELDS}
    return tx.execute(_ADD, row).one_or_none() is not None


def get(tx: Session, letter_id: str, *, hold: bool = False) -> Letter | None:
    """Return one letter; ``hold`` keeps others from changing it."""
    statement = _GET.with_for_update() if hold else _GET
    row = tx.execute(statement, {"letter": letter_id}).one_or_none()
    return None if row is None else _letter(row)


def named(tx: Session, message_ids: list[str]) -> list[Letter]:
    """Return the letters of these Message-IDs."""
    return [_letter(row) for row in tx.execute(_NAMED, {"ids": message_ids})]


def first_waiting(tx: Session, talk: ConversationId, address: str) -> str | None:
    """Return the letter that is next to go to an address about a conversation, and hold it."""
    given = {"talk": talk, "to": address}
    found: str | None = tx.execute(_FIRST_WAITING.with_for_update(), given).scalar_one_or_none()
    return found


def thread(tx: Session, talk: ConversationId, recipient: str) -> list[Earlier]:
    """List the letters to one reader about a conversation, and what each of them tells."""
    return [Earlier(*row) for row in tx.execute(_THREAD, {"talk": talk, "of": recipient})]


def is_on_its_way(tx: Session, reach: Reach) -> bool:
    """Tell whether a letter of a step has arrived or still may."""
    given = {"talk": reach.conversation, "step": reach}
    return not all(state.failed for state in tx.execute(_OF_STEP, given).scalars())


def told(tx: Session, talk: ConversationId, number: int) -> set[str]:
    """Return the readers of letters that tell of an entry or of later ones."""
    return set(tx.execute(_TOLD, {"talk": talk, "number": number}).scalars())


def change(tx: Session, letter: Letter) -> None:
    """Write what has become of a letter; what is written in it never changes."""
    given = {f"to_{name}": getattr(letter, name) for name in _CHANGING}
    tx.execute(_CHANGE, {**given, "letter": letter.id})


def newest(tx: Session, most: int) -> list[Posted]:
    """List the newest letters, unopened."""
    return [Posted(**row._mapping) for row in tx.execute(_NEWEST, {"most": most})]  # noqa: SLF001


def newest_to(tx: Session, recipients: list[str], most: int) -> list[Posted]:
    """List the newest letters to some readers, unopened."""
    found = tx.execute(_TO, {"of": recipients, "most": most})
    return [Posted(**row._mapping) for row in found]  # noqa: SLF001 - the public name of columns


def kept(tx: Session, since: datetime, domain: str) -> list[str]:
    """List the letters that are kept only, written after ``since`` for this domain."""
    rows = tx.execute(_KEPT, {"since": since, "domain": f"@{domain}>"})
    return [row.id for row in rows]


def sent(tx: Session, since: datetime, address: str | None = None) -> int:
    """Count the letters that left after ``since``, all or those to one address."""
    statement = _SENT if address is None else _SENT_TO
    return int(tx.execute(statement, {"since": since, "to": address}).scalar_one())


def counts(tx: Session) -> dict[LetterState, int]:
    """Count the letters by what became of them."""
    return {state: int(n) for state, n in tx.execute(_OF_STATE)}


def address(tx: Session, name: str, *, hold: bool = False) -> Suspended | None:
    """Return what is known of an address that letters came back from."""
    statement = _ADDRESS.with_for_update() if hold else _ADDRESS
    row = tx.execute(statement, {"of": name}).one_or_none()
    return None if row is None else Suspended(*row)


def put_address(tx: Session, known: Suspended) -> None:
    """Write down what is known of an address."""
    tx.execute(_PUT_ADDRESS, {name: getattr(known, name) for name in known.__struct_fields__})


def suspended(tx: Session) -> list[Suspended]:
    """List the addresses that are not written to, newest first."""
    return [Suspended(*row) for row in tx.execute(_SUSPENDED)]


def put_wish(tx: Session, recipient: str, *, stopped: bool) -> None:
    """Write down whether somebody wants letters."""
    tx.execute(_PUT_WISH, {"recipient": recipient, "stopped": stopped, "changed_at": tx.now})


def has_stopped(tx: Session, recipient: str) -> bool:
    """Tell whether somebody wants no letters."""
    return bool(tx.execute(_WISH, {"of": recipient}).scalar_one_or_none())


def _letter(row: Any) -> Letter:  # noqa: ANN401 - a row
    return Letter(**row._mapping)  # noqa: SLF001 - the public name of a row's columns
