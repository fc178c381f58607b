"""Who may do what among the operators, and who may not write for a while."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0041", "0040"


def upgrade() -> None:
    op.add_column("person", sa.Column("role", sa.String(32), nullable=True))
    op.create_table(
        "role_proposal",
        sa.Column("person", Ident(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("by", Ident(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "block",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("subject", Ident(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("reach", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("by", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ending", sa.String(32), nullable=True),
        sa.Column("appeal", sa.Text, nullable=True),
        sa.Column("appealed_by", Ident(), nullable=True),
        sa.Column("appealed_at", Moment(), nullable=True),
        sa.Column("decided_by", Ident(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("answer", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_block_subject", "block", ["subject"])
    op.create_index(
        "uq_block_standing",
        "block",
        ["subject"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
