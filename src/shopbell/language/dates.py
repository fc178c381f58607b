"""Days in a text: written out, in figures, and as seen from today. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from shopbell.language.folding import skeleton
from shopbell.language.numerals import HAN_NUMBER, SPOKEN, han_number

_MONTHS_EN = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTHS_RU = [
    "январ",
    "феврал",
    "март",
    "апрел",
    "ма[йя]",
    "июн",
    "июл",
    "август",
    "сентябр",
    "октябр",
    "ноябр",
    "декабр",
]
_EN = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_RU = (
    "январ[яьею]+|феврал[яьею]+|март[ае]?|апрел[яьею]+|ма[яйе]|июн[яьею]+"
    "|июл[яьею]+|август[ае]?|сентябр[яьею]+|октябр[яьею]+|ноябр[яьею]+"
    "|декабр[яьею]+"
)
_YEAR = r"(?:,?\s{0,2}(?P<y>20\d\d)(?!\d))?"

_SHAPES = tuple(
    map(
        re.compile,
        (
            r"(?<![\d.-])(?P<y>20\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?![\d-])",
            r"(?<!\d)(?:(?P<y>20\d\d)\s?年\s?)?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号號]?",
            r"(?<![\d.])(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>(?:20)?\d\d)(?![\d.])",
            r"(?<![\d/])(?P<one>\d{1,2})/(?P<other>\d{1,2})/(?P<y>(?:20)?\d\d)(?![\d/])",
            r"(?<![\d/])(?P<one>1[3-9]|2\d|3[01])/(?P<other>0?[1-9]|1[0-2])(?![\d/])",
            r"(?<![\d/])(?P<one>0?[1-9]|1[0-2])/(?P<other>1[3-9]|2\d|3[01])(?![\d/])",
            rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s{{0,2}}(?:of\s)?(?P<en>{_EN})\b\.?{_YEAR}",
            rf"\b(?P<en>{_EN})\b\.?\s{{0,2}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]){_YEAR}",
            rf"(?<!\d)(?P<d>\d{{1,2}})(?:-?го)?\s{{0,2}}(?P<ru>{_RU})(?![а-я]){_YEAR}",
        ),
    )
)

_DAYS: Mapping[str, int] = {
    **dict.fromkeys(("day before yesterday", "позавчера", "前天"), -2),
    **dict.fromkeys(("yesterday", "вчера", "昨天", "昨日"), -1),
    **dict.fromkeys(("today", "tonight", "сегодня", "今天", "今日"), 0),
    **dict.fromkeys(("tomorrow", "завтра", "明天", "明日"), 1),
    **dict.fromkeys(("day after tomorrow", "послезавтра", "后天"), 2),
}
_NAMED = re.compile(
    "|".join(rf"\b{one}\b" if one < "一" else one for one in sorted(_DAYS, key=len, reverse=True))
)
_TIMES = (
    "an?|one|two|three|four|five|six|seven|ten|couple of|дв[ае]|три|четыре|пять"
    "|шесть|семь|десять|пару"
)
_AGO = re.compile(
    rf"(?<![\w.,])(?:(?P<n>\d{{1,3}}|{_TIMES})\s)?(?P<unit>days?|weeks?|дн(?:я|ей)"
    rf"|день|недел[юиь]|месяц(?:а|ев)?|months?)"
    r"\s(?:ago|назад|тому назад)\b"
    r"|(?P<han>\d{1,3}|[一二两三四五六七八九十]{1,3})个?(?P<what>天|日|周|星期|礼拜|月)(?:之|以)?前"
)
_LENGTHS = {
    "d": 1,
    "w": 7,
    "m": 30,
    "д": 1,
    "н": 7,
    "天": 1,
    "日": 1,
    "周": 7,
    "星": 7,
    "礼": 7,
    "月": 30,
}
_AHEAD = 4
"""A day to come must be so many times nearer than one gone by: people tell what happened."""


def find(text: str, today: date) -> Iterator[tuple[int, int, str]]:
    """Yield where days stand in a plain text, and which they are."""
    for shape in _SHAPES:
        for found in shape.finditer(text):
            if day := _day(found, today):
                yield *found.span(), day.isoformat()
    for found in _NAMED.finditer(text):
        yield *found.span(), (today + timedelta(days=_DAYS[found[0]])).isoformat()
    for found in _AGO.finditer(text):
        if gone := _gone(found):
            yield *found.span(), (today - gone).isoformat()


def _day(found: re.Match[str], today: date) -> date | None:
    parts = found.groupdict()
    if "one" in parts:
        one, other = int(parts["one"]), int(parts["other"])
        month, day = (other, one) if one > 12 else (one, other)  # noqa: PLR2004 - months
    else:
        month, day = _month(parts), int(parts["d"])
    if year := parts.get("y"):
        return _real(int(year) % 100 + 2000, month, day)
    years = (_real(today.year + step, month, day) for step in (-1, 0, 1))
    return min((one for one in years if one), key=lambda one: _far(one, today), default=None)


def _month(parts: Mapping[str, str]) -> int:
    if name := parts.get("en"):
        return _MONTHS_EN.index(name[:3]) + 1
    if name := parts.get("ru"):
        return next(n for n, stem in enumerate(_MONTHS_RU, 1) if re.match(stem, name))
    return int(parts["m"])


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _far(day: date, today: date) -> int:
    days = (day - today).days
    return days * _AHEAD if days > 0 else -days


def _gone(found: re.Match[str]) -> timedelta | None:
    number = found["n"] or found["han"] or "1"
    unit = found["unit"] or found["what"]
    if number.isdigit():
        times: int | None = int(number)
    elif HAN_NUMBER.fullmatch(number):
        times = han_number(number)
    else:
        times = {"a": 1, "an": 1, "one": 1, "пару": 2, "couple of": 2}.get(
            number, SPOKEN.get(skeleton(number))
        )
    return timedelta(days=times * _LENGTHS[unit[0]]) if times else None
