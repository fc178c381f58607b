"""The doctor: what it finds in an installation, and what it says to do."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from shopbell.accounts import audit, operating, service
from shopbell.accounts.model import Seal
from shopbell.cli import exam, health, main
from shopbell.cli.exam import Finding, Weight, examine
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Side
from shopbell.kernel.ids import new_id


class Patient:
    """An installation with something in its audit log."""

    def __init__(self, data: Path, database: str) -> None:
        self._environ = {"SHOPBELL_DATA": str(data), "SHOPBELL_DATABASE": database}
        self.db = Database(database)

    def does(self, times: int) -> None:
        for n in range(times):
            self.db.write_now(service.audit, SYSTEM, "tested", n=n)

    def changes(self, statement: str) -> None:
        with self.db.engine.begin() as connection:
            connection.exec_driver_sql(statement)

    def is_told(self, noted: Seal | None = None) -> Finding:
        """Return what the doctor says of the audit log."""
        findings = examine(self._environ, "en", noted)
        return next(finding for finding in findings if finding.check == "audit")


@pytest.fixture
def patient(database: str, tmp_path: Path) -> Iterator[Patient]:
    found = Patient(tmp_path, database)
    yield found
    found.db.close()


def test_the_doctor_tells_the_seal_to_note_and_knows_it_again(patient: Patient) -> None:
    patient.does(3)
    noted = patient.db.read_now(operating.sealed, SYSTEM)
    told = patient.is_told()
    assert told.weight is Weight.WELL
    assert told.says.endswith(f" {noted}")
    patient.does(2)
    assert patient.is_told(noted).weight is Weight.WELL


def test_an_empty_record_is_well(patient: Patient) -> None:
    assert patient.is_told().weight is Weight.WELL


def test_a_row_that_was_edited_or_removed_is_told(patient: Patient) -> None:
    patient.does(4)
    patient.changes("UPDATE audit SET facts = '{}' WHERE seq = 3")
    assert (patient.is_told().weight, "entry 3" in patient.is_told().says) == (Weight.BROKEN, True)
    patient.changes("DELETE FROM audit WHERE seq = 2")
    assert "entry 2" in patient.is_told().says


def test_a_tail_cut_off_with_its_head_put_back_is_told_by_the_noted_seal(patient: Patient) -> None:
    patient.does(4)
    earlier = patient.db.read_now(operating.sealed, SYSTEM)
    patient.does(2)
    noted = patient.db.read_now(operating.sealed, SYSTEM)
    patient.changes("DELETE FROM audit WHERE seq > 4")
    patient.changes(f"UPDATE audit_head SET seq = 4, hash = '{earlier.hash}'")  # noqa: S608 - our own hash
    assert patient.is_told().weight is Weight.WELL
    assert patient.is_told(earlier).weight is Weight.WELL
    told = patient.is_told(noted)
    assert (told.weight, "Entry 6" in told.says) == (Weight.BROKEN, True)


def test_a_chain_made_anew_is_not_taken_for_one_that_was_cut(patient: Patient) -> None:
    patient.does(4)
    noted = patient.db.read_now(operating.sealed, SYSTEM)
    for table in ("audit", "audit_head"):
        patient.changes(f"DELETE FROM {table}")  # noqa: S608 - our own tables
    patient.changes(f"INSERT INTO audit_head VALUES (1, 9, '{'0' * 64}')")  # noqa: S608 - our own
    patient.changes(f"INSERT INTO audit_head VALUES (2, 9, '{'0' * 64}')")  # noqa: S608 - our own
    facts: dict[str, str | int] = {"upto": 9, "hash": "0" * 64, "day": "2001-01-01"}

    def cuts(tx: Tx) -> None:
        audit.record(tx, SYSTEM, audit.CUT, **facts)

    patient.db.write_now(cuts)
    assert patient.is_told().weight is Weight.WELL
    undated = Seal(noted.seq, noted.hash)
    assert [patient.is_told(one).weight for one in (noted, undated)] == [Weight.BROKEN] * 2

    patient.changes(
        "INSERT INTO retention (kind, days, changed_by, changed_at)"
        " SELECT 'record', 184, actor, at FROM audit"
    )
    assert patient.is_told(noted).weight is Weight.BROKEN, "it says itself how young it is"
    old = noted._replace(day=date(2001, 1, 1))
    assert patient.is_told(old).weight is Weight.ATTENTION


def test_a_cut_that_somebody_else_told_of_is_a_break(patient: Patient) -> None:
    patient.does(2)
    patient.changes(f"INSERT INTO audit_head VALUES (2, 9, '{'0' * 64}')")  # noqa: S608 - our own
    patient.changes("DELETE FROM audit")
    patient.changes(f"UPDATE audit_head SET seq = 9, hash = '{'0' * 64}'")  # noqa: S608 - our own
    anna = Actor(PersonId(new_id()), Side.OPERATOR)

    def cuts(tx: Tx) -> None:
        audit.record(tx, anna, audit.CUT, upto=9, hash="0" * 64)

    patient.db.write_now(cuts)
    assert patient.is_told().weight is Weight.BROKEN


def test_a_line_written_while_the_doctor_reads_is_no_break(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient.does(3)
    seal = audit.seal

    def later(tx: Tx) -> Seal:
        patient.does(1)
        return seal(tx)

    monkeypatch.setattr(audit, "seal", later)
    assert patient.is_told().weight is Weight.WELL


@pytest.mark.parametrize("watched", [True, False])
def test_how_far_the_record_was_read_leaves_nothing_on_the_screen(
    monkeypatch: pytest.MonkeyPatch, watched: bool
) -> None:
    def reads_long(_environ: Any, _locale: Any, _noted: Any, tell: Any) -> list[Finding]:
        for counted in (100_000, 200_000):
            tell(SimpleNamespace(counted=counted, all=200_000))
        return [Finding("audit", Weight.WELL, "All is well.")]

    monkeypatch.setattr(exam, "examine", reads_long)
    monkeypatch.setattr(health, "_is_watched", lambda: watched)
    ran = CliRunner().invoke(main, ["doctor"], color=True)
    assert ran.exit_code == 0
    assert ran.stdout == "✓ audit        All is well.\n"
    assert ("200000" in ran.stderr) == watched
    assert screen(ran.stderr) == ""


def screen(written: str) -> str:
    """Return what one line of a terminal shows after this was written."""
    line, at = "", 0
    for part in re.split(r"(\r|\x1b\[K)", written):
        if part == "\r":
            at = 0
        elif part == "\x1b[K":
            line = line[:at]
        else:
            line, at = line[:at] + part + line[at + len(part) :], at + len(part)
    return line
