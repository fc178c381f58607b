"""What each step of the ladder has told of, by entries; for which step a letter was written."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0019", "0018"

TO_BUYER = ("push", "mail", "platform")
TALK = sa.table(
    "conversation",
    sa.column("id", Ident()),
    sa.column("head", sa.Integer()),
    sa.column("buyer_read", sa.Integer()),
    sa.column("seller_read", sa.Integer()),
    sa.column("due_since", Moment()),
)


def upgrade() -> None:
    op.add_column("letter", sa.Column("reach", sa.Text(), nullable=True))
    with op.batch_alter_table("push_told") as told:
        told.alter_column("since", new_column_name="upto")
    _tell_devices()
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
    """Return how far each ladder has come: steps behind us have told of all there was then."""
    wait = sa.table(
        "contact_wait",
        sa.column("conversation", Ident()),
        sa.column("whom", sa.String()),
        sa.column("began", Moment()),
        sa.column("upto", sa.Integer()),
        sa.column("taken", sa.Text()),
        sa.column("passed", sa.Text()),
    )
    behind = sa.case((wait.c.upto > TALK.c.buyer_read, wait.c.upto), else_=TALK.c.buyer_read)
    found = sa.select(
        wait, TALK.c.head, TALK.c.due_since, behind.label("behind"), _unseen_since(behind)
    ).join_from(wait, TALK, TALK.c.id == wait.c.conversation)
    return [_told(row) for row in op.get_bind().execute(found)]


def _unseen_since(behind: sa.ColumnElement[int]) -> sa.Label[Any]:
    """Since when the first entry waits for the buyer that no ladder has come to the end of."""
    event = sa.table(
        "event",
        sa.column("conversation", Ident()),
        sa.column("audience", sa.String()),
        sa.column("seq", sa.Integer()),
        sa.column("type", sa.String()),
        sa.column("side", sa.String()),
        sa.column("at", Moment()),
        sa.column("withdrawn", sa.Boolean()),
    )
    calls = (event.c.audience == "p") & event.c.type.in_(("message", "case"))
    theirs = (event.c.side != "buyer") & event.c.withdrawn.is_(sa.false())
    of_talk = (event.c.conversation == TALK.c.id) & (event.c.seq > behind)
    first = sa.select(sa.func.min(event.c.at)).where(of_talk, calls, theirs)
    return first.scalar_subquery().label("unseen_since")


def _told(row: sa.Row[Any]) -> dict[str, Any]:
    """Carry one ladder over; what waits by now in another round has been told by no step."""
    taken, passed = json.loads(row.taken), json.loads(row.passed)
    if row.whom == "buyer":
        upto = row.head if row.began == row.unseen_since else row.behind
        behind = dict.fromkeys(TO_BUYER, row.upto) if row.upto else {}
    else:
        upto, behind = row.head, {}
        if row.began != row.due_since:
            taken, passed = [], []
    return {
        "conversation": row.conversation,
        "whom": row.whom,
        "began": row.began,
        "taken": json.dumps(dict.fromkeys(taken, upto)),
        "passed": json.dumps({**behind, **dict.fromkeys(passed, upto)}),
        "hasty": False,
    }


def _tell_devices() -> None:
    """Have devices told of all there was; what their owners have read by now may ring anew."""
    told = sa.table(
        "push_told",
        sa.column("conversation", Ident()),
        sa.column("whom", sa.String()),
        sa.column("upto", sa.Integer()),
    )
    read = sa.case((told.c.whom == "buyer", TALK.c.buyer_read), else_=TALK.c.seller_read)
    of_talk = TALK.c.id == told.c.conversation
    head = sa.select(TALK.c.head).where(of_talk).scalar_subquery()
    unread = sa.exists().where(of_talk, told.c.upto > read)
    op.execute(told.update().where(unread).values(upto=head))
