"""Letters that still lie in the outbox: all of them for the operator, one's own in the demo."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from shopbell.accounts.model import Letter, Person
from shopbell.engine import outbox
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import PersonId
from shopbell.kernel.refusals import NotFound, SignInFirst
from shopbell.kernel.texts import Locale, text
from shopbell.web.pages.console import operator
from shopbell.web.pages.look import Look


class NoLettersHere(NotFound):
    """Letters are shown to their readers only in the demonstration."""


class Envelope(Struct, frozen=True):
    """A letter as it waits."""

    to: str
    subject: str
    body: str
    locale: Locale
    person: PersonId
    at: datetime


def waiting(tx: Tx) -> list[Envelope]:
    """List the letters nobody has taken yet, newest first."""
    return [_open(job) for job in outbox.waiting(tx, Letter)]


def waiting_for(tx: Tx, person: Person) -> list[Envelope]:
    """List the letters to one person; an address that several claim shows each only their own."""
    return [letter for letter in waiting(tx) if letter.person == person.id]


def _open(job: outbox.WaitingJob) -> Envelope:
    letter = msgspec.json.decode(job.body, type=Letter)
    return Envelope(
        letter.to, letter.subject, letter.body, letter.locale, letter.person, job.not_before
    )


@get("/console/letters")
async def all_letters(look: NamedDependency[Look], db: NamedDependency[Database]) -> Response[Any]:
    """Show the operator what would be mailed."""
    operator(look)
    return look.page(
        "letters.html",
        title=text(look.locale, "console.letters"),
        lead=text(look.locale, "console.letters_lead"),
        letters=await db.read(waiting),
        none_title=text(look.locale, "console.letters_none"),
        none_next="",
        back=True,
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
        letters=await db.read(waiting_for, look.person),
        none_title=text(look.locale, "pages.letters_none"),
        none_next=text(look.locale, "pages.letters_none_next"),
        back=False,
    )


ROUTES = (all_letters, my_letters)
