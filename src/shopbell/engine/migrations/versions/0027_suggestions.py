"""What was known already when somebody asked, and what they said of it."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0027", "0026"

_SAID = {"wrong": sa.text("wrong_at IS NOT NULL"), "helped": sa.text("helped_at IS NOT NULL")}


def upgrade() -> None:
    op.create_table(
        "suggestion_shown",
        sa.Column("about", Ident(), nullable=False),
        sa.Column("piece", sa.String(length=100), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("helped_at", Moment(), nullable=True),
        sa.Column("wrong_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("about", "piece", "person"),
    )
    op.create_index("ix_suggestion_shown_shop", "suggestion_shown", ["shop", "at"])
    for name, said in _SAID.items():
        op.create_index(
            f"ix_suggestion_{name}",
            "suggestion_shown",
            ["about", "piece"],
            sqlite_where=said,
            postgresql_where=said,
        )
