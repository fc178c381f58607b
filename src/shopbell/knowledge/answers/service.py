"""What everybody does with questions and answers. Each function is one transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Limit
from shopbell.commerce import service as commerce
from shopbell.commerce.model import ProductId
from shopbell.conversations.model import ConversationId
from shopbell.engine.database import Tx
from shopbell.engine.search.tokens import stem
from shopbell.kernel.actor import Actor, ShopId, Side
from shopbell.kernel.ids import is_id
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers import storage
from shopbell.knowledge.answers.commands import REASON_MOST, AnswerReport, Order
from shopbell.knowledge.answers.model import Answer, AnswerId, Leaf
from shopbell.knowledge.answers.refusals import NoSuchAnswer, OnlyBuyersVote
from shopbell.language.folding import plain
from shopbell.language.guard import cover, find_hidden

KNOWN_MOST = 500
PAGE = 5
PAGE_MOST = 50
WORDS_MOST = 200
VOTES = Limit(60, timedelta(hours=1))
REPORTS = Limit(10, timedelta(hours=1))


def known(tx: Tx, shop: ShopId, product: ProductId | None, most: int = KNOWN_MOST) -> list[Answer]:
    """Return the answers of a product and of its shop that are shown and valid, best first."""
    return storage.known(tx, shop, product, most)


def as_of(
    tx: Tx, shop: ShopId, product: ProductId | None, most: int = KNOWN_MOST
) -> tuple[tuple[AnswerId, datetime], ...]:
    """Return what tells whether `known` would return anything else than it did."""
    return storage.as_of(tx, shop, product, most)


def variants_asked(tx: Tx, talk: ConversationId) -> dict[int, str]:
    """Return which messages of a conversation ask in public about one variant alone."""
    return storage.variants_asked(tx, talk)


def shown(
    tx: Tx,
    product: str,
    *,
    words: str = "",
    order: Order = "helpful",
    after: int = 0,
    limit: int = PAGE,
    reader: Locale | None = None,
) -> Leaf:
    """Show a part of what is known about a product: what has all the words, in that order.

    The most helpful begin with what was said in the language of the ``reader``.
    """
    of = commerce.product(tx, product)
    found = known(tx, of.shop, of.id)
    if wanted := plain(words[:WORDS_MOST]).split():
        found = [one for one in found if _has(one, wanted)]
    if order == "newest":
        found.sort(key=lambda one: (one.published_at, one.id), reverse=True)
    elif reader:
        found.sort(key=lambda one: one.locale != reader)
    begin = max(0, after)
    end = begin + max(1, min(limit, PAGE_MOST))
    return Leaf(items=found[begin:end], total=len(found), next=end if end < len(found) else None)


def opinions(tx: Tx, actor: Actor | None, answers: Iterable[AnswerId]) -> dict[AnswerId, bool]:
    """Return of which of some answers a buyer has said whether they helped."""
    return storage.opinions(tx, answers, actor.id) if actor else {}


def tally(tx: Tx, actor: Actor, answer: AnswerId, *, helped: bool) -> None:
    """Count whether an answer helped a buyer: once a person, who may change their mind."""
    if actor.side is not Side.BUYER:
        raise OnlyBuyersVote
    _readable(tx, answer)
    before, report = storage.opinion(tx, answer, actor.id)
    if before is helped:
        return
    accounts.count_deed(tx, actor, "answer_vote", VOTES)
    storage.put_opinion(tx, answer, actor.id, helped, report)
    more_helped = int(helped) - int(before is True)
    more_misled = int(not helped) - int(before is False)
    storage.count(tx, answer, helped=more_helped, misled=more_misled)


def report(tx: Tx, actor: Actor, answer: AnswerId, asked: AnswerReport) -> None:
    """Tell the operator that an answer should not stand there; counted once a person."""
    _readable(tx, answer)
    helped, before = storage.opinion(tx, answer, actor.id)
    why = cover(asked.why, find_hidden(asked.why))[:REASON_MOST]
    if before == why:
        return
    accounts.count_deed(tx, actor, "answer_report", REPORTS)
    storage.put_opinion(tx, answer, actor.id, helped, why)
    storage.count(tx, answer, reports=int(before is None))


def _readable(tx: Tx, answer: AnswerId) -> Answer:
    """Return an answer that everybody may read now, held until we are done."""
    found = storage.answer(tx, answer, hold=True) if is_id(answer) else None
    if found is None or not found.shown_at(tx.now):
        raise NoSuchAnswer
    return found.answer


def _has(answer: Answer, wanted: Iterable[str]) -> bool:
    said = plain(f"{answer.question}\n{answer.answer}")
    return all(word in said or stem(word) in said for word in wanted)
