"""The answers a shop keeps: its FAQ, and those it published. Each function is one transaction."""

from collections.abc import Iterable

from msgspec.structs import replace

from shopbell.accounts.blocks.service import check_may_write
from shopbell.commerce import service as commerce
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import is_id
from shopbell.knowledge.answers import storage
from shopbell.knowledge.answers.commands import PutAnswer
from shopbell.knowledge.answers.guarding import check_answers_for, cleaned, product_of
from shopbell.knowledge.answers.model import Answer, AnswerId, AnswerPublished, Kept, Source
from shopbell.knowledge.answers.refusals import FaqFull, NoSuchAnswer

LIST_MOST = 500
FAQ_MOST = 10_000
"""So many entries a shop has at most: as many as are listed and searched."""


def of_shop(tx: Tx, actor: Actor, shop: str) -> list[Kept]:
    """List all answers of a shop, hidden ones first, then the newest; to those who work there."""
    found = commerce.shop(tx, shop).id
    check_answers_for(actor, found)
    return as_kept(tx, storage.of_shop(tx, found, LIST_MOST))


def one(tx: Tx, actor: Actor, shop: str, answer: str) -> Kept:
    """Return one of a shop's answers; to those who work there."""
    found = commerce.shop(tx, shop).id
    check_answers_for(actor, found)
    stored = storage.answer(tx, AnswerId(answer)) if is_id(answer) else None
    if stored is None or stored.removed or stored.answer.shop != found:
        raise NoSuchAnswer
    return as_kept(tx, [stored])[0]


def put(tx: Tx, actor: Actor, shop: str, answer: str, asked: PutAnswer) -> Answer:
    """Write an entry of the FAQ, or an answer of the shop anew; the same again changes nothing."""
    found = commerce.shop(tx, shop).id
    check_answers_for(actor, found)
    check_may_write(actor)
    if not is_id(answer):
        raise NoSuchAnswer
    earlier = storage.answer(tx, AnswerId(answer), hold=True)
    if earlier and (earlier.removed or earlier.answer.shop != found):
        raise NoSuchAnswer
    stands = (earlier.answer.product, earlier.answer.variant) if earlier else None
    own = stands == (asked.product, asked.variant)
    product = product_of(tx, found, asked.product, asked.variant, own=own)
    wanted = Answer(
        id=AnswerId(answer),
        shop=found,
        product=product.id if product else None,
        variant=asked.variant,
        locale=asked.locale,
        question=cleaned(tx, asked.question, "question"),
        answer=cleaned(tx, asked.answer, "answer"),
        source=Source.FAQ,
        published_at=tx.now,
        valid_until=asked.valid_until,
    )
    if earlier is None:
        if storage.in_faq(tx, found) >= FAQ_MOST:
            raise FaqFull(most=FAQ_MOST)
        storage.add(tx, wanted, actor.id)
        tx.announce(AnswerPublished(shop=found, answer=wanted.id))
        return wanted
    return _changed(tx, actor, earlier, wanted)


def remove(tx: Tx, actor: Actor, shop: str, answer: str) -> None:
    """Take one of the shop's answers away for good; what is gone stays gone."""
    found = commerce.shop(tx, shop).id
    check_answers_for(actor, found)
    earlier = storage.answer(tx, AnswerId(answer), hold=True) if is_id(answer) else None
    if earlier is None:
        return
    if earlier.answer.shop != found:
        raise NoSuchAnswer
    if not earlier.removed:
        storage.remove(tx, earlier.answer.id, actor.id)


def as_kept(tx: Tx, found: Iterable[storage.Stored], *, reported: bool = False) -> list[Kept]:
    """Show answers with the names of their products; what was ``reported`` is the operator's."""
    stored = list(found)
    doubted = [one.answer.id for one in stored if reported and one.reports]
    reasons = storage.reasons(tx, doubted)
    goods = {
        product: commerce.product(tx, product)
        for product in {one.answer.product for one in stored if one.answer.product}
    }
    return [
        Kept(
            answer=one.answer,
            about=goods[one.answer.product].title if one.answer.product else None,
            choice=goods[one.answer.product].choice(one.answer.variant)
            if one.answer.product
            else "",
            reports=one.reports if reported else 0,
            reasons=reasons.get(one.answer.id, []),
            hidden=one.hidden,
            conversation=one.conversation,
            seq=one.seq,
        )
        for one in stored
    ]


def _changed(tx: Tx, actor: Actor, earlier: storage.Stored, wanted: Answer) -> Answer:
    """Keep what is new in an answer; where it came from, and what people said of it, stays.

    What the operator has settled was said of other words: who said it may report these.
    """
    before = earlier.answer
    kept = ("product", "variant", "locale", "question", "answer", "valid_until")
    changes = {name: getattr(wanted, name) for name in kept}
    changed = replace(before, **changes)
    if changed != before:
        storage.change(tx, before.id, actor.id, **changes)
        storage.forget_settled(tx, before.id)
    return changed
