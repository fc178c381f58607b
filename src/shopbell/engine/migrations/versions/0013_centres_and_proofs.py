"""Service centres that shops name; addresses at which carriers show a proof of delivery."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0013", "0012"


def upgrade() -> None:
    op.add_column(
        "shop", sa.Column("service_centres", sa.Text(), nullable=False, server_default="[]")
    )
    op.add_column(
        "case_trace",
        sa.Column("proof_url", sa.String(length=500), nullable=False, server_default=""),
    )
