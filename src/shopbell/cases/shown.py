"""A case as its readers see it: on a page, in a list, over the API."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from shopbell.cases.fields import Field
from shopbell.cases.model import CaseId, Due, Goods, MoneyState, Party, TraceOutcome
from shopbell.cases.money import RefundShown
from shopbell.commerce.model import Eta, OrderId, ShipmentId
from shopbell.conversations.model import Card, ConversationId
from shopbell.kernel.actor import ShopId, Side
from shopbell.knowledge.model import PolicyRef, Verdict


class Action(Struct, frozen=True, omit_defaults=True):
    """Something the reader may do now, with the details it asks for: a button and its form."""

    action: str
    asks: list[Field] = []
    takes: list[Field] = []


class StepShown(Struct, frozen=True):
    """One line of a case's timeline."""

    seq: int
    action: str
    side: Side
    name: str
    before: str
    after: str
    at: datetime
    given: dict[str, Any]


class CaseListed(Struct, frozen=True, kw_only=True):
    """A case as one side sees it, in a list; ``subject`` is what its conversation is about."""

    id: CaseId
    number: int
    kind: str
    conversation: ConversationId
    order: OrderId | None
    shop: ShopId
    buyer_name: str
    shop_name: str
    subject: Card
    state: str
    goods: Goods
    money: MoneyState
    waiting_on: Party
    due: Due | None
    escalated_at: datetime | None
    opened_at: datetime
    entered_at: datetime
    closed_at: datetime | None
    version: int


class TraceShown(Struct, frozen=True, kw_only=True):
    """A formal question to a carrier, as both sides see it.

    ``channel`` is the way it went, empty while it has not; ``trouble`` why it could not. These,
    and the carrier's own words (``said``), are the shop's and the operator's.
    """

    id: str
    carrier: str
    number: str
    reason: str
    asked_at: datetime
    due_at: datetime
    channel: str = ""
    carrier_ref: str = ""
    trouble: str = ""
    answered_at: datetime | None = None
    outcome: TraceOutcome | None = None
    said: str = ""
    signed_by: str = ""
    proof: list[str] = []
    proof_url: str = ""


class PromiseShown(Struct, frozen=True, kw_only=True):
    """A date that the shop gave, with its reason: running, kept or broken."""

    given_at: datetime
    eta: Eta
    reason: str
    kept_at: datetime | None = None
    broken_at: datetime | None = None


class CaseShown(CaseListed, frozen=True, kw_only=True):
    """A case as one side sees it, whole: its facts, what was done, and what may be done now."""

    shipment: ShipmentId | None
    policy: PolicyRef
    verdict: Verdict | None
    facts: dict[str, Any]
    parent: CaseId | None
    children: list[CaseId]
    steps: list[StepShown]
    actions: list[Action]
    traces: list[TraceShown] = []
    promises: list[PromiseShown] = []
    refunds: list[RefundShown] = []
