"""What the listing tool announces; all of it is in the journal."""

from shopbell.connectors.listings.model import ListingFileId, Tally
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.events import Fact


class ListingFileTaken(Fact, frozen=True):
    """A shop brought a file of listings."""

    shop: ShopId
    file: ListingFileId
    by: PersonId


class ListingsApplied(Fact, frozen=True):
    """All products of a file are listed as it says."""

    shop: ShopId
    file: ListingFileId
    tally: Tally
