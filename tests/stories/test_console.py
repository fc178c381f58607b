"""Who runs the marketplace: roles that limit, blocks to appeal against, a record to read."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from shopbell.accounts import operating, people
from shopbell.accounts import service as accounts
from shopbell.accounts.blocks import service as blocks
from shopbell.accounts.blocks.model import Block, PutBlock, Reason, Subject
from shopbell.accounts.blocks.refusals import (
    AnotherDecides,
    AppealedAlready,
    BlockedAlready,
    BlockedFromWriting,
    BlockNeedsWords,
    CannotBeBlocked,
    NoSuchBlock,
    NothingToDecide,
)
from shopbell.accounts.deeds import Wanted
from shopbell.accounts.model import Knock, Letter
from shopbell.accounts.refusals import (
    AskedBefore,
    LastLead,
    NotForYourRole,
    OperatorsOnly,
    ReasonMissing,
    SecondLeadNeeded,
)
from shopbell.analytics.score import appealing, ruling
from shopbell.analytics.score.commands import DecideAppeal, LayRule
from shopbell.analytics.score.model import Outcome
from shopbell.commerce import roster
from shopbell.commerce import service as commerce
from shopbell.commerce.carriers import well_known
from shopbell.commerce.commands import ListProduct
from shopbell.conversations.model import Tended
from shopbell.conversations.satisfaction import service as satisfaction
from shopbell.conversations.satisfaction.model import Answer
from shopbell.conversations.turns import State
from shopbell.desk.clocks import service as clocks
from shopbell.desk.macros import service as macros
from shopbell.desk.macros.commands import PutMacro
from shopbell.desk.macros.model import Deed, MacroBody
from shopbell.desk.rules import service as rules
from shopbell.desk.rules.commands import PutRule
from shopbell.desk.rules.model import RuleBody, Trigger
from shopbell.engine import outbox, vitals
from shopbell.engine.database import Tx
from shopbell.engine.outbox import Lease
from shopbell.engine.vitals import Light
from shopbell.kernel.actor import Actor, Reach, Role
from shopbell.kernel.ids import new_id
from shopbell.knowledge import service as knowledge
from shopbell.knowledge.answers import writing
from shopbell.knowledge.answers.commands import PutAnswer
from shopbell.knowledge.model import Terms
from shopbell.privacy import retention
from shopbell.privacy.retention import Periods
from tests.support.house import Counter, House, Person

WHY = "Three insults in a week."


def in_person(house: House, who: Person) -> Person:
    """Return somebody as their session says they are at this moment."""
    account = house.db.read_now(accounts.person, who.actor.id)
    entry = house.db.write_now(accounts.let_in, account, Knock(address="192.0.2.1"))
    visit = house.db.read_now(accounts.who, entry.session)
    assert visit
    return Person(house, visit.actor)


def blocked(
    olga: Person,
    whom: str,
    reach: Reach = Reach.WRITING,
    kind: Subject = Subject.PERSON,
    until: datetime | None = None,
) -> Block:
    asked = PutBlock(new_id(), whom, kind, reach, Reason.ABUSE, WHY, until)
    return olga.house.db.write_now(blocks.put, olga.actor, asked)


@pytest.fixture
def olga(house: House) -> Person:
    return house.operator()


@pytest.fixture
def oscar(house: House) -> Person:
    return house.operator("oscar")


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "li"])


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


# --- blocks -------------------------------------------------------------------------------


def test_who_is_blocked_writes_to_nobody_but_the_operator(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    talk = anna.asks(halo, None, "Hello?")
    blocked(olga, anna.actor.id)
    anna = in_person(house, anna)
    with pytest.raises(BlockedFromWriting):
        anna.says(talk, "And another thing")
    house.passes(days=3)
    anna.says(talk, "I only wanted to know when it comes.")
    assert "I only wanted to know when it comes." in anna.reads(talk)


def test_a_block_ends_by_itself(house: House, halo: Counter, anna: Person, olga: Person) -> None:
    talk = anna.asks(halo, None, "Hello?")
    blocked(olga, anna.actor.id, until=house.clock() + timedelta(days=1))
    house.passes(hours=23)
    assert in_person(house, anna).actor.barred is Reach.WRITING
    house.passes(hours=1)
    anna = in_person(house, anna)
    assert anna.actor.barred is None
    anna.says(talk, "Back again")


def test_a_shop_that_may_not_write_first_still_answers(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    order = halo.ships_to(anna, halo.sells("teapot"))
    talk = anna.asks(halo, None, "Hello?")
    blocked(olga, halo.shop.id, Reach.FIRST, Subject.SHOP)
    mei = in_person(house, halo.mei)
    mei.answers(talk, "Good day")
    with pytest.raises(BlockedFromWriting):
        mei.begins(halo, order)
    mei.does(talk, "resolve")
    with pytest.raises(BlockedFromWriting):
        mei.says(talk, "Have a look at our new lamps")


def test_neither_a_rule_nor_a_rating_speaks_for_who_is_blocked(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    db, mei = house.db, halo.mei
    words = MacroBody("hi", "Hi", {"en": "We are here."})
    db.write_now(macros.put, mei.actor, new_id(), PutMacro(words))
    greets = RuleBody("Greets", Trigger.BUYER_WROTE, [Deed("tag", "new"), Deed("macro", "hi")])
    db.write_now(rules.put, mei.actor, new_id(), PutRule(greets))
    block = blocked(olga, halo.shop.id, kind=Subject.SHOP)
    talk = anna.asks(halo, None, "Hello?")
    house.passes(seconds=0)
    assert anna.reads(talk) == ["Hello?"]
    assert mei.sees(talk).tended != Tended(), "it does what is no words"
    entry = PutAnswer("Paper?", "Rice paper.", "en")
    with pytest.raises(BlockedFromWriting):
        db.write_now(writing.put, in_person(house, mei).actor, "halo", new_id(), entry)
    db.write_now(blocks.lift, olga.actor, block.id)
    mei.answers(talk, "Good day")
    mei.does(talk, "resolve")
    blocked(olga, anna.actor.id)
    [letter] = [one.body for one in db.read_now(outbox.waiting, Letter) if "/rate/" in one.body]
    token = letter.partition("/rate/")[2].split("\\n")[0].split()[0]
    with pytest.raises(BlockedFromWriting):
        db.write_now(satisfaction.answer_letter, token, Answer(helped=True, words="Scoundrels"))
    db.write_now(satisfaction.answer_letter, token, Answer(helped=False))
    assert anna.sees(talk).state is State.WAITING_SELLER


def test_a_block_of_a_shop_is_for_all_of_its_staff_and_nobody_elses(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    other = house.shop("other", staff=["pavel"])
    blocked(olga, halo.shop.id, Reach.WRITING, Subject.SHOP)
    assert in_person(house, halo.li).actor.barred is Reach.WRITING
    assert in_person(house, other.pavel).actor.barred is None
    assert in_person(house, anna).actor.barred is None


def test_an_appeal_is_heard_once_and_by_another(
    house: House, halo: Counter, anna: Person, olga: Person, oscar: Person
) -> None:
    db, block = house.db, blocked(olga, anna.actor.id)
    db.write_now(blocks.appeal, anna.actor, block.id, "It was my nephew.")
    db.write_now(blocks.appeal, anna.actor, block.id, "It was my nephew.")
    with pytest.raises(AppealedAlready):
        db.write_now(blocks.appeal, anna.actor, block.id, "It was my niece.")
    assert db.read_now(blocks.appeals, oscar.actor)[0] == 1
    with pytest.raises(AnotherDecides):
        db.write_now(blocks.decide, olga.actor, block.id, "No.", ends=False)
    db.write_now(blocks.decide, oscar.actor, block.id, "Granted.", ends=True)
    with pytest.raises(NothingToDecide):
        db.write_now(blocks.decide, oscar.actor, block.id, "Granted.", ends=True)
    assert in_person(house, anna).actor.barred is None
    told = [one.kind for one in db.read_now(outbox.waiting, Letter)]
    assert len(told) == 2


def test_an_appeal_of_a_shop_is_its_managers_and_nobody_elses(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    block = blocked(olga, halo.shop.id, Reach.WRITING, Subject.SHOP)
    for stranger in (anna, halo.li):
        with pytest.raises(NoSuchBlock):
            house.db.write_now(blocks.appeal, stranger.actor, block.id, "We are sorry.")
    assert house.db.read_now(blocks.own, anna.actor) == []
    house.db.write_now(blocks.appeal, halo.mei.actor, block.id, "We are sorry.")


def test_a_block_is_put_once_and_with_words(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    db, whom = house.db, anna.actor.id
    asked = PutBlock(new_id(), whom, Subject.PERSON, Reach.WRITING, Reason.SPAM, WHY)
    first = db.write_now(blocks.put, olga.actor, asked)
    assert db.write_now(blocks.put, olga.actor, asked) == first
    other = PutBlock(asked.id, whom, Subject.PERSON, Reach.FIRST, Reason.SPAM, WHY)
    with pytest.raises(AskedBefore):
        db.write_now(blocks.put, olga.actor, other)
    with pytest.raises(BlockedAlready):
        blocked(olga, whom)
    with pytest.raises(CannotBeBlocked):
        blocked(olga, olga.actor.id)
    with pytest.raises(BlockNeedsWords):
        blocked(olga, halo.mei.actor.id, until=house.clock())
    with pytest.raises(OperatorsOnly):
        db.write_now(blocks.put, anna.actor, asked)


# --- roles --------------------------------------------------------------------------------


def test_a_reader_looks_and_changes_nothing(
    house: House, halo: Counter, anna: Person, olga: Person, oscar: Person
) -> None:
    talk = anna.asks(halo, None, "Hello?")
    assert house.db.write_now(people.give_role, olga.actor, oscar.actor.id, Role.READER)
    oscar = in_person(house, oscar)
    assert oscar.sees(talk).id == talk
    with pytest.raises(NotForYourRole):
        oscar.says(talk, "Let me help")
    with pytest.raises(NotForYourRole):
        blocked(oscar, anna.actor.id)
    with pytest.raises(NotForYourRole):
        house.db.write_now(people.give_role, oscar.actor, olga.actor.id, Role.READER)


def test_who_does_not_lead_writes_nothing_for_all_shops(
    house: House, halo: Counter, olga: Person, oscar: Person
) -> None:
    db, goods = house.db, halo.sells("LAMP")
    wide = RuleBody("Wide", Trigger.OPENED, [Deed("note", "Ours")])
    decides = DecideAppeal(Outcome.GRANTED, "Why not")
    listing = ListProduct(goods.offer_id, goods.title, goods.price)
    named, carrier = next(iter(well_known().items()))
    commands: list[Callable[[Tx, Actor], object]] = [
        lambda tx, who: rules.put(tx, who, new_id(), PutRule(wide)),
        lambda tx, who: rules.remove(tx, who, new_id()),
        lambda tx, who: retention.choose(tx, who, Periods(mail=1)),
        lambda tx, who: ruling.lay_down(tx, who, LayRule("amazon_like")),
        lambda tx, who: clocks.lift(tx, who, "halo"),
        lambda tx, who: knowledge.give_terms(tx, who, "halo", Terms()),
        lambda tx, who: commerce.put_product(tx, who, halo.shop.id, listing),
        lambda tx, who: roster.put_carrier(tx, who, named, carrier),
    ]
    db.write_now(people.give_role, olga.actor, oscar.actor.id, Role.MEDIATOR)
    mediator = in_person(house, oscar).actor
    db.write_now(people.give_role, olga.actor, oscar.actor.id, Role.READER)
    reader = in_person(house, oscar).actor
    for command in commands:
        for who in (mediator, reader):
            with pytest.raises(NotForYourRole):
                db.write_now(command, who)
    with pytest.raises(NotForYourRole):
        db.write_now(appealing.decide, reader, new_id(), decides)
    assert db.read_now(rules.rules, reader) == []
    assert db.read_now(clocks.rules_of, reader, "halo").latest == 0


def test_it_takes_two_to_have_a_third_lead(house: House, olga: Person, oscar: Person) -> None:
    db, petra = house.db, house.operator("petra")
    db.write_now(people.give_role, olga.actor, petra.actor.id, Role.MEDIATOR)
    assert not db.write_now(people.give_role, olga.actor, petra.actor.id, Role.LEAD)
    with pytest.raises(SecondLeadNeeded):
        db.write_now(people.give_role, olga.actor, petra.actor.id, Role.LEAD)
    assert in_person(house, petra).actor.role is Role.MEDIATOR
    assert db.write_now(people.give_role, oscar.actor, petra.actor.id, Role.LEAD)
    assert in_person(house, petra).actor.role is Role.LEAD


def test_somebody_leads_always(house: House, olga: Person) -> None:
    with pytest.raises(LastLead):
        house.db.write_now(people.give_role, olga.actor, olga.actor.id, Role.OUT)


def test_who_is_out_does_not_even_look(house: House, olga: Person, oscar: Person) -> None:
    db, account = house.db, house.db.read_now(accounts.person, oscar.actor.id)
    assert account in db.read_now(accounts.operators)
    db.write_now(people.give_role, olga.actor, account.id, Role.OUT)
    entry = db.write_now(accounts.let_in, account, Knock(address="192.0.2.1"))
    assert db.read_now(accounts.who, entry.session) is None
    assert account not in db.read_now(accounts.operators)
    with pytest.raises(NotForYourRole):
        db.read_now(people.find, replace(oscar.actor, role=Role.OUT), "anna")


def test_people_are_found_and_signed_out(house: House, anna: Person, olga: Person) -> None:
    db = house.db
    in_person(house, anna)
    for words in ("ann", "ANNA@", anna.actor.id):
        assert [one.id for one in db.read_now(people.find, olga.actor, words)] == [anna.actor.id]
    assert db.read_now(people.find, olga.actor, "%") == []
    known = db.read_now(people.look, olga.actor, anna.actor.id)
    assert len(known.sessions) == 1
    assert db.write_now(people.end_sessions, olga.actor, anna.actor.id) == 1


# --- the record, and work that was given up -----------------------------------------------


def test_the_record_is_searched_a_page_at_a_time(
    house: House, anna: Person, olga: Person, oscar: Person
) -> None:
    db = house.db
    block = blocked(olga, anna.actor.id)
    db.write_now(blocks.lift, oscar.actor, block.id)
    about = db.read_now(operating.found, olga.actor, Wanted(about=block.id))
    assert [one.action for one in about.deeds] == ["block_lifted", "blocked"]
    by = Wanted(actor=olga.actor.id, action="blocked")
    assert len(db.read_now(operating.found, oscar.actor, by).deeds) == 1
    first = db.read_now(operating.found, olga.actor, Wanted(about=block.id), most=1)
    rest = db.read_now(operating.found, olga.actor, Wanted(about=block.id), first.before)
    assert [one.action for one in (*first.deeds, *rest.deeds)] == ["block_lifted", "blocked"]
    assert db.read_now(operating.record, olga.actor, check=True).broken is None
    assert db.read_now(operating.found, olga.actor, Wanted(until=house.clock())).deeds == []
    with pytest.raises(OperatorsOnly):
        db.read_now(operating.found, anna.actor, Wanted())


def test_a_dead_job_is_dropped_for_a_reason_that_stays(
    house: House, anna: Person, olga: Person
) -> None:
    db = house.db
    blocked(olga, anna.actor.id)
    (job,) = db.read_now(outbox.waiting, Letter)
    lease = db.write_now(outbox.claim, ["Letter"], 1)[0]
    assert isinstance(lease, Lease)
    db.write_now(outbox.fail, lease, "no such host", final=True)
    found = db.read_now(vitals.of_engine)
    assert found["jobs_dead"] == 1
    assert vitals.vital("jobs_dead", found["jobs_dead"]).light is Light.AMBER
    with pytest.raises(ReasonMissing):
        db.write_now(operating.drop, olga.actor, job.id, "  ")
    db.write_now(operating.drop, olga.actor, job.id, "That host is gone")
    assert db.read_now(outbox.backlog).dead == 0
    assert db.read_now(operating.found, olga.actor, Wanted(action="job_dropped")).deeds


def test_lights_go_by_the_limits() -> None:
    assert vitals.vital("disk_free", 0.5).light is Light.GREEN
    assert vitals.vital("disk_free", 0.09).light is Light.AMBER
    assert vitals.vital("disk_free", 0.04).light is Light.RED
    assert vitals.vital("jobs_waited", 601).light is Light.RED
    assert vitals.vital("backup_age", None).light is Light.GREEN
    assert vitals.worst([]) is Light.GREEN
