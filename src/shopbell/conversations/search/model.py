"""What is looked for in conversations, and what is found. No database, no web."""

from datetime import datetime
from itertools import pairwise

from msgspec import Struct

from shopbell.conversations.model import Audience, Author, Card, ConversationId, Shown
from shopbell.engine.search.terms import All, Some, Term, Word


class Part(Struct, frozen=True):
    """One word of what is looked for, and how it is found.

    ``needle`` must stand in the text as it is, for more than two characters in a row; of a
    ``number``, its parts are joined before. ``spelled`` is a word that may be misspelt.
    """

    term: Term
    marks: frozenset[str]
    needle: str = ""
    number: bool = False
    spelled: str = ""


class Hint(Struct, frozen=True):
    """Something of the words was not understood as it may have been meant."""

    code: str
    word: str


class Query(Struct, frozen=True, kw_only=True):
    """What is looked for: every part, of every kind named, from ``after`` until ``before``."""

    parts: list[Part] = []
    filters: list[Term] = []
    after: datetime | None = None
    before: datetime | None = None
    hints: list[Hint] = []

    @property
    def says_nothing(self) -> bool:
        """Tell whether everything would be found."""
        return not self.parts and not self.filters

    def term(self) -> Term:
        """Return what the index is asked for."""
        return All([*self.filters, *(part.term for part in self.parts)])


def whose(kind: str, owner: str) -> str:
    """Return the mark of texts that belong to a shop (``s``) or a conversation (``c``)."""
    return f"_{kind}{owner.replace('-', '')}"


def of_any(marks: list[str]) -> Term:
    """Return what finds texts with any of these marks."""
    return Some([Word(mark) for mark in marks])


class Hit(Struct, frozen=True, kw_only=True):
    """An entry that was found: where it stands, and its words around what was looked for.

    ``marks`` are pairs of places in ``excerpt``, counted in characters: from, and up to. ``near``
    tells that it has a word one letter away from one that was looked for.
    """

    conversation: ConversationId
    audience: Audience
    seq: int
    type: str
    at: datetime
    author: Author
    shop: Shown
    buyer: Shown
    subject: Card
    excerpt: str
    marks: list[tuple[int, int]]
    near: bool

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """Return the excerpt in pieces, and which of them were looked for."""
        edges = [0, *(edge for mark in self.marks for edge in mark), len(self.excerpt)]
        texts = (self.excerpt[start:end] for start, end in pairwise(edges))
        return [(text, bool(place % 2)) for place, text in enumerate(texts) if text]


class Found(Struct, frozen=True):
    """A page of what was found, as written first, newest first; ``next`` continues as ``after``."""

    items: list[Hit]
    next: str | None
    hints: list[Hint]
