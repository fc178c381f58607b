"""The words spoken over a socket, version 1. Spoken by ``frontend/shared/line.ts``, too."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from shopbell.conversations.calling import Why
from shopbell.conversations.commands import Cmid
from shopbell.conversations.model import Event, Listed, MarkKind, Marks, Seq
from shopbell.kernel.actor import Side
from shopbell.kernel.refusals import Document

PROTOCOL = "shopbell.1"
VERSION = "1"
FRAME_MOST = 64 * 1024
"""Bytes in one frame from a client."""

BACKFILL_BYTES = 512 * 1024
"""What was missed and is more than this is paged over HTTP, not pushed."""

Sid = Annotated[str, Meta(min_length=1, max_length=64)]
StreamName = Annotated[str, Meta(min_length=1, max_length=120)]


class _Up(Struct, frozen=True, tag_field="t", forbid_unknown_fields=True):
    """From a page to us."""


class Hello(_Up, frozen=True, tag="hello"):
    """The first frame: a ticket got over HTTPS says who this is."""

    token: Annotated[str, Meta(max_length=200)]
    client: Annotated[str, Meta(max_length=200)] = ""
    version: Annotated[str, Meta(max_length=20)] = VERSION


class Sub(_Up, frozen=True, tag="sub"):
    """Follow a stream from behind number ``after``, as known in ``epoch``."""

    sid: Sid
    stream: StreamName
    after: Seq = 0
    epoch: Annotated[str, Meta(max_length=64)] | None = None


class Unsub(_Up, frozen=True, tag="unsub"):
    """Follow it no longer."""

    sid: Sid


class Send(_Up, frozen=True, tag="send"):
    """Add an entry; the same as POST to the stream's events."""

    stream: StreamName
    cmid: Cmid
    type: Annotated[str, Meta(min_length=1, max_length=40)]
    data: dict[str, Any]
    seen: Seq | UnsetType = UNSET


class Ack(_Up, frozen=True, tag="ack"):
    """This device has received up to ``seq``."""

    stream: StreamName
    seq: Seq


class Read(_Up, frozen=True, tag="read"):
    """A person has read up to ``seq``."""

    stream: StreamName
    seq: Seq


class Typing(_Up, frozen=True, tag="typing"):
    """Someone is typing, or stopped."""

    stream: StreamName
    on: bool


class Watch(_Up, frozen=True, tag="watch"):
    """Tell me of every change in my inbox."""


class Pong(_Up, frozen=True, tag="pong"):
    """I am still here."""


Up = Hello | Sub | Unsub | Send | Ack | Read | Typing | Watch | Pong


class _Down(Struct, frozen=True, tag_field="t"):
    """From us to a page."""


class Limits(Struct, frozen=True):
    """What one connection may do."""

    frame_bytes: int
    text_chars: int
    subscriptions: int
    attachment_bytes: int


class Welcome(_Down, frozen=True, tag="welcome"):
    """The ticket was good."""

    conn: str
    server_time: datetime
    epoch: str
    ping_ms: int
    limits: Limits


class SubOk(_Down, frozen=True, tag="sub_ok"):
    """You follow it; ``recovered`` says whether ``events`` is all that was missed."""

    sid: str
    stream: str
    head: int
    recovered: bool
    events: list[Event]
    reads: Marks
    delivered: Marks
    reason: Literal["far"] | UnsetType = UNSET


class Reset(_Down, frozen=True, tag="reset"):
    """Your copy is of another epoch: drop it, load the newest page, go on from ``head``."""

    sid: str
    stream: str
    head: int


class Gone(_Down, frozen=True, tag="gone"):
    """It is not, or no longer, yours to see: erase the local copy."""

    sid: str
    stream: str


class Happened(_Down, frozen=True, tag="event"):
    """An entry joined a stream."""

    stream: str
    event: Event


class Ok(_Down, frozen=True, tag="ok"):
    """What you sent is durable."""

    cmid: str
    id: str
    seq: int
    at: datetime
    replayed: bool
    stream: str | UnsetType = UNSET


class Refused(_Down, frozen=True, tag="refused"):
    """What you asked was not done; ``problem`` is a problem document."""

    problem: Document
    cmid: str | UnsetType = UNSET
    sid: str | UnsetType = UNSET


class Cursor(_Down, frozen=True, tag="cursor"):
    """A side has come to ``seq``."""

    stream: str
    kind: MarkKind
    side: Side
    seq: int


class Types(_Down, frozen=True, tag="typing"):
    """Someone else is typing, or stopped."""

    stream: str
    side: Side
    name: str
    on: bool


class Presence(_Down, frozen=True, tag="presence"):
    """A side came to, or left, a stream; or a shop's team is at the desk, or gone.

    In the notes of a conversation the team sees who of them has it open: ``person``, by ``name``.
    """

    side: Side
    on: bool
    stream: str | UnsetType = UNSET
    shop: str | UnsetType = UNSET
    person: str | UnsetType = UNSET
    name: str | UnsetType = UNSET


class Called(_Down, frozen=True, tag="called"):
    """You are called to a conversation: mentioned in its note ``seq``, reminded of it, or else."""

    why: Why
    conversation: str
    by: str
    seq: int


class Row(_Down, frozen=True, tag="row"):
    """A conversation of your inbox changed."""

    conversation: Listed


class Ping(_Down, frozen=True, tag="ping"):
    """Ask whether the page is still there."""


class Bye(_Down, frozen=True, tag="bye"):
    """We stop; come back after so many milliseconds."""

    after_ms: int


Down = (
    Welcome
    | SubOk
    | Reset
    | Gone
    | Happened
    | Ok
    | Refused
    | Cursor
    | Types
    | Presence
    | Called
    | Row
    | Ping
    | Bye
)
