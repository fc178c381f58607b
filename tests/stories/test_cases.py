"""Problems with a form and a workflow: what every kind of case does alike."""

from typing import Any

import pytest

from shopbell.cases import service
from shopbell.cases.commands import Act
from shopbell.cases.fields import FieldKind
from shopbell.cases.model import Party
from shopbell.cases.refusals import (
    CaseClosed,
    CaseMovedOn,
    CaseRunsAlready,
    DetailMalformed,
    DetailsUnknown,
    NoSuchCase,
)
from shopbell.commerce.model import OrderId
from shopbell.conversations import service as conversations
from shopbell.conversations.model import AttachmentId, Audience, Stream
from shopbell.conversations.refusals import CasesOpen, IdempotencyConflict
from shopbell.conversations.turns import State
from shopbell.kernel.flow import DetailsMissing, NoSuchMove, NotYourMove
from shopbell.kernel.ids import new_id
from tests.support.casework import acts, opens, photo, sees
from tests.support.house import House

CMID = "0123456789abcdef"


def test_a_question_is_asked_answered_and_settled_by_who_asked(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    lamp = halo.sells("lamp")

    asked = opens(anna, "question", lamp, question="Does it run on 220 V?", topic="specification")
    assert (asked.state, asked.waiting_on, asked.number) == ("asked", Party.SELLER, 1)
    assert [one.action for one in asked.actions] == ["cancel"]
    [answer] = sees(halo.mei, asked.id).actions
    assert (answer.action, answer.asks[0].kind) == ("answer", FieldKind.TEXT)

    answered = acts(halo.mei, asked.id, "answer", answer="Yes, 100 to 240 V.")
    assert (answered.state, answered.waiting_on) == ("answered", Party.BUYER)

    solved = acts(anna, asked.id, "solved")
    assert (solved.state, solved.due, solved.actions) == ("solved", None, [])
    assert [step.action for step in solved.steps] == ["open", "answer", "solved"]
    with pytest.raises(CaseClosed):
        acts(halo.mei, asked.id, "answer", answer="And 50 Hz.")


def test_what_a_case_has_shown_stays_though_words_that_showed_it_are_taken_back(
    house: House,
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    lamp = halo.sells("lamp")
    talk = anna.begins(halo, lamp)
    file = AttachmentId(photo(anna, talk))
    opens(anna, "question", lamp, question="Is it this one?", photos=[file])
    said = anna.adds(Stream(talk), "message", text="", attachments=[file])
    anna.adds(Stream(talk), "delete", target=said.seq)
    assert house.db.read_now(conversations.file, halo.mei.actor, file)[2] == "image/png"


def test_each_step_stands_in_the_thread_and_counts_as_having_spoken(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = opens(anna, "question", halo.sells("lamp"), question="220 V?")

    talk = asked.conversation
    assert anna.sees(talk).state == "waiting_seller"
    assert halo.mei.sees(talk).unread == 1
    acts(halo.mei, asked.id, "answer", answer="Yes.")
    assert anna.sees(talk).state == "waiting_buyer"
    assert [event.type for event in anna.events(talk)] == ["subject", "case", "case"]


def test_a_step_sent_twice_is_taken_once(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    lamp = halo.sells("lamp")
    first = opens(anna, "question", lamp, CMID, question="220 V?")
    again = opens(anna, "question", lamp, CMID, question="220 V?")
    assert first.id == again.id
    with pytest.raises(IdempotencyConflict):
        opens(anna, "question", lamp, CMID, question="110 V?")

    acts(halo.mei, first.id, "answer", CMID, answer="Yes.")
    assert len(acts(halo.mei, first.id, "answer", CMID, answer="Yes.").steps) == 2
    with pytest.raises(IdempotencyConflict):
        acts(halo.mei, first.id, "answer", CMID, answer="No.")


def test_what_is_missing_unknown_or_misshapen_is_refused_and_nothing_changes(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    lamp = halo.sells("lamp")
    with pytest.raises(DetailsMissing):
        opens(anna, "question", lamp)
    with pytest.raises(DetailMalformed):
        opens(anna, "question", lamp, question="220 V?", topic="weather")
    case = opens(anna, "question", lamp, question="220 V?")
    for given, refusal in (
        ({}, DetailsMissing),
        ({"answer": "Yes.", "discount": 5}, DetailsUnknown),
        ({"answer": "x" * 1_001}, DetailMalformed),
        ({"answer": 7}, DetailMalformed),
    ):
        with pytest.raises(refusal):
            acts(halo.mei, case.id, "answer", **dict[str, Any](given))
    assert sees(anna, case.id) == case


def test_out_of_turn_out_of_state_and_out_of_date_are_refused(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = opens(anna, "question", halo.sells("lamp"), question="220 V?")
    with pytest.raises(NotYourMove):
        acts(anna, case.id, "answer", answer="Yes, I think.")
    with pytest.raises(NoSuchMove):
        acts(anna, case.id, "solved")
    acts(halo.mei, case.id, "answer", answer="Yes.")
    late = Act(new_id(), "solved", {}, version=case.version)
    with pytest.raises(CaseMovedOn):
        house.db.write_now(service.act, anna.actor, case.id, late)


def test_other_buyers_and_other_shops_do_not_know_of_it(house: House) -> None:
    halo, nord = house.shop("halo"), house.shop("nord", staff=["oleg"])
    anna, ben = house.buyer("anna"), house.buyer("ben")
    case = opens(anna, "question", halo.sells("lamp"), question="220 V?")
    for stranger in (ben, nord.oleg):
        with pytest.raises(NoSuchCase):
            sees(stranger, case.id)
        with pytest.raises(NoSuchCase):
            acts(stranger, case.id, "cancel")
        assert house.db.read_now(service.cases, stranger.actor).items == []
    assert [one.id for one in house.db.read_now(service.cases, halo.mei.actor).items] == [case.id]
    nobody = OrderId("×")  # no id at all
    assert house.db.read_now(service.cases, halo.mei.actor, order=nobody).items == []


def test_a_silent_shop_is_warned_and_then_the_operator_is_called(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = opens(anna, "question", halo.sells("lamp"), question="220 V?")
    assert case.due is not None
    house.passes(hours=12.1)
    house.passes(hours=10)
    notes = house.db.read_now(
        conversations.page, halo.mei.actor, Stream(case.conversation, Audience.NOTES)
    )
    assert [event.type for event in notes.events] == ["case", "case"]

    house.passes(hours=2)
    called = sees(anna, case.id)
    assert called.escalated_at is not None
    [one] = house.db.read_now(service.cases, house.operator().actor, called=True).items
    assert one.id == case.id
    assert acts(halo.mei, case.id, "answer", answer="Yes.").escalated_at is None


def test_the_shop_cannot_settle_a_conversation_over_an_open_case(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = opens(anna, "question", halo.sells("lamp"), question="220 V?")
    acts(halo.mei, case.id, "answer", answer="Yes.")
    assert halo.mei.sees(case.conversation).actions == []
    with pytest.raises(CasesOpen):
        halo.mei.does(case.conversation, "resolve")
    acts(anna, case.id, "solved")
    assert halo.mei.sees(case.conversation).actions == ["resolve"]


def test_nor_does_the_operator_who_was_called(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    case = opens(anna, "question", halo.sells("lamp"), question="220 V?")
    talk = case.conversation
    anna.says(talk, "Is anybody there?")
    house.passes(days=3)
    assert olga.sees(talk).state is State.WAITING_OPERATOR
    assert olga.sees(talk).actions == []
    with pytest.raises(CasesOpen):
        olga.does(talk, "resolve")
    acts(anna, case.id, "cancel")
    olga.does(talk, "resolve")
    assert anna.sees(talk).state is State.RESOLVED


def test_one_case_of_a_kind_runs_at_a_time_in_a_conversation(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    lamp = halo.sells("lamp")
    first = opens(anna, "question", lamp, question="220 V?")
    with pytest.raises(CaseRunsAlready):
        opens(anna, "question", lamp, question="And the plug?")
    acts(anna, first.id, "cancel")
    assert opens(anna, "question", lamp, question="And the plug?").number == 2
