"""Pictures that travel in a letter: small copies, so that it stays light and loads nothing.

Each is drawn anew: what a camera wrote into it (the place, the owner) stays behind, and so does
whatever else hides in a file. The whole picture is one click away, in the conversation.
"""

from collections.abc import Collection
from hashlib import sha256

from msgspec import Struct

from shopbell.channels.mail.marks import MARK
from shopbell.engine.blobs import Blobs
from shopbell.engine.pictures import draw

SIDE, CARD_SIDE = 800, 216
"""The longer side of a copy, in pixels: of what was sent, and of the thing on the card."""

COPIES_MOST, BYTES_MOST = 8, 700 * 1024
"""So many pictures travel in one letter, and so many bytes of them altogether."""

ONE_MOST = 150 * 1024


class Copy(Struct, frozen=True):
    """A copy of a picture, and by which id the letter's HTML shows it."""

    cid: str
    name: str
    width: int
    height: int
    data: bytes


class Album:
    """The pictures of one letter, each once, as long as there is room."""

    def __init__(self, blobs: Blobs, domain: str) -> None:
        self._blobs, self._domain = blobs, domain
        self._copies: dict[tuple[str, int], Copy] = {}

    @property
    def copies(self) -> Collection[Copy]:
        """Return all that travel with the letter."""
        return self._copies.values()

    def add(self, kept: str, name: str, side: int = SIDE) -> Copy | None:
        """Take in a kept picture; none if it cannot be drawn, or there is no room left."""
        known = self._copies.get((kept, side))
        copy = known or self._copied(kept, name, side)
        if copy and not known:
            self._copies[kept, side] = copy
        return copy

    def _copied(self, kept: str, name: str, side: int) -> Copy | None:
        room = BYTES_MOST - sum(len(copy.data) for copy in self.copies)
        if len(self._copies) >= COPIES_MOST or room < ONE_MOST:
            return None
        try:
            drawn, width, height = draw(self._blobs.path(kept), side, ONE_MOST, MARK)
        except Exception:  # noqa: BLE001 - whatever it stumbles over, the letter goes without it
            return None
        cid = f"{sha256(drawn).hexdigest()[:24]}@{self._domain}"
        return Copy(cid, name, width, height, drawn) if len(drawn) <= room else None
