"""How much of a letter that arrived could be read."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0020", "0019"


def upgrade() -> None:
    op.add_column(
        "mail_arrived",
        sa.Column("extent", sa.String(length=32), nullable=False, server_default="untried"),
    )
