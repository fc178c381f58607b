"""Complaints: messages that were heard as abusive or reported, and what came of them."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0024", "0023"


def upgrade() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("conversation", Ident(), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("author", Ident(), nullable=False),
        sa.Column("author_side", sa.String(length=32), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("reporter", Ident(), nullable=False),
        sa.Column("reporter_side", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("decided_by", Ident(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation", "seq", "reporter"),
    )
    op.create_index("ix_complaint_author", "complaint", ["author", "at"])
    op.create_index("ix_complaint_open", "complaint", ["outcome", "at"])
