"""Promises are read by their case; nobody asks for those of a shop."""

from alembic import op

revision, down_revision = "0017", "0013"


def upgrade() -> None:
    op.drop_index("ix_case_promise_shop", table_name="case_promise")
