"""What runs out: each kind of things after the days an operator chose, a few hundred at a time.

Nothing runs out unless somebody said so: what the law asks for differs from place to place.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, LargeBinary, func, select

from shopbell.accounts import operating
from shopbell.accounts.model import Seal, lasting
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates
from shopbell.engine import erasing
from shopbell.engine.database import Tx
from shopbell.engine.tables import metadata
from shopbell.kernel.actor import SYSTEM, Actor, Side
from shopbell.privacy import running_out, storage
from shopbell.privacy.model import DropFiles
from shopbell.privacy.refusals import RecordKeptTooShort, TalksKeptTooShort

AT_ONCE = 300
RECORD_LEAST = 184
"""The audit record is kept for six months at least, the longest that a law we know asks for."""
TALKS_LEAST = 90
"""Closed conversations are kept so many days at least: a quarrel may begin when one is over."""
SECOND_THOUGHTS = timedelta(days=7)
"""So long after their period was chosen no conversation goes: a slip can still be taken back."""
Days = Annotated[int, Meta(ge=0, le=36_500)]


class Kept(StrEnum):
    """What may run out."""

    MAIL = "mail"
    LETTERS = "letters"
    DRAFTS = "drafts"
    ORIGINALS = "originals"
    TALKS = "talks"
    SESSIONS = "sessions"
    RECORD = "record"


class Place(NamedTuple):
    """Where it is kept, and by which moment it grows old; ``full`` is empty once it went.

    It grows old only ``after`` that moment: nobody can use it any more then.
    """

    table: str
    moment: str
    full: str = ""
    after: timedelta = timedelta()


PLACES: Mapping[Kept, Place] = {
    Kept.MAIL: Place("mail_arrived", "settled_at", "raw"),
    Kept.LETTERS: Place("letter", "sent_at", "raw"),
    Kept.DRAFTS: Place("draft", "at"),
    Kept.ORIGINALS: Place("original", "at"),
    Kept.SESSIONS: Place("session", "seen_at", after=max(lasting(side).idle for side in Side)),
    Kept.RECORD: Place("audit", "at"),
}
FULL_NAME = 64
"""The letters that came in are named by 64 signs; by their own id, which is shorter, once gone."""


class Period(Struct, frozen=True):
    """How long one kind is kept, 0 for good; ``due`` is what would go now, ``next_at`` when next.

    Of what would go, so many are ``held``: what was said may still be needed.
    """

    kind: Kept
    days: int
    due: int = 0
    held: int = 0
    next_at: datetime | None = None


class Periods(Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days what is kept; 0 is for good."""

    mail: Days = 0
    letters: Days = 0
    drafts: Days = 0
    originals: Days = 0
    talks: Days = 0
    sessions: Days = 0
    record: Days = 0


def periods(tx: Tx, actor: Actor) -> list[Period]:
    """Show for how long what is kept, how much would go now, and when the next will."""
    check_operates(actor)
    chosen = storage.periods(tx)
    return [_period(tx, kind, chosen.get(kind, 0)) for kind in Kept]


def choose(tx: Tx, actor: Actor, wanted: Periods) -> None:
    """Keep for how long what is kept; what did not change is not written down."""
    check_operates(actor, Right.RULE)
    if 0 < wanted.record < RECORD_LEAST:
        raise RecordKeptTooShort(least=RECORD_LEAST)
    if 0 < wanted.talks < TALKS_LEAST:
        raise TalksKeptTooShort(least=TALKS_LEAST)
    before = storage.periods(tx)
    for kind, days in msgspec.structs.asdict(wanted).items():
        if days != before.get(kind, 0):
            storage.put_period(tx, kind, days, actor.id)
            operating.note_period(tx, actor, kind, days)


