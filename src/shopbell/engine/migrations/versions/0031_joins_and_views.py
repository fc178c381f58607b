"""Conversations that are merged and split, and the views of the desk that are kept."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0031", "0030"

DESK = (
    "shop",
    "visible",
    "done",
    "desk_order",
    "id",
    "assignee",
    "kind",
    "locale",
    "channel",
    "subject_kind",
    "subject_id",
    "state",
    "awaits",
)
"""First what finds and orders a list, then what narrows it: no row is read to be left out."""


def upgrade() -> None:
    op.add_column("conversation", sa.Column("merged_into", Ident(), nullable=True))
    op.create_table(
        "talk_join",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("source", Ident(), nullable=False),
        sa.Column("target", Ident(), nullable=False),
        sa.Column("by", Ident(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("source_was", sa.Text(), nullable=False),
        sa.Column("target_was", sa.Text(), nullable=False),
        sa.Column("source_left", sa.Text(), nullable=False),
        sa.Column("target_left", sa.Text(), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("by", "key"),
    )
    op.create_table(
        "desk_view",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("owner", Ident(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_desk_view_shop", "desk_view", ["shop", "owner"])
    op.drop_index("ix_conversation_desk", "conversation")
    op.create_index("ix_conversation_desk", "conversation", [*DESK])
    op.create_index("ix_conversation_begun", "conversation", ["shop", "visible", "done", "id"])
    op.create_table(
        "desk_bulk",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person", "key"),
    )
    op.create_table(
        "desk_bulk_item",
        sa.Column("bulk", Ident(), nullable=False),
        sa.Column("talk", Ident(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("was_tended", sa.Text(), nullable=False),
        sa.Column("left", sa.Text(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("bulk", "talk"),
    )
