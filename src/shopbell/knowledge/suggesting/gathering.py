"""Everything that is known about what somebody asks, and that they may know."""

from functools import lru_cache

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from shopbell.commerce import service as commerce
from shopbell.commerce.model import Order, Product, ProductId, Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Conversation, ConversationId, Stream, Subject, SubjectKind
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, ShopId
from shopbell.kernel.refusals import SignInFirst
from shopbell.knowledge import service as rules
from shopbell.knowledge.answers import service as answers
from shopbell.knowledge.answers.model import Answer
from shopbell.knowledge.model import ANY, Matter
from shopbell.knowledge.suggesting import pieces, storage, threads
from shopbell.knowledge.suggesting.model import Piece, weight
from shopbell.knowledge.suggesting.shelf import Shelf, Shelves
from shopbell.language.answering import Known, Prepared, prepare

ORDERS_MOST, TALKS_MOST, ENTRIES_MOST = 3, 5, 40
OWN_MOST = 256
"""Of so many people who type their own matters are kept ready."""

_SHELVES = Shelves()


class Scope(Struct, frozen=True, kw_only=True):
    """What somebody asks about: ``buyer`` is whose own matters are looked at, if anybody's."""

    shop: Shop
    product: Product | None
    order: Order | None
    variant: str
    actor: Actor | None
    buyer: PersonId | None

    @property
    def about(self) -> ProductId | ShopId:
        """Return beside what it is counted: the one product, or else the shop."""
        return self.product.id if self.product else self.shop.id


def scope(
    tx: Tx,
    actor: Actor | None,
    subject: Subject,
    variant: str = "",
    buyer: PersonId | None = None,
) -> Scope:
    """Look up what is asked about; refuse as if it did not exist what is not for ``actor``."""
    product, order = None, None
    match subject.kind:
        case SubjectKind.PRODUCT:
            product = commerce.product(tx, subject.id)
            shop = commerce.shop(tx, product.shop)
        case SubjectKind.SHOP:
            shop = commerce.shop(tx, subject.id)
        case SubjectKind.ORDER:
            if actor is None:
                raise SignInFirst
            order = commerce.order(tx, actor, subject.id)
            shop, product = commerce.shop(tx, order.shop), _only_product(tx, order)
            variant = variant or (order.lines[0].variant or "" if product else "")
    return Scope(
        shop=shop,
        product=product,
        order=order,
        variant=pieces.variant_words(product, variant),
        actor=actor,
        buyer=buyer,
    )


def public(tx: Tx, scope: Scope) -> Shelf:
    """Return what everybody may know of a product and its shop, less of what misled several."""
    shop, product = scope.shop, scope.product
    clauses, said = _rules(tx, scope), storage.said_of(tx, scope.about)
    listing = msgspec.json.encode((shop.name, shop.slug, product))
    version = (
        listing,
        marks(tx, shop.id, product.id if product else None),
        [(piece.answer, piece.lasting) for piece in clauses],
        said,
    )

    def fill(before: Shelf | None) -> Shelf:
        known = answers.known(tx, shop.id, product.id if product else None)
        held = [
            *(pieces.of_product(product) if product else ()),
            *(pieces.of_answer(one, shop, product) for one in known if _holds(one, product)),
            *clauses,
        ]
        weights = {piece.id: weight(*said.get(piece.id, (0, 0))) for piece in held}
        ready = prepare(
            [one for piece in held for one in piece.known(weights[piece.id])],
            title=" ".join(product.title.values()) if product else "",
            before=before.prepared if before else None,
        )
        return Shelf({piece.id: piece for piece in held}, ready)

    return _SHELVES.get(scope.about, version, fill)


def marks(tx: Tx, shop: ShopId, product: ProductId | None) -> object:
    """Return what is another as soon as a shop has answered anything else, or in other words."""
    return answers.as_of(tx, shop, product)


