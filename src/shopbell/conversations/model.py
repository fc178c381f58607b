"""What a conversation is, who takes part, and what may be said in it. No database, no web."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, NewType

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from shopbell.commerce.model import Money
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side
from shopbell.kernel.events import Fact
from shopbell.kernel.flow import Flow, Move
from shopbell.kernel.ids import Id, is_id
from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, Malformed, NotFound, TooLarge
from shopbell.kernel.texts import Locale, Words

ConversationId = NewType("ConversationId", str)
AttachmentId = NewType("AttachmentId", str)
Cmid = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{16,40}$")]
"""The sender's own name for what they send: made once, repeated with every retry."""

TEXT_MOST = 10_000
ATTACHMENTS_MOST = 10
EDIT_WITHIN = timedelta(minutes=5)
REOPEN_WITHIN = timedelta(days=14)
SELLER_OPENS_WITHIN = timedelta(hours=72)

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


# ── whose turn it is ────────────────────────────────────────────────────────────────────────


class State(StrEnum):
    """Where a conversation stands; `FLOW` says what may happen next."""

    NEW = "new"
    WAITING_SELLER = "waiting_seller"
    WAITING_BUYER = "waiting_buyer"
    WAITING_OPERATOR = "waiting_operator"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def waiting_on(self) -> "Turn":
        """Return who has the ball."""
        return _TURNS.get(self, Turn.NOBODY)

    @property
    def done(self) -> bool:
        """Tell whether nobody is expected to do anything."""
        return self in {State.RESOLVED, State.CLOSED}


class Turn(StrEnum):
    """Who has the ball."""

    SELLER = "seller"
    BUYER = "buyer"
    OPERATOR = "operator"
    NOBODY = "nobody"


_TURNS = {
    State.WAITING_SELLER: Turn.SELLER,
    State.WAITING_BUYER: Turn.BUYER,
    State.WAITING_OPERATOR: Turn.OPERATOR,
}
_BUYER, _SELLER, _OPERATOR, _SYSTEM = Side.BUYER, Side.SELLER, Side.OPERATOR, Side.SYSTEM
SPEAKS = {_BUYER: "buyer_message", _SELLER: "seller_message", _OPERATOR: "operator_message"}
"""The move that a message of each side makes."""

FLOW = Flow(
    start=State.NEW,
    moves=(
        Move("new", "buyer_message", "waiting_seller", by=(_BUYER,)),
        Move("new", "seller_message", "waiting_buyer", by=(_SELLER,)),
        Move("waiting_seller", "seller_message", "waiting_buyer", by=(_SELLER,)),
        Move("waiting_seller", "buyer_message", "waiting_seller", by=(_BUYER,)),
        Move("waiting_seller", "no_reply_needed", "waiting_buyer", by=(_SELLER,)),
        Move("waiting_seller", "escalate", "waiting_operator", by=(_BUYER, _SYSTEM)),
        Move("waiting_seller", "resolve", "resolved", by=(_BUYER,)),
        Move("waiting_seller", "operator_message", "waiting_seller", by=(_OPERATOR,)),
        Move("waiting_buyer", "buyer_message", "waiting_seller", by=(_BUYER,)),
        Move("waiting_buyer", "seller_message", "waiting_buyer", by=(_SELLER,)),
        Move("waiting_buyer", "operator_message", "waiting_buyer", by=(_OPERATOR,)),
        Move("waiting_buyer", "resolve", "resolved", by=(_BUYER, _SELLER, _SYSTEM)),
        Move("waiting_operator", "operator_message", "waiting_seller", by=(_OPERATOR,)),
        Move("waiting_operator", "seller_message", "waiting_operator", by=(_SELLER,)),
        Move("waiting_operator", "buyer_message", "waiting_operator", by=(_BUYER,)),
        Move("waiting_operator", "resolve", "resolved", by=(_OPERATOR,)),
        Move("resolved", "buyer_message", "waiting_seller", by=(_BUYER,)),
        Move("resolved", "seller_message", "resolved", by=(_SELLER,)),
        Move("resolved", "operator_message", "resolved", by=(_OPERATOR,)),
        Move("resolved", "close", "closed", by=(_SYSTEM,)),
    ),
    patience={
        "waiting_buyer": timedelta(days=14),
        "resolved": REOPEN_WITHIN,
    },
)
"""From shared rules: `waiting_seller` has the shop's own promise as its patience."""

