"""Sums of money in a text, in figures and in words. Pure."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from shopbell.language.folding import skeleton
from shopbell.language.numerals import HAN_NUMBER, SPOKEN, han_number

_CURRENCIES = {
    "USD": r"\$|usd\b|us dollars?|dollars?|bucks?|долл[а-я]*|бакс[а-я]*|美元|美金|刀",
    "EUR": r"€|eur\b|euros?\b|евро|欧元",
    "GBP": r"£|gbp\b|pounds?\b|quid|фунт[а-я]*|英镑",
    "RUB": r"₽|rub\b|rubles?|roubles?|руб[а-я]*\.?|рэ\b|р\.(?![а-я])|р(?![а-яa-z])|卢布",
    "CNY": r"¥|¥|cny\b|rmb\b|yuan|юан[а-я]*|元|块钱?|人民币",
}
_CURRENCY = "|".join(f"(?P<{code}>{words})" for code, words in _CURRENCIES.items())
_NUMBER = r"(?:\d{1,3}(?:[ ,.']\d{3}){1,3}(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?)(?!\d)"
_BEFORE = re.compile(
    r"(?P<sign>[$€£¥₽]|(?<![a-z])(?:usd|eur|gbp|rub|cny|rmb))\s?"
    rf"(?P<n>{_NUMBER})(?:\s?(?P<k>k\b|тыс\.?|万))?"
)
_AFTER = re.compile(
    rf"(?<![\d./-])(?<!\d,)(?P<n>{_NUMBER})\s?(?P<k>k\b|к\b|тыс[а-я]*\.?|万"
    rf"|千)?\s?(?:{_CURRENCY})"
)
_FROM = re.compile(
    r"(?<![а-яa-z])(?:с|от|from|between|从|由)\s?(?P<n>\d{2,6})(?=\s?(?:до|to|and|[涨降]?到)\s?[$€£¥]?\d)"
)
_BARE = re.compile(
    r"(?:[降涨]到|[降涨]成|变成|变|现在(?:只要|是|才)?|只要|原价|改成|卖|instead of|down to"
    r"|up to|now|was|but paid|not"
    r"|вместо|стало|теперь|а было|было|до|а не|сейчас|а (?:тут|там|списали|в чеке|на сайте))\s?"
    r"(?P<n>\d{2,3}(?:[ ,.]\d{3}){0,2}(?:[.,]\d{1,2})?|\d{3,6}(?:[.,]\d{1,2})?)"
    r"(?![a-zа-я]|\s?(?:\d|[%:./-]|cm|см|мм|mm|kg|кг|мл|ml|вт|days?|дн|недел|weeks?|months?|лет"
    r"|years?|pcs|шт|hours?|час|мин|раз|times|[天个件号月日年岁次遍码厘米毫伏瓦斤]))"
)
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "₽": "RUB", "rmb": "CNY"}
_TIMES = {"k": 1_000, "к": 1_000, "т": 1_000, "千": 1_000, "万": 10_000}
_HAN = re.compile(rf"(?P<n>{HAN_NUMBER.pattern})(?:{_CURRENCY})")
_HAN_TENTHS = re.compile(r"(?P<n>[一二两三四五六七八九])(?![十百千万个件双条包瓶斤])[毛角]?")
_MONEY_WORD = re.compile(
    r"тысяч|thousand|рубл|доллар|евро|юан|бакс|фунт|dollar|euro|pound|buck|quid|yuan|rubl"
)
_TENTHS = re.compile(r"(?<!\d)(?P<a>\d{1,5})块(?P<b>\d)(?!\d|[个件双条包瓶斤])")
_MOST_WORDS = 4
_THOUSANDS = re.compile(
    r"(?<![\d./-])(?<!\d,)(?P<n>\d{1,3}(?:[.,]\d)?)\s?(?:тыс[а-я]*\.?|тыщ[а-я]?|косар[а-я]*|к)(?![а-яa-z0-9])"
    r"|(?P<han>\d{1,3}(?:\.\d{1,2})?)万(?!\s?(?:个|人|次|件|公里|毫|转))"
)
_PAYING = re.compile(
    r"плат|отдал|стои|стоим|спис|верн|возврат|цен[аыу]|дорог|дешев|потрат|снял|скидк|обош|доставк|сбереж|花|付|贵|退|卖|价"
)
"""What is paid in thousands needs no currency said."""
_HALVES = {"полторы": Decimal("1.5"), "полтора": Decimal("1.5")}


def find_money(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where sums stand in a plain text, and how much they are."""
    for found in _BEFORE.finditer(text):
        yield (
            *found.span(),
            _sum(
                _number(found["n"]) * _times(found["k"]),
                _SIGNS.get(found["sign"], found["sign"].upper()),
            ),
        )
    for found in _TENTHS.finditer(text):
        yield *found.span(), _sum(Decimal(f"{found['a']}.{found['b']}"), "CNY")
    for found in _AFTER.finditer(text):
        yield *found.span(), _sum(_number(found["n"]) * _times(found["k"]), _currency(found))
    for found in _HAN.finditer(text):
        if amount := han_number(found["n"]):
            tenths = _HAN_TENTHS.match(text, found.end()) if found[0].endswith("块") else None
            end = tenths.end() if tenths else found.end()
            more = Decimal(han_number(tenths["n"]) or 0) / 10 if tenths else Decimal(0)
            yield found.start(), end, _sum(amount + more, _currency(found))
    if _PAYING.search(text):
        for found in _THOUSANDS.finditer(text):
            han = found["han"]
            many = _number(han) * 10_000 if han else _number(found["n"]) * 1_000
            yield *found.span(), _sum(many, "CNY" if han else "RUB")
    yield from _spoken_money(text)
    yield from _other_sums(text)


