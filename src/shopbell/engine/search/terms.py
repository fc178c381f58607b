"""What is looked for, as a tree, and in the words of each database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never


@dataclass(frozen=True)
class Word:
    """Texts with this token."""

    token: str


@dataclass(frozen=True)
class All:
    """Texts with each of these."""

    of: "Sequence[Term]"


@dataclass(frozen=True)
class Some:
    """Texts with at least one of these."""

    of: "Sequence[Term]"


@dataclass(frozen=True)
class But:
    """Texts with the one and without the other."""

    this: "Term"
    without: "Term"


Term = Word | All | Some | But


def for_sqlite(term: Term) -> str:
    """Write ``term`` as FTS5 reads it."""
    match term:
        case Word(token):
            return f'"{token}"'
        case All(of):
            return f"({' AND '.join(map(for_sqlite, of))})"
        case Some(of):
            return f"({' OR '.join(map(for_sqlite, of))})"
        case But(this, without):
            return f"({for_sqlite(this)} NOT {for_sqlite(without)})"
    assert_never(term)


def for_postgres(term: Term) -> str:
    """Write ``term`` as a ``tsquery``."""
    match term:
        case Word(token):
            return f"'{token}'"
        case All(of):
            return f"({' & '.join(map(for_postgres, of))})"
        case Some(of):
            return f"({' | '.join(map(for_postgres, of))})"
        case But(this, without):
            return f"({for_postgres(this)} & !{for_postgres(without)})"
    assert_never(term)
