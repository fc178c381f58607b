"""What each step of the ladder has told of, by entries; for which step a letter was written."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0019", "0018"

TO_BUYER = ("push", "mail", "platform")


def upgrade() -> None:
    op.add_column("letter", sa.Column("reach", sa.Text(), nullable=True))
    with op.batch_alter_table("push_told") as told:
        told.alter_column("since", new_column_name="upto")
    waits = _waits()
    op.drop_table("contact_wait")
    made = op.create_table(
        "contact_wait",
        sa.Column("conversation", Ident(), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("whom", sa.String(length=32), nullable=False),
        sa.Column("began", Moment(), nullable=True),
        sa.Column("taken", sa.Text(), nullable=False),
        sa.Column("passed", sa.Text(), nullable=False),
        sa.Column("hasty", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "whom"),
    )
    op.bulk_insert(made, waits)


def _waits() -> list[dict[str, Any]]:
    """Return how far each ladder has come: steps behind us have told of all there was."""
    wait = sa.table(
        "contact_wait",
        sa.column("conversation", Ident()),
        sa.column("whom", sa.String()),
        sa.column("began", Moment()),
        sa.column("upto", sa.Integer()),
        sa.column("taken", sa.Text()),
        sa.column("passed", sa.Text()),
    )
    talk = sa.table("conversation", sa.column("id", Ident()), sa.column("head", sa.Integer()))
    found = sa.select(wait, talk.c.head).join_from(wait, talk, talk.c.id == wait.c.conversation)
    return [_told(row) for row in op.get_bind().execute(found)]


def _told(row: sa.Row[Any]) -> dict[str, Any]:
    told_of_all = dict.fromkeys(TO_BUYER, row.upto) if row.upto else {}
    return {
        "conversation": row.conversation,
        "whom": row.whom,
        "began": row.began,
        "taken": json.dumps(dict.fromkeys(json.loads(row.taken), row.head)),
        "passed": json.dumps({**told_of_all, **dict.fromkeys(json.loads(row.passed), row.head)}),
        "hasty": False,
    }
