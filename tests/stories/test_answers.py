"""What was answered once is there for everybody, and nothing that is somebody's own."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shopbell.accounts.refusals import OperatorsOnly, TooManyTries
from shopbell.commerce.model import Product
from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.refusals import NoSuchConversation, NotSellersToOpen, OnlyBuyersAsk
from shopbell.conversations.turns import State
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers import asking, moderating, publishing, service, writing
from shopbell.knowledge.answers.commands import (
    AnswerReport,
    AskInPublic,
    HideAnswer,
    PublishAnswer,
    PutAnswer,
    ReplyInPublic,
)
from shopbell.knowledge.answers.model import Answer, Asked, Leaf, Proposed, Source, Waiting
from shopbell.knowledge.answers.refusals import (
    FaqFull,
    NoSuchAnswer,
    NoSuchQuestion,
    NothingToPublish,
    NotOfThisShop,
    OnlyBuyersVote,
    OnlyTheShopAnswers,
    QuestionAnswered,
    QuestionWithdrawn,
    VariantNotSold,
    WordsEmpty,
    WordsHurt,
)
from tests.support.house import Counter, House, Person


def asks(
    buyer: Person, product: Product, words: str, cmid: str = "", locale: Locale = "en"
) -> Waiting:
    """Ask on a product's page."""
    asked = AskInPublic(cmid=cmid or new_id(), question=words)
    waits = buyer.house.db.write_now(asking.ask, buyer.actor, product.id, asked, locale)
    assert waits is not None
    return waits


def replies(seller: Person, asked: Waiting, words: str, cmid: str = "") -> Answer:
    """Answer a public question."""
    given = ReplyInPublic(cmid=cmid or new_id(), answer=words)
    return seller.house.db.write_now(asking.reply, seller.actor, asked.id, given)


def waits(seller: Person, counter: Counter) -> list[Asked]:
    """Look at what waits for a shop to be answered in public."""
    return seller.house.db.read_now(asking.waiting, seller.actor, counter.shop.id)


def shown(house: House, product: Product, **asked: Any) -> Leaf:
    """Look at what everybody can read on a product's page."""
    return house.db.read_now(service.shown, product.id, **asked)


def said(house: House, product: Product, **asked: Any) -> list[str]:
    return [one.answer for one in shown(house, product, **asked).items]


def writes(seller: Person, counter: Counter, question: str, answer: str, **more: Any) -> Answer:
    """Write an entry of the shop's FAQ."""
    named = more.pop("id", None) or new_id()
    entry = PutAnswer(question=question, answer=answer, **{"locale": "en", **more})
    return seller.house.db.write_now(writing.put, seller.actor, counter.shop.id, named, entry)


def proposes(seller: Person, talk: ConversationId, seq: int) -> Proposed:
    return seller.house.db.read_now(publishing.propose, seller.actor, talk, seq)


def publishes(seller: Person, talk: ConversationId, seq: int, **words: Any) -> Answer:
    """Put an answer of a thread on the pages, as proposed if not in other words."""
    proposed = proposes(seller, talk, seq)
    given = {"question": proposed.question, "answer": proposed.answer, **words}
    asked = msgspec.convert(given, PublishAnswer)
    return seller.house.db.write_now(publishing.publish, seller.actor, talk, seq, asked)


def votes(person: Person, answer: Answer, *, helped: bool) -> None:
    person.house.db.write_now(service.tally, person.actor, answer.id, helped=helped)


def hides(operator: Person, answer: Answer, reason: str = "An insult") -> None:
    hidden = HideAnswer(reason)
    operator.house.db.write_now(moderating.hide, operator.actor, answer.id, hidden)


# --- asking before everybody --------------------------------------------------------------


