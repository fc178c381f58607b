"""Letters that still lie in the outbox: all of them for the operator, one's own in the demo."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from shopbell.accounts import operating
from shopbell.engine.database import Database
from shopbell.kernel.refusals import NotFound, SignInFirst
from shopbell.kernel.texts import text
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.look import Look


class NoLettersHere(NotFound):
    """Letters are shown to their readers only in the demonstration."""


@get("/console/letters")
async def all_letters(look: NamedDependency[Look], db: NamedDependency[Database]) -> Response[Any]:
    """Show the operator what would be mailed."""
    return look.page(
        "letters.html",
        title=text(look.locale, "console.letters"),
        lead=text(look.locale, "console.letters_lead"),
        letters=await db.read(operating.letters, visitor_of(look)),
        none_title=text(look.locale, "console.letters_none"),
        none_next="",
        console=True,
    )


@get("/me/letters")
async def my_letters(look: NamedDependency[Look], db: NamedDependency[Database]) -> Response[Any]:
    """Show somebody of the demonstration what would have been mailed to them."""
    if look.visitor is None or look.person is None:
        raise SignInFirst
    if not look.person.demo:
        raise NoLettersHere
    return look.page(
        "letters.html",
        title=text(look.locale, "pages.my_letters"),
        lead=text(look.locale, "pages.my_letters_lead"),
        letters=await db.read(operating.letters_to, look.person.id),
        none_title=text(look.locale, "pages.letters_none"),
        none_next=text(look.locale, "pages.letters_none_next"),
        console=False,
    )


ROUTES = (all_letters, my_letters)
