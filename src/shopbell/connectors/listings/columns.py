"""What columns of listings are called: by us, by Shopify, and as in Ozon's templates.

Headings are known in Chinese, Russian and English; a unit behind a heading is part of it.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from shopbell.connectors.listings.model import Form
from shopbell.kernel.texts import LOCALES, Locale

ATTRIBUTE = "attribute"
_SHOPIFY = {
    "handle": "offer_id",
    "title": "title",
    "body (html)": "about",
    "vendor": "brand",
    "type": "category",
    "tags": "tags",
    "published": "published",
    "option1 name": "option1_name",
    "option1 value": "option1_value",
    "option2 name": "option2_name",
    "option2 value": "option2_value",
    "option3 name": "option3_name",
    "option3 value": "option3_value",
    "variant sku": "variant_offer_id",
    "variant inventory qty": "stock",
    "variant price": "price",
    "variant compare at price": "was",
    "image src": "picture",
    "variant image": "variant_picture",
}
_UNIT = re.compile(
    r"[,，]\s*([a-zа-я%₽¥$€克毫米厘公斤千元]{1,6}\.?)$|[(（]\s*([^()（）]{1,8})[)）]$"
)
_PREFIX = re.compile(
    r"(?:attr|attribute|атрибут|характеристика|属性)(?:_(zh|ru|en))?\s*[:：]\s*(.+)",
    re.IGNORECASE | re.DOTALL,
)
_OPTION = re.compile(r"(?:option|вариант|выбор|规格)\s*[:：]\s*(.+)", re.IGNORECASE | re.DOTALL)
_LANGUAGE = re.compile(
    r"(.+?)[ _]*[(（_ ]\s*(zh|ru|en|中文|русский|рус|english|английский|英文|俄文|китайский)[)）]?$"
)
_SPOKEN: Mapping[str, Locale] = {
    **{locale: locale for locale in LOCALES},
    "中文": "zh",
    "китайский": "zh",
    "русский": "ru",
    "рус": "ru",
    "俄文": "ru",
    "english": "en",
    "английский": "en",
    "英文": "en",
}
SPOKEN = frozenset({"title", "about"})
CURRENCY_SIGNS: Mapping[str, str] = {
    **dict.fromkeys(("руб", "руб.", "₽", "rub"), "RUB"),
    **dict.fromkeys(("¥", "元", "cny", "юань", "юаней"), "CNY"),
    "$": "USD",
    "usd": "USD",
    "€": "EUR",
    "eur": "EUR",
}


class _Templates(Struct, frozen=True):
    """How one knows a template like Ozon's, and which of its columns say nothing to a buyer."""

    signs: frozenset[str]
    unused: frozenset[str]


class _Names(Struct, frozen=True):
    known: dict[str, list[str]]
    ozon: _Templates


_NAMES = msgspec.toml.decode((Path(__file__).parent / "columns.toml").read_bytes(), type=_Names)
_KNOWN = {other: name for name, others in _NAMES.known.items() for other in (name, *others)}


def plain(heading: str) -> str:
    """Return a heading without stars, line ends, and the case of its letters."""
    return " ".join(heading.replace("*", " ").split()).casefold()


def form_of(headings: Sequence[str]) -> Form:
    """Tell whose columns these are."""
    named = {plain(heading) for heading in headings}
    if "handle" in named and named & {"variant price", "body (html)"}:
        return Form.SHOPIFY
    starred = sum(heading.rstrip().endswith("*") for heading in headings)
    signs = len(named & _NAMES.ozon.signs)
    return Form.OZON if signs and (starred > 1 or signs > 1) else Form.OWN


def ours(heading: str, form: Form, language: Locale) -> str:
    """Return what we call a column; "" for one that means nothing to us."""
    if found := _family(heading, language):
        return found
    words = plain(heading)
    if form is Form.SHOPIFY:
        return spoken(_SHOPIFY.get(words, ""), language)
    if told := _LANGUAGE.fullmatch(words.replace("_", " ")):
        name = _KNOWN.get(told[1].strip(" _"), "")
        return f"{name}_{_SPOKEN[told[2]]}" if name in SPOKEN else ""
    name = _KNOWN.get(words) or _KNOWN.get(without_unit(words), "")
    if name:
        return spoken(name, language)
    return _other(heading, words, form, language)


def spoken(name: str, language: Locale) -> str:
    """Say the language of a column of texts that does not say its own."""
    return f"{name}_{language}" if name in SPOKEN else name


def unit_in(heading: str) -> str:
    """Return the unit behind a heading, as in ``Вес в упаковке, г*``."""
    found = _UNIT.search(plain(heading))
    return (found[1] or found[2] or "").strip(" .") if found else ""


def without_unit(words: str) -> str:
    """Return a plain heading without the unit behind it."""
    return _UNIT.sub("", words).strip(" ,，")


def _family(heading: str, language: Locale) -> str:
    words = " ".join(heading.split())
    if found := _PREFIX.fullmatch(words):
        return f"{ATTRIBUTE}_{(found[1] or language).lower()}:{found[2].strip()}"
    if found := _OPTION.fullmatch(words):
        return f"option:{found[1].strip()}"
    return ""


def _other(heading: str, words: str, form: Form, language: Locale) -> str:
    """Take what is left: names of ours with underscores; in Ozon's templates, characteristics."""
    if re.fullmatch(r"(?:option[123]_(?:name|value)|variant_picture)", words):
        return words
    if form is Form.OZON and words and not {words, without_unit(words)} & _NAMES.ozon.unused:
        return f"{ATTRIBUTE}_{language}:{' '.join(heading.replace('*', ' ').split())}"
    return ""
