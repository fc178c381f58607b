"""Which closed conversations were emptied, and what news somebody does not want by which way."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0046", "0045"


def upgrade() -> None:
    op.create_table(
        "talk_run_out",
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversation.id"], name=op.f("fk_talk_run_out_conversation")
        ),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_talk_run_out")),
    )
    op.create_table(
        "news_unwanted",
        sa.Column("person", Ident(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_news_unwanted_person")),
        sa.PrimaryKeyConstraint("person", "kind", "way", name=op.f("pk_news_unwanted")),
    )
