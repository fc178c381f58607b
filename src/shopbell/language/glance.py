"""One cheap look which tells that nothing in a text can be hidden: most messages need no more.

Whatever the full search finds holds one of these signs; a sign alone says nothing yet.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from enum import IntEnum

from shopbell.language.folding import BETWEEN_HAN, HEARD, TABLE, skeleton
from shopbell.language.numerals import HAN_DIGITS, SPOKEN

_ENDS = (
    "(?:com|ru|cn|net|org|рф|su|shop|xyz|biz|info|online|store|site|club|vip|io|co|uk|de|eu|kz|ua"
    "|top|cc|ком|ру|нет|орг)(?![a-z0-9])"
    "|(?:me|to|ly|gg|tv|app|link|pro|ws|im|in|at|be|gl|cat|live|page|dev|one|re|so|cc)[ ]?/"
)
_AFTER_DOT = rf"[ )\]}}>]{{0,4}}(?:{_ENDS})"
_HOUSES = (
    "(?:gmail|g-mail|mail|yandex|ya|inbox|list|bk|rambler|hotmail|outlook|yahoo|icloud|proton"
    "|qq|163|126|sina|foxmail|гмеил|гмейл|жмейл|джимейл|яндекс|меил|мейл|мэйл|майл|рамблер)"
)
_AFTER_AT = rf"[ )\]}}>]{{1,4}}{_HOUSES}"
_V = "[vwq微薇威维扣]"
_ALONE = "(?<![a-zа-я0-9]..)"
"""After two signs: no letter or digit stands before them. Looked at late, as it takes its time."""

_END = "(?:[аеуоиы]|ом|ами|е?ме)?(?![a-zа-я0-9])"
"""A name ends, with what Russian grammar may add to it."""

_SIGNS = [
    "@",
    ":[ ]?/",
    f"at{_AFTER_AT}",
    *("собак[аи][)\\]}> ]", "собачка[)\\]}> ]", "sobak[ai][)\\]}> ]", "sobachka[)\\]}> ]"),
    f"эт{_AFTER_AT}",
    f"dog{_AFTER_AT}",
    "艾特",
    "圈a",
    "小老鼠",
    r"#(?:\d{2,3}\.|qq|g?mail)",
    *(
        f"{house}[ ](?:com|ru|cn|ком|ру)(?![a-z0-9])"
        for house in skeleton(_HOUSES)[3:-1].split("|")
        if not house[0].isdigit()
    ),
    "1(?:63|26)[ ](?:com|ru|cn|ком|ру)",
    rf"\.{_AFTER_DOT}",
    "www",
    *(f"{dot}{_AFTER_DOT}" for dot in ("dot", "точка", "тчка", "тчк", "tochka", *"点點。")),
    # names of messengers
    *("微信", "微x", "微博", "卫星", "徽信", "扣扣", "企鹅", "企鵝", "抖音", "小红书", "公众"),
    *(f"{first}[芯信]" for first in "薇威维"),
    *("v信", "q号", "加群", "二维码"),
    *("в[оа]тс", "ва[цтс]+ап", "уотсап", "телегр", "телег[аеуи]", f"тг{_ALONE}", f"тл{_ALONE}г"),
    *(
        "ва[ий]бер",
        "вибер",
        "ска[ий]п",
        "инст[аеуы]",
        f"вк{_ALONE}(?:онт|{_END})",
        f"ви{_ALONE}ч",
        "фейсбук",
        "дискорд",
    ),
    *(
        "wh?ats? ?[a4]p",
        "telegram",
        f"tg{_ALONE}",
        "viber",
        "we ?chat",
        "weixin",
        "skype",
        "insta(?!l)",
    ),
    rf"wa{_ALONE}[:： ]+\+?\d",
    *(f"vx{_ALONE}", f"v {_ALONE}x", f"vk{_ALONE}{_END}", f"wx{_ALONE}", f"w {_ALONE}x"),
    *(f"qq{_ALONE}", f"q {_ALONE}q", f"ig{_ALONE}(?:[:：]| is)"),
    *(f"fb{_ALONE}", "facebook", "messenger", "snap ?chat", "discord", "kakao", "zalo"),
    *("line ?id", "on (?:signal|line)", "via (?:signal|line)", "в (?:сигнале?|лс|личку|wa)"),
    *(f"加.{{0,4}}{_V}", rf"\+.{{0,4}}{_V}", "[vq] ?我", "vx ?我", "wx ?我", "q[:：]"),
    *("v[vx]?[ ]?号?[:：]", "wx[ ]?号?[:：]"),
    # past the marketplace, or into an account
    *("私下", "western union", "moneygram", "usdt", "bitcoin", "биткоин", "вестерн"),
    r"м(?:имо|инуя)\s[спмо]",
    r"в(?: обход|не)\s[спмо]",
    r"без\s[спмо](?:айт|лощ|арк|зон)",
    r"напрямую\s(?:на карту|мне)",
    *(rf"{past}\s(?:of\s)?(?:the\s)?(?:site|platform|marketplace)" for past in ("off", "past")),
    *(rf"{past}\s(?:of\s)?(?:the\s)?(?:site|pl|ma)" for past in ("outside", "without")),
    *("bypass", "线下", "绕过平台", "不走平台", "脱离平台"),
    *(
        "cv[vc]",
        r"код\s?(?:из|от)?\s?(?:смс|sms|банка)",
        r"пароль\s?(?:из|от)?\s?(?:смс|sms|банка)",
    ),
    *(r"sms\scode", r"verification\scode", r"confirmation\scode", r"one.?time\s(?:code|password)"),
    *(r"code\s(?:from|in)\s", "验证码", "支付密码", "银行密码"),
]


_USUAL = "eotainsbcpkmxyвдлзпиучш"
"""Letters that begin many a sign and stand in every text, the most usual first."""


def _by_first_sign(signs: list[str]) -> str:
    """Return one pattern which looks at each first sign once."""
    rests: dict[str, list[str]] = defaultdict(list)
    for sign in signs:
        for first, rest in _firsts(sign):
            rests[first].append(rest)
    usual = sorted(rests, key=lambda first: _USUAL.find(first) % len(rests))
    return "|".join(f"{first}(?:{'|'.join(rests[first])})" for first in usual)


def _firsts(sign: str) -> Iterator[tuple[str, str]]:
    if sign[0] == "[":
        firsts, _, rest = sign[1:].partition("]")
        yield from ((first, rest) for first in firsts)
    elif sign[0] == "\\":
        yield sign[:2], sign[2:]
    else:
        yield sign[0], sign[1:]


_GAP = r"[ .()/\\_*~|,=\-\[\]{}、—'\"#;]{0,4}"
_NO_LETTER_BEFORE, _NO_LETTER_AFTER = r"(?<![^\W\d_]..)", r"(?![^\W\d_])"
_SAID = [
    *(
        f"{word[:2]}{_NO_LETTER_BEFORE}{word[2:]}{_NO_LETTER_AFTER}"
        for word in (*SPOKEN, "double", "triple")
    ),
    *HAN_DIGITS,
]
_ANY_SAID = "|".join(_SAID)
_SIGNED = [skeleton(sign) for sign in _SIGNS]
_COUNTED = [rf"{said}{_GAP}(?:\d|{_ANY_SAID})" for said in _SAID]
_find_any = re.compile(_by_first_sign(_SIGNED + _COUNTED)).search
_find_sign = re.compile(_by_first_sign(_SIGNED)).search
_find_digits = re.compile(rf"\d(?:{_GAP}[\doilзб]){{6}}|\d{_GAP}(?:{_ANY_SAID})").search
_find_digit = re.compile(r"\d").search
_find_spelled = re.compile(
    r"[ .*_-][^\W_\u4e00-\u9fff][ .*_-][^\W_\u4e00-\u9fff](?![^\W_\u4e00-\u9fff])"
).search


class _Skeletons(dict[int, str]):
    """Each sign's plain form with look-alikes as one letter: `skeleton` of `plain`, at once."""

    def __missing__(self, code: int) -> str:
        self[code] = alike = skeleton(TABLE[code])
        return alike


_SKELETONS = _Skeletons()


class Seen(IntEnum):
    """What a glance saw: nothing at all, digits that may be a number to call, or anything."""

    NOTHING = 0
    NUMBERS = 1
    SIGNS = 2


def look(text: str) -> Seen:
    """Return what a text may hold that is to be hidden."""
    heard = text[:HEARD]
    words = heard.lower() if heard.isascii() else heard.translate(_SKELETONS)
    if _find_spelled(words):
        return Seen.SIGNS
    seen = _seen(words)
    if seen is Seen.SIGNS or words.isascii():
        return seen
    joined = BETWEEN_HAN.sub("", words)
    return seen if joined == words else max(seen, _seen(joined))


def _seen(words: str) -> Seen:
    if _find_any(words):
        return Seen.SIGNS if _find_sign(words) else Seen.NUMBERS
    return Seen.NUMBERS if _find_digit(words) and _find_digits(words) else Seen.NOTHING
