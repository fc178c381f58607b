"""Digits and small numbers as words, in three languages."""

import re
from collections.abc import Mapping

from shopbell.language.folding import plain, skeleton

_HAN = dict(zip("零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789", strict=True))
_HAN |= {"洞": "0", "拐": "7", "勾": "9", "两": "2", "兩": "2", "貳": "2", "參": "3", "陸": "6"}

_EN = """
0 zero nought oh|1 one|2 two|3 three|4 four|5 five|6 six|7 seven|8 eight|9 nine|10 ten|11 eleven
12 twelve|13 thirteen|14 fourteen|15 fifteen|16 sixteen|17 seventeen|18 eighteen|19 nineteen
20 twenty|30 thirty|40 forty|50 fifty|60 sixty|70 seventy|80 eighty|90 ninety"""
_RU = """
0 ноль нуль ноля нуля nol|1 один одна одно раз odin|2 два две dva|3 три tri|4 четыре chetyre
5 пять pyat|6 шесть shest|7 семь sem|8 восемь vosem|9 девять devyat
10 десять|11 одиннадцать|12 двенадцать|13 тринадцать|14 четырнадцать
15 пятнадцать|16 шестнадцать|17 семнадцать|18 восемнадцать|19 девятнадцать|20 двадцать
30 тридцать|40 сорок|50 пятьдесят|60 шестьдесят|70 семьдесят|80 восемьдесят|90 девяносто
100 сто|200 двести|300 триста|400 четыреста|500 пятьсот|600 шестьсот|700 семьсот
800 восемьсот|900 девятьсот"""


def _table(rows: str) -> dict[str, int]:
    pairs = (row.split() for line in rows.split("\n") for row in line.split("|") if row)
    return {skeleton(plain(word)): int(number) for number, *words in pairs for word in words}


SPOKEN: Mapping[str, int] = _table(_EN) | _table(_RU)
"""Words for numbers, as skeletons."""

HAN_DIGITS: Mapping[str, str] = _HAN
"""Chinese digits, also as banks write them and as soldiers say them."""


def joins(before: int, after: int) -> bool:
    """Tell whether two spoken numbers are one: twenty three, девятьсот двадцать шесть."""
    if before >= 100 and before % 100 == 0:  # noqa: PLR2004 - hundreds
        return 0 < after < 100  # noqa: PLR2004
    return before % 100 >= 20 and before % 10 == 0 and 0 < after < 10  # noqa: PLR2004 - tens, ones


_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "萬": 10_000}
HAN_NUMBER = re.compile(r"[零一二三四五六七八九两十百千万]{1,12}")


def han_number(words: str) -> int | None:
    """Return the number that Chinese words stand for: 一千五百, 一千五, 二十."""
    total = part = digit = 0
    last = 1
    for sign in words:
        if unit := _UNITS.get(sign):
            digit = digit or (1 if unit == min(_UNITS.values()) else 0)
            if unit == max(_UNITS.values()):
                total, part = (total + part + digit) * unit, 0
            else:
                part += digit * unit
            digit, last = 0, unit
        elif digit:
            return None
        else:
            digit = int(_HAN.get(sign, "0"))
            last = 1 if sign == "零" else last
    return total + part + digit * max(1, last // 10) or None
