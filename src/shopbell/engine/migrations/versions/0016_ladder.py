"""The ladder: when it looks after a conversation, how far it has come, and the rules it follows."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0016", "0013"


def upgrade() -> None:
    op.add_column("conversation", sa.Column("watch_at", Moment(), nullable=True))
    op.create_table(
        "contact_wait",
        sa.Column("conversation", Ident(), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("whom", sa.String(length=32), nullable=False),
        sa.Column("began", Moment(), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Text(), nullable=False),
        sa.Column("passed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "whom"),
    )
    op.create_table(
        "contact_rules",
        sa.Column("scope", sa.String(length=36), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("by", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("scope"),
    )
    take_over_the_promises()


def take_over_the_promises() -> None:
    """Let the ladder look where the clock of a promise stood: from now on it is the only clock."""
    deadline = sa.table("deadline", *map(sa.column, ("kind", "entity", "due_at", "state")))
    talk = sa.table("conversation", sa.column("id"), sa.column("watch_at"))
    promised = (deadline.c.kind == "answer_due") & (deadline.c.state == "armed")
    due = sa.select(deadline.c.due_at).where(promised, deadline.c.entity == talk.c.id)
    op.execute(talk.update().values(watch_at=due.scalar_subquery()))
    op.execute(deadline.update().where(promised).values(kind="ladder"))
    op.execute(deadline.delete().where(deadline.c.kind == "answer_due"))
