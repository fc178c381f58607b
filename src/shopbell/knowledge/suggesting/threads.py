"""What a buyer and a shop have said to each other already, as questions with answers. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import msgspec
from msgspec import Struct

from shopbell.conversations.model import Conversation, Event
from shopbell.kernel.actor import Side
from shopbell.kernel.texts import Locale
from shopbell.knowledge.suggesting.model import Piece
from shopbell.knowledge.suggesting.pieces import of_two
from shopbell.language.detect import spoken

WORDS_MOST = 1_000
"""Who wrote more asked several things: that answers no question by itself."""


NONE: Mapping[int, str] = MappingProxyType({})


class _Told(Struct, frozen=True):
    text: str = ""
    target: int = 0
    withdrawn: bool = False
    automatic: bool = False
    tone: str = ""


class Said(Struct, frozen=True):
    """One message as it reads now; a ``rude`` one is no answer to offer."""

    seq: int
    side: Side
    at: datetime
    text: str
    rude: bool = False


def said(events: Sequence[Event]) -> list[Said]:
    """Return what people said, as it reads after corrections; what was taken back is gone."""
    lines: dict[int, Said] = {}
    for event in events:
        told = msgspec.json.decode(event.data, type=_Told)
        if event.type == "message" and not told.withdrawn and not told.automatic and told.text:
            rude = bool(told.tone)
            lines[event.seq] = Said(event.seq, event.actor.side, event.at, told.text, rude)
        elif event.type == "edit" and told.target in lines:
            now = msgspec.structs.replace(lines[told.target], text=told.text, rude=bool(told.tone))
            lines[told.target] = now
        elif event.type == "delete":
            lines.pop(told.target, None)
    return list(lines.values())


def rounds(lines: Sequence[Said]) -> Iterator[tuple[Said, Said | None]]:
    """Pair what a buyer said with what the shop said next: several in a row are one."""
    asked: Said | None = None
    for line in lines:
        if line.side is Side.BUYER:
            asked = line if asked is None else _together(asked, line)
        elif line.side is Side.SELLER and asked is not None:
            yield asked, line
            asked = None
    if asked is not None:
        yield asked, None


def pieces(
    talk: Conversation, lines: Sequence[Said], variants: Mapping[int, str] = NONE, *, own: bool
) -> list[Piece]:
    """Return what was asked and answered in a conversation, the newest last.

    ``variants`` are what the messages ask about that ask about one variant alone.
    """
    return [
        _piece(talk, asked, answer, variants.get(asked.seq, ""), own=own)
        for asked, answer in rounds(lines)
        if len(asked.text) <= WORDS_MOST and (not answer.rude if answer else talk.asked)
    ]


def waiting(lines: Sequence[Said]) -> Said | None:
    """Return what a buyer said last and nobody has answered."""
    latest = list(rounds(lines))[-1:]
    return latest[0][0] if latest and latest[0][1] is None else None


def _piece(
    talk: Conversation, asked: Said, answer: Said | None, variant: str, *, own: bool
) -> Piece:
    return Piece(
        id=f"thread.{talk.id}.{asked.seq}",
        kind="thread",
        question={tongue_of(asked.text, talk): asked.text},
        answer={tongue_of(answer.text, talk): answer.text} if answer else {},
        url=f"/me/messages/{talk.id}" if own else f"/desk/{talk.id}",
        source=of_two("thread", own=own),
        at=answer.at if answer else asked.at,
        variant=variant,
        conversation=talk.id,
        due=None if answer else talk.due_at,
    )


def _together(first: Said, then: Said) -> Said:
    return msgspec.structs.replace(then, text=f"{first.text}\n{then.text}")


def tongue_of(text: str, talk: Conversation) -> Locale:
    """Return the language something was said in; where it says nothing, the buyer's."""
    return spoken(text, talk.locale)
