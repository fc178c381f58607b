"""Weights and lengths of parcels, whatever unit they came in, as grams and millimetres. Pure."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from shopbell.kernel.texts import Locale, Words

UNITS: Mapping[str, tuple[str, Decimal]] = {
    **dict.fromkeys(("g", "gram", "grams", "г", "гр", "грамм", "克"), ("g", Decimal(1))),
    **dict.fromkeys(("kg", "кг", "килограмм", "公斤", "千克"), ("g", Decimal(1000))),
    **dict.fromkeys(("lb", "lbs", "фунт", "磅"), ("g", Decimal("453.59237"))),
    **dict.fromkeys(("oz", "унция", "盎司"), ("g", Decimal("28.349523125"))),
    **dict.fromkeys(("mm", "мм", "毫米"), ("mm", Decimal(1))),
    **dict.fromkeys(("cm", "см", "厘米", "公分"), ("mm", Decimal(10))),
    **dict.fromkeys(("m", "м", "米"), ("mm", Decimal(1000))),
    **dict.fromkeys(("in", "inch", "inches", "дюйм", "英寸"), ("mm", Decimal("25.4"))),
}
"""Pounds, ounces and inches by the international agreement of 1959."""

MOST = {"g": Decimal(10_000_000), "mm": Decimal(100_000)}
"""Ten tons, a hundred metres: what is more is mistyped."""

SAID: Mapping[str, Words] = {
    "g": {"zh": "克", "ru": "г", "en": "g"},
    "mm": {"zh": "毫米", "ru": "мм", "en": "mm"},
}


def measured(written: str, unit: str, kind: str) -> Decimal | None:
    """Return a figure in the unit ``kind``; none if it cannot be one. Raises KeyError by unit."""
    measure, size = UNITS[unit.strip(" .").casefold()]
    if measure != kind:
        raise KeyError(unit)
    try:
        amount = Decimal(written.replace(",", ".").replace(" ", "").replace("\xa0", "")) * size
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 < amount <= MOST[kind] else None


def shown(amounts: list[Decimal], kind: str) -> Words:
    """Write figures with their unit in every language: ``300 × 200 mm``."""
    figures = " × ".join(format(one.quantize(Decimal("0.1")).normalize(), "f") for one in amounts)
    return {locale: f"{figures}\N{NO-BREAK SPACE}{SAID[kind][locale]}" for locale in SAID[kind]}


def read_back(words: str, kind: str, locale: Locale) -> list[str] | None:
    """Return the figures of what `shown` wrote; none if it wrote nothing like that."""
    figures, _, unit = words.rpartition("\N{NO-BREAK SPACE}")
    return figures.split(" × ") if figures and unit == SAID[kind][locale] else None
