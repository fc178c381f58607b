"""Did this help? Asked once after a conversation: by the link of a letter, or signed in."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.satisfaction import service
from shopbell.conversations.satisfaction.model import WORDS_MOST, Answer, Asked
from shopbell.conversations.satisfaction.refusals import NotAsked
from shopbell.engine.database import Database
from shopbell.web.pages.case_post import posted_form
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.look import Look

LETTER, OWN = "/rate/{token:str}", "/rate/talk/{talk:str}"
MOST_STARS = 5


@get(LETTER)
async def rate_by_letter(
    look: NamedDependency[Look], db: NamedDependency[Database], token: FromPath[str]
) -> Response[Any]:
    """Ask whoever opened the letter; looking at it answers nothing."""
    await db.read(service.asked_by_letter, token)
    return _page(look, f"/rate/{token}")


@post(LETTER, status_code=200)
async def rated_by_letter(
    request: Request[Any, Any, Any],
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    token: FromPath[str],
) -> Response[Any]:
    """Keep what is said by the link, which is used up by it."""
    await db.write(service.answer_letter, token, await _said(request, look))
    return _page(look.at("/"), "", done=True)


@get(OWN)
async def rate_own(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    talk: FromPath[str],
    done: FromQuery[bool] = False,
) -> Response[Any]:
    """Ask the buyer of a conversation, or show what they have said."""
    asked = await db.read(service.asked, visitor_of(look), _talk(talk))
    if not asked.asked and asked.helped is None:
        raise NotAsked
    return _page(look, f"/rate/talk/{talk}", asked=asked, done=done)


@post(OWN, status_code=200)
async def rated_own(
    request: Request[Any, Any, Any],
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    talk: FromPath[str],
) -> Response[Any]:
    """Keep what the buyer says."""
    said = await _said(request, look)
    asked = await db.write(service.answer, visitor_of(look), _talk(talk), said)
    return _page(look.at(f"/rate/talk/{talk}"), f"/rate/talk/{talk}", asked=asked, done=True)


async def _said(request: Request[Any, Any, Any], look: Look) -> Answer:
    posted = await posted_form(request, look)
    sent = {
        "helped": posted.get("helped") == "yes",
        "stars": posted.get("stars") or None,
        "words": posted.get("words") or "",
    }
    try:
        return msgspec.convert(sent, Answer, strict=False)
    except msgspec.ValidationError:
        raise NotAsked from None


def _page(
    look: Look, action: str, *, asked: Asked | None = None, done: bool = False
) -> Response[Any]:
    return look.page(
        "rate.html",
        action=action,
        asked=asked,
        done=done,
        most=WORDS_MOST,
        stars=range(1, MOST_STARS + 1),
    )


def _talk(talk: str) -> ConversationId:
    return Stream.parse(f"c.{talk}.p").conversation


ROUTES = (rate_by_letter, rated_by_letter, rate_own, rated_own)
