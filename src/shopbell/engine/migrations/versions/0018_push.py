"""Devices that are told by push, what their owners chose, and what each was told of."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0018", "0017"


def upgrade() -> None:
    op.create_table(
        "push_device",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("person", Ident(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("session", Ident(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("endpoint", sa.String(length=1000), nullable=False),
        sa.Column("p256dh", sa.String(length=120), nullable=False),
        sa.Column("auth", sa.String(length=120), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("ok_at", Moment(), nullable=True),
        sa.Column("tested_at", Moment(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_device_endpoint")),
    )
    op.create_index(op.f("ix_push_device_person"), "push_device", ["person"])
    op.create_table(
        "push_wish",
        sa.Column("person", Ident(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.String(length=5), nullable=False),
        sa.Column("quiet_until", sa.String(length=5), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "push_told",
        sa.Column("device", Ident(), sa.ForeignKey("push_device.id"), nullable=False),
        sa.Column("conversation", Ident(), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("whom", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("device", "conversation", "whom"),
    )
