"""What a shop's team has to keep by when: its own rules, its calendars, and what a breach means."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from shopbell.accounts import staff as colleagues
from shopbell.accounts.refusals import OperatorsOnly
from shopbell.app import build
from shopbell.channels.mail import service as mail
from shopbell.commerce.calendars import Calendar, OtherDay
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.hours import Hours, Opening
from shopbell.commerce.model import Eta, NotYourShop
from shopbell.contact.model import Whom
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Begin
from shopbell.conversations.model import (
    Channel,
    ConversationId,
    StateChanged,
    Stream,
    Subject,
    SubjectKind,
    TalkKind,
    WakeOn,
)
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.conversations.targets.model import (
    ClockRules,
    Consequence,
    Goals,
    Maxima,
    Policy,
)
from shopbell.conversations.targets.refusals import ClocksMovedOn, ClocksTooSoon, ClocksWrong
from shopbell.conversations.targets.running import Target
from shopbell.conversations.targets.winding import CLOCKS
from shopbell.conversations.turns import State, Turn
from shopbell.desk import service as desk
from shopbell.desk import snoozing
from shopbell.desk.clocks import service as clocks
from shopbell.desk.clocks.commands import ClocksShown, LayClocks, TalkClocks
from shopbell.desk.commands import Assign, Snooze, Sort
from shopbell.engine import deadlines
from shopbell.engine.journal import journal
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, Rank
from shopbell.kernel.texts import Locale
from tests.support.casework import acts, opens
from tests.support.channels import Push, wired
from tests.support.house import Counter, House, Person

WEEK = Calendar("Europe/Berlin", [Hours(day, "10:00", "18:00") for day in range(5)])
"""Berlin is two hours ahead of the clock of the tests, whose Monday begins at 11:00 there."""

MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 5, 4, tzinfo=UTC)
ALL = Goals(first=30, next=60, resolution=480)


def rules(*policies: Policy, **calendars: Calendar) -> ClockRules:
    return ClockRules({"week": WEEK, **calendars}, list(policies) or [Policy("week", ALL)])


def lays(counter: Counter, by: Person, **asked: Any) -> ClocksShown:
    """Lay down rules, and wait until they count."""
    wanted = LayClocks(**{"rules": rules(), **asked})
    shown = counter.house.db.write_now(clocks.lay_down, by.actor, counter.shop.id, wanted)
    counter.house.passes(minutes=3)
    return shown


def shown(who: Person, talk: ConversationId) -> TalkClocks:
    return who.house.db.read_now(clocks.clocks_of, who.actor, talk)


def running(who: Person, talk: ConversationId) -> dict[Target, Any]:
    return {one.target: one for one in shown(who, talk).running}


def told(who: Person, talk: ConversationId) -> list[str]:
    """Return what the clocks of a conversation have told its team."""
    return [one.type for one in who.events(talk, "n") if one.type.startswith("clock_")]


def facts(house: House, *kinds: str) -> list[dict[str, Any]]:
    query = select(journal.c.fact, journal.c.at, journal.c.body)
    in_order = query.order_by(journal.c.at, journal.c.id)
    rows = house.db.read_now(lambda tx: tx.execute(in_order).all())
    return [
        {**msgspec.json.decode(body), "fact": fact, "when": at}
        for fact, at, body in rows
        if fact in kinds
    ]


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "vera"])


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of that week by the clock of Berlin."""
    return MONDAY + timedelta(days=day, hours=hour - 2, minutes=minute)


def winds(house: House, moment: datetime) -> None:
    house.passes(seconds=(moment - house.clock()).total_seconds())


def test_a_question_on_friday_evening_is_due_on_monday_morning(house: House, halo: Counter) -> None:
    lays(halo, halo.mei)
    anna = house.buyer("anna")
    winds(house, at(4, 17, 40))
    talk = anna.asks(halo, None, "Do you gift-wrap?")
    due = anna.sees(talk).due
    assert due is not None
    assert (due.since, due.at, due.of) == (at(4, 17, 40), at(7, 10, 10), msgspec.UNSET)
    ours = halo.mei.sees(talk).due
    assert ours is not None
    assert (ours.at, ours.of) == (due.at, Target.FIRST)
    clock = running(halo.mei, talk)[Target.RESOLUTION]
    assert (clock.due_at, clock.goal, clock.calendar) == (at(7, 17, 40), 480 * MINUTE, WEEK)


