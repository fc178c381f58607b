"""What the policy says of the things a case is about: the strictest clause of all its lines."""

from collections.abc import Iterable
from datetime import date

from shopbell.cases.fields import TakenLine
from shopbell.cases.model import Case
from shopbell.commerce.model import Order
from shopbell.engine.database import Tx
from shopbell.knowledge import service as knowledge
from shopbell.knowledge.model import PolicyRef, Verdict


def judge(
    tx: Tx, order: Order, lines: Iterable[TakenLine], reason: str, of: PolicyRef | None = None
) -> Verdict:
    """Return the verdict on the line of which the least may be done."""
    return strictest(
        knowledge.resolve(tx, order.shop, knowledge.matter_of(tx, order, one.line, reason), of)
        for one in lines
    )


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict by which the least may be done."""
    return min(verdicts, key=_freedom)


def lines_of(case: Case) -> list[TakenLine]:
    """Return the things a case is about."""
    return [TakenLine(**one) for one in case.facts.get("lines", ())]


def _freedom(verdict: Verdict) -> tuple[bool, date, int]:
    return verdict.allowed, verdict.until or date.max, -verdict.evidence.photos_min
