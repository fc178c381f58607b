"""What a thread has said already about the matter that is open."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from shopbell.conversations.model import Event, SubjectKind
from shopbell.kernel.actor import Side
from shopbell.language.facts import find_facts
from shopbell.language.model import FactKind, Matter, Need, Topic

SIGNS_MOST = 10_000
"""So many signs of one side are read: as many as one message may have."""

_SETTLED = frozenset({"resolve", "closed"})
_ANY_DAY = date(2000, 1, 1)
_decode = msgspec.json.Decoder().decode


class Heard(msgspec.Struct, frozen=True):
    """What each side said last, oldest first, and whether the buyer showed pictures."""

    buyer: list[str] = []
    shop: list[str] = []
    photos: bool = False

    @property
    def words(self) -> str:
        """Return the buyer's words as one text."""
        return "\n".join(self.buyer)


def heard(events: Sequence[Event]) -> Heard:
    """Return what was said since the matter before was settled, corrections in their places."""
    said: dict[int, tuple[Side, str]] = {}
    photos = False
    for event in _open_matter(events):
        data: dict[str, Any] = _decode(event.data)
        if event.type == "message" and "text" in data:
            said[event.seq] = (event.actor.side, data["text"])
            photos |= event.actor.side is Side.BUYER and any(map(_shows, data["attachments"]))
        elif event.type == "edit" and data.get("target") in said:
            said[data["target"]] = (event.actor.side, data["text"])
    return Heard(
        _latest([text for side, text in said.values() if side is Side.BUYER and text]),
        _latest([text for side, text in said.values() if side is not Side.BUYER and text]),
        photos=photos,
    )


def known(talk_about: SubjectKind, thread: Heard, about: Iterable[Matter]) -> set[Need]:
    """Return what nobody need ask: the subject tells it, or it was named by either side."""
    found = set[Need]()
    if talk_about is SubjectKind.ORDER or _names_order(thread):
        found |= {Need.ORDER, Need.PRODUCT}
    if talk_about is SubjectKind.PRODUCT:
        found.add(Need.PRODUCT)
    if thread.photos:
        found.add(Need.PHOTO)
    moves = any(matter.topic is Topic.LOGISTICS and matter.sub == "address" for matter in about)
    if Need.ORDER in found and not moves:
        found.add(Need.ADDRESS)  # the order says where it goes
    return found


def _latest(said: Sequence[str]) -> list[str]:
    """Return the newest of what was said that is not too much to read; the last one always."""
    kept, signs = list[str](), 0
    for text in reversed(said):
        signs += len(text)
        if kept and signs > SIGNS_MOST:
            break
        kept.append(text)
    return kept[::-1]


def _open_matter(events: Sequence[Event]) -> Sequence[Event]:
    settled = [place for place, event in enumerate(events) if event.type in _SETTLED]
    return events[settled[-1] + 1 :] if settled else events


def _names_order(thread: Heard) -> bool:
    named = {FactKind.ORDER, FactKind.TRACKING}
    return any(fact.kind in named for text in thread.shop for fact in find_facts(text, _ANY_DAY))


def _shows(file: dict[str, Any]) -> bool:
    kind: str = file["media_type"]
    return kind.startswith(("image/", "video/"))
