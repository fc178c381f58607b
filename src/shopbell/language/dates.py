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
            (
                r"(?:(?<=\bдо )|(?<=\bк )|(?<=\bс )|(?<=\bот )|(?<=\bна )|(?<=\bby )|(?<=before )"
                r"|(?<=since )|(?<=until )"
                r"|(?<=\bon ))(?P<d>0?[1-9]|[12]\d|3[01])\.(?P<m>0[1-9]|1[0-2])(?![\d.,%]|\s?(?:см"
                r"|м|кг|л|мм|в|вт|руб|р|₽|cm|kg|m|v|in|inch)\b)"
            ),
            r"(?<![\d/])(?P<one>\d{1,2})/(?P<other>\d{1,2})/(?P<y>(?:20)?\d\d)(?![\d/])",
            r"(?<![\d/])(?!24/7)(?P<one>1[3-9]|2\d|3[01])/(?P<other>0?[1-9]|1[0-2])(?![\d/])",
            r"(?<![\d/])(?P<one>0?[1-9]|1[0-2])/(?P<other>1[3-9]|2\d|3[01])(?![\d/])",
            rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s{{0,2}}(?:of\s)?(?P<en>{_EN})\b\.?{_YEAR}",
            rf"\b(?P<en>{_EN})\b\.?\s{{0,2}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]){_YEAR}",
            rf"(?<!\d)(?P<d>\d{{1,2}})(?:-?го)?\s{{0,2}}(?P<ru>{_RU})(?![а-я]){_YEAR}",
        ),
    )
)

_DAYS: Mapping[str, int] = {
    **dict.fromkeys(("大前天",), -3),
    **dict.fromkeys(("大后天",), 3),
    **dict.fromkeys(("day before yesterday", "позавчера", "前天"), -2),
    **dict.fromkeys(("yesterday", "вчера", "昨天", "昨日"), -1),
    **dict.fromkeys(("today", "tonight", "сегодня", "今天", "今日"), 0),
    **dict.fromkeys(("tomorrow", "завтра", "明天", "明日"), 1),
    **dict.fromkeys(("day after tomorrow", "послезавтра", "后天"), 2),
}
_WEEKDAYS = (
    "monday|понедельник[ау]?|周一|星期一|礼拜一",
    "tuesday|вторник[ау]?|周二|星期二|礼拜二",
    "wednesday|сред[уые]|周三|星期三|礼拜三",
    "thursday|четверг[ау]?|周四|星期四|礼拜四",
    "friday|пятниц[уые]|周五|星期五|礼拜五",
    "saturday|суббот[уые]|周六|星期六|礼拜六",
    "sunday|воскресень[еюя]|周日|星期日|星期天|周天|礼拜[天日]",
)
_WEEKDAY = re.compile(
    r"\b(?P<last>last |прошл(?:ый|ую|ое|ой|ого|ому) )?(?P<this>this |эт(?:от|у|о|ой|ого"
    r"|ому) )?(?P<next>next |следующ(?:ий|ую|ее|ей|его|ему) )?"
    r"(?P<day>(?:mon|tues|wednes|thurs|fri|satur|sun)day|понедельник[ау]?|вторник[ау]?|сред[уые]"
    r"|четверг[ау]?|пятниц[уые]|суббот[уые]|воскресень[еюя])\b"
    r"|(?P<han_last>上个?)?(?P<han_next>下个?)?(?P<han_this>这个?|本)?(?P<han>(?:周|星期|礼拜)[一二三四五六日天])"
)
_OF_MONTH = re.compile(
    r"(?P<before>上个?月)(?P<a>\d{1,2})[号日號]|(?P<after>下个?月)(?P<b>\d{1,2})[号日號]"
    r"|(?:这个|本)月(?P<c>\d{1,2})[号日號]"
    r"|(?<![\d.])(?P<e>\d{1,2})(?:-?го)? (?:числа|числу)"
    r"|(?<![\d.,])(?P<g>[12]?\d|3[01])-?го(?![а-я])(?! (?:этаж|раз|размер|заказ|дом|подъезд"
    r"|пункт|ряд|класс|сорт"
    r"|янв|фев|мар|апр|ма[яй]|ию|авг|сен|окт|ноя|дек))|\bon the (?P<f>\d{1,2})(?:st|nd|rd|th)\b"
)
_HAN_DAY = re.compile(
    r"(?P<m>十[一二]?|[一二三四五六七八九])月(?P<d>[一二三四五六七八九十]{1,3})[日号號]"
)
_FEAST_DAYS = {"双十一": (11, 11), "双11": (11, 11), "双十二": (12, 12), "双12": (12, 12)}
_FEASTS = re.compile("|".join(_FEAST_DAYS))
"""Days of great sales that are named by their figures."""
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
    r"|(?P<han>\d{1,3}|[一二两三四五六七八九十]{1,3})个?(?P<what>天|日|周|星期|礼拜|月)(?:之"
    r"|以)?前"
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
    yield from _called(text, today)
    for shape, day_of in ((_WEEKDAY, _weekday), (_OF_MONTH, _of_month)):
        days = ((found, day_of(found, today)) for found in shape.finditer(text))
        yield from ((*found.span(), day.isoformat()) for found, day in days if day)
    for found in _AGO.finditer(text):
        if gone := _gone(found):
            yield *found.span(), (today - gone).isoformat()


