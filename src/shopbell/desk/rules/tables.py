"""The tables of this room; only its storage opens them."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Named,
    PrimaryKeyConstraint,
    Table,
    TypedColumns,
)

from shopbell.conversations.model import ConversationId
from shopbell.desk.rules.model import Outcome, RuleBody, RuleId, Story, Trigger
from shopbell.engine.tables import Json, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId


class RuleColumns(TypedColumns):
    id = ident(RuleId, primary_key=True)
    shop: Named[ShopId | None] = ident(ShopId, nullable=True)
    by = ident(PersonId)
    version = Column(Integer, nullable=False)
    body: Named[RuleBody] = Column(Json(RuleBody), nullable=False)
    changed_at = Column(Moment, nullable=False)
    failures = Column(Integer, nullable=False)
    stopped_at: Named[datetime | None] = Column(Moment)
    removed = Column(Boolean, nullable=False)


class RunColumns(TypedColumns):
    rule = ident(RuleId, ForeignKey("automation_rule.id"))
    version = Column(Integer, nullable=False)
    call = ident(str)
    trigger = choice(Trigger)
    conversation = ident(ConversationId)
    shop = ident(ShopId)
    at = Column(Moment, nullable=False)
    outcome = choice(Outcome)
    story: Named[Story] = Column(Json(Story), nullable=False)


rules = Table("automation_rule", metadata, RuleColumns, Index("ix_automation_rule_of", "shop"))
"""Whoever runs a rule holds its row, so that it runs once, and none is changed meanwhile."""

runs = Table(
    "automation_run",
    metadata,
    RunColumns,
    PrimaryKeyConstraint("rule", "version", "call"),
    Index("ix_automation_run_of", "rule", "at"),
    Index("ix_automation_run_in", "conversation", "at"),
    Index("ix_automation_run_at", "at"),
)
"""Each run once, by the rule as it was and by what called it."""
