"""What was asked and answered in a thread, as it reads now: corrected, or taken back."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from shopbell.conversations import service as conversations
from shopbell.conversations.model import Conversation, Event, Stream
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side

_BEFORE, _AFTER = 40, 100
_LINES = 3


class Line(Struct, frozen=True):
    """One message as it reads now."""

    seq: int
    side: Side
    text: str


class _Data(Struct, frozen=True):
    """What matters here of an entry's data."""

    text: str = ""
    target: int = 0
    withdrawn: bool = False
    automatic: bool = False


def lines_around(tx: Tx, actor: Actor, stream: Stream, seq: int) -> list[Line]:
    """Return what people said up to message ``seq``, with what they corrected afterwards."""
    before = conversations.page(tx, actor, stream, before=seq + 1, limit=_BEFORE).events
    after = conversations.page(tx, actor, stream, after=seq, limit=_AFTER).events
    read = [(event, msgspec.json.decode(event.data, type=_Data)) for event in (*before, *after)]
    corrected = {data.target: data.text for event, data in read if event.type == "edit"}
    return list(_said(((event, data) for event, data in read if event.seq <= seq), corrected))


def heard_of_buyer(tx: Tx, actor: Actor, talk: Conversation) -> list[str]:
    """Return what the buyer wrote in a thread lately, before and after they corrected it."""
    stream = Stream(talk.id)
    read = conversations.page(tx, actor, stream, before=talk.head + 1, of=talk).events
    theirs = [event.data for event in read if event.actor.side is Side.BUYER]
    return [msgspec.json.decode(data, type=_Data).text for data in theirs]


def _said(read: Iterable[tuple[Event, _Data]], corrected: dict[int, str]) -> Iterable[Line]:
    for event, data in read:
        if event.type == "message" and not (data.withdrawn or data.automatic):
            text = corrected.get(event.seq, data.text)
            yield Line(event.seq, event.actor.side, text)


def asked_before(lines: list[Line], seq: int) -> list[Line]:
    """Return the last lines of the buyer before message ``seq``: together they are the question."""
    found: list[Line] = []
    for line in reversed([line for line in lines if line.seq < seq]):
        if line.side is Side.BUYER and line.text and len(found) < _LINES:
            found.append(line)
        elif found:
            break
    return found[::-1]
