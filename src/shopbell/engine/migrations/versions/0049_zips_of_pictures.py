"""A zip with pictures may come beside a file of listings."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0049", "0048"


def upgrade() -> None:
    op.add_column("listing_file", sa.Column("album", sa.String(64)))
