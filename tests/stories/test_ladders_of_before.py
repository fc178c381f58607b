"""Ladders that were climbing when the house was brought up to date: nothing that waits is lost.

The tables are put back as they were, and the step that changes them is taken again.
"""

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from shopbell.accounts.model import SessionId
from shopbell.channels.push import storage
from shopbell.channels.push.model import Device, DeviceId
from shopbell.contact.tables import waits
from shopbell.conversations import waiting
from shopbell.conversations.model import Conversation, ConversationId
from shopbell.engine.tables import Ident, Moment
from shopbell.kernel.ids import new_id
from tests.support.house import Counter, House, Person

STEP = "shopbell.engine.migrations.versions.0019_steps_that_reach_nobody"
OLD = sa.Table(
    "contact_wait",
    sa.MetaData(),
    sa.Column("conversation", Ident(), primary_key=True),
    sa.Column("whom", sa.String(32), primary_key=True),
    sa.Column("began", Moment(), nullable=False),
    sa.Column("upto", sa.Integer(), nullable=False),
    sa.Column("taken", sa.Text(), nullable=False),
    sa.Column("passed", sa.Text(), nullable=False),
)
TOLD = sa.table(
    "push_told",
    sa.column("device", Ident()),
    sa.column("conversation", Ident()),
    sa.column("whom", sa.String()),
    sa.column("since", sa.Integer()),
    sa.column("upto", sa.Integer()),
)


@dataclass
class Before:
    """A house as it was, and how far its ladders have come once it is up to date."""

    house: House
    talk: ConversationId
    connection: sa.Connection

    @property
    def found(self) -> Conversation:
        return self.house.db.write_now(waiting.held, self.talk)

    def climbed(
        self, whom: str, began: datetime | None, taken: Sequence[str], upto: int = 0
    ) -> Mapping[str, int]:
        """Return what each step has told of, after a ladder that had come so far before."""
        given = {"conversation": self.talk, "whom": whom, "began": began, "upto": upto}
        with self.connection.begin():
            self.connection.execute(
                OLD.insert().values(**given, taken=json.dumps(taken), passed="[]")
            )
            self.upgrade()
            row: Any = self.connection.execute(sa.select(waits)).one()
            return {step.value: seq for step, seq in row.taken.items()}

    def upgrade(self) -> None:
        step = importlib.import_module(STEP)
        with Operations.context(MigrationContext.configure(self.connection)):
            step.upgrade()


def device(named: DeviceId, owner: Person) -> Device:
    return Device(
        id=named,
        person=owner.actor.id,
        side=owner.actor.side,
        session=SessionId(new_id()),
        name="A phone",
        endpoint=f"https://push.example/{named}",
        p256dh="",
        auth="",
        created_at=owner.house.clock(),
    )


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo")


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


@pytest.fixture
def before(house: House, halo: Counter, anna: Person) -> Iterator[Before]:
    talk = anna.asks(halo, None, "Hello?")
    with house.db.engine.connect() as connection:
        with connection.begin(), Operations.context(MigrationContext.configure(connection)) as op:
            op.drop_table("contact_wait")
            op.drop_column("letter", "reach")
            op.alter_column("push_told", "upto", new_column_name="since")
            OLD.create(connection)
        yield Before(house, talk, connection)


def test_a_step_of_the_round_that_runs_is_not_taken_again(before: Before) -> None:
    talk = before.found
    told = before.climbed("team", talk.due_since, ["push", "mail"])
    assert told == {"push": talk.head, "mail": talk.head}


def test_steps_of_a_round_that_is_over_have_told_nobody_of_the_next(
    before: Before, halo: Counter, anna: Person
) -> None:
    began = before.found.due_since
    halo.mei.answers(before.talk, "Yes!")
    before.house.clock.passes(minutes=5)
    anna.says(before.talk, "And in blue?")
    assert before.climbed("team", began, ["push", "mail", "operator"]) == {}


def test_an_answer_that_is_being_told_is_not_told_again(before: Before, halo: Counter) -> None:
    at = before.house.clock()
    halo.mei.answers(before.talk, "Yes!")
    head = before.found.head
    assert before.climbed("buyer", at, ["push"]) == {"push": head}


def test_an_answer_after_a_ladder_that_was_climbed_to_its_end_is_told(
    before: Before, halo: Counter
) -> None:
    at = before.house.clock()
    halo.mei.answers(before.talk, "Yes!")
    then = before.found.head
    before.house.clock.passes(minutes=90)
    halo.mei.answers(before.talk, "And in blue.")
    assert before.climbed("buyer", at, ["push", "mail"], upto=then) == {"push": then, "mail": then}


def test_an_answer_after_one_that_was_read_is_told(
    before: Before, halo: Counter, anna: Person
) -> None:
    at = before.house.clock()
    halo.mei.answers(before.talk, "Yes!")
    anna.reads(before.talk)
    before.house.clock.passes(minutes=90)
    halo.mei.answers(before.talk, "And in blue.")
    assert before.climbed("buyer", at, ["push"]) == {"push": before.found.buyer_read}
    assert before.found.buyer_read < before.found.head


@pytest.mark.parametrize("answered", [False, True], ids=["waiting", "answered"])
def test_a_device_that_rang_was_told_of_all_that_waited(
    before: Before, halo: Counter, anna: Person, answered: bool
) -> None:
    anna.says(before.talk, "Anybody?")
    if answered:
        halo.mei.reads(before.talk)
    phone = DeviceId(new_id())
    row = {"device": phone, "conversation": before.talk, "whom": "team", "since": 1}
    before.house.db.write_now(storage.add, device(phone, halo.mei))
    with before.connection.begin():
        before.connection.execute(TOLD.insert().values(row))
        before.upgrade()
        upto = before.connection.execute(sa.select(TOLD.c.upto)).scalar_one()
    assert upto == (1 if answered else before.found.head)
