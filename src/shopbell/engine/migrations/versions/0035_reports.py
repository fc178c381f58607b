"""What is counted of the threads, and how far."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0035", "0034"

_ASKED_MOST = ("detail", "shop", "n", "took", "good", "kind", "channel", "language")


def upgrade() -> None:
    op.create_table(
        "report_point",
        sa.Column("owner", Ident(), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("product", Ident(), nullable=True),
        sa.Column("agent", Ident(), nullable=True),
        sa.Column("detail", sa.String(length=48), nullable=False),
        sa.Column("took", sa.BigInteger(), nullable=True),
        sa.Column("good", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("owner", "what", "n"),
    )
    op.create_index("ix_report_point_at", "report_point", ["what", "at", *_ASKED_MOST])
    op.create_index("ix_report_point_shop", "report_point", ["shop", "what", "at"])
    op.create_table(
        "report_course",
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("course", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("conversation"),
    )
