"""What may answer a question, and what is shown of it. No database, no web."""

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from shopbell.commerce.model import ProductId
from shopbell.conversations.model import ConversationId
from shopbell.kernel.texts import FALLBACK, LOCALES, Locale, Words
from shopbell.language.answering import Known
from shopbell.language.answering.model import Kind

PieceId = Annotated[str, Meta(pattern=r"^[a-z]+\.[a-z0-9_.-]+$", max_length=100)]
"""Names a piece of what is known for as long as it is: ``answer.…``, ``attribute.…``."""

WAYS = " / "
"""Stands between the ways in which people ask about rules, or about their orders."""

FEW, HEAVY = 3, 6
"""So many people of some standing, with so much of it together, must have said that something
does not answer before it is shown less: three accounts made for it take nothing away."""

ESTABLISHED = timedelta(days=30)


class Piece(Struct, frozen=True, kw_only=True):
    """Something that may answer, in the languages it was given in.

    ``at`` is when it was said. Of an own question that nobody has answered yet, ``answer`` is
    empty, and ``due`` says until when the shop has promised to. Where the answer names days,
    ``lasting`` is what it says on any of them.
    """

    id: PieceId
    kind: Kind
    question: dict[Locale, str]
    answer: dict[Locale, str]
    url: str
    source: Words
    at: datetime | None = None
    variant: str = ""
    conversation: ConversationId | None = None
    due: datetime | None = None
    lasting: str = ""

    @property
    def version(self) -> str:
        """Name what it says, so that it has another name once it says anything else."""
        answer = self.lasting or self.answer
        said = msgspec.json.encode((self.question, answer, self.variant), order="sorted")
        return blake2b(said, digest_size=16).hexdigest()

    def known(self, weight: float) -> list[Known]:
        """Say it once in each language it can be found in, and in each way it may be asked."""
        return [
            Known(
                id=f"{self.id}:{locale}:{place}",
                kind=self.kind,
                question=way,
                answer=self.answer.get(tongue(self.answer, locale), ""),
                locale=locale,
                variant=self.variant,
                weight=weight,
            )
            for locale in LOCALES
            for place, way in enumerate(self.ways(locale))
        ]

    def ways(self, locale: Locale) -> list[str]:
        """Return in which ways it may be asked in a language, the plainest first."""
        said = self.question.get(locale)
        if said is None:
            return []
        return said.split(WAYS) if self.kind in {"clause", "order"} else [said]


class Suggestion(Struct, frozen=True, kw_only=True):
    """Something known that seems to answer, and where it comes from in words.

    ``locale`` is the language of ``answer``. Without an ``answer`` the reader has asked this
    before, in ``conversation``, and the shop's answer is ``due``. A translated answer tells its
    ``original``, and what that was ``written_in``.
    """

    id: str
    kind: Kind
    question: str
    answer: str
    source: str
    locale: Locale
    url: str
    at: datetime | None
    conversation: ConversationId | None
    due: datetime | None
    original: str = ""
    written_in: Locale | None = None


class Taken(Struct, frozen=True, kw_only=True):
    """How something known was taken by those it was shown to, each counted once.

    ``product`` is None for what was shown beside the shop itself, or several things of an order.
    """

    id: str
    product: ProductId | None
    question: str
    shown: int
    helped: int
    wrong: int


class Gap(Struct, frozen=True, kw_only=True):
    """Something that so many people have asked of a product, lately then, and nothing answers."""

    product: ProductId
    question: str
    asked: int
    latest_at: datetime


def tongue(words: dict[Locale, str], wanted: Locale) -> Locale:
    """Return the language that ``words`` will be shown in to a reader of ``wanted``."""
    if wanted in words or not words:
        return wanted
    return FALLBACK if FALLBACK in words else next(iter(words))


def standing(known_for: timedelta, *, has_ordered: bool) -> int:
    """Return how much somebody's word weighs against what a shop has said."""
    return int(known_for >= ESTABLISHED) + 2 * has_ordered


def weight(helped: int, wrong: int) -> float:
    """Return how much something still counts that so many found helpful, and so many wrong."""
    return 1.0 if wrong < FEW else (helped + 1) / (helped + wrong + 1)


def shown(piece: Piece, locale: Locale, reader: Locale | None = None) -> Suggestion:
    """Show a piece in ``locale``; what was not said in it stays as it was said.

    Its source is for the eyes of the ``reader``, if that is somebody of another language.
    """
    spoken = tongue(piece.answer or piece.question, locale)
    return Suggestion(
        id=piece.id,
        kind=piece.kind,
        question=piece.ways(tongue(piece.question, locale))[0],
        answer=piece.answer.get(spoken, ""),
        source=piece.source[tongue(piece.source, reader or locale)],
        locale=spoken,
        url=piece.url,
        at=piece.at,
        conversation=piece.conversation,
        due=piece.due,
    )
