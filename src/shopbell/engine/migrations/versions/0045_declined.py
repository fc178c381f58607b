"""A buyer may let the question whether it helped be."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Moment

revision, down_revision = "0045", "0044"


def upgrade() -> None:
    op.add_column("satisfaction", sa.Column("declined_at", Moment(), nullable=True))
