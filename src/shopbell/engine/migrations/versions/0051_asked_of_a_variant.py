"""A public question may be about one variant of its product."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0051", "0050"


def upgrade() -> None:
    op.add_column("public_question", sa.Column("variant", sa.String(64), nullable=True))
