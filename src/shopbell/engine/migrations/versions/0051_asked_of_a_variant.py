"""A public question may be of one variant; what is called wrong is so as it read then."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0051", "0050"


def upgrade() -> None:
    op.add_column("public_question", sa.Column("variant", sa.String(64), nullable=True))
    op.add_column("suggestion_shown", sa.Column("version", sa.String(32), nullable=True))
