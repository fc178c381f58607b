"""What was seen of an installation from outside, and the rules it is judged by (PROTOCOL 11).

A recorder notes every attempt to send with its outcome, every entry a page applied to its copy,
every page read, every mark heard, and at the end what each reader finds in each stream. All on
one machine with one monotonic clock, so *before* and *after* are exact. `judge` applies each rule
and returns what breaks it. An attempt without an answer is *unknown*: it may have been stored.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple

Outcome = Literal["unknown", "stored", "refused"]
REVOKED_SECONDS = 2.0
CONVERGED_SECONDS = 6.0


class Told(NamedTuple):
    """An entry as somebody was told it; ``words`` is what was said, or its digest."""

    seq: int
    id: str
    cmid: str | None
    actor: str
    words: str


@dataclass(slots=True)
class Attempt:
    """One try to send; it is answered once, or never."""

    began: float
    stream: str
    actor: str
    cmid: str
    words: str
    outcome: Outcome = "unknown"
    ended: float = 0.0
    seq: int = 0
    id: str = ""
    replayed: bool = False

    def stored(self, seq: int, id_: str, *, replayed: bool) -> None:
        """Note that it was acknowledged just now."""
        self.outcome, self.ended = "stored", time.monotonic()
        self.seq, self.id, self.replayed = seq, id_, replayed

    @property
    def name(self) -> tuple[str, str, str]:
        """Return by what a repeated try is known as the same."""
        return self.stream, self.actor, self.cmid


class Applied(NamedTuple):
    """A page put an entry into its copy of a stream."""

    at: float
    view: str
    actor: str
    stream: str
    told: Told


class Snapshot(NamedTuple):
    """Somebody read a part of a stream, and was told its head."""

    began: float
    ended: float
    actor: str
    stream: str
    head: int
    events: tuple[Told, ...] = ()


class Mark(NamedTuple):
    """A page heard how far a side has come."""

    at: float
    view: str
    stream: str
    kind: str
    side: str
    seq: int


@dataclass
class History:
    """Everything seen in one run.

    ``finals``: what each reader finds at the end. ``open_views``: the copies kept to the end.
    ``known``: the number up to which a copy was complete when it began, if it was not empty.
    ``settled``: when nothing more was sent and nothing was hurt.
    """

    attempts: list[Attempt] = field(default_factory=list[Attempt])
    applied: list[Applied] = field(default_factory=list[Applied])
    snapshots: list[Snapshot] = field(default_factory=list[Snapshot])
    marks: list[Mark] = field(default_factory=list[Mark])
    finals: dict[str, dict[str, list[Told]]] = field(
        default_factory=dict[str, dict[str, list[Told]]]
    )
    members: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    revoked: dict[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])
    open_views: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    known: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    effects: list[str] = field(default_factory=list[str])
    wanted: set[str] = field(default_factory=set[str])
    settled: float = 0.0

    def logs(self) -> dict[str, list[Told]]:
        """Return the streams as the first reader finds them."""
        return next(iter(self.finals.values()), {})

    def stored(self) -> Iterator[Attempt]:
        return (attempt for attempt in self.attempts if attempt.outcome == "stored")

    def tries(self) -> dict[tuple[str, str, str], list[Attempt]]:
        """Return all tries by what was tried, in the order they began."""
        found: dict[tuple[str, str, str], list[Attempt]] = defaultdict(list)
        for attempt in sorted(self.attempts, key=lambda one: one.began):
            found[attempt.name].append(attempt)
        return found

    def kept(self) -> Iterator[tuple[tuple[str, str, str], Told]]:
        """Yield what clients sent and finally stands in a stream, by what it was sent as."""
        for stream, log in self.logs().items():
            for told in log:
                if told.cmid:
                    yield (stream, told.actor, told.cmid), told

    def copies(self) -> dict[tuple[str, str], list[Applied]]:
        """Return what each page applied to each of its copies, in the order it did."""
        found: dict[tuple[str, str], list[Applied]] = defaultdict(list)
        for one in self.applied:
            found[one.view, one.stream].append(one)
        return found


Rule = Callable[[History], Iterator[str]]


def judge(history: History) -> dict[str, list[str]]:
    """Return every broken rule with what breaks it."""
    found = {name: list(rule(history)) for name, rule in RULES.items()}
    return {name: complaints for name, complaints in found.items() if complaints}


# ── what is stored ──────────────────────────────────────────────────────────────────────────


def lost(history: History) -> Iterator[str]:
    """Whatever was acknowledged stands in the stream."""
    kept = {name for name, _told in history.kept()}
    for attempt in history.stored():
        if attempt.name not in kept:
            yield f"{attempt.cmid} was acknowledged as {attempt.stream} {attempt.seq} and is gone"


def duplicate(history: History) -> Iterator[str]:
    """Nothing that was sent stands in a stream twice."""
    for name, times in Counter(name for name, _told in history.kept()).items():
        if times > 1:
            yield f"{name} stands {times} times"


def duplicate_id(history: History) -> Iterator[str]:
    """No two entries have one id."""
    ids = Counter(told.id for log in history.logs().values() for told in log)
    yield from (f"{id_} names {times} entries" for id_, times in ids.items() if times > 1)


def phantom(history: History) -> Iterator[str]:
    """Nothing stands in a stream that nobody sent."""
    sent = {attempt.name for attempt in history.attempts}
    yield from (f"nobody sent {name}" for name, _told in history.kept() if name not in sent)


def corrupt(history: History) -> Iterator[str]:
    """What stands in a stream, and what pages show, is what was sent."""
    sent = {attempt.name: attempt.words for attempt in history.attempts}
    shown = ((one.stream, one.told) for one in history.applied)
    stand = ((name[0], told) for name, told in history.kept())
    for stream, told in (*stand, *shown):
        words = sent.get((stream, told.actor, told.cmid or ""))
        if words is not None and words != told.words:
            yield f"{stream} {told.seq} says other words than were sent"


def failed_but_stored(history: History) -> Iterator[str]:
    """What was refused every time it was tried stands nowhere."""
    kept = {name for name, _told in history.kept()}
    for name, tries in history.tries().items():
        if name in kept and all(one.outcome == "refused" for one in tries):
            yield f"{name} was refused, but stands"


def seq_not_dense(history: History) -> Iterator[str]:
    """The numbers of a stream are 1, 2, 3 … without a gap."""
    for stream, log in history.logs().items():
        if [told.seq for told in log] != list(range(1, len(log) + 1)):
            yield f"{stream} is numbered {[told.seq for told in log][:50]}"


def agreement_final(history: History) -> Iterator[str]:
    """In the end all readers find the same."""
    first = history.logs()
    for reader, logs in history.finals.items():
        for stream, log in logs.items():
            if log != first.get(stream):
                yield f"{reader} finds another {stream}"


# ── the order, and the answers ──────────────────────────────────────────────────────────────


def real_time_order(history: History) -> Iterator[str]:
    """What was acknowledged before another was first tried has a smaller number."""
    seqs = {name: told.seq for name, told in history.kept()}
    begun: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for name, tries in history.tries().items():
        if name in seqs:
            begun[name[0]].append((tries[0].began, seqs[name]))
    answered = _known(history.stored())
    for stream, beginnings in begun.items():
        for (_began, seq), highest in _highest_before(beginnings, answered[stream]):
            if highest >= seq:
                yield f"{stream} {seq} was begun after {highest} was acknowledged"


def retry_not_idempotent(history: History) -> Iterator[str]:
    """A repeated try gets the number and id of the first one, and is told it is a repetition."""
    for name, tries in history.tries().items():
        stored = [one for one in tries if one.outcome == "stored"]
        if len({(one.id, one.seq) for one in stored}) > 1:
            yield f"{name} was acknowledged as {[(one.id, one.seq) for one in stored]}"
        if sum(not one.replayed for one in stored) > 1:
            yield f"{name} was called new more than once"


def ack_mismatch(history: History) -> Iterator[str]:
    """An acknowledgement names the place where the entry really stands."""
    places = {name: (told.id, told.seq) for name, told in history.kept()}
    for attempt in history.stored():
        place = places.get(attempt.name, (attempt.id, attempt.seq))
        if place != (attempt.id, attempt.seq):
            yield f"{attempt.name} was acknowledged as {attempt.seq} and stands at {place[1]}"


# ── what pages show ─────────────────────────────────────────────────────────────────────────


def leak(history: History) -> Iterator[str]:
    """Nobody is told of a stream they take no part in, or no longer do."""
    told = [(one.at, one.actor, one.stream) for one in history.applied]
    told += [(one.began, one.actor, one.stream) for one in history.snapshots if one.events]
    for at, actor, stream in told:
        left = history.revoked.get((stream, actor))
        if actor not in history.members[stream] and left is None:
            yield f"{actor} was told of {stream}"
        if left is not None and at > left + REVOKED_SECONDS:
            yield f"{actor} was told of {stream} {at - left:.1f} s after being shut out"


def applied_twice_or_reordered(history: History) -> Iterator[str]:
    """A copy grows by larger numbers only."""
    for (view, stream), entries in history.copies().items():
        for before, after in pairwise(entries):
            if after.told.seq <= before.told.seq:
                yield f"{view} applied {stream} {after.told.seq} after {before.told.seq}"


def silent_gap(history: History) -> Iterator[str]:
    """A copy begins with number 1, or where it was known to be, and leaves nothing out."""
    for (view, stream), entries in history.copies().items():
        known = history.known.get((view, stream), 0)
        for before, after in pairwise((known, *(one.told.seq for one in entries))):
            if after > before + 1:
                yield f"{view} went from {stream} {before} to {after}"


def snapshot_backwards(history: History) -> Iterator[str]:
    """A read begun after another ended, or after an acknowledgement, sees no smaller head."""
    known = _known(history.stored())
    reads: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for read in history.snapshots:
        known[read.stream].append((read.ended, read.head))
        reads[read.stream].append((read.began, read.head))
    for stream, beginnings in reads.items():
        for (_began, head), highest in _highest_before(beginnings, known[stream]):
            if head < highest:
                yield f"{stream} was read up to {head} when {highest} was known"


def read_phantom(history: History) -> Iterator[str]:
    """What was ever read or shown stands there in the end."""
    there = {(stream, told.seq, told.id) for stream, log in history.logs().items() for told in log}
    seen = [(read.actor, read.stream, told) for read in history.snapshots for told in read.events]
    seen += [(one.view, one.stream, one.told) for one in history.applied]
    for who, stream, told in seen:
        if (stream, told.seq, told.id) not in there:
            yield f"{who} saw {stream} {told.seq} {told.id}, which is not there"


def disagreement(history: History) -> Iterator[str]:
    """All pages show the same entry under one number."""
    shown: dict[tuple[str, int], Told] = {}
    for one in history.applied:
        first = shown.setdefault((one.stream, one.told.seq), one.told)
        if (first.id, first.actor, first.words) != (one.told.id, one.told.actor, one.told.words):
            yield f"{one.view} shows another {one.stream} {one.told.seq}"


def not_converged(history: History) -> Iterator[str]:
    """Every page that stayed shows the whole stream in the end."""
    copies = history.copies()
    for view, stream in history.open_views:
        entries, known = copies.get((view, stream), []), history.known.get((view, stream), 0)
        applied, head = (entries[-1].told.seq if entries else known), len(history.logs()[stream])
        if applied < head:
            yield f"{view} stopped at {stream} {applied} of {head}"


def converged_late(history: History) -> Iterator[str]:
    """Once nothing is sent and nothing is hurt, pages come to the end soon."""
    for one in history.applied:
        if one.at > history.settled + CONVERGED_SECONDS:
            yield f"{one.view} took {one.at - history.settled:.1f} s to {one.stream} {one.told.seq}"


# ── marks and effects ───────────────────────────────────────────────────────────────────────


def cursor_backwards(history: History) -> Iterator[str]:
    """How far a side has come never goes back."""
    last: dict[tuple[str, str, str, str], int] = {}
    for mark in sorted(history.marks):
        key = (mark.view, mark.stream, mark.kind, mark.side)
        if mark.seq < last.get(key, 0):
            yield f"{key} went from {last[key]} to {mark.seq}"
        last[key] = mark.seq


def cursor_beyond_head(history: History) -> Iterator[str]:
    """Nobody has read what is not there."""
    heads = {stream: len(log) for stream, log in history.logs().items()}
    for mark in history.marks:
        if mark.seq > heads.get(mark.stream, 0):
            yield f"{mark.side} has {mark.kind} {mark.stream} up to {mark.seq}"


def effect_not_once(history: History) -> Iterator[str]:
    """What had to happen outside happened once, and nothing else did."""
    times = Counter(history.effects)
    for effect in history.wanted | times.keys():
        if times[effect] != (effect in history.wanted):
            yield f"{effect} happened {times[effect]} times"


def _known(stored: Iterator[Attempt]) -> dict[str, list[tuple[float, int]]]:
    """Return when which number of each stream was acknowledged."""
    found: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for attempt in stored:
        found[attempt.stream].append((attempt.ended, attempt.seq))
    return found


def _highest_before(
    begun: list[tuple[float, int]], known: list[tuple[float, int]]
) -> Iterator[tuple[tuple[float, int], int]]:
    """Yield each beginning with the highest number that was known by then."""
    waiting, highest = sorted(known, reverse=True), 0
    for beginning in sorted(begun):
        while waiting and waiting[-1][0] < beginning[0]:
            highest = max(highest, waiting.pop()[1])
        yield beginning, highest


RULES: dict[str, Rule] = {
    rule.__name__.replace("_", "-"): rule
    for rule in (
        lost,
        duplicate,
        duplicate_id,
        phantom,
        corrupt,
        failed_but_stored,
        seq_not_dense,
        agreement_final,
        real_time_order,
        retry_not_idempotent,
        ack_mismatch,
        leak,
        applied_twice_or_reordered,
        silent_gap,
        snapshot_backwards,
        read_phantom,
        disagreement,
        not_converged,
        converged_late,
        cursor_backwards,
        cursor_beyond_head,
        effect_not_once,
    )
}
