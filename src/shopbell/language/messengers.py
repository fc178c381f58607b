"""Messengers in a text: names to be found by, links, and invitations to talk elsewhere.

A messenger's name alone is no invitation: a watch may show its messages, a sticker its logo.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from shopbell.language.folding import Folded, pattern
from shopbell.language.model import Hidden, Span

_LINK = re.compile(
    r"(?<![\w.])(?:t|wa|m|line|telegram|vk)[ ]?[.,][ ]?(?:me"
    r"|cc)[ ]?/[ ]?\+?[\w/]{2,64}|tg://\S{3,100}"
    r"|(?<![\w.])(?:t|wa)[ _-]{1,3}me ?(?:/|slash|слэш|слеш) ?\w{3,64}"
    r"|(?<![\w.])wa me \+?\d{7,15}"
    r"|(?<![\w.])(?:vk|instagram|facebook|fb)\.com/[\w.]{3,64}|chat\.whatsapp\.com/\w+"
)
_HANDLE = re.compile(r"(?<![\w.@])@[a-z_][a-z0-9_.]{3,31}(?![\w@])")

_NAME = pattern(
    r"(?P<han>(?:微信号?|[薇威维]芯|卫星(?=[:： ]{0,2}[a-z]+\d)|[薇威维徽葳][信心]|微x|绿泡泡"
    r"|小绿泡"
    r"|扣扣|企[鹅鵝]号?|v信|q号|微博|抖音号?|小红书号?|纸飞机|小飞机|电报群?号?|飞信|钉钉|飞书"
    r"|陌陌|(?<![a-z])ins(?=[上里号搜])|[绿蓝]色?(?:软件|图标|app)|微(?=[ ]{0,2}[:：]))"
    r"(?![绿蓝红紫黄色款风]|同款|爆款|表情|图标|头像|公仔))"
    r"|(?<![a-zа-я0-9])(?:(?P<rus>в[оа]тс ?[аэ]пп?|ва[цтс]+апп?|уотсапп?|вотсапп?"
    r"|телеграмм?|телег(?=[аеуи]\b)|тележк(?=[уе] )|тг(?:шк)?|тлг|тэгэ|телегам"
    r"|самолетик(?=[еу]\b)"
    r"|ваибер|вайбер|вибер|скаип|скайп|инстаграмм?|инст(?=[аеуы]\b)|вк|вконтакте"
    r"|вичат|виче?т|фейсбук|дискорд|во?[тц]с[аэ]пп?|вот?цапп?|уацапп?|воцапп?|однокл[ао]сс?ник"
    r"|авито|юл(?=[еу]\b))"
    r"|(?P<lat>wh?[au]t?'?s? ?[a4u]pp?|w ?app|wa(?=[:： ]+\+?\d)|tele ?gramm?|telega|tg|viber"
    r"|we ?chat|weixin"
    r"|v ?x|w ?x|q ?q|skype|insta(?:gram)?|ig(?=[:：]| is)"
    r"|fb(?: messenger)?|facebook|messenger|vk|snap ?chat|discord|kakao(?:talk)?"
    r"|zalo|line(?= ?id)|snap(?=[:：])|(?:green|blue) app))"
    r"(?:[аеуоиы]|ом|ами|е?ме)?(?![a-zа-я0-9])(?![ -](?:blue|green|red|purple|pink|yellow|style"
    r"|син|зел|фиолет|голуб|стил))"
    r"|(?<=\bon )(?P<odd>signal|line|imo)\b|(?<=\bvia )(?:signal|line)\b"
    r"|(?<=\bв )(?:сигнале?|лс|личку|директ|макс[еу]?)(?![a-zа-я])|(?<=мессенджер )макс"
    r"|(?<=\bмы в )максе?"
)
_ID = (
    r"(?:[ ]{0,2}(?P<word>id|群号?|号码?|账号|搜索?|同号|логин|ник|name|handle"
    r"|nick(?:name)?|user(?:name)?))?"
    r"(?P<said>[ ]{0,2}(?:[:：=—-]|is\b|это|是|叫)?[ ]{0,2})"
    r"(?P<id>@?[a-z][a-z0-9_.:#-]{3,31}[a-z0-9_]|\d{5,11}(?!\d))"
)
_AFTER_NAME = pattern(_ID)
_MINE = (
    r"(?:mine|(?:my|the) (?:nick(?:name)?|id|handle|user ?name|name|number|login)|reach me|find me"
    r"|i am|i'm"
    r"|(?:мой |мо[её] )?(?:ник|логин|id|аккаунт|номер|имя)|я там|мой"
    r"|我?的?(?:号码?|账号|id|名字|用户名))"
    r"(?: (?:is|at|as|by|там|это)|是|叫|[:：]|\s?[—-])?"
)
_CALLED_LATER = pattern(
    rf"[^.!\n。！]{{0,24}}?(?:(?<!\w)@[a-z][a-z0-9_.]{{3,31}}"
    rf"|{_MINE}[ ]{{0,2}}[a-z][a-z0-9_.-]{{2,30}}[a-z0-9_](?![a-zа-я])"
    rf"|{_MINE}[ ]{{0,2}}(?:(?:такой|тот) же[^.,!?\n]{{0,24}}|same[^.,!?\n]{{0,24}}))"
)
"""How somebody is called, some words after a messenger's name."""
_CALLED_BEFORE = pattern(
    r"(?<![\w@])@?[a-z][a-z0-9]{0,30}[_.\d][a-z0-9_.]{1,30}(?:,? (?:in|on|at|в|во|на|у меня в)"
    r"|在)[ ]?$"
)
_ADD_V = pattern(
    r"(?:加|(?<![a-z0-9])\+)[ ]?(?:我|个|一下|下我?)?[ ]?(?P<v>(?:vx?|wx|q)(?![a-z型领形字口])"
    r"|[微薇威维扣](?=[信聊号吧]|[^\w]|[a-z0-9]|$))(?:[:： ]{0,2}[a-z0-9_-]{4,20})?"
    r"|(?<![a-z0-9])(?P<me>v|vx|wx|q)[ ]?我(?:[:： ]{0,2}[a-z0-9_-]{4,20})?"
    r"|(?<![a-z0-9])(?:vx|wx|vv|v)[ ]?(?:号)?[:：][ ]?[a-z0-9_-]{4,20}"
)
_GROUP = pattern(
    r"加群[号:： ]{0,2}\d{5,11}|扫.{0,4}二维码|二维码.{0,6}[加扫]|(?<![a-z0-9])q[:：] ?\d{5,11}"
    r"|(?:公众号|小红书|抖音|微博)号?[:：搜叫 ]{1,3}[^\s,。，]{2,20}|(?<=в )wa(?![a-z])"
    r"|关注[^，。,.]{0,6}公众号|(?:淘宝|拼多多|1688|闲鱼|天猫|快手|百度|微店|抖音"
    r"|京东)上?(?:直接)?搜(?!到|了|不|过)"
    r"[^，。,.]{0,12}"
    r"|(?<![a-zа-я])(?:look for|find|search(?: for)?|google|look up) \w{3,24} on (?:etsy|ebay"
    r"|amazon"
    r"|ali\w+|taobao|insta\w*|facebook|fb|tik ?tok|google|vinted)(?![a-z])"
    r"|(?<![a-zа-я])(?:look for|find|search(?: for)?|google|look up) (?:us|me|our (?:shop|store"
    r"|name))"
    r" (?:on|in|at|by) [a-z]{2,12}(?:[ ,]{1,2}(?:by |under )?(?:the )?same [a-z]{2,8}(?: name)?)?"
    r"|(?<![a-zа-я])(?:вбей|набери|погугли|загугли|гугли|забей)(?:те)? (?!номер|код"
    r"|пин)[^.,!?\n]{3,40}"
    r"|(?<![a-zа-я])(?:ищи|наиди|найди)(?:те)? (?:нас|меня|наш магазин) (?:в|на) [^.,!?\n]{2,24}"
    r"|(?<![a-z0-9])(?:t|wa) ?(?:[(\[]dot[)\]]|dot|точка|點|点) ?me ?/ ?\w{2,64}"
)
_WAYS = (_LINK, _HANDLE, _GROUP)
SHAPES = (*_WAYS, _ADD_V, _NAME)
"""All that a messenger is found by."""

