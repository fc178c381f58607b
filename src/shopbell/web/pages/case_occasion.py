"""What a case would be about, looked up before one is opened: its form, and what the rules say."""

from typing import Any

import msgspec
from msgspec import Struct

from shopbell.cases import service
from shopbell.cases.commands import Preview
from shopbell.cases.model import CaseId, Kind
from shopbell.cases.refusals import CaseNeedsOrder, NotYoursToOpen
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Order
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Begin
from shopbell.conversations.model import ConversationId, Subject, SubjectKind
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, text
from shopbell.knowledge.model import Verdict
from shopbell.web.pages import parcel
from shopbell.web.pages.case_form import JUDGED_BY, Form
from shopbell.web.pages.case_screens import Paper, Place
from shopbell.web.pages.case_sheet import Around
from shopbell.web.pages.case_view import around_of, running
from shopbell.web.pages.case_words import Surroundings
from shopbell.web.pages.contact import about_order, about_product


class Occasion(Struct, frozen=True):
    """What a case would be about, and the one that runs about it already, if any."""

    subject: Subject
    form: Form
    running: CaseId | None = None


def see_occasion(  # noqa: PLR0917
    tx: Tx, actor: Actor, subject: Subject, kind_name: str, locale: Locale, cmid: str
) -> Occasion:
    """Look up what a case would be about, and whether one runs already."""
    kind = service.kind_named(kind_name)
    if actor.side not in kind.opens:
        raise NotYoursToOpen(kind=kind.name)
    if subject.kind is SubjectKind.ORDER:
        return _about_order(tx, actor, commerce.order(tx, actor, subject.id), kind, locale, cmid)
    if kind.needs_order:
        raise CaseNeedsOrder(kind=kind.name)
    product = commerce.product(tx, subject.id)
    about = Subject(SubjectKind.PRODUCT, product.id)
    shop = commerce.shop(tx, product.shop)
    form = Form(
        action=f"/products/{product.slug}/ask/{kind.name}",
        leave=f"/products/{product.slug}",
        about=about_product(product, locale),
        paper=_paper(tx, kind, shop.id, around_of(tx, None, shop.zone, product.price.currency)),
        around=Surroundings(
            locale=locale, zone=parcel.zone_of(None, shop.zone), side=actor.side, shop=shop.name
        ),
        **_titled(kind, locale, cmid),
    )
    return Occasion(about, form, _running(tx, actor, kind, about))


def _about_order(  # noqa: PLR0917
    tx: Tx, actor: Actor, order: Order, kind: Kind, locale: Locale, cmid: str
) -> Occasion:
    shop = commerce.shop(tx, order.shop)
    leading = parcel.leading(order)
    zone = parcel.zone_of(leading, shop.zone)
    around = around_of(tx, order, str(zone), order.total.currency)
    fact = parcel.headline(order, tx.now, locale, zone)
    about = Subject(SubjectKind.ORDER, order.id)
    form = Form(
        action=f"/orders/{order.id}/ask/{kind.name}",
        leave=f"/orders/{order.id}",
        about=about_order(order, locale),
        late=fact if fact.tone in {"bad", "wait"} else None,
        paper=_paper(tx, kind, shop.id, around),
        around=Surroundings(
            locale=locale,
            zone=zone,
            side=actor.side,
            shop=shop.name,
            order=order,
            products=around.products,
        ),
        **_titled(kind, locale, cmid),
    )
    return Occasion(about, form, _running(tx, actor, kind, about, order))


def _paper(tx: Tx, kind: Kind, shop: ShopId, around: Around) -> Paper:
    form = service.form(tx, kind.name, shop)
    return Paper(asks=form.asks, takes=form.takes, around=around, judged=kind.judged)


def _titled(kind: Kind, locale: Locale, cmid: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "cmid": cmid,
        "title": text(locale, f"case.{kind.name}_ask"),
        "lead": text(locale, f"case.{kind.name}_lead"),
        "send": text(locale, "pages.send"),
    }


def _running(
    tx: Tx, actor: Actor, kind: Kind, subject: Subject, order: Order | None = None
) -> CaseId | None:
    """Return the case that stands in the way of another one about the same."""
    talk = conversations.about(tx, actor, subject)
    if talk is None or not kind.one_at_a_time:
        return None
    found = service.cases(tx, actor, "open", kinds=[kind.name], talk=talk.id).items
    shown = [service.case(tx, actor, one.id) for one in found]
    return running(kind, order, shown)


def see_verdict(tx: Tx, actor: Actor, occasion: Occasion, place: Place) -> Verdict | None:
    """Say what the rules come to, once enough is answered."""
    answers = occasion.form.paper.answers(place.sheet)
    if not answers.keys() >= JUDGED_BY:
        return None
    asked = {"order": occasion.subject.id, "lines": answers["lines"], "reason": answers["reason"]}
    try:
        return service.preview(tx, actor, msgspec.convert(asked, Preview))
    except (Refusal, msgspec.ValidationError):
        return None  # it is said when the form is sent, beside what is wrong


def find_talk(tx: Tx, actor: Actor, subject: Subject, locale: Locale) -> ConversationId:
    """Find or open the conversation that files are put into."""
    return conversations.begin(tx, actor, Begin(subject), locale)[0].id
