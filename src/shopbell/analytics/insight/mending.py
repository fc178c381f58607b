"""Adding to a listing what buyers ask about, and taking it back: each in one transaction."""

from shopbell.analytics.insight import storage
from shopbell.analytics.insight.commands import AddToListing, NewAnswer, NewAttribute
from shopbell.analytics.insight.model import Cluster, Draft, Manner, Mend
from shopbell.analytics.insight.ranking import FOUR_WEEKS, between
from shopbell.analytics.insight.refusals import (
    AnsweredAlready,
    NoSuchCluster,
    NoSuchMend,
    NotCountedOf,
    OneThingToAdd,
    OnlyManagersMend,
)
from shopbell.commerce import service as commerce
from shopbell.commerce.listing import relisted
from shopbell.commerce.model import Attribute, Product
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Rank, ShopId
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers import publishing, writing
from shopbell.knowledge.answers.commands import PutAnswer
from shopbell.knowledge.answers.guarding import check_courteous, cleaned
from shopbell.knowledge.answers.model import AnswerId


def check_mends(actor: Actor, shop: ShopId) -> None:
    """Refuse all but the managers of a shop."""
    if not actor.works_for(shop, Rank.MANAGER):
        raise OnlyManagersMend


def add(tx: Tx, actor: Actor, product: str, asked: AddToListing) -> Mend:
    """Add a line to a listing; asked again under the same name, it is the same line."""
    of = commerce.product(tx, product, hold=True)
    check_mends(actor, of.shop)
    if made := storage.mend(tx, asked.id):
        return _same(made, of)
    if (asked.attribute is None) is (asked.answer is None):
        raise OneThingToAdd
    cluster = cluster_of(tx, of, asked.key)
    if any((one.product, one.key) == (of.id, asked.key) for one in storage.mends_of(tx, of.shop)):
        raise AnsweredAlready
    line, entry = asked.attribute, asked.answer
    new = Mend(
        id=asked.id,
        shop=of.shop,
        product=of.id,
        key=asked.key,
        manner=Manner.ATTRIBUTE if line else Manner.ANSWER,
        attribute=_specified(tx, actor, of, line, asked.locale) if line else None,
        answer=_answered(tx, actor, of, entry, asked.locale) if entry else None,
        before=between(cluster, tx.now - FOUR_WEEKS, tx.now),
        at=tx.now,
        by=actor.id,
    )
    storage.add(tx, new)
    return new


def undo(tx: Tx, actor: Actor, name: str) -> Mend:
    """Take back what was added; what somebody changed since stays as they changed it."""
    made = storage.mend(tx, name) if is_id(name) else None
    if made is None or not actor.works_for(made.shop):
        raise NoSuchMend
    check_mends(actor, made.shop)
    of = commerce.product(tx, made.product, hold=True)
    made = storage.mend(tx, name) or made
    if made.undone_at is None:
        if made.answer:
            writing.remove(tx, actor, made.shop, made.answer)
        else:
            _relist(tx, actor, of, [one for one in of.attributes if one != made.attribute])
        storage.undo(tx, made.id)
    return made


def draft(tx: Tx, actor: Actor, cluster: Cluster) -> Draft | None:
    """Return the newest answer that was given, without contacts and names, with its question."""
    for ask in reversed(cluster.asks):
        if ask.answer is not None:
            try:
                made = publishing.propose(tx, actor, ask.talk, ask.answer)
            except Refusal:
                continue
            return Draft(made.question, made.answer, made.locale)
    return None


def cluster_of(tx: Tx, product: Product, key: str) -> Cluster:
    """Return what is asked of a product under a name."""
    sheet = storage.sheet(tx, product.shop)
    of = next((one for one in sheet.listings if one.product == product.id), None) if sheet else None
    if of is None:
        raise NotCountedOf
    found = next((one for one in of.clusters if one.key == key), None)
    if found is None:
        raise NoSuchCluster
    return found


def _same(made: Mend, product: Product) -> Mend:
    if made.product != product.id:
        raise NoSuchMend
    return made


def _specified(
    tx: Tx, actor: Actor, product: Product, given: NewAttribute, locale: Locale
) -> Attribute:
    """Add a line to the specification of a product."""
    for field in ("name", "value"):
        check_courteous(getattr(given, field), field)
    line = Attribute(
        name={locale: cleaned(tx, given.name, "name")},
        value={locale: cleaned(tx, given.value, "value")},
    )
    _relist(tx, actor, product, [*product.attributes, line])
    return line


def _answered(tx: Tx, actor: Actor, product: Product, given: NewAnswer, locale: Locale) -> AnswerId:
    """Write an entry of the FAQ of a product."""
    check_courteous(given.question, "question")
    check_courteous(given.answer, "answer")
    entry = PutAnswer(given.question, given.answer, locale, product=product.id)
    return writing.put(tx, actor, product.shop, new_id(), entry).id


def _relist(tx: Tx, actor: Actor, product: Product, attributes: list[Attribute]) -> None:
    commerce.put_product(tx, actor, product.shop, relisted(product, attributes))
