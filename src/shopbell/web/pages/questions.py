"""Questions that no shop answered, or that a buyer brought before the marketplace: its own page."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect
from msgspec import Meta, Struct

from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates
from shopbell.cases import service as cases
from shopbell.cases.shown import CaseListed
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append, Cmid
from shopbell.conversations.commands import Page as Entries
from shopbell.conversations.model import Listed, Original, Stream
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Forbidden, Refusal
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.contact import kept, tidied
from shopbell.web.pages.look import Look
from shopbell.web.pages.thread import tell

PAGE = "/console/questions/{talk:str}"
AFTER = 100
"""Of a long conversation so many entries follow the one that a link leads to."""


class Said(Struct, frozen=True):
    """What the operator does: writes to both sides, or closes the question."""

    cmid: Cmid
    do: Literal["write", "settle"] = "write"
    text: Annotated[str, Meta(max_length=200_000)] = ""

    @property
    def entry(self) -> Append:
        if self.do == "settle":
            return Append(self.cmid, "resolve", {})
        return Append(self.cmid, "message", {"text": tidied(self.text)})


@get(PAGE)
async def question_page(
    *,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    talk: FromPath[str],
    done: FromQuery[bool] = False,
    uncovered: FromQuery[bool] = False,
    at: FromQuery[int] = 0,
) -> Response[Any]:
    """Show the operator a conversation, with what can be done about it.

    Of a long one its end stands there, or what is said around the entry ``at``.
    """
    stream, visitor = Stream.parse(f"c.{talk}.p"), visitor_of(look)
    found, entries, open_cases = await db.read(see_question, visitor, stream, at)
    said = tell(entries, Side.OPERATOR)
    hidden = await db.write(conversations.originals, visitor, found.id) if uncovered else []
    return look.page(
        "question.html",
        talk=found,
        cases=open_cases,
        said=said,
        uncovered=uncovered,
        originals=by_place(hidden),
        whole=len(entries.events) == found.head,
        at=at,
        ends=at <= 0 or at + AFTER > found.head,
        new_cmid=new_id,
        done=done,
    )


@post(PAGE, status_code=303)
async def act_on_question(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    talk: FromPath[str],
    data: URLEncodedBody[Said],
) -> Response[Any]:
    """Do it, once; words that are refused stay in the form."""
    here = PAGE.replace("{talk:str}", talk)
    try:
        await db.write(act, visitor_of(look), Stream.parse(f"c.{talk}.p"), data.entry)
    except Refusal as refusal:
        if data.do == "settle" or isinstance(refusal, Forbidden):
            raise
        return kept(look, here, {"cmid": data.cmid, "do": data.do}, data.text, refusal)
    return Redirect(f"{here}?done=true", status_code=303)


def by_place(hidden: Iterable[Original]) -> dict[str, list[str]]:
    """Sort what is hidden by where it stands: an entry's number, or a file or a field of a case."""
    places: dict[str, list[str]] = defaultdict(list)
    for one in hidden:
        number = one.place.isdigit()
        places[one.place if number else one.place.partition(".")[0]].append(one.text)
    return places


def see_question(
    tx: Tx, actor: Actor, stream: Stream, at: int = 0
) -> tuple[Listed, Entries, list[CaseListed]]:
    """Read a conversation's newest entries, or those around one, and its open cases."""
    check_operates(actor)
    talk = conversations.conversation(tx, actor, stream.conversation)
    before = at + AFTER if at > 0 else talk.head + 1
    entries = conversations.page(tx, actor, stream, before=before)
    return talk, entries, cases.cases(tx, actor, talk=talk.id).items


def act(tx: Tx, actor: Actor, stream: Stream, entry: Append) -> None:
    """Write to both sides or close the question, as the operator."""
    check_operates(actor, Right.DECIDE)
    conversations.append(tx, actor, stream, entry)


ROUTES = (question_page, act_on_question)
