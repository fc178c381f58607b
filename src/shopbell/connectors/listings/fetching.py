"""Pictures that files name: asked for when a file is applied, shown once they are there."""

from collections.abc import Sequence

from shopbell.commerce import stocking
from shopbell.commerce.model import Product
from shopbell.connectors.listings import storage
from shopbell.connectors.listings.model import ListingFile
from shopbell.connectors.listings.picturing import Picture, PictureState, is_reference, wanted
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.events import Job


class FetchPicture(Job, frozen=True):
    """Fetch a picture that a file names, by its address or out of a zip."""

    digest: str


def want(tx: Tx, file: ListingFile, listed: Sequence[Product]) -> None:
    """Have pictures fetched that a file names and nobody has fetched yet, if that is wished.

    Those in a zip beside it are taken from there.
    """
    pictures = [
        wanted(file.shop, product.offer_id, address, file.id)
        for product in listed
        for address in product.picture_refs
        if (file.album if is_reference(address) else file.wishes.pictures)
    ]
    for picture in storage.want(tx, pictures):
        tx.later(FetchPicture(digest=picture), key=f"picture {picture}")


def picture(tx: Tx, digest: str) -> Picture | None:
    """Return a picture that still waits to be fetched."""
    found = storage.picture(tx, digest)
    return found if found and found.state is PictureState.WAITING else None


def note_picture(tx: Tx, picture: Picture) -> None:
    """Keep what became of a picture; one that was fetched is shown, in the file's order."""
    storage.note(tx, picture)
    known = stocking.listed_as(tx, picture.shop, [picture.offer_id], hold=True)
    product = known.get(picture.offer_id)
    if product is None or picture.blob is None:
        return
    fetched = storage.of_product(tx, picture.shop, picture.offer_id)
    kept = [fetched[ref].blob for ref in product.picture_refs if ref in fetched]
    ours = {one.blob for one in fetched.values()}
    others = [blob for blob in product.pictures if blob not in ours]
    shown = [*dict.fromkeys(blob for blob in kept if blob), *others]
    stocking.set_pictures(tx, SYSTEM, picture.shop, picture.offer_id, shown)
