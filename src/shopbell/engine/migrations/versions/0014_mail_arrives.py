"""Letters that arrive: how each came, and what became of it."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident

revision, down_revision = "0014", "0013"


def upgrade() -> None:
    op.create_table(
        "mail_arrived",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("raw", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=True),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("helo", sa.String(length=255), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        sa.Column("fate", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("from_address", sa.String(length=320), nullable=False),
        sa.Column("from_name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("verdict", sa.String(length=200), nullable=False),
        sa.Column("conversation", Ident(), nullable=True),
        sa.Column("event", Ident(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_arrived")),
        sa.UniqueConstraint("raw", "recipient", name=op.f("uq_mail_arrived_raw_recipient")),
    )
    op.create_index(op.f("ix_mail_arrived_key"), "mail_arrived", ["key"])
    op.create_index(op.f("ix_mail_arrived_event"), "mail_arrived", ["event"])
    op.create_index("ix_mail_arrived_fate", "mail_arrived", ["fate", "arrived_at"])
    op.create_index("ix_mail_arrived_talk", "mail_arrived", ["conversation", "settled_at"])
