"""What a file of listings is, what was found in it, and what became of it. Pure."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NewType

from msgspec import Struct

from shopbell.commerce.commands import ListProduct
from shopbell.connectors.files.model import Options
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.texts import LOCALES, Locale, Words, text

ListingFileId = NewType("ListingFileId", str)

FINDINGS_MOST = 20_000
"""So many findings are kept of one file: who has more mends these first."""

SHOWN_MOST = 200
PREVIEW_MOST = 50
SUMMED = ("rows", "added", "updated", "unchanged", "refused")


class Form(StrEnum):
    """Whose columns a file has."""

    OWN = "own"
    OZON = "ozon"
    SHOPIFY = "shopify"


class FileState(StrEnum):
    """How far a file has come."""

    CHECKING = "checking"
    CHECKED = "checked"
    REFUSED = "refused"
    APPLYING = "applying"
    APPLIED = "applied"


AT_WORK = frozenset({FileState.CHECKING, FileState.APPLYING})


class Severity(StrEnum):
    """Whether a finding keeps its row out, calls for a look, or only tells."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(Struct, frozen=True):
    """Something found in a file: ``row`` as a spreadsheet counts, ``column`` as it is headed there.

    ``place`` is which column that is, from 0; -1 where it is about the whole row.
    """

    row: int
    code: str
    severity: Severity
    column: str = ""
    place: int = -1
    name: str = ""
    facts: dict[str, str | int] = {}

    def says(self, locale: Locale) -> str:
        """Tell what was found."""
        if self.severity is Severity.ERROR:
            return text(locale, f"refusals.{self.code}.title", **self.facts)
        return text(locale, f"listings.found_{self.code}", **self.facts)

    def advises(self, locale: Locale) -> str:
        """Tell what to do about it; nothing where it only tells."""
        error = self.severity is Severity.ERROR
        return text(locale, f"refusals.{self.code}.next", **self.facts) if error else ""


class FoundShown(Struct, frozen=True):
    """A finding as it is handed out, in every language."""

    row: int
    column: str
    code: str
    severity: Severity
    name: str
    message: Words

    @classmethod
    def of(cls, found: Finding) -> "FoundShown":
        """Say a finding in every language."""
        message: Words = {locale: found.says(locale) for locale in LOCALES}
        return cls(found.row, found.column, found.code, found.severity, found.name, message)


class Draft(Struct, frozen=True):
    """A product as rows describe it, before it is compared with what is listed."""

    rows: list[int]
    product: ListProduct


class Heads(Struct, frozen=True):
    """The columns of a file under our names, in its order, and where its headings stand.

    ``language`` is that of texts in columns which do not say theirs.
    """

    form: Form
    language: Locale
    encoding: str
    row: int
    columns: list[str]
    headings: list[str]
    sheet: str = ""

    def heading(self, column: str) -> tuple[str, int]:
        """Return how a column of ours is headed in the file, and which one it is."""
        place = self.columns.index(column) if column in self.columns else -1
        return (self.headings[place] if place >= 0 else column), place


class Tally(Struct, frozen=True, kw_only=True):
    """What a file comes to: ``rows`` of it, ``products`` that can be used, ``refused`` rows."""

    rows: int = 0
    products: int = 0
    refused: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: int = 0
    warnings: int = 0
    notes: int = 0
    pictures: int = 0


class FieldChange(Struct, frozen=True):
    """One thing that a file says otherwise: ``field`` is a name of ours, or an attribute's."""

    field: str
    before: str
    after: str


class Change(Struct, frozen=True):
    """What a file does to one product; one that is new has no changes."""

    offer_id: str
    title: Words
    new: bool
    fields: list[FieldChange] = []


class Wishes(Struct, frozen=True, kw_only=True):
    """How a file is to be read, and whether its pictures are fetched when it is applied."""

    options: Options = Options()
    pictures: bool = False


class Trouble(Struct, frozen=True):
    """Why a file was refused whole."""

    code: str
    facts: dict[str, str | int] = {}

    def says(self, locale: Locale, part: str = "title") -> str:
        """Tell what happened, or what to do ``next``."""
        return text(locale, f"refusals.{self.code}.{part}", **self.facts)


class ListingFile(Struct, frozen=True, kw_only=True):
    """A file that a shop brought: by whom, when, and how far it has come.

    ``done`` counts the products that were applied so far. ``whole``: all of it or nothing.
    ``album`` is a zip with pictures that came beside it.
    """

    id: ListingFileId
    shop: ShopId
    by: PersonId
    at: datetime
    name: str
    file: str
    state: FileState
    wishes: Wishes
    whole: bool
    form: Form
    tally: Tally
    done: int
    finished_at: datetime | None = None
    trouble: Trouble | None = None
    heads: Heads | None = None
    preview: list[Change] = []
    drafts: str | None = None
    findings: str | None = None
    album: str | None = None


class ListingReport(Struct, frozen=True, kw_only=True):
    """A file of listings as programs are told of it."""

    id: ListingFileId
    name: str
    at: datetime
    by: PersonId
    state: FileState
    form: Form
    whole: bool
    tally: Tally
    done: int
    finished_at: datetime | None
    trouble: Trouble | None
    preview: list[Change]
    findings: list[FoundShown]

    def says(self, locale: Locale) -> str:
        """Sum it up for a reader."""
        counts = {name: getattr(self.tally, name) for name in SUMMED}
        summed = text(locale, "listings.summary", **counts)
        only = self.state is FileState.CHECKED
        return f"{summed}\n{text(locale, 'listings.would')}" if only else summed


def reported(file: ListingFile, findings: Iterable[Finding]) -> ListingReport:
    """Tell of a file with what was found in it."""
    fields = {name: getattr(file, name) for name in ListingReport.__struct_fields__[:-1]}
    return ListingReport(**fields, findings=list(map(FoundShown.of, findings)))
