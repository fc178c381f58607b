"""A buyer asks and leaves; the shop is silent. Everybody is told in turn, and each can see it."""

import importlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from shopbell.commerce import service as commerce
from shopbell.commerce.commands import OpenShop
from shopbell.commerce.hours import Hours
from shopbell.contact import service as contact
from shopbell.contact.ladder import Ladder
from shopbell.contact.model import Rung, Step, Whom
from shopbell.contact.refusals import NoSuchWay, NothingWaits, OnlyBuyersHurry
from shopbell.contact.shipped import STANDARD
from shopbell.conversations.clocks import LADDER
from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.conversations.turns import State
from shopbell.engine.database import Tx
from shopbell.engine.deadlines import Deadline, due
from shopbell.kernel.actor import SYSTEM
from tests.support.channels import Mail, Push, wired
from tests.support.clock import MORNING
from tests.support.house import Counter, House, Person

BY_DAY = [Hours(weekday=day, opens="09:00", closes="18:00") for day in range(5)]
"""A shop in Berlin, in summer two hours ahead of UTC."""

FAR = datetime(2200, 1, 1, tzinfo=UTC)
MINUTE, HOUR = 60, 3_600
STEP = "shopbell.engine.migrations.versions.0016_ladder"


@dataclass
class Street:
    """A house with channels, a shop with a door, and somebody who asks."""

    house: House
    push: Push
    mail: Mail
    halo: Counter
    anna: Person

    def until(self, moment: datetime) -> None:
        """Let time pass from one deadline to the next, as it does for a worker that waits."""
        while (at := self._next()) <= moment:
            self.house.clock.now = max(at, self.house.clock.now)
            self.house.passes()
        self.house.clock.now = moment
        self.house.passes()

    def waits(self, **time: float) -> None:
        """Let so much time pass."""
        self.until(self.house.clock() + timedelta(**time))

    def _next(self) -> datetime:
        armed = self.house.db.read_now(_armed)
        return armed[0].due_at if armed else FAR

    def told(self, talk: ConversationId, since: datetime) -> list[tuple[str, float]]:
        """Return what the thread tells of the ladder, each with the seconds since a moment."""
        entries = [one for one in self.anna.events(talk) if one.actor.id == SYSTEM.id]
        return [
            (_name(one.type, one.data), (one.at - since).total_seconds())
            for one in entries
            if one.type != "subject"
        ]


def _armed(tx: Tx) -> list[Deadline]:
    """List what the ladder will look at, whenever that is."""
    tx.now = FAR
    return due(tx, [LADDER], 1)


def _name(kind: str, data: msgspec.Raw) -> str:
    told = msgspec.json.decode(data)
    return f"{told['to']} {told['step']}" if kind == "contact" else kind


@pytest.fixture
def street(house: House) -> Street:
    push, mail = Push(), Mail()
    there = House(wired(house.app, push, mail), house.clock)
    return Street(there, push, mail, there.shop("halo"), there.buyer("anna"))


def test_the_shop_is_silent_and_everybody_is_told_in_turn(street: Street) -> None:
    anna, asked = street.anna, street.house.clock()
    talk = anna.asks(street.halo, None, "Hello?")

    street.waits(days=2)

    assert street.told(talk, asked) == [
        ("team push", 1 * MINUTE),
        ("team mail", 3 * MINUTE),
        ("answer_overdue", 5 * MINUTE),
        ("team staff", 15 * MINUTE),
        ("team owner", 1 * HOUR),
        ("escalate", 24 * HOUR + 5 * MINUTE),
    ]
    assert street.house.operator().sees(talk).state is State.WAITING_OPERATOR
    assert street.push.told == [Whom.TEAM, Whom.OWNER, Whom.OPERATOR]
    assert [(reach.whom, reach.since) for reach in street.mail.carried] == [
        (Whom.TEAM, 2),
        (Whom.STAFF, 2),
    ]
    assert street.halo.mei.events(talk)[-1].type == "escalate"


def test_a_question_about_an_order_hurries_twice_as_much(street: Street) -> None:
    asked, halo = street.house.clock(), street.halo
    order = halo.ships_to(street.anna, halo.sells("lamp"))
    talk = street.anna.asks(halo, order, "Where is it?")

    street.waits(hours=1)

    assert street.told(talk, asked)[:2] == [("team push", 30), ("team mail", 90)]


def test_an_answer_in_between_ends_it_and_the_next_question_begins_anew(street: Street) -> None:
    anna, mei, asked = street.anna, street.halo.mei, street.house.clock()
    talk = anna.asks(street.halo, None, "Hello?")
    street.waits(seconds=90)
    mei.reads(talk)
    mei.answers(talk, "Hello!")
    anna.reads(talk)
    street.waits(seconds=30)
    assert street.told(talk, asked) == [("team push", 60)]

    again = street.house.clock()
    anna.says(talk, "Is it heavy?")
    street.waits(minutes=4)

    assert street.told(talk, again)[1:] == [("team push", 60), ("team mail", 180)]
    assert [reach.since for reach in street.push.carried] == [2, 5]


