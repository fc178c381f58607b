"""Postal addresses in a text: where somebody lives is nothing for everybody's eyes. Pure.

A street with a number of a house makes one; a town or a street alone does not.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_NUMBER = r"\d{1,4}(?:\s?[a-zа-я](?![a-zа-я]))?(?:[/-]\d{1,4}[a-zа-я]?)?"

_ESTATE = r"(?:小区|花园|公寓|家园|新村|大厦|苑)"
_BUILDING = r"(?:号楼|栋|幢|座|单元|层|楼|室|号|房)"
_CHINESE = re.compile(
    r"(?:(?:路|街|大道|巷|胡同|弄)[ ]?(?:\d{1,5}|[一二三四五六七八九十百]{1,5})[ ]?[号弄]"
    rf"|{_ESTATE}[ ]?\d{{1,4}}[ ]?{_BUILDING}"
    r"|\d{1,4}[ ]?(?:号楼|栋|幢|座)[ ]?(?:\d{1,3}[ ]?单元)?[ ]?\d{2,5}[ ]?(?:室|号|房))"
    rf"(?:[ ,，]?(?:[\u4e00-\u9fff]{{2,8}}{_ESTATE})?[ ]?[a-zA-Z]?\d{{1,5}}[ ]?{_BUILDING}){{0,5}}"
)
_BEFORE = 30
_LEADS = frozenset("到在寄送往去给址是住")
"""After these an address begins."""

_RUSSIAN_STREET = (
    r"(?:ул(?:иц[аеуы])?|пр(?:осп(?:ект[ае]?)?|-т|-кт)|пер(?:еул(?:ок|к[аеу]))?|ш(?:оссе)?|пл(?:ощад[ьи])?"
    r"|б(?:ул(?:ьвар[ае]?)?|-р)|наб(?:ережн(?:ая|ой|ую))?|проезд[ае]?|туп(?:ик[ае]?)?|мкр(?:н|-н)?)\b\.?"
)
_RUSSIAN_NAME = r"[а-яё][а-яё.-]{1,30}(?:\s[а-яё][а-яё.-]{1,30}){0,2}?"
_RUSSIAN_HOUSE = rf"(?:,?\s?(?:д(?:ом[еу]?)?\b\.?)\s?|,?\s){_NUMBER}"
_RUSSIAN_MORE = (
    r"(?:,?\s?(?:к(?:орп(?:ус)?)?|стр(?:оение)?|кв(?:артира)?|под(?:ъезд)?|эт(?:аж)?|оф(?:ис)?)\b\.?"
    r"\s?\d{1,5}){0,4}"
)
_RUSSIAN = re.compile(
    r"(?:\b\d{6},?\s)?(?:(?:\bг(?:ор(?:од)?)?\b\.?\s?)[а-яё-]{2,30},?\s)?"
    rf"(?:\b{_RUSSIAN_STREET}\s?{_RUSSIAN_NAME}|\b[а-яё-]{{3,30}}(?:ая|ой|ий|ый|ую|ого|ской)\s{_RUSSIAN_STREET})"
    rf"{_RUSSIAN_HOUSE}{_RUSSIAN_MORE}",
    re.IGNORECASE,
)

_ROOM = r"(?:,?\s(?:apt|apartment|flat|unit|suite|room|#)\.?\s?[a-z0-9]{1,6})?"
_TOWN = (
    r"(?:,?\s[a-z][a-z.'-]{1,30}(?:\s[a-z][a-z.'-]{1,30})?,?\s"
    r"(?:[a-z]{2}\s\d{5}(?:-\d{4})?|[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}\b|\d{5}\b))?"
)
_ENGLISH = re.compile(
    r"(?<![\w.,])\d{1,5}[a-z]?,?\s(?:(?!way\b|lane\b|day\b)[a-z][a-z.'-]{1,20}\s){1,3}"
    r"(?:street|road|avenue|boulevard|lane|drive|crescent|terrace|square|(?:st|rd|ave|blvd|ln|dr)\b\.?)(?![a-z])"
    rf"{_ROOM}{_TOWN}",
    re.IGNORECASE,
)
_GERMAN = re.compile(
    r"\b(?:[a-zäöüß-]{2,30}(?:straße|strasse|str\.|allee|gasse|platz)|[a-zäöüß-]{3,30}\s(?:straße|strasse|str\.|allee|platz))"
    r"\s\d{1,4}\s?(?:[a-z](?![a-z]))?(?:,?\s(?:d-)?\d{5}\s[a-zäöüß-]{2,30})?",
    re.IGNORECASE,
)
_BY_FLAT = re.compile(
    rf"(?:\b[а-яё-]{{3,30}},\s)?\b[а-яё][а-яё.-]{{2,30}},?\s(?:д(?:ом)?\b\.?\s?)?{_NUMBER}"
    r",?\s?кв(?:артира)?\b\.?\s?(?!(?:19|20)\d\d)\d{1,4}\b"
    r"|(?:\b[a-z-]{3,30},\s)?\b[a-z][a-z.'-]{2,30},?\s\d{1,4}[a-z]?,?\s(?:apt|apartment|kv)\b\.?\s?\d{1,4}\b",
    re.IGNORECASE,
)
"""Without a word for the street, a flat behind a house says enough."""

_OF = r"(?:(?:de|del|della|di|da|do|dos|du|des|la|las|le|los|les)\s|[ld]['’]){0,3}"
_BIG = r"[A-ZÀ-Ý][a-zà-ÿ'’-]{1,30}"
_FRENCH_TOWN = rf"(?:,?\s\d{{5}}(?:\s{_BIG})?)?"
_SPANISH_TOWN = rf"(?:,\s(?:\d{{4,5}}(?:-\d{{3}})?\s)?{_BIG})"
_ROMANCE = re.compile(
    rf"\b\d{{1,4}}(?:\s?(?:bis|ter))?,?\s[Rr]ue\s{_OF}[^\W\d_][\w'’-]{{1,30}}{_FRENCH_TOWN}"
    rf"|\b\d{{1,4}}(?:\s?(?:bis|ter))?,?\s(?:[Aa]venue|[Bb]oulevard|[Pp]lace|[Qq]uai|[Ii]mpasse|[Aa]llée)"
    rf"\s{_OF}{_BIG}(?:[\s-]{_BIG}){{0,2}}{_FRENCH_TOWN}"
    rf"|\b(?:[Cc]alle|[Aa]venida|[Aa]vda\.|[Pp]aseo|[Cc]arrer|[Rr]ua|[Cc]orso|[Pp]iazza|[Vv]iale)\s{_OF}"
    rf"[^\W\d_][\w'’-]{{1,30}}(?:\s{_BIG}){{0,2}},?\s\d{{1,4}}\b{_SPANISH_TOWN}?"
    rf"|\bVia\s{_OF}{_BIG}(?:\s{_BIG}){{0,2}},?\s\d{{1,4}}\b{_SPANISH_TOWN}"
)
REACH = 300
"""No address is longer: what stands farther from its word for a street is none of it."""


class _Shape(NamedTuple):
    """An address, and words of which one stands in it: only around them is it looked for."""

    address: re.Pattern[str]
    words: re.Pattern[str]
    roots: Sequence[str] = ()
    """Letters of which some stand in those words, all small."""


SHAPES = (
    _Shape(_RUSSIAN, re.compile(rf"\b{_RUSSIAN_STREET}", re.IGNORECASE), "упшбнтм"),
    _Shape(
        _ENGLISH,
        re.compile(
            r"\s(?:street|road|avenue|boulevard|lane|drive|crescent|terrace|square"
            r"|(?:st|rd|ave|blvd|ln|dr)\b)",
            re.IGNORECASE,
        ),
    ),
    _Shape(
        _GERMAN,
        re.compile(r"straße|strasse|str\.|allee|gasse|platz", re.IGNORECASE),
        ("strasse", "str.", "allee", "gasse", "platz"),
    ),
    _Shape(
        _BY_FLAT,
        re.compile(r"(?:кв(?:артира)?|apt|apartment|kv)\b", re.IGNORECASE),
        ("кв", "apt", "apartment", "kv"),
    ),
    _Shape(
        _ROMANCE,
        re.compile(
            r"[Rr]ue|[Aa]venue|[Bb]oulevard|[Pp]lace|[Qq]uai|[Ii]mpasse|[Aa]llée|[Cc]alle|[Aa]venida"
            r"|[Aa]vda\.|[Pp]aseo|[Cc]arrer|[Rr]ua|[Cc]orso|[Pp]iazza|[Vv]iale|Via"
        ),
    ),
)

_FLAT = re.compile(r"\b(?:кв|apt|apartment|flat|kv)\b|квартира|\d室", re.IGNORECASE)


def find_homes(text: str) -> Iterator[tuple[int, int]]:
    """Yield where addresses stand in a text; they may overlap."""
    small = text.casefold()
    for shape in SHAPES:
        if not shape.roots or any(root in small for root in shape.roots):
            for start, end in _around(shape.words, text):
                yield from (found.span() for found in shape.address.finditer(text, start, end))
    for found in _CHINESE.finditer(text):
        yield _begun(text, found.start()), found.end()


def has_flat(home: str) -> bool:
    """Tell whether an address names a flat: there somebody lives, and no shop is."""
    return _FLAT.search(home) is not None


def _around(words: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Yield the surroundings of words, those that overlap as one."""
    start, end = 0, 0
    for word in words.finditer(text):
        if word.start() - REACH > end:
            if end:
                yield start, end
            start = word.start() - REACH
        end = word.end() + REACH
    if end:
        yield start, end


def _begun(text: str, street: int) -> int:
    """Return where a Chinese address begins: with the province, a long way before the street."""
    end = street - (text[street - 1 : street] == "\n")
    start, first = end, max(0, street - _BEFORE)
    while start > first and "\u4e00" <= text[start - 1] <= "\u9fff":
        if text[start - 1] in _LEADS:
            return start
        start -= 1
    return start if start < end else street
