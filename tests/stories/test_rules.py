"""What happens by itself at the desk: rules called, judged, run once, stopped, tried, kept."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopbell.channels.mail import service as mail
from shopbell.commerce.calendars import Calendar
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.hours import Hours
from shopbell.commerce.model import Eta
from shopbell.conversations.model import ConversationId
from shopbell.conversations.satisfaction import service as satisfaction
from shopbell.conversations.satisfaction.model import Answer
from shopbell.conversations.targets.model import ClockRules, Goals, Policy
from shopbell.conversations.turns import State
from shopbell.desk import tagging
from shopbell.desk.clocks import service as clocks
from shopbell.desk.clocks.commands import LayClocks
from shopbell.desk.commands import MakeTag
from shopbell.desk.macros import service as macros
from shopbell.desk.macros.commands import PutMacro
from shopbell.desk.macros.model import Deed, MacroBody
from shopbell.desk.macros.refusals import NoSuchMacro
from shopbell.desk.rules import jobs as sweeping
from shopbell.desk.rules import rehearsing, running, service
from shopbell.desk.rules.commands import PutRule, RehearseRule, TryRule
from shopbell.desk.rules.model import (
    OFTEN_MOST,
    CallRules,
    Condition,
    Group,
    Outcome,
    Rehearsal,
    Rule,
    RuleBody,
    Run,
    Stop,
    Trigger,
)
from shopbell.desk.rules.refusals import (
    NoSuchRule,
    OnlyManagersRule,
    RuleActOdd,
    RuleActUnknown,
    RuleCallsItself,
    RuleConditionOdd,
    RuleFieldUnknown,
    RuleMovedOn,
    RuleTriggerOdd,
)
from shopbell.engine import deadlines, outbox
from shopbell.kernel.ids import new_id
from tests.support.house import House, Person


def act(do: str, value: str = "") -> Deed:
    return Deed(do, value)


def asks_for(field: str, *one_of: str, **bounds: int) -> Condition:
    return Condition(field, list(one_of), **bounds)


def body(trigger: Trigger, *acts: Deed, **more: Any) -> RuleBody:
    return RuleBody(more.pop("name", trigger.title()), trigger, list(acts), **more)


def keeps(person: Person, trigger: Trigger, *acts: Deed, **more: Any) -> Rule:
    """Write a rule."""
    named = more.pop("id", None) or new_id()
    asked = PutRule(body(trigger, *acts, **more))
    return person.house.db.write_now(service.put, person.actor, named, asked)


def writes_macro(person: Person, key: str, words: str, *deeds: Deed) -> None:
    kept = MacroBody(key, key.title(), {"en": words}, deeds=list(deeds))
    person.house.db.write_now(macros.put, person.actor, new_id(), PutMacro(kept))


def log(person: Person, rule: Rule) -> list[Run]:
    return person.house.db.read_now(service.log, person.actor, rule.id)


def tags(person: Person, talk: ConversationId) -> list[str]:
    named = {one.id: one.name for one in person.house.db.read_now(tagging.tags, person.actor)}
    tended = person.sees(talk).tended
    assert tended is not msgspec.UNSET
    return [named[one] for one in tended.tags]


def outcomes(person: Person, rule: Rule) -> list[Outcome]:
    return [one.outcome for one in log(person, rule)]


def letters(house: House) -> list[str]:
    """Return about what letters were written, the latest first."""
    return [one.subject for one in house.db.read_now(mail.listed, house.operator("otto").actor)]


def works(house: House) -> None:
    """Do what is due now."""
    house.passes(seconds=0)


# --- they run -------------------------------------------------------------------------------


def test_a_rule_acts_once_after_what_called_it_and_says_so(house: House) -> None:
    halo = house.shop("halo", staff=["mei", "oleg"])
    vase = asks_for("words", "broken vase")
    rule = keeps(halo.mei, Trigger.BUYER_WROTE, act("tag", "fragile"), all=[vase], name="Shards")
    keeps(halo.mei, Trigger.BUYER_WROTE, act("assign", halo.oleg.actor.id), any=[vase])
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "The vases came broken!")
    other = anna.asks(halo, halo.sells("lamp"), "How heavy is it?")
    assert tags(halo.mei, talk) == []
    works(house)
    works(house)
    assert tags(halo.mei, talk) == ["fragile"]
    assert tags(halo.mei, other) == []
    noted = [one for one in halo.mei.events(talk, "n") if one.type == "tagged"]
    assert [one.actor.name for one in noted] == ["Shards"]
    tended = halo.mei.sees(talk).tended
    assert tended is not msgspec.UNSET
    assert tended.assignee == halo.oleg.actor.id
    (run,) = log(halo.mei, rule)
    assert (run.outcome, run.conversation, run.trigger) == (Outcome.DONE, talk, Trigger.BUYER_WROTE)
    assert [one.holds for one in run.story.verdicts] == [True]
    assert run.story.took > 0


def test_a_call_that_comes_again_runs_nothing_again(house: House) -> None:
    """As after a kill between the run and the end of its job."""
    halo = house.shop("halo")
    rule = keeps(halo.mei, Trigger.BUYER_WROTE, act("note", "Look"))
    talk = house.buyer("anna").asks(halo, None, "Hello")
    (job,) = house.db.read_now(outbox.waiting, CallRules)
    call = msgspec.json.decode(job.body, type=CallRules)
    with ThreadPoolExecutor(4) as hands:
        ran = list(hands.map(lambda _: house.db.write_now(running.run, rule.id, call), range(4)))
    assert sorted(map(str, ran)) == ["None", "None", "None", "done"]
    works(house)
    assert len([one for one in halo.mei.events(talk, "n") if one.type == "note"]) == 1
    assert outcomes(halo.mei, rule) == [Outcome.DONE]


def test_a_macro_is_sent_as_a_machines_and_never_twice_before_a_person_speaks(
    house: House,
) -> None:
    halo = house.shop("halo")
    writes_macro(halo.mei, "closed", "We are asleep, {{buyer.first_name}}.")
    rule = keeps(halo.mei, Trigger.BUYER_WROTE, act("macro", "closed"))
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    works(house)
    due = halo.mei.sees(talk).due
    assert due is not None
    assert anna.reads(talk) == ["Hello?", "We are asleep, Anna."]
    sent = anna.events(talk)[-1]
    assert msgspec.json.decode(sent.data)["automatic"] is True
    assert sent.actor.name == "Halo"
    assert halo.mei.sees(talk).state is State.WAITING_SELLER
    anna.says(talk, "Anybody?")
    works(house)
    halo.mei.says(talk, "Good morning")
    house.passes(minutes=2)
    assert anna.reads(talk).count("We are asleep, Anna.") == 2
    keeps(halo.mei, Trigger.BUYER_WROTE, act("macro", "closed"), name="Another")
    anna.says(talk, "Thank you")
    works(house)
    assert anna.reads(talk).count("We are asleep, Anna.") == 3
    kept_back = [did.kept_back for run in log(halo.mei, rule) for did in run.story.did]
    assert kept_back == [None, None, None]


def test_silence_calls_once_and_any_word_puts_it_off(house: House) -> None:
    halo = house.shop("halo")
    writes_macro(halo.mei, "still", "We take it that all is well.")
    waits = asks_for("turn", "buyer")
    rule = keeps(
        halo.mei, Trigger.SILENCE, act("macro", "still"), act("resolve"), value="3d", all=[waits]
    )
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "Is it blue?")
    halo.mei.says(talk, "It is.")
    house.passes(days=2)
    halo.mei.says(talk, "And grey.")
    house.passes(days=2)
    assert halo.mei.sees(talk).state is State.WAITING_BUYER
    house.passes(days=1, minutes=1)
    assert halo.mei.sees(talk).state is State.RESOLVED
    house.passes(days=4)
    assert anna.reads(talk).count("We take it that all is well.") == 1
    assert outcomes(halo.mei, rule) == [Outcome.DONE]


def test_rules_hear_of_parcels_clocks_kinds_and_cases(house: House) -> None:
    halo = house.shop("halo")
    week = Calendar("Europe/Berlin", [Hours(day, "00:00", "24:00") for day in range(7)])
    laid = LayClocks(ClockRules({"week": week}, [Policy("week", Goals(first=30))]))
    house.db.write_now(clocks.lay_down, halo.mei.actor, halo.shop.id, laid)
    house.passes(minutes=3)
    rules = [
        keeps(halo.mei, Trigger.PARCEL_LATE, act("tag", "late parcel")),
        keeps(halo.mei, Trigger.CASE_MOVED, act("note", "A case"), value="open"),
        keeps(halo.mei, Trigger.SORTED, act("note", "A return"), value="return"),
        keeps(halo.mei, Trigger.CLOCK_WARNED, act("notify", "managers"), value="first"),
        keeps(halo.mei, Trigger.CLOCK_BREACHED, act("raise")),
    ]
    anna = house.buyer("anna")
    eta = Eta(date(2026, 5, 5), date(2026, 5, 5), "Europe/Berlin")
    parcel = SentParcel("dhl", "RB123456785CN", eta, shipped_at=house.clock(), events=[])
    order = halo.ships_to(anna, halo.sells("teapot"), shipments=[parcel])
    talk = anna.asks(halo, order, "I want to return the teapot, how do I send it back?")
    house.passes(minutes=1)
    house.passes(minutes=25)
    assert letters(house) == ["A rule asks you to look at a conversation"]
    house.passes(minutes=10)
    assert halo.mei.sees(talk).state is State.WAITING_OPERATOR
    house.passes(days=2)
    assert tags(halo.mei, talk) == ["late parcel"]
    assert [outcomes(halo.mei, one) for one in rules] == [[Outcome.DONE]] * 5


def test_what_a_buyer_says_of_a_conversation_calls_rules(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    rules = [
        keeps(halo.mei, Trigger.RATED, act("tag", "unhappy"), value="not_yet"),
        keeps(halo.mei, Trigger.RATED, act("tag", "happy"), value="helped"),
        keeps(halo.mei, Trigger.RATED, act("note", "Said")),
    ]
    for buyer, helped in ((anna, False), (boris, True)):
        talk = buyer.asks(halo, None, "Is it blue?")
        halo.mei.answers(talk, "Yes.")
        buyer.does(talk, "resolve")
        house.db.write_now(satisfaction.answer, buyer.actor, talk, Answer(helped))
        works(house)
        assert tags(halo.mei, talk) == ["happy" if helped else "unhappy"]
    assert [len(outcomes(halo.mei, one)) for one in rules] == [1, 1, 2]
    with pytest.raises(RuleTriggerOdd):
        keeps(halo.mei, Trigger.RATED, act("tag", "x"), value="perhaps")
    unhappy = body(Trigger.RATED, act("tag", "x"), value="not_yet")
    tried = house.db.read_now(rehearsing.rehearse, halo.mei.actor, RehearseRule(unhappy))
    assert tried.count == 1


# --- they end -------------------------------------------------------------------------------


def test_a_rule_that_would_call_itself_is_refused_and_shown(house: House) -> None:
    halo = house.shop("halo")
    with pytest.raises(RuleCallsItself) as refused:
        keeps(halo.mei, Trigger.TAGGED, act("tag", "X"), value="x", name="A")
    assert refused.value.facts["cycle"] == "A → A"
    keeps(halo.mei, Trigger.TAGGED, act("kind", "return"), value="x", name="A")
    keeps(halo.mei, Trigger.SORTED, act("tag", "y"), value="return", name="B")
    with pytest.raises(RuleCallsItself) as refused:
        keeps(halo.mei, Trigger.TAGGED, act("tag", "x"), value="y", name="C")
    assert refused.value.facts["cycle"] == "C → A → B → C"
    writes_macro(halo.mei, "again", "Hi", act("tag", "z"))
    with pytest.raises(RuleCallsItself):
        keeps(halo.mei, Trigger.TAGGED, act("macro", "again"), value="z")
    with pytest.raises(RuleCallsItself):
        keeps(halo.mei, Trigger.WOKEN, act("snooze", "4h"))


def test_what_slips_past_is_stopped_as_it_runs(house: House) -> None:
    """A macro that was changed after the rule was saved makes the rule call itself."""
    halo = house.shop("halo")
    writes_macro(halo.mei, "loop", "Hi")
    rule = keeps(halo.mei, Trigger.TAGGED, act("macro", "loop"))
    (macro,) = house.db.read_now(macros.shelf, halo.mei.actor)
    tagging_now = msgspec.structs.replace(macro.macro.body, deeds=[act("tag", "more")])
    asked = PutMacro(tagging_now, version=1)
    house.db.write_now(macros.put, halo.mei.actor, macro.macro.id, asked)
    talk = house.buyer("anna").asks(halo, None, "Hello")
    tag = house.db.write_now(tagging.make, halo.mei.actor, MakeTag("first"))
    house.db.write_now(tagging.tag, halo.mei.actor, talk, tag.id)
    works(house)
    assert sorted(outcomes(halo.mei, rule)) == [Outcome.DONE, Outcome.STOPPED]
    assert {one.story.stop for one in log(halo.mei, rule)} == {None, Stop.ITSELF}


def test_rules_that_follow_one_another_go_three_deep(house: House) -> None:
    halo = house.shop("halo")
    last = ""
    for at in range(5):
        rule = keeps(halo.mei, Trigger.TAGGED, act("tag", f"t{at + 1}"), value=f"t{at}")
        last = rule.id
    talk = house.buyer("anna").asks(halo, None, "Hello")
    tag = house.db.write_now(tagging.make, halo.mei.actor, MakeTag("t0"))
    house.db.write_now(tagging.tag, halo.mei.actor, talk, tag.id)
    works(house)
    assert tags(halo.mei, talk) == ["t0", "t1", "t2", "t3"]
    assert last


def test_more_than_ten_runs_a_minute_are_stopped(house: House) -> None:
    halo = house.shop("halo")
    rule = keeps(halo.mei, Trigger.BUYER_WROTE, act("note", "Look"))
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "0")
    for at in range(11):
        anna.says(talk, str(at + 1))
    works(house)
    assert outcomes(halo.mei, rule).count(Outcome.DONE) == 10
    assert outcomes(halo.mei, rule).count(Outcome.STOPPED) == 2
    house.passes(minutes=2)
    anna.says(talk, "Later")
    works(house)
    assert outcomes(halo.mei, rule).count(Outcome.DONE) == 11


def test_five_failures_running_switch_a_rule_off_and_tell_its_author(house: House) -> None:
    halo = house.shop("halo")
    rule = keeps(halo.mei, Trigger.BUYER_WROTE, act("tag", "seen"), act("resolve"), name="Resolves")
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "0")
    works(house)
    assert tags(halo.mei, talk) == []
    (run,) = log(halo.mei, rule)
    assert (run.outcome, run.story.did[0].act.do) == (Outcome.FAILED, "resolve")
    assert run.story.did[0].refused
    for _time in range(5):
        anna.says(talk, "Still")
        works(house)
    found = house.db.read_now(service.one, halo.mei.actor, rule.id)
    assert (found.body.on, found.version) == (False, 2)
    assert found.stopped_at is not None
    assert outcomes(halo.mei, rule) == [Outcome.FAILED] * 5
    assert "A rule of yours was switched off" in letters(house)


# --- who keeps them, and what may stand in them ---------------------------------------------


def test_managers_keep_a_shops_rules_and_the_operator_those_of_all(house: House) -> None:
    halo, nord = house.shop("halo", staff=["mei", "oleg"]), house.shop("nord", staff=["nina"])
    rule = keeps(halo.mei, Trigger.OPENED, act("tag", "new"))
    olga, anna = house.operator(), house.buyer("anna")
    for who in (halo.oleg, anna):
        with pytest.raises(OnlyManagersRule):
            keeps(who, Trigger.OPENED, act("tag", "new"))
    for who in (nord.nina, olga):
        with pytest.raises(NoSuchRule):
            house.db.read_now(service.one, who.actor, rule.id)
        with pytest.raises(NoSuchRule):
            keeps(who, Trigger.OPENED, act("tag", "mine"), id=rule.id)
    everywhere = keeps(olga, Trigger.OPENED, act("tag", "by the market"))
    first, second = (anna.asks(one, None, "Hello") for one in (halo, nord))
    works(house)
    assert tags(halo.mei, first) == ["by the market", "new"]
    assert tags(nord.nina, second) == ["by the market"]
    assert len(log(olga, everywhere)) == 2
    with pytest.raises(RuleActUnknown):
        keeps(olga, Trigger.OPENED, act("macro", "hi"))


WRONG: Sequence[tuple[type[Exception], dict[str, Any]]] = [
    (RuleFieldUnknown, {"all": [Condition("weather", ["rain"])]}),
    (RuleConditionOdd, {"any": [Condition("kind", ["party"])]}),
    (RuleConditionOdd, {"none": [Condition("orders", ["many"])]}),
    (RuleConditionOdd, {"all": [Condition("words")]}),
    (RuleActUnknown, {"acts": [Deed("explode")]}),
    (RuleActOdd, {"acts": [Deed("kind", "party")]}),
    (RuleActOdd, {"acts": [Deed("note", "{{nothing}}")]}),
    (RuleTriggerOdd, {"value": "3d"}),
    (RuleTriggerOdd, {"trigger": Trigger.SILENCE, "value": "soon"}),
    (NoSuchMacro, {"acts": [Deed("macro", "none")]}),
]


@pytest.mark.parametrize("at", range(len(WRONG)))
def test_what_could_never_be_is_refused_when_saved(house: House, at: int) -> None:
    halo = house.shop("halo")
    expected, wrong = WRONG[at]
    plain = RuleBody("Plain", Trigger.OPENED, [Deed("tag", "x")])
    asked = PutRule(msgspec.structs.replace(plain, **wrong))
    with pytest.raises(expected):
        house.db.write_now(service.put, halo.mei.actor, new_id(), asked)
    assert house.db.read_now(service.rules, halo.mei.actor) == []


def test_an_edit_that_began_before_anothers_is_refused(house: House) -> None:
    halo = house.shop("halo")
    rule = keeps(halo.mei, Trigger.OPENED, act("tag", "x"))
    again = PutRule(rule.body)
    assert house.db.write_now(service.put, halo.mei.actor, rule.id, again) == rule
    changed = PutRule(msgspec.structs.replace(rule.body, on=False), version=1)
    assert house.db.write_now(service.put, halo.mei.actor, rule.id, changed).version == 2
    stale = PutRule(msgspec.structs.replace(rule.body, name="Mine"), version=1)
    with pytest.raises(RuleMovedOn):
        house.db.write_now(service.put, halo.mei.actor, rule.id, stale)
    house.buyer("anna").asks(halo, None, "Hello")
    works(house)
    assert log(halo.mei, rule) == []


# --- tried before they run ------------------------------------------------------------------


def rehearses(person: Person, trigger: Trigger, *acts: Deed, **more: Any) -> Rehearsal:
    days = more.pop("days", 7)
    asked = RehearseRule(body(trigger, *acts, **more), days)
    return person.house.db.read_now(rehearsing.rehearse, person.actor, asked)


def test_what_it_would_have_done_is_shown_and_nothing_is_done(house: House) -> None:
    halo = house.shop("halo", hours=[Hours(weekday=0, opens="09:00", closes="10:00")])
    anna, nord = house.buyer("anna"), house.shop("nord", staff=["nina"])
    talk = anna.asks(halo, None, "Where is my parcel?")
    anna.asks(nord, None, "Where is my parcel?")
    halo.mei.says(talk, "On its way.")
    house.passes(days=4)
    where = [asks_for("words", "parcels")]
    found = rehearses(halo.mei, Trigger.BUYER_WROTE, act("tag", "x"), all=where)
    assert (found.count, found.looked_at, found.whole) == (1, 1, True)
    assert [one.conversation for one in found.hits] == [talk]
    assert rehearses(halo.mei, Trigger.BUYER_WROTE, act("tag", "x"), all=where, days=1).count == 0
    assert rehearses(halo.mei, Trigger.OPENED, act("tag", "x")).count == 1
    assert rehearses(halo.mei, Trigger.SHOP_WROTE, act("tag", "x")).count == 1
    quiet = rehearses(halo.mei, Trigger.SILENCE, act("resolve"), value="3d")
    assert quiet.count == 1
    sorted_so = rehearses(halo.mei, Trigger.SORTED, act("tag", "x"), value="logistics")
    assert sorted_so.count == 1
    assert tags(halo.mei, talk) == []
    both = rehearses(house.operator(), Trigger.BUYER_WROTE, act("tag", "x"), all=where)
    assert both.count == 2


def test_one_conversation_explains_every_condition(house: House) -> None:
    halo = house.shop("halo")
    talk = house.buyer("anna", "ru").asks(halo, None, "Где посылка? Вы идиоты!")
    asked = body(
        Trigger.BUYER_WROTE,
        act("tag", "x"),
        all=[asks_for("tone", "abusive"), asks_for("orders", at_least=1)],
        none=[asks_for("hours", "closed")],
    )
    trial = house.db.read_now(
        rehearsing.attempt, halo.mei.actor, TryRule(body=asked, conversation=talk)
    )
    assert not trial.holds
    seen = [(one.group, one.seen, one.holds) for one in trial.verdicts]
    assert seen == [
        (Group.ALL, "abusive", True),
        (Group.ALL, "0", False),
        (Group.NONE, "open", False),
    ]


# --- whatever people write, it ends ---------------------------------------------------------

NAMES = ["a", "b", "c"]
CALLED = [
    *((Trigger.TAGGED, name) for name in ["", *NAMES]),
    *((Trigger.SORTED, kind) for kind in ("", "return", "repair")),
]
ACTS = [
    *(act("tag", name) for name in NAMES),
    *(act("untag", name) for name in NAMES),
    *(act("kind", kind) for kind in ("return", "repair")),
    act("macro", "loop"),
]
RULE_SETS = st.lists(
    st.tuples(st.sampled_from(CALLED), st.lists(st.sampled_from(ACTS), min_size=1, max_size=3)),
    min_size=2,
    max_size=6,
)
LIVES = settings(
    max_examples=8,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def test_no_set_of_rules_runs_for_ever(house: House) -> None:
    """Neither those that pass the check, nor those that a macro changed later lets call them."""
    lives = 0

    @LIVES
    @given(RULE_SETS)
    def live(drawn: list[tuple[tuple[Trigger, str], list[Deed]]]) -> None:
        nonlocal lives
        lives += 1
        shop = house.shop(f"halo{lives}", staff=[f"mei{lives}"])
        mei = shop.staff[f"mei{lives}"]
        writes_macro(mei, "loop", "Hi")
        kept = [one for called, acts in drawn if (one := _kept(mei, called, acts))]
        (shelf,) = house.db.read_now(macros.shelf, mei.actor)
        looping = msgspec.structs.replace(
            shelf.macro.body, deeds=[act("tag", name) for name in NAMES]
        )
        asked = PutMacro(looping, version=1)
        house.db.write_now(macros.put, mei.actor, shelf.macro.id, asked)
        talk = house.buyer(f"anna{lives}").asks(shop, None, "Hello")
        for name in NAMES:
            tag = house.db.write_now(tagging.make, mei.actor, MakeTag(name))
            house.db.write_now(tagging.tag, mei.actor, talk, tag.id)
        works(house)
        runs = [run for rule in kept for run in log(mei, rule)]
        assert sum(run.outcome is Outcome.DONE for run in runs) <= OFTEN_MOST
        automatic = [one for one in mei.events(talk) if one.type == "message"][1:]
        assert len(automatic) <= 1
        assert house.db.read_now(outbox.waiting, CallRules) == []

    live()
    assert lives >= 4


def _kept(person: Person, called: tuple[Trigger, str], acts: list[Deed]) -> Rule | None:
    trigger, value = called
    try:
        return keeps(person, trigger, *acts, value=value, name=f"{trigger} {value} {acts[0].do}")
    except RuleCallsItself:
        return None


def test_a_house_that_is_started_often_still_forgets_old_runs(house: House) -> None:
    """Whoever starts it anew within a day puts nothing off, nor does it wait twice."""
    for _ in range(3):
        house.clock.passes(hours=10)
        house.db.write_now(sweeping.begin_sweeping)
    [due] = house.db.read_now(deadlines.due, [sweeping.SWEEP], 9)
    house.clock.passes(hours=10)
    house.db.write_now(sweeping.begin_sweeping)
    assert house.db.read_now(deadlines.due, [sweeping.SWEEP], 9) == [due]
    assert house.db.write_now(deadlines.fire, [due]) == [due]
    house.db.write_now(sweeping.sweep, due.entity)
    assert house.db.read_now(deadlines.due, [sweeping.SWEEP], 9) == []
    house.clock.passes(days=1)
    assert [one.entity for one in house.db.read_now(deadlines.due, [sweeping.SWEEP], 9)] == [
        due.entity
    ]
