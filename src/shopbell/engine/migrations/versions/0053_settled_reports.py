"""Each report of an answer tells whether the operator has settled it.

Of answers that have open reports nobody knows which those are: the operator settles all together.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0053", "0052"


def upgrade() -> None:
    op.add_column(
        "answer_vote", sa.Column("settled", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(
        "UPDATE answer_vote SET settled = true WHERE report IS NOT NULL"
        " AND answer IN (SELECT id FROM answer WHERE reports = 0)"
    )
