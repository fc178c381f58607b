"""Asking before everybody's eyes, and answering so. Each function is one transaction.

A public question is a message in the buyer's own conversation about the product first: nothing is
lost, and the promise's clock runs for it as for any other.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from msgspec.structs import replace

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Limit
from shopbell.commerce import service as commerce
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append, Begin
from shopbell.conversations.model import (
    Channel,
    Conversation,
    ConversationId,
    Stream,
    Subject,
    SubjectKind,
)
from shopbell.conversations.thread import readable
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers import storage
from shopbell.knowledge.answers.commands import (
    QUESTION_MOST,
    AskInPublic,
    ProveAnswer,
    PublishAnswer,
    ReplyInPublic,
)
from shopbell.knowledge.answers.guarding import check_answers_for, cleaned, product_of
from shopbell.knowledge.answers.heard import heard_of_buyer, lines_around
from shopbell.knowledge.answers.model import (
    Answer,
    Asked,
    Posed,
    Proof,
    QuestionId,
    Waiting,
)
from shopbell.knowledge.answers.publishing import POSED_MOST, everybodys, publish
from shopbell.knowledge.answers.refusals import (
    NoSuchQuestion,
    QuestionAnswered,
    QuestionWithdrawn,
    WordsEmpty,
)
from shopbell.language.courtesy import is_abusive
from shopbell.language.detect import spoken

ASKED = Limit(10, timedelta(hours=1))
WAITING_MOST = 50


def ask(tx: Tx, actor: Actor, product: str, asked: AskInPublic, locale: Locale) -> Waiting | None:
    """Ask on a product's page; the shop gets it in the conversation about the product.

    What insults is nothing for everybody's eyes: it is said in the conversation alone.
    """
    subject = Subject(SubjectKind.PRODUCT, product)
    talk, _ = conversations.begin(tx, actor, Begin(subject), locale)
    words = cleaned(tx, asked.question, "question")
    said = {"text": asked.question, "channel": Channel.MESSAGE}
    sent = conversations.append(tx, actor, Stream(talk.id), Append(asked.cmid, "message", said))
    if earlier := storage.asked_as(tx, talk.id, sent.seq):
        return earlier
    if is_abusive(asked.question):
        return None
    product_of(tx, talk.shop, talk.subject.id, asked.variant)
    accounts.count_deed(tx, actor, "public_question", ASKED)
    new = Waiting(
        id=QuestionId(new_id()),
        shop=talk.shop,
        product=commerce.product(tx, talk.subject.id).id,
        variant=asked.variant,
        locale=spoken(words, locale),
        question=words,
        asked_at=tx.now,
        conversation=talk.id,
        seq=sent.seq,
    )
    storage.add_question(tx, new)
    return new


def mine(tx: Tx, actor: Actor | None, product: str) -> list[Waiting]:
    """Return what a buyer asked about a product in public that is not answered yet."""
    if actor is None or actor.side is not Side.BUYER:
        return []
    talk = conversations.about(tx, actor, Subject(SubjectKind.PRODUCT, product))
    return [] if talk is None else list(_standing(tx, actor, storage.waiting_in(tx, talk.id)))


def waiting(tx: Tx, actor: Actor, shop: str) -> list[Asked]:
    """Return the public questions that a shop has not answered, the longest wait first."""
    found = commerce.shop(tx, shop).id
    check_answers_for(actor, found)
    standing = list(_standing(tx, actor, storage.waiting(tx, found, WAITING_MOST)))
    of = {one.product: commerce.product(tx, one.product) for one in standing}
    return [
        Asked(
            waiting=one,
            about=of[one.product].title,
            choice=of[one.product].choice(one.variant),
        )
        for one in standing
    ]


def reply(tx: Tx, actor: Actor, question: str, given: ReplyInPublic) -> Answer:
    """Answer a public question: to its buyer in the thread, and on the product's page."""
    asked, is_done = _own(tx, actor, question, hold=True)
    said = {"text": given.answer, "channel": Channel.MESSAGE}
    stream = Stream(asked.conversation)
    standing = next(_standing(tx, actor, [asked]), None)
    sent = conversations.append(tx, actor, stream, Append(given.cmid, "message", said))
    if not sent.replayed and standing is None:
        raise QuestionWithdrawn
    if not sent.replayed and is_done:
        raise QuestionAnswered
    now = standing or asked
    proof = _proof(tx, actor, conversations.entered(tx, actor, stream), now, given.answer)
    words = PublishAnswer(question=proof.question, answer=proof.answer, variant=now.variant)
    return publish(tx, actor, asked.conversation, sent.seq, words, asked=now)


def prove(tx: Tx, actor: Actor, question: str, asked: ProveAnswer) -> Proof:
    """Show what everybody would read of an answer to a public question; nothing is sent."""
    found, is_done = _own(tx, actor, question)
    standing = next(_standing(tx, actor, [found]), None)
    if standing is None:
        raise QuestionWithdrawn
    if is_done:
        raise QuestionAnswered
    talk = conversations.entered(tx, actor, Stream(found.conversation))
    return _proof(tx, actor, talk, standing, asked.answer)


def posed(tx: Tx, actor: Actor, talk: ConversationId) -> list[Posed]:
    """Return which messages of a thread were asked in public, the newest first; to its shop."""
    about = conversations.entered(tx, actor, Stream(talk))
    check_answers_for(actor, about.shop)
    found = storage.posed_in(tx, talk, POSED_MOST)
    if all(one.variant is None for one in found):
        return found
    product = commerce.product(tx, about.subject.id)
    return [replace(one, choice=product.choice(one.variant)) for one in found]


def set_aside(tx: Tx, actor: Actor, question: str) -> None:
    """Have a public question wait no more: it is answered in the thread alone, if at all."""
    asked, _ = _own(tx, actor, question, hold=True)
    storage.finish(tx, asked.id)


def _own(tx: Tx, actor: Actor, question: str, *, hold: bool = False) -> tuple[Waiting, bool]:
    """Return a public question to the actor's shop, and whether it is done with."""
    found = storage.question(tx, QuestionId(question), hold=hold) if is_id(question) else None
    if found is None or not actor.works_for(found[0].shop):
        raise NoSuchQuestion
    return found


def _proof(tx: Tx, actor: Actor, talk: Conversation, asked: Waiting, answer: str) -> Proof:
    heard = heard_of_buyer(tx, actor, talk)
    return Proof(
        question=everybodys(tx, talk, asked.question),
        answer=everybodys(tx, talk, readable(answer), heard),
    )


def _standing(tx: Tx, actor: Actor, asked: list[Waiting]) -> Iterator[Waiting]:
    """Return what waits as it reads now, without what was taken back or says nothing any more."""
    for one in asked:
        for line in lines_around(tx, actor, Stream(one.conversation), one.seq):
            if line.seq == one.seq and line.text.strip():
                with suppress(WordsEmpty):
                    yield replace(one, question=cleaned(tx, line.text, "question")[:QUESTION_MOST])
