"""The audit log: who did what to whose security, in one chain that shows any later change.

Each row's hash covers the row and the hash before it, and the head remembers the last one. So a
row that was edited, dropped, put in between or cut off at the end is found. Whoever may write
this table could make the whole chain anew, and a key that lies beside it would not keep them from
it. So the last line has a seal to be noted elsewhere: no other past leads to it. Facts are codes,
ids and addresses of machines, never what somebody wrote or typed.
"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    String,
    Table,
    Text,
    TypedColumns,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.accounts.model import Seal
from shopbell.engine.database import Tx
from shopbell.engine.tables import Moment, ident, metadata
from shopbell.kernel.actor import Actor, PersonId

PAGE = 1_000
DIGEST = 64
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
    upsert(heads).values(id=1, seq=0, hash="").on_conflict_do_nothing(index_elements=[heads.c.id])
)
_HEAD = select(heads.c.seq, heads.c.hash).where(heads.c.id == 1)
_HEAD_HELD = _HEAD.with_for_update()
_MOVE_HEAD = (
    update(heads).where(heads.c.id == 1).values(seq=bindparam("to_seq"), hash=bindparam("to_hash"))
)
_APPEND = insert(lines)
_AFTER = (
    select(lines)
    .where(lines.c.seq > bindparam("after"))
    .order_by(lines.c.seq)
    .limit(bindparam("most"))
)
_HASH = select(lines.c.hash).where(lines.c.seq == bindparam("of"))
_AT = select(lines).where(lines.c.at == bindparam("moment")).order_by(lines.c.seq)
_NEWEST = select(lines).order_by(lines.c.seq.desc()).limit(bindparam("most"))


class Line(NamedTuple):
    """One line, as it is kept."""

    seq: int
    at: datetime
    actor: PersonId
    action: str
    facts: str
    hash: str


class Deed(Struct, frozen=True):
    """One line, for people to read."""

    seq: int
    at: datetime
    actor: PersonId
    action: str
    facts: dict[str, str | int]


def record(tx: Tx, actor: Actor, action: str, /, **facts: str | int) -> None:
    """Write down what ``actor`` did; do so last, for nobody else can until this is committed."""
    tx.execute(_FIRST_HEAD)
    seq, before = tx.execute(_HEAD_HELD).one()
    body = msgspec.json.encode(facts, order="sorted").decode()
    line = Line(seq + 1, tx.now, actor.id, action, body, hash="")
    line = line._replace(hash=_digest(before, line))
    tx.execute(_APPEND, line._asdict())
    tx.execute(_MOVE_HEAD, {"to_seq": line.seq, "to_hash": line.hash})


def seal(tx: Tx) -> Seal:
    """Return the seal of the last line, to be noted where nobody of this house can write."""
    row = tx.execute(_HEAD).one_or_none()
    return Seal(*row) if row else EMPTY


def fits(tx: Tx, noted: Seal) -> bool:
    """Tell whether the line that was noted is still the same."""
    if noted == EMPTY:
        return True
    return tx.execute(_HASH, {"of": noted.seq}).scalar_one_or_none() == noted.hash


def verify(tx: Tx) -> int | None:
    """Return the number of the first line that does not follow from those before, or nothing."""
    expected, before = 1, ""
    for line in _all(tx):
        if line.seq != expected or line.hash != _digest(before, line):
            return expected
        expected, before = line.seq + 1, line.hash
    return None if seal(tx) == (expected - 1, before) else expected


def newest(tx: Tx, limit: int = 200) -> list[Deed]:
    """Return the last lines, newest first."""
    return [_deed(Line(*row)) for row in tx.execute(_NEWEST, {"most": limit})]


def at(tx: Tx, moment: datetime) -> list[Deed]:
    """Return the lines of one moment."""
    return [_deed(Line(*row)) for row in tx.execute(_AT, {"moment": moment})]


def _deed(line: Line) -> Deed:
    return Deed(line.seq, line.at, line.actor, line.action, msgspec.json.decode(line.facts))


def _all(tx: Tx) -> Iterator[Line]:
    after = 0
    while page := [Line(*row) for row in tx.execute(_AFTER, {"after": after, "most": PAGE})]:
        yield from page
        after = page[-1].seq


def _digest(before: str, line: Line) -> str:
    at = round(line.at.timestamp() * 1_000_000)
    covered = [before, line.seq, at, line.actor, line.action, line.facts]
    return sha256(msgspec.json.encode(covered)).hexdigest()
