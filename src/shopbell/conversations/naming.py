"""What the words of a message name, looked up between its buyer and its shop, and nowhere else."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from urllib.parse import urlsplit

from msgspec import Struct

from shopbell.commerce import finding
from shopbell.conversations.about import order_card, product_card
from shopbell.conversations.commands import ConfirmedFact, SaidFact
from shopbell.conversations.model import Card, Conversation, Subject
from shopbell.conversations.veiling import own_hosts
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, ShopId
from shopbell.language.facts import find_facts
from shopbell.language.guard import find_hidden
from shopbell.language.model import Fact, FactKind, Span

_PRODUCTS = "/products/"
_A_DAY = timedelta(days=1)


class Between(Struct, frozen=True):
    """Between whom something is said; without a buyer while staff look at their own shop."""

    shop: ShopId
    buyer: PersonId | None

    @classmethod
    def of(cls, talk: Conversation) -> "Between":
        """Return the two who talk in a conversation."""
        return cls(talk.shop, talk.buyer)


def open_facts(text: str, today: date, hidden: Iterable[Span]) -> list[Fact]:
    """Return what a text names, without what the other side would not be shown."""
    covered = list(hidden)
    return [
        fact
        for fact in find_facts(text, today)
        if not any(fact.start < span.end and span.start < fact.end for span in covered)
    ]


def card_of(tx: Tx, actor: Actor, between: Between, fact: Fact) -> Card | None:
    """Return what a fact stands for: an order of these two, or something the shop sells."""
    match fact.kind:
        case FactKind.ORDER | FactKind.TRACKING if between.buyer is not None:
            look = finding.order_numbered if fact.kind is FactKind.ORDER else finding.order_tracked
            order = look(tx, actor, between.buyer, between.shop, fact.value)
            return order_card(order) if order else None
        case FactKind.SKU:
            product = finding.product_coded(tx, between.shop, fact.value)
            return product_card(product) if product else None
        case FactKind.LINK:
            return _linked(tx, between, fact.value)
        case _:
            return None


def confirmed(
    tx: Tx, actor: Actor, between: Between, text: str, asked: Collection[ConfirmedFact]
) -> list[SaidFact]:
    """Return those of the ``asked`` facts that the text names, each once, in its order.

    The others are no facts of this message: words may have changed since they were confirmed,
    and a message is never refused for that.
    """
    wanted = {(fact.kind, fact.value) for fact in asked}
    hidden = find_hidden(text, own_hosts(tx.settings))
    kept = list[SaidFact]()
    for fact in _on_any_day(text, tx.now.date(), hidden, wanted):
        if (fact.kind, fact.value) in wanted:
            wanted.discard((fact.kind, fact.value))
            kept.append(_said(fact, card_of(tx, actor, between, fact)))
    return kept


def _on_any_day(
    text: str, today: date, hidden: Collection[Span], wanted: Collection[tuple[FactKind, str]]
) -> list[Fact]:
    """Return what a text names; *yesterday* as it was where and when the words were written."""
    if not any(kind is FactKind.DATE for kind, _value in wanted):
        return open_facts(text, today, hidden)
    days = (today, today - _A_DAY, today + _A_DAY)
    found = {fact: None for day in days for fact in open_facts(text, day, hidden)}
    return sorted(found)


def _said(fact: Fact, card: Card | None) -> SaidFact:
    if card is None:
        return SaidFact(fact.kind, fact.value, fact.start, fact.end)
    subject = Subject(card.kind, card.id)
    return SaidFact(fact.kind, fact.value, fact.start, fact.end, subject, card.url)


def _linked(tx: Tx, between: Between, link: str) -> Card | None:
    try:
        found = urlsplit(link if "://" in link else f"//{link}")
        host = found.hostname
    except ValueError:
        return None
    if host not in own_hosts(tx.settings) or not found.path.startswith(_PRODUCTS):
        return None
    product = finding.product_at(tx, between.shop, found.path.removeprefix(_PRODUCTS).strip("/"))
    return product_card(product) if product else None
