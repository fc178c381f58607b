"""What everybody may know of a product, looked through once for as long as nothing changes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping

from msgspec import Struct

from shopbell.knowledge.suggesting.model import Piece
from shopbell.language.answering import Prepared

SHELVES_MOST = 64
"""So many products are kept ready: one of five hundred answers takes a megabyte or two."""


class Shelf(Struct, frozen=True):
    """Pieces by their ids, and made ready to be found."""

    pieces: Mapping[str, Piece]
    prepared: Prepared


class Shelves:
    """The products asked about lately, each as of a version; several may look at one moment."""

    def __init__(self, most: int = SHELVES_MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[object, Shelf]] = OrderedDict()

    def get(self, about: str, version: object, fill: Callable[[Shelf | None], Shelf]) -> Shelf:
        """Return the shelf of a product in this very version, filled if it is not there.

        ``fill`` is given the shelf as it was, so that it looks through what is new alone.
        """
        with self._lock:
            held = self._held.get(about)
            if held is not None and held[0] == version:
                self._held.move_to_end(about)
                return held[1]
        shelf = fill(held[1] if held else None)
        with self._lock:
            self._held[about] = version, shelf
            self._held.move_to_end(about)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return shelf
