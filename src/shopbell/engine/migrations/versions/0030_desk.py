"""A shop's team shares its conversations out: whose they are, tags, seats, and what sleeps."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0030", "0029"


def upgrade() -> None:
    for column in (
        sa.Column("assignee", Ident(), nullable=True),
        sa.Column("assigned_at", Moment(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("snoozed_until", Moment(), nullable=True),
        sa.Column("snoozed_for", sa.String(length=32), nullable=True),
        sa.Column("woken", sa.String(length=32), nullable=True),
        sa.Column("woken_at", Moment(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False, server_default="[]"),
    ):
        op.add_column("conversation", column)
    columns = ["shop", "visible", "done", "assignee", "desk_order", "id"]
    _index("assignee", columns, "done IS 0", "done IS false")
    _index("unsorted", ["visible", "kind", "id"], "kind IS NULL", "kind IS NULL")
    _index(
        "parcel",
        ["shop", "subject_kind", "subject_id"],
        "snoozed_for = 'parcel' AND done IS 0",
        "snoozed_for = 'parcel' AND done IS false",
    )
    _seats()
    _tags()


def _index(name: str, columns: list[str], sqlite: str, postgres: str) -> None:
    op.create_index(
        f"ix_conversation_{name}",
        "conversation",
        columns,
        sqlite_where=sa.text(sqlite),
        postgresql_where=sa.text(postgres),
    )


def _seats() -> None:
    op.create_table(
        "desk_seat",
        sa.Column("person", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("presence", sa.String(length=32), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("shift_ends_at", Moment(), nullable=True),
        sa.Column("last_given_at", Moment(), nullable=True),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_index("ix_desk_seat_shop", "desk_seat", ["shop"])
    op.create_table(
        "desk_rule",
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.Column("patience", sa.Integer(), nullable=False),
        sa.Column("grace", sa.Integer(), nullable=False),
        sa.Column("by", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("shop"),
    )


def _tags() -> None:
    op.create_table(
        "desk_tag",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("folded", sa.String(length=80), nullable=False),
        sa.Column("colour", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("shop", "folded"),
    )
    op.create_table(
        "conversation_tag",
        sa.Column("tag", Ident(), nullable=False),
        sa.Column("conversation", Ident(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversation.id"]),
        sa.ForeignKeyConstraint(["tag"], ["desk_tag.id"]),
        sa.PrimaryKeyConstraint("tag", "conversation"),
    )
    op.create_index("ix_conversation_tag_on", "conversation_tag", ["conversation"])
