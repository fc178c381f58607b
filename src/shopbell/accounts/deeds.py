"""What stands in the audit log, for people to read, and how they look for it."""

from datetime import datetime

from msgspec import Struct

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
