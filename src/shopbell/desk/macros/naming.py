"""The names a macro may use, each with what it means: to add one, its line here and its word."""

from collections.abc import Callable, Mapping

import msgspec

from shopbell.cases.wording import say_answer
from shopbell.commerce.model import Eta
from shopbell.desk.macros import grammar
from shopbell.desk.macros.knowing import Known
from shopbell.desk.macros.model import Filled, MacroBody, Parcel
from shopbell.kernel.texts import Locale, say, text
from shopbell.knowledge import wording

Value = Callable[[Known, Locale], str | None]
Stand = Callable[[Known], bool]


def _first_name(known: Known, _locale: Locale) -> str | None:
    """Return how a buyer is called: a Chinese name is not cut, it has no spaces."""
    return next(iter(known.talk.buyer_name.split()), None)


def _number(known: Known, _locale: Locale) -> str | None:
    return known.order.number if known.order else None


def _total(known: Known, locale: Locale) -> str | None:
    if known.order is None:
        return None
    return say_answer("total", msgspec.to_builtins(known.order.total), locale)


def _tracking(known: Known, _locale: Locale) -> str | None:
    parcel = known.shipment
    return (parcel.tracking_number or None) if parcel else None


def _carrier(known: Known, _locale: Locale) -> str | None:
    return (known.shipment.carrier or None) if known.shipment else None


def _eta(known: Known, locale: Locale) -> str | None:
    eta = known.shipment.eta if known.shipment else None
    return _days(eta, known, locale) if eta else None


def _days(eta: Eta, known: Known, locale: Locale) -> str:
    today = known.now.date()
    first, last = (wording.day(day, today, locale) for day in (eta.earliest, eta.latest))
    return first if first == last else f"{first} – {last}"


def _title(known: Known, locale: Locale) -> str | None:
    if known.product:
        return say(known.product.title, locale)
    line = next(iter(known.order.lines), None) if known.order else None
    return say(line.title, locale) if line else None


def _stock(known: Known, _locale: Locale) -> str | None:
    return str(known.product.stock) if known.product and known.product.stock else None


def _price(known: Known, locale: Locale) -> str | None:
    if known.product is None:
        return None
    return say_answer("price", msgspec.to_builtins(known.product.price), locale)


def _return_window(known: Known, locale: Locale) -> str | None:
    days = known.window_days
    return text(locale, "macros.days", n=days) if days else None


def _is(stand: Parcel) -> Stand:
    """Ask whether the parcel stands so."""
    return lambda known: known.parcel is stand


_VALUES: Mapping[str, Mapping[str, Value]] = {
    "buyer": {
        "first_name": _first_name,
        "name": lambda known, _: known.talk.buyer_name or None,
    },
    "order": {"number": _number, "total": _total},
    "parcel": {"number": _tracking, "carrier": _carrier, "eta": _eta},
    "product": {"title": _title, "price": _price, "stock": _stock},
    "shop": {"name": lambda known, _: known.shop.name},
    "agent": {"name": lambda known, _: known.agent or None},
    "policy": {"return_window": _return_window},
}

VALUES: Mapping[str, Value] = {
    f"{thing}.{name}": value for thing, values in _VALUES.items() for name, value in values.items()
}
"""What fills a gap, as its reader writes it; None leaves it open."""

STANDS: Mapping[str, Stand] = {
    "order": lambda known: known.order is not None,
    "parcel": lambda known: known.parcel is not Parcel.NONE,
    **{f"parcel.{stand}": _is(stand) for stand in Parcel if stand is not Parcel.NONE},
    "product.in_stock": lambda known: bool(known.product and known.product.stock),
    "shop.open": lambda known: known.shop.open_at(known.now),
}
"""What a block may ask, beside whether a value is known."""

CONDITIONS = frozenset({*VALUES, *STANDS})


def check_text(said: str) -> None:
    """Refuse a text that names what nothing is known by."""
    grammar.check(said, VALUES, CONDITIONS)


def filled(body: MacroBody, known: Known, reader: Locale) -> Filled:
    """Fill a macro for one conversation; its gaps are named to the ``reader`` at the desk."""
    locale = body.tongue(known.talk.locale, known.shop.languages[0])
    said, gaps = fill(body.texts.get(locale, ""), known, locale, reader)
    return Filled(said, locale, gaps)


def fill(said: str, known: Known, locale: Locale, reader: Locale) -> tuple[str, list[str]]:
    """Fill any text in a language."""
    values = {name: value(known, locale) for name, value in VALUES.items() if name in said}

    def holds(name: str) -> bool:
        stand = STANDS.get(name)
        return stand(known) if stand else bool(values.get(name))

    return grammar.fill(said, values, holds, lambda name: f"⟦{gap_name(name, reader)}⟧")


def gap_name(name: str, reader: Locale) -> str:
    """Say what is missing."""
    return text(reader, f"macros.gap_{name.replace('.', '_')}")
