"""Where refunds are kept."""

from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from shopbell.cases.model import CaseId
from shopbell.cases.money import RefundId
from shopbell.cases.refunds import WAITING, Refund
from shopbell.cases.refusals import NoSuchRefund
from shopbell.cases.tables import refunds
from shopbell.commerce.model import Money, OrderId
from shopbell.engine.rows import Select
from shopbell.engine.tables import Session

_r = refunds.c
_GET = select(refunds).where(_r.id == bindparam("refund"))
_BY_KEY = select(refunds).where(
    _r.case == bindparam("of_case"),
    _r.part == bindparam("of_part"),
    _r.number == bindparam("of_number"),
)
_OWN = (*Refund.__struct_fields__, "currency")
_OF_CASE = Select(refunds, _OWN, ["case"])
_OF_ORDER = select(refunds).where(_r.order == bindparam("of_order")).order_by(_r.id)
_WAITING = select(refunds).where(_r.state.in_(WAITING)).order_by(_r.id).limit(bindparam("most"))
_ADD = insert(refunds)
_CHANGING = (
    "state",
    "approved_by",
    "submitted_at",
    "done_at",
    "reference",
    "trouble",
    "bank_days",
    "attempt",
    "cmid",
    "step_hash",
)
_CHANGE = (
    update(refunds)
    .where(_r.id == bindparam("refund"))
    .values({name: bindparam(f"to_{name}") for name in _CHANGING})
)


def get(tx: Session, refund: RefundId) -> Refund:
    """Return one refund or refuse."""
    return _one(tx.execute(_GET, {"refund": refund}).one_or_none())


def by_key(tx: Session, case: CaseId, part: str, number: int) -> Refund:
    """Return the refund that the platform knows by this key, or refuse."""
    given = {"of_case": case, "of_part": part, "of_number": number}
    return _one(tx.execute(_BY_KEY, given).one_or_none())


def of_case(tx: Session, case: CaseId) -> list[Refund]:
    """Return the refunds of a case, in the order they were asked for."""
    rows = (zip(_OWN, row, strict=True) for row in _OF_CASE(tx, [(case,)]))
    return sorted((_refund(SimpleNamespace(**dict(row))) for row in rows), key=attrgetter("number"))


def of_order(tx: Session, order: OrderId) -> list[Refund]:
    """Return all refunds of an order."""
    return [_refund(row) for row in tx.execute(_OF_ORDER, {"of_order": order})]


def waiting(tx: Session, most: int) -> list[Refund]:
    """Return the refunds that neither went to the platform nor came to an end, oldest first."""
    return [_refund(row) for row in tx.execute(_WAITING, {"most": most})]


def add(tx: Session, refund: Refund) -> None:
    """Keep a new refund."""
    row = {name: getattr(refund, name) for name in refund.__struct_fields__}
    tx.execute(_ADD, row | {"amount": refund.amount.amount, "currency": refund.amount.currency})


def change(tx: Session, refund: Refund) -> None:
    """Write a refund as it is now; what was asked for never changes."""
    given = {f"to_{name}": getattr(refund, name) for name in _CHANGING}
    tx.execute(_CHANGE, {**given, "refund": refund.id})


def _one(row: Any | None) -> Refund:  # noqa: ANN401 - a row
    if row is None:
        raise NoSuchRefund
    return _refund(row)


def _refund(row: Any) -> Refund:  # noqa: ANN401 - a row
    named: dict[str, Any] = {name: getattr(row, name) for name in Refund.__struct_fields__}
    named["amount"] = Money(row.amount, row.currency)
    return Refund(**named)
