"""What people wrote before a part of it was hidden from the other side."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0023", "0022"


def upgrade() -> None:
    op.create_table(
        "original",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversation.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_original_place", "original", ["conversation", "place"])
