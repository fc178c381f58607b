"""A case with both of its sides on the operator's screen: what is told of it, and its forms."""

from collections.abc import Iterator, Mapping

import msgspec
from litestar import Response
from msgspec import Struct
from msgspec.structs import replace

from shopbell.cases import mediation, service
from shopbell.cases.dispute_rules import worth
from shopbell.cases.fields import MEDIA, Answers, Field
from shopbell.cases.looking import note_look
from shopbell.cases.mediation import Heard, Hearing
from shopbell.cases.model import CaseId
from shopbell.cases.shown import Action
from shopbell.cases.wording import did, field_name
from shopbell.conversations.commands import NoteData, Page
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale, text
from shopbell.knowledge import wording
from shopbell.web.pages import (
    case_screens,
    case_telling,
    case_words,
    mediation_form,
    parcel,
    thread,
)
from shopbell.web.pages import format as written
from shopbell.web.pages.case_screens import Paper, Place
from shopbell.web.pages.case_sheet import Around, Sheet
from shopbell.web.pages.case_view import around_of, follower, see_files
from shopbell.web.pages.case_words import Given, Surroundings
from shopbell.web.pages.console import visitor_of
from shopbell.web.pages.errors import Told
from shopbell.web.pages.look import Look


class Bench(Struct, frozen=True):
    """A case with both of its sides, and what its words and its forms are made with.

    ``fields`` are those of the case and of its parent, by their kinds.
    """

    heard: Hearing
    fields: Mapping[str, Mapping[str, Field]]
    words: Surroundings
    around: Around


class Preview(Struct, frozen=True):
    """What one side will read of a step, in its language."""

    side: Side
    locale: Locale
    title: str
    given: list[Given]


class Attempt(Struct, frozen=True):
    """A form as it was sent: what was typed, what came of it, what each side will read.

    ``money`` is what was typed into the form that asks for more of it, ``words`` into the message,
    ``reference`` into the form of the ``refund`` that was paid by hand.
    """

    action: str = ""
    place: Place | None = None
    cmid: str = ""
    told: Told | None = None
    previews: list[Preview] = []
    money: Place | None = None
    words: str | None = None
    refund: str = ""
    reference: str = ""


async def hear(look: Look, db: Database, case: CaseId) -> Bench:
    """Look at a case with both of its sides, and write down that somebody did."""
    visitor = visitor_of(look)
    bench = await db.read(see_bench, visitor, case, look.locale)
    await note_look(db, visitor, bench.heard.case.id)
    return bench


def show(
    look: Look,
    bench: Bench,
    attempt: Attempt,
    *,
    notes: Page | None = None,
    paid: bool = False,
    status: int = 200,
) -> Response[str]:
    """Show a case with both of its sides, and what came of a form that was sent."""
    locale, heard = look.locale, bench.heard
    return look.page(
        "hearing.html",
        status,
        heard=heard,
        attempt=attempt,
        forms=_forms(bench, attempt),
        around=bench.around,
        sides={side: [(one, _said(bench, one)) for one in heard.said_by(side)] for side in _TWO},
        offers={
            side: _told(bench, offer) for side, offer in heard.case.facts.get("offers", {}).items()
        },
        ruled=[(one, _said(bench, one)) for one in heard.said_by(Side.OPERATOR)],
        draft=_told(bench, heard.case.facts.get("draft", {})),
        did=lambda one: did(one.of.kind, one.step.action, locale),
        clause=wording.explain(heard.verdict, locale) if heard.verdict else "",
        parcels=_parcels(heard, locale),
        said=thread.tell(heard.thread, Side.OPERATOR),
        whole=all(event.seq == 1 for event in heard.thread.events[:1]),
        notes=_notes(notes) if notes else None,
        money_form=attempt.money or case_screens.whole(money_paper(bench), Sheet()),
        new_cmid=new_id,
        paid=paid,
        zone=bench.words.zone,
        questions=[
            case_telling.question(service.kind_named(kind), one, heard.now, bench.words)
            for kind, one in heard.traces
        ],
        promises=[case_telling.promise(one, bench.words) for one in heard.promises],
    )


_TWO = (Side.BUYER, Side.SELLER)


