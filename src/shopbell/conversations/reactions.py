"""What this room does when other rooms announce something."""

from typing import Any

from shopbell.accounts import service as accounts
from shopbell.commerce.facts import OrdersMoved
from shopbell.conversations import storage
from shopbell.engine.database import Reaction, Tx


def follow_orders(tx: Tx, fact: OrdersMoved) -> None:
    """Let conversations about imported orders follow to the buyer whose orders they are now."""
    storage.give_to(tx, fact.before, fact.buyer, accounts.person(tx, fact.buyer).name)


REACTIONS: tuple[Reaction[Any], ...] = (Reaction(OrdersMoved, follow_orders),)
