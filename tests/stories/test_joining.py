"""Two conversations that are one matter, or one that is two: merged, split, taken apart again."""

from typing import Any

import msgspec
import pytest

from shopbell.contact import waits
from shopbell.conversations import service
from shopbell.conversations import storage as talks
from shopbell.conversations.joining import service as joining
from shopbell.conversations.joining.model import Join, Merge, Split
from shopbell.conversations.joining.refusals import (
    BothHaveCases,
    MergedWithItself,
    NoSuchJoin,
    NothingToSplit,
    NotOneBuyers,
    OnlyTheShopSorts,
    SplitIntoItself,
    TooLateToTakeApart,
)
from shopbell.conversations.model import ConversationId, Stream, Subject, SubjectKind
from shopbell.conversations.refusals import IdempotencyConflict, NoSuchConversation
from shopbell.conversations.turns import State
from shopbell.engine.blobs import Blob
from shopbell.kernel.flow import NoSuchMove
from shopbell.kernel.ids import new_id
from tests.support.casework import opens
from tests.support.house import Counter, House, Person

PICTURE = Blob("0" * 64, "image/png", 100, 8, 6)


def merges(who: Person, one: ConversationId, other: ConversationId, key: str = "") -> Join:
    asked = Merge(key or new_id(), other)
    return who.house.db.write_now(joining.merge, who.actor, one, asked)


def splits(  # noqa: PLR0917 - a part has these ends
    who: Person, talk: ConversationId, first: int, last: int, subject: Subject, key: str = ""
) -> Join:
    asked = Split(key or new_id(), first, last, subject)
    return who.house.db.write_now(joining.split, who.actor, talk, asked)


def undoes(who: Person, join: Join) -> Join:
    return who.house.db.write_now(joining.undo, who.actor, join.id)


def told(who: Person, talk: ConversationId, kind: str) -> list[dict[str, Any]]:
    found = [event for event in who.events(talk) if event.type == kind]
    return [msgspec.json.decode(event.data) for event in found]


def order_of(halo: Counter, anna: Person, offer: str) -> Subject:
    order = halo.ships_to(anna, halo.sells(offer))
    return Subject(SubjectKind.ORDER, order.number)


def two(house: House) -> tuple[Counter, Person, ConversationId, ConversationId]:
    """Let a buyer ask about one matter in two places."""
    halo, anna = house.shop("halo", staff=["mei", "oleg"]), house.buyer("anna")
    first = anna.asks(halo, halo.sells("lamp"), "Where is my lamp?")
    house.passes(minutes=1)
    later = anna.asks(halo, None, "I mean the lamp I bought on Monday")
    return halo, anna, first, later


def test_two_conversations_go_on_as_one_and_nothing_is_lost(house: House) -> None:
    halo, anna, first, later = two(house)

    join = merges(halo.mei, first, later)

    assert (join.source, join.target) == (later, first)
    assert (anna.sees(later).state, anna.sees(later).merged_into) == (State.CLOSED, first)
    assert anna.reads(later) == ["I mean the lamp I bought on Monday"]
    assert [event.seq for event in anna.events(later)] == [1, 2, 3]
    for who in (anna, halo.mei):
        assert told(who, later, "merged_into")[0]["other"] == first
        [there] = told(who, first, "merged_from")
        assert (there["other"], there["first"], there["last"]) == (later, 1, 2)


def test_what_is_said_to_the_closed_one_is_heard_in_the_one_that_goes_on(house: House) -> None:
    halo, anna, first, later = two(house)
    file = house.db.write_now(service.attach, anna.actor, later, PICTURE, "lamp.png")
    merges(halo.mei, first, later)
    cmid = new_id()

    data = {"text": "It is the blue one", "attachments": [file.id]}
    done = anna.adds(Stream(later), "message", cmid, **data)
    again = anna.adds(Stream(later), "message", cmid, **data)

    assert done.stream == str(Stream(first))
    assert (again.id, again.replayed) == (done.id, True)
    assert anna.reads(first)[-1] == "It is the blue one"
    assert anna.reads(later) == ["I mean the lamp I bought on Monday"]
    assert anna.begins(halo, None) == first


