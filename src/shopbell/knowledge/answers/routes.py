"""Questions and answers over HTTP: asked by buyers, given by shops, watched by the operator."""

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from shopbell.conversations.model import ConversationId, Stream
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers import asking, moderating, publishing, service, writing
from shopbell.knowledge.answers.commands import (
    AnswerReport,
    AnswerVote,
    AskInPublic,
    HideAnswer,
    Order,
    ProveAnswer,
    PublishAnswer,
    PutAnswer,
    ReplyInPublic,
)
from shopbell.knowledge.answers.model import (
    Answer,
    AnswerId,
    Asked,
    Kept,
    Leaf,
    Posed,
    Proof,
    Proposed,
    Waiting,
)

API = "/api/v1"
OF_PRODUCT = f"{API}/products/{{product:str}}"
OF_SHOP = f"{API}/shops/{{shop:str}}"
ONE = f"{API}/answers/{{answer:str}}"
OF_MESSAGE = f"{API}/conversations/{{talk:str}}/messages/{{seq:int}}/answer"


@get(f"{OF_PRODUCT}/answers")
async def list_answers(
    *,
    db: NamedDependency[Database],
    locale: NamedDependency[Locale],
    product: FromPath[str],
    q: FromQuery[str] = "",
    order: FromQuery[Order] = "helpful",
    after: FromQuery[int] = 0,
    limit: FromQuery[int] = service.PAGE,
) -> Leaf:
    """List what is known about a product and its shop; the most helpful first, or the newest."""
    return await db.read(
        service.shown, product, words=q, order=order, after=after, limit=limit, reader=locale
    )


@get(f"{OF_PRODUCT}/questions")
async def list_own_questions(
    db: NamedDependency[Database],
    visitor: NamedDependency[Actor | None],
    product: FromPath[str],
) -> list[Waiting]:
    """List what the buyer asked about a product in public that is not answered yet."""
    return await db.read(asking.mine, visitor, product)


@post(f"{OF_PRODUCT}/questions")
async def ask_in_public(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    product: FromPath[str],
    data: JSONBody[AskInPublic],
) -> Waiting | None:
    """Ask on a product's page: for everybody to read once the shop has answered.

    An insult is answered with nothing: it is said in the conversation alone.
    """
    return await db.write(asking.ask, actor, product, data, locale)


@put(f"{ONE}/vote", status_code=204)
async def vote_for_answer(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    answer: FromPath[str],
    data: JSONBody[AnswerVote],
) -> None:
    """Say whether an answer helped; once a person, who may change their mind."""
    await db.write(service.tally, actor, AnswerId(answer), helped=data.helped)


@put(f"{ONE}/report", status_code=204)
async def report_answer(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    answer: FromPath[str],
    data: JSONBody[AnswerReport],
) -> None:
    """Tell the operator why an answer should not stand there."""
    await db.write(service.report, actor, AnswerId(answer), data)


@get(f"{OF_SHOP}/answers")
async def list_answers_of_shop(
    db: NamedDependency[Database], actor: NamedDependency[Actor], shop: FromPath[str]
) -> list[Kept]:
    """List all answers of a shop, hidden and expired ones as well; to its team."""
    return await db.read(writing.of_shop, actor, shop)


@put(f"{OF_SHOP}/answers/{{answer:str}}")
async def put_answer(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[str],
    answer: FromPath[str],
    data: JSONBody[PutAnswer],
) -> Answer:
    """Write an entry of the shop's FAQ under an id of the writer's, or an answer anew."""
    return await db.write(writing.put, actor, shop, answer, data)


@delete(f"{OF_SHOP}/answers/{{answer:str}}")
async def remove_answer(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[str],
    answer: FromPath[str],
) -> None:
    """Take one of the shop's answers away for good."""
    await db.write(writing.remove, actor, shop, answer)


@get(f"{OF_SHOP}/questions")
async def list_public_questions(
    db: NamedDependency[Database], actor: NamedDependency[Actor], shop: FromPath[str]
) -> list[Asked]:
    """List the public questions that wait for a shop; to its team."""
    return await db.read(asking.waiting, actor, shop)


@post(f"{API}/questions/{{question:str}}/answer")
async def reply_in_public(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    question: FromPath[str],
    data: JSONBody[ReplyInPublic],
) -> Answer:
    """Answer a public question: to who asked in the thread, and on the product's page."""
    return await db.write(asking.reply, actor, question, data)


@post(f"{API}/questions/{{question:str}}/proof", status_code=200)
async def prove_answer(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    question: FromPath[str],
    data: JSONBody[ProveAnswer],
) -> Proof:
    """Show what everybody would read of an answer to a public question; nothing is sent."""
    return await db.read(asking.prove, actor, question, data)


@get(f"{API}/conversations/{{talk:str}}/questions")
async def list_questions_of_talk(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> list[Posed]:
    """List which messages of a thread were asked in public, and what became of each."""
    return await db.read(asking.posed, actor, _talk(talk))


@delete(f"{API}/questions/{{question:str}}")
async def set_question_aside(
    db: NamedDependency[Database], actor: NamedDependency[Actor], question: FromPath[str]
) -> None:
    """Answer a public question in the thread alone: it waits no more on the shop's list."""
    await db.write(asking.set_aside, actor, question)


@get(OF_MESSAGE)
async def propose_answer(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    seq: FromPath[int],
) -> Proposed:
    """Show an answer in a thread, with its question, as everybody could read them."""
    return await db.read(publishing.propose, actor, _talk(talk), seq)


@post(OF_MESSAGE)
async def share_answer(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    seq: FromPath[int],
    data: JSONBody[PublishAnswer],
) -> Answer:
    """Put an answer from a thread on the product's page; once a message."""
    return await db.write(publishing.publish, actor, _talk(talk), seq, data)


@get(f"{API}/answers/doubted")
async def list_doubted_answers(
    db: NamedDependency[Database], actor: NamedDependency[Actor]
) -> list[Kept]:
    """List the answers that were reported or are hidden; to the operator."""
    return await db.read(moderating.doubted, actor)


@put(f"{ONE}/hidden", status_code=204)
async def hide_answer(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    answer: FromPath[str],
    data: JSONBody[HideAnswer],
) -> None:
    """Take an answer from the pages; its shop reads the reason."""
    await db.write(moderating.hide, actor, answer, data)


@delete(f"{ONE}/hidden")
async def clear_answer(
    db: NamedDependency[Database], actor: NamedDependency[Actor], answer: FromPath[str]
) -> None:
    """Let an answer stand, after all; what was reported of it is settled."""
    await db.write(moderating.clear, actor, answer)


def _talk(talk: str) -> ConversationId:
    return Stream.parse(f"c.{talk}.p").conversation


ROUTES = (
    list_answers,
    list_own_questions,
    ask_in_public,
    vote_for_answer,
    report_answer,
    list_answers_of_shop,
    put_answer,
    remove_answer,
    list_public_questions,
    reply_in_public,
    prove_answer,
    list_questions_of_talk,
    set_question_aside,
    propose_answer,
    share_answer,
    list_doubted_answers,
    hide_answer,
    clear_answer,
)
