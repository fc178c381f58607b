"""How a thread is counted: entry by entry, from its first to its last, each once. Pure.

A round begins with the first question of a buyer that nobody has answered, and ends when a person
of the shop answers, by words or by a step of a case. What a machine said by itself begins none
and ends none. The shop may say that no reply is needed, and the buyer may settle the matter:
then nobody was to answer. A promise is broken when the house has told both sides so.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from shopbell.analytics.model import Ended, Point, Solver, What
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import Effect
from shopbell.conversations.history import Between, Told
from shopbell.conversations.model import CASE, CONTACT, CONTACT_MISSED, Channel, SubjectKind
from shopbell.kernel.actor import PersonId, Side

OPENED = "open"
_A_MILLISECOND = timedelta(milliseconds=1)


class Round(Struct, frozen=True):
    """A round that runs; ``broken`` once the shop's promise has passed.

    ``machine``: something has answered by itself, which ends no round.
    """

    since: datetime
    channel: Channel
    broken: bool = False
    machine: bool = False


class Resolved(Struct, frozen=True):
    """When a conversation was resolved last, and after how many milliseconds."""

    at: datetime
    took: int | None


class CaseCourse(Struct, frozen=True, omit_defaults=True):
    """A case so far: ``dates`` are those its shop has given, and which of them still run."""

    opened_at: datetime
    kind: str
    dates: int = 0
    running: dict[int, datetime] = {}


class Course(Struct, frozen=True, omit_defaults=True):
    """How far a thread is counted, and what must be known of it to go on."""

    seq: int = 0
    rounds: int = 0
    rungs: int = 0
    solved: int = 0
    asked_at: datetime | None = None
    channel: Channel | None = None
    answered_at: datetime | None = None
    round: Round | None = None
    resolved: Resolved | None = None
    taken: dict[str, tuple[int, datetime]] = {}
    cases: dict[str, CaseCourse] = {}


class _Said(Struct, frozen=True):
    automatic: bool = False
    channel: Channel = Channel.CHAT


class _Step(Struct, frozen=True):
    case: str
    kind: str
    action: str
    before: str
    after: str


class _Rung(Struct, frozen=True):
    step: str
    to: str


Points = list[Point]


def count(course: Course, about: Between, entries: Iterable[Told]) -> tuple[Course, Points]:
    """Go on counting a thread; of points that come again the last one holds."""
    found: dict[Any, Point] = {}
    for entry in entries:
        read = _READ.get(entry.type)
        if read is not None:
            course, points = read(course, about, entry)
            found.update((point.key, point) for point in points)
        course = replace(course, seq=entry.seq)
    return course, list(found.values())


# ── words ───────────────────────────────────────────────────────────────────────────────────


def _message(course: Course, about: Between, entry: Told) -> tuple[Course, Points]:
    said = msgspec.json.decode(entry.data, type=_Said)
    if said.automatic:
        return _note_machine(course, about, entry)
    if entry.side is Side.BUYER:
        return _ask(course, about, entry, said.channel)
    return _answer(course, about, entry)


def _note_machine(course: Course, about: Between, entry: Told) -> tuple[Course, Points]:
    """Note when a machine of the shop first spoke in a round: some rules take that as an answer."""
    running = course.round
    if entry.side is not Side.SELLER or running is None or running.machine:
        return course, []
    took = _milliseconds(running.since, entry.at)
    point = _point(about, What.MACHINE, course.rounds, running.since, took=took)
    return replace(course, round=replace(running, machine=True)), [point]


def _ask(course: Course, about: Between, entry: Told, channel: Channel) -> tuple[Course, Points]:
    if course.round is not None:
        return course, []
    asked = replace(course, rounds=course.rounds + 1, round=Round(entry.at, channel))
    points = [_round(asked, Round(entry.at, channel), about, Ended.OPEN)]
    if course.asked_at is None:
        asked = replace(asked, asked_at=entry.at, channel=channel)
        points.append(_point(about, What.CONTACT, 1, entry.at, channel=channel))
    return asked, points


def _answer(course: Course, about: Between, entry: Told) -> tuple[Course, Points]:
    """End the round that a person of the shop has answered."""
    if entry.side is not Side.SELLER:
        return course, []
    answered = replace(course, answered_at=entry.at)
    if course.round is None:
        return answered, []
    took = _milliseconds(course.round.since, entry.at)
    point = _round(course, course.round, about, Ended.ANSWERED, took=took, agent=entry.actor)
    return replace(answered, round=None), [point]


def _wave(course: Course, about: Between, _entry: Told) -> tuple[Course, Points]:
    if course.round is None:
        return course, []
    return replace(course, round=None), [_round(course, course.round, about, Ended.WAVED)]


def _break(course: Course, about: Between, _entry: Told) -> tuple[Course, Points]:
    if course.round is None:
        return course, []
    broken = replace(course.round, broken=True)
    return replace(course, round=broken), [_round(course, broken, about, Ended.OPEN)]


def _round(
    course: Course,
    running: Round,
    about: Between,
    ended: Ended,
    *,
    took: int | None = None,
    agent: PersonId | None = None,
) -> Point:
    """Return the point of the running round, as it ends now."""
    kept = {Ended.ANSWERED: not running.broken, Ended.WAVED: None}
    return _point(
        about,
        What.ROUND,
        course.rounds,
        running.since,
        channel=running.channel,
        agent=agent,
        detail=ended,
        took=took,
        good=kept.get(ended, False if running.broken else None),
    )


# ── resolving ───────────────────────────────────────────────────────────────────────────────


def _resolve(course: Course, about: Between, entry: Told) -> tuple[Course, Points]:
    settled = [_round(course, course.round, about, Ended.SETTLED)] if course.round else []
    ended = replace(course, round=None)
    if course.asked_at is None:
        return ended, settled
    by_itself = entry.side is Side.SYSTEM
    until = course.answered_at if by_itself else entry.at
    took = _milliseconds(course.asked_at, until) if until and until >= course.asked_at else None
    now = Resolved(entry.at, took)
    solved = replace(ended, solved=course.solved + 1, resolved=now)
    return solved, [*settled, _solved(solved, now, about, Solver[entry.side.name])]


def _reopen(course: Course, about: Between, _entry: Told) -> tuple[Course, Points]:
    if course.resolved is None:
        return course, []
    return replace(course, resolved=None), [
        _solved(course, course.resolved, about, Solver.REOPENED)
    ]


def _solved(course: Course, resolved: Resolved, about: Between, by: Solver) -> Point:
    at_once = course.rounds == 1 and course.solved == 1 and by is not Solver.REOPENED
    return _point(
        about,
        What.SOLVED,
        course.solved,
        resolved.at,
        channel=course.channel,
        detail=by,
        took=resolved.took,
        good=at_once if course.answered_at else None,
    )


# ── the ladder ──────────────────────────────────────────────────────────────────────────────


def _climb(course: Course, about: Between, entry: Told) -> tuple[Course, Points]:
    step = _name(msgspec.json.decode(entry.data, type=_Rung))
    climbed = _higher(course, step, entry.at)
    return climbed, [_rung(climbed, about, step)]


def _escalate(course: Course, about: Between, entry: Told) -> tuple[Course, Points]:
    climbed = _higher(course, "operator", entry.at)
    return climbed, [_rung(climbed, about, "operator")]


def _miss(course: Course, about: Between, entry: Told) -> tuple[Course, Points]:
    """Mark the step that has reached nobody after all."""
    step = _name(msgspec.json.decode(entry.data, type=_Rung))
    if step not in course.taken:
        return course, []
    return course, [replace(_rung(course, about, step), good=False)]


def _name(rung: _Rung) -> str:
    return f"buyer_{rung.step}" if rung.to == "buyer" else rung.step


def _higher(course: Course, step: str, at: datetime) -> Course:
    taken = {**course.taken, step: (course.rungs + 1, at)}
    return replace(course, rungs=course.rungs + 1, taken=taken)


def _rung(course: Course, about: Between, step: str) -> Point:
    number, at = course.taken[step]
    return _point(about, What.RUNG, number, at, channel=course.channel, detail=step)


# ── cases ───────────────────────────────────────────────────────────────────────────────────


def _case(course: Course, about: Between, entry: Told) -> tuple[Course, Points]:
    step = msgspec.json.decode(entry.data, type=_Step)
    course, points = _answer(course, about, entry)
    if step.action == OPENED:
        known = CaseCourse(entry.at, step.kind)
    elif step.case in course.cases:
        known = course.cases[step.case]
    else:
        return course, points
    known, dates = _promised(known, about, step, entry.at)
    over = KINDS[step.kind].ended(step.after)
    took = _milliseconds(known.opened_at, entry.at) if over else None
    cases = {name: one for name, one in course.cases.items() if name != step.case}
    course = replace(course, cases=cases if over else {**cases, step.case: known})
    opened = _point(about, What.CASE, 1, known.opened_at, detail=step.after, took=took)
    ours = [replace(one, owner=step.case, kind=step.kind) for one in (opened, *dates)]
    return course, [*points, *ours]


def _promised(
    known: CaseCourse, about: Between, step: _Step, at: datetime
) -> tuple[CaseCourse, Points]:
    """Count the dates that a step gives, keeps or breaks."""
    points: Points = []
    for effect in _effects(step):
        if effect is Effect.PROMISE:
            number = known.dates + 1
            known = replace(known, dates=number, running={**known.running, number: at})
            points.append(_point(about, What.DATE, number, at))
        elif effect in _SETTLES:
            points += [
                _point(about, What.DATE, number, given, good=_SETTLES[effect])
                for number, given in known.running.items()
            ]
            known = replace(known, running={})
    return known, points


_SETTLES = {Effect.KEEP_PROMISE: True, Effect.BREAK_PROMISE: False}


def _effects(step: _Step) -> Iterator[Effect]:
    """Give what a step does beside moving its case; what is only told of one does nothing."""
    for move in KINDS[step.kind].flow.moves:
        if (move.state, move.action, move.to) == (step.before, step.action, step.after):
            yield from move.does


# ── all of them ─────────────────────────────────────────────────────────────────────────────


def _point(
    about: Between,
    what: What,
    n: int,
    at: datetime,
    *,
    channel: Channel | None = None,
    agent: PersonId | None = None,
    detail: str = "",
    took: int | None = None,
    good: bool | None = None,
) -> Point:
    return Point(
        owner=about.id,
        what=what,
        n=n,
        conversation=about.id,
        shop=about.shop,
        at=at,
        kind=about.subject_kind,
        channel=channel,
        language=about.locale,
        product=about.subject_id if about.subject_kind is SubjectKind.PRODUCT else None,
        agent=agent,
        detail=detail,
        took=took,
        good=good,
    )


def _milliseconds(since: datetime, until: datetime) -> int:
    return (until - since) // _A_MILLISECOND


_READ: dict[str, Callable[[Course, Between, Told], tuple[Course, Points]]] = {
    "message": _message,
    "no_reply_needed": _wave,
    "answer_overdue": _break,
    "resolve": _resolve,
    "reopened": _reopen,
    "escalate": _escalate,
    CONTACT: _climb,
    CONTACT_MISSED: _miss,
    CASE: _case,
}
COUNTED = tuple(_READ)
