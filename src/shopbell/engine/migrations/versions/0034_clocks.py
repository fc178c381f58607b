"""Rules by which a shop's clocks run, how slow they may be, and when a clock stood still."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0034", "0033"


def upgrade() -> None:
    op.add_column("conversation", sa.Column("clocks", sa.Text, nullable=True))
    op.create_table(
        "clock_rules",
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("rules", sa.Text, nullable=True),
        sa.Column("by", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "number", name="pk_clock_rules"),
    )
    op.create_table(
        "clock_ceiling",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("maxima", sa.Text, nullable=False),
        sa.Column("by", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_clock_ceiling"),
    )
    op.create_table(
        "clock_pause",
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("target", sa.String(32), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("waiting_on", sa.String(32), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("conversation", "target", "since", name="pk_clock_pause"),
    )
