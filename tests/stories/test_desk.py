"""A team shares its work: nobody is given too much, nothing is forgotten, and buyers see none."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest

from shopbell.accounts import staff
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import TrackingEvent
from shopbell.commerce.tracking import TrackingCode
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Box
from shopbell.conversations.listing import service as listing
from shopbell.conversations.listing.model import Filter, View
from shopbell.conversations.model import ConversationId, TalkKind, WakeOn
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.desk import seating, service, snoozing, storage, tagging
from shopbell.desk.commands import ChoosePresence, Equip, Sort
from shopbell.desk.model import ATTENDED, Attendance, Mode, Teammate, seat_id
from shopbell.desk.refusals import (
    AtCapacity,
    ManagersOnly,
    NoSuchTag,
    NothingToWakeFor,
    NotOfTheTeam,
    ShiftPast,
    SnoozePast,
    SnoozeTooLong,
    TalkDone,
    TeamOnly,
    TooManyTags,
)
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.refusals import Refusal
from tests.support.casework import acts, opens
from tests.support.house import Counter, House, Person
from tests.support.team import (
    comes,
    gives,
    returns,
    rules,
    snoozes,
    tags,
    tended,
    told,
)

AGENTS = ("mei", "ben", "eva")


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", staff=AGENTS)


def asks(halo: Counter, name: str, words: str = "Is it in stock?") -> ConversationId:
    return halo.house.buyer(name).asks(halo, None, words)


def owner(halo: Counter, talk: ConversationId) -> str | None:
    """Return who has a conversation."""
    assignee = tended(halo.mei, talk).assignee
    return next((n for n, one in halo.staff.items() if one.actor.id == assignee), None)


# ── by hand ─────────────────────────────────────────────────────────────────────────────────


def test_somebody_takes_it_gives_it_on_and_gives_it_back(halo: Counter) -> None:
    talk = asks(halo, "anna")
    gives(halo.mei, talk, halo.mei)
    gives(halo.mei, talk, halo.mei)
    gives(halo.mei, talk, halo.ben)
    returns(halo.ben, talk)
    returns(halo.ben, talk)

    assert told(halo.mei, talk) == [
        "assigned Mei taken",
        "assigned Ben given",
        "unassigned Ben hand",
    ]


def test_a_buyer_and_the_operator_see_nothing_of_it(halo: Counter) -> None:
    anna = halo.house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    gives(halo.mei, talk, halo.ben)
    tags(halo.mei, talk, "fragile")
    snoozes(halo.mei, talk, halo.house.clock() + timedelta(hours=1))

    for stranger in (anna, halo.house.operator()):
        seen = msgspec.json.encode(stranger.sees(talk)).decode()
        assert "tended" not in seen
        assert halo.ben.actor.id not in seen
        with pytest.raises(NoSuchConversation):
            stranger.events(talk, "n")
    boxed, _next = halo.house.db.read_now(conversations.inbox, anna.actor, "open")
    assert [row.id for row in boxed] == [talk]


def test_only_the_team_gives_out_and_only_to_the_team(halo: Counter) -> None:
    other, anna = halo.house.shop("other", staff=["ole"]), halo.house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    refused(lambda: gives(halo.mei, talk, other.ole), NotOfTheTeam)
    refused(lambda: gives(halo.mei, talk, anna), NotOfTheTeam)
    refused(lambda: gives(other.ole, talk, other.ole), NoSuchConversation)
    refused(lambda: gives(anna, talk, halo.mei), TeamOnly)
    refused(lambda: snoozes(other.ole, talk, waits_for=WakeOn.BUYER), NoSuchConversation)
    refused(lambda: rules(halo.ben, Mode.LOAD), ManagersOnly)
    equip = Equip(capacity=1)
    refused(
        lambda: halo.house.db.write_now(seating.equip, halo.ben.actor, halo.ben.actor.id, equip),
        ManagersOnly,
    )


def test_who_is_full_is_given_more_only_by_somebody_who_says_so(halo: Counter) -> None:
    rules(halo.mei, Mode.LOAD, limit=1)
    first, second = asks(halo, "anna"), asks(halo, "bert")
    gives(halo.mei, first, halo.ben)
    refused(lambda: gives(halo.mei, second, halo.ben), AtCapacity)
    assert owner(halo, second) is None
    gives(halo.mei, second, halo.ben, over=True)
    assert owner(halo, second) == "ben"


def test_what_is_done_is_given_to_nobody(halo: Counter) -> None:
    talk = asks(halo, "anna")
    halo.mei.says(talk, "Yes")
    halo.mei.does(talk, "resolve")
    refused(lambda: gives(halo.mei, talk, halo.ben), TalkDone)
    refused(lambda: snoozes(halo.mei, talk, waits_for=WakeOn.BUYER), TalkDone)


# ── by a machine ────────────────────────────────────────────────────────────────────────────


def test_the_oldest_that_waits_is_given_as_soon_as_somebody_is_free(halo: Counter) -> None:
    rules(halo.mei, Mode.LOAD, limit=1)
    talks = []
    for name in ("anna", "bert", "carl"):
        talks.append(asks(halo, name))
        halo.house.clock.passes(seconds=1)
    comes(halo.ben)
    assert [owner(halo, talk) for talk in talks] == ["ben", None, None]
    halo.ben.says(talks[0], "Yes")
    assert [owner(halo, talk) for talk in talks] == ["ben", "ben", None]
    halo.ben.does(talks[0], "resolve")
    comes(halo.eva)
    assert [owner(halo, talk) for talk in talks] == ["ben", "ben", "eva"]


def test_a_rule_that_is_laid_down_gives_out_what_waits(halo: Counter) -> None:
    talk = asks(halo, "anna")
    comes(halo.ben)
    assert owner(halo, talk) is None
    rules(halo.mei, Mode.ROUND_ROBIN)
    assert owner(halo, talk) == "ben"


def test_round_robin_goes_round_and_load_evens_out(halo: Counter) -> None:
    rules(halo.mei, Mode.ROUND_ROBIN, limit=10)
    for one in (halo.ben, halo.eva):
        comes(one)
        halo.house.clock.passes(seconds=1)
    talks = []
    for n in range(4):
        talks.append(asks(halo, f"anna{n}"))
        halo.house.clock.passes(seconds=1)
    found = [owner(halo, talk) for talk in talks]
    assert sorted(found[:2], key=str) == ["ben", "eva"]
    assert found[2:] == found[:2]
    rules(halo.mei, Mode.LOAD, limit=10)
    for talk, who in zip(talks, found, strict=True):
        if who == "eva":
            halo.eva.says(talk, "Yes")
    assert [owner(halo, asks(halo, f"bert{n}")) for n in range(2)] == ["eva", "eva"]


def test_skill_is_waited_for_and_then_anybody_will_do(halo: Counter) -> None:
    rules(halo.mei, Mode.SKILL, patience=60)
    equips(halo, "ben", languages=["ru"])
    equips(halo, "eva", languages=["en"], kinds=[TalkKind.LOGISTICS])
    comes(halo.ben)
    comes(halo.eva)
    where, heavy = (
        asks(halo, "anna", "Where is my parcel?"),
        asks(halo, "bert", "How heavy is the teapot?"),
    )
    halo.house.passes(seconds=1)
    assert (owner(halo, where), owner(halo, heavy)) == ("eva", None)
    assert tended(halo.mei, where).kind is TalkKind.LOGISTICS
    halo.house.passes(seconds=60)
    halo.house.passes(seconds=1)  # another held the row just then: it is looked for again at once
    assert owner(halo, heavy) == "ben"


def test_who_is_not_there_is_given_nothing(halo: Counter) -> None:
    rules(halo.mei, Mode.LOAD)
    comes(halo.ben)
    halo.house.clock.passes(seconds=ATTENDED.total_seconds() + 1)
    talk = asks(halo, "anna")
    assert owner(halo, talk) is None
    halo.house.db.write_now(seating.attend, [(halo.shop.id, halo.ben.actor.id)])
    assert owner(halo, talk) == "ben"
    comes(halo.ben, Attendance.BUSY)
    assert owner(halo, asks(halo, "bert")) is None


def test_a_shift_ends_and_what_they_had_is_given_on_and_told(halo: Counter) -> None:
    rules(halo.mei, Mode.LOAD, grace=600)
    comes(halo.ben, shift_ends_at=halo.house.clock() + timedelta(hours=1))
    talk = asks(halo, "anna")
    halo.house.passes(hours=1)
    assert owner(halo, talk) == "ben"
    comes(halo.eva)
    halo.house.passes(minutes=4)
    assert owner(halo, talk) == "ben"
    halo.house.passes(minutes=6)
    assert owner(halo, talk) is None
    comes(halo.eva)
    assert told(halo.mei, talk) == [
        "assigned Ben load",
        "unassigned Ben shift",
        "assigned Eva load",
    ]


def test_who_comes_back_in_time_keeps_what_they_had(halo: Counter) -> None:
    rules(halo.mei, Mode.LOAD, grace=600)
    comes(halo.ben)
    talk = asks(halo, "anna")
    comes(halo.ben, Attendance.OFF)
    halo.house.passes(minutes=5)
    comes(halo.ben)
    halo.house.passes(minutes=10)
    assert owner(halo, talk) == "ben"


def test_who_left_the_shop_leaves_what_they_had(halo: Counter) -> None:
    talk = asks(halo, "anna")
    gives(halo.mei, talk, halo.ben)
    halo.house.db.write_now(staff.leave, halo.mei.actor, halo.shop.id, halo.ben.actor.id)
    assert owner(halo, talk) is None
    assert told(halo.mei, talk)[-1] == "unassigned Ben left"
    left = halo.shop.id, halo.ben.actor.id
    halo.house.db.write_now(seating.attend, [left])
    kept = halo.house.db.read_now(storage.seat, seat_id(*left))
    assert kept is None, "a page of theirs that is not closed yet brings no seat back"


def test_what_is_taken_up_again_does_not_wait_for_somebody_who_is_off(halo: Counter) -> None:
    anna = halo.house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    comes(halo.ben)
    gives(halo.ben, talk, halo.ben)
    halo.ben.says(talk, "Hello!")
    halo.ben.does(talk, "resolve")
    comes(halo.ben, Attendance.OFF)
    anna.says(talk, "One more thing")
    assert owner(halo, talk) is None


def test_an_open_page_alone_neither_brings_work_nor_takes_it_away(halo: Counter) -> None:
    anna = halo.house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    gives(halo.ben, talk, halo.ben)
    halo.ben.says(talk, "Hello!")
    halo.ben.does(talk, "resolve")
    equips(halo, "eva", capacity=3)
    here = [(halo.shop.id, one.actor.id) for one in (halo.ben, halo.eva)]
    halo.house.db.write_now(seating.attend, here)
    rules(halo.mei, Mode.LOAD)
    anna.says(talk, "One more thing")
    assert owner(halo, talk) == "ben", "who never chose to be off is not gone"
    assert owner(halo, asks(halo, "bert")) is None
    assert {(one.presence, one.here) for one in team(halo)} == {(Attendance.OFF, False)}
    comes(halo.ben, Attendance.OFF)
    halo.ben.says(talk, "Bye!")
    halo.ben.does(talk, "resolve")
    anna.says(talk, "And one more")
    assert owner(halo, talk) is None


def test_whom_a_manager_equipped_has_not_gone_off_by_that(halo: Counter) -> None:
    anna = halo.house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    equips(halo, "ben", capacity=3)
    gives(halo.ben, talk, halo.ben)
    halo.ben.says(talk, "Hello!")
    halo.ben.does(talk, "resolve")
    anna.says(talk, "One more thing")
    assert owner(halo, talk) == "ben"


def test_two_hundred_arrive_at_once_and_nobody_has_four(halo: Counter) -> None:
    buyers = [halo.house.buyer(f"buyer{n}") for n in range(200)]
    talks = [one.begins(halo, None) for one in buyers]
    rules(halo.mei, Mode.LOAD, limit=3)
    agents = [halo.mei, halo.ben, halo.eva]
    for one in agents:
        comes(one)

    def arrive(place: int) -> None:
        buyers[place].says(talks[place], "Is it in stock?")
        if place % 20 == 19:
            answer_one(halo, agents[place // 20 % 3])

    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(arrive, range(200)))
    halo.house.passes(seconds=1)

    most = {one.name: one.load for one in team(halo)}
    assert most == {"Mei": 3, "Ben": 3, "Eva": 3}
    assert max(loads_ever(halo)) <= 3
    given = [talk for talk in talks if tended(halo.mei, talk).assignee]
    assert len(given) == 9 + answered(halo)


def answer_one(halo: Counter, agent: Person) -> None:
    """Answer the first conversation that an agent has and that waits, if there is one."""
    rows, _next = halo.house.db.read_now(conversations.inbox, agent.actor, "open")
    mine = [one for one in rows if one.tended and one.tended.assignee == agent.actor.id]
    waiting = [one for one in mine if one.waiting_on == "seller"]
    if waiting:
        agent.says(waiting[0].id, "Yes")


def answered(halo: Counter) -> int:
    rows, _next = halo.house.db.read_now(conversations.inbox, halo.mei.actor, "open", limit=200)
    return sum(one.waiting_on == "buyer" for one in rows)


def loads_ever(halo: Counter) -> list[int]:
    """Return what each had when they were given something, as the journal has it."""
    with halo.house.db.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT body FROM journal WHERE fact = 'TalkAssigned'")
        return [msgspec.json.decode(row[0])["load"] for row in rows]


# ── tags, kinds, sleep ──────────────────────────────────────────────────────────────────────


def test_tags_are_the_shops_own(halo: Counter) -> None:
    talk, other = asks(halo, "anna"), halo.house.shop("other", staff=["ole"])
    first = tags(halo.mei, talk, " Fragile  goods ")
    assert tags(halo.ben, talk, "fragile GOODS") == first
    assert tended(halo.mei, talk).tags == (first,)
    theirs = tags(other.ole, other.house.buyer("bert").asks(other, None, "Hi"), "theirs")
    refused(lambda: halo.house.db.write_now(tagging.tag, halo.mei.actor, talk, theirs), NoSuchTag)
    halo.house.db.write_now(tagging.untag, halo.mei.actor, talk, first)
    assert tended(halo.mei, talk).tags == ()
    assert told(halo.mei, talk) == ["tagged Fragile goods", "tagged Fragile goods"]
    for n in range(10):
        tags(halo.mei, talk, f"tag {n}")
    refused(lambda: tags(halo.mei, talk, "one too many"), TooManyTags)


def test_a_case_says_what_kind_it_is_and_so_may_people(halo: Counter) -> None:
    anna = halo.house.buyer("anna")
    lamp = halo.sells("lamp")
    talk = anna.asks(halo, lamp, "How heavy is it?")
    halo.house.passes(seconds=1)
    assert tended(halo.mei, talk).kind is TalkKind.QUESTION
    halo.house.db.write_now(service.sort, halo.mei.actor, talk, Sort(TalkKind.OTHER))
    assert tended(halo.mei, talk).kind is TalkKind.OTHER
    case = opens(anna, "question", lamp, question="Does it fit?")
    assert tended(halo.mei, talk).kind is TalkKind.QUESTION
    acts(halo.mei, case.id, "answer", answer="It does.")
    assert tended(halo.mei, talk).woken is None
    snoozes(halo.mei, talk, waits_for=WakeOn.CASE)
    acts(anna, case.id, "solved")
    assert tended(halo.mei, talk).woken is WakeOn.CASE


def test_it_sleeps_until_the_parcel_moves(halo: Counter) -> None:
    anna = halo.house.buyer("anna")
    parcel = SentParcel(carrier="DHL", tracking_number="00340434161094029812")
    order = halo.ships_to(anna, halo.sells("lamp"), shipments=[parcel])
    talk = anna.asks(halo, order, "When does it come?")
    gives(halo.mei, talk, halo.ben)
    snoozes(halo.ben, talk, waits_for=WakeOn.PARCEL)
    event = TrackingEvent(TrackingCode("delivered.signed"), halo.house.clock(), "Berlin")
    halo.house.db.write_now(commerce.add_tracking, SYSTEM, order.shipments[0].id, event)
    assert (tended(halo.mei, talk).woken, owner(halo, talk)) == (WakeOn.PARCEL, "ben")


def test_it_sleeps_until_its_time_and_comes_back_to_the_top(halo: Counter) -> None:
    clock = halo.house.clock
    talk = asks(halo, "anna")
    gives(halo.mei, talk, halo.ben)
    halo.ben.says(talk, "I will ask the maker.")
    snoozes(halo.ben, talk, clock() + timedelta(hours=2))
    assert talk not in box(halo, "open")
    assert snoozed(halo) == [talk]
    halo.house.passes(hours=1)
    later = asks(halo, "bert")
    halo.mei.says(later, "Yes")
    halo.house.passes(hours=1)
    woken = tended(halo.mei, talk)
    assert (woken.woken, woken.snoozed_until) == (WakeOn.TIME, None)
    assert owner(halo, talk) == "ben"
    assert box(halo, "open") == [talk, later]
    halo.ben.says(talk, "It is 2 kg.")
    assert tended(halo.mei, talk).woken is None


def test_the_buyer_and_a_broken_promise_end_any_sleep(halo: Counter) -> None:
    anna = halo.house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    snoozes(halo.mei, talk, halo.house.clock() + timedelta(days=3))
    anna.says(talk, "Are you there?")
    assert tended(halo.mei, talk).woken is WakeOn.BUYER
    snoozes(halo.mei, talk, halo.house.clock() + timedelta(days=3))
    halo.house.passes(minutes=6)
    assert tended(halo.mei, talk).woken is WakeOn.PROMISE


def test_it_sleeps_until_something_happens_and_only_what_can(halo: Counter) -> None:
    clock = halo.house.clock
    talk = asks(halo, "anna")
    refused(lambda: snoozes(halo.mei, talk, clock() - timedelta(seconds=1)), SnoozePast)
    refused(lambda: snoozes(halo.mei, talk, clock() + timedelta(days=366)), SnoozeTooLong)
    refused(lambda: snoozes(halo.mei, talk, waits_for=WakeOn.PARCEL), NothingToWakeFor)
    refused(lambda: snoozes(halo.mei, talk, waits_for=WakeOn.CASE), NothingToWakeFor)
    snoozes(halo.mei, talk, waits_for=WakeOn.BUYER)
    halo.house.db.write_now(snoozing.wake, halo.mei.actor, talk)
    halo.house.db.write_now(snoozing.wake, halo.mei.actor, talk)
    assert told(halo.mei, talk) == ["snoozed buyer", "woken hand"]


def test_a_shift_ends_within_a_day(halo: Counter) -> None:
    now = halo.house.clock()
    refused(lambda: comes(halo.ben, shift_ends_at=now), ShiftPast)
    refused(lambda: comes(halo.ben, shift_ends_at=now + timedelta(days=2)), ShiftPast)
    command = ChoosePresence(Attendance.AVAILABLE)
    anna = halo.house.buyer("anna").actor
    refused(lambda: halo.house.db.write_now(seating.choose_presence, anna, command), TeamOnly)


def box(halo: Counter, name: Box) -> list[ConversationId]:
    rows, _next = halo.house.db.read_now(conversations.inbox, halo.mei.actor, name)
    return [row.id for row in rows]


def snoozed(halo: Counter) -> list[ConversationId]:
    rows, _next = halo.house.db.read_now(
        listing.listed, halo.mei.actor, Filter(), view=View.SNOOZED
    )
    return [row.id for row in rows]


def team(halo: Counter) -> list[Teammate]:
    return halo.house.db.read_now(seating.team, halo.mei.actor)


def equips(halo: Counter, name: str, **given: object) -> None:
    command = msgspec.convert(given, Equip)
    person = halo.staff[name].actor.id
    halo.house.db.write_now(seating.equip, halo.mei.actor, person, command)


def refused(act: Callable[[], object], by: type[Refusal]) -> None:
    with pytest.raises(by):
        act()
