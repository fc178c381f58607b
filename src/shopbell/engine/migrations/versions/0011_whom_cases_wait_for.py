"""Conversations know whom their open cases wait for, and until when the shop must act."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0011", "0010"


def upgrade() -> None:
    op.add_column("conversation", sa.Column("awaits", sa.String(length=32), nullable=True))
    for name in ("case_due_at", "case_due_since"):
        op.add_column("conversation", sa.Column(name, sa.BigInteger(), nullable=True))