def let_go(tx: Tx, kind: Kept) -> int:
    """Let the oldest of one kind go, a part of them; return how many went, 0 at the end."""
    days = storage.periods(tx).get(kind, 0)
    if not days:
        return 0
    before = tx.now - timedelta(days=days)
    match kind:
        case Kept.TALKS:
            return 0 if tx.now < _first_night(tx) else running_out.let_go(tx, before)
        case Kept.RECORD:
            return operating.cut_record(tx, SYSTEM, before, AT_ONCE)
        case _:
            return _let_rows_go(tx, kind, before)


def has_let_go(tx: Tx, actor: Actor, noted: Seal) -> bool:
    """Tell whether a line of the record that somebody noted went because of its period.

    Where no period was ever chosen, and before the least of them is over, none did.
    """
    latest = (tx.now - timedelta(days=RECORD_LEAST)).date()
    is_cut = operating.is_cut(tx, actor, noted, latest)
    return is_cut and storage.chosen_at(tx, Kept.RECORD) is not None


def _let_rows_go(tx: Tx, kind: Kept, before: datetime) -> int:
    place = metadata.tables[PLACES[kind].table]
    old = select(*place.primary_key).where(*_old(kind, before)).limit(AT_ONCE)
    rows = [dict(row._mapping) for row in tx.execute(old)]  # noqa: SLF001 - its columns
    _drop(tx, kind, rows)
    return len(rows)


def _drop(tx: Tx, kind: Kept, rows: list[dict[str, str]]) -> None:
    table, ids = PLACES[kind].table, [row["id"] for row in rows if "id" in row]
    match kind:
        case Kept.MAIL:
            tx.later(DropFiles(files=erasing.pick(tx, table, "raw", "id", ids)))
            erasing.rewrite(tx, table, "id", ids, lambda row: {"raw": row["id"]})
        case Kept.LETTERS:
            erasing.set_columns(tx, table, "id", ids, {"raw": b""})
        case Kept.DRAFTS:
            erasing.delete_each(tx, table, rows)
        case _:
            erasing.delete_rows(tx, table, "id", ids)


def _period(tx: Tx, kind: Kept, days: int) -> Period:
    if not days:
        return Period(kind, days)
    before, life = tx.now - timedelta(days=days), timedelta(days=days)
    if kind is Kept.TALKS:
        due, held = storage.ended(tx, before), storage.ended(tx, before, held=True)
        return Period(kind, days, due, held, _next_talk(tx, life))
    place = PLACES[kind]
    oldest = _ask(tx, kind, func.min(metadata.tables[place.table].c[place.moment]), tx.now)
    due = _ask(tx, kind, func.count(), before)
    return Period(kind, days, due, next_at=_later(oldest, life + place.after, tx.now))


def _next_talk(tx: Tx, life: timedelta) -> datetime | None:
    end = storage.first_end(tx)
    return _later(max(end, _first_night(tx) - life) if end else None, life, tx.now)


def _first_night(tx: Tx) -> datetime:
    """Return from when on conversations may go, as their period stands."""
    chosen_at = storage.chosen_at(tx, Kept.TALKS)
    return chosen_at + SECOND_THOUGHTS if chosen_at else tx.now


def _later(oldest: datetime | None, life: timedelta, now: datetime) -> datetime | None:
    """Return when the oldest goes; what may go now goes tonight, which is said otherwise."""
    return oldest + life if oldest and oldest + life > now else None


def _ask(tx: Tx, kind: Kept, wanted: ColumnElement[Any], before: datetime) -> Any:  # noqa: ANN401
    table = metadata.tables[PLACES[kind].table]
    return tx.execute(select(wanted).select_from(table).where(*_old(kind, before))).scalar_one()


def _old(kind: Kept, before: datetime) -> list[ColumnElement[bool]]:
    table, moment, full, after = PLACES[kind]
    columns = metadata.tables[table].c
    conditions: list[ColumnElement[bool]] = [columns[moment] < before - after]
    if full:
        least = 1 if isinstance(columns[full].type, LargeBinary) else FULL_NAME
        conditions.append(func.length(columns[full]) >= least)
    return conditions
