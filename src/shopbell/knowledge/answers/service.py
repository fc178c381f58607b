"""What everybody does with questions and answers. Each function is one transaction."""

from shopbell.commerce.model import ProductId
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, ShopId, Side
from shopbell.kernel.ids import is_id
from shopbell.knowledge.answers import storage
from shopbell.knowledge.answers.model import Answer, AnswerId
from shopbell.knowledge.answers.refusals import NoSuchAnswer, OnlyBuyersVote

KNOWN_MOST = 500


def known(tx: Tx, shop: ShopId, product: ProductId | None, most: int = KNOWN_MOST) -> list[Answer]:
    """Return the answers of a product and of its shop that are shown and valid, best first."""
    return storage.known(tx, shop, product, most)


def tally(tx: Tx, actor: Actor, answer: AnswerId, *, helped: bool) -> None:
    """Count whether an answer helped a buyer: once a person, who may change their mind."""
    if actor.side is not Side.BUYER:
        raise OnlyBuyersVote
    if not is_id(answer) or storage.shown_held(tx, answer) is None:
        raise NoSuchAnswer
    before = storage.vote(tx, answer, actor.id)
    if before is helped:
        return
    storage.put_vote(tx, answer, actor.id, helped=helped)
    storage.count(
        tx,
        answer,
        helped=int(helped) - int(before is True),
        misled=int(not helped) - int(before is False),
    )
