"""Which conversations a list shows, and in which order. No database, no web."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType

from msgspec import Meta, Struct
from msgspec.structs import fields

from shopbell.conversations.listing.refusals import FilterOdd
from shopbell.conversations.model import Channel, SubjectKind, TalkKind
from shopbell.conversations.turns import Turn
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.ids import Id, is_id
from shopbell.kernel.texts import Locale

ViewId = NewType("ViewId", str)

WORDS_MOST = 200
NAME_MOST = 60
VIEWS_MOST = 50
"""So many views at most are in anybody's list: the shop's and their own."""

COUNTED_MOST = 100
"""Nobody needs to know of more: they are shown as 99+."""


SAVED_COUNTED = 12
"""So many saved views are counted: each costs a look of its own."""


class View(StrEnum):
    """The parts of a shop's conversations that everybody at the desk knows by name.

    All but ``done``, ``all`` and ``snoozed`` show what is neither done nor put aside.
    """

    OPEN = "open"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    WAITING = "waiting"
    OVERDUE = "overdue"
    SNOOZED = "snoozed"
    DONE = "done"
    ALL = "all"


COUNTED = tuple(view for view in View if view is not View.ALL)


class Sort(StrEnum):
    """What is due first, then what was said last; or by when the conversation began."""

    DUE = "due"
    NEWEST = "newest"
    OLDEST = "oldest"


_BY_ID = ("tag", "assignee", "product", "order")


class Filter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a list is narrowed to; it is written as the query of the desk's address.

    ``mine`` and ``assignee`` look for a person, ``product`` and ``order`` for a subject by its id.
    """

    view: View = View.OPEN
    q: Annotated[str, Meta(max_length=WORDS_MOST)] = ""
    turn: Turn | None = None
    kind: TalkKind | None = None
    tag: Id | None = None
    assignee: Id | None = None
    language: Locale | None = None
    channel: Channel | None = None
    about: SubjectKind | None = None
    product: Id | None = None
    order: Id | None = None
    sort: Sort = Sort.DUE

    def __post_init__(self) -> None:
        for part in _BY_ID:
            value = getattr(self, part)
            if value is not None and not is_id(value):
                raise FilterOdd(part=part)

    def narrowed(self, more: "Filter") -> "Filter":
        """Return this with what ``more`` says differently from an empty one."""
        return Filter(
            **{
                part.name: getattr(
                    self if getattr(more, part.name) == part.default else more, part.name
                )
                for part in fields(Filter)
            }
        )


class SavedView(Struct, frozen=True, kw_only=True):
    """A filter with a name: the whole shop's, or one person's own."""

    id: ViewId
    shop: ShopId
    owner: PersonId | None
    name: str
    filter: Filter
    at: datetime


class ViewShown(Struct, frozen=True):
    """A saved view as its readers see it; ``own`` if nobody else sees it."""

    id: ViewId
    name: str
    filter: Filter
    own: bool

    @classmethod
    def of(cls, view: SavedView) -> "ViewShown":
        """Show a view."""
        return cls(view.id, view.name, view.filter, view.owner is not None)


class PutView(Struct, frozen=True, forbid_unknown_fields=True):
    """Keep a filter under a name, for oneself or, as ``shared``, for the whole shop."""

    name: Annotated[str, Meta(min_length=1, max_length=NAME_MOST)]
    filter: Filter
    shared: bool = False


class Counts(Struct, frozen=True):
    """How many conversations are in each view, up to 100; and in each of the first saved ones.

    Of saved views those are counted that look for no words.
    """

    open: int
    mine: int
    unassigned: int
    waiting: int
    overdue: int
    snoozed: int
    done: int
    saved: dict[ViewId, int] = {}
