"""What was asked before everybody is seen to be so, and is answered for everybody in one go."""

import pytest

from shopbell.conversations.model import ConversationId, Stream
from shopbell.knowledge.answers import asking, publishing
from shopbell.knowledge.answers.commands import ProveAnswer
from shopbell.knowledge.answers.model import Posed, Proof, Waiting
from shopbell.knowledge.answers.refusals import (
    NoSuchQuestion,
    OnlyTheShopAnswers,
    QuestionAnswered,
    QuestionWithdrawn,
)
from shopbell.web.pages.answer_form import sheet_proposed
from tests.stories.test_answers import asks, publishes, replies, said
from tests.support.house import House, Person


def posed(seller: Person, talk: ConversationId) -> list[Posed]:
    """Look at which messages of a thread were asked in public."""
    return seller.house.db.read_now(asking.posed, seller.actor, talk)


def proves(seller: Person, asked: Waiting, words: str) -> Proof:
    """See what everybody would read of an answer, before it is sent."""
    return seller.house.db.read_now(asking.prove, seller.actor, asked.id, ProveAnswer(words))


# --- answering before everybody, at the desk ----------------------------------------------


def test_the_shop_sees_what_was_asked_in_public_and_what_became_of_it(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    heavy, blue = asks(anna, teapot, "How heavy is it?"), asks(anna, teapot, "Is it blue?")
    anna.says(heavy.conversation, "And between us: can I have it cheaper?")

    assert [(one.id, one.seq, one.done) for one in posed(halo.mei, heavy.conversation)] == [
        (blue.id, blue.seq, False),
        (heavy.id, heavy.seq, False),
    ]
    answer = replies(halo.mei, heavy, "1.2 kg")
    house.db.write_now(asking.set_aside, halo.mei.actor, blue.id)
    assert [(one.id, one.done, one.answer) for one in posed(halo.mei, heavy.conversation)] == [
        (blue.id, True, None),
        (heavy.id, True, answer.id),
    ]
    with pytest.raises(OnlyTheShopAnswers):
        posed(anna, heavy.conversation)


def test_what_everybody_would_read_is_shown_before_it_is_sent_and_is_what_they_read(
    house: House,
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    asked = asks(anna, teapot, "How heavy is it?")
    words = "Hello Anna, 1.2 kg. Call me on +49 30 901820 if you like."

    proof = proves(halo.mei, asked, words)
    assert proof.question == "How heavy is it?"
    assert "Anna" not in proof.answer
    assert "901820" not in proof.answer
    assert anna.reads(asked.conversation) == ["How heavy is it?"], "nothing was sent"

    answer = replies(halo.mei, asked, words)
    assert (answer.question, answer.answer) == (proof.question, proof.answer)
    assert said(house, teapot) == [proof.answer]
    with pytest.raises(QuestionAnswered):
        proves(halo.mei, asked, words)


def test_an_answer_is_shown_beforehand_to_its_shop_alone(house: House) -> None:
    halo, nord, anna = house.shop("halo"), house.shop("nord", ["nina"]), house.buyer("anna")
    asked = asks(anna, halo.sells("teapot"), "How heavy is it?")
    for other in (nord.nina, anna, house.operator()):
        with pytest.raises(NoSuchQuestion):
            proves(other, asked, "1.2 kg")
    anna.adds(Stream(asked.conversation), "delete", target=asked.seq)
    with pytest.raises(QuestionWithdrawn):
        proves(halo.mei, asked, "1.2 kg")


def test_of_several_public_questions_the_team_says_which_one_is_answered(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    heavy, blue = asks(anna, teapot, "How heavy is it?"), asks(anna, teapot, "Is it blue?")
    sent = halo.mei.answers(heavy.conversation, "1.2 kg")

    proposed = house.db.read_now(publishing.propose, halo.mei.actor, heavy.conversation, sent.seq)
    assert [one.id for one in proposed.waiting] == [blue.id, heavy.id], "the newest is likeliest"
    assert proposed.asked == blue.id

    answer = publishes(
        halo.mei, heavy.conversation, sent.seq, question=heavy.question, asked=heavy.id
    )
    assert answer.question == "How heavy is it?"
    assert [one.answer for one in posed(halo.mei, heavy.conversation)] == [None, answer.id]

    again = halo.mei.answers(heavy.conversation, "It is.")
    with pytest.raises(NoSuchQuestion):
        publishes(halo.mei, heavy.conversation, again.seq, asked=heavy.id)


def test_an_answer_to_something_else_is_taken_for_none_of_those_that_wait(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = asks(anna, halo.sells("teapot"), "How heavy is it?")
    halo.mei.answers(asked.conversation, "One moment.")
    anna.says(asked.conversation, "And do you wrap gifts?")
    sent = halo.mei.answers(asked.conversation, "We do.")
    proposed = house.db.read_now(publishing.propose, halo.mei.actor, asked.conversation, sent.seq)
    assert [one.id for one in proposed.waiting] == [asked.id]
    assert sheet_proposed(proposed).asked == ""
    publishes(halo.mei, asked.conversation, sent.seq, question="Do you wrap gifts?")
    assert [one.done for one in posed(halo.mei, asked.conversation)] == [False]


# --- where somebody lives is nobody's business --------------------------------------------


@pytest.mark.parametrize(
    ("words", "home"),
    [
        ("Do you deliver to 221B Baker Street, London NW1 6XE?", "Baker"),
        ("Доставите на ул. Ленина, д. 5, кв. 12?", "Ленина"),
        ("能送到北京市朝阳区建国路88号502室吗？", "建国路"),
    ],
)
def test_where_a_buyer_lives_is_covered_before_everybody_and_kept_in_the_thread(
    house: House, words: str, home: str
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    asked = asks(anna, teapot, words)
    assert home not in asked.question
    assert halo.mei.reads(asked.conversation) == [words]

    assert home not in proves(halo.mei, asked, "We do.").question
    answer = replies(halo.mei, asked, "We do. We are at 5 Market Street, Berlin.")
    assert home not in answer.question
    assert "5 Market Street" in answer.answer, "where the shop is may be said"

    anna.says(asked.conversation, words)
    told = halo.mei.answers(asked.conversation, f"Yes. {words}")
    proposed = house.db.read_now(publishing.propose, halo.mei.actor, asked.conversation, told.seq)
    assert home not in proposed.question + proposed.answer


@pytest.mark.parametrize(
    ("asked_for", "told", "home"),
    [
        ("Доставите на ул. Ленина, д. 5?", "Да, привезём на ул. Ленина, д. 5.", "Ленина"),
        ("Can you deliver?", "Yes, to 12 Oak Avenue, apt 4.", "Oak"),
        ("能送到建国路88号吗？", "可以，送到建国路88号。", "建国路"),
    ],
)
def test_a_home_is_not_shown_to_everybody_by_the_shop_either(
    house: House, asked_for: str, told: str, home: str
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = asks(anna, halo.sells("teapot"), asked_for)
    assert home not in proves(halo.mei, asked, told).answer
    assert home not in replies(halo.mei, asked, told).answer
    assert halo.mei.reads(asked.conversation)[-1] == told
    sent = halo.mei.answers(asked.conversation, told)
    published = publishes(halo.mei, asked.conversation, sent.seq, question="Where?", answer=told)
    assert home not in published.answer
