"""Answered rounds are counted from the threads by the reports: no message writes them down."""

from alembic import op

revision, down_revision = "0043", "0042"


def upgrade() -> None:
    op.drop_index("ix_round_shop", table_name="round")
    op.drop_table("round")
