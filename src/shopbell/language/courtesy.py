"""How a message speaks to its reader: polite, neutral, upset or abusive. Upset is not abusive."""

import re
from functools import cache

from shopbell.language import rudeness
from shopbell.language.folding import BETWEEN_HAN, alike, fold, gist, is_spelled, skeleton
from shopbell.language.model import Courtesy
from shopbell.language.needs import apart
from shopbell.language.signs import Signs

LEET = str.maketrans("01345@$", "oieasas")
"""Digits and signs as the letters they stand for inside a word."""

_WORD = re.compile(r"[\w@$]+")
_find_mixed = re.compile(r"[\d_@$](?:(?<=[^\W\d_].)|(?=[^\W\d_]))").search
_BLANKS = re.compile(r"  +")
_BRIEF = 600
"""A text that long is not read twice: u r is typed in haste."""
_BEFORE, _AFTER = 48, 16
_CAPITALS, _SHOUTED = 14, 0.7


def courtesy(text: str) -> Courtesy:
    """Return how a message speaks to its reader."""
    said = gist(text)
    readings = _readings(said)
    spelled = len(readings) > 1 and rudeness.SPELLED.search(readings[0])
    if spelled or any(map(_is_abuse, readings)):
        return Courtesy.ABUSIVE
    known = rudeness.words()
    if any(known["insult"].search(words) or known["upset"].search(words) for words in readings):
        return Courtesy.UPSET
    if any(known["polite"].search(words) for words in readings):
        return Courtesy.POLITE
    loud = rudeness.LOUD.search(readings[0]) or _shouts(said)
    return Courtesy.UPSET if loud else Courtesy.NEUTRAL


def _is_abuse(words: str) -> bool:
    known = rudeness.words()
    if known["attack"].search(words):
        return True
    return any(_is_meant(words, insult) for insult in known["insult"].finditer(words))


def is_abusive(text: str) -> bool:
    """Tell whether a message is abusive, as `courtesy` would, and at once where it cannot be."""
    return may_hurt(text) and courtesy(text) is Courtesy.ABUSIVE


def may_hurt(text: str) -> bool:
    """Tell whether a text could be abusive; if not, `courtesy` never calls it so."""
    words = alike(gist(text))
    if is_spelled(words) or rudeness.is_masked(words):
        return True
    if not words.isascii():
        words = BETWEEN_HAN.sub("", words)
    if _find_mixed(words):
        words = _without_leet(words)
    return _signs_of_harm().stand_in(apart(words))


@cache
def _signs_of_harm() -> Signs:
    return Signs(rudeness.patterns("insult", "attack", "harmless"))


def _readings(text: str) -> list[str]:
    """Return words as they stand, and, if any is spelled, as they are meant: f u c k, 傻 逼."""
    folded = fold(text)
    once = folded.closed is folded or len(text) > _BRIEF
    readings = [folded.closed] if once else [folded.closed, folded]
    return [_plain_words(skeleton(one.plain)) for one in readings]


def _plain_words(words: str) -> str:
    """Return words without masks: м0r0n and f**k are words, too."""
    words = _without_leet(rudeness.unmasked(_BLANKS.sub(" ", words)))
    return rudeness.words()["harmless"].sub(" ", words)


def _without_leet(words: str) -> str:
    return _WORD.sub(lambda word: _letters(word[0]), words)


def _letters(word: str) -> str:
    """Return a word with the digits between its letters as the letters they stand for."""
    mixed = any(map(str.isalpha, word)) and not word.isalpha()
    return word.translate(LEET) if mixed else word


def _is_meant(words: str, insult: re.Match[str]) -> bool:
    """Tell whether an insult is for the reader, neither denied nor of the writer."""
    before = words[max(0, insult.start() - _BEFORE) : insult.start()]
    after = words[insult.end() : insult.end() + _AFTER]
    if rudeness.DENIED_BEFORE.search(before) or rudeness.ONESELF_BEFORE.search(before):
        return False
    return rudeness.ONESELF_AFTER.match(after) is None


def _shouts(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha() and sign.lower() != sign.upper()]
    capitals = sum(sign.isupper() for sign in letters)
    return len(letters) >= _CAPITALS and capitals >= _SHOUTED * len(letters) and " " in text.strip()
