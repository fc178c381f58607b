"""People take along what is kept of them, or have it erased; buyers say whether it helped."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0042", "0041"


def upgrade() -> None:
    op.add_column("case_step", sa.Column("erased", sa.Text(), nullable=False, server_default="{}"))
    _erasures()
    _exports()
    _ratings()
    op.create_table(
        "retention",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("changed_by", Ident(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention")),
    )


def _erasures() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("standing", sa.String(length=32), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_erasure_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("number", name=op.f("uq_erasure_number")),
    )
    op.create_index(op.f("ix_erasure_person"), "erasure", ["person"])
    _one_of_a_person("uq_erasure_asked", "erasure", "standing = 'asked'")


def _exports() -> None:
    op.create_table(
        "data_export",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("ready_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_data_export_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_export")),
    )
    op.create_index(op.f("ix_data_export_person"), "data_export", ["person"])
    _one_of_a_person("uq_data_export_waiting", "data_export", "state = 'waiting'")


def _ratings() -> None:
    op.create_table(
        "satisfaction",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("buyer", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("agent", Ident(), nullable=True),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("token", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversation.id"], name=op.f("fk_satisfaction_conversation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_satisfaction")),
        sa.UniqueConstraint("conversation", name=op.f("uq_satisfaction_conversation")),
        sa.UniqueConstraint("token", name=op.f("uq_satisfaction_token")),
    )
    op.create_index("ix_satisfaction_buyer", "satisfaction", ["buyer", "shop", "asked_at"])
    op.create_index("ix_satisfaction_shop", "satisfaction", ["shop", "answered_at"])


def _one_of_a_person(name: str, table: str, while_so: str) -> None:
    op.create_index(
        name,
        table,
        ["person"],
        unique=True,
        sqlite_where=sa.text(while_so),
        postgresql_where=sa.text(while_so),
    )