def _called(text: str, today: date) -> Iterator[tuple[int, int, str]]:
    """Yield days that are called by words: 十一月三号, 双十一, yesterday."""
    dated = [(one, han_number(one["m"]), han_number(one["d"])) for one in _HAN_DAY.finditer(text)]
    dated += [(one, *_FEAST_DAYS[one[0]]) for one in _FEASTS.finditer(text)]
    for found, month, day in dated:
        nearest = _nearest(month, day, today) if month and day else None
        if nearest:
            yield *found.span(), nearest.isoformat()
    for found in _NAMED.finditer(text):
        yield *found.span(), (today + timedelta(days=_DAYS[found[0]])).isoformat()


def _day(found: re.Match[str], today: date) -> date | None:
    parts = found.groupdict()
    if "one" in parts:
        one, other = int(parts["one"]), int(parts["other"])
        month, day = (other, one) if one > 12 else (one, other)  # noqa: PLR2004 - months
    else:
        month, day = _month(parts), int(parts["d"])
    if year := parts.get("y"):
        return _real(int(year) % 100 + 2000, month, day)
    return _nearest(month, day, today)


def _nearest(month: int, day: int, today: date) -> date | None:
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


def _weekday(found: re.Match[str], today: date) -> date | None:
    """Return the day that *last Friday*, *в следующую среду* or 上周五 is; a bare one is none."""
    name = found["day"] or found["han"]
    number = next(n for n, names in enumerate(_WEEKDAYS) if re.fullmatch(names, name))
    monday = today - timedelta(days=today.weekday())
    if found["han_last"]:
        return monday + timedelta(days=number - 7)
    if found["this"] or found["han_this"]:
        return monday + timedelta(days=number)
    if found["last"]:
        return today - timedelta(days=(today.weekday() - number) % 7 or 7)
    if found["next"] or found["han_next"]:
        return monday + timedelta(days=number + 7)
    return None


def _of_month(found: re.Match[str], today: date) -> date | None:
    day = int(next(said for said in found.group("a", "b", "c", "e", "f", "g") if said))
    step = -1 if found["before"] else 1 if found["after"] else 0
    if step or found["c"]:
        month = today.month - 1 + step
        return _real(today.year + month // 12, month % 12 + 1, day)
    months = (divmod(today.month - 1 + near, 12) for near in (-1, 0, 1))
    days = (_real(today.year + years, month + 1, day) for years, month in months)
    return min((one for one in days if one), key=lambda one: _far(one, today), default=None)


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
