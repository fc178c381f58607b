"""How far a mailbox was read by IMAP, and which reader reads it."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Moment

revision, down_revision = "0021", "0020"


def upgrade() -> None:
    op.create_table(
        "mail_cursor",
        sa.Column("mailbox", sa.String(length=900), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(length=36), nullable=False),
        sa.Column("held_until", Moment(), nullable=False),
        sa.Column("looked_at", Moment(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_mail_cursor")),
    )
