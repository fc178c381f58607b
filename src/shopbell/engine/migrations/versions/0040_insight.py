"""What is counted of listings, and what was added to them because buyers asked."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0040", "0039"


def upgrade() -> None:
    op.create_table(
        "insight_sheet",
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shop"),
    )
    op.create_table(
        "insight_mend",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("product", Ident(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("manner", sa.String(length=32), nullable=False),
        sa.Column("attribute", sa.Text(), nullable=True),
        sa.Column("answer", Ident(), nullable=True),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", Ident(), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_insight_mend_of", "insight_mend", ["shop", "product"])
