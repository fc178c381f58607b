"""Problems with a form and a workflow, and every step they took."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident

revision, down_revision = "0008", "0007"


def upgrade() -> None:
    for name in ("open_cases", "seller_cases"):
        op.add_column(
            "conversation", sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        )
    op.create_table(
        "cases",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("buyer", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("order", Ident(), nullable=True),
        sa.Column("shipment", Ident(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("goods", sa.String(length=32), nullable=False),
        sa.Column("money", sa.String(length=32), nullable=False),
        sa.Column("waiting_on", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("taken", sa.Text(), nullable=False),
        sa.Column("paused", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("parent", Ident(), nullable=True),
        sa.Column("opened_by", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("escalated_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversation.id"], name=op.f("fk_cases_conversation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("conversation", "number", name=op.f("uq_cases_conversation_number")),
    )
    for name, columns in {
        "order": ["order"],
        "parent": ["parent"],
        "desk": ["shop", "due_at", "id"],
        "buyer": ["buyer", "id"],
        "called": ["escalated_at", "id"],
    }.items():
        op.create_index(f"ix_cases_{name}", "cases", columns)
    op.create_index(
        "ix_cases_open",
        "cases",
        ["shop", "due_at"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "case_step",
        sa.Column("case", Ident(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("by", Ident(), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("before", sa.String(length=32), nullable=False),
        sa.Column("after", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("cmid", sa.String(length=40), nullable=True),
        sa.Column("payload_hash", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_step_case")),
        sa.PrimaryKeyConstraint("case", "seq", name=op.f("pk_case_step")),
    )