def test_a_public_question_is_a_message_first_and_everybodys_once_answered(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    asked = asks(anna, teapot, "How heavy is the teapot?")

    talk = asked.conversation
    assert anna.reads(talk) == ["How heavy is the teapot?"]
    assert halo.mei.sees(talk).state is State.WAITING_SELLER
    assert halo.mei.sees(talk).due is not None
    assert said(house, teapot) == []
    assert [one.waiting for one in waits(halo.mei, halo)] == [asked]
    assert house.db.read_now(asking.mine, anna.actor, teapot.id) == [asked]
    assert house.db.read_now(asking.mine, house.buyer("boris").actor, teapot.id) == []
    assert house.db.read_now(asking.mine, None, teapot.id) == []

    answer = replies(halo.mei, asked, "1.2 kg with its lid.")
    assert anna.reads(talk) == ["How heavy is the teapot?", "1.2 kg with its lid."]
    assert anna.sees(talk).state is State.WAITING_BUYER
    assert shown(house, teapot).items == [answer]
    assert (answer.question, answer.source) == ("How heavy is the teapot?", Source.QUESTION)
    assert waits(halo.mei, halo) == []
    assert house.db.read_now(asking.mine, anna.actor, teapot.id) == []


def test_an_answer_in_the_thread_becomes_the_public_questions(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    asked = asks(anna, teapot, "Does it drip?")
    reply = halo.mei.answers(asked.conversation, "Never.")

    answer = publishes(halo.mei, asked.conversation, reply.seq)
    assert (answer.question, answer.answer) == ("Does it drip?", "Never.")
    assert answer.source is Source.QUESTION
    assert waits(halo.mei, halo) == []


def test_each_public_question_waits_for_its_own_answer(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    heavy, blue = asks(anna, teapot, "How heavy is it?"), asks(anna, teapot, "Is it blue?")

    answer = replies(halo.mei, heavy, "1.2 kg")
    assert (answer.question, answer.source) == ("How heavy is it?", Source.QUESTION)
    assert [one.waiting for one in waits(halo.mei, halo)] == [blue]

    asked = anna.says(blue.conversation, "And where is it made?")
    made = halo.mei.answers(blue.conversation, "In Jingdezhen.")
    anna.says(blue.conversation, "Thank you")
    asks(anna, teapot, "Does it drip?")
    thanked = halo.mei.answers(blue.conversation, "Never.")
    assert asked.seq < made.seq < thanked.seq
    answer = publishes(halo.mei, blue.conversation, made.seq)
    assert (answer.question, answer.source) == ("And where is it made?", Source.THREAD)
    assert [one.waiting.question for one in waits(halo.mei, halo)] == [
        "Is it blue?",
        "Does it drip?",
    ]


def test_an_insult_is_no_public_question_and_no_answer(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    rude = AskInPublic(cmid=new_id(), question="Are you stupid scammers?")
    for _ in range(2):
        assert house.db.write_now(asking.ask, anna.actor, teapot.id, rude, "en") is None
    talk = anna.begins(halo, teapot)
    assert anna.reads(talk) == ["Are you stupid scammers?"]
    assert waits(halo.mei, halo) == []

    reply = halo.mei.answers(talk, "1.2 kg")
    assert proposes(halo.mei, talk, reply.seq).question == ""
    with pytest.raises(WordsHurt):
        publishes(halo.mei, talk, reply.seq, question="Are you stupid scammers?")
    asked = asks(anna, teapot, "Is it blue?")
    with pytest.raises(WordsHurt):
        replies(halo.mei, asked, "You idiot, of course.")
    assert [one.waiting for one in waits(halo.mei, halo)] == [asked]
    assert said(house, teapot) == []


def test_a_question_set_aside_stays_in_its_conversation_alone(house: House) -> None:
    halo, sota, anna = house.shop("halo"), house.shop("sota", staff=["vera"]), house.buyer("anna")
    teapot = halo.sells("teapot")
    asked = asks(anna, teapot, "Is it blue?")
    for other in (sota.vera, anna, house.operator()):
        with pytest.raises(NoSuchQuestion):
            house.db.write_now(asking.set_aside, other.actor, asked.id)
    assert [one.waiting for one in waits(halo.mei, halo)] == [asked]

    for _ in range(2):
        house.db.write_now(asking.set_aside, halo.mei.actor, asked.id)
    assert waits(halo.mei, halo) == []
    assert anna.reads(asked.conversation) == ["Is it blue?"]
    assert said(house, teapot) == []


def test_what_is_said_in_the_readers_language_comes_first(house: House) -> None:
    halo = house.shop("halo")
    teapot = halo.sells("teapot")
    for question, answer, locale in (
        ("Сколько весит?", "1,2 кг", "ru"),
        ("How heavy?", "1.2 kg", "en"),
        ("多重？", "1.2 公斤", "zh"),
    ):
        writes(halo.mei, halo, question, answer, locale=locale, product=teapot.id)
    for reader, first in (("ru", "1,2 кг"), ("en", "1.2 kg"), ("zh", "1.2 公斤")):
        assert said(house, teapot, reader=reader)[0] == first


def test_asked_or_answered_again_it_is_said_once(house: House) -> None:
    halo, anna = house.shop("halo", staff=["mei", "lin"]), house.buyer("anna")
    teapot = halo.sells("teapot")
    cmid = new_id()
    asked = asks(anna, teapot, "Is it blue?", cmid)
    assert asks(anna, teapot, "Is it blue?", cmid) == asked
    reply = new_id()
    answer = replies(halo.mei, asked, "As the sea.", reply)
    assert replies(halo.mei, asked, "As the sea.", reply) == answer
    with pytest.raises(QuestionAnswered):
        replies(halo.lin, asked, "No, green.")
    assert anna.reads(asked.conversation) == ["Is it blue?", "As the sea."]
    assert shown(house, teapot).total == 1


def test_a_question_taken_back_waits_no_more(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    asked = asks(anna, teapot, "Is it blue?")
    anna.adds(Stream(asked.conversation), "delete", target=asked.seq)

    assert waits(halo.mei, halo) == []
    assert house.db.read_now(asking.mine, anna.actor, teapot.id) == []
    with pytest.raises(QuestionWithdrawn):
        replies(halo.mei, asked, "As the sea.")
    assert said(house, teapot) == []


def test_a_question_is_answered_in_public_as_it_reads_now(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    asked = asks(anna, teapot, "Is it safe for my son who has HIV?")
    anna.adds(
        Stream(asked.conversation), "edit", target=asked.seq, text="Is it safe? 8 916 123-45-67"
    )

    kept = [one.question for one in house.db.read_now(asking.mine, anna.actor, teapot.id)]
    kept += [one.waiting.question for one in waits(halo.mei, halo)]
    said_there = halo.mei.answers(asked.conversation, "It is.")
    kept.append(proposes(halo.mei, asked.conversation, said_there.seq).question)
    kept.append(replies(halo.mei, asked, "It is safe.").question)
    assert len(kept) == 4
    for words in kept:
        assert words.startswith("Is it safe? ")
        assert "123" not in words
        assert "HIV" not in words


def test_a_question_that_says_nothing_any_more_hides_none_that_waits(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    teapot = halo.sells("teapot")
    asked = asks(anna, teapot, "Is it blue?")
    other = asks(boris, teapot, "Is it round?")
    anna.adds(Stream(asked.conversation), "edit", target=asked.seq, text="!!")

    assert [one.waiting.id for one in waits(halo.mei, halo)] == [other.id]
    assert house.db.read_now(asking.mine, anna.actor, teapot.id) == []


def test_questions_taken_back_hide_none_that_waits(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "WAITING_MOST", 2)
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    for number in range(2):
        gone = asks(anna, teapot, f"Is it blue, or {number}?")
        anna.adds(Stream(gone.conversation), "delete", target=gone.seq)
    stays = asks(anna, teapot, "How heavy is it?")
    assert [one.waiting.id for one in waits(halo.mei, halo)] == [stays.id]


def test_only_buyers_ask_and_not_without_end(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    for nobody, refusal in ((halo.mei, NotSellersToOpen), (house.operator(), OnlyBuyersAsk)):
        with pytest.raises(refusal):
            asks(nobody, teapot, "Is it blue?")
    for _ in range(asking.ASKED.tries):
        asks(anna, teapot, "Is it blue?")
    with pytest.raises(TooManyTries):
        asks(anna, teapot, "Is it blue?")
    assert len(anna.reads(anna.begins(halo, teapot))) == asking.ASKED.tries
    asks(house.buyer("boris"), teapot, "Is it blue?")


# --- publishing ---------------------------------------------------------------------------


def test_what_is_published_is_nobodys_own(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna.lind")
    teapot = halo.sells("teapot")
    talk = anna.asks(halo, teapot, "I am Anna.Lind, order 2026-51873: how heavy? +49 151 23456789")
    reply = halo.mei.answers(
        talk, "Hello Anna.Lind, 1.2 kg. Parcel RB123456785CN, mail a@b.example.com"
    )

    answer = publishes(halo.mei, talk, reply.seq)
    everything = f"{answer.question} {answer.answer}"
    for own in ("Anna", "51873", "151", "RB12", "@", "example"):
        assert own not in everything, own
    assert "how heavy?" in answer.question
    assert answer.answer.startswith("Hello, 1.2 kg.")
    again = halo.mei.answers(talk, "And one thing more")
    edited = publishes(halo.mei, talk, again.seq, answer="Call 8 (912) 345-67-89")
    assert "345" not in edited.answer


def test_a_page_of_the_marketplace_may_be_named_in_public(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, halo.sells("teapot"), "How do I descale it?")
    page = "http://127.0.0.1:8400/p/7"
    reply = halo.mei.answers(talk, f"See {page}, not tea.example.com")
    assert proposes(halo.mei, talk, reply.seq).answer == f"See {page}, not •••"
    assert publishes(halo.mei, talk, reply.seq).answer == f"See {page}, not •••"


def test_an_answer_is_published_once_and_as_it_reads_now(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    talk = anna.asks(halo, teapot, "How heavy")
    anna.says(talk, "is it with the lid?")
    reply = halo.mei.answers(talk, "1.2 gk")
    halo.mei.adds(Stream(talk), "edit", target=reply.seq, text="1.2 kg")

    proposed = proposes(halo.mei, talk, reply.seq)
    assert (proposed.question, proposed.answer) == ("How heavy\nis it with the lid?", "1.2 kg")
    assert (proposed.product, proposed.published) == (teapot.id, None)
    answer = publishes(halo.mei, talk, reply.seq, question="How heavy is it?")
    assert publishes(halo.mei, talk, reply.seq, question="Another?") == answer
    assert proposes(halo.mei, talk, reply.seq).published == answer.id
    assert (answer.source, shown(house, teapot).total) == (Source.THREAD, 1)


def test_only_the_shops_own_words_are_published_and_only_by_its_team(house: House) -> None:
    halo, sota = house.shop("halo"), house.shop("sota", staff=["vera"])
    anna = house.buyer("anna")
    teapot = halo.sells("teapot")
    talk = anna.asks(halo, teapot, "How heavy?")
    reply = halo.mei.answers(talk, "1.2 kg")
    gone = halo.mei.answers(talk, "or 1.3?")
    halo.mei.adds(Stream(talk), "delete", target=gone.seq)

    for seq in (reply.seq - 1, gone.seq, 99):
        with pytest.raises(NothingToPublish):
            proposes(halo.mei, talk, seq)
    with pytest.raises(NoSuchConversation):
        publishes(sota.vera, talk, reply.seq)
    for other in (anna, house.operator()):
        with pytest.raises(OnlyTheShopAnswers):
            publishes(other, talk, reply.seq)
    with pytest.raises(VariantNotSold):
        publishes(halo.mei, talk, reply.seq, variant=new_id())
    assert said(house, teapot) == []


def test_what_was_said_about_an_order_stands_at_its_product(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    talk = anna.asks(halo, halo.ships_to(anna, teapot), "May it go into the oven?")
    about_order = publishes(halo.mei, talk, halo.mei.answers(talk, "No, please.").seq)
    talk = anna.asks(halo, None, "Are you open on Sunday?")
    about_shop = publishes(halo.mei, talk, halo.mei.answers(talk, "We are.").seq)

    assert (about_order.product, about_shop.product) == (teapot.id, None)
    assert set(said(house, teapot)) == {"No, please.", "We are."}


# --- what everybody reads -----------------------------------------------------------------


def test_the_faq_of_a_shop_is_known_at_all_its_products_while_it_is_valid(house: House) -> None:
    halo, sota = house.shop("halo"), house.shop("sota", staff=["vera"])
    teapot, cup = halo.sells("teapot"), halo.sells("cup")
    book = sota.sells("book")
    writes(halo.mei, halo, "Do you wrap gifts?", "Yes.")
    writes(halo.mei, halo, "Is it blue?", "It is.", product=teapot.id)
    soon = house.clock() + timedelta(hours=1)
    writes(halo.mei, halo, "Is there a sale?", "Today.", valid_until=soon)

    assert set(said(house, teapot)) == {"Yes.", "It is.", "Today."}
    assert set(said(house, cup)) == {"Yes.", "Today."}
    assert said(house, book) == []
    house.passes(hours=2)
    assert set(said(house, teapot)) == {"Yes.", "It is."}
    known = house.db.read_now(service.known, halo.shop.id, None)
    assert [one.answer for one in known] == ["Yes."]


def test_an_entry_is_written_anew_and_taken_away_by_its_shop_alone(house: House) -> None:
    halo, sota = house.shop("halo"), house.shop("sota", staff=["vera"])
    anna, teapot, book = house.buyer("anna"), halo.sells("teapot"), sota.sells("book")
    entry = writes(halo.mei, halo, "Is it blue?", "It is.", product=teapot.id)
    votes(anna, entry, helped=True)
    again = writes(halo.mei, halo, "Is it blue?", "Sky blue.", product=teapot.id, id=entry.id)

    assert [(one.answer, one.helped) for one in shown(house, teapot).items] == [("Sky blue.", 1)]
    assert again.published_at == entry.published_at
    with pytest.raises(NoSuchAnswer):
        writes(sota.vera, sota, "Is it blue?", "Red!", id=entry.id)
    with pytest.raises(OnlyTheShopAnswers):
        writes(sota.vera, halo, "Is it blue?", "Red!")
    with pytest.raises(NotOfThisShop):
        writes(halo.mei, halo, "Is it blue?", "Red!", product=book.id)
    with pytest.raises(NoSuchAnswer):
        house.db.write_now(writing.remove, sota.vera.actor, sota.shop.id, entry.id)
    with pytest.raises(OnlyTheShopAnswers):
        house.db.read_now(writing.of_shop, sota.vera.actor, halo.shop.id)
    with pytest.raises(WordsEmpty):
        writes(halo.mei, halo, "Is it blue?", " , ")
    for _ in range(2):
        house.db.write_now(writing.remove, halo.mei.actor, halo.shop.id, entry.id)
    assert said(house, teapot) == []


def test_what_was_taken_away_stays_away_whatever_is_sent_again(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    teapot = halo.sells("teapot")
    entry = writes(halo.mei, halo, "Is it blue?", "It is.", product=teapot.id)
    asked = asks(anna, teapot, "How heavy is it?")
    cmid = new_id()
    given = replies(halo.mei, asked, "1.2 kg", cmid)
    for gone in (entry, given):
        house.db.write_now(writing.remove, halo.mei.actor, halo.shop.id, gone.id)

    with pytest.raises(NoSuchAnswer):
        writes(halo.mei, halo, "Is it blue?", "It is.", product=teapot.id, id=entry.id)
    with pytest.raises(NoSuchAnswer):
        replies(halo.mei, asked, "1.2 kg", cmid)
    with pytest.raises(NoSuchAnswer):
        hides(olga, entry)
    assert said(house, teapot) == []
    assert house.db.read_now(writing.of_shop, halo.mei.actor, halo.shop.id) == []


def test_a_faq_has_an_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "FAQ_MOST", 2)
    halo = house.shop("halo")
    first = writes(halo.mei, halo, "Is it blue?", "It is.")
    writes(halo.mei, halo, "Is it green?", "No.")
    with pytest.raises(FaqFull):
        writes(halo.mei, halo, "Is it red?", "No.")
    writes(halo.mei, halo, "Is it blue?", "Very.", id=first.id)
    house.db.write_now(writing.remove, halo.mei.actor, halo.shop.id, first.id)
    writes(halo.mei, halo, "Is it red?", "No.")


def test_what_helped_most_comes_first_or_what_is_newest(house: House) -> None:
    halo = house.shop("halo")
    teapot = halo.sells("teapot")
    good, bad, new = (
        writes(halo.mei, halo, f"Question {name}?", name, product=teapot.id)
        for name in ("good", "bad", "new")
    )
    votes(house.buyer("anna"), good, helped=True)
    votes(house.buyer("boris"), bad, helped=False)

    assert said(house, teapot) == ["good", "new", "bad"]
    assert said(house, teapot, order="newest") == ["new", "bad", "good"]
    leaf = shown(house, teapot, limit=2)
    assert (len(leaf.items), leaf.total, leaf.next) == (2, 3, 2)
    rest = shown(house, teapot, limit=2, after=2)
    assert ([one.answer for one in rest.items], rest.next) == (["bad"], None)
    assert new.helped == 0


FOUND = {
    "teapot": "en",
    "TEAPOTS": "en",
    "чайника": "ru",
    "чайник": "ru",
    "茶": "zh",
    "微波炉": "zh",
}


@pytest.mark.parametrize("words", FOUND)
def test_answers_are_found_by_their_words_in_each_language(house: House, words: str) -> None:
    halo = house.shop("halo")
    teapot = halo.sells("teapot")
    writes(halo.mei, halo, "How big is the teapot?", "en", product=teapot.id)
    writes(halo.mei, halo, "Какого цвета чайник?", "ru", product=teapot.id, locale="ru")
    writes(halo.mei, halo, "茶壶可以进微波炉吗？", "zh", product=teapot.id, locale="zh")

    assert said(house, teapot, words=words) == [FOUND[words]]
    assert said(house, teapot, words=f"{words} kingfisher") == []


# --- what people say of it ----------------------------------------------------------------


def test_a_person_counts_once_and_may_change_their_mind(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    teapot = halo.sells("teapot")
    entry = writes(halo.mei, halo, "Is it blue?", "It is.", product=teapot.id)

    def counted() -> tuple[int, int]:
        [one] = shown(house, teapot).items
        return one.helped, one.misled

    votes(anna, entry, helped=True)
    votes(anna, entry, helped=True)
    votes(boris, entry, helped=True)
    assert counted() == (2, 0)
    votes(boris, entry, helped=False)
    assert counted() == (1, 1)
    assert house.db.read_now(service.opinions, boris.actor, [entry.id]) == {entry.id: False}
    for nobody in (halo.mei, house.operator()):
        with pytest.raises(OnlyBuyersVote):
            votes(nobody, entry, helped=True)
    for tried in range(service.VOTES.tries - 2):
        votes(boris, entry, helped=bool((tried + 1) % 2))
    with pytest.raises(TooManyTries):
        votes(boris, entry, helped=True)


def test_the_operator_hides_what_was_reported_and_the_shop_reads_why(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    teapot = halo.sells("teapot")
    entry = writes(halo.mei, halo, "Is it blue?", "Are you blind?", product=teapot.id)
    told, why = AnswerReport("rude, call +44 7700 900123"), "rude, call •••"
    for _ in range(2):
        house.db.write_now(service.report, anna.actor, entry.id, told)
    [doubted] = house.db.read_now(moderating.doubted, olga.actor)
    assert (doubted.answer.id, doubted.reports, doubted.reasons) == (entry.id, 1, [why])

    [kept] = house.db.read_now(writing.of_shop, halo.mei.actor, halo.shop.id)
    one = house.db.read_now(writing.one, halo.mei.actor, halo.shop.id, entry.id)
    for theirs in (kept, one):
        assert (theirs.reports, theirs.reasons) == (0, []), "a report is no letter to the shop"

    hides(olga, entry, "Please stay polite")
    assert said(house, teapot) == []
    [kept] = house.db.read_now(writing.of_shop, halo.mei.actor, halo.shop.id)
    assert kept.hidden == "Please stay polite"
    with pytest.raises(NoSuchAnswer):
        votes(anna, entry, helped=True)
    writes(halo.mei, halo, "Is it blue?", "It is!", product=teapot.id, id=entry.id)
    assert said(house, teapot) == []

    house.db.write_now(moderating.clear, olga.actor, entry.id)
    assert said(house, teapot) == ["It is!"]
    assert house.db.read_now(moderating.doubted, olga.actor) == []
    for other in (anna, halo.mei):
        with pytest.raises(OperatorsOnly):
            hides(other, entry)
        with pytest.raises(OperatorsOnly):
            house.db.read_now(moderating.doubted, other.actor)


def test_what_the_operator_settled_is_reported_anew_in_other_words_alone(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    teapot = halo.sells("teapot")
    entry = writes(halo.mei, halo, "Is it blue?", "It is.", product=teapot.id)

    def reports(why: str) -> list[int]:
        house.db.write_now(service.report, anna.actor, entry.id, AnswerReport(why))
        return [one.reports for one in house.db.read_now(moderating.doubted, olga.actor)]

    votes(anna, entry, helped=False)
    assert reports("It is green.") == [1]
    house.db.write_now(moderating.clear, olga.actor, entry.id)
    assert reports("It is green!") == []
    writes(halo.mei, halo, "Is it blue?", "Red.", product=teapot.id, id=entry.id)
    assert reports("It is green!") == [1]
    writes(halo.mei, halo, "Is it blue?", "Scarlet.", product=teapot.id, id=entry.id)
    assert reports("It is green.") == [1], "once, until the operator has looked"
    assert shown(house, teapot).items[0].misled == 1


def test_a_fresh_report_keeps_nobody_silent_whose_report_was_settled(house: House) -> None:
    halo, olga = house.shop("halo"), house.operator()
    teapot = halo.sells("teapot")
    entry = writes(halo.mei, halo, "Is it blue?", "It is.", product=teapot.id)
    people = [house.buyer(name) for name in ("anna", "boris", "vera", "gleb")]

    def reported(by: Person, why: str = "It is green.") -> int:
        house.db.write_now(service.report, by.actor, entry.id, AnswerReport(why))
        return sum(one.reports for one in house.db.read_now(moderating.doubted, olga.actor))

    assert [reported(person) for person in people[:3]] == [1, 2, 3]
    house.db.write_now(moderating.clear, olga.actor, entry.id)
    assert reported(people[3]) == 1
    assert reported(people[0], "It is green!") == 1, "the operator has looked at these words"
    writes(halo.mei, halo, "Is it blue?", "Red.", product=teapot.id, id=entry.id)
    assert [reported(person) for person in people] == [2, 3, 4, 4]


def test_two_shops_never_see_what_waits_for_each_other(house: House) -> None:
    halo, sota = house.shop("halo"), house.shop("sota", staff=["vera"])
    anna = house.buyer("anna")
    asked = asks(anna, halo.sells("teapot"), "Is it blue?")

    with pytest.raises(OnlyTheShopAnswers):
        waits(sota.vera, halo)
    assert waits(sota.vera, sota) == []
    with pytest.raises(NoSuchQuestion):
        replies(sota.vera, asked, "Red!")


EVIL = (
    "<script>alert(1)</script>",
    "\u202eevil\u202c \u200b🫖",
    "{{ 7 * 7 }} %s %n",
    "'; DROP TABLE answer; --",
    "a" * 1000,
)


@pytest.mark.parametrize("words", EVIL, ids=range(len(EVIL)))
def test_evil_words_are_words(house: House, words: str) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    teapot = halo.sells("teapot")
    answer = replies(halo.mei, asks(anna, teapot, words), words)
    assert (answer.question, answer.answer) == (words, words)
    assert said(house, teapot, words=words[:100]) == [words]
