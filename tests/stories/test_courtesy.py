"""Somebody is rude: nothing is lost or stopped, the other side is spared, the operator decides."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shopbell.accounts import audit
from shopbell.accounts.refusals import OperatorsOnly
from shopbell.conversations import service as conversations
from shopbell.conversations.conduct import service
from shopbell.conversations.conduct.model import (
    Decide,
    Grievance,
    Matter,
    Outcome,
    Report,
    Reported,
)
from shopbell.conversations.conduct.refusals import (
    DecidedAlready,
    NoSuchComplaint,
    NotYoursToReport,
)
from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.refusals import NoSuchConversation, NoSuchEntry
from shopbell.conversations.turns import State
from shopbell.kernel.ids import new_id
from tests.support.house import Counter, House, Person

RUDE = "You are complete idiots, drop dead"
UPSET = "This is terrible! I am furious, it came broken for the second time!!"
RUDE_IN = {"en": RUDE, "ru": "Вы идиоты и твари, пошли вон", "zh": "你们这群白痴，去死吧"}


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "oleg"])


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


@pytest.fixture
def olga(house: House) -> Person:
    return house.operator()


def tones(person: Person, talk: ConversationId) -> list[str | None]:
    said = [one for one in person.events(talk) if one.type in {"message", "edit"}]
    return [msgspec.json.decode(one.data).get("tone") for one in said]


def queue(olga: Person) -> list[Matter]:
    return olga.house.db.read_now(service.queue, olga.actor).matters


def reports(person: Person, talk: ConversationId, seq: int, **more: Any) -> Reported:
    asked = Report(seq, more.pop("reason", Grievance.RUDE), **more)
    return person.house.db.write_now(service.report, person.actor, talk, asked)[0]


def status(person: Person, talk: ConversationId) -> list[tuple[int, Outcome | None]]:
    found = person.house.db.read_now(service.reported, person.actor, talk)
    return [(one.seq, one.outcome) for one in found]


def decides(olga: Person, matter: Matter, outcome: Outcome) -> None:
    asked = Decide(list(matter.complaints), outcome)
    olga.house.db.write_now(service.decide, olga.actor, asked)


@pytest.mark.parametrize("locale", RUDE_IN)
def test_abuse_is_kept_and_acknowledged_and_its_reader_is_spared(
    house: House, halo: Counter, anna: Person, locale: str
) -> None:
    talk = anna.begins(halo, None)
    cmid = new_id()
    sent = anna.says(talk, RUDE_IN[locale], cmid)
    assert anna.says(talk, RUDE_IN[locale], cmid) == msgspec.structs.replace(sent, replayed=True)
    assert halo.mei.reads(talk) == [RUDE_IN[locale]]
    assert tones(halo.mei, talk) == ["abusive"]
    seen = halo.mei.sees(talk)
    assert (seen.state, seen.unread) == (State.WAITING_SELLER, 0)
    assert seen.last is not None
    assert (seen.last.text, seen.last.tone) == ("", "abusive")
    own = anna.sees(talk).last
    assert own is not None
    assert (own.text, own.tone) == (RUDE_IN[locale], "abusive")


def test_who_is_upset_is_not_marked(house: House, halo: Counter, anna: Person) -> None:
    talk = anna.asks(halo, None, UPSET)
    halo.mei.answers(talk, "I am sorry to hear that. Please send us a photo.")
    assert tones(anna, talk) == [None, None]
    seen = halo.mei.sees(talk).last
    assert seen is not None
    assert "tone" not in msgspec.to_builtins(anna.sees(talk))["last"]


def test_a_shop_is_held_to_the_same_and_the_operator_to_none(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    talk = anna.asks(halo, None, "Where is my parcel?")
    halo.oleg.answers(talk, RUDE)
    for reader, text in ((anna, ""), (halo.mei, RUDE), (olga, RUDE)):
        seen = reader.sees(talk).last
        assert seen is not None
        assert seen.text == text
    olga.says(talk, "Nobody here is called an idiot. Not you idiots, either.")
    assert tones(anna, talk)[-1] is None


def test_a_correction_takes_the_abuse_back_or_brings_it(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.begins(halo, None)
    first = anna.says(talk, RUDE)
    anna.adds(Stream(talk), "edit", target=first.seq, text="Please answer me")
    seen = halo.mei.sees(talk).last
    assert seen is not None
    assert seen.text == "Please answer me"
    second = anna.says(talk, "Hello?")
    anna.adds(Stream(talk), "edit", target=second.seq, text=RUDE)
    assert tones(halo.mei, talk) == ["abusive", None, None, "abusive"]
    seen = halo.mei.sees(talk).last
    assert seen is not None
    assert seen.text == ""


def test_the_operator_is_called_when_it_happens_again_and_again(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    talk = anna.asks(halo, None, RUDE)
    again = anna.says(talk, RUDE)
    anna.adds(Stream(talk), "edit", target=again.seq, text=f"{RUDE}!")
    assert queue(olga) == []
    other = anna.asks(halo, halo.sells("lamp"), RUDE)
    found = queue(olga)
    assert [(one.conversation.id, one.author.id, one.times) for one in found] == [
        (talk, anna.actor.id, 3),
        (other, anna.actor.id, 3),
    ]
    assert [one.texts for one in found[0].offences] == [[RUDE], [RUDE, f"{RUDE}!"]]
    assert house.db.read_now(service.count, olga.actor) == 2


def test_what_was_long_ago_does_not_count(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    talk = anna.asks(halo, None, RUDE)
    anna.says(talk, RUDE)
    house.clock.passes(days=31)
    anna.asks(halo, halo.sells("lamp"), RUDE)
    assert queue(olga) == []


def test_a_report_reaches_the_operator_once_and_the_reporter_learns_what_came_of_it(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    talk = anna.asks(halo, None, "Is it heavy?")
    seq = halo.mei.answers(talk, "Pay me on another site, it is cheaper").seq
    first = reports(anna, talk, seq, reason=Grievance.SCAM, words="She wants money elsewhere")
    assert reports(anna, talk, seq, reason=Grievance.SPAM) == first
    assert status(anna, talk) == [(seq, None)]
    [matter] = queue(olga)
    assert (matter.author.id, matter.author.name, matter.times) == (halo.mei.actor.id, "Mei", 0)
    [offence] = matter.offences
    told = [(one.side, one.reason, one.words) for one in offence.told]
    assert told == [("buyer", Grievance.SCAM, "She wants money elsewhere")]

    before = anna.events(talk)[-1].seq
    for _twice in range(2):
        decides(olga, matter, Outcome.WARNED)
    assert [one.type for one in halo.mei.events(talk)][before:] == ["warned_seller"]
    assert status(anna, talk) == [(seq, Outcome.WARNED)]
    assert queue(olga) == []
    with pytest.raises(DecidedAlready):
        decides(olga, matter, Outcome.DISMISSED)
    deed = house.db.read_now(audit.newest, 1)[0]
    assert (deed.actor, deed.action) == (olga.actor.id, "conduct_warned")
    assert deed.facts == {"talk": talk, "person": halo.mei.actor.id, "messages": 1}


def test_what_was_dismissed_counts_no_more_and_leaves_no_line(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    talk = anna.asks(halo, None, RUDE)
    for _more in range(2):
        anna.says(talk, RUDE)
    [matter] = queue(olga)
    decides(olga, matter, Outcome.DISMISSED)
    anna.says(talk, RUDE)
    assert queue(olga) == []
    assert {one.type for one in anna.events(talk)} == {"subject", "message"}


def test_who_was_warned_and_goes_on_is_brought_at_once(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    talk = anna.asks(halo, None, RUDE)
    for _more in range(2):
        anna.says(talk, RUDE)
    decides(olga, queue(olga)[0], Outcome.WARNED)
    assert queue(olga) == []
    assert anna.events(talk)[-1].type == "warned_buyer"
    anna.says(talk, RUDE)
    [matter] = queue(olga)
    assert (matter.times, len(matter.offences)) == (4, 1)


def test_nobody_learns_who_reported(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    talk = anna.asks(halo, None, "You are slow")
    seq = anna.events(talk)[-1].seq
    reports(halo.mei, talk, seq)
    decides(olga, queue(olga)[0], Outcome.WARNED)
    assert status(anna, talk) == []
    assert status(halo.oleg, talk) == []
    line = anna.events(talk)[-1]
    assert (line.actor.side, line.actor.name, bytes(line.data)) == ("system", "", b"{}")


def test_only_messages_of_the_other_side_can_be_reported(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    talk = anna.asks(halo, None, "Hello")
    own = anna.events(talk)[-1].seq
    of_house = olga.says(talk, "We are here").seq
    for person, seq, refusal in (
        (anna, own, NotYoursToReport),
        (anna, of_house, NotYoursToReport),
        (olga, own, NotYoursToReport),
        (halo.mei, 1, NoSuchEntry),
        (halo.mei, 99, NoSuchEntry),
        (house.buyer("boris"), own, NoSuchConversation),
        (house.shop("nord", ["vera"]).vera, own, NoSuchConversation),
    ):
        with pytest.raises(refusal):
            reports(person, talk, seq)
    assert queue(olga) == []


def test_only_the_operator_sees_the_queue_and_decides(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    talk = anna.asks(halo, None, "Hello")
    reports(halo.mei, talk, anna.events(talk)[-1].seq)
    [matter] = queue(olga)
    for person in (anna, halo.mei):
        with pytest.raises(OperatorsOnly):
            queue(person)
        with pytest.raises(OperatorsOnly):
            decides(person, matter, Outcome.DISMISSED)
        with pytest.raises(OperatorsOnly):
            house.db.read_now(service.count, person.actor)
    assert status(halo.mei, talk) == [(2, None)]


def test_complaints_about_two_people_are_not_decided_as_one(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    talk = anna.asks(halo, None, "Hello")
    reports(anna, talk, halo.mei.answers(talk, "No").seq)
    reports(halo.mei, talk, 2)
    both: list[str] = [one for matter in queue(olga) for one in matter.complaints]
    for wrong in (both, [new_id()]):
        with pytest.raises(NoSuchComplaint):
            house.db.write_now(service.decide, olga.actor, Decide(wrong, Outcome.WARNED))
    assert len(queue(olga)) == 2


def test_what_came_meanwhile_is_not_decided_unseen(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    talk = anna.asks(halo, None, "Hello")
    reports(halo.mei, talk, 2)
    [seen] = queue(olga)
    later = anna.says(talk, "Hello again").seq
    reports(halo.mei, talk, later)
    decides(olga, seen, Outcome.DISMISSED)
    [left] = queue(olga)
    assert [one.seq for one in left.offences] == [later]


def test_many_press_report_and_decide_at_once(
    house: House, halo: Counter, anna: Person, olga: Person
) -> None:
    talk = anna.asks(halo, None, "Hello")
    with ThreadPoolExecutor(4) as many:
        done = list(many.map(lambda _n: reports(halo.mei, talk, 2), range(8)))
        assert len(set(done)) == 1
        [matter] = queue(olga)
        list(many.map(lambda _n: decides(olga, matter, Outcome.WARNED), range(4)))
    assert [one.type for one in anna.events(talk)].count("warned_buyer") == 1


def test_rude_words_wait_for_an_answer_as_any(house: House, halo: Counter, anna: Person) -> None:
    talk = anna.asks(halo, None, RUDE)
    assert halo.mei.sees(talk).due is not None
    rows = house.db.read_now(conversations.inbox, halo.mei.actor)[0]
    assert [(row.id, row.unread) for row in rows] == [(talk, 1)]
    house.passes(hours=timedelta(days=2).total_seconds() / 3600)
    assert anna.sees(talk).state is State.WAITING_OPERATOR