def test_later_answers_have_a_goal_of_their_own(house: House, halo: Counter) -> None:
    lays(halo, halo.mei)
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "Do you gift-wrap?")
    halo.vera.says(talk, "We do.")
    assert Target.FIRST not in running(halo.mei, talk)
    anna.says(talk, "In red?")
    clock = running(halo.mei, talk)[Target.NEXT]
    assert clock.due_at - clock.since == 60 * MINUTE
    stopped = facts(house, "ClockStopped")
    assert [(one["target"], one["in_time"]) for one in stopped] == [("first", True)]


def test_the_first_policy_that_fits_counts(house: House, halo: Counter) -> None:
    quick = Policy("week", Goals(first=5), channels=[Channel.CHAT], locales=["ru"])
    lays(halo, halo.mei, rules=rules(quick, Policy("week", Goals(first=50))))
    cases: list[tuple[str, Locale, int]] = [("anna", "en", 50), ("boris", "ru", 5)]
    for name, locale, minutes in cases:
        buyer = house.buyer(name)
        begin = Begin(Subject(SubjectKind.SHOP, halo.shop.id))
        talk, _is_new = house.db.write_now(conversations.begin, buyer.actor, begin, locale)
        buyer.says(talk.id, "Hello?")
        assert running(halo.mei, talk.id)[Target.FIRST].goal == minutes * MINUTE


def test_what_no_policy_is_for_goes_by_the_promise_of_the_page(house: House, halo: Counter) -> None:
    lays(halo, halo.mei, rules=rules(Policy("week", ALL, channels=[Channel.EMAIL])))
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    due = halo.mei.sees(talk).due
    assert due is not None
    assert (due.at - due.since, due.of) == (5 * MINUTE, msgspec.UNSET)
    assert shown(halo.mei, talk) == TalkClocks([], [], 0)


def test_new_rules_count_for_new_rounds_from_their_moment_on(house: House, halo: Counter) -> None:
    lays(halo, halo.mei)
    anna, boris, clara = (house.buyer(name) for name in ("anna", "boris", "clara"))
    before = anna.asks(halo, None, "Hello?")
    began = running(halo.mei, before)[Target.FIRST]
    lays(halo, halo.mei, rules=rules(Policy("week", Goals(first=10))), since=at(0, 14))
    early = boris.asks(halo, None, "Hello?")
    winds(house, at(0, 14))
    late = clara.asks(halo, None, "Hello?")
    still = running(halo.mei, before)[Target.FIRST]
    assert (still.due_at, still.rules, still.goal) == (began.due_at, 1, 30 * MINUTE)
    assert running(halo.mei, early)[Target.FIRST].goal == 30 * MINUTE
    assert running(halo.mei, late)[Target.FIRST].goal == 10 * MINUTE
    halo.vera.says(before, "Hello!")
    anna.says(before, "Hello again?")
    assert running(halo.mei, before).keys() == {Target.RESOLUTION}, (
        "the new rules have no such goal"
    )


def test_a_warning_and_a_breach_are_told_once_each(house: House, halo: Counter) -> None:
    lays(halo, halo.mei)
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    house.passes(minutes=22)
    assert told(halo.mei, talk) == []
    house.passes(minutes=1)
    assert told(halo.mei, talk) == ["clock_warned_first"]
    for _ in range(3):
        house.passes(minutes=8)
    assert told(halo.mei, talk) == ["clock_warned_first", "clock_breached_first"]
    assert halo.mei.sees(talk).missed == 1
    assert anna.sees(talk).missed is msgspec.UNSET
    assert [one["fact"] for one in facts(house, "ClockWarned", "ClockBreached")] == [
        "ClockWarned",
        "ClockBreached",
    ]
    halo.mei.says(talk, "At last: hello!")
    assert [one["in_time"] for one in facts(house, "ClockStopped")] == [False]
    house.passes(days=1)
    assert len(told(halo.mei, talk)) == 2
    assert halo.mei.sees(talk).missed == 1, "it stays seen"


