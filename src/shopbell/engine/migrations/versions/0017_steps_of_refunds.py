"""What tells steps of refunds apart; nobody reads promises by their shop."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0017", "0016"


def upgrade() -> None:
    op.add_column("refund", sa.Column("step_hash", sa.LargeBinary(length=32), nullable=True))
    op.drop_index("ix_case_promise_shop", table_name="case_promise")
