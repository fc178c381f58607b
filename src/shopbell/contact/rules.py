"""Which rules count for whom: the shop's own, else the marketplace's, else those we ship."""

from shopbell.contact import storage
from shopbell.contact.model import PACES, Laid, Rules
from shopbell.contact.refusals import LadderWrong
from shopbell.contact.shipped import STANDARD
from shopbell.conversations.model import Channel
from shopbell.engine.database import Tx
from shopbell.kernel.actor import ShopId

MARKETPLACE = ""
"""The scope of the rules that count for every shop without its own."""


def rules_for(tx: Tx, shop: ShopId) -> Rules:
    """Return the rules that count for a shop."""
    found = laid(tx, shop) or laid(tx, MARKETPLACE)
    return found.rules if found else STANDARD


def check_allowed(own: Rules, marketplace: Rules) -> None:
    """Refuse a shop's rules by which the operator would come later than by the marketplace's."""
    for channel in Channel:
        ours, theirs = own.asking(channel)[-1], marketplace.asking(channel)[-1]
        if any(own.paced(ours, [kind]) > marketplace.paced(theirs, [kind]) for kind in PACES):
            raise LadderWrong.at(channel, "beyond")


def laid(tx: Tx, scope: str) -> Laid | None:
    """Read what was laid down once in a transaction, which may look after many conversations."""
    key = ("rules", scope)
    if key not in tx.held:
        tx.held[key] = storage.laid(tx, scope)
    found: Laid | None = tx.held[key]
    return found
