"""Making a public answer of one given in a thread. Each function is one transaction."""

from collections.abc import Collection, Sequence

from msgspec import Struct

from shopbell.accounts.blocks.service import check_may_write
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Product
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Conversation, ConversationId, Stream, SubjectKind
from shopbell.conversations.veiling import own_hosts
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.ids import new_id
from shopbell.knowledge.answers import storage
from shopbell.knowledge.answers.commands import ANSWER_MOST, QUESTION_MOST, PublishAnswer
from shopbell.knowledge.answers.guarding import (
    check_answers_for,
    check_courteous,
    cleaned,
    product_of,
)
from shopbell.knowledge.answers.heard import Line, asked_before, heard_of_buyer, lines_around
from shopbell.knowledge.answers.model import (
    Answer,
    AnswerId,
    AnswerPublished,
    Posed,
    Proposed,
    Source,
    Waiting,
)
from shopbell.knowledge.answers.redaction import redacted
from shopbell.knowledge.answers.refusals import (
    NoSuchAnswer,
    NoSuchQuestion,
    NothingToPublish,
)
from shopbell.language.courtesy import is_abusive
from shopbell.language.detect import spoken

POSED_MOST = 20
"""So many public questions of one thread are shown to its shop."""


class _Given(Struct, frozen=True):
    """An answer in a thread: what it is about, what was asked, and in public by which question."""

    talk: Conversation
    product: Product | None
    question: str
    answer: str
    asked: Sequence[Waiting]


def propose(tx: Tx, actor: Actor, talk: ConversationId, seq: int) -> Proposed:
    """Return an answer of the shop with its question, as everybody could read them."""
    given = _given(tx, actor, talk, seq)
    made = _made_of(tx, talk, seq)
    question = everybodys(tx, given.talk, given.question)[:QUESTION_MOST]
    answer = everybodys(tx, given.talk, given.answer)[:ANSWER_MOST]
    return Proposed(
        product=given.product.id if given.product else None,
        about=given.product.title if given.product else None,
        variant=next((one.variant for one in given.asked), None),
        locale=spoken(answer, given.talk.locale),
        question=made.answer.question if made else question,
        answer=made.answer.answer if made else answer,
        published=made.answer.id if made else None,
        waiting=_likeliest(given.asked, storage.posed_in(tx, talk, POSED_MOST)),
        asked=next((one.id for one in given.asked), None),
    )


def everybodys(tx: Tx, talk: Conversation, words: str, heard: Collection[str] | None = None) -> str:
    """Return words of a conversation as everybody may read them, without its buyer's name.

    Who answers in public may say where something is: then only those homes are covered that the
    buyer's lines, ``heard``, name, too.
    """
    own, homes = own_hosts(tx.settings), heard is None
    return redacted(words, [talk.buyer_name], tx.now.date(), own, homes=homes, heard=heard)


def _likeliest(asked: Sequence[Waiting], posed: list[Posed]) -> list[Posed]:
    """Return the questions that wait, first what was asked right before the answer."""
    right_before = {one.id for one in asked}
    waiting = [one for one in posed if not one.done]
    return sorted(waiting, key=lambda one: one.id not in right_before)


def publish(
    tx: Tx,
    actor: Actor,
    talk: ConversationId,
    seq: int,
    words: PublishAnswer,
    *,
    asked: Waiting | None = None,
) -> Answer:
    """Put an answer from a thread on the pages; asked again, it is the same answer.

    It answers the public question ``asked``, or the one that the words name, or else the one that
    the buyer asked right before it.
    """
    given = _given(tx, actor, talk, seq, hold=True)
    if made := _made_of(tx, talk, seq):
        return made.answer
    product = given.product.id if given.product else None
    answered = [asked] if asked else _named(tx, talk, words) or given.asked
    if asked is None:  # what was asked of a variant is answered even when that is sold no more
        own = any(one.variant == words.variant for one in answered)
        product_of(tx, given.talk.shop, product, words.variant, own=own)
    check_may_write(actor)
    check_courteous(words.question, "question")
    check_courteous(words.answer, "answer")
    heard = heard_of_buyer(tx, actor, given.talk)
    answer = cleaned(tx, words.answer, "answer", heard)
    new = Answer(
        id=AnswerId(new_id()),
        shop=given.talk.shop,
        product=product,
        variant=words.variant,
        locale=spoken(answer, given.talk.locale),
        question=cleaned(tx, words.question, "question"),
        answer=answer,
        source=Source.QUESTION if answered else Source.THREAD,
        published_at=tx.now,
        valid_until=words.valid_until,
    )
    storage.add(tx, new, actor.id, talk, seq)
    for question in answered:
        storage.finish(tx, question.id, new.id)
    tx.announce(AnswerPublished(shop=new.shop, answer=new.id))
    return new


def _named(tx: Tx, talk: ConversationId, words: PublishAnswer) -> list[Waiting]:
    """Return the public question that an answer is said to be to; it must wait in this thread."""
    if words.asked is None:
        return []
    found = [one for one in storage.waiting_in(tx, talk) if one.id == words.asked]
    if not found:
        raise NoSuchQuestion
    return found


def _made_of(tx: Tx, talk: ConversationId, seq: int) -> storage.Stored | None:
    """Return what was published from a message; what was taken away since stays away."""
    made = storage.made_of(tx, talk, seq)
    if made and made.removed:
        raise NoSuchAnswer
    return made


def _given(tx: Tx, actor: Actor, talk: ConversationId, seq: int, *, hold: bool = False) -> _Given:
    stream = Stream(talk)
    found = conversations.entered(tx, actor, stream, hold=hold)
    check_answers_for(actor, found.shop)
    lines = lines_around(tx, actor, stream, seq)
    said = next((line for line in lines if line.seq == seq), None)
    if said is None or said.side is not Side.SELLER or not said.text:
        raise NothingToPublish
    before = [line for line in asked_before(lines, seq) if not is_abusive(line.text)]
    asked = _asked_in_public(tx, talk, before)
    public = {line.seq: line.text for line in lines}
    question = public[asked[0].seq] if asked else "\n".join(line.text for line in before)
    return _Given(found, _product(tx, actor, found), question, said.text, asked)


def _asked_in_public(tx: Tx, talk: ConversationId, lines: Sequence[Line]) -> list[Waiting]:
    """Return the newest public question among what was asked right before an answer."""
    before = {line.seq for line in lines}
    return [one for one in storage.waiting_in(tx, talk) if one.seq in before][:1]


def _product(tx: Tx, actor: Actor, talk: Conversation) -> Product | None:
    """Return the product of a conversation, or of its order if that has just one."""
    match talk.subject.kind:
        case SubjectKind.PRODUCT:
            return commerce.product(tx, talk.subject.id)
        case SubjectKind.ORDER:
            goods = commerce.goods(tx, commerce.order(tx, actor, talk.subject.id))
            return next(iter(goods.values())) if len(goods) == 1 else None
        case SubjectKind.SHOP:
            return None
