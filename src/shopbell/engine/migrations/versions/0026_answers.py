"""Questions and answers that everybody may read, and what people said of them."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0026", "0024"


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("product", Ident(), nullable=True),
        sa.Column("variant", sa.String(length=64), nullable=True),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=True),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("misled", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.String(length=400), nullable=True),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("changed_by", Ident(), nullable=False),
        sa.Column("conversation", Ident(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation", "seq"),
    )
    op.create_index("ix_answer_of", "answer", ["shop", "product"])
    op.create_index("ix_answer_reported", "answer", ["reports"])
    op.create_table(
        "public_question",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("product", Ident(), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("conversation", Ident(), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation", "seq"),
    )
    op.create_index("ix_public_question_of", "public_question", ["shop", "done"])
    op.create_table(
        "answer_vote",
        sa.Column("answer", Ident(), sa.ForeignKey("answer.id"), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=True),
        sa.Column("report", sa.String(length=400), nullable=True),
        sa.PrimaryKeyConstraint("answer", "person"),
    )
