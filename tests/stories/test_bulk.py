"""One act on many conversations: done or refused one by one, and taken back."""

import asyncio
from collections.abc import Awaitable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from shopbell.conversations.model import ConversationId, TalkKind
from shopbell.conversations.refusals import IdempotencyConflict
from shopbell.conversations.turns import State
from shopbell.desk import service as desk
from shopbell.desk import storage
from shopbell.desk.bulk import routes, service
from shopbell.desk.bulk.model import Act, DoAll, Fates
from shopbell.desk.bulk.refusals import ActNeedsMore, NoSuchBulk, TooLateToUndo
from shopbell.desk.commands import Assign
from shopbell.desk.model import Mode
from shopbell.desk.refusals import TeamOnly
from shopbell.engine.database import Tx
from shopbell.kernel.ids import new_id
from tests.support.house import Counter, House, Person
from tests.support.team import gives, rules, tags, tended
from tests.support.waiting import somebody_waits


def does_all(
    who: Person, act: Act, talks: list[ConversationId], key: str = "", **more: Any
) -> Fates:
    asked = DoAll(key=key or new_id(), act=act, talks=list(talks), **more)
    return asyncio.run(_whole(routes.act_on_many.fn(who.house.db, who.actor, "en", asked)))


def undoes(who: Person, bulk: str) -> Fates:
    return asyncio.run(_whole(routes.undo_act_on_many.fn(who.house.db, who.actor, "ru", bulk)))


async def _whole(asked: Awaitable[Fates]) -> Fates:
    return await asked


def some(house: House, n: int = 3) -> tuple[Counter, Person, list[ConversationId]]:
    halo, anna = house.shop("halo", staff=["mei", "oleg"]), house.buyer("anna")
    return halo, anna, [anna.asks(halo, halo.sells(f"lamp-{i}"), "Hello") for i in range(n)]


def codes(fates: Fates) -> list[str]:
    return [item.code or "done" for item in fates.items]


def test_each_is_done_or_refused_for_its_own_reason(house: House) -> None:
    halo, _anna, talks = some(house)
    halo.mei.answers(talks[0], "Yes.")
    others = house.buyer("boris").asks(house.shop("nova", staff=["vera"]), None, "Not yours")

    done = does_all(halo.mei, Act.RESOLVE, [talks[0], talks[1], others])

    assert codes(done) == ["done", "not_your_move", "no_such_conversation"]
    assert done.items[1].title
    assert done.items[1].detail
    assert halo.mei.sees(talks[0]).state is State.RESOLVED


def test_the_same_command_again_does_nothing_twice(house: House) -> None:
    halo, anna, talks = some(house)
    key = new_id()
    first = does_all(halo.mei, Act.NO_REPLY_NEEDED, talks, key)
    anna.says(talks[0], "I do need one")

    again = does_all(halo.mei, Act.NO_REPLY_NEEDED, talks, key)

    assert (again.id, codes(again)) == (first.id, ["done"] * 3)
    assert halo.mei.sees(talks[0]).state is State.WAITING_SELLER
    with pytest.raises(IdempotencyConflict):
        does_all(halo.mei, Act.RESOLVE, talks, key)


@pytest.mark.parametrize("act", [Act.NO_REPLY_NEEDED, Act.RESOLVE])
def test_a_move_is_taken_back_with_its_clocks(house: House, act: Act) -> None:
    halo, anna, talks = some(house)
    if act is Act.RESOLVE:
        for talk in talks:
            halo.mei.answers(talk, "Yes.")
    before = [(halo.mei.sees(talk).state, halo.mei.sees(talk).due) for talk in talks]
    done = does_all(halo.mei, act, talks)
    anna.says(talks[2], "Wait")

    backs = [undoes(halo.mei, done.id) for _try in range(2)]

    assert [codes(back) for back in backs] == [["done", "done", "changed_since"]] * 2
    after = [(halo.mei.sees(talk).state, halo.mei.sees(talk).due) for talk in talks]
    assert after[:2] == before[:2]
    assert [event.type for event in anna.events(talks[0])][-2:] == [act, "taken_back"]
    if act is Act.RESOLVE:
        house.passes(days=14, minutes=1)
        assert halo.mei.sees(talks[0]).state is State.RESOLVED, "its clock was not wound again"


def test_what_the_team_alone_sees_is_taken_back_too(house: House) -> None:
    halo, _anna, talks = some(house)
    mei, oleg = halo.mei, halo.oleg
    gives(mei, talks[0], oleg)
    tag = tags(mei, talks[0], "urgent")
    before = [tended(mei, talk) for talk in talks]

    acts: list[tuple[Act, dict[str, Any]]] = [
        (Act.ASSIGN, {"to": mei.actor.id}),
        (Act.UNASSIGN, {}),
        (Act.TAG, {"tag": tag}),
        (Act.UNTAG, {"tag": tag}),
        (Act.SORT, {"kind": TalkKind.DISPUTE}),
        (Act.SNOOZE, {"until": house.clock() + timedelta(hours=1)}),
    ]
    for act, more in acts:
        done = does_all(mei, act, talks, **more)
        assert codes(done) == ["done"] * 3, act
        assert any(tended(mei, talk) != was for talk, was in zip(talks, before, strict=True)), act
        assert codes(undoes(mei, done.id)) == ["done"] * 3, act
        for talk, was in zip(talks, before, strict=True):
            now = tended(mei, talk)
            assert (now.assignee, now.tags, now.kind, now.snoozed_until) == (
                was.assignee,
                was.tags,
                was.kind,
                was.snoozed_until,
            ), act


def test_only_who_did_it_takes_it_back_and_not_for_long(house: House) -> None:
    halo, anna, talks = some(house, 1)
    done = does_all(halo.mei, Act.ASSIGN, talks, to=halo.oleg.actor.id)

    for who, bulk in ((halo.oleg, done.id), (halo.mei, new_id()), (halo.mei, "nothing")):
        with pytest.raises(NoSuchBulk):
            undoes(who, bulk)
    with pytest.raises(TeamOnly):
        does_all(anna, Act.RESOLVE, talks)
    with pytest.raises(ActNeedsMore):
        does_all(halo.mei, Act.TAG, talks)
    house.clock.passes(minutes=5, seconds=1)
    with pytest.raises(TooLateToUndo):
        undoes(halo.mei, done.id)


@pytest.mark.parametrize("back", [False, True], ids=["given", "taken back"])
def test_many_are_given_away_while_one_of_them_is(house: House, back: bool) -> None:
    halo, _anna, [talk] = some(house, 1)
    rules(halo.mei, Mode.LOAD)
    mei, oleg = halo.mei.actor, halo.oleg.actor
    asked = DoAll(key=new_id(), act=Act.ASSIGN, talks=[talk], to=oleg.id)
    bulk = house.db.write_now(service.begin, mei, asked)
    deed = service.undo if back else service.do
    if back:
        house.db.write_now(service.do, mei, bulk, talk)
    begun: list[str] = []
    with ThreadPoolExecutor(1) as apart:

        def many(tx: Tx) -> None:
            begun.append("many")
            deed(tx, mei, bulk, talk)

        def one(tx: Tx) -> Future[None]:
            begun.append("one")
            storage.held_rule(tx, halo.shop.id)
            other = apart.submit(house.db.write_now, many)
            while not other.done() and not somebody_waits(house.db.engine):
                pass
            desk.assign(tx, mei, talk, Assign(oleg.id))
            return other

        house.db.write_now(one).result()

    assert begun == ["one", "many"], "neither had to begin again"
    assert tended(halo.mei, talk).assignee == (None if back else oleg.id)
