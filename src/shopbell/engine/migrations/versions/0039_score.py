"""By which rule shops are judged, and what they appeal against."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0039", "0038"


def upgrade() -> None:
    op.create_table(
        "score_rule",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("by", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "score_appeal",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("ground", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_by", Ident(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation", "n"),
    )
    op.create_index("ix_score_appeal_shop", "score_appeal", ["shop", "at"])
    op.create_index("ix_score_appeal_open", "score_appeal", ["outcome", "at"])
