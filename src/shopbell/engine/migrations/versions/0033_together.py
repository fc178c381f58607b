"""A team works together: drafts it sees, mentions, reminders, keys of one's own.

Drafts that were kept before stay their writer's alone, until they are written on.
"""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Json, Moment

revision, down_revision = "0033", "0032"


def upgrade() -> None:
    op.add_column(
        "draft", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "desk_reminder",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("conversation", Ident(), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("unless", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("fired_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person", "conversation"),
    )
    op.create_table(
        "desk_mention",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("conversation", Ident(), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("read_at", Moment(), nullable=True),
        sa.Column("told_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person", "conversation", "seq"),
    )
    op.create_index("ix_desk_mention_newest", "desk_mention", ["person", "at"])
    op.create_table(
        "desk_keys",
        sa.Column("person", Ident(), nullable=False),
        sa.Column("letters", sa.Boolean(), nullable=False),
        sa.Column("places", Json(dict[str, str]), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
