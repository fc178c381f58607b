"""What whoever runs the marketplace sees and mends. Each function is one transaction."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from shopbell.accounts import audit
from shopbell.accounts.model import Seal
from shopbell.accounts.refusals import NoSuchJob
from shopbell.accounts.standing import check_operates
from shopbell.engine import outbox
from shopbell.engine.database import Tx
from shopbell.engine.outbox import WaitingJob
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import is_id


class Record(Struct, frozen=True):
    """The audit log: its length; if it was read again, the first line that does not fit."""

    entries: int
    checked: bool
    broken: int | None


def record(tx: Tx, actor: Actor, *, check: bool = False) -> Record:
    """Say how long the audit log is; ``check`` reads all of it again, which takes its time."""
    check_operates(actor)
    newest = audit.newest(tx, 1)
    entries = newest[0].seq if newest else 0
    return Record(entries, check, audit.verify(tx) if check else None)


def sealed(tx: Tx, actor: Actor) -> Seal:
    """Return the seal of the audit log as it is now, to be noted elsewhere."""
    check_operates(actor)
    return audit.seal(tx)


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
    check_operates(actor)
    if not is_id(job) or not outbox.revive(tx, job):
        raise NoSuchJob
    audit.record(tx, actor, "job_revived", job=job)


def note_dossier(tx: Tx, actor: Actor, case: str, seal: str) -> None:
    """Write down that somebody took a case's dossier along, and its seal."""
    audit.record(tx, actor, "dossier_made", case=case, seal=seal)


def note_mail(tx: Tx, actor: Actor, action: str, mail: str) -> None:
    """Write down what somebody decided about a letter that was held back."""
    check_operates(actor)
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


def note_notes_read(tx: Tx, actor: Actor, case: str) -> None:
    """Write down that the operator read a shop's private notes."""
    audit.record(tx, actor, "notes_read", case=case)


def knows_dossier(tx: Tx, made_at: datetime, seal: str) -> bool:
    """Tell whether a dossier of this seal was made here at that moment."""
    deeds = audit.at(tx, made_at)
    return any(deed.action == "dossier_made" and deed.facts["seal"] == seal for deed in deeds)
