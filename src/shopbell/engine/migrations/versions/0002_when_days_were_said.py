"""A parcel knows when the days it is expected on were said."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    op.add_column("shipment", sa.Column("eta_at", sa.BigInteger(), nullable=True))
