"""A conversation's entries as lines to read: edits and deletions already applied."""

from datetime import datetime

import msgspec
from msgspec import Struct

from shopbell.conversations.commands import DeleteData, EditData, Page, Said
from shopbell.conversations.model import Attachment
from shopbell.kernel.actor import Side


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
        match event.type:
            case "message":
                said = msgspec.json.decode(event.data, type=Said)
                lines[event.seq] = Line(
                    seq=event.seq,
                    who=event.actor.name,
                    mine=event.actor.side is side,
                    at=event.at,
                    text=said.text,
                    files=said.attachments,
                    read=event.seq <= read_up_to,
                )
            case "edit":
                edit = msgspec.json.decode(event.data, type=EditData)
                _change(lines, edit.target, text=edit.text, edited=True)
            case "delete":
                target = msgspec.json.decode(event.data, type=DeleteData).target
                _change(lines, target, text="", files=[], gone=True)
            case _:
                continue
    return list(lines.values())


def _change(lines: dict[int, Line], target: int, **changes: object) -> None:
    if target in lines:
        lines[target] = msgspec.structs.replace(lines[target], **changes)