def test_whoever_was_away_when_both_were_due_hears_of_the_breach_alone(
    house: House, halo: Counter
) -> None:
    lays(halo, halo.mei)
    talk = house.buyer("anna").asks(halo, None, "Hello?")
    house.passes(hours=2)
    assert told(halo.mei, talk) == ["clock_breached_first"]


def test_an_answer_in_time_leaves_nothing_to_tell(house: House, halo: Counter) -> None:
    lays(halo, halo.mei, rules=rules(Policy("week", Goals(first=30))))
    talk = house.buyer("anna").asks(halo, None, "Hello?")
    house.passes(minutes=20)
    halo.mei.says(talk, "Hello!")
    house.passes(days=3)
    assert told(halo.mei, talk) == []
    armed = house.db.read_now(deadlines.due, [CLOCKS], 10)
    assert armed == []


def test_a_clock_rests_while_the_buyer_has_the_ball(house: House, halo: Counter) -> None:
    lays(halo, halo.mei)
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    began = house.clock()
    house.passes(minutes=20)
    halo.mei.says(talk, "Which colour?")
    resting = running(halo.mei, talk)[Target.RESOLUTION]
    assert (resting.left, resting.paused_for, resting.due_at) == (460 * MINUTE, Turn.BUYER, None)
    assert halo.mei.sees(talk).due is None, "an empty wick, and for whom it waits"
    winds(house, at(2, 12))
    anna.says(talk, "Red.")
    going = running(halo.mei, talk)[Target.RESOLUTION]
    assert WEEK.between(at(2, 12), going.due_at) == 460 * MINUTE
    [pause] = shown(halo.mei, talk).pauses
    assert (pause.waiting_on, pause.since, pause.until) == (
        Turn.BUYER,
        began + 20 * MINUTE,
        at(2, 12),
    )


def test_the_whole_matter_can_be_late_while_its_answers_are_not(
    house: House, halo: Counter
) -> None:
    lays(halo, halo.mei, rules=rules(Policy("week", Goals(resolution=60))))
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    for minutes in (30, 20, 2):
        house.passes(minutes=minutes)
        halo.mei.says(talk, "A moment, please.")
        anna.says(talk, "Take your time.")
    assert told(halo.mei, talk) == ["clock_warned_resolution"]
    house.passes(minutes=9)
    assert told(halo.mei, talk) == ["clock_warned_resolution", "clock_breached_resolution"]
    anna.does(talk, "resolve")
    assert [one["in_time"] for one in facts(house, "ClockStopped")] == [False]
    anna.says(talk, "One more thing.")
    assert running(halo.mei, talk)[Target.RESOLUTION].goal == 60 * MINUTE, "it begins anew"


def test_words_of_a_machine_stop_no_clock(house: House, halo: Counter) -> None:
    lays(halo, halo.mei)
    talk = house.buyer("anna").asks(halo, None, "Hello?")
    before = running(halo.mei, talk)
    halo.mei.adds(Stream(talk), "message", text="We are on our way.", automatic=True)
    assert running(halo.mei, talk) == before


def test_what_waits_for_the_carrier_rests(house: House, halo: Counter) -> None:
    lays(halo, halo.mei)
    anna, begun = house.buyer("anna"), house.clock()
    coming = Eta(begun.date(), begun.date() + timedelta(days=9), "Europe/Berlin")
    parcel = SentParcel("DHL", "00340434161094029812", eta=coming, eta_at=begun, shipped_at=begun)
    order = halo.ships_to(anna, halo.sells("lamp"), shipments=[parcel])
    case = opens(anna, "logistics_inquiry", order, concern="late")
    talk = case.conversation
    anna.says(talk, "Where is it?")
    halo.mei.says(talk, "I ask the carrier.")
    acts(halo.mei, case.id, "open_trace")
    assert running(halo.mei, talk)[Target.RESOLUTION].paused_for is Turn.CARRIER
    assert [one.waiting_on for one in shown(halo.mei, talk).pauses] == [Turn.CARRIER]


