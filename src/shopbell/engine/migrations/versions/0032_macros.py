"""Macros: what a team says often, with its versions and uses."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0032", "0031"


def upgrade() -> None:
    op.create_table(
        "macro",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("owner", Ident(), nullable=True),
        sa.Column("keeper", Ident(), nullable=False),
        sa.Column("key", sa.String(24), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("faq", sa.Text(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_macro"),
        sa.UniqueConstraint("keeper", "key", name="uq_macro_keeper_key"),
    )
    op.create_index("ix_macro_of", "macro", ["shop"])
    op.create_table(
        "macro_version",
        sa.Column("macro", Ident(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", Ident(), nullable=False),
        sa.ForeignKeyConstraint(["macro"], ["macro.id"], name="fk_macro_version_macro"),
        sa.PrimaryKeyConstraint("macro", "version", name="pk_macro_version"),
    )
    op.create_table(
        "macro_use",
        sa.Column("macro", Ident(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("warmth", sa.Float(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["macro"], ["macro.id"], name="fk_macro_use_macro"),
        sa.PrimaryKeyConstraint("macro", "kind", name="pk_macro_use"),
    )
    op.create_index("ix_macro_use_of", "macro_use", ["shop"])
    op.create_table(
        "macro_run",
        sa.Column("person", Ident(), nullable=False),
        sa.Column("cmid", sa.String(40), nullable=False),
        sa.Column("macro", Ident(), nullable=False),
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("ran", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["macro"], ["macro.id"], name="fk_macro_run_macro"),
        sa.PrimaryKeyConstraint("person", "cmid", name="pk_macro_run"),
    )
