"""What a policy is, what is asked of it and what it answers. No database, no web."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct, field

from shopbell.commerce.model import Eta
from shopbell.kernel.actor import ShopId
from shopbell.kernel.events import Fact
from shopbell.kernel.texts import Words

ANY = "*"
"""The category of a product that is in no other, and in a rule: every category."""

Code = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$", max_length=40)]
ClauseId = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]*$", max_length=80)]
CategoryCode = Annotated[str, Meta(pattern=r"^([a-z][a-z0-9_]*|\*)$", max_length=40)]
Days = Annotated[int, Meta(ge=0, le=3_660)]
Few = Annotated[int, Meta(ge=0, le=100)]
Note = Annotated[str, Meta(max_length=400)]
Short = Annotated[str, Meta(max_length=80)]
Pattern = Annotated[str, Meta(min_length=1, max_length=60)]

Payer = Literal["buyer", "seller", "none"]
WindowFrom = Literal["delivered", "eta_end"]
Warranty = Literal["set_by_seller", "unset"]
Wanted = Literal["", "unused_original_packaging"]
Part = Literal["item", "outbound_shipping", "return_shipping", "compensation"]
Option = Literal["repair", "replace", "refund", "trace", "reship"]
Proof = Literal["photos", "service_conclusion", "service_conclusion_if_complex"]
Document = Literal["service_conclusion"]
Angle = Literal["whole_item", "defect_closeup", "label_or_barcode", "packaging"]
Unit = Literal["minutes", "hours", "days", "business_hours", "business_days"]
Then = Literal[
    "",
    "auto_approve",
    "auto_refund",
    "buyer_may_escalate",
    "buyer_told",
    "case_closes",
    "counts_as_late",
    "may_be_lost",
    "offer_lapses",
    "operator_asked",
    "operator_decides",
    "remedy_due",
    "reminded",
]

PAYERS: tuple[Payer, ...] = get_args(Payer)
PARTS: tuple[Part, ...] = get_args(Part)
OPTIONS: tuple[Option, ...] = get_args(Option)
PROOFS: tuple[Proof, ...] = get_args(Proof)
ANGLES: tuple[Angle, ...] = get_args(Angle)
UNITS: tuple[Unit, ...] = get_args(Unit)
COMPLEX = "technically_complex"


class Condition(StrEnum):
    """How the thing is, or what became of it; every reason a buyer gives is one of these."""

    PROPER = "proper"
    DEFECTIVE = "defective"
    DAMAGED_IN_TRANSIT = "damaged_in_transit"
    NOT_AS_DESCRIBED = "not_as_described"
    WRONG_ITEM = "wrong_item"
    INCOMPLETE = "incomplete"
    COUNTERFEIT = "counterfeit"
    EXPIRED = "expired"
    NOT_RECEIVED = "not_received"
    WARRANTY = "warranty"


# --- a profile ----------------------------------------------------------------------------


class Length(Struct, frozen=True, forbid_unknown_fields=True):
    """How long somebody has, and what happens ``then``."""

    length: Annotated[int, Meta(ge=1, le=10_000)]
    unit: Unit
    then: Then = ""


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    """One reason a buyer may give; ``words`` only where the code is not one of ours."""

    code: Code
    condition: Condition
    defect: bool
    words: Words | None = None


class Category(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of goods with rules of its own, and the words in a shop's category that mean it.

    A pattern is the beginning of a word, or with ``=`` before it a whole one; in Chinese it may
    stand anywhere.
    """

    code: Code
    patterns: Annotated[list[Pattern], Meta(max_length=200)] = []
    words: Words | None = None


