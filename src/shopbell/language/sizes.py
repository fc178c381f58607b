"""Sizes in a text: of clothes, of shoes, of rings, and how long and wide a thing is. Pure."""

import re
from collections.abc import Iterator

_LETTERS = r"\d?x{1,4}[sl]|\d{1,2}xl|[2-9]xs|w\d{2}[ /]?l\d{2}|\d?х{1,4}[лс]"
_VALUE = (
    rf"(?P<v>{_LETTERS}|[smlмлс]\b|\d{{2,3}}(?:[.,]5)?(?:[-/]\d{{2,3}}[a-dа-д]?)?"
    r"|\d{1,2}[.,]5|\d)"
)
_LABELLED = re.compile(
    rf"(?:\bsizes?|размер[а-я]*|\bр-р[а-я]*|\bр\.(?=\s?\d{{2}}\b)|\bразм\.?|尺码|尺寸|码数)(?:\s?(?:is|:|=|№|为"
    rf"|是))?\s{{0,2}}{_VALUE}(?![\w.,]?\d)(?!\s?(?:x|х|\*|см|cm|мм|mm))"
)
_BEFORE_LABEL = re.compile(
    rf"(?<![a-zа-я0-9.,-])(?P<v>{_LETTERS}|[sml]"
    rf"|\d{{2}}(?:[.,]5)?(?:[-/]\d{{2}})?)(?:(?:-?(?:ый|ой|й|го|м))?\s?размер|\s?码"
    rf"|(?<!楼\d\d)(?<!栋\d\d)(?<!层\d\d)\s?号(?!楼|线|院|门|店|仓|柜|库|前|到|送|发|买|下|收)|\s(?:sizes?)\b)"
)
_SYSTEM = re.compile(
    r"(?<![a-zа-я])(?P<s>eu|us|uk|欧码|美码|英码|евро размер|欧|美)\s?(?:size|размер"
    r"|码)?\s{0,2}(?P<v>\d{1,2}(?:[.,]5)?)(?![\d.]|元)"
    r"|(?P<t>uk|us|eu)\ssize\s(?P<w>\d{1,2}(?:[.,]5)?)"
    r"|(?<![\d.,])(?P<x>\d{1,2}(?:[.,]5)?)\s?(?P<u>eu|us|uk)(?![a-zа-я])"
)
_SYSTEMS = {"欧码": "EU", "美码": "US", "英码": "UK", "欧": "EU", "美": "US", "евро размер": "EU"}
_ALONE = re.compile(rf"(?<![a-zа-я0-9-])(?P<v>{_LETTERS})(?![a-zа-я0-9-])")
_ONE_LETTER = re.compile(r"(?<![A-Za-zА-Яа-я0-9'&.-])[SML](?![A-Za-zА-Яа-я0-9'&.-])")
_IN_WORDS = re.compile(
    r"\b(?P<v>small|medium|large|extra large)\b(?=\s(?:one|size|instead|or|please|is"
    r"|was))|(?<=instead of )(?P<w>small|medium|large)\b"
    r"|(?<=size )(?P<z>small|medium|large)\b|(?<![а-я])(?P<ru>икс-?\s?эль|эмк[ауи]|эльк[ауи]"
    r"|эск[ауи])(?![а-я])"
    r"|(?P<han>特大|加大|大|中|小|均)(?:号|码)"
)
_WORDS = {
    "small": "S",
    "medium": "M",
    "large": "L",
    "extra large": "XL",
    "ик": "XL",
    "эм": "M",
    "эл": "L",
    "эс": "S",
    "大": "L",
    "中": "M",
    "小": "S",
    "加大": "XL",
    "特大": "XXL",
    "均": "ONE",
}
_WORN_GOODS = (
    r"пальто|юбк|плать|футболк|куртк|джинс|брюк|штан|кольц|кроссов|ботин|туфл|сапог|рубаш|костюм"
    r"|обувь|обуви|пуховик|шорт|свитер|кофт|худи|толстовк|халат|пижам|блуз|тапк|тапоч|босонож|кед[ыа]"
    r"|\b(?:coat|skirt|dress|shirt|t-?shirt|jacket|jeans|trousers|pants|ring|shoes?|boots?|sneakers"
    r"|trainers|suit|hoodie|sweater|shorts|sandals|slippers|heels|bra|blouse|vest|tee|leggings)(?:e?s)?\b"
    r"|[一两二三四五]双|裙|衣|裤|鞋|靴|衫|外套|戒指|内裤|文胸|夹克|卫衣|羽绒服|西装|睡衣|袜"
)
"""What is worn has sizes, whether the word is said or not."""
_ABOUT_SIZE = re.compile(
    r"\bsize|\bfit|размер|рост|码|号|身高|尺寸|\bcm\b|\bсм\b|wear|ношу|穿|беру|围|肩宽|обхват"
    rf"|{_WORN_GOODS}"
)
_OF_WORN = re.compile(_WORN_GOODS)
_NO_MEASURE = (
    r"(?![\d%°/:]|[.,]\d|\s?(?:x|х|\*|шт|пар|раз|руб|р\b|₽|\$|€|£|дн|день|недел|месяц|год|лет|час|мин|см|мм"
    r"|м\b|кг|г\b|мл|л\b|вт|в\b|процент|градус|pcs|pieces|pairs?|times|days?|weeks?|months?|years?|hours?|min"
    r"|cm|mm|m\b|kg|g\b|ml|inch|percent|degrees?|usd|eur|dollars?|件|个|双|条|套|次|天|块|元|岁|斤|厘米|公分|月|年"
    r"|小时|分钟|%))"
)
_BARE = re.compile(
    r"(?:есть|кольц[оа]|пальто|поменя[а-я]+|обменя[а-я]+|замен[а-я]+|exchange|swap|[一两二三四五六\d][双件条]|нуж[а-я]+|только|или|вместо|на|прислали|пришл[аи]|пришел|хочу|надо|мне|беру|а|и"
    r"|[,.?!—–-]|^|have|need|want|got|got the|for|for a|in|in a|an?|or|only|instead of|sent|not|the"
    r"|要|有|换|改|选|拍|双|条|件|和|或|还是|成|发了|穿)\s?"
    rf"(?P<v>(?:3[4-9]|4\d|5\d|6[0-4])(?:/1[4-9]\d)?|(?:3[4-9]|4[0-8])(?=的)|1[4-9][.,]5|(?:3[4-9]|4\d)[.,]5)"
    rf"(?![a-zа-я-]){_NO_MEASURE}"
)
"""A bare number beside what is worn, in the rows of numbers that such things have."""
_HALVES = re.compile(rf"(?<![\d.,])(?P<v>(?:3[4-9]|4[0-9])[.,]5)(?![a-zа-я-]){_NO_MEASURE}")
_RING_SIZE = re.compile(
    rf"(?:кольц[а-я]*|\brings?|戒指)[^.!?\n]{{0,40}}?(?<![\d.,])(?P<v>1[4-9]|2[0-3]){_NO_MEASURE}"
)
_PLAIN_SIDES = re.compile(
    r"(?<![\w.,/-])(?P<a>[2-9]\d|[1-9]\d\d)\s?[xх*]\s?(?P<b>[2-9]\d|[1-9]\d\d)(?:\s?[xх*]\s?(?P<c>\d{1,3}))?"
    r"(?![\w*/-]|[.,]\d|\s?(?:px|hz|fps|пикс|像素))"
)
"""How long and wide a thing is, in units that everybody knows."""
_SIDE = r"\d{1,4}(?:[.,]\d)?"
_UNIT = (
    r"(?P<unit>cm|mm|m|ft|feet|см|мм|метр[а-я]*|сантиметр[а-я]*|м"
    r"|厘米|毫米|米|公分|inch(?:es)?|in|дюйм[а-я]*)"
)
_BY = r"\s?(?:cm|mm|m|см|мм|м|厘米|米)?\s?(?:x|х|\*|на|by|乘)\s?"
_DIMENSIONS = re.compile(
    rf"(?<![\d.,])(?P<a>{_SIDE}){_BY}(?P<b>{_SIDE})(?:{_BY}(?P<c>{_SIDE}))?\s?{_UNIT}(?![a-zа-я])"
)
_AS_LATIN = str.maketrans({",": ".", "Х": "X", "Л": "L", "М": "M", "С": "S"})
_UNITS = {
    "см": "cm",
    "厘米": "cm",
    "公分": "cm",
    "мм": "mm",
    "毫米": "mm",
    "м": "m",
    "米": "m",
    "in": "inch",
    "feet": "ft",
    "inches": "inch",
}
_WORN = re.compile(
    rf"(?:ношу|беру|взяла?|заказ(?:ала?|ывала?)|брать|wear|usually (?:a|take)|take a|穿|拍|选"
    rf"|要)\s?"
    rf"(?P<v>{_LETTERS}|\d{{2}}(?:[.,]5)?(?=-?(?:й|ый|ой|го)(?![а-я])|[码號])|(?:3[4-9]|4\d"
    rf"|5[0-8])(?:[.,]5)?(?=[,.!?， ]|$))"
    r"(?!\s?(?:штук|шт|раз|руб|дн|pcs|pieces|times|lb|kg|件|个|次|天|块))"
)
_HALF_METRES = re.compile(r"(?P<a>\d)米(?P<b>\d)\s?[乘x*×]\s?(?P<c>\d)米(?P<d>\d)?")
_ORDINAL = re.compile(
    r"(?<![\d.,-])(?P<v>3[4-9]|4\d|5[0-8])-?(?:й|ый|ой|го)(?![а-я])(?! (?:раз"
    r"|ден|день|дн|этаж|мин|год))"
)
_RING = re.compile(r"(?:戒指|指环)\s?(?P<v>\d{1,2})号")