_INVITING = pattern(
    r"пиш|напис|свяж|связ[ыь]|скин|скид|добав|наид|найд|переид|перейд|перех|общ"
    r"|обсуд|созвон|личк|стучи|маякн|отвеч|давай|договор"
    r"|\bжду|write|\btext\b|messag|\bmsg|\badd\b|contact|reach|\bdm\b|\bpm\b|\bhit\b"
    r"|\bfind\b|\btalk|\bchat|\bping|\bmove\b"
    r"|\bjoin|\bsearch|\bcall me|speak|discuss|\bdrop|follow|better|easier|faster|cheaper"
    r"|instead|\bonly\b|звони|позвон|набер"
    r"|加|联系|聊|私|找我|找你|发我|发你|扫|同号|同手机|同名|详谈|沟通|搜|我在用|走微信|号码?是"
    r"|same number|this number|same name|этом номере|этому номеру|этот номер|том же номер"
    r"|тот же номер"
    r"|тем же (?:имен|назван|ник)|ник тот же|ищи|есть кан|подпис|жми|кида[йи]|кинь|присыла|шли\b"
)
_ASKING = pattern(r"есть|имеет|сиди|\bhave\b|\bgot\b|\buse\b|有|用")
_OF_YOU = pattern(r"у вас|у тебя|\bваш|\byou|\bur\b|你|您|吗|\?")
_OF_GOODS = pattern(
    r"комплект|кабел|уведомл|поддерж|устан|став[ия]т|приложен|накле[ий]|логотип|стикер|запус"
    r"|работа"
    r"|чехол|показыв|приход"
    r"|видел|увидел|нашел|нашла|наткн|реклам|\bsaw\b|\bseen\b|\bads?\b|刷到|看到|种草|广告|手表"
    r"|手环"
    r"|телефон[еа]|планшет|час[аы]|notif|support|install|\bapps?\b|sticker|\blogo"
    r"|\bcase\b|\bshow|\brun\b|\bwatch\b|screen"
    r"|支付|通知|提醒|安装|能装|显示|消息|登录|支持|小程序|贴|收到|运行|付款"
)
_NO_ID = frozenset(
    [
        "messenger",
        "notifications",
        "notification",
        "calls",
        "business",
        "premium",
        "android",
        "iphone",
        "desktop",
        "support",
        "works",
        "please",
        "logo",
        "sticker",
        "video",
        "voice",
        "messages",
        "better",
        "because",
        "instead",
        "chat",
        "group",
    ]
)
_CLAUSE = re.compile(r"[.!?;\n。！？；]")
_NEAR = 40
_SAME = pattern(
    r"[ ,:—–-]{0,3}(?:(?:号?码?[跟和与就是]{1,2})?(?:同|手机)号?码?(?:手机号?|名|一样|相同"
    r"|是同一个)?"
    r"|(?:и )?так[оа][йя] же,? (?:как|что) [а-я]{1,12}"
    r"|(?:и )?тот же,? что(?: и)? [а-я]{1,12}(?: [а-я]{1,12})?"
    r"|(?:и )?(?:(?:на|по|под|с) )?(?:тем|тому|тот|этим|таким|этом|этому|этот"
    r"|мой)(?: же)? (?:же )?"
    r"(?:номер|имен|назван|ник|логин)[а-я]{0,4}"
    r"|(?:(?:on|by|under|with|at|as) )?(?:the |my )?(?:same|this) "
    r"(?:name|nick(?:name)?|number|handle|user ?name|id)(?: as [a-z]{1,12}(?: [a-z]{1,12})?)?)"
)
_SAME_BEFORE = pattern(
    r"(?:(?:под|по) (?:тем|этим|таким) же (?:имен|назван|ник)[а-я]{0,4}"
    r"|(?:by|under|with) (?:the )?same (?:name|nick(?:name)?|handle))[ ,]{1,2}(?:в|на|on|in|at) $"
)
_NUMBER_BEFORE = pattern(
    r"\d(?:[ ().-]{0,3}\d){6,14}[ ,;:()—–-]{0,3}(?:(?:это|есть|тоже|и|мой|is|this is|also|on"
    r"|for|in|в|на|或"
    r"|是|也是|有)[ ]?){0,2}$"
)
_NUMBER_AFTER = re.compile(r"[ :：(—–-]{0,3}(?:\+ ?\d|\d(?:[ .()-]{0,2}\d){6})")
_DENIED = pattern(
    r"(?:n't|(?<![a-zа-я])(?:not|never|no|stop|without|avoid))(?: [a-z]+)?"
    r"(?: (?!write|text|message|contact|add|find|but)[a-z]+){0,2} $"
    r"|(?<![а-яa-z])(?:не|нет|без|ни|хватит)(?: [а-я]+)?"
    r"(?: (?!пиши|напиши|добав|ищи|стучи|звони|давай|лучше|а )[а-я]+){0,2} $"
    r"|(?:别|不要|不想|不用|不会|不|拒绝|怕|不许"
    r"|禁止)[让我你们您再跟老总叫人来去给在用加走]{0,6}$"
)
"""What stands before a messenger that people will not go to."""
_TOLD = pattern(
    r"(?:(?:让|叫|要|劝|喊)(?:我们?|人家?|大家|你们?)|(?:手表|手环|手机"
    r"|平板)[^,，。.!?]{0,6}(?:能|可以)(?:不能)?)加?$"
)
"""Others asked for it, or a thing can do it."""