def test_who_has_read_is_not_told_again_but_the_buyer_still_waits(street: Street) -> None:
    asked = street.house.clock()
    talk = street.anna.asks(street.halo, None, "Hello?")
    street.waits(seconds=90)
    street.halo.mei.reads(talk)

    street.waits(hours=2)

    assert street.told(talk, asked) == [
        ("team push", 60),
        ("answer_overdue", 5 * MINUTE),
        ("team owner", 1 * HOUR),
    ]
    assert street.mail.carried == []


def test_an_answer_that_the_buyer_does_not_see_goes_after_them_once(street: Street) -> None:
    anna, mei = street.anna, street.halo.mei
    talk = anna.asks(street.halo, None, "Hello?")
    street.waits(seconds=10)
    answered = street.house.clock()
    mei.answers(talk, "1.2 kg.")
    street.waits(seconds=10)
    mei.answers(talk, "With the box.")

    street.waits(hours=5)
    assert street.told(talk, answered) == [("buyer push", 30), ("buyer mail", 5 * MINUTE)]
    assert [(one.channel, one.whom, one.since) for one in street.mail.carried] == [
        ("mail", Whom.BUYER, 3)
    ]

    later = street.house.clock()
    mei.answers(talk, "We also have it in red.")
    street.waits(hours=1)
    assert street.told(talk, later)[2:] == [("buyer push", 30), ("buyer mail", 5 * MINUTE)]


def test_what_the_buyer_has_seen_meanwhile_goes_nowhere(street: Street) -> None:
    talk = street.anna.asks(street.halo, None, "Hello?")
    street.halo.mei.answers(talk, "1.2 kg.")
    street.waits(seconds=31)
    street.anna.reads(talk)

    street.waits(days=1)

    assert street.push.told == [Whom.BUYER]
    assert street.mail.told == []


def test_a_channel_that_cannot_reach_them_is_passed_over(street: Street) -> None:
    street.push.known.clear()
    street.mail.known = {Whom.TEAM}
    asked = street.house.clock()
    talk = street.anna.asks(street.halo, None, "Hello?")

    street.waits(days=2)

    assert [name for name, _at in street.told(talk, asked)] == [
        "team mail",
        "answer_overdue",
        "escalate",
    ]


def test_where_there_is_no_channel_the_operator_is_still_asked(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, "Hello?")

    house.passes(minutes=6)
    house.passes(hours=24)

    assert olga.sees(talk).state is State.WAITING_OPERATOR


def by_day(street: Street, *holidays: date) -> Counter:
    """Open a shop that goes home at night, at weekends and on these days."""
    counter = street.house.shop("lantern", staff=["lin"], hours=BY_DAY)
    given: dict[str, Any] = {
        name: getattr(counter.shop, name) for name in OpenShop.__struct_fields__
    }
    given["holidays"] = list(holidays)
    opened = OpenShop(**given)
    changed = street.house.db.write_now(commerce.change_shop, SYSTEM, "lantern", opened)
    return Counter(street.house, changed, counter.staff)


def test_nobody_is_rung_out_of_bed_and_the_clock_begins_in_the_morning(street: Street) -> None:
    lantern = by_day(street)
    street.house.clock.now = MORNING + timedelta(hours=12)  # eleven at night in Berlin
    talk = street.anna.asks(lantern, None, "Hello?")
    opens = datetime(2026, 5, 5, 7, tzinfo=UTC)

    street.until(opens + timedelta(minutes=4))

    assert street.told(talk, opens) == [("team push", 60), ("team mail", 180)]


def test_a_wait_that_the_evening_cuts_goes_on_in_the_morning(street: Street) -> None:
    lantern = by_day(street)
    street.house.clock.now = datetime(2026, 5, 4, 15, 58, tzinfo=UTC)  # two minutes to closing
    talk = street.anna.asks(lantern, None, "Hello?")

    street.until(datetime(2026, 5, 5, 7, 2, tzinfo=UTC))

    opens = datetime(2026, 5, 5, 7, tzinfo=UTC)
    assert dict(street.told(talk, opens))["team mail"] == 60


def test_on_a_holiday_the_clock_stands(street: Street) -> None:
    lantern = by_day(street, date(2026, 5, 4))
    talk = street.anna.asks(lantern, None, "Hello?")

    street.waits(hours=10)
    assert street.told(talk, MORNING) == []

    street.until(datetime(2026, 5, 5, 7, 1, tzinfo=UTC))
    assert [name for name, _at in street.told(talk, MORNING)] == ["team push"]