def find_sizes(text: str, original: str) -> Iterator[tuple[int, int, str]]:
    """Yield where sizes stand in a plain text, and which they are."""
    for found in _HALF_METRES.finditer(text):
        a, b, c, d = found.groups("0")
        yield *found.span(), f"{a}.{b}x{c}.{d} m".replace(".0 ", " ")
    for found in _DIMENSIONS.finditer(text):
        sides = [side.replace(",", ".") for side in found.group("a", "b", "c") if side]
        unit = found["unit"]
        yield (
            *found.span(),
            f"{'x'.join(sides)} {_unit(unit)}",
        )
    for found in _SYSTEM.finditer(text):
        system = found["s"] or found["t"] or found["u"]
        value = found["v"] or found["w"] or found["x"]
        yield *found.span(), f"{_SYSTEMS.get(system, system.upper())} {_size(value)}"
    for found in _PLAIN_SIDES.finditer(text):
        yield *found.span(), "x".join(side for side in found.groups() if side)
    worn = (_BARE, _RING_SIZE) if _OF_WORN.search(text) or _LABELLED.search(text) else ()
    for shape in (_LABELLED, _BEFORE_LABEL, _RING, _ALONE, _WORN, _ORDINAL, _HALVES, *worn):
        for found in shape.finditer(text):
            yield *found.span("v"), _size(found["v"])
    for found in _IN_WORDS.finditer(text):
        word = next(word for word in found.groups() if word)
        yield *found.span(), _WORDS.get(word) or _WORDS[word[:2]]
    if len(original) == len(text) and _ABOUT_SIZE.search(text):
        for found in _ONE_LETTER.finditer(original):
            yield *found.span(), found[0]


def _unit(said: str) -> str:
    stems = {"дюйм": "inch", "метр": "m", "сантиметр": "cm"}
    return _UNITS.get(said) or next(
        (unit for stem, unit in stems.items() if said.startswith(stem)), said
    )


def _size(value: str) -> str:
    return value.upper().translate(_AS_LATIN)
