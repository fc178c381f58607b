"""What marketplaces write to a shop about its orders: a line for the team, nobody's words."""

import re
from collections.abc import Iterator

from msgspec import Struct

from shopbell.channels.mail.arriving.authentic import Proof, Verdict
from shopbell.channels.mail.arriving.model import Fate, Opened, Settled
from shopbell.channels.mail.arriving.reading import Reading
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Order, Shop
from shopbell.conversations import posting
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Audience, ConversationId, Stream, Subject, SubjectKind
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, Rank, Side

_NUMBER = re.compile(r"(?<![\w-])(?=[A-Za-z-]{0,12}\d)[\w-]{3,40}(?![\w-])", re.ASCII)
NUMBERS_MOST, ORDERS_MOST = 40, 5
"""So many words of a letter that look like numbers are looked at, and so many orders told of."""


class MarketNotice(Struct, frozen=True):
    """The data of a line about a letter in which a marketplace wrote of an order."""

    market: str
    order: str
    subject: str


def market_of(tx: Tx, shop: Shop, opened: Opened) -> str:
    """Return which marketplace of the settings a letter is proven to be from, or nothing.

    The shop may hand it on from its own mailbox.
    """
    reading, proof = opened.reading, opened.proof
    if proof.verdict is not Verdict.PROVEN or not _is_plain(proof, reading, shop):
        return ""
    return tx.settings.market_names.get(reading.sender.domain, "")


def note(tx: Tx, shop: Shop, market: str, reading: Reading) -> Settled:
    """Tell the team in the conversations of the orders that a notice names; it opens none."""
    talks = dict(_talks(tx, shop, reading))
    lines = [
        posting.post_line(
            tx,
            Stream(talk, Audience.NOTES),
            "market_notice",
            MarketNotice(market, order.number, reading.subject[:200]),
        )
        for talk, order in talks.items()
    ]
    if not lines:
        return Settled(Fate.NOTICE)
    return Settled(Fate.NOTICE, talk=next(iter(talks)), event=lines[0].id)


def _is_plain(proof: Proof, reading: Reading, shop: Shop) -> bool:
    if proof.suspicion == "addressed_elsewhere":
        return bool(shop.email) and shop.email.lower() in {one.address for one in reading.to}
    return not proof.suspicion


def _talks(tx: Tx, shop: Shop, reading: Reading) -> Iterator[tuple[ConversationId, Order]]:
    found = 0
    for order in _orders(tx, shop, reading):
        buyer = Actor(order.buyer, Side.BUYER)
        talk = conversations.about(tx, buyer, Subject(SubjectKind.ORDER, order.id))
        if talk:
            found += 1
            yield talk.id, order
        if found == ORDERS_MOST:
            return


def _orders(tx: Tx, shop: Shop, reading: Reading) -> Iterator[Order]:
    """Yield the shop's own orders that a letter names, those of its subject first."""
    team = Actor(PersonId(shop.id), Side.SELLER, shop.id, Rank.AGENT)
    named = dict.fromkeys(_NUMBER.findall(f"{reading.subject}\n{reading.whole}"))
    for number in list(named)[:NUMBERS_MOST]:
        yield from commerce.numbered(tx, team, number, 1)