def _forms(bench: Bench, attempt: Attempt) -> list[tuple[list[str], Place]]:
    """Lay out the forms of all steps; what was tried stands in its own, also if it is late."""
    case = bench.heard.case
    found = mediation_form.groups(case.actions)
    if attempt.action and not any(attempt.action in one.actions for one in found):
        found += mediation_form.groups([mediation.asked_for(case, attempt.action)])
    return [
        (
            one.actions,
            attempt.place
            if attempt.place and attempt.action in one.actions
            else case_screens.whole(paper_of(bench, one), _begun(bench, one)),
        )
        for one in found
    ]


def _begun(bench: Bench, form: mediation_form.Group) -> Sheet:
    """Fill in the clause that the rules came to."""
    verdict = bench.heard.verdict
    known = verdict.rule if verdict and verdict.rule in bench.around.clauses else ""
    return Sheet().put("clause", [known] if any(one.name == "clause" for one in form.asks) else [])


def money_paper(bench: Bench) -> Paper:
    """Return the form that asks for more money by hand."""
    return Paper(asks=[*mediation_form.MONEY], takes=[], around=bench.around)


def paper_of(bench: Bench, form: Action | mediation_form.Group) -> Paper:
    """Return the form of a step, without files: the operator shows none."""
    takes = [field for field in form.takes if field.kind not in MEDIA]
    return Paper(asks=form.asks, takes=takes, around=bench.around)


def _said(bench: Bench, one: Heard) -> list[Given]:
    return _worded(bench, one.of.kind, one.step.given, bench.words)


def _told(bench: Bench, answers: Answers) -> list[Given]:
    return _worded(bench, bench.heard.case.kind, answers, bench.words)


def _worded(bench: Bench, kind: str, answers: Answers, words: Surroundings) -> list[Given]:
    return list(case_words.details(bench.fields[kind], answers, words))


def preview(bench: Bench, side: Side, action: str, answers: Answers) -> Preview:
    """Say what a side will read of a step, in its language."""
    reading, kind = bench.heard.reading, bench.heard.case.kind
    locale = reading.buyer if side is Side.BUYER else reading.seller
    clauses = wording.clauses(bench.heard.policy, locale)
    words = replace(bench.words, locale=locale, clauses=clauses)
    given = [*_worded(bench, kind, answers, words), *_all_of_it(bench, answers, locale)]
    return Preview(side, locale, did(kind, action, locale), given)


def _all_of_it(bench: Bench, answers: Answers, locale: Locale) -> Iterator[Given]:
    """Say how much goes back where a decision names no amount."""
    order = bench.heard.order
    if order and answers.get("outcome") in {"refund", "return"} and "amount" not in answers:
        facts = bench.heard.case.facts
        amount = written.money(worth(facts, order), order.total.currency, locale)
        yield Given(
            field_name("amount", locale), [text(locale, "mediation.all_of_it", amount=amount)]
        )


def _parcels(heard: Hearing, locale: Locale) -> list[tuple[str, list[parcel.Step]]]:
    if heard.order is None:
        return []
    every = [*heard.order.shipments, *heard.order.beside]
    return [
        (
            f"{one.carrier} {one.tracking_number}",
            parcel.journey(heard.order, one, locale, parcel.zone_of(one)),
        )
        for one in every
    ]


def _notes(page: Page) -> list[tuple[str, str]]:
    """Return who noted what; what cases tell the team stands among the steps already."""
    return [
        (event.actor.name, msgspec.json.decode(event.data, type=NoteData).text)
        for event in page.events
        if event.type == "note"
    ]


def see_bench(tx: Tx, actor: Actor, case: CaseId, locale: Locale) -> Bench:
    """Hear a case, and look up what its words and its forms are made with."""
    heard = mediation.hearing(tx, actor, case)
    order, shop = heard.order, heard.shop
    zone = parcel.zone_of(parcel.leading(order) if order else None, shop.zone)
    clauses = wording.clauses(heard.policy, locale)
    around = replace(around_of(tx, order, str(zone), "EUR"), clauses=clauses)
    words = Surroundings(
        locale=locale,
        zone=zone,
        side=actor.side,
        shop=shop.name,
        order=order,
        products=around.products,
        files=see_files(tx, actor, heard.files),
        clauses=clauses,
        follow=follower(tx),
    )
    family = [one for one in (heard.parent, heard.case) if one]
    fields = {one.kind: service.fields(tx, service.kind_named(one.kind), one) for one in family}
    return Bench(heard, fields, words, around)