def find(text: Folded) -> Iterator[Span]:
    """Yield what leads to a messenger."""
    words = text.skeleton
    for shape in _WAYS:
        for found in shape.finditer(words):
            yield Span(*found.span(), Hidden.MESSENGER)
    for found in _ADD_V.finditer(words):
        if found[0][-1:].isascii() or not (
            _is_denied(words, found.start())
            or _TOLD.search(words, max(0, found.start() - _NEAR), found.start())
        ):
            yield Span(*found.span(), Hidden.MESSENGER)
    names = [*_NAME.finditer(words)]
    around = Around(words) if names else None
    for name in names:
        if handle := _called(words, name):
            yield Span(name.start(), handle.end(), Hidden.MESSENGER)
        elif around and (span := _pointed_at(words, name, around)):
            yield Span(*span, Hidden.MESSENGER)


def _pointed_at(words: str, name: re.Match[str], around: "Around") -> tuple[int, int] | None:
    """Return a name where people are asked to go, with words that say by which name or number."""
    start, end = name.span()
    near = words[max(0, start - _NEAR) : start]
    if later := _CALLED_LATER.match(words, end):
        return start, later.end()
    if called := _CALLED_BEFORE.search(near):
        return start - len(called[0]), end
    same, before = _SAME.match(words, end), _SAME_BEFORE.search(near)
    if same or before:
        return start - (len(before[0]) if before else 0), same.end() if same else end
    if _NUMBER_BEFORE.search(near) or _NUMBER_AFTER.match(words, end):
        return start, end
    if (
        _is_denied(words, start)
        or _TOLD.search(words, max(0, start - _NEAR), start)
        or not around.invites(name)
    ):
        return None
    return start, end