def personal(tx: Tx, scope: Scope, besides: ConversationId | None = None) -> list[Piece]:
    """Return what only a buyer and the shop may know: the buyer's orders, what both have said.

    ``besides`` is a conversation that is open on the reader's screen anyway.
    """
    if scope.actor is None or scope.buyer is None:
        return []
    own = scope.actor.id == scope.buyer
    talks = conversations.between(tx, scope.actor, scope.buyer, scope.shop.id, TALKS_MOST)
    return [
        *pieces.of_orders(_orders(tx, scope, scope.actor, scope.buyer), tx.now, own=own),
        *(
            piece
            for talk in talks
            if talk.id != besides
            for piece in _thread(tx, scope.actor, talk, own=own)
        ),
    ]


@lru_cache(OWN_MOST)
def ready(known: tuple[Known, ...]) -> Prepared:
    """Return what somebody's own matters are found by, as long as they are what they were."""
    return prepare(known)


def _only_product(tx: Tx, order: Order) -> Product | None:
    """Return the product of an order of one: of several, nobody knows which one is meant."""
    goods = commerce.goods(tx, order)
    return next(iter(goods.values())) if len(goods) == len(order.lines) == 1 else None


def _rules(tx: Tx, scope: Scope) -> list[Piece]:
    """Say what the rules come to; of an order of several things, each has its own."""
    if scope.order is not None and scope.product is None:
        return []
    shop, matter = scope.shop.id, _matter(tx, scope)
    ref = rules.in_force(tx, shop, tx.now)
    hour = tx.now.replace(minute=0, second=0, microsecond=0)
    key = ("suggested rules", ref, shop, replace(matter, asked_at=hour))
    held: list[Piece] | None = tx.memory.get(key)
    if held is None:
        verdicts = {
            group.condition: rules.resolve(tx, shop, replace(matter, reason=group.reasons[0]), ref)
            for group in rules.reasons(tx, shop, ref)
            if group.condition in pieces.ASKED_OF_RULES
        }
        held = tx.remembered[key] = pieces.of_rules(verdicts)
    return held


def _matter(tx: Tx, scope: Scope) -> Matter:
    """Put together what the rules are asked about, without saying yet what is wrong with it."""
    if scope.order is not None:
        return rules.matter_of(tx, scope.order, scope.order.lines[0].id, "")
    if scope.product is None:
        return Matter(ANY, "", tx.now)
    warranty = scope.product.warranty_months
    return Matter(scope.product.category, "", tx.now, warranty_months=warranty)


def _orders(tx: Tx, scope: Scope, actor: Actor, buyer: PersonId) -> list[Order]:
    """Return the order that is asked about, or those that somebody may mean."""
    if scope.order is not None:
        return [scope.order]
    found = commerce.orders_with(tx, actor, buyer, scope.shop.id, ORDERS_MOST)
    product = scope.product
    if product is None:
        return found
    return [order for order in found if any(line.product == product.id for line in order.lines)]


def _thread(tx: Tx, actor: Actor, talk: Conversation, *, own: bool) -> list[Piece]:
    """Take a conversation apart, once for as long as nothing is said in it."""
    key = ("suggested thread", talk.id, talk.version, actor.side)
    held: list[Piece] | None = tx.memory.get(key)
    if held is None:
        lines, variants = lines_of(tx, actor, talk), variants_in(tx, talk)
        held = tx.remembered[key] = threads.pieces(talk, lines, variants, own=own)
    return held


def variants_in(tx: Tx, talk: Conversation) -> dict[int, str]:
    """Return what the variants are called that single messages ask about in public."""
    asked = answers.variants_asked(tx, talk.id)
    product = commerce.product(tx, talk.subject.id) if asked else None
    return {seq: pieces.variant_words(product, variant) for seq, variant in asked.items()}


def _holds(answer: Answer, product: Product | None) -> bool:
    """Tell whether an answer is about what is sold: of a variant that is gone, nobody asks."""
    sold = {one.id for one in product.variants} if product else set()
    return answer.variant is None or answer.variant in sold


def lines_of(tx: Tx, actor: Actor, talk: Conversation) -> list[threads.Said]:
    """Return what was said lately in a conversation, as ``actor`` may read it."""
    page = conversations.page(
        tx, actor, Stream(talk.id), before=talk.head + 1, limit=ENTRIES_MOST, of=talk
    )
    return threads.said(page.events)
