"""Rules by which a desk does things by itself, and what each of them did."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0038", "0036"


def upgrade() -> None:
    op.create_table(
        "automation_rule",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=True),
        sa.Column("by", Ident(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("stopped_at", Moment(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_automation_rule_of", "automation_rule", ["shop"])
    op.create_table(
        "automation_run",
        sa.Column("rule", Ident(), sa.ForeignKey("automation_rule.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("call", Ident(), nullable=False),
        sa.Column("trigger", sa.String(length=32), nullable=False),
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "version", "call"),
    )
    op.create_index("ix_automation_run_of", "automation_run", ["rule", "at"])
    op.create_index("ix_automation_run_in", "automation_run", ["conversation", "at"])
    op.create_index("ix_automation_run_at", "automation_run", ["at"])
