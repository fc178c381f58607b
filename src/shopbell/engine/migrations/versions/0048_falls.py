"""Which shops are below their promise, so that they are warned once for each fall."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0048", "0047"


def upgrade() -> None:
    op.create_table(
        "score_fall",
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("shop"),
    )
