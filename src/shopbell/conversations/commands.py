"""What may be asked of a conversation, and what is answered. No database, no web."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from shopbell.conversations.model import Attachment, Channel, Event, Marks, Seq, Stream, Subject
from shopbell.conversations.tone import Tone
from shopbell.conversations.turns import BUTTONS
from shopbell.kernel.actor import Actor, PersonId
from shopbell.kernel.ids import Id
from shopbell.language.model import FactKind, Span

Cmid = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{16,40}$")]
"""The sender's own name for what they send: made once, repeated with every retry."""

TEXT_MOST = 10_000
ATTACHMENTS_MOST = 10
FACTS_MOST = 8
MENTIONS_MOST = 20
EDIT_WITHIN = timedelta(minutes=5)


class _Data(Struct, frozen=True, forbid_unknown_fields=True):
    """What a client puts into an entry."""


class ConfirmedFact(_Data, frozen=True):
    """Something the words name, and which the writer has confirmed: its kind, and its value."""

    kind: FactKind
    value: Annotated[str, Meta(min_length=1, max_length=400)]


class MessageData(_Data, frozen=True):
    """Say something; a message needs words or a file.

    What a machine said by itself is ``automatic``: it is labelled, and answers nobody.
    Of the ``facts`` those are kept that the words name.
    """

    text: str = ""
    attachments: Annotated[list[Id], Meta(max_length=ATTACHMENTS_MOST)] = []
    channel: Channel = Channel.CHAT
    automatic: bool | UnsetType = UNSET
    facts: Annotated[list[ConfirmedFact], Meta(max_length=FACTS_MOST)] | UnsetType = UNSET


class NoteData(_Data, frozen=True):
    """Write a note that only the team can see; who is named in ``mentions`` is called to it."""

    text: str
    mentions: Annotated[list[Id], Meta(max_length=MENTIONS_MOST)] | UnsetType = UNSET


class EditData(_Data, frozen=True):
    """Put other words in place of one's own message number ``target``."""

    target: Seq
    text: str


class DeleteData(_Data, frozen=True):
    """Take back one's own message number ``target``."""

    target: Seq


class MoveData(_Data, frozen=True):
    """Make a move of the workflow; its name says it all."""


DATA: dict[str, type[_Data]] = {
    "message": MessageData,
    "edit": EditData,
    "delete": DeleteData,
    **dict.fromkeys(BUTTONS, MoveData),
}
NOTES_DATA: dict[str, type[_Data]] = {"note": NoteData}
"""What may be sent into each stream. The system adds subject, reopened, contact,
answer_overdue, warned_buyer, warned_seller, said_helped, said_not_yet, closed."""


class Named(Struct, frozen=True):
    """Somebody of the shop's team, as a note names them."""

    id: PersonId
    name: str


class SaidFact(Struct, frozen=True):
    """A fact of a message: its place in the text, and what it is between these two, if found.

    ``subject`` and ``url`` are of an order of this buyer with this shop, or of the shop's goods.
    """

    kind: FactKind
    value: str
    start: int
    end: int
    subject: Subject | UnsetType = UNSET
    url: str | UnsetType = UNSET


class Said(Struct, frozen=True):
    """The data of a message as it stands in the thread."""

    text: str
    attachments: list[Attachment]
    channel: Channel
    automatic: bool | UnsetType = UNSET
    tone: Tone | UnsetType = UNSET
    hidden: list[Span] | UnsetType = UNSET
    """What is covered in the text, by places in it; its author and the operator see it all."""
    facts: list[SaidFact] | UnsetType = UNSET


class Noted(Struct, frozen=True):
    """The data of a note as it stands in the thread, with those it calls by name."""

    text: str
    mentions: list[Named] | UnsetType = UNSET


class Corrected(Struct, frozen=True):
    """The data of an ``edit`` as it stands in the thread."""

    target: int
    text: str
    tone: Tone | UnsetType = UNSET
    hidden: list[Span] | UnsetType = UNSET


class Overdue(Struct, frozen=True):
    """The data of an ``answer_overdue`` entry: when the answer was due."""

    due_at: datetime


class Begin(Struct, frozen=True, forbid_unknown_fields=True):
    """Open the conversation about ``subject``, or find the one that is open."""

    subject: Subject


class Append(Struct, frozen=True, forbid_unknown_fields=True):
    """Add one entry to a stream. Decode it from outside, never construct it from there.

    Whoever says what they have ``seen`` of the thread when they began to write is told if a
    colleague has answered behind it; programs that do not say are not held up.
    """

    cmid: Cmid
    type: Annotated[str, Meta(min_length=1, max_length=40)]
    data: dict[str, Any]
    seen: Seq | UnsetType = UNSET


class Ask(Struct, frozen=True):
    """Who wants to add what to which stream."""

    actor: Actor
    stream: Stream
    command: Append

    @property
    def lane(self) -> str:
        """Name the asks that keep their order, and that change the same rows."""
        return self.stream.conversation


class Appended(Struct, frozen=True):
    """It is durable: where it stands, and whether it stood there before.

    ``stream`` is named where it is another than was asked for: of two that were merged, the one
    that goes on.
    """

    cmid: str
    id: str
    seq: int
    at: datetime
    replayed: bool = False
    stream: str | UnsetType = UNSET


class Page(Struct, frozen=True):
    """A part of a stream, oldest first."""

    stream: str
    head: int
    epoch: str
    events: list[Event]
    reads: Marks
    delivered: Marks


class Draft(Struct, frozen=True):
    """Words not yet sent, as they were written, kept so that another device can go on."""

    text: str


class KeepDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """Keep ``text`` for later, if still kept is what ``was`` kept when it was last seen.

    Without ``was``, whatever is kept gives way.
    """

    text: Annotated[str, Meta(max_length=TEXT_MOST)]
    was: Annotated[str, Meta(max_length=TEXT_MOST)] | UnsetType = UNSET


class TeamDraft(Struct, frozen=True):
    """What a colleague is about to answer: theirs to send, the team's to see."""

    by: Named
    text: str
    at: datetime


class TeamDrafts(Struct, frozen=True):
    """The drafts of one's colleagues in a conversation, the newest first."""

    items: list[TeamDraft]


Box = Literal["open", "done", "all"]
"""The parts of one's conversations that everybody has; a shop's team has `View`, too."""
