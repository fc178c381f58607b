"""A request that adds a colleague is known again; days said before they were dated have a date."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident

revision, down_revision = "0005", "0003"


def upgrade() -> None:
    op.create_table(
        "addition",
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("asked", Ident(), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("back", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_addition_person")),
        sa.PrimaryKeyConstraint("shop", "asked", name=op.f("pk_addition")),
    )
    _date_what_was_said()


def _date_what_was_said() -> None:
    """Take what was said of parcels as said now: else any old file would set the days back."""
    shipment = sa.table(
        "shipment", sa.column("eta", sa.Text()), sa.column("eta_at", sa.BigInteger())
    )
    undated = shipment.update().where(shipment.c.eta.is_not(None), shipment.c.eta_at.is_(None))
    op.execute(undated.values(eta_at=round(datetime.now(UTC).timestamp() * 1_000_000)))
