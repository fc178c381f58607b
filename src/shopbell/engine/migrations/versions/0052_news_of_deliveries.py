"""News of deliveries is a kind of its own; who did not want steps of cases still wants none of it.

Until now a step of an inquiry about a parcel was told as one of a case.
"""

from alembic import op

revision, down_revision = "0052", "0050"


def upgrade() -> None:
    op.execute(
        "INSERT INTO news_unwanted (person, kind, way)"
        " SELECT person, 'delivery', way FROM news_unwanted WHERE kind = 'case'"
    )
