"""Where each session is, and who worked for a shop before."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    op.add_column("session", _empty("device", 60))
    op.add_column("session", _empty("address", 64))
    op.add_column("membership", sa.Column("left_at", sa.BigInteger(), nullable=True))


def _empty(name: str, most: int) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length=most), nullable=False, server_default="")
