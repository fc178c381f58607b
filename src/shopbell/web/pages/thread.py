"""A conversation's entries as lines to read: edits and deletions already applied."""

from datetime import datetime

import msgspec
from msgspec import Struct

from shopbell.conversations.commands import Page
from shopbell.conversations.model import Attachment, Event
from shopbell.kernel.actor import Side


class Told(Struct, frozen=True):
    """What an entry says, as far as a line needs it; one that was taken back says only that."""

    text: str = ""
    attachments: list[Attachment] = []
    target: int = 0
    withdrawn: bool = False


class Line(Struct, frozen=True):
    """One message as it reads now."""

    seq: int
    who: str
    mine: bool
    at: datetime
    text: str
    files: list[Attachment]
    read: bool
    edited: bool = False
    gone: bool = False


def tell(page: Page, side: Side) -> list[Line]:
    """Turn entries into lines, as a reader of ``side`` sees them."""
    read_up_to = page.reads.seller if side is Side.BUYER else page.reads.buyer
    lines: dict[int, Line] = {}
    for event in page.events:
        told = msgspec.json.decode(event.data, type=Told)
        match event.type:
            case "message":
                lines[event.seq] = _line(event, told, side, read_up_to)
            case "edit":
                _change(lines, told.target, text=told.text, edited=True)
            case "delete":
                _change(lines, told.target, text="", files=[], gone=True)
            case _:
                continue
    return list(lines.values())


def _line(event: Event, told: Told, side: Side, read_up_to: int) -> Line:
    return Line(
        seq=event.seq,
        who=event.actor.name,
        mine=event.actor.side is side,
        at=event.at,
        text=told.text,
        files=told.attachments,
        read=event.seq <= read_up_to,
        gone=told.withdrawn,
    )


def _change(lines: dict[int, Line], target: int, **changes: object) -> None:
    """Change a line that is shown; one that was taken back stays as it is."""
    if target in lines and not lines[target].gone:
        lines[target] = msgspec.structs.replace(lines[target], **changes)
