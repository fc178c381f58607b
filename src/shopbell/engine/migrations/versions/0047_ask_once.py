"""A public question knows the answer it got; who calls a suggestion wrong weighs by standing."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0047", "0046"

_BACKFILL = """
UPDATE public_question SET answer = (
    SELECT a.id FROM answer a
    WHERE a.conversation = public_question.conversation AND a.seq > public_question.seq
)
WHERE done AND 1 = (
    SELECT count(*) FROM answer a
    WHERE a.conversation = public_question.conversation AND a.seq > public_question.seq
)
"""
"""What was answered before was so by the only answer that the thread gave everybody since."""


def upgrade() -> None:
    op.add_column("public_question", sa.Column("answer", Ident(), nullable=True))
    standing = sa.Column("standing", sa.Integer(), nullable=False, server_default="0")
    op.add_column("suggestion_shown", standing)
    op.add_column("suggestion_shown", sa.Column("settled_at", Moment(), nullable=True))
    op.execute("UPDATE suggestion_shown SET standing = 2 WHERE wrong_at IS NOT NULL")
    op.execute(_BACKFILL)