def test_a_breach_is_told_though_the_house_was_down(
    house: House, halo: Counter, database: str, tmp_path: Path
) -> None:
    lays(halo, halo.mei)
    talk = house.buyer("anna").asks(halo, None, "Hello?")
    house.clock.passes(hours=1)
    app = build(Settings(data=tmp_path / "data", database=database), clock=house.clock)
    again = House(app, house.clock)
    again.passes(minutes=1)
    again.passes(minutes=1)
    house.passes(minutes=1)
    assert told(halo.mei, talk) == ["clock_breached_first"]
    app.close()


# --- consequences -------------------------------------------------------------------------


def test_a_warning_can_raise_a_conversation_above_all_that_are_due(
    house: House, halo: Counter
) -> None:
    raising = Policy(
        "week", Goals(first=200, next=200), locales=["ru"], on_warning=[Consequence.RAISE]
    )
    lays(halo, halo.mei, rules=rules(raising, Policy("week", Goals(first=160))))
    begin = Begin(Subject(SubjectKind.SHOP, halo.shop.id))
    boris, anna = house.buyer("boris"), house.buyer("anna")
    far, _is_new = house.db.write_now(conversations.begin, boris.actor, begin, "ru")
    boris.says(far.id, "Hello?")
    near = anna.asks(halo, None, "Hello?")

    def in_order() -> list[ConversationId]:
        rows, _more = house.db.read_now(conversations.inbox, halo.mei.actor, "open")
        return [row.id for row in rows]

    assert in_order() == [near, far.id]
    house.passes(minutes=151)
    assert in_order() == [far.id, near]
    halo.mei.says(far.id, "Hello!")
    boris.says(far.id, "Hello again?")
    assert in_order() == [near, far.id], "only as long as what it was raised for"


def test_a_breach_can_write_to_the_managers(house: House, halo: Counter) -> None:
    house.db.write_now(colleagues.set_rank, SYSTEM, halo.shop.id, halo.vera.actor.id, Rank.MANAGER)
    lays(halo, halo.mei, rules=rules(Policy("week", ALL, on_breach=[Consequence.LETTER])))
    house.buyer("anna").asks(halo, None, "Hello?")
    house.passes(minutes=31)
    house.passes(minutes=31)
    letters = house.db.read_now(mail.listed, house.operator().actor)
    said = "A buyer has waited too long for a first answer"
    told_by_letter = sorted(one.address for one in letters if one.subject == said)
    assert told_by_letter == ["mei@example.org", "vera@example.org"]


def test_a_breach_wakes_what_was_put_aside_and_can_bring_it_back_to_the_queue(
    house: House, halo: Counter
) -> None:
    later = Policy("week", Goals(resolution=60), on_breach=[Consequence.REQUEUE])
    lays(halo, halo.mei, rules=rules(later))
    talk = house.buyer("anna").asks(halo, None, "Hello?")
    house.db.write_now(desk.assign, halo.mei.actor, talk, Assign(halo.vera.actor.id))
    house.passes(minutes=10)
    nap = Snooze(until=house.clock() + timedelta(hours=5))
    house.db.write_now(snoozing.snooze, halo.vera.actor, talk, nap)
    house.passes(minutes=51)
    seen = halo.mei.sees(talk).tended
    assert seen
    assert (seen.assignee, seen.snoozed_until, seen.woken) == (None, None, WakeOn.PROMISE)
    assert told(halo.mei, talk) == ["clock_breached_resolution"]


def test_kinds_have_clocks_of_their_own(house: House, halo: Counter) -> None:
    quick = Policy("week", Goals(first=5, next=7), kinds=[TalkKind.DISPUTE])
    lays(halo, halo.mei, rules=rules(quick, Policy("week", ALL)))
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    assert running(halo.mei, talk)[Target.FIRST].goal == 30 * MINUTE
    house.db.write_now(desk.sort, halo.mei.actor, talk, Sort(TalkKind.DISPUTE))
    assert running(halo.mei, talk)[Target.FIRST].goal == 30 * MINUTE, "this round keeps its clock"
    halo.mei.says(talk, "Hello!")
    anna.says(talk, "I want my money back.")
    assert running(halo.mei, talk)[Target.NEXT].goal == 7 * MINUTE


