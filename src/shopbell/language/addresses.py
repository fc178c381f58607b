"""E-mail addresses and web addresses in a text, in clear and as people disguise them."""

import re
from collections.abc import Collection, Iterator

from shopbell.language.folding import Folded, pattern
from shopbell.language.model import Hidden, Span

_AT = (
    r"(?:[ ]{0,2}[@]{1,2}[ ]{0,2}|[ ]{0,2}[(\[{<][ ]{0,1}(?:at|a|а|@|с[оа]бак[аи]|собачка|песик|гав"
    r"|sobak[ai]|sobachka"
    r"|эт|艾特)[ ]{0,1}[)\]}>][ ]{0,2}"
    r"|[ ]{1,2}(?:at|с[оа]бака|собачка|эт|dog|гав|песик|sobaka|sobachka)[ ]{1,2}"
    r"|[ ]{0,2}(?:艾特|圈a"
    r"|小老鼠)[ ]{0,2}|\#(?=\d{2,3}\.|qq|gmail|mail))"
)
_SPELLED_DOT = (
    r"(?:[ ]{0,2}[(\[{<][ ]{0,1}(?:dot|\.|точка|тчк|点)[ ]{0,1}[)\]}>][ ]{0,2}"
    r"|[ ]{1,2}(?:dot|точка|тчк|тчка|tochka)[ ]{1,2}|[ ]{0,2}[点點][ ]{0,2}|。)"
)
_SPELLED_LINE = r"[ ](?:underscore|(?:нижнее )?подч[её]ркивание|dash|тире|дефис)[ ]|[ ]?下划线[ ]?"
_DOT = rf"(?:\.|[ ]\.[ ]?|\.[ ]|{_SPELLED_DOT})"
_SLASH = r"(?:[ ]?[/?#][ ]?|[ ]?(?:slash|слэш|слеш|斜杠|斜线)[ ]?)"
_SURE = (
    "com|ru|cn|net|org|рф|su|shop|xyz|biz|info|online|store|site|club|vip|io|co|uk"
    "|de|eu|kz|ua|top|cc|pl|kg|cz|nl|jp|kr|hk|tw|sg|dk|hu|lt|lv|uz"
    "|ком|ру|нет|орг"
)
_WITH_PATH = "me|to|ly|gg|tv|app|link|pro|ws|im|in|at|be|gl|cat|live|page|dev|one|re|so"
_WORD = r"[a-zа-я0-9](?:[a-zа-я0-9_-]{0,62}[a-zа-я0-9])?"
_NO_WORD_BEFORE = r"(?<![a-zа-я0-9_@.-])"
_NO_WORD_AFTER = r"(?![a-zа-я0-9_-])"

