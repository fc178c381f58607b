"""The letter after a conversation was resolved: it asks by a link whether that helped."""

from typing import Any

from shopbell.accounts import letters
from shopbell.accounts import service as accounts
from shopbell.accounts.wishes.model import Kind
from shopbell.channels.mail import service as mail
from shopbell.channels.mail.addresses import person as recipient
from shopbell.conversations.satisfaction import service
from shopbell.conversations.satisfaction.model import SatisfactionAsked
from shopbell.engine.database import Reaction, Tx


def write(tx: Tx, fact: SatisfactionAsked) -> None:
    """Write to a buyer whose address is known to be theirs, and who wants letters.

    Who resolved it themselves has the question before their eyes, and is asked once only.
    """
    if fact.present:
        return
    buyer = accounts.person(tx, fact.buyer)
    if buyer.verified and not mail.wants_none(tx, recipient(buyer.id)):
        link = f"{tx.settings.base_url}/rate/{service.link(tx, fact.rating)}"
        letters.tell(tx, buyer, Kind.SATISFACTION, "satisfaction", link=link)


REACTIONS: tuple[Reaction[Any], ...] = (Reaction(SatisfactionAsked, write),)
