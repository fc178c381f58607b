"""What whoever runs the marketplace sees and mends. Each function is one transaction."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from msgspec import Struct

from shopbell.accounts import audit
from shopbell.accounts.deeds import Deed, Found, Reading, Wanted
from shopbell.accounts.model import Seal
from shopbell.accounts.refusals import NoSuchJob, ReasonMissing
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates
from shopbell.engine import outbox
from shopbell.engine.database import Tx
from shopbell.engine.outbox import WaitingJob
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import is_id

REASON_MOST = 200


def silent(_reading: Reading) -> None:
    """Tell nobody how far the audit log was read again."""


class Record(Struct, frozen=True):
    """The audit log: its length; if it was read again, the first line that does not fit."""

    entries: int
    checked: bool
    broken: int | None


def record(
    tx: Tx, actor: Actor, *, check: bool = False, told: Callable[[Reading], None] = silent
) -> Record:
    """Say how long the audit log is; ``check`` reads all of it again, which takes its time."""
    check_operates(actor)
    newest = audit.newest(tx, 1)
    entries = newest[0].seq if newest else 0
    return Record(entries, check, audit.verify(tx, told) if check else None)


def read_on(tx: Tx, actor: Actor, so_far: Reading | None, most: int) -> Reading:
    """Read some more of the audit log again: a long one is read in many transactions."""
    check_operates(actor)
    return audit.read_on(tx, so_far, most)


def found(
    tx: Tx, actor: Actor, wanted: Wanted, before: int | None = None, most: int = audit.SHOWN
) -> Found:
    """Return a page of the lines of the audit log that are wanted, newest first."""
    check_operates(actor)
    return audit.found(tx, wanted, before, most)


def actions(tx: Tx, actor: Actor) -> list[str]:
    """List every kind of deed that was ever written down."""
    check_operates(actor)
    return audit.actions(tx)


def sealed(tx: Tx, actor: Actor) -> Seal:
    """Return the seal of the audit log as it is now, to be noted elsewhere."""
    check_operates(actor)
    return audit.seal(tx)


def cut_record(tx: Tx, actor: Actor, before: datetime, most: int) -> int:
    """Cut off the oldest lines of the audit log, so many at most; return how many went."""
    check_operates(actor)
    return audit.cut(tx, before, most)


def is_cut(tx: Tx, actor: Actor, noted: Seal, latest: date) -> bool:
    """Tell whether the line that somebody noted was cut off, and is of ``latest`` or before."""
    check_operates(actor)
    return audit.is_cut(tx, noted, latest)


def is_as_noted(tx: Tx, actor: Actor, noted: Seal) -> bool:
    """Tell whether the audit log still has the past that somebody noted the seal of."""
    check_operates(actor)
    return audit.fits(tx, noted)


def given_up(tx: Tx, actor: Actor) -> list[WaitingJob]:
    """List the jobs that were tried in vain."""
    check_operates(actor)
    return outbox.dead(tx)


def try_again(tx: Tx, actor: Actor, job: str) -> None:
    """Have a given-up job done after all."""
    check_operates(actor, Right.MEND)
    if not is_id(job) or not outbox.revive(tx, job):
        raise NoSuchJob
    audit.record(tx, actor, "job_revived", job=job)


def drop(tx: Tx, actor: Actor, job: str, reason: str) -> None:
    """Give a job up for good, for a reason that stays in the record."""
    check_operates(actor, Right.MEND)
    why = " ".join(reason.split())[:REASON_MOST]
    if not why:
        raise ReasonMissing
    kind = outbox.drop(tx, job) if is_id(job) else None
    if kind is None:
        raise NoSuchJob
    audit.record(tx, actor, "job_dropped", job=job, kind=kind, reason=why)


def note_dossier(tx: Tx, actor: Actor, case: str, seal: str) -> None:
    """Write down that somebody took a case's dossier along, and its seal."""
    audit.record(tx, actor, "dossier_made", case=case, seal=seal)


def note_mail(tx: Tx, actor: Actor, action: str, mail: str) -> None:
    """Write down what somebody decided about a letter that was held back."""
    check_operates(actor, Right.SORT_MAIL)
    audit.record(tx, actor, action, mail=mail)


def note_cases_opened(tx: Tx, actor: Actor, cases: Iterable[str]) -> None:
    """Write down that the operator opened cases with what both sides wrote."""
    for case in cases:
        audit.record(tx, actor, "case_opened", case=case)


def note_originals_seen(tx: Tx, actor: Actor, talk: str) -> None:
    """Write down that the operator read what is hidden in a conversation."""
    audit.record(tx, actor, "originals_seen", conversation=talk)


def note_conduct(
    tx: Tx, actor: Actor, outcome: str, *, talk: str, person: str, messages: int
) -> None:
    """Write down what the operator decided about rude or reported messages of somebody."""
    audit.record(tx, actor, f"conduct_{outcome}", talk=talk, person=person, messages=messages)


def note_behind_seen(tx: Tx, actor: Actor, figure: str, shown: int) -> None:
    """Write down that the operator listed the conversations that a figure is made of."""
    audit.record(tx, actor, "report_opened", figure=figure, shown=shown)


def note_notes_read(tx: Tx, actor: Actor, case: str) -> None:
    """Write down that the operator read a shop's private notes."""
    audit.record(tx, actor, "notes_read", case=case)


def note_erasure(tx: Tx, actor: Actor, action: str, receipt: str, **counts: int) -> None:
    """Write down what became of somebody's wish to go, under the number of its receipt."""
    audit.record(tx, actor, action, receipt=receipt, **counts)


def note_export(tx: Tx, actor: Actor, export: str) -> None:
    """Write down that somebody asked for a copy of their data."""
    audit.record(tx, actor, "export_asked", export=export)


def note_period(tx: Tx, actor: Actor, kind: str, days: int) -> None:
    """Write down for how long something is kept from now on."""
    check_operates(actor, Right.RULE)
    audit.record(tx, actor, "retention_changed", kind=kind, days=days)


def deeds_of(tx: Tx, actor: Actor) -> list[Deed]:
    """Return what the audit log has of the actor's own deeds, oldest first."""
    return audit.by(tx, actor.id)


def knows_dossier(tx: Tx, made_at: datetime, seal: str) -> bool:
    """Tell whether a dossier of this seal was made here at that moment."""
    deeds = audit.at(tx, made_at)
    return any(deed.action == "dossier_made" and deed.facts["seal"] == seal for deed in deeds)
