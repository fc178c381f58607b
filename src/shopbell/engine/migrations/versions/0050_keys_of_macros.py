"""Whoever works for two shops may call a macro of their own in each by the same key."""

from alembic import op

revision, down_revision = "0050", "0049"


def upgrade() -> None:
    with op.batch_alter_table("macro") as macro:
        macro.drop_constraint("uq_macro_keeper_key", type_="unique")
        macro.create_unique_constraint("uq_macro_shop_keeper_key", ["shop", "keeper", "key"])
