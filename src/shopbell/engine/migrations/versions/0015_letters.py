"""Letters that are kept before they are mailed, addresses that take none, and who wants none."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident

revision, down_revision = "0015", "0014"


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("message_id", sa.String(length=300), nullable=False),
        sa.Column("manner", sa.String(length=32), nullable=False),
        sa.Column("conversation", Ident(), nullable=True),
        sa.Column("recipient", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("sending_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letter_message_id")),
    )
    op.create_index("ix_letter_lane", "letter", ["conversation", "address", "state"])
    op.create_index("ix_letter_state", "letter", ["state", "id"])
    op.create_index("ix_letter_recipient", "letter", ["recipient"])
    op.create_index("ix_letter_sent_at", "letter", ["sent_at"])
    op.create_table(
        "mail_address",
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("soft", sa.Integer(), nullable=False),
        sa.Column("soft_since", sa.BigInteger(), nullable=True),
        sa.Column("suspended_at", sa.BigInteger(), nullable=True),
        sa.Column("says", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_mail_address")),
    )
    op.create_index("ix_mail_address_suspended_at", "mail_address", ["suspended_at"])
    op.create_table(
        "mail_wish",
        sa.Column("recipient", sa.String(length=60), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("recipient", name=op.f("pk_mail_wish")),
    )
