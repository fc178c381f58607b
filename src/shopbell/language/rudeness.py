"""Words that hurt people, and words of people who are hurt, in three languages.

What is said of goods, of service or of oneself is no abuse. Abuse is an insult, an order to
vanish or to suffer, or a threat. The words stand in ``rudeness.toml``.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from shopbell.language.folding import pattern


@cache
def words() -> Mapping[str, re.Pattern[str]]:
    """Return patterns of skeletons: ``insult``, ``attack``, ``upset``, ``polite``, ``harmless``."""
    return {kind: _shape(**of_kind) for kind, of_kind in table().items()}


@cache
def table() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return the words as they are written down, by kind and language."""
    return tomllib.loads(Path(__file__).with_name("rudeness.toml").read_text("utf-8"))


def _shape(en: Sequence[str], ru: Sequence[str], zh: Sequence[str]) -> re.Pattern[str]:
    english, russian = "|".join(en), "|".join(ru)
    return pattern(
        rf"(?<![a-zа-я])(?:{english})(?![a-zа-я])|(?<![а-яa-z])(?:{russian})|{'|'.join(zh)}"
    )


LOUD = re.compile(r"!!|\?!|!\?|\?\?|！！|？！|？？")

ONESELF_BEFORE = pattern(
    r"(?:(?<![a-zа-я])(?:i|we)(?:'m|'ve| am| was| were| felt| feel| look| have| been| must| be| not"
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
