"""Which rules count for whom: the shop's own, else the marketplace's, else those we ship."""

from shopbell.contact import storage
from shopbell.contact.model import Rules
from shopbell.contact.shipped import STANDARD
from shopbell.engine.database import Tx
from shopbell.kernel.actor import ShopId

MARKETPLACE = ""
"""The scope of the rules that count for every shop without its own."""


def rules_for(tx: Tx, shop: ShopId) -> Rules:
    """Return the rules that count for a shop."""
    return _laid(tx, shop) or _laid(tx, MARKETPLACE) or STANDARD


def _laid(tx: Tx, scope: str) -> Rules | None:
    """Read what was laid down once in a transaction, which may look after many conversations."""
    key = ("rules", scope)
    if key not in tx.held:
        tx.held[key] = storage.rules_of(tx, scope)
    laid: Rules | None = tx.held[key]
    return laid
