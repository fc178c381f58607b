"""What is hidden in the words of a form, as in any message: the other side reads a covered copy."""

from typing import NamedTuple

from msgspec.structs import replace

from shopbell.cases.fields import Answers, Field, FieldKind, SentBy
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
    covered = {
        field.name: _as_read(tx, actor, field, read[field.name])
        for field in kind.fields
        if field.name in read and field.shown_to(Side.BUYER)
    }
    changed = {
        name: _in_words(read[name]) for name, answer in covered.items() if answer != read[name]
    }
    return Covered({**read, **covered}, changed)


def keep(tx: Tx, actor: Actor, case: Case, originals: dict[str, str]) -> None:
    """Keep what was written in full for the step that a case has just taken."""
    for name, words in originals.items():
        place = f"case.{case.id}.{case.version}.{name}"
        veiling.keep_aside(tx, actor, case.conversation, place, words)


def _as_read(tx: Tx, actor: Actor, field: Field, answer: object) -> object:
    """Return an answer as both sides read it: free words covered, numbers if they are more."""
    match answer:
        case SentBy():
            carrier = veiling.veil(tx, actor, answer.carrier).text
            return replace(
                answer, carrier=carrier, number=veiling.veil_code(tx, actor, answer.number)
            )
        case str() if field.kind in {FieldKind.TEXT, FieldKind.SHORT} and not field.choices:
            if field.code:
                return veiling.veil_code(tx, actor, answer)
            return veiling.veil(tx, actor, answer).text
        case _:
            return answer


def _in_words(answer: object) -> str:
    return f"{answer.carrier} {answer.number}" if isinstance(answer, SentBy) else str(answer)
