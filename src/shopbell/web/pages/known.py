"""What a product's page shows of the questions and answers about it."""

from msgspec import Struct

from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers import asking, service
from shopbell.knowledge.answers.commands import Order
from shopbell.knowledge.answers.model import AnswerId, Leaf, Waiting

PLACE = "answers"
DONE = {"asked", "told", "voted", "reported"}
FIRST, MORE = service.PAGE, 10


class Wish(Struct, frozen=True):
    """Which answers somebody wants to see: with which words, in which order, how many."""

    words: str = ""
    order: Order = "helpful"
    most: int = FIRST


class Shelf(Struct, frozen=True):
    """What is known about a product, what this reader said of it, and what they asked."""

    leaf: Leaf
    wish: Wish
    opinions: dict[AnswerId, bool]
    mine: list[Waiting]

    @property
    def more(self) -> int:
        """Return how many are shown when somebody asks for more."""
        return self.wish.most + MORE


def see_answers(tx: Tx, visitor: Actor | None, product: str, wish: Wish, reader: Locale) -> Shelf:
    """Look at what is known about a product."""
    leaf = service.shown(
        tx, product, words=wish.words, order=wish.order, limit=wish.most, reader=reader
    )
    said = service.opinions(tx, visitor, [one.id for one in leaf.items])
    return Shelf(leaf, wish, said, asking.mine(tx, visitor, product))
