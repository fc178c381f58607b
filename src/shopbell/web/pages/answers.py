"""Questions and answers on a product's page: read, asked, voted for, reported; by plain forms."""

from typing import Annotated, Any, Literal

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from msgspec import Meta, Struct

from shopbell.commerce import service as commerce
from shopbell.conversations.commands import Cmid
from shopbell.conversations.refusals import TextTooLong
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers import asking, service
from shopbell.knowledge.answers.commands import (
    QUESTION_MOST,
    AnswerReport,
    AskInPublic,
    Reason,
)
from shopbell.knowledge.answers.model import AnswerId
from shopbell.knowledge.answers.refusals import VariantNotSold, WordsEmpty
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.contact import kept, tidied
from shopbell.web.pages.known import PLACE
from shopbell.web.pages.look import Look


class QuestionForm(Struct, frozen=True):
    """A question as it was typed."""

    cmid: Cmid
    text: Annotated[str, Meta(max_length=200_000)] = ""
    variant: Annotated[str, Meta(max_length=80)] = ""


class VoteForm(Struct, frozen=True):
    """Whether an answer helped."""

    helped: Literal["yes", "no"]


class ReportForm(Struct, frozen=True):
    """Why an answer should not stand there."""

    why: Reason


def ask(tx: Tx, actor: Actor, product: str, form: QuestionForm, locale: Locale) -> bool:
    """Ask in public what the form says; tell whether it is for everybody's eyes."""
    words = tidied(form.text)
    if not words:
        raise WordsEmpty(field="question")
    if len(words) > QUESTION_MOST:
        raise TextTooLong(most=QUESTION_MOST)
    asked = AskInPublic(form.cmid, words, form.variant or None)
    return asking.ask(tx, actor, product, asked, locale) is not None


@post("/products/{product:str}/questions", status_code=303)
async def ask_publicly(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    product: FromPath[str],
    data: URLEncodedBody[QuestionForm],
) -> Response[Any]:
    """Ask in public, once; words that are refused stay in the form."""
    here = f"/products/{product}"
    try:
        is_public = await db.write(ask, visitor_of(look), product, data, look.locale)
    except VariantNotSold as refusal:
        found = await db.read(commerce.product, product)
        carried = {"cmid": data.cmid}
        return kept(look, f"{here}/questions", carried, data.text, refusal, choices=found)
    except Refusal as refusal:
        carried = {"cmid": data.cmid, "variant": data.variant}
        return kept(look, f"{here}/questions", carried, data.text, refusal)
    done = "asked" if is_public else "told"
    return Redirect(f"{here}?done={done}#{PLACE}", status_code=303)


@post("/products/{product:str}/answers/{answer:str}/vote", status_code=303)
async def vote(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    product: FromPath[str],
    answer: FromPath[str],
    data: URLEncodedBody[VoteForm],
) -> Redirect:
    """Say whether an answer helped."""
    helped = data.helped == "yes"
    await db.write(service.tally, visitor_of(look), AnswerId(answer), helped=helped)
    return Redirect(f"/products/{product}?done=voted#{PLACE}", status_code=303)


@post("/products/{product:str}/answers/{answer:str}/report", status_code=303)
async def report(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    product: FromPath[str],
    answer: FromPath[str],
    data: URLEncodedBody[ReportForm],
) -> Redirect:
    """Tell the operator why an answer should not stand there."""
    asked = AnswerReport(tidied(data.why))
    await db.write(service.report, visitor_of(look), AnswerId(answer), asked)
    return Redirect(f"/products/{product}?done=reported#{PLACE}", status_code=303)


ROUTES = (ask_publicly, vote, report)
