"""News of deliveries is a kind of its own, and an appeal against the score has files.

Until now a step of an inquiry about a parcel was told as one of a case: who did not want those
still wants none of it.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0052", "0051"


def upgrade() -> None:
    op.execute(
        "INSERT INTO news_unwanted (person, kind, way)"
        " SELECT person, 'delivery', way FROM news_unwanted WHERE kind = 'case'"
    )
    op.add_column(
        "score_appeal", sa.Column("files", sa.Text(), nullable=False, server_default="[]")
    )
