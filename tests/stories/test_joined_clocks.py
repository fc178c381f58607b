"""What waits goes on waiting when two conversations become one, and when an act is taken back."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from shopbell.contact.model import Whom
from shopbell.conversations import storage as talks
from shopbell.conversations.model import ConversationId
from shopbell.conversations.targets.running import Clocks, Run, Target
from shopbell.conversations.turns import State
from shopbell.desk.bulk.model import Act
from tests.stories.test_bulk import does_all
from tests.stories.test_bulk import undoes as undoes_all
from tests.stories.test_clocks import facts, lays, told
from tests.stories.test_joining import merges, undoes
from tests.stories.test_ladder import HOUR, MINUTE, Street, street
from tests.support.house import Counter, House, Person

__all__ = ["street"]


def clocks_of(house: House, talk: ConversationId) -> dict[Target, Run]:
    """Return the clocks of a conversation, whatever they have told."""
    clocks = house.db.read_now(talks.get, talk).clocks or Clocks()
    return {run.target: replace(run, warned=False, breached=False) for run in clocks.running}


def two(house: House) -> tuple[Counter, Person, ConversationId, ConversationId]:
    """Let somebody ask twice, and answer the first."""
    halo, anna = house.shop("halo", staff=["mei"]), house.buyer("anna")
    lays(halo, halo.mei)
    first = anna.asks(halo, halo.sells("lamp"), "Where is my lamp?")
    house.passes(minutes=5)
    halo.mei.answers(first, "On its way.")
    later = anna.asks(halo, None, "I mean the blue lamp")
    house.passes(minutes=5)
    return halo, anna, first, later


def test_the_clocks_of_what_was_merged_go_on_where_it_goes_on(house: House) -> None:
    halo, _anna, first, later = two(house)
    due, matter = halo.mei.sees(later).due, clocks_of(house, first)[Target.RESOLUTION]

    merges(halo.mei, first, later)

    there = clocks_of(house, first)
    assert due is not None
    assert there[Target.FIRST].due_at == due.at
    assert there[Target.RESOLUTION].since == matter.since
    assert matter.rest is not None
    assert there[Target.RESOLUTION].rest is None
    ended = [one for one in facts(house, "ClockStopped") if one["conversation"] == later]
    assert [one["handed_over"] for one in ended] == [True, True]
    house.passes(hours=1)
    assert told(halo.mei, first) == ["clock_breached_first"]
    assert halo.mei.sees(first).state is State.WAITING_SELLER


def test_taken_apart_each_has_its_clocks_again_and_nothing_is_told_twice(house: House) -> None:
    halo, _anna, first, later = two(house)
    before = [clocks_of(house, talk) for talk in (first, later)]
    join = merges(halo.mei, first, later)
    house.passes(hours=1)
    once = told(halo.mei, first)
    assert "clock_breached_first" in once

    undoes(halo.mei, join)
    house.passes(minutes=1)

    assert [clocks_of(house, talk) for talk in (first, later)] == before
    assert (told(halo.mei, first), told(halo.mei, later)) == (once, [])


@pytest.mark.parametrize("after", [timedelta(seconds=5), timedelta(minutes=4)])
def test_a_resolution_taken_back_leaves_the_clocks_as_they_were(
    house: House, after: timedelta
) -> None:
    halo, _anna, first, _later = two(house)
    before = clocks_of(house, first)
    assert before[Target.RESOLUTION].rest is not None

    done = does_all(halo.mei, Act.RESOLVE, [first])
    assert clocks_of(house, first) == {}
    house.passes(seconds=after.total_seconds())
    undoes_all(halo.mei, done.id)

    assert clocks_of(house, first) == before


def test_a_shop_without_rules_has_no_clocks_before_and_after(house: House) -> None:
    halo, anna = house.shop("halo", staff=["mei"]), house.buyer("anna")
    first = anna.asks(halo, halo.sells("lamp"), "Where is my lamp?")
    later = anna.asks(halo, None, "I mean the blue lamp")

    undoes(halo.mei, merges(halo.mei, first, later))

    assert clocks_of(house, first) == clocks_of(house, later) == {}


def test_owner_and_operator_are_called_about_words_from_before_a_merge(street: Street) -> None:
    anna, halo = street.anna, street.halo
    first = anna.asks(halo, halo.sells("lamp"), "Hello")
    halo.mei.answers(first, "Yes?")
    street.waits(minutes=1)
    asked = street.house.clock()
    later = anna.asks(halo, None, "Is anybody there?")
    street.waits(seconds=90)

    merges(halo.mei, first, later)
    street.waits(days=2)

    told = dict(street.told(first, asked))
    assert [told[name] for name in ("answer_overdue", "team staff", "team owner", "escalate")] == [
        5 * MINUTE,
        15 * MINUTE,
        1 * HOUR,
        24 * HOUR + 5 * MINUTE,
    ]
    assert [whom for whom in street.push.told if whom is not Whom.BUYER][-2:] == [
        Whom.OWNER,
        Whom.OPERATOR,
    ]
    assert street.house.operator().sees(first).state is State.WAITING_OPERATOR


def test_a_merge_in_which_nothing_waits_calls_nobody(street: Street) -> None:
    anna, halo = street.anna, street.halo
    first = anna.asks(halo, halo.sells("lamp"), "Hello")
    later = anna.asks(halo, None, "Is anybody there?")
    for talk in (first, later):
        halo.mei.answers(talk, "Yes.")
    merges(halo.mei, first, later)

    street.waits(days=2)

    assert not [name for name, _ in street.told(first, street.house.clock()) if "team" in name]
