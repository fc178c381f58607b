"""What stands in the audit log, for people to read, and how they look for it."""

from datetime import datetime

from msgspec import Struct

from shopbell.accounts.model import Seal
from shopbell.kernel.actor import PersonId


class Deed(Struct, frozen=True):
    """One line, for people to read."""

    seq: int
    at: datetime
    actor: PersonId
    action: str
    facts: dict[str, str | int]


class Wanted(Struct, frozen=True):
    """Which lines somebody looks for; what is empty asks nothing.

    ``about`` is an id or a word that stands among the facts of a line.
    """

    actor: str = ""
    action: str = ""
    about: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Found(Struct, frozen=True):
    """Some lines, newest first, and before which number there are more."""

    deeds: list[Deed]
    before: int | None


class Reading(Struct, frozen=True):
    """How far the log was read again: from ``start``, which a line must tell of, up to a line.

    It is done when it is ``whole``, or ``broken``: that is the first line that does not follow.
    """

    start: Seal
    upto: Seal
    told: bool
    last: int = 0
    whole: bool = False
    broken: int | None = None

    @property
    def done(self) -> bool:
        """Tell whether there is nothing more to read."""
        return self.whole or self.broken is not None

    @property
    def counted(self) -> int:
        """Return how many lines were read."""
        return self.upto.seq - self.start.seq

    @property
    def all(self) -> int:
        """Return how many lines there are."""
        return max(self.last, self.upto.seq) - self.start.seq
