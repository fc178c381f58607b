"""What is known, and what of it answers. Pure."""

from typing import Literal

from msgspec import Struct

from shopbell.kernel.texts import Locale

Kind = Literal["question", "attribute", "clause", "order", "thread"]


class Known(Struct, frozen=True, kw_only=True):
    """Something that has been said already.

    ``question`` is what was asked; of an attribute its name, of a clause the words of its topic.
    ``variant`` names the variant it holds for, all of them if empty; ``weight`` is 1, and less
    where people said that it did not answer them.
    """

    id: str
    kind: Kind
    question: str
    answer: str
    locale: Locale
    variant: str = ""
    weight: float = 1.0


class Found(Struct, frozen=True):
    """Something known that answers, from 0 to 1 how surely, and the meanings that tell so."""

    id: str
    score: float
    why: tuple[str, ...] = ()
