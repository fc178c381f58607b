"""The clocks of a case: when what happens if nobody acts, and what is told until then."""

from datetime import datetime, timedelta

import msgspec

from shopbell.cases import storage, wording
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
from shopbell.knowledge.model import Clock

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
        paused[before.state] = _left(tx, before, left)
        paused[f"{before.state}+"] = (tx.now - before.due.since).total_seconds()
    elif left is None or left.pauses != after.state:
        paused.pop(after.state, None)
    spent = timedelta(seconds=paused.pop(f"{after.state}+", 0.0))
    due = _due(tx, after, wait, paused.pop(after.state, None), spent)
    for clock in _running(before, left) - _arm(tx, after, wait, due):
        tx.disarm(clock, after.id)
    return msgspec.structs.replace(after, due=due, paused=paused)


def start(tx: Tx, kind: Kind, case: Case) -> Case:
    """Set the clocks of the state a new case begins in."""
    wait = kind.waits[case.state]
    due = _due(tx, case, wait)
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


def _due(
    tx: Tx,
    case: Case,
    wait: Wait | None,
    left: float | None = None,
    spent: timedelta = timedelta(),
) -> Due | None:
    """Return what is due in a state; a clock that stood still has time ``left``, and some spent."""
    if wait is None or wait.due is None:
        return None
    timer, rule = wait.due, _rule(tx, case, wait.due)
    since = _since(tx, case, timer)
    if left is None:
        at = _end(tx, case, timer, rule, since)
    else:
        at = _resumed(tx, case, rule, timedelta(seconds=left))
        since -= spent
    then = timer.instead.get(rule.then, timer.then) if rule else timer.then
    policy = knowledge.book(tx, case.shop, case.policy).profile.title
    why = wording.why(case, timer, rule, policy, stood=left is not None)
    return Due(at=at, since=since, action=then, clock=timer.clock, why=why)


def _rule(tx: Tx, case: Case, timer: Timer) -> Clock | None:
    """Return what the policy says of a deadline, if it is one of the policy's."""
    if not timer.by_policy:
        return None
    return knowledge.clock(tx, case.shop, str(timer.after), case.policy)


def _since(tx: Tx, case: Case, timer: Timer) -> datetime:
    """Return from when a deadline counts."""
    if timer.since is None or timer.since == case.state:
        return tx.now
    return storage.first_in(tx, case.id, timer.since) or tx.now


def _end(tx: Tx, case: Case, timer: Timer, rule: Clock | None, since: datetime) -> datetime:
    """Return when a deadline ends."""
    if rule is not None:
        return knowledge.due(tx, rule, since, case.shop)
    if timer.after == END_OF_ETA:
        return end_of(msgspec.convert(case.facts["eta"], Eta))
    if timer.after == END_OF_TRACE:
        return msgspec.convert(case.facts["answer_by"], datetime)
    return since + timer.after if isinstance(timer.after, timedelta) else since


def _left(tx: Tx, case: Case, wait: Wait | None) -> float:
    """Return how many seconds are left on a clock that stands still now; business time is open."""
    if case.due is None or wait is None or wait.due is None:
        return 0.0
    rule = _rule(tx, case, wait.due)
    if rule is None:
        return max(0.0, (case.due.at - tx.now).total_seconds())
    return knowledge.left(tx, rule, case.due.at, case.shop).total_seconds()


def _resumed(tx: Tx, case: Case, rule: Clock | None, left: timedelta) -> datetime:
    """Return when a deadline ends that has stood still."""
    if rule is None:
        return tx.now + left
    return knowledge.resumed(tx, rule, left, case.shop)


def end_of(eta: Eta) -> datetime:
    """Return when a parcel counts as not come: what came late in the evening is told at night."""
    return day_after(eta) + GRACE


def _arm(tx: Tx, case: Case, wait: Wait | None, due: Due | None) -> set[str]:
    """Set the clocks of a state, and name them; of what has passed, nobody is warned again."""
    moments = {
        DUE: due and due.at,
        **{clock: due and due.since + (due.at - due.since) * at for clock, at in WARNED_AT.items()},
        NUDGE: wait and _after(tx, case, wait.nudge),
        NOTE: wait and _after(tx, case, wait.note),
    }
    armed = {
        clock: moment
        for clock, moment in moments.items()
        if moment and (clock not in WARNED_AT or moment > tx.now)
    }
    for clock, moment in armed.items():
        tx.arm(clock, case.id, moment)
    return set(armed)


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
