"""Asking for money past the marketplace, or for what opens somebody's account."""

import re
from collections.abc import Iterator

from shopbell.language import schemes
from shopbell.language.folding import Folded
from shopbell.language.model import Hidden, Span

_PAST = (
    r"(?:мимо|в обход|вне|минуя|без)\s(?:сайт\w*|площадк\w*|маркетплейс\w*|озон\w*"
    r"|вайлдберриз\w*)"
    r"|не\sчерез\s(?:сайт|площадк\w+|маркетплейс|озон)|напрямую\s(?:на карту|мне|нам|с нами"
    r"|со мной|у нас)"
    r"|(?:outside|off|past|without|bypass\w*|around|skip(?:ping)?)\s(?:of\s)?(?:the\s|this\s)?"
    r"(?:site|platform|marketplace)|outside\s(?:of\s)?(?:the\s)?(?:app|ozon|website)"
    r"|(?:directly|direct)\s(?:to|with)\s(?:me|us)|not\sthrough\s(?:the\s)?(?:site|platform|ozon)"
    r"|线下(?:交易|付款|转账)|(?:绕[过开]|不走|不通过|不经过|脱离|跳过|避开)(?:这个"
    r"|咱们?)?(?:平台|网站|ozon|官方)"
    r"|平台外|平台就?不用?走"
)
_PAY = (
    r"оплат|переве|перечис|заплат|скин|предоплат|куп|прода(?!в)|договор|оформ|заказ|pay"
    r"|transfer|deal"
    r"|buy|sell(?!er)|付|转|交易|买|下单|成交"
)
_KEY = (
    r"cvv2?|cvc2?|(?:код|пароль)\s?(?:из|от|с)?\s?(?:смс|sms|банка|пуш\w*)|(?:sms"
    r"|verification|confirmation|security)\scode|код\s(?:подтвержд\w+|с\sоборот\w*|на\sоборот\w*)"
    r"|код,?\s(?:\w+\s)?при[шд]\w+|(?:three|3|три|последние\sтри)\s(?:digits|цифры)"
    r"|one.?time\s(?:code|password)|code\s(?:from|in|on)\s(?:the\s|your\s)?(?:sms|text|back)"
    r"|code\s(?:you|that)\s(?:\w+\s)?(?:get|got|receive\w*|came|comes?)|pin[\s-]?code"
    r"|пин[\s-]?код"
    r"|(?:номер|данные|реквизиты|фото|срок)\s(?:\w+\s)?карты|card\s(?:number|details|data)"
    r"|短信验证码|验证码|支付密码|银行密码|动态码|校验码|(?:背面|后)(?:三|3)位|银行卡号|卡号和"
)
_GIVE = (
    r"пришл|скаж|сообщи|продикт|назов|отправь|введите|скиньте|скинь|(?<!i )(?:send|tell|give"
    r"|share|provide)"
    r"|发给?我|告诉我|提供|报一下|发过来"
)
_RAIL = (
    r"(?:на|через|по)\s(?:мою\s|мой\s|номеру?\s|эту\s|сбп\s)?(?:карт[уые]|сбер\w*|тинек"
    r"|тиньк\w*|т-банк|сбп|киви"
    r"|юмани|кошел\w+|телефон[уа]?|крипт\w*)"
    r"|(?:to|via|by|through)\s(?:my\s|a\s|our\s|this\s|bank\s)?(?:card|zelle|venmo|cash\s?app"
    r"|paypal|wise"
    r"|revolut|iban|bank|account|alipay|wechat|wire|crypto|transfer)|gift\scards?"
    r"|western\sunion|moneygram|usdt|bitcoin|биткоин\w*|вестерн|zelle|venmo|cash\s?app"
)
_AHEAD = (
    r"предоплат\w*|аванс\w*|задат\w*|депозит\w*|deposit|up\s?front|in\sadvance|pre-?pay\w*"
    r"|advance\spayment"
)
_DIRECT = (
    r"(?:оформ|купи|закаж|договор|отда[мд]|заказа|оплат)\w*\s(?:\w+\s)?напрямую(?!\s(?:от|из"
    r"|с)\s)(?:\s(?:\w+\s)?дешевле)?"
    r"|напрямую\s(?:\w+\s)?(?:дешевле|выгодн\w+)"
    r"|(?:deal|buy|order|sell|pay|purchase)\s(?:\w+\s){0,2}direct(?:ly)?(?=\s(?:with|to"
    r"|from)\s(?:me|us)|[.,!]|$)"
    r"|(?:私下|私底下)(?:交易|付款|转账|买|卖|谈|成交|给钱|付|转)|私聊(?:优惠|便宜|价)"
)
_LURE = (
    r"(?:сделаю|дам|отдам|уступлю|скину|скинем|выйдет)[^.!?\n]{0,16}(?:дешевле|скидк\w*"
    r"|процент\w*|за\s\d+|\d+)"
    r"|(?:give|knock|take|get)\s[^.!?\n]{0,16}(?:off|discount|cheaper)|(?:给|再)?(?:你"
    r"|您)?(?:便宜|优惠|少收?|省)(?:你|您)?\s?\d+(?:块|元|%)?"
)
_ME = (
    r"(?:if\syou\s|just\s)?(?:zelle|venmo|cash\s?app|wire)\s(?:it\sto\s|to\s)?(?:me"
    r"|us)(?:\s(?:first|now|directly|the\smoney|\$?\d+))?"
    r"|(?:переведи|скинь|кинь|закинь|перечисли)(?:те)?\s(?:мне|нам)?"
    r"(?:\s?[^\s.,!?]+){0,3}?\s?(?:на|по)\s(?:карт\w+|сбер\w*|тин\w+|сбп|номер\w*\s(?:карт"
    r"|тел)\w+)"
    r"|(?:先?付?(?:定金|订金|预付款?|全款|押金|钱|款)?[^，。,.!?\n]{0,6})?"
    r"(?:转|打|付|汇|[到给])(?:账|款|钱)?[到给]?(?:我|咱|个人|私人)的?(?:银?行?卡|支付宝|微信"
    r"|账[户号]|对公|个人)"
    r"|直接(?:转|打|付|汇)(?:账|款|钱)?给(?:我|咱)|(?:支付宝|微信)(?:直接)?(?:转|打|付)(?:账|款"
    r"|钱)?给?我"
    r"|(?:转|打|付|汇)(?:账|款|钱)?到\s?(?=\d{4})"
    r"|(?:pay|send|transfer)\s(?:me|us)\s(?:\w+\s){0,2}?(?:by|via|through|in|with|on)\s(?:\w+\s)?"
    r"(?:cash|transfer|paypal|zelle|venmo|wise|revolut|crypto|friends)"
    r"|(?:pay|send|transfer)\s(?:it\s|the\smoney\s)?(?:to\s)?(?:me|us)\s(?:directly|direct"
    r"|privately|in\scash)"
)
_SCAM = re.compile(
    rf"(?:{_ME})(?:[^.!?\n。！？]{{0,40}}?(?:{_LURE}))?|(?:{_DIRECT})"
    rf"|(?:{_PAY})[^.!?\n]{{0,20}}?(?:{_AHEAD})[^.!?\n]{{0,16}}?(?:{_RAIL})"
    rf"|(?:{_AHEAD})[^.!?\n。！？]{{0,24}}?(?:{_RAIL})"
    rf"|(?:{_PAY})[^.!?\n]{{0,20}}?(?:western union|moneygram|usdt|bitcoin|биткоин|вестерн)"
    rf"|(?:{_PAY})[^.!?\n。！？]{{0,40}}?(?:{_PAST})"
    rf"|(?:{_PAST})[^.!?\n。！？]{{0,30}}?(?:{_PAY}|{_LURE})"
    rf"|(?:{_GIVE})[^.!?\n。！？]{{0,30}}?(?:{_KEY})|(?:{_KEY})[^.!?\n。！？]{{0,12}}?(?:{_GIVE})"
)
SHAPES = (_SCAM,)
"""All that a scam is found by."""

