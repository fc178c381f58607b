"""A conversation's entries as lines to read: edits and deletions already applied."""

from datetime import datetime
from typing import TypedDict

import msgspec
from msgspec import UNSET, Struct, UnsetType

from shopbell.conversations.commands import Page
from shopbell.conversations.model import CONTACT, CONTACT_MISSED, Attachment, Event
from shopbell.conversations.tone import Tone, folded_for
from shopbell.kernel.actor import Side
from shopbell.kernel.texts import FALLBACK, catalogue
from shopbell.language.model import Hidden, Span


class Toned(TypedDict):
    """How what was said is shown: in which tone, and whether the words are folded away."""

    tone: Tone | UnsetType
    folded: bool


_WAYS = {CONTACT: "told", CONTACT_MISSED: "missed"}


class Told(Struct, frozen=True):
    """What an entry says, as far as a line needs it; one that was taken back says only that."""

    text: str = ""
    attachments: list[Attachment] = []
    target: int = 0
    withdrawn: bool = False
    automatic: bool = False
    hidden: list[Span] = []
    marketplace: bool = False
    to: str = ""
    step: str = ""
    tone: Tone | UnsetType = UNSET


class Line(Struct, frozen=True):
    """One message as it reads now, or what the house itself tells: ``fact`` names that text."""

    seq: int
    who: str
    mine: bool
    at: datetime
    text: str
    files: list[Attachment]
    read: bool
    edited: bool = False
    gone: bool = False
    automatic: bool = False
    marketplace: bool = False
    hidden: list[Hidden] = []
    fact: str = ""
    tone: Tone | UnsetType = UNSET
    folded: bool = False

    @property
    def why_hidden(self) -> str:
        """Name the text that tells its writer why something is hidden."""
        for kind in (Hidden.SCAM, Hidden.CARD):
            if kind in self.hidden:
                return f"veil.why_{kind}"
        return "veil.why_contact"


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
                _change(
                    lines,
                    told.target,
                    text=told.text,
                    hidden=_kinds(told),
                    edited=True,
                    **_tone(event, told, side),
                )
            case "delete":
                _change(lines, told.target, text="", hidden=[], files=[], gone=True)
            case _ if _fact(event.type, told) in catalogue(FALLBACK):
                fact = _fact(event.type, told)
                lines[event.seq] = msgspec.structs.replace(
                    _line(event, told, side, read_up_to), fact=fact, mine=False
                )
            case _:
                continue
    return list(lines.values())


def _line(event: Event, told: Told, side: Side, read_up_to: int) -> Line:
    return Line(
        seq=event.seq,
        who=event.actor.name,
        mine=event.actor.side is side,
        marketplace=event.actor.side is Side.OPERATOR,
        at=event.at,
        text=told.text,
        files=told.attachments,
        read=event.seq <= read_up_to,
        gone=told.withdrawn,
        automatic=told.automatic,
        hidden=_kinds(told),
        **_tone(event, told, side),
    )


def _kinds(told: Told) -> list[Hidden]:
    """Return of what kinds the covered parts are, each once."""
    return list(dict.fromkeys(span.kind for span in told.hidden))


def _tone(event: Event, told: Told, side: Side) -> Toned:
    return {"tone": told.tone, "folded": folded_for(side, event.actor.side, told.tone)}


def _fact(kind: str, told: Told) -> str:
    """Name the text of an entry of the house; the screens of the browser go by the same names."""
    way = _WAYS.get(kind)
    return f"thread.{way}_{told.to}_{told.step}" if way else f"thread.fact_{kind}"


def _change(lines: dict[int, Line], target: int, **changes: object) -> None:
    """Change a line that is shown; one that was taken back stays as it is."""
    if target in lines and not lines[target].gone:
        lines[target] = msgspec.structs.replace(lines[target], **changes)