def test_a_buyer_who_will_not_wait_chooses_mail_once(street: Street) -> None:
    ladder, db, asked = Ladder(street.house.app.channels), street.house.db, street.house.clock()
    talk = street.anna.asks(street.halo, None, "Hello?")
    street.waits(seconds=10)
    ways = db.read_now(contact.ways, street.anna.actor, ladder, talk)
    assert ways == [Step.PUSH, Step.MAIL]

    for _again in range(2):
        db.write_now(contact.hurry, street.anna.actor, ladder, talk, Step.MAIL)
    street.waits(minutes=6)

    assert street.told(talk, asked) == [
        ("team mail", 10),
        ("team push", 60),
        ("answer_overdue", 5 * MINUTE),
    ]
    assert street.mail.told == [Whom.TEAM]


def test_hurrying_is_for_the_buyer_who_waits_by_a_way_that_is_there(street: Street) -> None:
    ladder, db, mei = Ladder(street.house.app.channels), street.house.db, street.halo.mei
    talk = street.anna.asks(street.halo, None, "Hello?")

    for step in (Step.PLATFORM, Step.OWNER, Step.OPERATOR):  # these two come by the clock alone
        with pytest.raises(NoSuchWay):
            db.write_now(contact.hurry, street.anna.actor, ladder, talk, step)
    with pytest.raises(OnlyBuyersHurry):
        db.write_now(contact.hurry, mei.actor, ladder, talk, Step.MAIL)
    stranger = street.house.buyer("boris").actor
    with pytest.raises(NoSuchConversation):
        db.write_now(contact.hurry, stranger, ladder, talk, Step.MAIL)
    mei.answers(talk, "Hello!")
    with pytest.raises(NothingWaits):
        db.write_now(contact.hurry, street.anna.actor, ladder, talk, Step.MAIL)


def test_a_machines_reply_is_labelled_and_stops_no_clock(street: Street) -> None:
    anna, mei, asked = street.anna, street.halo.mei, street.house.clock()
    talk = anna.asks(street.halo, None, "Hello?")
    mei.adds(Stream(talk), "message", text="We are on holiday.", automatic=True)
    due_at = anna.sees(talk).due

    street.waits(minutes=6)

    assert msgspec.json.decode(anna.events(talk)[2].data)["automatic"] is True
    assert due_at is not None
    assert street.told(talk, asked) == [
        ("team push", 60),
        ("team mail", 180),
        ("answer_overdue", 5 * MINUTE),
    ]
    assert Whom.BUYER not in street.push.told


def test_a_buyers_machine_begins_no_clock(street: Street) -> None:
    anna, mei = street.anna, street.halo.mei
    talk = anna.asks(street.halo, None, "Hello?")
    mei.answers(talk, "1.2 kg.")
    anna.reads(talk)

    anna.adds(Stream(talk), "message", text="I am away.", automatic=True)

    assert mei.sees(talk).state is State.WAITING_BUYER
    assert mei.sees(talk).due is None


def test_a_shop_may_have_its_own_rules_and_lay_them_down_again(street: Street) -> None:
    db, halo, asked = street.house.db, street.halo, street.house.clock()
    patient = msgspec.structs.replace(
        STANDARD,
        chat=[
            Rung(Step.MAIL, timedelta(minutes=2)),
            Rung(Step.OPERATOR, timedelta(hours=1)),
        ],
    )
    db.write_now(contact.lay_down, halo.mei.actor, halo.shop.id, patient)
    talk = street.anna.asks(halo, None, "Hello?")
    street.waits(hours=2)
    assert street.told(talk, asked) == [
        ("team mail", 2 * MINUTE),
        ("answer_overdue", 5 * MINUTE),
        ("escalate", 65 * MINUTE),
    ]

    db.write_now(contact.lift, halo.mei.actor, halo.shop.id)
    assert db.read_now(contact.rules_of, halo.mei.actor, halo.shop.id) == STANDARD


def test_a_wire_that_breaks_is_tried_again_and_told_of_once(street: Street) -> None:
    street.mail.broken, asked = 2, street.house.clock()
    talk = street.anna.asks(street.halo, None, "Hello?")

    for _try in range(3):
        street.waits(minutes=4)

    assert street.mail.told == [Whom.TEAM]
    assert [name for name, _at in street.told(talk, asked)].count("team mail") == 1


def test_a_promise_made_before_there_was_a_ladder_is_kept_by_it(street: Street) -> None:
    asked = street.house.clock()
    talk = street.anna.asks(street.halo, None, "Hello?")
    street.house.db.write_now(Tx.arm, LADDER, talk, asked + timedelta(minutes=5))
    with street.house.db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deadline SET kind = 'answer_due' WHERE kind = 'ladder'")
        connection.exec_driver_sql("UPDATE conversation SET watch_at = NULL, version = version + 1")
        with Operations.context(MigrationContext.configure(connection)):
            importlib.import_module(STEP).take_over_the_promises()

    street.waits(minutes=6)

    assert ("answer_overdue", 5 * MINUTE) in street.told(talk, asked)
