"""Words that hurt people, and words of people who are hurt, in three languages.

What is said of goods, of service or of oneself is no abuse. Abuse is an insult, an order to
vanish or to suffer, or a threat. The words stand in ``rudeness.toml``.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from shopbell.language.folding import pattern, skeleton


@cache
def words() -> Mapping[str, re.Pattern[str]]:
    """Return patterns of skeletons: ``insult``, ``attack``, ``upset``, ``polite``, ``harmless``."""
    return {kind: _shape(**of_kind) for kind, of_kind in table().items()}


@cache
def table() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return the words as they are written down, by kind and language."""
    said = _read("rudeness.toml")
    aimed = _read("scorn.toml")
    return {
        kind: {
            language: [*written, *_filled(aimed, kind, language)]
            for language, written in of_kind.items()
        }
        for kind, of_kind in said.items()
    }


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))


def _filled(aimed: Mapping[str, Any], kind: str, language: str) -> Iterator[str]:
    """Yield the frames of a kind with any word of a class in the place of its name."""
    for frame in aimed["frames"].get(kind, {}).get(language, ()):
        for name, words in aimed["words"][language].items():
            frame = frame.replace(f"{{{name}}}", "|".join(words))  # noqa: PLW2901
        yield frame


def patterns(*kinds: str) -> Iterator[str]:
    """Yield the patterns of some kinds, one by one."""
    for kind in kinds:
        for language, written in table()[kind].items():
            yield from (_BORDERS[language].format(words) for words in written)


_BORDERS = {
    "en": r"(?<![a-zа-я])(?:{})(?![a-zа-я])",
    "ru": r"(?<![а-яa-z])(?:{})",
    "zh": r"(?:{})",
}


def _shape(**of_language: Sequence[str]) -> re.Pattern[str]:
    return pattern(
        "|".join(
            _BORDERS[language].format("|".join(written))
            for language, written in of_language.items()
        )
    )


_MASKABLE = [
    "fuck",
    "fucking",
    "fucker",
    "shit",
    "bitch",
    "cunt",
    "asshole",
    "bastard",
    "moron",
    "idiot",
    "stupid",
    "retard",
    "dick",
    "whore",
    "slut",
    "wanker",
    "prick",
    "scum",
    "twat",
    "motherfucker",
    "bullshit",
    "crap",
    "сука",
    "суки",
    "сучка",
    "сучки",
    "хуй",
    "хуйня",
    "хуя",
    "хуе",
    "пизда",
    "пиздец",
    "пиздят",
    "бля",
    "блядь",
    "бляди",
    "блять",
    "ебан",
    "ебать",
    "ебал",
    "уебки",
    "уебок",
    "мудак",
    "мудаки",
    "мудачье",
    "гандон",
    "гондон",
    "пидор",
    "пидоры",
    "пидар",
    "пидорас",
    "долбоеб",
    "долбоебы",
    "дебил",
    "дебилы",
    "идиот",
    "идиоты",
    "тварь",
    "твари",
    "мразь",
    "мрази",
    "говно",
    "жопа",
    "дерьмо",
    "урод",
    "уроды",
    "сволочь",
    "сволочи",
    "ублюдок",
    "ублюдки",
    "козел",
    "козлы",
    "дура",
    "дурак",
    "шлюха",
    "нахуй",
    "нахер",
    "похуй",
]
_ENDINGS = skeleton("|s|es|y|и|ы|а|у|ам|ов|ой")
_MASK = r"[*#@$%!_×•]"


def _masked(word: str) -> str:
    """Return a pattern for a word of which letters may be hidden: f**k, с*ка, b!tch."""
    letters = skeleton(word)
    return letters[0] + "".join(rf"(?:{sign}|{_MASK})" for sign in letters[1:])


_MASKED = [
    (re.compile(rf"(?<![a-zа-я\d]){_masked(word)}(?=(?:{_ENDINGS})(?![а-яa-z\d*]))"), word)
    for word in _MASKABLE
]
SPELLED = re.compile("|".join(skeleton(word) for word in _MASKABLE if len(word) > 4))  # noqa: PLR2004
"""What is meant where words are spelled, wherever one ends: т ы д е б и л."""
_ANY_MASK = re.compile(r"[a-zа-я][*#@$%!_×•]+[a-zа-я]|[a-zа-я]\*\*")


def is_masked(words: str) -> bool:
    """Tell whether a word of a skeleton may be half hidden."""
    return _ANY_MASK.search(words) is not None


def unmasked(words: str) -> str:
    """Return a skeleton with its half-hidden words as they are meant."""
    if not is_masked(words):
        return words
    for shape, word in _MASKED:
        words = shape.sub(skeleton(word), words)
    return words


LOUD = re.compile(r"!!|\?!|!\?|\?\?|！！|？！|？？")

ONESELF_BEFORE = pattern(
    r"(?:(?<![a-zа-я])(?:i|we)(?:'m|'ve| am| was| were| felt| feel| look| have| been| must| be"
    r"| not"
    r"|n't| an?| such| so| like| the| bit| of| really| just|'re| are)*"
    r"|(?:call(?:ed|s|ing)?|treat\w*|makes?|take|think) (?:me|us)"
    r"(?: (?:an?|for|as|like|is|some|such))*"
    r"|(?<![а-яa-z])(?:я|мы)(?: (?:же|не|такой|такая|какой|просто|тоже|был|была|как|и|полный"
    r"|последний|вам|сам|сама|чувствую себя))*"
    r"|(?:назв|обозв|обзыва|счита|держ|принима)\w* (?:меня|нас)(?: за| как)?"
    r"|(?:меня|нас) (?:назв|обозв|обзыва|счита)\w*|себя(?: \S+)?"
    r"|我(?:们)?(?:真是|真的|就是|不是|又不是|太|好|是|像|真|居然|竟然)*(?:个|一个)?"
    r"|骂我(?:是|们)?|说我(?:是)?|把我当)[ ]?$"
)
"""What stands before an insult of the writer, or one that the writer was called."""

ONESELF_AFTER = pattern(r"(?: же)? я(?![а-яa-z])| that i am| of me| me(?![a-zа-я])")

DENIED_BEFORE = pattern(
    r"(?:(?<![a-zа-я])(?:not|n't|isn't|aren't)(?: an?| the| such| saying| calling)*"
    r"|(?<![а-яa-z])не|(?<!是)不是|并非)[ ]?$"
)
