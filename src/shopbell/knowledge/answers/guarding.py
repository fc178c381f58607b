"""Who may do what with a shop's answers, and what may stand in them."""

from collections.abc import Collection

from shopbell.commerce import service as commerce
from shopbell.commerce.model import NoSuchProduct, Product
from shopbell.conversations.thread import readable
from shopbell.conversations.veiling import own_hosts
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.knowledge.answers.redaction import redacted
from shopbell.knowledge.answers.refusals import (
    NotOfThisShop,
    OnlyTheShopAnswers,
    VariantNotSold,
    WordsEmpty,
    WordsHurt,
)
from shopbell.language.courtesy import is_abusive


def check_answers_for(actor: Actor, shop: ShopId) -> None:
    """Refuse all who do not work for a shop: nobody else speaks for it."""
    if not actor.works_for(shop):
        raise OnlyTheShopAnswers


def check_courteous(words: str, field: str) -> None:
    """Refuse words that insult: what stands on a product's page, everybody reads."""
    if is_abusive(words):
        raise WordsHurt(field=field)


def cleaned(tx: Tx, words: str, field: str, heard: Collection[str] | None = None) -> str:
    """Return words as everybody may read them; refuse what says nothing.

    Of an answer from a thread, ``heard`` are its buyer's lines: what they name stays between them.
    """
    said, own = readable(words.replace("\r\n", "\n")), own_hosts(tx.settings)
    homes = field == "question"
    kept = redacted(said, (), tx.now.date(), own, homes=homes, heard=heard)
    if not kept:
        raise WordsEmpty(field=field)
    return kept


def product_of(
    tx: Tx, shop: ShopId, product: str | None, variant: str | None, *, own: bool = False
) -> Product | None:
    """Return the product an answer is to stand at; refuse another shop's.

    A variant that is sold no more is refused, too, unless it is the answer's ``own`` already.
    """
    if product is None:
        if variant is not None:
            raise NotOfThisShop(field="variant")
        return None
    try:
        found = commerce.product(tx, product)
    except NoSuchProduct:
        raise NotOfThisShop(field="product") from None
    if found.shop != shop:
        raise NotOfThisShop(field="product")
    sold = {one.id for one in found.variants}
    if variant is not None and variant not in sold and not own:
        raise VariantNotSold(field="variant")
    return found
