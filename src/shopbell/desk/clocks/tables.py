"""The tables of this room; only its storage opens them."""

from datetime import datetime

from sqlalchemy import Column, Named, PrimaryKeyConstraint, Table, TypedColumns

from shopbell.conversations.model import ConversationId
from shopbell.conversations.targets.running import Target
from shopbell.conversations.turns import Turn
from shopbell.engine.tables import Moment, choice, ident, metadata


class PauseColumns(TypedColumns):
    conversation = ident(ConversationId)
    target = choice(Target)
    since = Column(Moment, nullable=False)
    waiting_on = choice(Turn)
    until: Named[datetime | None] = Column(Moment)


pauses = Table(
    "clock_pause",
    metadata,
    PauseColumns,
    PrimaryKeyConstraint("conversation", "target", "since"),
)
"""When clocks stood still, and for whom; the journal says the same."""