def test_a_retry_of_what_stood_before_the_merge_finds_it_where_it_stands(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    first, cmid = anna.asks(halo, halo.sells("lamp"), "Hello"), new_id()
    later = anna.begins(halo, None)
    said = anna.says(later, "The lamp", cmid)
    merges(halo.mei, first, later)

    again = anna.says(later, "The lamp", cmid)

    assert (again.id, again.replayed) == (said.id, True)
    assert anna.reads(first) == ["Hello"]


def test_whoever_waits_goes_on_waiting_since_the_same_moment(house: House) -> None:
    halo, _anna, first, later = two(house)
    halo.mei.answers(first, "It is on its way.")
    due = halo.mei.sees(later).due
    assert halo.mei.sees(first).due is None
    house.passes(minutes=1)

    merges(halo.mei, first, later)

    seen = halo.mei.sees(first)
    assert (seen.state, seen.due) == (State.WAITING_SELLER, due)
    house.passes(minutes=1)
    halo.mei.answers(first, "Tomorrow.")
    assert halo.mei.sees(first).due is None


def test_an_answer_that_nobody_has_seen_is_still_told(house: House) -> None:
    halo, _anna, first, later = two(house)
    halo.mei.answers(first, "It is on its way.")
    halo.mei.answers(later, "The blue one, yes.")
    merges(halo.mei, first, later)

    assert house.db.read_now(lambda tx: waits.for_buyer(tx, talks.get(tx, later)))


def test_a_merge_is_taken_back_until_somebody_writes(house: House) -> None:
    halo, anna, first, later = two(house)
    before = [(halo.mei.sees(talk).state, halo.mei.sees(talk).due) for talk in (first, later)]
    join = merges(halo.mei, later, first)

    once, twice = undoes(halo.oleg, join), undoes(halo.mei, join)

    assert once.undone_at == twice.undone_at
    after = [(halo.mei.sees(talk).state, halo.mei.sees(talk).due) for talk in (first, later)]
    assert after == before
    assert halo.mei.sees(later).merged_into is None
    assert all(len(told(anna, talk, "join_undone")) == 1 for talk in (first, later))
    anna.says(later, "Yes, that one")
    assert anna.reads(later)[-1] == "Yes, that one"
    house.passes(days=1)
    assert halo.mei.sees(later).state is State.WAITING_SELLER


@pytest.mark.parametrize("what", ["the buyer writes", "the shop writes", "a day passes"])
def test_it_is_too_late_once_somebody_has_written_or_a_day_is_over(house: House, what: str) -> None:
    halo, anna, first, later = two(house)
    join = merges(halo.mei, first, later)
    if what == "the buyer writes":
        anna.says(later, "Hello?")
    elif what == "the shop writes":
        halo.mei.answers(first, "Tomorrow.")
    else:
        house.clock.passes(hours=24, seconds=1)

    with pytest.raises(TooLateToTakeApart):
        undoes(halo.mei, join)

    assert halo.mei.sees(later).merged_into == first


def test_a_conversation_with_cases_stays_and_two_of_them_stay_both(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    first = anna.asks(halo, None, "A question")
    orders = [halo.ships_to(anna, halo.sells(offer)) for offer in ("lamp", "cup")]
    asked = []
    for order in orders:
        asked.append(anna.asks(halo, order, "Where is it?"))
        opens(anna, "logistics_inquiry", order, concern="not_received")

    assert merges(halo.mei, first, asked[0]).target == asked[0]
    with pytest.raises(BothHaveCases):
        merges(halo.mei, *asked)


def test_only_one_buyers_open_conversations_are_merged_and_only_by_their_shop(house: House) -> None:
    halo, anna, first, later = two(house)
    nova, boris = house.shop("nova", staff=["vera"]), house.buyer("boris")
    others = boris.asks(halo, None, "Me, too")

    with pytest.raises(NotOneBuyers):
        merges(halo.mei, first, others)
    with pytest.raises(MergedWithItself):
        merges(halo.mei, first, first)
    with pytest.raises(NoSuchConversation):
        merges(nova.vera, first, later)
    for who in (anna, house.operator()):
        with pytest.raises(OnlyTheShopSorts):
            merges(who, first, later)
    anna.does(first, "resolve")
    with pytest.raises(NoSuchMove):
        merges(halo.mei, first, later)


def test_the_same_command_again_is_the_same_merge(house: House) -> None:
    halo, anna, first, later = two(house)
    key = new_id()

    joins = {merges(halo.mei, first, later, key).id for _try in range(2)}

    assert len(joins) == 1
    with pytest.raises(IdempotencyConflict):
        splits(halo.mei, first, 2, 2, order_of(halo, anna, "cup"), key)
    with pytest.raises(NoSuchJoin):
        undoes(house.shop("nova", staff=["vera"]).vera, merges(halo.mei, first, later, key))


def test_a_part_about_another_order_goes_on_in_its_own_conversation(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, halo.sells("lamp"), "How heavy is it?")
    anna.says(talk, "And my cup came broken")
    due = halo.mei.sees(talk).due
    cup, key = order_of(halo, anna, "cup"), new_id()

    joins = [splits(halo.mei, talk, 3, 3, cup, key) for _try in range(2)]

    assert joins[0].id == joins[1].id
    there = anna.sees(joins[0].target)
    assert (there.subject.kind, there.state, there.linked_from) == (
        SubjectKind.ORDER,
        State.WAITING_SELLER,
        talk,
    )
    assert halo.mei.sees(there.id).due == due
    [quoted] = told(anna, there.id, "split_from")
    assert (quoted["other"], quoted["first"], quoted["last"]) == (talk, 3, 3)
    assert told(anna, talk, "split_into")[0]["other"] == there.id
    assert anna.reads(talk) == ["How heavy is it?", "And my cup came broken"]
    assert halo.mei.sees(talk).state is State.WAITING_SELLER


def test_a_split_is_taken_back_and_what_comes_later_lands_where_it_began(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, halo.sells("lamp"), "And my cup came broken")
    join = splits(halo.mei, talk, 2, 2, order_of(halo, anna, "cup"))

    undoes(halo.mei, join)

    assert anna.sees(join.target).merged_into == talk
    anna.says(join.target, "So?")
    assert anna.reads(talk) == ["And my cup came broken", "So?"]


def test_a_split_needs_words_and_another_matter_of_the_same_buyer(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    lamp = halo.sells("lamp")
    talk = anna.asks(halo, lamp, "Hello")
    cup = order_of(halo, anna, "cup")

    for first, last in ((1, 1), (3, 2), (0, 2), (2, 9)):
        with pytest.raises(NothingToSplit):
            splits(halo.mei, talk, first, last, cup)
    with pytest.raises(SplitIntoItself):
        splits(halo.mei, talk, 2, 2, Subject(SubjectKind.PRODUCT, lamp.id))
    with pytest.raises(NotOneBuyers):
        splits(halo.mei, talk, 2, 2, order_of(halo, boris, "mug"))
    with pytest.raises(OnlyTheShopSorts):
        splits(anna, talk, 2, 2, cup)
