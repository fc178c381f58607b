"""Policies as data: versions of profiles, which one counts, and where a shop is kinder."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident

revision, down_revision = "0006", "0005"


def upgrade() -> None:
    op.create_table(
        "policy_version",
        sa.Column("profile", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("published_by", Ident(), nullable=False),
        sa.PrimaryKeyConstraint("profile", "version", name=op.f("pk_policy_version")),
    )
    op.create_index("ix_policy_version_in_force", "policy_version", ["profile", "effective_from"])
    op.create_table(
        "policy_choice",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("profile", sa.String(length=40), nullable=False),
        sa.Column("chosen_by", Ident(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_choice")),
    )
    op.create_table(
        "policy_terms",
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("given_by", Ident(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "number", name=op.f("pk_policy_terms")),
    )
