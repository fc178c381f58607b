"""What this room does when another announces something."""

from shopbell.accounts.model import EmailVerified
from shopbell.commerce.facts import OrdersMoved
from shopbell.commerce.storage import Orders
from shopbell.engine.database import Reaction, Tx


def hand_over(tx: Tx, fact: EmailVerified) -> None:
    """Give a buyer the orders that came in for their address before it was known as theirs."""
    for before in fact.known_as:
        if moved := Orders(tx).move(before, fact.person):
            tx.announce(OrdersMoved(orders=moved, before=before, buyer=fact.person))


REACTIONS = (Reaction(EmailVerified, hand_over),)
