"""What a page shows of a case, looked up at once: the case, its order, its files, its reasons."""

from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from shopbell.cases import service
from shopbell.cases.fields import MEDIA, Field, FieldKind
from shopbell.cases.labels import label_of
from shopbell.cases.model import CaseId, Kind
from shopbell.cases.shown import Action, CaseShown
from shopbell.commerce import carriers, roster
from shopbell.commerce import service as commerce
from shopbell.commerce.model import NoSuchProduct, Order, Product, Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.model import AttachmentId
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, text
from shopbell.knowledge import service as knowledge
from shopbell.knowledge import wording
from shopbell.web.pages import case_telling, parcel
from shopbell.web.pages.case_sheet import Around
from shopbell.web.pages.case_telling import Done, Next, Promise, Question, Stage, Tone
from shopbell.web.pages.case_words import Kept, Surroundings


class Button(Struct, frozen=True):
    """Something the reader may do now; ``plain`` if it asks for nothing and ends nothing."""

    action: str
    label: str
    href: str
    plain: bool
    ends: bool
    cmid: str


class CaseView(Struct, frozen=True, kw_only=True):
    """A case as one reader sees it, in words."""

    case: CaseShown
    kind: Kind
    shop: Shop
    order: Order | None
    around: Surroundings
    done: list[Done]
    next: Next | None
    tone: Tone
    state: str
    questions: list[Question]
    promises: list[Promise]
    stages: list[Stage]
    verdict: str
    label: bool = False
    ways: list[tuple[str, list[parcel.Step]]] = []

    @property
    def zone(self) -> ZoneInfo:
        return self.around.zone


def see_case(tx: Tx, actor: Actor, case: CaseId, locale: Locale) -> CaseView:
    """Look at a case and all that its words need."""
    shown = service.case(tx, actor, case)
    kind = service.kind_named(shown.kind)
    fields = service.fields(tx, kind, shown)
    rules = knowledge.policy(tx, shown.policy.profile, shown.policy.version)
    shop = commerce.shop(tx, shown.shop)
    order = commerce.order(tx, actor, shown.order) if shown.order else None
    around = Surroundings(
        locale=locale,
        zone=parcel.zone_of(parcel.leading(order) if order else None, shop.zone),
        side=actor.side,
        shop=shop.name,
        order=order,
        products=products_of(tx, order),
        files=see_files(tx, actor, _files(kind, shown)),
        clauses=wording.clauses(rules.body, locale),
        follow=follower(tx),
    )
    return CaseView(
        case=shown,
        kind=kind,
        shop=shop,
        order=order,
        around=around,
        done=case_telling.done(kind, fields, shown.steps, around),
        next=case_telling.following(shown, around),
        tone=case_telling.tone(shown, around),
        state=case_telling.state(shown.kind, shown.state, around),
        questions=[case_telling.question(kind, one, tx.now, around) for one in shown.traces],
        promises=[case_telling.promise(one, around) for one in shown.promises],
        stages=[case_telling.stages(refund, around) for refund in shown.refunds],
        verdict=wording.explain(shown.verdict, locale) if shown.verdict else "",
        label=_has_label(tx, actor, shown, locale),
        ways=_ways(shown, order, locale),
    )


def _ways(
    case: CaseShown, order: Order | None, locale: Locale
) -> list[tuple[str, list[parcel.Step]]]:
    """Tell the way of what goes back for a case, and of what comes again."""
    own = {case.facts.get("back_shipment"), case.facts.get("sent_shipment")}
    return [
        (
            f"{one.carrier} {one.tracking_number}",
            parcel.journey(order, one, locale, parcel.zone_of(one)),
        )
        for one in (order.beside if order else [])
        if order and one.id in own
    ]


