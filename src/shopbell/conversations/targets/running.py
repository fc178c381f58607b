"""The clocks that run in one conversation, as a value: what is owed, until when, and what was told.

Pure: everything here follows from what happened and when.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from shopbell.conversations.turns import Turn


class Target(StrEnum):
    """What a shop may promise: its first answer, each later one, and the end of the matter."""

    FIRST = "first"
    NEXT = "next"
    RESOLUTION = "resolution"


class Ring(StrEnum):
    """What a clock says: time runs short, or has run out."""

    WARNED = "warned"
    BREACHED = "breached"


class Rest(Struct, frozen=True):
    """A clock stands still for somebody, since when."""

    waiting_on: Turn
    since: datetime


class Run(Struct, frozen=True, omit_defaults=True):
    """One clock, wound by row ``row`` of version ``rules`` of the shop's rules, for ``length``.

    While it stands still, ``left`` says what it lacked of open time, ``rest`` for whom.
    ``warned`` and ``breached`` say what was told: each once.
    """

    target: Target
    rules: int
    row: int
    since: datetime
    length: timedelta
    due_at: datetime | None = None
    warn_at: datetime | None = None
    left: timedelta | None = None
    rest: Rest | None = None
    warned: bool = False
    breached: bool = False

    def is_same(self, other: "Run | None") -> bool:
        """Tell whether both were wound for the same by the same rules, whatever they told since."""
        wound = (self.target, self.rules, self.row, self.since)
        return other is not None and wound == (other.target, other.rules, other.row, other.since)

    def as_told(self, lately: Iterable["Run"]) -> "Run":
        """Return it with what the same clock has told elsewhere, or since."""
        same = [self, *filter(self.is_same, lately)]
        warned, breached = any(run.warned for run in same), any(run.breached for run in same)
        return replace(self, warned=warned, breached=breached)

    def bells(self) -> Iterator[tuple[datetime, Ring]]:
        """List what it has still to say, and when."""
        if self.warn_at and not (self.warned or self.breached):
            yield self.warn_at, Ring.WARNED
        if self.due_at and not self.breached:
            yield self.due_at, Ring.BREACHED

    def told(self, ring: Ring) -> "Run":
        """Return it with one more thing said."""
        if ring is Ring.WARNED:
            return replace(self, warned=True)
        return replace(self, breached=True)


class Rung(NamedTuple):
    """A clock that has something to say now."""

    run: Run
    ring: Ring


class Clocks(Struct, frozen=True, omit_defaults=True):
    """The clocks of a conversation: one for words that wait, one for the whole matter.

    ``ring_at`` is when somebody looks at them next, ``missed`` how many targets were not kept, and
    ``raised`` says that the conversation stands above all that are due.
    """

    answer: Run | None = None
    resolution: Run | None = None
    ring_at: datetime | None = None
    answered: bool = False
    missed: int = 0
    raised: bool = False

    @property
    def running(self) -> list[Run]:
        """List the clocks there are, the answer's first."""
        return [run for run in (self.answer, self.resolution) if run]

    @property
    def next_bell(self) -> datetime | None:
        """Return when the next thing has to be said."""
        return min((at for run in self.running for at, _ring in run.bells()), default=None)

    def rung(self, now: datetime) -> list[Rung]:
        """List what is to be said now: of one clock the gravest alone."""
        due = [[ring for at, ring in run.bells() if at <= now] for run in self.running]
        return [Rung(run, found[-1]) for run, found in zip(self.running, due, strict=True) if found]

    def told(self, rung: Rung, *, raised: bool) -> "Clocks":
        """Return them once something was said."""
        name = "resolution" if rung.run.target is Target.RESOLUTION else "answer"
        missed = self.missed + (rung.ring is Ring.BREACHED)
        said = {name: rung.run.told(rung.ring)}
        return replace(self, missed=missed, raised=self.raised or raised, **said)