BUTTONS = ("resolve", "no_reply_needed", "escalate")
"""Moves that are buttons on a screen; the others are made by speaking or by the clock."""


class Promise(Struct, frozen=True, rename={"since": "from"}):
    """An answer is due at ``at``; its clock began at ``since``."""

    at: datetime
    since: datetime


class Conversation(Struct, frozen=True, kw_only=True):
    """The one thread between a buyer and a shop about one subject.

    ``head`` and ``notes_head`` number the newest entries of its two streams. The four marks
    are absolute positions in the public stream, per side; they never go back.
    """

    id: ConversationId
    buyer: PersonId
    buyer_name: str
    shop: ShopId
    shop_slug: str
    shop_name: str
    subject: Card
    state: State
    channel: Channel
    locale: Locale
    head: int
    notes_head: int
    last_at: datetime
    last_side: Side | None
    last_text: str
    buyer_unread: int
    seller_unread: int
    buyer_read: int
    seller_read: int
    buyer_delivered: int
    seller_delivered: int
    due_at: datetime | None
    due_since: datetime | None
    breaches: int
    round_since: datetime | None
    created_at: datetime
    linked_from: ConversationId | None

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

    def actions(self, actor: Actor) -> list[str]:
        """List what ``actor`` may do now, beside speaking: the buttons on their screen."""
        found = [move.action for move in FLOW.options(self.state, actor.side)]
        return [action for action in BUTTONS if action in found and self._ready_for(action)]

    def _ready_for(self, action: str) -> bool:
        return action != "escalate" or self.breaches > 0


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
    head: int
    notes_head: int
    last: "Last | None"
    unread: int
    due: Promise | None
    created_at: datetime
    linked_from: ConversationId | None
    reads: "Marks"
    delivered: "Marks"
    actions: list[str]


class Shown(Struct, frozen=True, omit_defaults=True):
    """A party by the name others see."""

    id: str
    name: str
    slug: str | None = None


class Last(Struct, frozen=True):
    """The newest thing said, for a preview."""

    at: datetime
    side: Side
    text: str


class Marks(Struct, frozen=True):
    """How far each side has come in the public stream."""

    buyer: int
    seller: int


def as_seen_by(talk: Conversation, actor: Actor) -> Listed:
    """Show ``talk`` to ``actor``; notes stay unmentioned outside the shop."""
    sells, last_side = actor.side is Side.SELLER, talk.last_side
    due = talk.due_at and talk.due_since and Promise(talk.due_at, talk.due_since)
    return Listed(
        id=talk.id,
        shop=Shown(talk.shop, talk.shop_name, talk.shop_slug),
        buyer=Shown(talk.buyer, talk.buyer_name),
        subject=talk.subject,
        state=talk.state,
        waiting_on=talk.state.waiting_on,
        channel=talk.channel,
        locale=talk.locale,
        head=talk.head,
        notes_head=talk.notes_head if sells else 0,
        last=None if last_side is None else Last(talk.last_at, last_side, talk.last_text),
        unread={Side.BUYER: talk.buyer_unread, Side.SELLER: talk.seller_unread}.get(actor.side, 0),
        due=due or None,
        created_at=talk.created_at,
        linked_from=talk.linked_from,
        reads=Marks(talk.buyer_read, talk.seller_read),
        delivered=Marks(talk.buyer_delivered, talk.seller_delivered),
        actions=talk.actions(actor),
    )


# ── streams and what stands in them ─────────────────────────────────────────────────────────


class Audience(StrEnum):
    """Who can read a stream: everyone who takes part, or the shop's team alone."""

    PUBLIC = "p"
    NOTES = "n"


class Stream(Struct, frozen=True):
    """One ordered log of a conversation; written ``c.<conversation>.<audience>``."""

    conversation: ConversationId
    audience: Audience = Audience.PUBLIC

    def __str__(self) -> str:
        return f"c.{self.conversation}.{self.audience}"

    @staticmethod
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


