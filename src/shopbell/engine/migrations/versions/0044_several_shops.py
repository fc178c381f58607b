"""One person may work for several shops: a place in each, and a sign-in that acts for one."""

from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0044", "0043"

MEMBERSHIP = sa.table(
    "membership",
    sa.column("person", Ident()),
    sa.column("shop", Ident()),
    sa.column("rank", sa.String()),
    sa.column("left_at", Moment()),
)
PERSON = sa.table(
    "person", sa.column("id", Ident()), sa.column("joined_at", Moment()), sa.column("side")
)
SEAT = sa.table(
    "desk_seat",
    sa.column("person", Ident()),
    sa.column("shop", Ident()),
    sa.column("presence", sa.String()),
    sa.column("since", Moment()),
    sa.column("capacity", sa.Integer()),
    sa.column("languages", sa.Text()),
    sa.column("kinds", sa.Text()),
    sa.column("shift_ends_at", Moment()),
    sa.column("last_given_at", Moment()),
    sa.column("seen_at", Moment()),
)
DEADLINE = sa.table("deadline", sa.column("kind"), sa.column("entity", Ident()))


def upgrade() -> None:
    op.add_column("session", sa.Column("shop", Ident(), nullable=True))
    _passwords()
    _memberships()
    _seats()


def _passwords() -> None:
    """Take every password at work for one that others know: who chose it was not written down."""
    op.add_column(
        "person", sa.Column("lent", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute("UPDATE person SET lent = (side = 'seller')")
    with op.batch_alter_table("person") as person:
        person.alter_column("lent", server_default=None)


def _memberships() -> None:
    found = sa.select(MEMBERSHIP, PERSON.c.joined_at).join_from(
        MEMBERSHIP, PERSON, PERSON.c.id == MEMBERSHIP.c.person
    )
    kept = _rows(found)
    op.drop_table("membership")
    made = op.create_table(
        "membership",
        sa.Column("person", Ident(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("rank", sa.String(length=32), nullable=False),
        sa.Column("joined_at", Moment(), nullable=False),
        sa.Column("left_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("person", "shop"),
    )
    op.create_index("ix_membership_shop", "membership", ["shop"])
    op.bulk_insert(made, kept)


def _seats() -> None:
    kept = _rows(sa.select(SEAT))
    op.drop_table("desk_seat")
    made = op.create_table(
        "desk_seat",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("presence", sa.String(length=32), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("shift_ends_at", Moment(), nullable=True),
        sa.Column("last_given_at", Moment(), nullable=True),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_desk_seat_shop", "desk_seat", ["shop"])
    op.create_index("ix_desk_seat_person", "desk_seat", ["person"])
    op.bulk_insert(made, [{**row, "id": _seat_id(row)} for row in kept])
    for row in kept:
        _move_deadlines(row["person"], _seat_id(row))


def _move_deadlines(person: str, seat: str) -> None:
    """Have what was due for a person be due at their seat."""
    kinds = DEADLINE.c.kind.in_(["desk_shift", "desk_grace"])
    moved = sa.update(DEADLINE).where(kinds, DEADLINE.c.entity == person).values(entity=seat)
    op.get_bind().execute(moved)


def _seat_id(row: dict[str, Any]) -> str:
    return str(uuid5(UUID(row["shop"]), row["person"]))


def _rows(found: sa.Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in op.get_bind().execute(found)]  # noqa: SLF001
