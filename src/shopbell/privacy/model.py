"""What people may ask about what is kept of them, and what they are told of it. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from msgspec import Struct

from shopbell.kernel.actor import PersonId
from shopbell.kernel.events import Fact, Job
from shopbell.kernel.texts import Locale

ErasureId = NewType("ErasureId", str)
ExportId = NewType("ExportId", str)

GRACE = timedelta(days=14)
"""So long somebody may come back: signing in takes the wish to go back."""

ASK_AGAIN = timedelta(days=1)
"""While a case is open, an erasure waits so long and looks again."""

EXPORT_LIFE = timedelta(days=7)


class Standing(StrEnum):
    """Where a wish to go stands."""

    ASKED = "asked"
    CANCELLED = "cancelled"
    DONE = "done"


class Erasure(Struct, frozen=True, kw_only=True):
    """A wish to go, and its receipt: ``counts`` says how many of what were erased.

    Nothing in it tells who it was, but for ``person``, which stands for nobody afterwards.
    """

    id: ErasureId
    number: str
    person: PersonId
    asked_at: datetime
    due_at: datetime
    standing: Standing = Standing.ASKED
    done_at: datetime | None = None
    counts: dict[str, int] = {}


class Making(StrEnum):
    """Where the copy of somebody's data stands."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class Export(Struct, frozen=True, kw_only=True):
    """A copy of somebody's data, in ``locale``; ``size`` in bytes, once it is ready."""

    id: ExportId
    person: PersonId
    locale: Locale
    asked_at: datetime
    state: Making = Making.WAITING
    size: int = 0
    ready_at: datetime | None = None

    def expires_at(self) -> datetime | None:
        """Return until when it may be fetched."""
        return self.ready_at + EXPORT_LIFE if self.ready_at else None


class Trail(Struct, frozen=True, kw_only=True):
    """By what somebody is known to the rooms, and in words of others.

    ``called`` is what they are called from now on.
    """

    erasure: ErasureId
    people: list[str]
    talks: list[str]
    shops: list[str]
    cases: list[str]
    emails: list[str]
    recipients: list[str]
    names: list[str]
    contacts: list[str]
    called: str


class ErasureAsked(Fact, frozen=True, tag="erasure_asked"):
    """The fact: somebody wants everything of theirs erased."""

    person: PersonId
    erasure: ErasureId


class AccountErased(Fact, frozen=True, tag="account_erased"):
    """The fact: nothing is left of what somebody said and was called."""

    person: PersonId
    erasure: ErasureId


class EraseAccount(Job, frozen=True):
    """Erase everything of somebody who went."""

    erasure: ErasureId


class WriteExport(Job, frozen=True):
    """Write somebody's copy of their data."""

    export: ExportId


class LetGo(Job, frozen=True):
    """Let go what has run out."""


class DropFiles(Job, frozen=True):
    """Drop kept files that nothing refers to any more, and copies of data."""

    files: list[str]
    exports: tuple[ExportId, ...] = ()