def test_a_warning_can_hand_over_to_the_ladder(house: House, halo: Counter) -> None:
    push = Push()
    ringing = House(wired(house.app, push), house.clock)
    hasty = Policy("week", ALL, warn_at=1, on_warning=[Consequence.LADDER])
    lays(halo, halo.mei, rules=rules(hasty))
    talk = house.buyer("anna").asks(halo, None, "Hello?")
    ringing.passes(seconds=20)
    assert push.told == [Whom.TEAM], "half a minute before the ladder would have"
    assert [one.type for one in halo.mei.events(talk)][-1] == "contact"


# --- the marketplace's maxima -------------------------------------------------------------


def test_no_shop_is_slower_than_the_marketplace_allows(house: House, halo: Counter) -> None:
    olga = house.operator()
    most = Maxima(chat=Goals(first=20, resolution=240))
    house.db.write_now(clocks.cap, olga.actor, most)
    house.passes(minutes=3)
    seen = lays(halo, halo.mei)
    assert [(one.channel, one.target, one.asked, one.given) for one in seen.capped] == [
        (Channel.CHAT, Target.FIRST, 30, 20),
        (Channel.CHAT, Target.RESOLUTION, 480, 240),
    ]
    talk = house.buyer("anna").asks(halo, None, "Hello?")
    goals = {target: one.goal / MINUTE for target, one in running(halo.mei, talk).items()}
    assert goals == {Target.FIRST: 20, Target.RESOLUTION: 240}
    slower = house.db.read_now(clocks.maxima, olga.actor).slower
    assert [(one.name, one.target, one.asked, one.most) for one in slower] == [
        ("Halo", Target.FIRST, 30, 20),
        ("Halo", Target.RESOLUTION, 480, 240),
    ]


def test_the_promise_of_a_page_is_cut_to_it_too(house: House, halo: Counter) -> None:
    olga = house.operator()
    house.db.write_now(clocks.cap, olga.actor, Maxima(chat=Goals(first=3)))
    house.passes(minutes=3)
    due = house.buyer("anna").asks(halo, None, "Hello?")
    promise = halo.mei.sees(due).due
    assert promise is not None
    assert promise.at - promise.since == 3 * MINUTE
    [slower] = house.db.read_now(clocks.maxima, olga.actor).slower
    assert (slower.name, slower.asked, slower.most) == ("Halo", 5, 3)


def test_to_say_the_same_again_changes_nothing(house: House, halo: Counter) -> None:
    first = lays(halo, halo.mei)
    assert first.latest == lays(halo, halo.mei).latest == 1
    house.db.write_now(clocks.lift, halo.mei.actor, halo.shop.id)
    house.db.write_now(clocks.lift, halo.mei.actor, halo.shop.id)
    house.passes(minutes=3)
    seen = house.db.read_now(clocks.rules_of, halo.mei.actor, halo.shop.id)
    assert (seen.latest, seen.counting) == (2, None)
    talk = house.buyer("anna").asks(halo, None, "Hello?")
    assert shown(halo.mei, talk).running == []
    olga = house.operator().actor
    most = Maxima(chat=Goals(first=20))
    assert house.db.write_now(clocks.cap, olga, most).number == 1
    assert house.db.write_now(clocks.cap, olga, most).number == 1


# --- what is refused ----------------------------------------------------------------------

SHUT = Calendar("Europe/Berlin")
SELDOM = Calendar("Europe/Berlin", [], [OtherDay("12-24", [Opening("10:00", "11:00")])])


@pytest.mark.parametrize(
    ("calendar", "why"), [(SHUT, "never_open"), (SELDOM, "never_done")], ids=["shut", "seldom"]
)
def test_rules_that_nobody_could_keep_are_refused(
    house: House, halo: Counter, calendar: Calendar, why: str
) -> None:
    impossible = rules(Policy("week", ALL), Policy("none", ALL), none=calendar)
    with pytest.raises(ClocksWrong) as refused:
        lays(halo, halo.mei, rules=impossible)
    assert refused.value.facts == {"place": 2, "why": why}
    assert house.db.read_now(clocks.rules_of, halo.mei.actor, halo.shop.id).latest == 0


