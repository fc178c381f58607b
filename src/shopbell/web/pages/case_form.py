"""A form of a case on the screen: its questions, what was answered, and what was wrong with it."""

from typing import Any

from litestar import Response
from msgspec import Struct
from msgspec.structs import replace

from shopbell.cases.model import Kind
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.refusals import Refusal
from shopbell.knowledge import wording
from shopbell.knowledge.model import Verdict
from shopbell.web.pages import case_words
from shopbell.web.pages.case_screens import REVIEW, Paper, Place, refused
from shopbell.web.pages.case_sheet import named_files
from shopbell.web.pages.case_troubles import reads
from shopbell.web.pages.case_view import see_files
from shopbell.web.pages.case_words import Given, Kept, Surroundings
from shopbell.web.pages.contact import About
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.parcel import Headline


class Form(Struct, frozen=True, kw_only=True):
    """A form: where it is sent and left for, what it is called, what it is about.

    ``wanted`` are the photos that somebody asked for.
    """

    action: str
    leave: str
    title: str
    send: str
    cmid: str
    paper: Paper
    kind: Kind
    around: Surroundings
    about: About | None = None
    late: Headline | None = None
    lead: str = ""
    version: int | None = None
    ends: bool = False
    wanted: tuple[str, ...] = ()


class Answered(Struct, frozen=True):
    """One answer to look at before the form is sent, and the screen where it is changed."""

    given: Given
    screen: str


class Judged(Struct, frozen=True):
    """What the rules say of what is asked for, before it is sent."""

    verdict: Verdict
    words: str
    evidence: list[str]


def show(  # noqa: PLR0917
    look: Look,
    form: Form,
    place: Place,
    files: dict[str, Kept],
    judged: Judged | None = None,
    told: Told | None = None,
) -> Response[Any]:
    """Show one screen of a form."""
    wrong = told is not None or place.wrong
    stopped = judged is not None and not judged.verdict.allowed and _asked(place)
    return look.page(
        "ask.html",
        422 if wrong else 200,
        form=form,
        place=place,
        files=files,
        judged=judged,
        stopped=stopped,
        told=told,
        carried=place.sheet.without([] if stopped else place.screen.fields),
        answered=_answered(form, place, files) if place.screen.name == REVIEW else [],
    )


def back_to(form: Form, place: Place, refusal: Refusal, look: Look) -> tuple[Place, Told | None]:
    """Return to where a refusal is about, or say it above the form."""
    told = explain(refusal, look.locale)
    found = refused(form.paper, place, refusal, f"{told.title}. {told.next}")
    return (found, None) if found else (place, told)


def see_kept(tx: Tx, actor: Actor, form: Form, place: Place) -> dict[str, Kept]:
    """Look up the files that a form holds so far."""
    return see_files(tx, actor, named_files(place.sheet, form.paper.fields))


def judged(verdict: Verdict | None, look: Look) -> Judged | None:
    """Put what the rules say into words."""
    if verdict is None:
        return None
    return Judged(
        verdict,
        wording.explain(verdict, look.locale),
        wording.evidence(verdict, look.locale) if verdict.allowed else [],
    )


JUDGED_BY = frozenset({"lines", "condition", "reason"})
"""The answers that the rules judge by."""


def _asked(place: Place) -> bool:
    """Tell whether the reader is past the questions that the rules judge by."""
    return not JUDGED_BY & {field.name for field in place.screen.fields}


def _answered(form: Form, place: Place, files: dict[str, Kept]) -> list[Answered]:
    answers = form.paper.answers(place.sheet)
    around = replace(form.around, files=files)
    screens = {field.name: screen.name for screen in place.screens for field in screen.fields}
    return [
        Answered(case_words.detail(field, answers[field.name], around), screens.get(field.name, ""))
        for field in form.paper.fields
        if field.name in answers and reads(field, answers[field.name])
    ]
