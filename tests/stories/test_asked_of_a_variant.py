"""Who asks in public about one variant is answered about that one, and nobody else is by it."""

import pytest

from shopbell.commerce.commands import ListVariant
from shopbell.commerce.model import Product
from shopbell.conversations.model import ConversationId, Subject, SubjectKind
from shopbell.kernel.ids import new_id
from shopbell.knowledge.answers import asking, publishing, writing
from shopbell.knowledge.answers.commands import (
    AskInPublic,
    PublishAnswer,
    PutAnswer,
    ReplyInPublic,
)
from shopbell.knowledge.answers.model import Answer, Waiting
from shopbell.knowledge.answers.refusals import VariantNotSold
from shopbell.knowledge.suggesting import service as suggesting
from shopbell.knowledge.suggesting.commands import Suggest
from tests.support.answers import answered
from tests.support.house import Counter, House, Person
from tests.support.returns import SHOE, shoes

POCKET = "Does it have a zip?"


def asks(buyer: Person, product: Product, variant: str | None, words: str = POCKET) -> Waiting:
    """Ask on a product's page about one variant of it."""
    asked = AskInPublic(new_id(), words, variant)
    waits = buyer.house.db.write_now(asking.ask, buyer.actor, product.id, asked, "en")
    assert waits is not None
    return waits


def replies(seller: Person, asked: Waiting, words: str) -> Answer:
    given = ReplyInPublic(new_id(), words)
    return seller.house.db.write_now(asking.reply, seller.actor, asked.id, given)


def puts(counter: Counter, named: str, entry: PutAnswer) -> Answer:
    """Write an answer of the FAQ, or write it anew."""
    actor, shop = counter.mei.actor, counter.shop.id
    return counter.house.db.write_now(writing.put, actor, shop, named, entry)


def publishes(seller: Person, talk: ConversationId, seq: int, variant: str) -> Answer:
    words = PublishAnswer(question=POCKET, answer="Yes.", variant=variant)
    return seller.house.db.write_now(publishing.publish, seller.actor, talk, seq, words)


def suggested(house: House, reader: Person | None, product: Product, variant: str) -> list[str]:
    asked = Suggest(Subject(SubjectKind.PRODUCT, product.id), POCKET, variant)
    visitor = reader.actor if reader else None
    return [one.answer for one in house.db.read_now(suggesting.suggest, visitor, asked, "en")]


