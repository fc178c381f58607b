"""Carriers, what they say and what cannot be placed yet; parcels that are late or silent."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0007", "0006"


def upgrade() -> None:
    op.create_table(
        "carrier",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("vocabulary", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.Column("only", sa.Boolean(), nullable=False),
        sa.Column("speaks_for_all", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("secret_before", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier")),
    )
    op.create_table(
        "unplaced_event",
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("raw", sa.String(length=120), nullable=False),
        sa.Column("local", sa.String(length=120), nullable=False),
        sa.Column("heard_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("number", "key", name=op.f("pk_unplaced_event")),
    )
    op.create_index(op.f("ix_unplaced_event_heard_at"), "unplaced_event", ["heard_at"])
    op.create_index("ix_unplaced_event_why", "unplaced_event", ["why", "carrier", "raw"])
    _widen()
    _date_the_newest()
    _watch()


def _widen() -> None:
    for name in ("raw", "local"):
        said = sa.Column(name, sa.String(length=120), nullable=False, server_default="")
        op.add_column("tracking_event", said)
    op.add_column("shipment", sa.Column("event_at", Moment(), nullable=True))
    flag = sa.Boolean()
    op.add_column("shipment", sa.Column("late", flag, nullable=False, server_default=sa.false()))
    op.add_column("shipment", sa.Column("stalled_since", Moment(), nullable=True))
    op.create_index(
        "ix_shipment_tracking_number_carrier", "shipment", ["tracking_number", "carrier"]
    )


def _date_the_newest() -> None:
    """Tell of each parcel when its newest event happened."""
    shipment = sa.table("shipment", sa.column("id"), sa.column("event_at", sa.BigInteger()))
    event = sa.table("tracking_event", sa.column("shipment"), sa.column("at", sa.BigInteger()))
    newest = sa.select(sa.func.max(event.c.at)).where(event.c.shipment == shipment.c.id)
    op.execute(shipment.update().values(event_at=newest.scalar_subquery()))


def _watch() -> None:
    """Have every parcel that is still on its way looked at once: then it is known until when."""
    now = round(datetime.now(UTC).timestamp() * 1_000_000)
    names = ("kind", "entity", "version", "due_at", "state")
    deadline = sa.table("deadline", *map(sa.column, names))
    shipment = sa.table("shipment", sa.column("id", Ident()), sa.column("delivered_at"))
    for kind in ("shipment_late", "shipment_silent"):
        facts = (sa.literal(kind), shipment.c.id, sa.literal(1), sa.literal(now, sa.BigInteger()))
        on_the_way = sa.select(*facts, sa.literal("armed")).where(shipment.c.delivered_at.is_(None))
        op.execute(deadline.insert().from_select(names, on_the_way))
