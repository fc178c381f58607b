"""Parcels that were sent in place of lost ones."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident

revision, down_revision = "0012", "0011"


def upgrade() -> None:
    op.add_column("shipment", sa.Column("instead_of", Ident(), nullable=True))