def test_a_question_about_a_variant_is_answered_for_it_alone(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    pair = shoes(halo)
    small, large = (one.id for one in pair.variants)
    asked = asks(anna, pair, small)
    assert asked.variant == small

    (seen,) = house.db.read_now(asking.waiting, halo.mei.actor, halo.shop.id)
    assert (seen.waiting, seen.choice) == (asked, "41")
    (posed,) = house.db.read_now(asking.posed, halo.mei.actor, asked.conversation)
    assert (posed.variant, posed.choice) == (small, "41")
    assert house.db.read_now(asking.mine, anna.actor, pair.id) == [asked]

    answer = replies(halo.mei, asked, "Yes, at the side.")
    assert answer.variant == small
    (kept,) = house.db.read_now(writing.of_shop, halo.mei.actor, halo.shop.id)
    assert (kept.answer, kept.choice) == (answer, "41")
    for reader in (boris, None, anna):
        assert suggested(house, reader, pair, small)[:1] == ["Yes, at the side."]
        assert suggested(house, reader, pair, large) == []


def test_a_question_about_all_variants_is_answered_for_all(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    pair = shoes(halo)
    assert replies(halo.mei, asks(anna, pair, None), "Yes.").variant is None
    for one in pair.variants:
        assert suggested(house, None, pair, one.id) == ["Yes."]


def test_nobody_asks_about_a_variant_of_something_else(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    pair, teapot = shoes(halo), halo.sells("teapot")
    for variant in (pair.variants[0].id, new_id()):
        with pytest.raises(VariantNotSold):
            asks(anna, teapot, variant)
    assert house.db.read_now(asking.waiting, halo.mei.actor, halo.shop.id) == []
    assert anna.reads(anna.begins(halo, teapot)) == []


def test_what_a_thread_answers_of_a_variant_is_proposed_for_it(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    pair = shoes(halo)
    asked = asks(anna, pair, pair.variants[1].id)
    sent = halo.mei.answers(asked.conversation, "Yes.")
    talk = asked.conversation
    proposed = house.db.read_now(publishing.propose, halo.mei.actor, talk, sent.seq)
    assert proposed.variant == pair.variants[1].id


def test_the_desk_is_offered_no_answer_for_another_variant(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    pair = shoes(halo)
    small, large = (one.id for one in pair.variants)
    answered(halo, pair, (POCKET, "Size 41 has one."), variant=small)
    for variant, offered in ((large, []), (small, ["Size 41 has one."])):
        talk = asks(anna, pair, variant).conversation
        found = house.db.read_now(suggesting.replies, halo.mei.actor, talk)
        assert [one.answer for one in found] == offered
        halo.mei.answers(talk, "I look.")


@pytest.mark.parametrize(("narrow", "wide"), [("L", "XL"), ("red", "dark red")])
def test_a_name_within_a_name_is_another_variant(house: House, narrow: str, wide: str) -> None:
    halo = house.shop("halo")
    named = [ListVariant(f"coat-{name}", {"kind": name}, SHOE) for name in (narrow, wide)]
    coat = halo.sells("coat", price=SHOE, variants=named)
    answered(halo, coat, (POCKET, "Yes."), variant=coat.variants[0].id)
    assert suggested(house, None, coat, coat.variants[0].id) == ["Yes."]
    assert suggested(house, None, coat, coat.variants[1].id) == []


def test_a_variant_listed_without_words_is_still_sold_and_called_by_its_code(
    house: House,
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    codes = [ListVariant(f"bag-{n}", {}, SHOE) for n in (1, 2)]
    bag = halo.sells("bag", price=SHOE, variants=codes)
    first, second = (one.id for one in bag.variants)
    asked = asks(anna, bag, first)
    (seen,) = house.db.read_now(asking.waiting, halo.mei.actor, halo.shop.id)
    assert seen.choice == "bag-1"
    replies(halo.mei, asked, "Yes, at the top.")
    assert suggested(house, None, bag, first) == ["Yes, at the top."]
    assert suggested(house, None, bag, second) == []


def test_an_answer_about_a_variant_that_is_gone_stays_one_about_it(house: House) -> None:
    halo = house.shop("halo")
    pair = shoes(halo)
    large = pair.variants[1].id
    answer = answered(halo, pair, (POCKET, "Yse."), variant=large)
    shoes(halo, sold=(41,))
    mended = PutAnswer(POCKET, "Yes.", locale="en", product=pair.id, variant=large)
    assert puts(halo, answer.id, mended).variant == large
    with pytest.raises(VariantNotSold):
        puts(halo, new_id(), mended)
    lamp = halo.sells("lamp")
    moved = PutAnswer(POCKET, "Yes.", locale="en", product=lamp.id, variant=large)
    with pytest.raises(VariantNotSold):
        puts(halo, answer.id, moved)


def test_what_was_asked_of_a_variant_that_is_gone_is_published_for_it_alone(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    pair = shoes(halo)
    small, large = (one.id for one in pair.variants)
    asked = asks(anna, pair, large)
    sent = halo.mei.answers(asked.conversation, "Yes.")
    shoes(halo, sold=(41,))
    assert publishes(halo.mei, asked.conversation, sent.seq, large).variant == large
    assert suggested(house, None, pair, small) == []


def test_nothing_else_in_a_thread_is_published_for_a_variant_that_is_gone(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    pair = shoes(halo)
    small, large = (one.id for one in pair.variants)
    asked = asks(anna, pair, small)
    sent = halo.mei.answers(asked.conversation, "Yes.")
    shoes(halo, sold=(41,))
    with pytest.raises(VariantNotSold):
        publishes(halo.mei, asked.conversation, sent.seq, large)


@pytest.mark.parametrize("words", [POCKET, "You are a stupid idiot"])
def test_a_question_sent_twice_is_the_same_when_its_variant_is_gone_since(
    house: House, words: str
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    pair = shoes(halo)
    asked = AskInPublic(new_id(), words, pair.variants[1].id)
    first = house.db.write_now(asking.ask, anna.actor, pair.id, asked, "en")
    shoes(halo, sold=(41,))
    assert house.db.write_now(asking.ask, anna.actor, pair.id, asked, "en") == first
    assert anna.reads(anna.begins(halo, pair)) == [words]
    with pytest.raises(VariantNotSold):
        asks(anna, pair, pair.variants[1].id, "Is it wide?")
    assert anna.reads(anna.begins(halo, pair)) == [words]
