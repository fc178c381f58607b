"""Money that goes back part by part; the rules a case was decided by; parcels of returns."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident

revision, down_revision = "0010", "0009"


def upgrade() -> None:
    op.add_column(
        "shipment",
        sa.Column("errand", sa.String(length=32), nullable=False, server_default="delivery"),
    )
    op.add_column("cases", sa.Column("verdict", sa.Text(), nullable=True))
    op.create_table(
        "refund",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("case", Ident(), nullable=False),
        sa.Column("order", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("requested_by", Ident(), nullable=False),
        sa.Column("requested_side", sa.String(length=32), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", Ident(), nullable=True),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("trouble", sa.String(length=500), nullable=False),
        sa.Column("bank_days", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("asked_cmid", sa.String(length=40), nullable=False),
        sa.Column("cmid", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_refund_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("case", "number", name=op.f("uq_refund_case_number")),
    )
    op.create_index("ix_refund_order", "refund", ["order"])
    op.create_index("ix_refund_state", "refund", ["state"])