_BACK = re.compile(r"верн|возвра|обратно|refund|back|退")
_DENIED = re.compile(
    r"(?:n't|\b(?:not|never|no|refuse|stop)\b|\b(?:asks?|asked|wants?|wanted|told|tells"
    r"|asking)\s(?:me|us)\b)[^,.;!?\n]{0,20}$"
    r"|(?:(?<![а-я])(?:не|никогда|хватит)|(?:прос[ия]т|попросил\w*|предлага\w*|предложил\w*"
    r"|требу\w*)\s(?:меня|мне|нас|нам))"
    r"(?![а-я])[^,.;!?\n]{0,20}$"
    r"|(?:别|不要|不想|不会|不用|怕|拒绝|不能|[让叫要]我)[^，。,.;!?！？]{0,8}$"
)
_BEFORE = 40
_ENDS = re.compile(r"[.!?\n。！？](?!\d)")
_SENTENCE = 160


def find(text: Folded) -> Iterator[Span]:
    """Yield invitations to be robbed, but not what people refuse, or tell of."""
    words = text.plain
    for found in _SCAM.finditer(words):
        start, end = found.span()
        before = words[max(0, start - _BEFORE) : start]
        if not _DENIED.search(before) and not _BACK.search(before[-12:] + found[0]):
            yield Span(*_sentence(words, start, end), Hidden.SCAM)
    told = schemes.Told(words)
    for scheme in schemes.find(words):
        start, end = _sentence(words, *scheme)
        if not told.within(start, end):
            yield Span(start, end, Hidden.SCAM)


def _sentence(words: str, start: int, end: int) -> tuple[int, int]:
    """Return the sentence around a scheme: its bait and its threat are no use without it."""
    first = max(0, start - _SENTENCE)
    begins = max((stop.end() for stop in _ENDS.finditer(words, first, start)), default=first)
    stop = _ENDS.search(words, end, end + _SENTENCE)
    ends = stop.start() if stop else min(len(words), end + _SENTENCE)
    said = words[begins:start]
    return begins + len(said) - len(said.lstrip(" ,;")), ends
