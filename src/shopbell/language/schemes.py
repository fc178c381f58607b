"""Known ways of robbing people: each is two things that are harmless until said together."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

_OPENS = (
    r"парол\w*|(?:смс|sms|пуш|push)[- ]?код\w*|код\w*\s(?:\S+\s)?(?:из|от|с|в)?\s?(?:смс|sms"
    r"|подтвержд|банк|пуш"
    r"|push|уведомл|оборот|авториз)\w*|(?:номер|данн|реквизит|цифр|фото|срок"
    r"|скан)\w*\s(?:\S+\s){0,2}карт\w*(?!\s(?:лояльн|гарант|товар))"
    r"|passwords?|log-?in\s(?:details|data|code)|\bpin(?:\s|-)?code|cv[vc]2?|social\ssecurity"
    r"|(?:sms|text|verification|confirmation|security|authentication|one.?time|(?:6|six|4"
    r"|four)[\s-]digit)\s"
    r"(?:pass)?code|code\s(?:that\s)?(?:you|we|was|is|just|from|in)\s[^.!?]{0,20}(?:sent|sms"
    r"|text|get|got|receiv"
    r"|phone|bank)\w*|(?:credit\s|debit\s|bank\s)?(?:card|bank|banking)\s(?:details|number|data"
    r"|info\w*)"
    r"|(?:photo|picture|pic|scan|front)s?\s(?:and\sback\s)?of\s(?:\w+\s)?(?:bank\s|credit\s)?card"
    r"|验证码|密码|动态码|校验码|银行卡(?:号|正|反|信息|照|资料)|卡号|卡片?(?:正反面|背面)|账户信息"
)
_HAND_OVER = (
    r"(?:пришл|скаж|сообщ|продикт|назов|отправь|введ|скин|напиш|подтверд|укаж|вышл|дай|перешл"
    r"|передай"
    r"|заполн|назыв|диктуй)(?:и|ь)?(?:те)?(?![а-яa-z])"
    r"|(?<!i )(?<!we )(?<!to )(?<!can't )(?<!not )\b(?:send|tell|give|share|provide|confirm"
    r"|verify|enter"
    r"|reply\swith|read|forward|submit|fill\sin|dictate|message|text)\b(?!\s(?:my|our))"
    r"|发(?:给|来|过|我|一下)|告诉|提供|报(?:一下|给|过来)|给我|填(?:一下|写|好|个)?|需要您"
    r"|念(?:给|一下)"
)
_STARS = (
    r"(?:\b5|пят\w+|five)[\s-]?(?:звезд\w*|stars?)|(?:хорош|положительн|плох|негативн)\w*\sотзыв\w*"
    r"|(?:удал|убер|измен|исправ|поправ)\w*\s(?:\S+\s)?(?:отзыв|оценк)\w*"
    r"|(?:good|positive|nice|great|bad|negative|your|the)\sreview|五星|5\s?星|好评|差评|追评|晒图"
    r"|confirm\s(?:the\s)?(?:receipt|delivery|order\sreceived)|подтверди\w*\s(?:получени"
    r"|доставк)\w*|确认收货"
)
_REWARD = (
    r"(?:верн[её]м|перевед[её]м|заплатим|подарим|скинем|отправим|пришл[её]м|вернусь|переведу"
    r"|верну|заплачу|дадим"
    r"|закинем|кинем|кину)[^.!?]{0,24}(?:\d|карт|руб|деньг|подар|телефон)|к[еэ]шб[еэ]к\s(?:на|\d)"
    r"|\b(?:we|i)(?:'ll|\swill|\scan)\s[^.!?]{0,24}(?:\$|£|€|\d|refund|paypal|gift|cash|money"
    r"|pay|transfer)"
    r"|(?:get|receive)\s[^.!?]{0,12}(?:\$|£|€|\d|gift|cash)[^.!?]{0,16}(?:back|paypal|card|free)"
    r"|返(?:现|你|您|款|\s?\d)|红包|(?:给|退|补)(?:你|您)\s?\d|(?:转|退)(?:你|您|给你|给您)|私下"
)
_THREAT = (
    r"(?:account|store|shop|listing|profile|wallet|payout)s?\s(?:\w+\s){0,3}(?:suspen|block"
    r"|frozen|freez|clos"
    r"|restrict|lock|terminat|deactivat|delet|limit)\w*|lose\s(?:access|your\s(?:account|store"
    r"|shop))"
    r"|(?:аккаунт|магазин|кабинет|профил|уч[её]тн|витрин|страниц)\w*\s(?:\S+\s){0,3}(?:заблок"
    r"|блокир|заморо|закро"
    r"|удал|приостан|огранич)\w*|(?:заблокир|заморо|приостанов)\w*\s(?:\S+\s){0,2}(?:аккаунт"
    r"|магазин|кабинет|профил)"
    r"|разблокиров\w+|служб\w*\sбезопасност\w*|(?:marketplace|ozon|platform|bank)\s(?:security"
    r"|support)\b"
    r"|(?:账户|账号|店铺|帐户|帐号|资金|订单)[^,，。!?]{0,6}(?:冻结|封|异常|有?风险|受限|停用"
    r"|解冻)|解冻|平台客服|安全中心"
)
_OBEY = (
    r"(?:подтверди|перейди|введи|укажи|оплати|пройди|нажми|авторизуй|внеси|сообщи|продиктуй"
    r"|назови|переведи|подтвержда)"
    r"(?:те|тесь)?(?![а-я])|не\sподтвердите"
    r"|(?:confirm|verify|click|update|validate|follow|pay|provide|reply"
    r"|log\s?in)\s[^.!?]{0,16}(?:your|link|here|details"
    r"|card|identity|password|account|fee)"
    r"|请(?:提供|点击?|缴|支付|验证|登录|填|尽快|联系|配合)|点(?:击|开)?(?:这个|此|下面"
    r"|下方)?链接|保证金|缴纳|身份验证|认证|扫码"
)
_MUCH = (
    r"overpaid|(?:paid|sent)\s(?:\w+\s){0,2}(?:too\smuch|extra|more)|che(?:ck|que)\sfor\smore"
    r"|переплат\w+"
    r"|перев[её]л\w*\s(?:\S+\s)?(?:лишн|больше)\w*|多(?:转|付|打|汇)了"
)
_ELSEWHERE = (
    r"gift\scards?|wire|zelle|venmo|cash\s?app|western|crypto|usdt|bitcoin|(?:my|this"
    r"|shipping)\s(?:agent|account"
    r"|number|card)|(?:на|по)\s(?:эт\w+|друг\w+|мо\w+|номер\w*|мою)\s?(?:\S+\s?)?(?:карт|номер"
    r"|телефон|сч[её]т|кошел)?\w*"
    r"|支付宝|微信|(?:这个|我的)?(?:卡|账号|账户)"
)
_CANCEL = (
    r"отмен\w+\s(?:\S+\s){0,2}(?:заказ|здесь|тут|на\sозон|сделк)\w*"
    r"|cancel\s(?:the\s|this\s|your\s|that\s)?(?:order|purchase|it)|cancel\shere|取消(?:了)?(?:这个"
    r"|这单|订单)"
)
_OFFER = (
    r"(?:переведи|переводи|оплати|плати)(?:те)?(?![а-я])|напрямую|(?:отда[мд]|уступ|скин[уе]"
    r"|продам|наличк)\w*"
    r"|\bpay\s(?:me|us|cash|direct)|\bdirect(?:ly)?\b|privately|\bi(?:'ll"
    r"|\scan)\s(?:\w+\s)?(?:give|take|sell|do|knock)"
    r"|venmo|zelle|(?:便宜|优惠|省)(?:你|您|点|\s?\d)|直接(?:转|付|打)|打款给|现金|私下|私聊"
)
_LEAVE = (
    r"без\s(?:площадк\w+|озон\w*"
    r"|сайт\w*|комисси\w+|посредник\w*|маркетплейс\w*)"
    r"|off\s(?:the\s|this\s)?(?:app|site"
    r"|platform|here|books|website|marketplace)|(?:skip|avoid|save(?:\son)?|dodge|without"
    r"|no)\s(?:the\s|all\s)?"
    r"(?:\w+\s)?(?:fees?|commissions?)"
    r"|(?:别|不要|不用)(?:在)?(?:这里?|平台|网上|这边)(?:上)?(?:拍|下单|买|付)|平台(?:要|会"
    r"|得)?(?:抽成|扣点"
    r"|手续费|佣金)|线下|私下|私聊|走私下"
)
_BARGAIN = (
    r"(?:переведите|переводите|переведи|переводом|напрямую|наличк\w*|наличны\w*|на\sкарт\w+"
    r"|по\sсбп|на\sсбер\w*)"
    r"|(?:дешевле|скидк\w*|скин[уе]\w*|отда[мд]\w*|выгодн\w+|уступ\w+)"
    r"|\bpay\s(?:me|us|cash|direct\w*)|\bdirect(?:ly)?\b|privately|cheaper|\bdeal\b|venmo|zelle"
    r"|paypal|\bcash\b|\d+\s?%"
    r"|better\s(?:price|deal)|(?:bank\s)?transfer\b"
    r"|便宜|优惠|[一二三四五六七八九\d]折|打款|转账|现金|付款给|打钱|给(?:你|您)(?:省|少)"
    r"|直接(?:转|付|打|给)"
)
_FEE = (
    r"(?:оплати|внеси|переведи|заплати)(?:те)?\s[^.!?]{0,16}(?:комисси|страхов|залог|депозит"
    r"|гаранти)\w*"
    r"|pay\s(?:a|the|this|our)?\s?[^.!?]{0,12}(?:release|unlock|insurance|processing"
    r"|verification|activation)\s"
    r"(?:fee|deposit)|(?:[你您](?:先|需要?)?)(?:垫付|交|付|缴纳?)[^,，。!?]{0,6}(?:保证金|押金"
    r"|手续费|解冻|运费|税)"
)
_VOUCHERS = (
    r"(?:gift|steam|itunes|amazon|google\splay|apple|подарочн\w+)\s?(?:cards?|карт\w*)[^.!?]{0,24}"
    r"(?:read|send|text|scratch|code|photo|код|пришл|фото)\w*"
)
_REMOTE = (
    r"any ?desk|team ?viewer|rust ?desk|quick ?support|удал[её]нн\w+\s(?:доступ|рабоч|помощ"
    r"|управл)\w*"
    r"|демонстраци\w+\sэкран\w*|(?:screen|desktop)[ -]?shar\w+|shar\w+\s(?:your\s|the\s)?screen"
    r"|remote\s(?:access|desktop|support|session)|屏幕共享|共享屏幕|远程(?:协助|控制|桌面|操作)"
)
_MONEY_DUE = (
    r"возврат|компенсац|выплат|верн[её]м|refund|compensat|reimburs|payout"
    r"|退款|理赔|赔付|赔偿|补偿|返款|解冻"
)
_BY_LINK = (
    r"(?:по|через)\s(?:эт\w+\s|наш\w+\s)?(?:ссылк\w+|qr\w*)|(?:via|by|through|on|click)\s"
    r"(?:the\s|this\s|our\s)?(?:link|qr\w*)|点(?:击|开)?(?:这个|此|下面|下方)?链接|扫(?:描)?(?:这个)?(?:二维)?码"
)
_VERIFY = (
    r"(?:подтверд|введ|укаж|привяж|авторизу|провер)\w*\s(?:\S+\s){0,2}(?:карт|данн|личност|реквизит|счёт|счет)\w*"
    r"|(?:verify|confirm|update|enter|validate)\s(?:\w+\s){0,2}(?:card|identity|details|account|payment|bank)"
    r"|(?:验证|认证|填写|核实|确认)(?:您的|你的)?(?:身份|银行|卡|账[户号]|信息|资料)"
)
_QR = r"[收付]款(?:二维)?码"
_SEND_QR = r"发(?:给|来|过|我)|私下|转(?:你|您|给|账)|扫|退(?:你|您)"
_WON = (
    r"(?:вы|ты)\s(?:\S+\s)?выиграл\w*|(?:you|have|'ve|just)\swon\b"
    r"|中奖|幸运(?:用户|买家|客户)"
)
_CLAIM = r"ссылк|переда|оплат|перейд|забер|получ|link|click|claim|pay|fee|send|领取|点|付|联系|加"
_FROZEN = (
    r"(?:возврат|выплат|деньги|средств|перевод|платеж)\w*\s(?:\S+\s){0,2}(?:заморо|заблок|приостан|задержан)\w*"
    r"|(?:refund|payment|payout|funds|money)\s(?:\w+\s){0,2}(?:frozen|blocked|suspended|locked|on\shold)"
)
_BY_NUMBER = (
    r"(?:перевод\w*|перевед\w*|оплат\w*|скин\w*|закин\w*|кида\w*)\s(?:\S+\s)?на\s(?:сбер|тин|т-банк|карт)\w*"
    r"\s(?:по|на)\sномер\w*"
)
PAIRS = [
    (re.compile(one), re.compile(other))
    for one, other in (
        (_OPENS, _HAND_OVER),
        (_STARS, _REWARD),
        (_THREAT, _OBEY),
        (_MUCH, _ELSEWHERE),
        (_LEAVE, _BARGAIN),
        (_CANCEL, _OFFER),
        (_REMOTE, _MONEY_DUE),
        (_VERIFY, _BY_LINK),
        (_FROZEN, _OBEY),
        (_QR, _SEND_QR),
        (_WON, _CLAIM),
    )
]
"""What is said together in one sentence, the rarer first."""

ALONE = re.compile(f"{_FEE}|{_VOUCHERS}|{_BY_NUMBER}")
SHAPES = (*(one for one, _other in PAIRS), ALONE)
"""One of these stands in whatever is found."""

_STOP = re.compile(r"[.!?\n。！？]")
_NEAR, _REACH, _MOST = 60, 120, 8


def find(words: str) -> Iterator[tuple[int, int]]:
    """Yield where two things stand together in a plain text, or one that says enough."""
    yield from (found.span() for found in ALONE.finditer(words))
    for one, other in PAIRS:
        ones = [found.span() for found in one.finditer(words)]
        others = [found.span() for found in other.finditer(words)] if ones else []
        starts = [start for start, _end in others]
        for start, end in ones:
            first = bisect_left(starts, start - _REACH)
            for begin, stop in others[first : first + _MOST]:
                if _together(words, (start, end), (begin, stop)):
                    yield min(start, begin), max(end, stop)
                    break


def _together(words: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    first, second = sorted((one, other))
    gap = second[0] - first[1]
    return 0 <= gap <= _NEAR and not _STOP.search(words, first[1], second[0])


_TOLD = re.compile(
    r"почему|зачем|обеща(?:л|н)|просил|просит|просят|предлага|предложил|мошенн|развод"
    r"|не\s(?:буду|стан|хоч|надо|приш"
    r"|приход|могу|получ|верю|перев)|можно\sли|если\sя|нельзя|\bмне\sне\b|хочу|когда"
    r"|\bwhy\b|\bscam|n't\b|\bnot\b|refuse|promised|\basked?\b|\basking\b|someone|\bnever\b"
    r"|can\si\b|do\si\b|how\s(?:do|can)"
    r"|\bi\s(?:left|gave|cancel\w*|paid|want|would|need)\b"
    r"|骗|没|不想|不会|不敢|什么意思|为什么|怎么|[吗么](?:$|[?？,，])|让我|叫我|要我"
)
"""Who tells of such a thing, asks about it or will not do it."""
_TELLING = re.compile(
    r"(?=почему|зачем|обеща[лн]|прос|предл|мошенн|развод|не\s|можно\sли|если\sя|нельзя|мне\sне"
    r"|хочу|когда|why|scam|n't|not|refuse|promise|ask|someone|never|can\si|do\si|how\s|i\s"
    r"|骗|没|不|什么意思|为什么|怎么|[吗么]|[让叫要]我)"
)
"""Where that may begin: thousands of sentences of one text are spared the search by it."""


class Told:
    """Whether a piece of a text tells of a scheme, asks about it or refuses it."""

    def __init__(self, words: str) -> None:
        self._words = words

    @cached_property
    def _begins(self) -> list[int]:
        return [found.start() for found in _TELLING.finditer(self._words)]

    def within(self, start: int, end: int) -> bool:
        """Tell whether it is said between two places."""
        near = self._begins[bisect_left(self._begins, start) : bisect_left(self._begins, end)]
        return any(_TOLD.match(self._words, begin, end) for begin in near)
