"""What a conversation is, who takes part, and what stands in it. No database, no web."""

from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Annotated, ClassVar, NamedTuple, NewType

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from shopbell.commerce.model import Money
from shopbell.conversations.refusals import CasesOpen, CaseWaitsForShop, NoSuchConversation
from shopbell.conversations.targets.running import Clocks, Target
from shopbell.conversations.tone import Tone, folded_for, tone_of
from shopbell.conversations.turns import BUTTONS, FLOW, State, Turn
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side
from shopbell.kernel.events import Fact
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.likeness import like
from shopbell.kernel.refusals import Conflict
from shopbell.kernel.texts import Locale, Words
from shopbell.language.model import Hidden

ConversationId = NewType("ConversationId", str)
AttachmentId = NewType("AttachmentId", str)
TagId = NewType("TagId", str)

# ── what it is about ────────────────────────────────────────────────────────────────────────


class SubjectKind(StrEnum):
    """What a conversation can be about."""

    PRODUCT = "product"
    ORDER = "order"
    SHOP = "shop"


class Subject(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing a buyer asks about, by its id, slug or number."""

    kind: SubjectKind
    id: Annotated[str, Meta(min_length=1, max_length=200)]


class Card(Struct, frozen=True, omit_defaults=True):
    """The subject as shown in the thread, attached by machine so that nobody must type it."""

    kind: SubjectKind
    id: str
    title: Words
    url: str
    picture: str | None = None
    price: Money | None = None
    number: str | None = None
    tracking: str | None = None


class Channel(StrEnum):
    """The way an entry came in; all of them write into the one thread."""

    CHAT = "chat"
    MESSAGE = "message"
    EMAIL = "email"


# ── how the shop's team tends it ────────────────────────────────────────────────────────────


class TalkKind(StrEnum):
    """What a conversation is, for a team that shares its work: as its case, or as its words."""

    QUESTION = "question"
    LOGISTICS = "logistics"
    RETURN = "return"
    REPAIR = "repair"
    DISPUTE = "dispute"
    OTHER = "other"


class WakeOn(StrEnum):
    """What ends a snooze: its time, an event, a broken promise, or somebody's hand."""

    TIME = "time"
    BUYER = "buyer"
    CASE = "case"
    PARCEL = "parcel"
    PROMISE = "promise"
    HAND = "hand"


class Tended(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the shop's team did to share a conversation out; nobody else sees any of it.

    Asleep, it is out of the team's way until ``snoozed_until``, or until what it is
    ``snoozed_for`` happens. Why and when it woke last stands in ``woken`` until it is answered.
    """

    assignee: PersonId | None = None
    assigned_at: datetime | None = None
    kind: TalkKind | None = None
    snoozed_until: datetime | None = None
    snoozed_for: WakeOn | None = None
    woken: WakeOn | None = None
    woken_at: datetime | None = None
    tags: tuple[TagId, ...] = ()


class Waiting(NamedTuple):
    """A conversation that waits for the shop and is nobody's, and its place in the line."""

    id: ConversationId
    locale: Locale
    kind: TalkKind | None
    since: datetime
    place: int


class Unsorted(NamedTuple):
    """A conversation of which nobody has said what kind it is, and its first message's data."""

    id: ConversationId
    shop: ShopId
    data: str


# ── the conversation itself ─────────────────────────────────────────────────────────────────


class Promise(Struct, frozen=True, rename={"since": "from"}):
    """An answer is due at ``at``; its clock began at ``since``.

    ``of`` says to the shop's team which of its targets that is, where its own rules set them.
    """

    at: datetime
    since: datetime
    of: Target | UnsetType = UNSET


class OpenCases(Struct, frozen=True, kw_only=True):
    """What the open cases of a conversation come to.

    So many are open, so many of them wait for the shop, which must act by ``case_due_at``; first
    of all ``awaits`` is waited for.
    """

    open_cases: int = 0
    seller_cases: int = 0
    awaits: Turn | None = None
    case_due_at: datetime | None = None
    case_due_since: datetime | None = None


MERGED_FROM, SPLIT_FROM = "merged_from", "split_from"
"""The entries by which another conversation goes on in this one: what waited there waits here."""


class Wound(Struct, frozen=True, kw_only=True):
    """Whose turn it is and what its clocks say: what a move changes, kept to take it back."""

    state: State
    due_at: datetime | None = None
    due_since: datetime | None = None
    round_since: datetime | None = None
    breaches: int = 0
    clocks: Clocks | None = None


class Topic(Struct, frozen=True, kw_only=True):
    """What a conversation is about, and between whom, for lists of other things."""

    id: ConversationId
    buyer_name: str
    shop_name: str
    subject: Card


class Standing(Struct, frozen=True, kw_only=True):
    """How far a conversation has come, and who may read it."""

    id: ConversationId
    buyer: PersonId
    shop: ShopId
    head: int = 0
    notes_head: int = 0

    def admits(self, actor: Actor) -> bool:
        """Tell whether ``actor`` may read: THE rule for lists, threads, sockets and files."""
        match actor.side:
            case Side.BUYER:
                return actor.id == self.buyer
            case Side.SELLER:
                return actor.works_for(self.shop)
            case Side.OPERATOR | Side.SYSTEM:
                return True

    def admits_to(self, actor: Actor, audience: "Audience") -> bool:
        """Tell whether ``actor`` may read one of its streams; notes are the shop's own."""
        if audience is Audience.NOTES and actor.side is not Side.SELLER:
            return False
        return self.admits(actor)

    def head_of(self, audience: "Audience") -> int:
        """Return the number of the newest entry in one of its streams."""
        return self.head if audience is Audience.PUBLIC else self.notes_head


class Conversation(Standing, frozen=True, kw_only=True):
    """The one thread between a buyer and a shop about one subject.

    ``version`` grows with every change, so that of two copies the newer is known. ``head`` and
    ``notes_head`` number the newest entries of its two streams, ``event_at`` is the time of the
    newest. One that was ``merged_into`` another is closed and goes on there. The four marks are
    absolute positions in the public stream, per side; they never go back. ``due_at`` is when words
    must be answered; what its cases wait for stands in `OpenCases`, and how the team shares it out
    in `Tended`. ``watch_at`` is when the ladder looks after it next, if anything waits to be seen
    or answered.
    """

    buyer_name: str
    shop_slug: str
    shop_name: str
    subject: Card
    state: State
    channel: Channel
    locale: Locale
    version: int = 0
    event_at: datetime
    last_at: datetime
    last_seq: int = 0
    last_side: Side | None = None
    last_text: str = ""
    buyer_unread: int = 0
    seller_unread: int = 0
    buyer_read: int = 0
    seller_read: int = 0
    buyer_delivered: int = 0
    seller_delivered: int = 0
    due_at: datetime | None = None
    due_since: datetime | None = None
    breaches: int = 0
    round_since: datetime | None = None
    watch_at: datetime | None = None
    open_cases: int = 0
    seller_cases: int = 0
    awaits: Turn | None = None
    case_due_at: datetime | None = None
    case_due_since: datetime | None = None
    clocks: Clocks | None = None
    created_at: datetime
    linked_from: ConversationId | None = None
    merged_into: ConversationId | None = None
    assignee: PersonId | None = None
    assigned_at: datetime | None = None
    kind: TalkKind | None = None
    snoozed_until: datetime | None = None
    snoozed_for: WakeOn | None = None
    woken: WakeOn | None = None
    woken_at: datetime | None = None
    tags: tuple[TagId, ...] = ()

    @classmethod
    def about(
        cls,
        subject: Card,
        *,
        buyer: tuple[PersonId, str],
        shop: tuple[ShopId, str, str],
        locale: Locale,
        now: datetime,
        linked_from: ConversationId | None = None,
    ) -> "Conversation":
        """Return a new, still silent one between a buyer (id, name) and a shop (id, slug, name)."""
        return cls(
            id=ConversationId(new_id()),
            buyer=buyer[0],
            buyer_name=buyer[1],
            shop=shop[0],
            shop_slug=shop[1],
            shop_name=shop[2],
            subject=subject,
            state=State.NEW,
            channel=Channel.CHAT,
            locale=locale,
            created_at=now,
            event_at=now,
            last_at=now,
            linked_from=linked_from,
        )

    @property
    def asleep(self) -> bool:
        """Tell whether the team has put it aside for a while."""
        return self.snoozed_until is not None and not self.state.done

    @property
    def asked(self) -> bool:
        """Tell whether words wait for an answer of the shop."""
        return self.due_at is not None or self.round_since is not None

    @property
    def turn(self) -> Turn:
        """Return who has the ball: who was asked in words, else whom its cases wait for."""
        settled = self.state.done or self.state is State.WAITING_OPERATOR
        if self.awaits is None or self.asked or settled:
            return self.state.waiting_on
        return self.awaits

    @property
    def owed(self) -> Promise | None:
        """Return what the shop owes first: an answer to words, or a step of a case."""
        if self.turn is not Turn.SELLER:
            return None
        clocks = [(self.due_at, self.due_since), (self.case_due_at, self.case_due_since)]
        running = [Promise(at, since) for at, since in clocks if at and since]
        return min(running, key=lambda one: one.at, default=None)

    @property
    def pressing(self) -> Promise | None:
        """Return what the team has to keep first: what is owed, or the end of the whole matter."""
        owed, clocks = self.owed, self.clocks
        if clocks is None:
            return owed
        if owed and owed.at == self.due_at and clocks.answer:
            owed = Promise(owed.at, owed.since, clocks.answer.target)
        run = clocks.resolution
        end = Promise(run.due_at, run.since, run.target) if run and run.due_at else None
        return min(filter(None, (owed, end)), key=lambda one: one.at, default=None)

    def last_for(self, reader: Side) -> "Last | None":
        """Return the newest thing said as one side may glance at it."""
        if self.last_side is None:
            return None
        tone = tone_of(self.last_side, self.last_text)
        text = "" if folded_for(reader, self.last_side, tone) else self.last_text
        return Last(self.last_at, self.last_side, text, tone)

    def actions(self, actor: Actor) -> list[str]:
        """List what ``actor`` may do now, beside speaking: the buttons on their screen."""
        found = _buttons(self.state, actor.side, overdue=self.breaches > 0)
        return [action for action in found if self.hindrance(actor.side, action) is None]

    def hindrance(self, side: Side, action: str) -> Conflict | None:
        """Return why an open case forbids ``action`` for now: only its buyer may wave it away."""
        if side in {Side.SELLER, Side.OPERATOR} and action == "resolve" and self.open_cases:
            return CasesOpen(open=self.open_cases)
        if side is Side.SELLER and action == "no_reply_needed" and self.seller_cases:
            return CaseWaitsForShop(waiting=self.seller_cases)
        return None


@cache
def _buttons(state: State, side: Side, *, overdue: bool) -> tuple[str, ...]:
    found = [move.action for move in FLOW.options(state, side)]
    return tuple(a for a in BUTTONS if a in found and (overdue or a != "escalate"))


class Listed(Struct, frozen=True, kw_only=True):
    """A conversation as one side sees it: a row of their inbox, the head of their page."""

    id: ConversationId
    shop: "Shown"
    buyer: "Shown"
    subject: Card
    state: State
    waiting_on: Turn
    channel: Channel
    locale: Locale
    version: int
    head: int
    notes_head: int
    last: "Last | None"
    unread: int
    due: Promise | None
    open_cases: int
    created_at: datetime
    linked_from: ConversationId | None
    merged_into: ConversationId | None
    reads: "Marks"
    delivered: "Marks"
    actions: list[str]
    missed: int | UnsetType = UNSET
    """How many targets the team has not kept; for the team alone."""
    tended: Tended | UnsetType = UNSET
    """For the shop's team alone."""


class Shown(Struct, frozen=True, omit_defaults=True):
    """A party by the name others see."""

    id: str
    name: str
    slug: str | None = None


class Last(Struct, frozen=True):
    """The newest thing said, for a preview; without its words for whom it is folded."""

    at: datetime
    side: Side
    text: str
    tone: Tone | UnsetType = UNSET


class Marks(Struct, frozen=True):
    """How far each side has come in the public stream."""

    buyer: int
    seller: int


def as_seen_by(talk: Conversation, actor: Actor) -> Listed:
    """Show ``talk`` to ``actor``; notes stay unmentioned outside the shop."""
    sells = actor.side is Side.SELLER
    return Listed(
        id=talk.id,
        shop=Shown(talk.shop, talk.shop_name, talk.shop_slug),
        buyer=Shown(talk.buyer, talk.buyer_name),
        subject=talk.subject,
        state=talk.state,
        waiting_on=talk.turn,
        channel=talk.channel,
        locale=talk.locale,
        version=talk.version,
        head=talk.head,
        notes_head=talk.notes_head if sells else 0,
        last=talk.last_for(actor.side),
        unread={Side.BUYER: talk.buyer_unread, Side.SELLER: talk.seller_unread}.get(actor.side, 0),
        due=talk.pressing if sells else talk.owed,
        open_cases=talk.open_cases,
        created_at=talk.created_at,
        linked_from=talk.linked_from,
        merged_into=talk.merged_into,
        reads=Marks(talk.buyer_read, talk.seller_read),
        delivered=Marks(talk.buyer_delivered, talk.seller_delivered),
        actions=talk.actions(actor),
        missed=talk.clocks.missed or UNSET if sells and talk.clocks else UNSET,
        tended=like(Tended, talk) if sells else UNSET,
    )


# ── streams and what stands in them ─────────────────────────────────────────────────────────


class Audience(StrEnum):
    """Who can read a stream: everyone who takes part, or the shop's team alone."""

    PUBLIC = "p"
    NOTES = "n"


Seq = Annotated[int, Meta(ge=0, le=1 << 53)]
"""The number of an entry, as it arrives from outside."""


STREAMS_KNOWN = 10_000


class Stream(Struct, frozen=True):
    """One ordered log of a conversation; written ``c.<conversation>.<audience>``."""

    conversation: ConversationId
    audience: Audience = Audience.PUBLIC

    def __str__(self) -> str:
        return f"c.{self.conversation}.{self.audience}"

    @staticmethod
    @lru_cache(STREAMS_KNOWN)
    def parse(name: str) -> "Stream":
        """Read a stream's name, or refuse."""
        match name.split("."):
            case ["c", talk, ("p" | "n") as audience] if is_id(talk):
                return Stream(ConversationId(talk), Audience(audience))
            case _:
                raise NoSuchConversation


class Author(Struct, frozen=True):
    """Who made an entry, by the name the others see."""

    id: PersonId
    side: Side
    name: str


class Event(Struct, frozen=True, kw_only=True):
    """One numbered entry of a stream. ``data`` has the shape its ``type`` names in `DATA`."""

    seq: int
    id: str
    type: str
    at: datetime
    actor: Author
    data: Raw
    cmid: str | UnsetType = UNSET


CASE, CONTACT, CONTACT_MISSED = "case", "contact", "contact_missed"
"""The types of entries that tell of a step of a case, and of one more way somebody was told.

``contact_missed`` tells of one that reached nobody after all.
"""


class Withdrawn(Struct, frozen=True):
    """What stands in place of the data of an entry that was taken back."""

    withdrawn: bool = True


class Attachment(Struct, frozen=True):
    """A file in a thread: ``size`` in bytes, ``width`` and ``height`` in pixels for pictures."""

    id: AttachmentId
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    url: str


class Original(Struct, frozen=True):
    """What somebody wrote, in full: of the entry, file or field at ``place``."""

    place: str
    text: str
    at: datetime


class Cover(Struct, frozen=True, kw_only=True):
    """That something was hidden from the other side: where, whose and of which kinds, not what."""

    id: str
    conversation: Topic
    author: Author
    place: str
    kinds: list[Hidden]
    at: datetime

    @property
    def where(self) -> str:
        """Tell what it stands in: a message, the form of a case, or the name of a file."""
        if self.place.isdigit():
            return "message"
        return "case" if self.place.startswith("case.") else "file"


class Covers(Struct, frozen=True, kw_only=True):
    """A part of what was hidden, and from where it goes on."""

    items: list[Cover]
    next: str | None


class MarkKind(StrEnum):
    """How far a side has come."""

    DELIVERED = "delivered"
    READ = "read"


# ── facts ───────────────────────────────────────────────────────────────────────────────────


class EventAppended(Fact, frozen=True, tag="event_appended"):
    """An entry joined a stream. It is a row already, so the journal leaves it out."""

    journaled: ClassVar[bool] = False
    stream: Stream
    event: Event
    talk: Conversation


class MarkMoved(Fact, frozen=True, tag="mark_moved"):
    """A side received or read up to ``seq``."""

    journaled: ClassVar[bool] = False
    kind: MarkKind
    side: Side
    seq: int
    talk: Conversation


class StateChanged(Fact, frozen=True, tag="state_changed"):
    """A conversation's turn passed from one state to another."""

    conversation: ConversationId
    before: State
    after: State
    action: str
    by: PersonId
