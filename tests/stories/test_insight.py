"""Which listings to fix first is told from contacts alone, and never of fewer than ten orders."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from shopbell.analytics.insight import files, mending, odds, questions, ranking, service, storage
from shopbell.analytics.insight.commands import AddToListing
from shopbell.analytics.insight.model import (
    Bought,
    InsightBoard,
    Lane,
    ListingInsight,
    ListingShown,
    Mend,
    Rate,
    Why,
)
from shopbell.analytics.insight.refusals import (
    AnsweredAlready,
    NoSuchCluster,
    NoSuchMend,
    NotCountedOf,
    NothingCountedYet,
    OneThingToAdd,
    OnlyManagersMend,
)
from shopbell.analytics.refusals import NotYourFigures, OnlyYourOwnWork
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import Outcome, SentParcel
from shopbell.commerce.lateness import Way
from shopbell.commerce.listing import relisted
from shopbell.commerce.model import Eta, Product
from shopbell.conversations.model import Stream
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.knowledge.answers import service as answers
from shopbell.knowledge.answers.refusals import WordsHurt
from shopbell.language.answering.aspects import said_alike
from tests.support.casework import opens
from tests.support.house import Counter, House, Person

WEIGHT = "aspect.weight"
HEAVY = ("How heavy is it?", "What does it weigh?", "Сколько она весит?", "这个多重？")


def counted(house: House) -> None:
    """Let the week end in which all was said, and everything be counted."""
    house.passes(days=8)


def board(person: Person, shop: str = "") -> InsightBoard:
    return person.house.db.read_now(service.board, person.actor, shop)


def listing(person: Person, product: Product) -> ListingInsight:
    return person.house.db.read_now(service.listing, person.actor, product.id)


def adds(person: Person, product: Product, key: str = WEIGHT, **given: Any) -> Mend:
    asked = msgspec.convert(
        {"id": new_id(), "key": key, "locale": "en", **given}, type=AddToListing
    )
    return person.house.db.write_now(mending.add, person.actor, product.id, asked)


def weighs(value: str = "1.2 kg") -> dict[str, Any]:
    return {"attribute": {"name": "Weight", "value": value}}


def ask(house: House, halo: Counter, product: Product, *said: str) -> list[Any]:
    """Have as many buyers ask about a product as there are questions."""
    return [house.buyer(f"b{new_id()[-9:]}").asks(halo, product, words) for words in said]


def orders(house: House, halo: Counter, product: Product, count: int, **more: Any) -> list[Any]:
    return [halo.ships_to(house.buyer(f"o{new_id()[-9:]}"), product, **more) for _ in range(count)]


# ── what buyers ask ─────────────────────────────────────────────────────────────────────────


def test_one_question_in_three_languages_is_one_cluster_with_the_words_of_a_buyer(
    house: House,
) -> None:
    halo = house.shop("halo")
    lamp, cup = halo.sells("lamp"), halo.sells("cup")
    talks = ask(house, halo, lamp, *HEAVY)
    ask(house, halo, lamp, "Where is my parcel?", "Does it squeak?")
    ask(house, halo, cup, *HEAVY[:1])
    counted(house)

    [one] = listing(halo.mei, lamp).clusters
    assert (one.key, one.asked, one.languages) == (WEIGHT, 4, ["en", "ru", "zh"])
    assert one.named == {"en": "weight", "ru": "вес", "zh": "重量"}
    assert (one.answered, one.example) == ("", HEAVY[3])
    assert listing(halo.mei, cup).clusters == []
    first = board(halo.mei).worst[0]
    assert (first.product, first.open, first.score, first.contacts) == (lamp.id, 4, 4, 6)

    asker = house.db.read_now(questions_of, halo, talks[3])
    assert asker == [HEAVY[3]]


def questions_of(tx: Any, halo: Counter, talk: Any) -> list[str]:
    staff = questions.staff_of(halo.shop.id)
    return [one.words for one in questions.questions(tx, staff, talk, "en")]


def test_words_that_no_aspect_names_are_put_together_by_what_they_share(house: House) -> None:
    halo = house.shop("halo")
    lamp = halo.sells("lamp")
    said = ("Is the purple genie inside friendly?", "Is the genie inside friendly, the purple one?")
    ask(house, halo, lamp, *said, "Can the gargoyle sing tenor?")
    counted(house)
    for one, other in pairwise(said):
        assert said_alike(one, other) >= questions.ALIKE
    found = [one for one in listing(halo.mei, lamp).clusters if one.key.startswith("words.")]
    assert [one.asked for one in found] in ([2], [])


def test_what_was_taken_back_or_hidden_is_told_nowhere(house: House) -> None:
    halo = house.shop("halo")
    lamp = halo.sells("lamp")
    anna, boris = house.buyer("anna"), house.buyer("boris")
    ask(house, halo, lamp, HEAVY[0])
    anna.asks(
        halo, lamp, "How heavy is it? I am Anna, write to anna@mail.example or +49 171 5550100"
    )
    talk = boris.begins(halo, lamp)
    sent = boris.says(talk, "How heavy is it, secretly?")
    counted(house)
    [one] = listing(halo.mei, lamp).clusters
    assert (one.asked, one.example) == (3, "How heavy is it, secretly?")

    boris.adds(Stream(talk), "delete", target=sent.seq)
    [one] = listing(halo.mei, lamp).clusters
    assert "How heavy is it?" in one.example
    assert not {"Anna", "anna@mail.example", "5550100"} & set(one.example.split())
    assert "@" not in one.example
    assert "555" not in one.example
    house.passes(minutes=20)
    assert listing(halo.mei, lamp).clusters[0].asked == 2
    assert "secretly" not in str(house.db.read_now(storage.sheet, halo.shop.id))


# ── one click ───────────────────────────────────────────────────────────────────────────────


def test_an_attribute_is_added_once_and_can_be_taken_back(house: House) -> None:
    halo = house.shop("halo")
    lamp = halo.sells("lamp")
    ask(house, halo, lamp, *HEAVY)
    counted(house)
    before = house.db.read_now(commerce.product, lamp.id)
    given = {"id": new_id(), **weighs()}
    made = adds(halo.mei, lamp, **given)
    assert adds(halo.mei, lamp, **given) == made
    with pytest.raises(AnsweredAlready):
        adds(halo.mei, lamp, **weighs("9 kg"))

    [line] = house.db.read_now(commerce.product, lamp.id).attributes
    assert (line.name, line.value) == ({"en": "Weight"}, {"en": "1.2 kg"})
    [one] = listing(halo.mei, lamp).clusters
    assert (one.answered, one.mended and one.mended.before) == ("attribute", 1.0)
    assert board(halo.mei).worst == []

    for _ in range(2):
        house.db.write_now(mending.undo, halo.mei.actor, made.id)
    assert house.db.read_now(commerce.product, lamp.id) == before
    assert listing(halo.mei, lamp).clusters[0].answered == ""
    assert board(halo.mei).worst[0].open == 4
    adds(halo.mei, lamp, **weighs())


def test_after_a_week_it_is_told_how_often_it_is_asked_since(house: House) -> None:
    halo = house.shop("halo")
    lamp = halo.sells("lamp")
    ask(house, halo, lamp, *HEAVY, *HEAVY)
    counted(house)
    adds(halo.mei, lamp, **weighs())
    house.passes(days=3)
    ask(house, halo, lamp, HEAVY[0])
    house.passes(days=1)
    [one] = listing(halo.mei, lamp).clusters
    assert one.mended
    assert (one.mended.before, one.mended.after) == (2.0, None)
    house.passes(days=10)
    [one] = listing(halo.mei, lamp).clusters
    assert one.mended
    assert (one.mended.before, one.mended.after) == (2.0, 0.5)
    assert one.answered == "attribute"


def test_an_answer_given_in_a_thread_becomes_an_entry_of_the_faq(house: House) -> None:
    halo = house.shop("halo")
    lamp = halo.sells("lamp")
    talks = ask(house, halo, lamp, *HEAVY[:2])
    halo.mei.answers(talks[1], "1.2 kg. Call me at +49 171 5550100.")
    counted(house)
    draft = house.db.read_now(service.drafts, halo.mei.actor, lamp.id)[WEIGHT]
    assert (draft.question, draft.locale) == (HEAVY[1], "en")
    assert draft.answer.startswith("1.2 kg.")
    assert "5550100" not in draft.answer

    entry: dict[str, Any] = {"answer": {"question": draft.question, "answer": "1.2 kg."}}
    made = adds(halo.mei, lamp, **entry)
    [shown] = house.db.read_now(answers.shown, lamp.id).items
    assert (shown.question, shown.answer) == (HEAVY[1], "1.2 kg.")
    house.passes(minutes=20)
    assert listing(halo.mei, lamp).clusters[0].answered == "question"
    house.db.write_now(mending.undo, halo.mei.actor, made.id)
    assert house.db.read_now(answers.shown, lamp.id).items == []


def test_only_managers_of_the_shop_add_to_its_listings(house: House) -> None:
    halo, iris = house.shop("halo", ["mei", "tom"]), house.shop("iris", ["ivan"])
    lamp = halo.sells("lamp")
    ask(house, halo, lamp, *HEAVY)
    counted(house)
    for other in (halo.tom, iris.ivan, house.buyer("anna"), house.operator()):
        with pytest.raises(OnlyManagersMend):
            adds(other, lamp, **weighs())
    refused: Sequence[tuple[dict[str, Any], type[Refusal]]] = (
        ({}, OneThingToAdd),
        ({**weighs(), "answer": {"question": "q", "answer": "a"}}, OneThingToAdd),
        ({**weighs(), "key": "aspect.power"}, NoSuchCluster),
        (weighs("you stupid idiot"), WordsHurt),
    )
    for given, refusal in refused:
        with pytest.raises(refusal):
            adds(halo.mei, lamp, **given)
    assert house.db.read_now(commerce.product, lamp.id).attributes == []
    made = adds(halo.mei, lamp, **weighs())
    for other in (iris.ivan, house.buyer("boris")):
        with pytest.raises(NoSuchMend):
            house.db.write_now(mending.undo, other.actor, made.id)
    with pytest.raises(OnlyManagersMend):
        house.db.write_now(mending.undo, halo.tom.actor, made.id)
    with pytest.raises(NoSuchMend):
        house.db.write_now(mending.undo, halo.mei.actor, "x")
    with pytest.raises(NotCountedOf):
        adds(halo.mei, halo.sells("cup"), **weighs())


def test_each_shop_is_told_of_itself_and_the_operator_of_all_without_words(house: House) -> None:
    halo, iris = house.shop("halo", ["mei", "tom"]), house.shop("iris", ["ivan"])
    with pytest.raises(NothingCountedYet):
        board(halo.mei)
    lamp, olga = halo.sells("lamp"), house.operator()
    ask(house, halo, lamp, *HEAVY)
    counted(house)
    with pytest.raises(OnlyYourOwnWork):
        board(halo.tom)
    for other in (iris.ivan, house.buyer("anna")):
        with pytest.raises(NotYourFigures):
            board(other, "halo")
        with pytest.raises(NotYourFigures):
            listing(other, lamp)
    with pytest.raises(NotYourFigures):
        house.db.read_now(service.boards, halo.mei.actor)
    assert [one.name for one in house.db.read_now(service.boards, olga.actor)] == ["Halo", "Iris"]
    seen = listing(olga, lamp)
    assert ([one.example for one in seen.clusters], seen.may_mend) == ([""], False)


def test_a_listing_given_again_as_it_is_is_no_news(house: House) -> None:
    halo = house.shop("halo")
    lamp = halo.sells("lamp", about={"en": "A lamp"}, tags=["light"], warranty_months=12)
    same = house.db.write_now(
        commerce.put_product, halo.mei.actor, halo.shop.id, relisted(lamp, lamp.attributes)
    )
    assert (same.outcome, same.item) == (Outcome.UNCHANGED, lamp)


# ── of few orders nothing ───────────────────────────────────────────────────────────────────


def test_below_ten_orders_no_rate_is_told_by_any_way(house: House) -> None:
    halo, olga = house.shop("halo"), house.operator()
    lamp, cup = halo.sells("lamp"), halo.sells("cup")
    sent = [SentParcel("DHL", shipped_at=house.clock())]
    anna = house.buyer("anna")
    order = halo.ships_to(anna, lamp, shipments=sent)
    orders(house, halo, lamp, 8, shipments=sent)
    orders(house, halo, cup, 12, shipments=[SentParcel("Post", shipped_at=house.clock())])
    anna.asks(halo, order, "Where is it?")
    counted(house)

    def of(product: Product, seen: InsightBoard) -> ListingShown:
        return next(one for one in seen.listings if one.product == product.id)

    for seen in (board(halo.mei), board(olga, "halo")):
        few, many = of(lamp, seen), of(cup, seen)
        assert (few.orders, few.per_100, few.disputed) == (None, None, Rate())
        assert few.returns == dict.fromkeys(Why, Rate())
        assert (many.orders, many.per_100) == (12, 0.0)
        assert seen.disputed.of == 12
        assert [(one.carrier, one.late.of) for one in seen.lanes] == [("", 21)]
        assert (seen.in_time, seen.too_late) == (Rate(), Rate())
        for table in (files.of_listings(seen, "en"), files.of_lanes(seen, "en")):
            told = [dict(zip(table.head, row, strict=True)) for row in table.rows]
            assert all(row.get("orders") in {None, 12} for row in told)
            assert not any(cell == 9 for row in table.rows for cell in row)
    halo.ships_to(anna, lamp)
    counted(house)
    assert of(lamp, board(halo.mei)).orders == 10
    assert of(lamp, board(halo.mei)).per_100 == 10.0


def test_small_lanes_are_told_together_and_what_is_left_over_reveals_none() -> None:
    def lanes(*orders: int) -> list[tuple[str, int | None]]:
        made = [Lane(f"c{n}", Way.ABROAD, n, 1, 0) for n in orders]
        return [(one.carrier, one.late.of) for one in odds.lanes(made)]

    assert lanes(30, 20) == [("c30", 30), ("c20", 20)]
    assert lanes(30, 20, 4) == [("c30", 30), ("", 24)]
    assert lanes(30, 6, 5) == [("c30", 30), ("", 11)]
    assert lanes(9) == lanes() == []
    assert lanes(15, 3) == [("", 18)]


def test_wilson_and_pairs() -> None:
    one = odds.rate(10, 100)
    assert one.low is not None
    assert one.high is not None
    assert (round(one.low, 4), round(one.high, 4)) == (0.0552, 0.1744)
    assert odds.rate(0, 9) == Rate()
    assert odds.rate(0, 10).low == 0.0
    assert odds.both(Bought(100, 5), Bought(9, 1)) == (Rate(), Rate())
    assert odds.both(Bought(10, 5), Bought(10, 1))[1].value == 0.1


# ── rates ───────────────────────────────────────────────────────────────────────────────────


def test_returns_disputes_and_late_parcels_are_counted_of_the_orders_they_belong_to(
    house: House,
) -> None:
    halo = house.shop("halo")
    lamp = halo.sells("lamp")
    begun = house.clock()
    eta = Eta(begun.date(), begun.date() + timedelta(days=1), "Europe/Berlin")

    def parcel(days: int) -> dict[str, Any]:
        arrived = begun + timedelta(days=days)
        return {"shipments": [SentParcel("DHL", eta=eta, shipped_at=begun, delivered_at=arrived)]}

    anna = house.buyer("anna")
    house.passes(days=6)
    late = [halo.ships_to(anna, lamp, placed_at=begun, **parcel(5)) for _ in range(2)]
    orders(house, halo, lamp, 10, placed_at=begun, **parcel(1))
    opens(
        anna,
        "return",
        late[0],
        lines=[{"line": late[0].lines[0].id, "quantity": 1}],
        condition="proper",
        reason="size_fit",
        wish="refund",
    )
    counted(house)
    seen = board(halo.mei)
    [one] = seen.listings
    assert (one.orders, one.returns[Why.SIZE].hits, one.returns[Why.DEFECT].hits) == (12, 1, 0)
    assert one.score == ranking.RETURN_COUNTS
    [lane] = seen.lanes
    assert (lane.carrier, lane.late.hits, lane.late.of, lane.stalled.hits) == ("DHL", 2, 12, 0)


def test_who_was_answered_in_time_and_ordered_within_a_week(house: House) -> None:
    halo = house.shop("halo")
    lamp = halo.sells("lamp")
    for number in range(20):
        buyer = house.buyer(f"n{number}")
        talk = buyer.asks(halo, lamp, HEAVY[0])
        if number < 10:
            halo.mei.answers(talk, "1.2 kg")
        if number in {1, 2, 11}:
            halo.ships_to(buyer, lamp)
    house.passes(days=8)
    counted(house)
    seen = board(halo.mei)
    assert (seen.in_time.hits, seen.in_time.of) == (2, 10)
    assert (seen.too_late.hits, seen.too_late.of) == (1, 10)
    table = files.of_listings(seen, "ru")
    assert "причин" in str(table.notes)
