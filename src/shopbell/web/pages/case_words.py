"""The details of a case in words: what was given with its steps, each in its own way."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from shopbell.cases.fields import Field, FieldKind
from shopbell.cases.wording import field_name, say_answer
from shopbell.commerce.model import Eta, Order, Product
from shopbell.kernel.actor import Side
from shopbell.kernel.texts import Locale, say, text
from shopbell.web.pages import format as written

TYPED_ONLY = "confirm"
"""Typed so that something is done on purpose: told nobody."""


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
    """One detail as people read it; ``at`` is the moment that its words tell."""

    label: str
    words: list[str] = []
    files: list[Kept] = []
    href: str | None = None
    at: datetime | None = None


class Surroundings(Struct, frozen=True, kw_only=True):
    """What the words of a case are made with."""

    locale: Locale
    zone: ZoneInfo
    side: Side
    shop: str
    order: Order | None = None
    products: Mapping[str, Product] = {}
    files: Mapping[str, Kept] = {}
    clauses: Mapping[str, str] = {}
    follow: Callable[[str, str], str | None] = lambda _carrier, _number: None

    def say(self, key: str, **facts: str | int) -> str:
        """Say one of the texts of cases."""
        return text(self.locale, f"case.{key}", **facts)


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
        case FieldKind.MOMENT:
            at = datetime.fromisoformat(answer)
            return Given(label, [written.moment(at, around.locale, around.zone)], at=at)
        case FieldKind.LINK:
            return _led(label, answer)
        case _:
            said = _SAID.get(field.kind, _typed)
            return Given(label, said(field, answer, around))


def _led(label: str, address: str) -> Given:
    try:
        return Given(label, [urlsplit(address).netloc], href=address)
    except ValueError:  # kept before addresses were read as strictly as now
        return Given(label, [address])


def _shots(field: Field, answer: list[dict[str, str]], around: Surroundings) -> Iterator[Kept]:
    for shot in answer:
        if kept := around.files.get(shot["file"]):
            caption = around.say(f"choice_{field.name}.{shot['shows']}")
            yield msgspec.structs.replace(kept, caption=caption)


def _choice(field: Field, answer: str, around: Surroundings) -> list[str]:
    if answer in field.words:
        return [say(field.words[answer], around.locale)]
    return [say_answer(field.name, answer, around.locale)]


def _some(field: Field, answer: list[str], around: Surroundings) -> list[str]:
    return [around.say(f"choice_{field.name}.{one}") for one in answer]


def _days(_field: Field, answer: Mapping[str, str], around: Surroundings) -> list[str]:
    eta = msgspec.convert(answer, Eta)
    return [written.span(eta.earliest, eta.latest, around.locale)]


def _day(_field: Field, answer: str, around: Surroundings) -> list[str]:
    return [written.day(date.fromisoformat(answer), around.locale)]


def _money(_field: Field, answer: Mapping[str, Any], around: Surroundings) -> list[str]:
    return [written.money(answer["amount"], answer["currency"], around.locale)]


def _checks(field: Field, answer: Mapping[str, bool], around: Surroundings) -> list[str]:
    return [
        f"{around.say(f'choice_{field.name}.{check}')}: {around.say('yes' if right else 'no')}"
        for check, right in answer.items()
    ]


def _yes(_field: Field, answer: object, around: Surroundings) -> list[str]:
    return [around.say("yes" if answer else "no")]


def _lines(_field: Field, answer: list[dict[str, Any]], around: Surroundings) -> list[str]:
    titles = {one.id: one.title for one in around.order.lines} if around.order else {}
    named = {str(line): say(title, around.locale) for line, title in titles.items()}
    return [_times(named.get(one["line"], str(one["line"])), one["quantity"]) for one in answer]


def _item(_field: Field, answer: Mapping[str, Any], around: Surroundings) -> list[str]:
    product = around.products.get(answer["product"])
    if product is None:
        return [_times(answer["product"], answer["quantity"])]
    chosen = next((one for one in product.variants if one.id == answer.get("variant")), None)
    options = [", ".join(chosen.options.values())] if chosen and chosen.options else []
    called = " · ".join([say(product.title, around.locale), *options])
    return [_times(called, answer["quantity"])]


def _shipment(_field: Field, answer: str, around: Surroundings) -> list[str]:
    parcels = [*around.order.to_buyer, *around.order.beside] if around.order else []
    found = next((one for one in parcels if one.id == answer), None)
    return [f"{found.carrier} {found.tracking_number}".strip() if found else answer]


def _clause(_field: Field, answer: str, around: Surroundings) -> list[str]:
    return [around.clauses.get(answer, answer)]


def _typed(_field: Field, answer: object, _around: Surroundings) -> list[str]:
    return [str(answer)]


def _times(what: str, quantity: int) -> str:
    return what if quantity == 1 else f"{quantity} × {what}"


_SAID: Mapping[FieldKind, Callable[[Field, Any, Surroundings], list[str]]] = {
    FieldKind.CHOICE: _choice,
    FieldKind.SOME: _some,
    FieldKind.DAYS: _days,
    FieldKind.DAY: _day,
    FieldKind.MONEY: _money,
    FieldKind.CHECKS: _checks,
    FieldKind.YES: _yes,
    FieldKind.LINES: _lines,
    FieldKind.ITEM: _item,
    FieldKind.SHIPMENT: _shipment,
    FieldKind.CLAUSE: _clause,
}
