"""What a macro is, when it is offered, and what it does. No database, no web."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NewType

from msgspec import Meta, Struct, field

from shopbell.conversations.model import ConversationId, TalkKind
from shopbell.kernel.actor import Actor, PersonId, Rank, ShopId
from shopbell.kernel.events import Fact
from shopbell.kernel.texts import Locale

MacroId = NewType("MacroId", str)

TEXT_MOST = 10_000
"""Characters of one text: a message takes no more."""

Key = Annotated[str, Meta(pattern=r"^[\w-]{1,24}$")]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Text = Annotated[str, Meta(max_length=TEXT_MOST)]
Question = Annotated[str, Meta(max_length=1_000)]
Value = Annotated[str, Meta(max_length=2_000)]

COOLS_BY_HALF = timedelta(days=14)
"""After so long a use counts half: what helps this season stands before what helped in spring."""


class Parcel(StrEnum):
    """How the parcel of an order stands, as far as an answer depends on it."""

    NONE = "none"
    ON_THE_WAY = "on_the_way"
    LATE = "late"
    STALLED = "stalled"
    TROUBLED = "troubled"
    DELIVERED = "delivered"
    LOST = "lost"


class Fits(Struct, frozen=True, forbid_unknown_fields=True):
    """When a macro is offered; what is left empty does not matter.

    ``open`` tells whether somebody must be at the counter just then.
    """

    kinds: Annotated[list[TalkKind], Meta(max_length=10)] = []
    order: bool | None = None
    parcel: Annotated[list[Parcel], Meta(max_length=10)] = []
    locales: Annotated[list[Locale], Meta(max_length=3)] = []
    open: bool | None = None
    categories: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=80)]], Meta(max_length=20)
    ] = []


class Deed(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing a macro does once somebody presses it, with what that takes."""

    do: Annotated[str, Meta(min_length=1, max_length=20)]
    value: Value = ""


class MacroBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What people write of a macro. With a ``question`` its texts answer it in the shop's FAQ."""

    key: Key
    name: Name
    texts: dict[Locale, Text]
    fits: Fits = field(default_factory=Fits)
    deeds: Annotated[list[Deed], Meta(max_length=10)] = []
    question: dict[Locale, Question] = {}

    def tongue(self, wanted: Locale, otherwise: Locale) -> Locale:
        """Return the language to speak in: the buyer's, else the shop's, else any there is."""
        preferred: list[Locale] = [wanted, otherwise, *self.texts]
        spoken: list[Locale] = [locale for locale in preferred if self.texts.get(locale)]
        return spoken[0] if spoken else otherwise


class Macro(Struct, frozen=True, kw_only=True):
    """A macro of a shop, or of one person of its team; each edit makes a new ``version``."""

    id: MacroId
    shop: ShopId
    owner: PersonId | None
    version: int
    body: MacroBody
    changed_at: datetime

    def is_seen_by(self, actor: Actor) -> bool:
        """Tell whether ``actor`` may use it."""
        return actor.works_for(self.shop) and self.owner in {None, actor.id}

    def is_kept_by(self, actor: Actor) -> bool:
        """Tell whether ``actor`` may change it: one's own, or as a manager the shop's."""
        if self.owner is not None:
            return self.is_seen_by(actor)
        return actor.works_for(self.shop, Rank.MANAGER)


class MacroVersion(Struct, frozen=True):
    """What a macro said once."""

    version: int
    body: MacroBody
    at: datetime
    by: PersonId


class Use(Struct, frozen=True):
    """How often a macro was used in one kind of conversation; ``warmth`` fades since ``at``."""

    uses: int
    warmth: float
    at: datetime

    def warm_at(self, now: datetime) -> float:
        """Return how warm it is now."""
        return float(self.warmth * 0.5 ** ((now - self.at) / COOLS_BY_HALF))

    def again(self, now: datetime) -> float:
        """Return how warm it is after one more use."""
        return self.warm_at(now) + 1.0


class Filled(Struct, frozen=True):
    """A text with its gaps filled for one conversation.

    What is not known stands in it as ``⟦…⟧``, and by name in ``gaps``; it is sent by nobody.
    """

    text: str
    locale: Locale
    gaps: list[str] = []


class Offered(Struct, frozen=True):
    """A macro as the team sees it: in how many cases used, and filled where a case is at hand."""

    macro: Macro
    uses: int
    mine: bool
    filled: Filled | None = None


class Ran(Struct, frozen=True):
    """What came of a macro: what to put into the field, what was done, and a form to open."""

    text: str
    locale: Locale
    done: list[str] = []
    opens: str | None = None


class Trouble(Struct, frozen=True):
    """What is wrong in a row of a file of macros; ``row`` counts from 1, the head included."""

    row: int
    code: str
    said: str


class Imported(Struct, frozen=True):
    """What a file of macros comes to; with any trouble nothing of it was kept."""

    kept: int
    same: int
    troubles: list[Trouble] = []


# --- facts --------------------------------------------------------------------------------


class MacroChanged(Fact, frozen=True):
    """A macro was written, written anew, or taken away."""

    shop: ShopId
    macro: MacroId
    version: int
    by: PersonId
    removed: bool = False


class MacroRan(Fact, frozen=True):
    """Somebody of the team used a macro in a conversation."""

    shop: ShopId
    macro: MacroId
    version: int
    conversation: ConversationId
    by: PersonId
    done: list[str]
