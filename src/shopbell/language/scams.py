"""Asking for money past the marketplace, or for what opens somebody's account."""

import re
from collections.abc import Iterator

from shopbell.language.folding import Folded
from shopbell.language.model import Hidden, Span

_PAST = (
    r"(?:мимо|в обход|вне|минуя|без)\s(?:сайта|площадки|маркетплейса|озона?)"
    r"|напрямую\s(?:на карту|мне)|(?:outside|off|past|without"
    r"|bypass\w*)\s(?:of\s)?(?:the\s)?(?:site|platform|marketplace)"
    r"|线下(?:交易|付款|转账)|(?:绕过|不走|脱离)平台"
)
_PAY = (
    r"оплат|переве|перечис|заплат|скин|предоплат|куп|прода|договор|pay|transfer|deal"
    r"|buy|sell|付|转|交易|买"
)
_KEY = (
    r"cvv2?|cvc2?|(?:код|пароль)\s?(?:из|от)?\s?(?:смс|sms|банка)|(?:sms"
    r"|verification|confirmation)\scode"
    r"|one.?time\s(?:code|password)|code\s(?:from|in)\s(?:the\s|your\s)?(?:sms|text)"
    r"|短信验证码|验证码|支付密码|银行密码"
)
_GIVE = (
    r"пришл|скаж|сообщи|продикт|назов|отправь|введите|send|tell|give|share|provide"
    r"|发给?我|告诉我|提供|报一下"
)
_SCAM = re.compile(
    rf"私下(?:交易|付款|转账)|(?:{_PAY})[^.!?\n]{{0,20}}?(?:western union|moneygram"
    rf"|usdt|bitcoin|биткоин|вестерн)|(?:{_PAY})[^.!?\n。！？]{{0,40}}?(?:{_PAST})"
    rf"|(?:{_PAST})[^.!?\n。！？]{{0,30}}?(?:{_PAY})"
    rf"|(?:{_GIVE})[^.!?\n。！？]{{0,30}}?(?:{_KEY})"
    rf"|(?:{_KEY})[^.!?\n。！？]{{0,12}}?(?:{_GIVE})"
)


def find(text: Folded) -> Iterator[Span]:
    """Yield invitations to be robbed."""
    for found in _SCAM.finditer(text.plain):
        yield Span(*found.span(), Hidden.SCAM)
