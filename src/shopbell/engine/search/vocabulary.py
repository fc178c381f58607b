"""Every word that was ever written, as it was spelled: what a misspelt one may have meant."""

from collections.abc import Collection, Iterator

from sqlalchemy import Column, String, Table, TypedColumns, delete

from shopbell.engine.rows import Insert, Select
from shopbell.engine.search.tokens import TOKEN_MOST
from shopbell.engine.tables import Session, metadata

LETTERS_LEAST = 5
"""Shorter words have too many neighbours."""

NEIGHBOURS_MOST = 30
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"


class WordColumns(TypedColumns):
    word = Column(String(TOKEN_MOST), primary_key=True)


vocabulary = Table("search_word", metadata, WordColumns)
_LEARN = Insert(vocabulary, "ON CONFLICT DO NOTHING")
_FORGET = delete(vocabulary)
_KNOWN = Select(vocabulary, ["word"], ["word"])
_KNOWN_POSTGRES = "SELECT word FROM search_word WHERE word = ANY(%s)"
"""Some seven hundred keys of one column: a tenth of what it takes to look them up one by one."""


def learn(tx: Session, words: Collection[str]) -> None:
    """Note words; those that are known stay."""
    if words:
        _LEARN(tx, [(word,) for word in sorted(words)])


def forget(tx: Session) -> None:
    """Forget every word."""
    tx.execute(_FORGET)


def neighbours(tx: Session, word: str) -> list[str]:
    """Return the known words that are one letter away from ``word``, at most thirty."""
    if not LETTERS_LEAST <= len(word) <= TOKEN_MOST:
        return []
    others = sorted(set(_one_letter_away(word)) - {word})
    if tx.embedded:
        rows = _KNOWN(tx, ((other,) for other in others))
    else:
        rows = [tuple(row) for row in tx.run(_KNOWN_POSTGRES, (others,))]
    return sorted(row[0] for row in rows)[:NEIGHBOURS_MOST]


def _one_letter_away(word: str) -> Iterator[str]:
    """Give each word with a letter more, less or another, or with two that changed places."""
    letters = next((one for one in (_LATIN, _CYRILLIC) if word[0] in one), "")
    for at in range(len(word) + 1):
        before, behind = word[:at], word[at:]
        yield from (before + letter + behind for letter in letters)
        if behind:
            yield before + behind[1:]
            yield from (before + letter + behind[1:] for letter in letters)
        if len(behind) > 1:
            yield before + behind[1] + behind[0] + behind[2:]
