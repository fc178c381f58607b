"""What carriers are asked about parcels, and the dates that shops promise."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident

revision, down_revision = "0009", "0008"


def upgrade() -> None:
    op.create_table(
        "case_trace",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("case", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("carrier", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("asked_by", Ident(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("carrier_ref", sa.String(length=200), nullable=False),
        sa.Column("reply_to", sa.String(length=64), nullable=False),
        sa.Column("trouble", sa.String(length=200), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.String(length=200), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_trace_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_trace")),
    )
    op.create_index(op.f("ix_case_trace_case"), "case_trace", ["case"])
    for name in ("reply_to", "carrier_ref"):
        op.create_index(f"ix_case_trace_{name}", "case_trace", [name])
    op.create_table(
        "case_promise",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("case", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("shipment", Ident(), nullable=True),
        sa.Column("given_by", Ident(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("eta", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=True),
        sa.Column("broken_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_promise_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_promise")),
    )
    op.create_index(op.f("ix_case_promise_case"), "case_promise", ["case"])
    op.create_index("ix_case_promise_shop", "case_promise", ["shop", "given_at"])
    op.create_index("ix_cases_shipment", "cases", ["shipment"])
    op.add_column(
        "carrier", sa.Column("api", sa.String(length=500), nullable=False, server_default="")
    )
