"""Which language a message is in, as far as the marketplace speaks it."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from shopbell.kernel.texts import Locale
from shopbell.language.folding import fold, gist

Language = Locale | Literal["other"]

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA_HANGUL = re.compile(r"[\u3040-\u30ff\u1100-\u11ff\uac00-\ud7af]")
_CYRILLIC = re.compile(r"[а-я]+")
_OTHER_CYRILLIC = re.compile(r"[іїєґўәғқңөұүһӣҷҳђјљњћџѓќѕ]")
_OTHER_SCRIPTS = re.compile(r"[\u0370-\u03ff\u0530-\u08ff\u0900-\u10ff\u1780-\u17ff]")
_LATIN = re.compile(r"[^\W\d_а-я]+(?:'[a-z]+)?")
_OTHER_LATIN = re.compile(
    r"[àâäáãåæçèéêëìíîïñòóôöõøœùúûüýÿßăąćčďđęěğıľłńňőřśşšťůűźżžțșạảấầậắằặẹẻẽếềểễệỉịọỏốồổộớờởợụủứừửữựỳỵỹ¿¡]"
)
_PLAIN_WORD = re.compile(r"[!-~]+")

_TABLE = tomllib.loads(Path(__file__).with_name("small_words.toml").read_text("utf-8"))
_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in _TABLE.items()
}
_SHARED = _WORDS["en"] & _WORDS["other"]
_A_WORD_IN_HAN = 1.6
"""So many Chinese signs say as much as a word of letters does."""


def detect(text: str) -> Language:
    """Return the language of a text; ``other`` if it is none of ours, or says nothing."""
    words = _PLAIN_WORD.sub(lambda word: _spoken(word[0]), fold(gist(text)).plain)
    if _KANA_HANGUL.search(words) or _OTHER_SCRIPTS.search(words):
        return "other"
    han = len(_HAN.findall(words)) / _A_WORD_IN_HAN
    cyrillic, latin = _CYRILLIC.findall(words), _LATIN.findall(_HAN.sub(" ", words))
    if _OTHER_CYRILLIC.search(words) and cyrillic:
        return "other"
    said = _said(latin)
    if han and han + 1 > said["en"] * 2:
        return "zh"
    if cyrillic and len(cyrillic) >= said["en"]:
        return "ru"
    return _of_letters(words, latin, said)


def spoken(text: str, otherwise: Locale) -> Locale:
    """Return the language of a text if it is one of ours."""
    found = detect(text)
    return otherwise if found == "other" else found


def _spoken(word: str) -> str:
    """Return a word, but nothing for a number, a code or an address: they are of no language."""
    is_code = "@" in word or "://" in word or any(map(str.isdigit, word))
    return " " if is_code else word


def _said(latin: list[str]) -> dict[str, int]:
    return {language: sum(word in known for word in latin) for language, known in _WORDS.items()}


def _of_letters(words: str, latin: list[str], said: Mapping[str, int]) -> Language:
    if not latin:
        return "other"
    if said["ru"] > max(said["en"], said["other"]):
        return "ru"
    foreign = said["other"] - sum(word in _SHARED for word in latin)
    if foreign + 2 * len(_OTHER_LATIN.findall(words)) > said["en"]:
        return "other"
    return "en"