def see_cases(tx: Tx, actor: Actor, order: Order, locale: Locale) -> list[CaseView]:
    """Look at the cases of an order: the open ones first, then those that have ended."""
    running = service.cases(tx, actor, "open", order=order.id).items
    ended = service.cases(tx, actor, "done", order=order.id, limit=RECENT).items
    return [see_case(tx, actor, one.id, locale) for one in [*running, *ended]]


RECENT = 3
"""How many cases that have ended a page still shows."""


def around_of(tx: Tx, order: Order | None, zone: str, currency: str) -> Around:
    """Return what a form may look at."""
    return Around(
        zone=zone,
        currency=order.total.currency if order else currency,
        order=order,
        products=products_of(tx, order),
        carriers=[one.name for one in roster.every(tx)],
    )


def products_of(tx: Tx, order: Order | None) -> dict[str, Product]:
    """Return the products of an order that are still on sale."""
    found: dict[str, Product] = {}
    for line in order.lines if order else []:
        if line.product:
            try:
                found[line.product] = commerce.product(tx, line.product)
            except NoSuchProduct:
                continue
    return found


def see_files(tx: Tx, actor: Actor, named: Iterable[str]) -> dict[str, Kept]:
    """Look up files by their ids; those that ``actor`` may not see are left out."""
    found: dict[str, Kept] = {}
    for id_ in named:
        try:
            _sha, name, media_type = conversations.file(tx, actor, AttachmentId(id_))
        except Refusal:
            continue
        found[id_] = Kept(id_, name, media_type.startswith("image/"))
    return found


def _files(kind: Kind, case: CaseShown) -> Iterator[str]:
    fields = {field.name: field for field in kind.fields if field.kind in MEDIA}
    for step in case.steps:
        for name, answer in step.given.items():
            if name in fields:
                yield from _ids(fields[name], answer)
    for trace in case.traces:
        yield from trace.proof


def _ids(field: Field, answer: Any) -> list[str]:  # noqa: ANN401
    return [one["file"] for one in answer] if field.kind is FieldKind.SHOTS else list(answer)


def _has_label(tx: Tx, actor: Actor, case: CaseShown, locale: Locale) -> bool:
    try:
        label_of(tx, actor, case.id, locale)
    except Refusal:
        return False
    return True


def follower(tx: Tx) -> Any:  # noqa: ANN401
    """Return who knows where a parcel can be followed."""
    known = roster.every(tx)

    def follow(carrier: str, number: str) -> str | None:
        found = carriers.find(known, carrier)
        return found.page_of(number) if found and found.url else None

    return follow


def running(kind: Kind, order: Order | None, cases: Iterable[CaseShown]) -> CaseId | None:
    """Return the open case that stands in the way of another: of a kind about parcels, all do."""
    found = [one for one in cases if one.kind == kind.name and one.closed_at is None]
    if (
        kind.about_parcel
        and order
        and {one.id for one in order.to_buyer} - {one.shipment for one in found}
    ):
        return None
    return found[0].id if found else None


# --- what may be done now ----------------------------------------------------------------------


def buttons(view: CaseView, locale: Locale) -> list[Button]:
    """List what the reader may do now: what goes on first, what ends it last."""
    found = [_button(view, action, locale) for action in view.case.actions]
    return sorted(found, key=lambda one: one.ends)


def _button(view: CaseView, action: Action, locale: Locale) -> Button:
    last = ends(view, action)
    return Button(
        action=action.action,
        label=text(locale, f"case.{view.case.kind}_do_{action.action}"),
        href=f"/cases/{view.case.id}/do/{action.action}",
        plain=not (action.asks or action.takes or last),
        ends=last,
        cmid=new_id(),
    )


def ends(view: CaseView, action: Action) -> bool:
    """Tell whether a step gives up what was asked for: it is asked once more, and stands last."""
    moves = view.kind.flow.options(view.case.state, view.around.side)
    given_up = action.action in _LEAVING
    return given_up and any(m.action == action.action and view.kind.ended(m.to) for m in moves)


_LEAVING = frozenset({"cancel", "decline", "withdraw"})
