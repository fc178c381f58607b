"""A case in words: what was done, what follows, who must act until when and why then."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from shopbell.cases.fields import Field, FieldKind
from shopbell.cases.model import CaseShown, Kind, Party, StepShown
from shopbell.cases.money import RefundShown, RefundState
from shopbell.cases.wording import field_name, say_answer
from shopbell.commerce.model import Eta, Money, Order, Product
from shopbell.kernel.actor import Side
from shopbell.kernel.texts import Locale, say, text
from shopbell.web.pages import format as written

Tone = Literal["plain", "good", "wait", "bad"]
TYPED_ONLY = "confirm"
"""Typed so that something is done on purpose: told nobody."""
SIDES: Mapping[Party, Side] = {
    Party.BUYER: Side.BUYER,
    Party.SELLER: Side.SELLER,
    Party.OPERATOR: Side.OPERATOR,
}


class Kept(Struct, frozen=True):
    """A file of a case, to be looked at."""

    id: str
    name: str
    picture: bool
    caption: str = ""

    @property
    def url(self) -> str:
        return f"/files/{self.id}"


class Given(Struct, frozen=True):
    """One detail as people read it."""

    label: str
    words: list[str] = []
    files: list[Kept] = []
    href: str | None = None


class Done(Struct, frozen=True):
    """One step that was taken."""

    title: str
    who: str
    at: datetime
    given: list[Given]


class Next(Struct, frozen=True):
    """What a case waits for: who must act, until when, and why then."""

    title: str
    who: str
    mine: bool
    until: datetime | None
    since: datetime | None
    why: list[str]


class Stage(Struct, frozen=True):
    """How far one refund has come."""

    title: str
    amount: Money
    state: RefundState
    steps: list[tuple[str, datetime | None, str]]
    note: str = ""


class Surroundings(Struct, frozen=True, kw_only=True):
    """What the words of a case are made with."""

    locale: Locale
    zone: ZoneInfo
    side: Side
    shop: str
    order: Order | None = None
    products: Mapping[str, Product] = {}
    files: Mapping[str, Kept] = {}
    follow: Callable[[str, str], str | None] = lambda _carrier, _number: None

    def say(self, key: str, **facts: str | int) -> str:
        """Say one of the texts of cases."""
        return text(self.locale, f"case.{key}", **facts)


# --- what was done ---------------------------------------------------------------------------


def done(
    kind: Kind, fields: Mapping[str, Field], steps: list[StepShown], around: Surroundings
) -> list[Done]:
    """Tell all steps of a case."""
    return [
        Done(
            title=around.say(f"{kind.name}_did_{step.action}"),
            who=_who(step, around),
            at=step.at,
            given=list(details(fields, step.given, around)),
        )
        for step in steps
    ]


def _who(step: StepShown, around: Surroundings) -> str:
    if step.side is around.side:
        return text(around.locale, "pages.you")
    match step.side:
        case Side.SELLER:
            return around.shop
        case Side.BUYER:
            return step.name
        case _:
            return around.say(f"by_{step.side}")


def details(
    fields: Mapping[str, Field], given: Mapping[str, Any], around: Surroundings
) -> Iterator[Given]:
    """Say what was given with a step, each detail in its own way."""
    for name, answer in given.items():
        if name in fields and name != TYPED_ONLY:
            yield detail(fields[name], answer, around)


def detail(field: Field, answer: Any, around: Surroundings) -> Given:  # noqa: ANN401
    """Say one detail."""
    label = field_name(field.name, around.locale)
    match field.kind:
        case FieldKind.FILES | FieldKind.PHOTOS | FieldKind.VIDEO:
            return Given(label, files=[around.files[id_] for id_ in answer if id_ in around.files])
        case FieldKind.SHOTS:
            return Given(label, files=list(_shots(field, answer, around)))
        case FieldKind.PARCEL:
            href = around.follow(answer["carrier"], answer["number"])
            return Given(label, [f"{answer['carrier']} {answer['number']}"], href=href)
        case FieldKind.LINK:
            return Given(label, [urlsplit(answer).netloc], href=answer)
        case _:
            return Given(label, list(_plain(field, answer, around)))


def _shots(field: Field, answer: list[dict[str, str]], around: Surroundings) -> Iterator[Kept]:
    for shot in answer:
        if kept := around.files.get(shot["file"]):
            caption = around.say(f"choice_{field.name}.{shot['shows']}")
            yield msgspec.structs.replace(kept, caption=caption)


def _plain(  # noqa: C901, PLR0912 - a table, one row each
    field: Field,
    answer: Any,  # noqa: ANN401
    around: Surroundings,
) -> Iterator[str]:
    locale = around.locale
    match field.kind:
        case FieldKind.CHOICE if answer in field.words:
            yield say(field.words[answer], locale)
        case FieldKind.CHOICE:
            yield say_answer(field.name, answer, locale)
        case FieldKind.DAYS:
            eta = msgspec.convert(answer, Eta)
            yield written.span(eta.earliest, eta.latest, locale)
        case FieldKind.DAY:
            yield written.day(date.fromisoformat(answer), locale)
        case FieldKind.MONEY:
            yield written.money(answer["amount"], answer["currency"], locale)
        case FieldKind.CHECKS:
            for check, right in answer.items():
                said = around.say("yes" if right else "no")
                yield f"{around.say(f'choice_{field.name}.{check}')}: {said}"
        case FieldKind.ITEM:
            yield _item(answer, around)
        case FieldKind.LINES:
            for one in answer:
                yield _times(_line(one["line"], around), one["quantity"])
        case FieldKind.YES:
            yield around.say("yes" if answer else "no")
        case FieldKind.MOMENT:
            yield written.moment(datetime.fromisoformat(answer), locale, around.zone)
        case FieldKind.SHIPMENT:
            yield _shipment(answer, around)
        case _:
            yield str(answer)


def _line(line: str, around: Surroundings) -> str:
    lines = around.order.lines if around.order else []
    return next((say(one.title, around.locale) for one in lines if one.id == line), line)


def _item(answer: Mapping[str, Any], around: Surroundings) -> str:
    product = around.products.get(answer["product"])
    if product is None:
        return _times(answer["product"], answer["quantity"])
    chosen = next((one for one in product.variants if one.id == answer.get("variant")), None)
    options = [", ".join(chosen.options.values())] if chosen and chosen.options else []
    return _times(" · ".join([say(product.title, around.locale), *options]), answer["quantity"])


def _shipment(shipment: str, around: Surroundings) -> str:
    parcels = around.order.to_buyer if around.order else []
    found = next((one for one in parcels if one.id == shipment), None)
    return f"{found.carrier} {found.tracking_number}".strip() if found else shipment


def _times(what: str, quantity: int) -> str:
    return what if quantity == 1 else f"{quantity} × {what}"


# --- what follows ----------------------------------------------------------------------------


def following(case: CaseShown, why: list[str], around: Surroundings) -> Next | None:
    """Say what a case waits for; nothing once it is over."""
    if case.closed_at is not None:
        return None
    party = case.waiting_on
    mine = SIDES.get(party) is around.side or party is Party.BOTH
    return Next(
        title=state(case.kind, case.state, around),
        who=around.say("your_turn" if mine else f"waits_{party}"),
        mine=mine,
        until=case.due.at if case.due else None,
        since=case.due.since if case.due else None,
        why=why,
    )


def state(kind: str, name: str, around: Surroundings) -> str:
    """Name where a case stands."""
    return around.say(f"{kind}_is_{name}")


def tone(case: CaseShown, around: Surroundings) -> Tone:
    """Tell how a case is to be shown: as something to do, to wait for, gone wrong, or done."""
    if case.closed_at is not None:
        return "plain"
    if case.escalated_at is not None:
        return "bad"
    return "wait" if SIDES.get(case.waiting_on) is around.side else "good"


# --- money -----------------------------------------------------------------------------------

_WAY = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.SUBMITTED, RefundState.SUCCEEDED)


def stages(refund: RefundShown, around: Surroundings) -> Stage:
    """Tell how far a refund has come, and when the bank should have it."""
    ended = refund.state in {RefundState.FAILED, RefundState.CANCELLED}
    way = (*_WAY[:-1], refund.state) if ended else _WAY
    at = way.index(refund.state)
    moments = {
        RefundState.REQUESTED: refund.requested_at,
        RefundState.SUBMITTED: refund.submitted_at,
        way[-1]: refund.done_at,
    }
    return Stage(
        title=around.say(f"part_{refund.part}"),
        amount=refund.amount,
        state=refund.state,
        steps=[
            (
                around.say(f"refund_is_{stage}"),
                moments.get(stage),
                "bad" if ended and n == at else "done" if n <= at else "next",
            )
            for n, stage in enumerate(way)
        ],
        note="" if ended else around.say("bank_days", n=refund.bank_days),
    )
