"""The clocks of a case: when what happens if nobody acts, and what is told until then."""

from datetime import datetime, timedelta

import msgspec

from shopbell.cases import storage
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import (
    END_OF_ETA,
    END_OF_TRACE,
    Case,
    Due,
    Kind,
    Party,
    Situation,
    Timer,
    Wait,
)
from shopbell.cases.refusals import TooLate
from shopbell.commerce.lateness import GRACE, day_after
from shopbell.commerce.model import Eta
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Side
from shopbell.knowledge import service as knowledge

DUE, HALF, LATE, NUDGE, NOTE = "case_due", "case_half", "case_late", "case_nudge", "case_note"
WARNED_AT = {HALF: 0.5, LATE: 0.9}
"""Shares of a deadline at which whoever must act is warned."""


def wind(tx: Tx, kind: Kind, before: Case, after: Case, action: str) -> Case:
    """Set the clocks of the state a case has come into; stop or pause those of the one it left.

    A step that stays where it is leaves the clocks as they run, unless it is their consequence.
    """
    if after.state == before.state and not (before.due and before.due.action == action):
        return after
    paused = dict(before.paused)
    wait, left = kind.waits.get(after.state), kind.waits.get(before.state)
    if wait and wait.pauses == before.state and before.due:
        paused[before.state] = (before.due.at - tx.now).total_seconds()
    elif left is None or left.pauses != after.state:
        paused.pop(after.state, None)
    due = _due(tx, after, wait, paused.pop(after.state, None))
    _arm(tx, after, wait, due)
    for clock in _running(before, left) - _running(msgspec.structs.replace(after, due=due), wait):
        tx.disarm(clock, after.id)
    return msgspec.structs.replace(after, due=due, paused=paused)


def start(tx: Tx, kind: Kind, case: Case) -> Case:
    """Set the clocks of the state a new case begins in."""
    wait = kind.waits[case.state]
    due = _due(tx, case, wait, None)
    _arm(tx, case, wait, due)
    return msgspec.structs.replace(case, due=due)


def in_time(case: Case, around: Situation) -> None:
    """Refuse a step of whoever had time for it until now, also while nothing has followed yet.

    Who is only reminded of it may still act; so may the other side. Where nobody has to act, as
    after a decision, the time that runs is that of both.
    """
    whose = Party.BOTH if case.waiting_on is Party.NOBODY else case.waiting_on
    if case.due is None or case.due.at > around.now or around.actor.side not in whose.sides:
        return
    follows = KINDS[case.kind].flow.step(case.state, case.due.action, Side.SYSTEM)
    if follows.to != case.state:
        raise TooLate(until=case.due.at.isoformat(timespec="minutes"))


def keep_going(tx: Tx, kind: Kind, case: Case, clock: str) -> None:
    """Arm a note again, after it was told."""
    wait = kind.waits.get(case.state)
    if clock == NOTE and wait and (at := _after(tx, case, wait.note)):
        tx.arm(NOTE, case.id, at)


def _due(tx: Tx, case: Case, wait: Wait | None, left: float | None) -> Due | None:
    if wait is None or wait.due is None:
        return None
    since = _since(tx, case, wait.due)
    at, then = _end(tx, case, wait.due, since)
    if left is not None:
        at = tx.now + timedelta(seconds=max(0.0, left))
    return Due(at=at, since=since, action=then, clock=wait.due.clock)


def _since(tx: Tx, case: Case, timer: Timer) -> datetime:
    """Return from when a deadline counts."""
    if timer.since is None or timer.since == case.state:
        return tx.now
    return storage.first_in(tx, case.id, timer.since) or tx.now


def _end(tx: Tx, case: Case, timer: Timer, since: datetime) -> tuple[datetime, str]:
    """Return when a deadline ends, and what happens then."""
    if isinstance(timer.after, timedelta):
        return since + timer.after, timer.then
    if timer.after == END_OF_ETA:
        return end_of(msgspec.convert(case.facts["eta"], Eta)), timer.then
    if timer.after == END_OF_TRACE:
        return msgspec.convert(case.facts["answer_by"], datetime), timer.then
    length = knowledge.clock(tx, case.shop, timer.after, case.policy)
    ends = knowledge.due(tx, length, since, case.shop)
    return ends, timer.instead.get(length.then, timer.then)


def end_of(eta: Eta) -> datetime:
    """Return when a parcel counts as not come: what came late in the evening is told at night."""
    return day_after(eta) + GRACE


def _arm(tx: Tx, case: Case, wait: Wait | None, due: Due | None) -> None:
    moments = {
        DUE: due and due.at,
        **{clock: due and due.since + (due.at - due.since) * at for clock, at in WARNED_AT.items()},
        NUDGE: wait and _after(tx, case, wait.nudge),
        NOTE: wait and _after(tx, case, wait.note),
    }
    for clock, moment in moments.items():
        if moment:
            tx.arm(clock, case.id, moment)


def _after(tx: Tx, case: Case, length: timedelta | str | None) -> datetime | None:
    """Return when a span, or one of the policy's clocks, that begins now has run out."""
    if isinstance(length, str):
        clock = knowledge.clock(tx, case.shop, length, case.policy)
        return knowledge.due(tx, clock, tx.now, case.shop)
    return tx.now + length if length else None


def _running(case: Case, wait: Wait | None) -> set[str]:
    """Name the clocks that run in a state."""
    found = {DUE, *WARNED_AT} if case.due else set[str]()
    if wait and wait.nudge:
        found.add(NUDGE)
    return found | {NOTE} if wait and wait.note else found
