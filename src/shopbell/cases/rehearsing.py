"""New rules, tried on last year's cases before they count: which would have come out otherwise.

A try takes a bounded part of the cases, the newest first, and says how many are left.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from shopbell.cases import storage
from shopbell.cases.commands import Rehearse
from shopbell.cases.judging import lines_of, strictest
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import Case, CaseStep, Kind, Timer
from shopbell.cases.refusals import NoSuchCase
from shopbell.cases.service import listed
from shopbell.cases.shown import CaseListed
from shopbell.commerce import service as commerce
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor
from shopbell.kernel.ids import is_id
from shopbell.knowledge import service as knowledge
from shopbell.knowledge.model import Clock, Profile, Rehearsed, Trial, Verdict

AT_ONCE = 200
"""How many cases one try takes, so that nobody waits long for it."""

A_YEAR = timedelta(days=365)

Try = Callable[[Trial], Rehearsed]


class Ticked(Struct, frozen=True):
    """A clock that would have run otherwise; ``ran_out`` tells whether it did run out."""

    old: Clock
    new: Clock
    ran_out: bool


class Otherwise(Struct, frozen=True):
    """A case that would have come out otherwise: what was said of its things, and its clocks.

    Without ``old`` nothing was said of them, or the same; without ``new`` the new rules do not
    know the reason that was given.
    """

    case: CaseListed
    old: Verdict | None
    new: Verdict | None
    clocks: list[Ticked]


class Rehearsal(Struct, frozen=True):
    """What rules would have made of ``tried`` cases opened since ``back_to``; ``left`` are older.

    ``next`` is given back as ``before`` to go on with those.
    """

    tried: int
    left: int
    back_to: datetime | None
    others: list[Otherwise]
    next: str | None


class Stay(Struct, frozen=True):
    """How long a case stood in a state, and by which step it left."""

    state: str
    since: datetime
    length: timedelta
    left_by: str


def rehearse(tx: Tx, actor: Actor, asked: Rehearse) -> Rehearsal:
    """Try rules on some of last year's cases; nothing is changed."""
    if asked.before and not is_id(asked.before):
        raise NoSuchCase
    tried = knowledge.rehearse(tx, actor, asked.body)
    found, left = storage.opened_since(tx, tx.now - A_YEAR, asked.before, AT_ONCE)
    others = [
        Otherwise(shown, old, new, clocks)
        for case, shown in zip(found, listed(tx, found), strict=True)
        for old, new, clocks in [(*_verdicts(tx, case, tried), _ticked(tx, case, asked.body))]
        if old or clocks
    ]
    return Rehearsal(
        tried=len(found),
        left=left,
        back_to=found[-1].opened_at if found else None,
        others=others,
        next=found[-1].id if left else None,
    )


# ── its things ──────────────────────────────────────────────────────────────────────────────


def _verdicts(tx: Tx, case: Case, tried: Try) -> tuple[Verdict | None, Verdict | None]:
    """Return what was said of a case and would be, if anybody would notice."""
    told = [tried(trial) for trial in _trials(tx, case)]
    if not any(one.differs for one in told):
        return None, None
    new = [one.new for one in told if one.new]
    whole = len(new) == len(told)
    return strictest(one.old for one in told), strictest(new) if whole else None


def _trials(tx: Tx, case: Case) -> Iterator[Trial]:
    """Put together what a case was about when it was opened: a line each."""
    if case.verdict is None or case.order is None:
        return
    order = commerce.order(tx, SYSTEM, case.order)
    for one in lines_of(case):
        matter = knowledge.matter_of(tx, order, one.line, case.facts["reason"])
        came = matter.delivered_at
        known = came if came and came <= case.opened_at else None
        matter = replace(matter, asked_at=case.opened_at, delivered_at=known)
        yield Trial(case.shop, matter, case.policy)


# ── its clocks ──────────────────────────────────────────────────────────────────────────────


def _ticked(tx: Tx, case: Case, body: Profile) -> list[Ticked]:
    """Return the clocks that ran out and would not have, or would have and did not."""
    kind, shop = KINDS[case.kind], commerce.shop(tx, case.shop)
    terms, known = knowledge.book(tx, shop.id, case.policy).terms, knowledge.clocks_of(body)
    found = list[Ticked]()
    for stay in stays(kind, storage.steps_of(tx, case.id)):
        timer = kind.waits[stay.state].due
        if timer is None or timer.since or timer.clock not in known:
            continue
        old = knowledge.clock(tx, shop.id, timer.clock, case.policy)
        new = knowledge.clock_in(body, terms, timer.clock, case.policy)
        ran_out = stay.left_by in _consequences(timer)
        would = knowledge.due(tx, new, stay.since, shop.id) <= stay.since + stay.length
        follows = timer.instead.get(new.then, timer.then) if would else None
        if old != new and follows != (stay.left_by if ran_out else None):
            found.append(Ticked(old, new, ran_out))
    return found


def stays(kind: Kind, steps: Iterable[CaseStep]) -> Iterator[Stay]:
    """Return how long each state lasted; what another one interrupted counts as one."""
    spent = dict[str, timedelta]()
    for came, left in pairwise(one for one in steps if _moves(kind, one)):
        state = came.after
        before = (
            spent.pop(state, timedelta()) if _pauses(kind, came.before) == state else timedelta()
        )
        length = before + (left.at - came.at)
        if _pauses(kind, left.after) == state:
            spent[state] = length
        else:
            yield Stay(state, came.at - before, length, left.action)


def _moves(kind: Kind, step: CaseStep) -> bool:
    """Tell whether a step begins a state anew: it came there, or its clock ran out."""
    wait = kind.waits.get(step.before)
    ran_out = bool(wait and wait.due and step.action in _consequences(wait.due))
    return step.seq == 1 or step.before != step.after or ran_out


def _pauses(kind: Kind, state: str) -> str | None:
    return kind.waits[state].pauses if state in kind.waits else None


def _consequences(timer: Timer) -> set[str]:
    return {timer.then, *timer.instead.values()}
