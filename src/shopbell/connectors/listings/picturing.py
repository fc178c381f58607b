"""A picture that a file names by its address, or from a zip, and what became of it. Pure.

One from a zip is known by its name there and a part of the SHA-256 of its bytes: `lamp.jpg#9f86…`.
So the same picture in another zip is the same, and another one under the same name is not.
"""

import re
from enum import StrEnum
from hashlib import sha256
from urllib.parse import quote, unquote

from msgspec import Struct

from shopbell.connectors.listings.model import ListingFileId
from shopbell.kernel.actor import ShopId

SIDE = 1_600
"""The longer side of a picture in the catalogue, in pixels."""

_DIVIDING = re.compile(r"[\s;|,#%?:]")
_REFERENCE = re.compile(r"(?!/)[^\s;|,#?:\\]+#[0-9a-f]{16}")


class PictureState(StrEnum):
    """Whether a picture was fetched."""

    WAITING = "waiting"
    KEPT = "kept"
    FAILED = "failed"


class Picture(Struct, frozen=True, kw_only=True):
    """One picture of one product. ``trouble`` is the code of what was wrong with it."""

    digest: str
    shop: ShopId
    address: str
    state: PictureState = PictureState.WAITING
    blob: str | None = None
    trouble: str = ""
    file: ListingFileId
    offer_id: str

    @property
    def called(self) -> str:
        """Return what its owner calls it: its address, or its name in the zip."""
        return name_of(self.address) if is_reference(self.address) else self.address


def reference(path: str, content: bytes) -> str:
    """Return how a picture from a zip is known."""
    plain = _DIVIDING.sub(lambda sign: quote(sign[0], safe=""), path)
    return f"{plain}#{sha256(content).hexdigest()[:16]}"


def is_reference(said: str) -> bool:
    """Tell a picture from a zip from an address."""
    return _REFERENCE.fullmatch(said) is not None


def name_of(known: str) -> str:
    """Return what a picture from a zip was called there."""
    return unquote(known.rpartition("#")[0])


def wanted(shop: ShopId, offer_id: str, address: str, file: ListingFileId) -> Picture:
    """Name a picture of a product that is to be fetched."""
    digest = sha256(f"{shop}\x1f{offer_id}\x1f{address}".encode()).hexdigest()
    return Picture(digest=digest, shop=shop, address=address, file=file, offer_id=offer_id)
