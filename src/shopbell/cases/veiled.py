"""What is hidden in the words of a form, as in any message: the other side reads a covered copy."""

from typing import NamedTuple

from shopbell.cases.fields import Answers, Field, FieldKind
from shopbell.cases.model import Case, Kind
from shopbell.conversations import veiling
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side


class Covered(NamedTuple):
    """Answers as the other side reads them, and those that were longer, by field."""

    read: Answers
    originals: dict[str, str]


def cover(tx: Tx, actor: Actor, kind: Kind, read: Answers) -> Covered:
    """Cover in what was written for the other side what leads off the marketplace."""
    words = {field.name for field in kind.fields if _is_words(field)}
    covered = {
        name: veiling.veil(tx, actor, answer).text
        for name, answer in read.items()
        if isinstance(answer, str) and name in words
    }
    changed = {name: read[name] for name, words in covered.items() if words != read[name]}
    return Covered({**read, **covered}, changed)


def keep(tx: Tx, actor: Actor, case: Case, originals: dict[str, str]) -> None:
    """Keep what was written in full for the step that a case has just taken."""
    for name, words in originals.items():
        place = f"case.{case.id}.{case.version}.{name}"
        veiling.keep_aside(tx, actor, case.conversation, place, words)


def _is_words(field: Field) -> bool:
    """Tell whether an answer is free text that both sides read."""
    free = field.kind in {FieldKind.TEXT, FieldKind.SHORT} and not field.choices
    return free and not field.code and field.shown_to(Side.BUYER)
