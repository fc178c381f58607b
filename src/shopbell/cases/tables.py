"""The tables of this room; only its storage opens them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Named,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

from shopbell.cases.fields import TakenLine
from shopbell.cases.model import CaseId, Due, Goods, MoneyState, Party, TraceOutcome
from shopbell.cases.money import Part, RefundId, RefundState
from shopbell.commerce.model import Eta, OrderId, ShipmentId
from shopbell.conversations.model import ConversationId
from shopbell.engine.tables import Json, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId, Side
from shopbell.knowledge.model import PolicyRef, Verdict


class CaseColumns(TypedColumns):
    id = ident(CaseId, primary_key=True)
    number = Column(Integer, nullable=False)
    kind = Column(String(32), nullable=False)
    conversation = ident(ConversationId, ForeignKey("conversation.id"))
    buyer = ident(PersonId)
    shop = ident(ShopId)
    order: Named[OrderId | None] = ident(OrderId, nullable=True)
    shipment: Named[ShipmentId | None] = ident(ShipmentId, nullable=True)
    state = Column(String(32), nullable=False)
    goods = choice(Goods)
    money = choice(MoneyState)
    waiting_on = choice(Party)
    facts: Named[dict[str, Any]] = Column(Json(dict[str, Any]), nullable=False)
    verdict: Named[Verdict | None] = Column(Json(Verdict))
    taken: Named[dict[str, int]] = Column(Json(dict[str, int]), nullable=False)
    paused: Named[dict[str, float]] = Column(Json(dict[str, float]), nullable=False)
    policy: Named[PolicyRef] = Column(Json(PolicyRef), nullable=False)
    parent: Named[CaseId | None] = ident(CaseId, nullable=True)
    opened_by = choice(Side)
    opened_at = Column(Moment, nullable=False)
    entered_at = Column(Moment, nullable=False)
    due: Named[Due | None] = Column(Json(Due))
    due_at: Named[datetime | None] = Column(Moment)
    escalated_at: Named[datetime | None] = Column(Moment)
    closed_at: Named[datetime | None] = Column(Moment)
    version = Column(Integer, nullable=False)


class CaseStepColumns(TypedColumns):
    case = ident(CaseId, ForeignKey("cases.id"))
    seq = Column(Integer, nullable=False)
    action = Column(String(48), nullable=False)
    by = ident(PersonId)
    side = choice(Side)
    name = Column(String(200), nullable=False)
    before = Column(String(32), nullable=False)
    after = Column(String(32), nullable=False)
    at = Column(Moment, nullable=False)
    given: Named[dict[str, Any]] = Column(Json(dict[str, Any]), nullable=False)
    hash = Column(LargeBinary(32), nullable=False)
    erased: Named[dict[str, str]] = Column(
        Json(dict[str, str]), nullable=False, server_default="{}"
    )
    cmid: Named[str | None] = Column(String(40))
    payload_hash: Named[bytes | None] = Column(LargeBinary(32))


class RefundColumns(TypedColumns):
    id = ident(RefundId, primary_key=True)
    case = ident(CaseId, ForeignKey("cases.id"))
    order = ident(OrderId)
    shop = ident(ShopId)
    number = Column(Integer, nullable=False)
    part = choice(Part)
    amount = Column(BigInteger, nullable=False)
    currency = Column(String(3), nullable=False)
    lines: Named[list[TakenLine]] = Column(Json(list[TakenLine]), nullable=False)
    state = choice(RefundState)
    requested_by = ident(PersonId)
    requested_side = choice(Side)
    requested_at = Column(Moment, nullable=False)
    approved_by: Named[PersonId | None] = ident(PersonId, nullable=True)
    submitted_at: Named[datetime | None] = Column(Moment)
    done_at: Named[datetime | None] = Column(Moment)
    reference = Column(String(200), nullable=False)
    trouble = Column(String(500), nullable=False)
    bank_days = Column(Integer, nullable=False)
    attempt = Column(Integer, nullable=False)
    asked_cmid = Column(String(40), nullable=False)
    cmid = Column(String(40), nullable=False)
    step_hash: Named[bytes | None] = Column(LargeBinary(32))


cases = Table(
    "cases",
    metadata,
    CaseColumns,
    UniqueConstraint("conversation", "number"),
    Index("ix_cases_order", "order"),
    Index("ix_cases_parent", "parent"),
    Index("ix_cases_shipment", "shipment"),
)
_OPEN = cases.c.closed_at.is_(None)
for _name, _columns in {
    "ix_cases_desk": (cases.c.shop, cases.c.due_at, cases.c.id),
    "ix_cases_buyer": (cases.c.buyer, cases.c.id),
    "ix_cases_called": (cases.c.escalated_at, cases.c.id),
}.items():
    Index(_name, *_columns)
Index("ix_cases_open", cases.c.shop, cases.c.due_at, sqlite_where=_OPEN, postgresql_where=_OPEN)

steps = Table("case_step", metadata, CaseStepColumns, PrimaryKeyConstraint("case", "seq"))

refunds = Table(
    "refund",
    metadata,
    RefundColumns,
    UniqueConstraint("case", "number"),
    Index("ix_refund_order", "order"),
    Index("ix_refund_state", "state"),
)


class CaseTraceColumns(TypedColumns):
    id = ident(str, primary_key=True)
    case = ident(CaseId, ForeignKey("cases.id"), index=True)
    shop = ident(ShopId)
    carrier = Column(String(200), nullable=False)
    number = Column(String(64), nullable=False)
    reason = Column(String(32), nullable=False)
    asked_by = ident(PersonId)
    asked_at = Column(Moment, nullable=False)
    due_at = Column(Moment, nullable=False)
    channel = Column(String(32), nullable=False)
    carrier_ref = Column(String(200), nullable=False)
    reply_to = Column(String(64), nullable=False)
    trouble = Column(String(200), nullable=False)
    answered_at: Named[datetime | None] = Column(Moment)
    outcome: Named[TraceOutcome | None] = choice(TraceOutcome, nullable=True)
    said = Column(Text, nullable=False)
    signed_by = Column(String(200), nullable=False)
    proof: Named[list[str]] = Column(Json(list[str]), nullable=False)
    proof_url = Column(String(500), nullable=False)


class CasePromiseColumns(TypedColumns):
    id = ident(str, primary_key=True)
    case = ident(CaseId, ForeignKey("cases.id"), index=True)
    shop = ident(ShopId)
    shipment: Named[ShipmentId | None] = ident(ShipmentId, nullable=True)
    given_by = ident(PersonId)
    given_at = Column(Moment, nullable=False)
    eta: Named[Eta] = Column(Json(Eta), nullable=False)
    reason = Column(String(32), nullable=False)
    kept_at: Named[datetime | None] = Column(Moment)
    broken_at: Named[datetime | None] = Column(Moment)


traces = Table(
    "case_trace",
    metadata,
    CaseTraceColumns,
    Index("ix_case_trace_reply_to", "reply_to"),
    Index("ix_case_trace_carrier_ref", "carrier_ref"),
)
promises = Table("case_promise", metadata, CasePromiseColumns)
