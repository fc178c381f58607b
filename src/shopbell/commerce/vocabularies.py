"""What carriers and services call things, in our words: one table for each vocabulary.

A word that is not in a table is kept as it came and counted, never guessed at.
"""

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from shopbell.commerce.tracking import TrackingCode, milestone_of
from shopbell.kernel.refusals import NotFound

TABLES = Path(__file__).parent / "vocabulary"


class NoSuchVocabulary(NotFound):
    """No table of a carrier's words has this name."""


def names() -> list[str]:
    """List the vocabularies we know."""
    return sorted(file.stem for file in TABLES.glob("*.toml"))


@cache
def table(vocabulary: str) -> Mapping[str, TrackingCode]:
    """Return a whole vocabulary: their word to ours."""
    if vocabulary not in names():
        raise NoSuchVocabulary(vocabulary=vocabulary[:40], known=", ".join(names()))
    told = tomllib.loads((TABLES / f"{vocabulary}.toml").read_text("utf-8"))
    for code in told.values():
        milestone_of(code)
    return {_plain(theirs): TrackingCode(ours) for theirs, ours in told.items()}


@lru_cache(2_000)
def translate(vocabulary: str, code: str) -> TrackingCode | None:
    """Return our code for a carrier's word, or nothing if the word is new to us.

    A word may be told finer than we know it, as ``12.28``: then the part before the point counts,
    where the table has it alone.
    """
    words, plain = table(vocabulary), _plain(code)
    return words.get(plain) or words.get(plain.partition(".")[0])


def _plain(code: str) -> str:
    return code.strip().casefold()