class EvidenceRules(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be shown where something is wrong, and how much is taken.

    These are the widest limits that were ever published; `scrutiny` says what may be from now on.
    With ``reason_for_photos`` a buyer who has none may say why instead.
    """

    photos_min_defect: Few = 2
    reason_for_photos: bool = True
    photos_max: Few = 10
    videos_max: Few = 1
    photo_max_mb: Few = 5
    total_max_mb: Few = 30
    comment_max: Annotated[int, Meta(ge=0, le=10_000)] = 1000
    required_angles: list[Angle] = field(default_factory=lambda: list(ANGLES))


class Match(Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule is for; what is not said matches everything."""

    categories: Annotated[list[CategoryCode], Meta(min_length=1, max_length=60)]
    conditions: Annotated[list[Condition], Meta(min_length=1)]
    warranty: Warranty | None = None
    jurisdiction: Short | None = None
    scheme: Short | None = None
    buyer_confirmed: bool | None = None


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One clause. Without ``window_days`` the warranty, or nothing, ends the time for it."""

    id: ClauseId
    priority: Annotated[int, Meta(ge=0, le=1_000)]
    match: Match
    returnable: bool
    return_shipping_payer: Payer
    window_days: Days | None = None
    window_from: WindowFrom = "delivered"
    window_min_days: Days = 0
    condition_required: Wanted = ""
    refund_parts: list[Part] = field(default_factory=lambda: ["item"])
    options: list[Option] = []
    evidence: list[Proof] = []
    src: list[Note] = []
    note: Note = ""


class Measure(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the marketplace counts answers: which rounds, when, and what it wants to see."""

    scope: Literal["every_round", "first_message_of_thread"] = "every_round"
    hours: Short = ""
    auto_reply_counts: bool = False
    no_reply_needed_excludes: bool = True
    spam_excludes: bool = False
    target_rate: float | None = None
    min_sample: int = 0
    window_days: int = 30


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """The rules of a marketplace, whole. They are examples to begin with, no legal advice."""

    profile: Code
    title: Words
    timezone: Short
    clocks: dict[Code, Length]
    reasons: Annotated[list[Reason], Meta(min_length=1, max_length=100)]
    categories: Annotated[list[Category], Meta(max_length=60)]
    evidence: EvidenceRules
    rules: Annotated[list[Rule], Meta(min_length=1, max_length=200)]
    measure: Measure = field(default_factory=Measure)
    note: Annotated[str, Meta(max_length=2_000)] = ""
    src: dict[str, Note] = {}


class PolicyRef(Struct, frozen=True):
    """By which rules something was decided; ``terms`` number what the shop added to them."""

    profile: str
    version: int
    terms: int = 0


class PolicyVersion(Struct, frozen=True):
    """A profile as it was published; it never changes again."""

    profile: str
    version: int
    effective_from: datetime
    published_at: datetime
    body: Profile


class PolicyListed(Struct, frozen=True):
    """A version in the list of all: ``in_force`` if it is what counts in the marketplace now."""

    profile: str
    version: int
    title: Words
    effective_from: datetime
    published_at: datetime
    in_force: bool


# --- a shop's own terms -------------------------------------------------------------------


class Kinder(Struct, frozen=True, forbid_unknown_fields=True):
    """What a shop gives beyond one clause; what is not said stays as it is."""

    clause: ClauseId
    window_days: Days | None = None
    returnable: bool = False
    seller_pays: bool = False
    any_condition: bool = False


class Terms(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a shop is kinder to its buyers than the marketplace asks it to be."""

    clauses: Annotated[list[Kinder], Meta(max_length=200)] = []
    clocks: dict[Code, Length] = {}


class ShopTerms(Struct, frozen=True):
    """A shop's terms as they were given; a case keeps their number. 0: none were."""

    number: int
    terms: Terms
    since: datetime | None = None


# --- questions and answers ----------------------------------------------------------------


class Matter(Struct, frozen=True):
    """What is asked about: ``category`` is the shop's own word for what it sold, or our code."""

    category: str
    reason: str
    asked_at: datetime
    delivered_at: datetime | None = None
    eta: Eta | None = None
    warranty_months: int | None = None
    jurisdiction: str | None = None
    scheme: str | None = None
    buyer_confirmed: bool = False


class Evidence(Struct, frozen=True):
    """What a buyer is to show, and how much is taken."""

    photos_min: int
    photos_max: int
    videos_max: int
    photo_max_mb: int
    total_max_mb: int
    comment_max: int
    required_angles: list[Angle]
    documents: list[Document]
    reason_for_photos: bool = True


class Verdict(Struct, frozen=True):
    """What the rules say of a matter. It is kept with a case, and the words are made from it.

    ``allowed``: returnable, and ``asked_on`` lies in the time for it, from ``opens`` (none:
    at once) to ``until`` (none: open). ``shop_gives`` names what the shop adds of its own.
    """

    profile: str
    version: int
    terms: int
    title: Words
    rule: str
    category: str
    reason: str
    condition: Condition
    defect: bool
    returnable: bool
    allowed: bool
    asked_on: date
    opens: date | None
    until: date | None
    window_days: int | None
    window_from: WindowFrom
    return_shipping_payer: Payer
    condition_required: Wanted
    refund_parts: list[Part]
    options: list[Option]
    evidence: Evidence
    src: list[str]
    shop_gives: list[str] = []

    @property
    def ref(self) -> PolicyRef:
        return PolicyRef(self.profile, self.version, self.terms)


class Clock(Struct, frozen=True):
    """How long somebody has: ``name`` says for what. Business time is the shop's own."""

    name: str
    length: int
    unit: Unit
    then: Then
    of: PolicyRef

    @property
    def span(self) -> timedelta:
        """Return the length where it does not depend on when a shop is open."""
        return timedelta(**{self.unit.removeprefix("business_"): self.length})

    @property
    def is_business(self) -> bool:
        """Tell whether only the time counts in which the shop works."""
        return self.unit.startswith("business_")


class ReasonGroup(Struct, frozen=True):
    """The reasons that come to the same condition."""

    condition: Condition
    defect: bool
    reasons: list[str]


class ReasonSaid(Struct, frozen=True):
    """A reason, and how a buyer would say it."""

    code: str
    words: str


class GroupSaid(Struct, frozen=True):
    """The reasons that come to the same condition, in words."""

    condition: Condition
    defect: bool
    words: str
    reasons: list[ReasonSaid]


class Explained(Struct, frozen=True):
    """A verdict, and its words in the language of whoever asked."""

    verdict: Verdict
    words: str
    evidence: list[str]


class Trial(Struct, frozen=True):
    """A matter of a shop that was decided, and by which rules."""

    shop: ShopId
    matter: Matter
    of: PolicyRef


class Rehearsed(Struct, frozen=True):
    """What a matter would come to under other rules; none if they do not know its reason."""

    matter: Matter
    old: Verdict
    new: Verdict | None

    @property
    def differs(self) -> bool:
        """Tell whether anybody would notice."""
        return self.new is None or _heart(self.old) != _heart(self.new)


def _heart(verdict: Verdict) -> tuple[object, ...]:
    return (
        verdict.allowed,
        verdict.until,
        verdict.return_shipping_payer,
        verdict.condition_required,
        verdict.options,
        verdict.evidence,
    )


# --- facts --------------------------------------------------------------------------------


class PolicyPublished(Fact, frozen=True):
    """A version of a profile was published."""

    profile: str
    version: int
    effective_from: datetime


class PolicyChosen(Fact, frozen=True):
    """The marketplace goes by this profile from now on."""

    profile: str


class TermsGiven(Fact, frozen=True):
    """A shop said where it is kinder than the rules."""

    shop: str
    number: int
