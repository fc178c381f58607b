"""What messages say in other languages, and what asking assistants has cost each day."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0028", "0027"


def upgrade() -> None:
    op.create_table(
        "translation",
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("words", Ident(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "audience", "seq", "locale"),
    )
    op.create_table(
        "assistant_spending",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "shop"),
    )