_EMAIL = pattern(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}@(?:{_WORD}\.){{1,4}}[^\W\d_]{{2,10}}{_NO_WORD_AFTER}"
)
_OPEN_EMAIL = pattern(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}[ ]?@[ ]?(?:{_WORD}{_DOT}){{1,3}}(?:{_SURE}){_NO_WORD_AFTER}"
)
_TORN_EMAIL = pattern(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}[ ]?@[ ]?{_WORD}[ ]\.[ ][a-z]{{2,10}}{_NO_WORD_AFTER}"
    rf"|(?<![\w.+-])[\w.+-]{{3,64}}@{_WORD}[ ]{_WORD}\.(?:{_SURE}){_NO_WORD_AFTER}"
)
_SPOKEN_EMAIL = pattern(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}(?:(?:{_SPELLED_DOT}"
    rf"|{_SPELLED_LINE})[\w+-]{{1,40}}){{0,2}}{_AT}"
    rf"(?:{_WORD}(?:\.|{_SPELLED_DOT}|[ ]\.[ ]?)){{1,3}}(?:{_SURE}){_NO_WORD_AFTER}"
)
_MAIL_HOUSE = (
    "gmail|g-mail|mail|yandex|ya|inbox|list|bk|rambler|hotmail|outlook|yahoo|icloud"
    "|proton|protonmail|fastmail|zoho|gmx|aol|qq|163|126"
    "|sina|foxmail|гмеил|гмейл|жмейл|джимейл|яндекс|меил|мейл|мэйл|майл|рамблер"
)
_HALF_EMAIL = pattern(
    rf"(?<![\w.+-])[\w.+-]{{3,64}}{_AT}(?:{_MAIL_HOUSE})(?:[ ](?:com|ru|cn|ком"
    rf"|ру))?{_NO_WORD_AFTER}"
    rf"|(?<![\w.+-])[\w.+-]{{3,64}}[ ](?:{_MAIL_HOUSE})[ ](?:com|ru|cn|ком|ру){_NO_WORD_AFTER}"
)
_LABELLED_EMAIL = pattern(
    r"(?<![a-zа-я])(?:мыл[оа]|почт[аеу]|e-?mail|[еэ]?-?м[еэ]и?йл|邮箱)(?:[ :—-]{1,3}(?:мой|is"
    r"|это|是)?[ ]?|是)"
    rf"[\w.+-]{{3,64}}[ ,]{{1,2}}(?:на|в|at|在)?[ ]?(?:{_MAIL_HOUSE})[а-я]?{_NO_WORD_AFTER}"
)
_SCHEME = re.compile(
    r"(?:https?|hxxps?|ftp)[ ]{0,1}:[ ]{0,1}/{1,2}[ ]{0,1}\w"
    r"[^\s<>\"'，。；）)】\u4e00-\u9fff]{1,300}"
)
_WWW = pattern(
    rf"{_NO_WORD_BEFORE}www{_DOT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,3}}(?:/[^\s<>\"'，。；）)】]{{0,200}})?"
)
_BARE = pattern(
    rf"{_NO_WORD_BEFORE}(?:{_WORD}\.){{1,4}}(?:(?:{_SURE}){_NO_WORD_AFTER}"
    rf"|(?:{_WITH_PATH})(?=[ ]?/[ ]?\w))"
    r"(?:[ ]?[/?#][ ]?[^\s<>\"'，。；）)】]{0,200})?"
)
_CHINESE_BARE = re.compile(
    r"(?<![a-z0-9@.-])[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
    r"(?:(?:\.|[ ]{0,2}[点點][ ]{0,2})[a-z0-9-]{1,63}){0,3}"
    r"(?:\.|[ ]{0,2}[点點。][ ]{0,2})(?:com|cn|net|org|ru|shop|top|vip|cc"
    r"|xyz)(?![a-z0-9])(?:(?:/|斜杠|斜线)[a-z0-9/?=&._%-]{0,200})?"
)
_SPELLED = pattern(
    rf"{_NO_WORD_BEFORE}{_WORD}(?:(?:\.|[ ]\.[ ]|{_SPELLED_DOT}){_WORD}){{0,3}}"
    rf"(?:{_SPELLED_DOT}|[ ]\.[ ])(?:{_SURE}){_NO_WORD_AFTER}(?:{_SLASH}[\w/?=&._%-]{{0,200}})?"
)
_COMMA = pattern(
    rf"{_NO_WORD_BEFORE}{_WORD}(?:,(?:com|ru|cn|org|рф|su|xyz){_NO_WORD_AFTER}|[.,](?:me|cc|gg)(?=/))"
    rf"(?:{_SLASH}[^\s<>\"'，。；）)】]{{0,200}})?"
)
_EMAILS = (_EMAIL, _OPEN_EMAIL, _TORN_EMAIL, _SPOKEN_EMAIL, _HALF_EMAIL, _LABELLED_EMAIL)
_LINKS = (_SCHEME, _WWW, _BARE, _CHINESE_BARE, _SPELLED, _COMMA)
SHAPES = (*_EMAILS, *_LINKS)
"""All that an address is found by."""

_NOT_SITES = pattern(
    r"\.(?:net|co|io)\b.{0,1}(?:core|framework)|asp\.net|node\.js|(?:polka|quantum|laser|red"
    r"|blue|black|white|green) dot"
    r"|росс (?:ru|cn)\."
)
_HAN_BEFORE = re.compile(r"^[\u4e00-\u9fff]+")
_HOST = re.compile(
    r"(?:(?:https?|hxxps?|ftp)\s?:\s?/{1,2}\s?)?(?:[^\s/@?#]{1,100}@)?(?:www\.)?([\w.。-]+)"
)
_PUNCTUATION = ".,;:!?)。， "
_PAGE_ENDS = re.compile(r"[?#]")


def find(text: Folded, own: Collection[str]) -> Iterator[Span]:
    """Yield addresses; those of hosts in ``own`` lead nobody away."""
    words = text.skeleton
    emails = [*_emails(words)]
    own_mail = {span for span in emails if own and _is_own_mail(words[slice(*span)], own)}
    emails = [span for span in emails if span not in own_mail]
    yield from (Span(start, end, Hidden.EMAIL) for start, end in emails)
    taken = {end for _start, end in (*emails, *own_mail)}
    for start, end in links(text):
        if end not in taken and not _is_own(words, start, own):
            yield Span(start, end, Hidden.URL)


def own_pages(text: Folded, own: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield where pages of hosts in ``own`` stand; what is asked of a page is not the page."""
    words = text.skeleton
    for start, end in links(text):
        if _is_own(words, start, own):
            ends = _PAGE_ENDS.search(words, start, end)
            yield start, ends.start() if ends else end


def links(text: Folded) -> Iterator[tuple[int, int]]:
    """Yield where web addresses stand."""
    words = text.skeleton
    for shape in _LINKS:
        for found in shape.finditer(words):
            if not _NOT_SITES.search(found[0]):
                yield _alone(found)


def _emails(words: str) -> Iterator[tuple[int, int]]:
    for shape in _EMAILS:
        yield from map(_alone, shape.finditer(words))


def _alone(found: re.Match[str]) -> tuple[int, int]:
    """Return where an address stands, without Chinese words before it and stops after it."""
    before = _HAN_BEFORE.match(found[0])
    end = found.start() + len(found[0].rstrip(_PUNCTUATION))
    return found.start() + (before.end() if before else 0), end


def _is_own_mail(address: str, own: Collection[str]) -> bool:
    """Tell whether an address that is written in clear is one of our own."""
    host = address.rpartition("@")[2]
    return any(host == one or host.endswith(f".{one}") for one in own)


def _is_own(words: str, start: int, own: Collection[str]) -> bool:
    """Tell whether an address leads to one of the hosts, or below it."""
    found = _HOST.match(words, start)
    host = found[1].replace("。", ".").strip(".") if found else ""
    return any(host == one or host.endswith(f".{one}") for one in own)