def test_rules_that_say_nothing_are_refused() -> None:
    with pytest.raises(ClocksWrong):
        rules(Policy("weekend", ALL))
    with pytest.raises(ClocksWrong):
        rules(Policy("week", Goals()))


def test_rules_count_from_a_moment_to_come(house: House, halo: Counter) -> None:
    for since in (house.clock() - MINUTE, house.clock() + timedelta(days=400)):
        with pytest.raises(ClocksTooSoon):
            lays(halo, halo.mei, since=since)


def test_nobody_overwrites_unseen_what_another_laid_down(house: House, halo: Counter) -> None:
    lays(halo, halo.mei, after=0)
    with pytest.raises(ClocksMovedOn):
        lays(halo, halo.mei, rules=rules(Policy("week", Goals(first=1))), after=0)


def test_only_managers_and_the_operator_lay_down_rules(house: House, halo: Counter) -> None:
    other = house.shop("other", staff=["otto"])
    anna, olga = house.buyer("anna"), house.operator()
    for stranger in (halo.vera, other.otto, anna):
        with pytest.raises(NotYourShop):
            lays(halo, stranger)
        with pytest.raises(NotYourShop):
            house.db.read_now(clocks.rules_of, stranger.actor, halo.shop.id)
        with pytest.raises(OperatorsOnly):
            house.db.read_now(clocks.maxima, stranger.actor)
        with pytest.raises(OperatorsOnly):
            house.db.write_now(clocks.cap, stranger.actor, Maxima())
    lays(halo, olga)
    talk = anna.asks(halo, None, "Hello?")
    for stranger in (other.otto, anna, olga):
        with pytest.raises(NoSuchConversation):
            shown(stranger, talk)


# --- the journal --------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_the_clocks_are_a_function_of_the_journal(house: House, halo: Counter, seed: int) -> None:
    """Count again from what the journal says of the turn, minute by minute of the calendar."""
    lays(halo, halo.mei)
    chance, anna, boss = random.Random(seed), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, "Hello?")
    for _ in range(12):
        house.passes(minutes=chance.choice((1, 7, 40, 200, 900)))
        _acts(chance, talk, anna, halo.mei, boss)
    assert _kept(halo.mei, talk) == _recounted(house, talk)


def _acts(chance: random.Random, talk: ConversationId, *people: Person) -> None:
    """Have somebody do what they may."""
    who = chance.choice(people)
    seen = who.sees(talk)
    may = [action for action in seen.actions if action != "resolve" or chance.random() < 0.3]
    if may and chance.random() < 0.4:
        who.does(talk, chance.choice(may))
    elif seen.state is not State.CLOSED:
        who.says(talk, "Well.")


def _kept(who: Person, talk: ConversationId) -> object:
    clock = running(who, talk).get(Target.RESOLUTION)
    pauses = [(one.since, one.until) for one in shown(who, talk).pauses]
    if clock is None:
        return None, pauses
    return (clock.left, clock.due_at, clock.paused_for), pauses


def _recounted(house: House, talk: ConversationId) -> object:
    """Follow the states of a conversation: what ran, what rested, what is left of eight hours."""
    left, since, resting = timedelta(), None, None
    pauses: list[list[datetime | None]] = []
    goes = False
    for change in _changes(house, talk):
        if goes and since is not None:
            left -= WEEK.between(since, change["when"])
            left = max(left, timedelta())
        if resting:
            pauses[-1][1] = change["when"]
        state, action = State(change["after"]), change["action"]
        if not goes and not resting and action == "buyer_message":
            left = 480 * MINUTE
        if state.done:
            goes, resting, since = False, None, None
        elif state is State.WAITING_BUYER:
            goes, resting, since = False, Turn.BUYER, None
            pauses.append([change["when"], None])
        else:
            goes, resting, since = True, None, change["when"]
    spans = [(begun, ended) for begun, ended in pauses]
    if resting:
        return (left, None, resting), spans
    return ((None, WEEK.after(since, left), None), spans) if goes and since else (None, spans)


def _changes(house: House, talk: ConversationId) -> Iterator[dict[str, Any]]:
    return (one for one in facts(house, StateChanged.__name__) if one["conversation"] == talk)
