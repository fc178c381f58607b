"""Files of listings that shops brought, and pictures that they name."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0036", "0035"


def upgrade() -> None:
    op.create_table(
        "listing_file",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("shop", Ident(), sa.ForeignKey("shop.id"), nullable=False),
        sa.Column("by", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("heads", sa.Text(), nullable=True),
        sa.Column("preview", sa.Text(), nullable=False),
        sa.Column("drafts", sa.String(length=64), nullable=True),
        sa.Column("findings", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("shop", "digest"),
    )
    op.create_index("ix_listing_file_newest", "listing_file", ["shop", "id"])
    op.create_table(
        "listing_picture",
        sa.Column("shop", Ident(), sa.ForeignKey("shop.id"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=True),
        sa.Column("trouble", sa.String(length=60), nullable=False),
        sa.Column("file", Ident(), sa.ForeignKey("listing_file.id"), nullable=False),
        sa.Column("offer_id", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_listing_picture_of_file", "listing_picture", ["file", "state"])
    op.create_index("ix_listing_picture_of_product", "listing_picture", ["shop", "offer_id"])
