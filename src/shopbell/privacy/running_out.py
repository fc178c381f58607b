"""Closed conversations run out: a few at a time, of each all that anybody said in it.

What shops must be able to show stays: numbers, moments, steps with their marks, and sums. Nothing
goes while a case is open, money is on its way, or a complaint or an appeal waits for a decision,
there or where a merged conversation went on: then what was said may still be needed.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from shopbell.engine import erasing
from shopbell.engine.database import Tx
from shopbell.engine.erasing import Row
from shopbell.privacy import emptying, storage
from shopbell.privacy.erasing import drop_work, empty_mail, files_of
from shopbell.privacy.inventory import RUN_OUT
from shopbell.privacy.model import DropFiles, ErasureId, Trail
from shopbell.privacy.words import STAND_IN, Marks

AT_ONCE = 10
"""So many conversations go in one transaction: each may have thousands of lines."""


def let_go(tx: Tx, before: datetime) -> int:
    """Empty the oldest of those that may go, so many at most; return how many did."""
    talks = storage.hold_ended(tx, before, AT_ONCE)
    if talks:
        _empty(tx, _trail(tx, talks))
        storage.note_run_out(tx, talks)
    return len(talks)


def _trail(tx: Tx, talks: Sequence[str]) -> Trail:
    """Gather what belongs to some conversations; nobody's account is touched."""
    return Trail(
        erasure=ErasureId(""),
        people=[],
        talks=list(talks),
        shops=[],
        cases=erasing.pick(tx, "cases", "id", "conversation", talks),
        emails=[],
        recipients=[],
        names=[],
        contacts=[],
        called=STAND_IN,
    )


def _empty(tx: Tx, trail: Trail) -> None:
    tx.later(DropFiles(files=[*files_of(tx, trail), *_sent(tx, trail)]))
    drop_work(tx, trail)
    erasing.rewrite(tx, "event", "conversation", trail.talks, lambda row: _entry(row, trail))
    for case in trail.cases:
        _empty_case(tx, trail, case)
    for rows, blank in RUN_OUT:
        keys: list[str] = getattr(trail, rows.key)
        if blank:
            erasing.set_columns(tx, rows.table, rows.by, keys, blank)
        else:
            erasing.delete_rows(tx, rows.table, rows.by, keys)
    empty_mail(tx, trail)
    erasing.rewrite(tx, "conversation", "id", trail.talks, lambda row: emptying.talk(row, trail))


def _entry(row: Row, trail: Trail) -> Row:
    """Empty an entry; what the house itself said keeps having nobody's name."""
    return {**emptying.entry(row, trail), "name": row["name"] and trail.called}


def _empty_case(tx: Tx, trail: Trail, case: str) -> None:
    gone, acted = set[str](), erasing.pick(tx, "case_step", "by", "case", [case])
    everybody = replace(trail, people=acted)
    [kind] = erasing.pick(tx, "cases", "kind", "id", [case])

    def change(row: Row) -> Row:
        return emptying.step(row, kind, everybody, Marks([], []), gone)

    erasing.rewrite(tx, "case_step", "case", [case], change)
    erasing.rewrite(tx, "cases", "id", [case], lambda row: emptying.facts(row, gone))


def _sent(tx: Tx, trail: Trail) -> list[str]:
    """Return the files that somebody sent there."""
    return erasing.pick(tx, "attachment", "sha256", "conversation", trail.talks)