def _is_denied(words: str, place: int) -> bool:
    return _DENIED.search(words, max(0, place - _NEAR), place) is not None


def _called(words: str, name: re.Match[str]) -> re.Match[str] | None:
    """Return what somebody is called there, if it follows the name."""
    found = _AFTER_NAME.match(words, name.end())
    if not found or found["id"] in _NO_ID:
        return None
    if name["han"] or name["rus"] or found["word"] or found["said"].strip():
        return found
    return found if re.search(r"[\d_.@]", found["id"]) else None


class Around:
    """What is said around a messenger's name, in the same clause."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._borders = _places(_CLAUSE, words)
        self._inviting, self._goods = _places(_INVITING, words), _places(_OF_GOODS, words)
        self._asking, self._of_you = _places(_ASKING, words), _places(_OF_YOU, words)

    def invites(self, name: re.Match[str]) -> bool:
        """Tell whether people are asked to go there."""
        before, after = self._clause(name)
        if _between(self._goods, before, name.start()) or _between(self._goods, name.end(), after):
            return False
        if self._words.startswith(" me", name.end()) or _between(self._inviting, before, after):
            return True
        return _between(self._asking, before, after) and _between(self._of_you, before, after + 1)

    def _clause(self, name: re.Match[str]) -> tuple[int, int]:
        start, end = name.span()
        first, last = bisect_left(self._borders, start), bisect_left(self._borders, end)
        before = self._borders[first - 1] if first else 0
        after = self._borders[last] if last < len(self._borders) else len(self._words)
        return max(before, start - _NEAR), min(after, end + _NEAR)


def _places(shape: re.Pattern[str], words: str) -> list[int]:
    return [found.start() for found in shape.finditer(words)]


def _between(places: Sequence[int], start: int, end: int) -> bool:
    first = bisect_left(places, start)
    return first < len(places) and places[first] < end
