"""What a shop took away from its answers stays away, whoever sends it again."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Moment

revision, down_revision = "0029", "0028"


def upgrade() -> None:
    op.add_column("answer", sa.Column("removed_at", Moment(), nullable=True))
