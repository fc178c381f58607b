"""The audit log: who did what to whose security, in one chain that shows any later change.

Each row's hash covers the row and the hash before it, and the head remembers the last one. So a
row that was edited, dropped, put in between or cut off at the end is found. Whoever may write
this table could make the whole chain anew, and a key that lies beside it would not keep them from
it. So the last line has a seal to be noted elsewhere: no other past leads to it. Facts are codes,
ids and addresses of machines, never what somebody wrote or typed.

The oldest lines may be cut off after years. The last of them leaves its seal as an anchor, from
which the chain goes on, and a line of the chain tells of the anchor: nobody moves it unseen. Who
makes the chain anew can have it begin at any anchor; what a seal says of its own day, they cannot
change: a line that was noted is not believed to be cut off before its time.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from hashlib import sha256
from itertools import takewhile
from typing import NamedTuple

import msgspec
from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    String,
    Table,
    Text,
    TypedColumns,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.accounts.deeds import Deed, Found, Reading, Wanted
from shopbell.accounts.model import Seal
from shopbell.engine.database import Tx
from shopbell.engine.tables import Moment, ident, metadata
from shopbell.kernel.actor import SYSTEM, Actor, PersonId

PAGE = 1_000
SHOWN = 100
DIGEST = 64
CUT = "record_cut"
HEAD, ANCHOR = 1, 2
"""The rows of `heads`: the seal of the last line, and of the last that was cut off."""
EMPTY = Seal(0, "")
"""The seal of a log without a line: every past begins with it."""


class AuditColumns(TypedColumns):
    seq = Column(BigInteger, primary_key=True, autoincrement=False)
    at = Column(Moment, nullable=False, index=True)
    actor = ident(PersonId)
    action = Column(String(64), nullable=False)
    facts = Column(Text, nullable=False)
    hash = Column(String(DIGEST), nullable=False)
    __row_pos__: tuple[int, datetime, PersonId, str, str, str]


class HeadColumns(TypedColumns):
    id = Column(Integer, primary_key=True, autoincrement=False)
    seq = Column(BigInteger, nullable=False)
    hash = Column(String(DIGEST), nullable=False)


lines = Table("audit", metadata, AuditColumns)
heads = Table("audit_head", metadata, HeadColumns)

_FIRST_HEAD = (
    upsert(heads)
    .values(id=HEAD, seq=0, hash="")
    .on_conflict_do_nothing(index_elements=[heads.c.id])
)
_ANCHOR = select(heads.c.seq, heads.c.hash).where(heads.c.id == ANCHOR)
_NEW_ANCHOR = upsert(heads).values(id=ANCHOR)
_PUT_ANCHOR = _NEW_ANCHOR.on_conflict_do_update(
    index_elements=[heads.c.id],
    set_={name: _NEW_ANCHOR.excluded[name] for name in ("seq", "hash")},
)
_DROP_UPTO = delete(lines).where(lines.c.seq <= bindparam("upto"))
_HEAD = select(heads.c.seq, heads.c.hash).where(heads.c.id == HEAD)
_HEAD_HELD = _HEAD.with_for_update()
_MOVE_HEAD = (
    update(heads)
    .where(heads.c.id == HEAD)
    .values(seq=bindparam("to_seq"), hash=bindparam("to_hash"))
)
_APPEND = insert(lines)
_AFTER = (
    select(lines)
    .where(lines.c.seq > bindparam("after"))
    .order_by(lines.c.seq)
    .limit(bindparam("most"))
)
_LAST_CUT = select(lines).where(lines.c.action == CUT).order_by(lines.c.seq.desc()).limit(1)
_MOMENT = select(lines.c.at).where(lines.c.seq == bindparam("of"))
_HASH = select(lines.c.hash).where(lines.c.seq == bindparam("of"))
_AT = select(lines).where(lines.c.at == bindparam("moment")).order_by(lines.c.seq)
_BY = select(lines).where(lines.c.actor == bindparam("of")).order_by(lines.c.seq)
_NEWEST = select(lines).order_by(lines.c.seq.desc()).limit(bindparam("most"))


_ACTIONS = select(lines.c.action).distinct().order_by(lines.c.action)


class Line(NamedTuple):
    """One line, as it is kept."""

    seq: int
    at: datetime
    actor: PersonId
    action: str
    facts: str
    hash: str


def record(tx: Tx, actor: Actor, action: str, /, **facts: str | int) -> None:
    """Write down what ``actor`` did; do so last, for nobody else can until this is committed."""
    tx.execute(_FIRST_HEAD)
    seq, before = tx.execute(_HEAD_HELD).one()
    body = msgspec.json.encode(facts, order="sorted").decode()
    line = Line(seq + 1, tx.now, actor.id, action, body, hash="")
    line = line._replace(hash=_digest(before, line))
    tx.execute(_APPEND, line._asdict())
    tx.execute(_MOVE_HEAD, {"to_seq": line.seq, "to_hash": line.hash})


def cut(tx: Tx, before: datetime, most: int) -> int:
    """Cut off the oldest lines, those from before a moment, so many at most; return how many."""
    tx.execute(_FIRST_HEAD)
    tx.execute(_HEAD_HELD)
    oldest = [Line(*row) for row in tx.execute(_AFTER, {"after": 0, "most": most})]
    old = list(takewhile(lambda line: line.at < before, oldest))
    if old:
        last = old[-1]
        tx.execute(_PUT_ANCHOR, {"seq": last.seq, "hash": last.hash})
        tx.execute(_DROP_UPTO, {"upto": last.seq})
        record(tx, SYSTEM, CUT, upto=last.seq, hash=last.hash, day=str(last.at.date()))
    return len(old)


def anchor(tx: Tx) -> Seal:
    """Return the seal of the last line that was cut off: the chain goes on from it."""
    row = tx.execute(_ANCHOR).one_or_none()
    return Seal(*row) if row else EMPTY


def is_cut(tx: Tx, noted: Seal, latest: date) -> bool:
    """Tell whether the line that was noted is one of those cut off, and old enough to be."""
    start = anchor(tx)
    if noted == EMPTY or noted.seq >= start.seq:
        return False
    day = noted.day or _day_of(tx, start)
    return day is not None and day <= latest


def seal(tx: Tx) -> Seal:
    """Return the seal of the last line, to be noted where nobody of this house can write."""
    row = tx.execute(_HEAD).one_or_none()
    if row is None:
        return EMPTY
    moment = tx.execute(_MOMENT, {"of": row.seq}).scalar_one_or_none()
    return Seal(row.seq, row.hash, moment.date() if moment else None)


def fits(tx: Tx, noted: Seal) -> bool:
    """Tell whether the line that was noted is still the same."""
    if noted[:2] in {EMPTY[:2], anchor(tx)[:2]}:
        return True
    return tx.execute(_HASH, {"of": noted.seq}).scalar_one_or_none() == noted.hash


def verify(tx: Tx, told: Callable[[Reading], None] = lambda _reading: None) -> int | None:
    """Return the number of the first line that does not follow from those before, or nothing.

    ``told`` hears, now and then, how far it has come.
    """
    reading = read_on(tx, None)
    while not reading.done:
        told(reading)
        reading = read_on(tx, reading)
    return reading.broken


def read_on(tx: Tx, so_far: Reading | None, most: int = PAGE) -> Reading:
    """Read so many lines more again; nothing before it begins.

    Lines may be added, and the oldest cut off, before more is read in another transaction.
    """
    reading = _from_anchor(so_far or Reading(EMPTY, EMPTY, told=True), anchor(tx))
    page = [Line(*row) for row in tx.execute(_AFTER, {"after": reading.upto.seq, "most": most})]
    for line in page:
        if line.seq != reading.upto.seq + 1 or line.hash != _digest(reading.upto.hash, line):
            return replace(reading, broken=reading.upto.seq + 1)
        told = reading.told or _tells_of(line, reading.start)
        reading = replace(reading, upto=Seal(line.seq, line.hash), told=told)
    last = seal(tx)
    reading = replace(reading, last=last.seq)
    return reading if len(page) == most else _at_end(reading, last)


def _from_anchor(reading: Reading, start: Seal) -> Reading:
    """Go on from where the log begins now, which a line that comes later tells of."""
    if start == reading.start:
        return reading
    upto = start if start.seq > reading.upto.seq else reading.upto
    return Reading(start, upto, told=False)


def _at_end(reading: Reading, last: Seal) -> Reading:
    if not reading.told:
        return replace(reading, broken=reading.start.seq)
    fits = last[:2] == reading.upto[:2]
    return replace(reading, whole=fits, broken=None if fits else reading.upto.seq + 1)


def newest(tx: Tx, limit: int = 200) -> list[Deed]:
    """Return the last lines, newest first."""
    return [_deed(Line(*row)) for row in tx.execute(_NEWEST, {"most": limit})]


def found(tx: Tx, wanted: Wanted, before: int | None = None, most: int = SHOWN) -> Found:
    """Return the newest lines that are wanted, from before a line on."""
    asked = [*_asked(wanted), *([lines.c.seq < before] if before else [])]
    wish = select(lines).where(*asked).order_by(lines.c.seq.desc()).limit(most + 1)
    rows = [_deed(Line(*row)) for row in tx.execute(wish)]
    return Found(rows[:most], rows[most - 1].seq if len(rows) > most else None)


def actions(tx: Tx) -> list[str]:
    """List every kind of deed that was ever written down."""
    return list(tx.execute(_ACTIONS).scalars())


def _asked(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.actor:
        yield lines.c.actor == wanted.actor
    if wanted.action:
        yield lines.c.action == wanted.action
    if wanted.about:
        yield lines.c.facts.contains(wanted.about, autoescape=True)
    if wanted.since:
        yield lines.c.at >= wanted.since
    if wanted.until:
        yield lines.c.at < wanted.until


def at(tx: Tx, moment: datetime) -> list[Deed]:
    """Return the lines of one moment."""
    return [_deed(Line(*row)) for row in tx.execute(_AT, {"moment": moment})]


def by(tx: Tx, actor: PersonId) -> list[Deed]:
    """Return the lines of one actor, oldest first; it reads the whole log."""
    return [_deed(Line(*row)) for row in tx.execute(_BY, {"of": actor})]


def _deed(line: Line) -> Deed:
    return Deed(line.seq, line.at, line.actor, line.action, msgspec.json.decode(line.facts))


def _tells_of(line: Line, start: Seal) -> bool:
    if (line.action, line.actor) != (CUT, SYSTEM.id):
        return False
    facts = msgspec.json.decode(line.facts)
    return (facts["upto"], facts["hash"]) == start[:2]


def _day_of(tx: Tx, start: Seal) -> date | None:
    """Return the day of the last line that was cut off, if what tells of it knows that."""
    row = tx.execute(_LAST_CUT).one_or_none()
    if row is None or not _tells_of(line := Line(*row), start):
        return None
    day = msgspec.json.decode(line.facts).get("day")
    return date.fromisoformat(day) if day else None


def _digest(before: str, line: Line) -> str:
    at = round(line.at.timestamp() * 1_000_000)
    covered = [before, line.seq, at, line.actor, line.action, line.facts]
    return sha256(msgspec.json.encode(covered)).hexdigest()
