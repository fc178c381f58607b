"""The words spoken over a socket, version 1. Mirrored by ``frontend/shared/line.ts``."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Raw, Struct, UNSET, UnsetType

from shopbell.conversations.model import Cmid, Event, Listed, MarkKind, Marks
from shopbell.kernel.actor import Side

PROTOCOL = "shopbell.1"
VERSION = "1"
FRAME_MOST = 64 * 1024
"""Bytes in one frame from a client."""

Sid = Annotated[str, Meta(min_length=1, max_length=64)]
StreamName = Annotated[str, Meta(min_length=1, max_length=120)]
Seq = Annotated[int, Meta(ge=0, le=1 << 53)]


class _Up(Struct, frozen=True, tag_field="t", forbid_unknown_fields=True):
    """From a page to us."""


class Hello(_Up, tag="hello"):
    """The first frame: a ticket got over HTTPS says who this is."""

    token: Annotated[str, Meta(max_length=200)]
    client: Annotated[str, Meta(max_length=200)] = ""
    version: Annotated[str, Meta(max_length=20)] = VERSION


class Sub(_Up, tag="sub"):
    """Follow a stream from behind number ``after``, as known in ``epoch``."""

    sid: Sid
    stream: StreamName
    after: Seq = 0
    epoch: Annotated[str, Meta(max_length=64)] | None = None


class Unsub(_Up, tag="unsub"):
    """Follow it no longer."""

    sid: Sid


class Send(_Up, tag="send"):
    """Add an entry; the same as POST to the stream's events."""

    stream: StreamName
    cmid: Cmid
    type: Annotated[str, Meta(min_length=1, max_length=40)]
    data: Raw


class Ack(_Up, tag="ack"):
    """This device has received up to ``seq``."""

    stream: StreamName
    seq: Seq


class Read(_Up, tag="read"):
    """A person has read up to ``seq``."""

    stream: StreamName
    seq: Seq


class Typing(_Up, tag="typing"):
    """Someone is typing, or stopped."""

    stream: StreamName
    on: bool


class Watch(_Up, tag="watch"):
    """Tell me of every change in my inbox."""


class Pong(_Up, tag="pong"):
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


class Welcome(_Down, tag="welcome"):
    """The ticket was good."""

    conn: str
    server_time: datetime
    epoch: str
    ping_ms: int
    limits: Limits


class SubOk(_Down, tag="sub_ok"):
    """You follow it; ``recovered`` says whether ``events`` is all that was missed."""

    sid: str
    stream: str
    head: int
    recovered: bool
    events: list[Event]
    reads: Marks
    delivered: Marks
    reason: Literal["far"] | UnsetType = UNSET


class Reset(_Down, tag="reset"):
    """Your copy is of another epoch: drop it, load the newest page, go on from ``head``."""

    sid: str
    stream: str
    head: int


class Gone(_Down, tag="gone"):
    """It is not, or no longer, yours to see: erase the local copy."""

    sid: str
    stream: str


class Happened(_Down, tag="event"):
    """An entry joined a stream."""

    stream: str
    event: Event


class Ok(_Down, tag="ok"):
    """What you sent is durable."""

    cmid: str
    id: str
    seq: int
    at: datetime
    replayed: bool


class Refused(_Down, tag="refused"):
    """What you asked was not done; ``problem`` is a problem document."""

    problem: dict[str, str | int]
    cmid: str | UnsetType = UNSET
    sid: str | UnsetType = UNSET


class Cursor(_Down, tag="cursor"):
    """A side has come to ``seq``."""

    stream: str
    kind: MarkKind
    side: Side
    seq: int


class Types(_Down, tag="typing"):
    """Someone else is typing, or stopped."""

    stream: str
    side: Side
    name: str
    on: bool


class Presence(_Down, tag="presence"):
    """A side came to, or left, a stream; or a shop's team is at the desk, or gone."""

    side: Side
    on: bool
    stream: str | UnsetType = UNSET
    shop: str | UnsetType = UNSET


class Row(_Down, tag="row"):
    """A conversation of your inbox changed."""

    conversation: Listed


class Ping(_Down, tag="ping"):
    """Are you still there?"""


class Bye(_Down, tag="bye"):
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
    | Row
    | Ping
    | Bye
)