def _other_sums(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield bare numbers beside one sum with a currency: *$64.50 instead of 58*."""
    said = [*_BEFORE.finditer(text), *_AFTER.finditer(text)]
    codes = {_code(found) for found in said}
    if len(codes) == 1:
        code = codes.pop()
        for found in (*_BARE.finditer(text), *_FROM.finditer(text)):
            yield *found.span("n"), _sum(_number(found["n"]), code)


def _code(found: re.Match[str]) -> str:
    sign = found.groupdict().get("sign")
    return _SIGNS.get(sign, sign.upper()) if sign else _currency(found)


def _spoken_money(text: str) -> Iterator[tuple[int, int, str]]:
    words = [*re.finditer(r"[^\W\d_]+", text)] if _MONEY_WORD.search(text) else []
    read = 0
    for place, word in enumerate(words):
        thousand = word[0].startswith(("тысяч", "thousand"))
        coin = re.fullmatch(_CURRENCY, word[0])
        if place < read or not (thousand or coin):
            continue
        first, amount = _said(words, place, -1)
        if thousand and (first < place or word[0] == "тысячу"):
            last, more = _said(words, place, 1)
            after = words[last + 1][0] if last + 1 < len(words) else ""
            coin = re.fullmatch(_CURRENCY, after)
            read = last + (2 if coin else 1)
            amount = (amount or Decimal(1)) * 1_000 + more
            code = _currency(coin) if coin else "RUB" if word[0].startswith("т") else "USD"
            yield words[first].start(), words[read - 1].end(), _sum(amount, code)
        elif coin and amount and not thousand:
            yield words[first].start(), word.end(), _sum(amount, _currency(coin))


def _said(words: Sequence[re.Match[str]], place: int, step: int) -> tuple[int, Decimal]:
    """Return how far numbers are said before or after a word, and their sum."""
    amount, at = Decimal(0), place
    while 0 <= at + step < len(words) and abs(at - place) < _MOST_WORDS:
        worth = _worth(words[at + step][0])
        if worth is None:
            break
        amount += worth
        at += step
    return at, amount


def _worth(word: str) -> Decimal | None:
    if word in _HALVES:
        return _HALVES[word]
    said = SPOKEN.get(skeleton(word))
    return None if said is None else Decimal(said)


def _currency(found: re.Match[str]) -> str:
    return next(code for code in _CURRENCIES if found[code])


def _times(word: str | None) -> int:
    return _TIMES[word[0]] if word else 1


def _number(words: str) -> Decimal:
    """Read 1,299.99 as well as 1.299,99, 12 990 and 4 990,50."""
    whole, sign, rest = words, "", ""
    if found := re.search(r"([.,])(\d{1,2})$", words):
        whole, sign, rest = words[: found.start()], ".", found[2]
    return Decimal(re.sub(r"\D", "", whole) + sign + rest)


def _sum(amount: Decimal, currency: str) -> str:
    plain = f"{amount:.0f}" if amount == amount.to_integral() else f"{amount:.2f}"
    return f"{plain} {currency}"
