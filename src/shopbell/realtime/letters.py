"""What the processes of one house say to each other: never the truth, only where it moved."""

from typing import Any

import msgspec
from msgspec import Struct

from shopbell.accounts.blocks.model import BlocksChanged
from shopbell.accounts.model import KeyRevoked, SessionsEnded, SessionsMoved
from shopbell.conversations.calling import ColleaguesCalled
from shopbell.conversations.model import (
    Conversation,
    Event,
    EventAppended,
    MarkKind,
    MarkMoved,
    Stream,
)
from shopbell.engine.broker import LETTER_MOST
from shopbell.kernel.actor import PersonId, Side
from shopbell.kernel.events import Fact
from shopbell.realtime.frames import Types

EVENT_MOST = 4 * 1024
"""A larger entry is not sent along: whoever shows it reads it from the database."""


class _Letter(Struct, frozen=True, kw_only=True, tag_field="fact"):
    """To all other processes."""


class Grown(_Letter, frozen=True, tag="grown"):
    """A stream has an entry ``seq`` now, here it is if it is small; and its conversation."""

    stream: Stream
    seq: int
    event: Event | None = None
    talk: Conversation | None = None


class Marked(_Letter, frozen=True, tag="marked"):
    """A side has come to ``seq``."""

    stream: Stream
    kind: MarkKind
    side: Side
    seq: int
    talk: Conversation | None = None


class Typed(_Letter, frozen=True, tag="typed"):
    """Somebody is typing, or stopped."""

    by: PersonId
    frame: Types


class Attended(_Letter, frozen=True, tag="attended"):
    """Somebody is, or is no longer, at these places; ``anew`` forgets what was said before."""

    places: list[str]
    on: bool = True
    anew: bool = False


class Counted(_Letter, frozen=True, tag="counted"):
    """I am here, and so many places are attended here."""

    places: int


class Asked(_Letter, frozen=True, tag="asked"):
    """Tell all the places that are attended at your ``node``: I counted otherwise."""

    node: str


Letter = (
    Grown
    | Marked
    | Typed
    | Attended
    | Counted
    | Asked
    | SessionsEnded
    | SessionsMoved
    | KeyRevoked
    | BlocksChanged
    | ColleaguesCalled
)

_read = msgspec.json.Decoder(Letter).decode
_write = msgspec.json.Encoder().encode


def letter_of(fact: Fact) -> Letter | None:
    """Return what other processes are to hear of a fact; None if it is nothing to them."""
    match fact:
        case EventAppended(stream=stream, event=event, talk=talk):
            small = event if len(bytes(event.data)) <= EVENT_MOST else None
            return Grown(stream=stream, seq=event.seq, event=small, talk=talk)
        case MarkMoved(kind=kind, side=side, seq=seq, talk=talk):
            return Marked(stream=Stream(talk.id), kind=kind, side=side, seq=seq, talk=talk)
        case (
            SessionsEnded() | SessionsMoved() | KeyRevoked() | BlocksChanged() | ColleaguesCalled()
        ):
            return fact
        case _:
            return None


def write(letter: Letter) -> str:
    """Put a letter on paper; what does not fit is left to be read from the database."""
    paper = _write(letter)
    for left_out in ({"event": None}, {"event": None, "talk": None}, {"talk": None}):
        if len(paper) <= LETTER_MOST:
            break
        if set(left_out) <= set(letter.__struct_fields__):
            paper = _write(msgspec.structs.replace(letter, **left_out))
    return paper.decode()


def read(paper: str) -> Letter:
    """Read a letter."""
    found: Any = _read(paper)
    return found  # type: ignore[no-any-return]