class Attachment(Struct, frozen=True):
    """A file in a thread: ``size`` in bytes, ``width`` and ``height`` in pixels for pictures."""

    id: AttachmentId
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    url: str


class _Data(Struct, frozen=True, forbid_unknown_fields=True):
    """What a client puts into an entry."""


class MessageData(_Data, frozen=True):
    """Say something; a message needs words or a file."""

    text: str = ""
    attachments: Annotated[list[Id], Meta(max_length=ATTACHMENTS_MOST)] = []
    channel: Channel = Channel.CHAT


class NoteData(_Data, frozen=True):
    """Write a note that only the team can see."""

    text: str


class EditData(_Data, frozen=True):
    """Put other words in place of one's own message number ``target``."""

    target: Annotated[int, Meta(ge=1)]
    text: str


class DeleteData(_Data, frozen=True):
    """Take back one's own message number ``target``."""

    target: Annotated[int, Meta(ge=1)]


class MoveData(_Data, frozen=True):
    """Make a move of the workflow; its name says it all."""


DATA: dict[str, type[_Data]] = {
    "message": MessageData,
    "edit": EditData,
    "delete": DeleteData,
    **dict.fromkeys(BUTTONS, MoveData),
}
NOTES_DATA: dict[str, type[_Data]] = {"note": NoteData}
"""What may be sent into each stream. The system adds subject, reopened, answer_overdue, closed."""


class Said(Struct, frozen=True):
    """The data of a message as it stands in the thread."""

    text: str
    attachments: list[Attachment]
    channel: Channel


# ── commands and answers ────────────────────────────────────────────────────────────────────


class Begin(Struct, frozen=True, forbid_unknown_fields=True):
    """Open the conversation about ``subject``, or find the one that is open."""

    subject: Subject


class Append(Struct, frozen=True, forbid_unknown_fields=True):
    """Add one entry to a stream. Decode it from outside, never construct it from there."""

    cmid: Cmid
    type: Annotated[str, Meta(min_length=1, max_length=40)]
    data: dict[str, Any]


class Appended(Struct, frozen=True):
    """It is durable: where it stands, and whether it stood there before."""

    cmid: str
    id: str
    seq: int
    at: datetime
    replayed: bool = False


class Page(Struct, frozen=True):
    """A part of a stream, oldest first."""

    stream: str
    head: int
    epoch: str
    events: list[Event]
    reads: Marks
    delivered: Marks


class MarkKind(StrEnum):
    """How far a side has come."""

    DELIVERED = "delivered"
    READ = "read"


class Draft(Struct, frozen=True, forbid_unknown_fields=True):
    """Words not yet sent, kept so that another device can go on."""

    text: Annotated[str, Meta(max_length=TEXT_MOST)]


Box = Literal["open", "done", "all"]


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


# ── refusals ────────────────────────────────────────────────────────────────────────────────


class NoSuchConversation(NotFound):
    """There is none, or it is not the actor's to know of."""


class NoSuchEntry(NotFound):
    """There is no message of this number."""


class ConversationClosed(Conflict):
    """It can be read, but no more is added."""


class IdempotencyConflict(Conflict):
    """The same client id came with other content: a mistake of the client."""


class NotYourMessage(Forbidden):
    """Only its author may change a message."""


class TooLateToEdit(Conflict):
    """A message can be changed for some minutes only."""


class TooSoonToEscalate(Conflict):
    """The operator steps in only after the shop's promise has passed."""


class MessageWithdrawn(Conflict):
    """The message was taken back already."""


class ReadOnlyHere(Forbidden):
    """The actor may read this stream, but not write into it."""


class NotSellersToOpen(Forbidden):
    """A shop may write first only about its own order, and only around its delivery."""


class OwnShop(Forbidden):
    """Staff cannot be their own shop's buyer."""


class UnknownEntryType(Malformed):
    """No such type of entry can be sent into this stream."""


class EntryMalformed(Malformed):
    """The entry's data does not have its type's shape."""


class NothingSaid(Invalid):
    """A message needs words or a file."""


class TextTooLong(TooLarge):
    """More characters than ``most``."""


class NoSuchAttachment(Invalid):
    """A named file was not uploaded into this conversation by the sender."""


class BeyondHead(Invalid):
    """A mark cannot be ahead of the stream."""
