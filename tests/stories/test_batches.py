"""What several say at the same moment is stored in one go; each of them notices nothing of it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec

from shopbell.app import build
from shopbell.conversations import service
from shopbell.conversations.commands import Append, Appended, Ask
from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.refusals import (
    IdempotencyConflict,
    MessageWithdrawn,
    NoSuchConversation,
    NothingSaid,
    TooSoonToEscalate,
)
from shopbell.conversations.turns import State
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from tests.support.house import House, Person


def says(who: Person, talk: ConversationId, words: str, cmid: str | None = None) -> Ask:
    return wants(who, talk, "message", cmid, text=words)


def wants(
    who: Person, talk: ConversationId, kind: str, cmid: str | None = None, **data: object
) -> Ask:
    return Ask(who.actor, Stream(talk), Append(cmid or new_id(), kind, data))


def together(house: House, *asks: Ask) -> list[Appended | Refusal]:
    return house.db.write_now(service.append_all, asks)


def numbers(outcomes: Sequence[Appended | Refusal]) -> list[int]:
    return [outcome.seq for outcome in outcomes if isinstance(outcome, Appended)]


def test_one_bad_among_good_is_refused_alone(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    hers, his = anna.asks(halo, None, "Hello"), boris.asks(halo, None, "Hi")

    outcomes = together(
        house,
        says(anna, hers, "Is it heavy?"),
        says(boris, hers, "What does she ask?"),
        says(boris, his, ""),
        wants(anna, hers, "escalate"),
        says(boris, his, "And is it loud?"),
    )

    assert [type(outcome) for outcome in outcomes] == [
        Appended,
        NoSuchConversation,
        NothingSaid,
        TooSoonToEscalate,
        Appended,
    ]
    assert halo.mei.reads(hers) == ["Hello", "Is it heavy?"]
    assert halo.mei.reads(his) == ["Hi", "And is it loud?"]


def test_a_resend_in_the_same_breath_is_the_same_message(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk, cmid = anna.begins(halo, None), new_id()

    first, again, other = together(
        house,
        says(anna, talk, "Hello", cmid),
        says(anna, talk, "Hello", cmid),
        says(anna, talk, "Goodbye", cmid),
    )

    assert isinstance(first, Appended)
    assert again == msgspec.structs.replace(first, replayed=True)
    assert isinstance(other, IdempotencyConflict)
    assert halo.mei.reads(talk) == ["Hello"]


def test_buyer_and_shop_in_one_batch_share_one_row_of_numbers(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "0")

    outcomes = together(
        house,
        says(halo.mei, talk, "1"),
        says(anna, talk, "2"),
        says(halo.mei, talk, "3"),
        wants(anna, talk, "message", text="4", channel="message"),
    )

    assert numbers(outcomes) == [3, 4, 5, 6]
    assert anna.reads(talk) == ["0", "1", "2", "3", "4"]
    seen = halo.mei.sees(talk)
    assert (seen.state, seen.unread, seen.head) == (State.WAITING_SELLER, 3, 6)
    assert seen.due is not None


def test_corrections_and_moves_find_what_the_same_batch_said(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")

    outcomes = together(
        house,
        says(anna, talk, "Is it haevy?"),
        wants(anna, talk, "edit", target=3, text="Is it heavy?"),
        says(anna, talk, "Never mind"),
        wants(anna, talk, "delete", target=5),
        wants(anna, talk, "edit", target=5, text="Mind"),
        wants(anna, talk, "resolve"),
        says(anna, talk, "One more thing"),
    )

    assert [type(outcome) for outcome in outcomes].count(MessageWithdrawn) == 1
    assert [event.type for event in anna.events(talk)] == [
        *["subject", "message", "message", "edit", "message", "delete", "resolve"],
        *["reopened", "message"],
    ]
    assert halo.mei.sees(talk).state is State.WAITING_SELLER


def test_everything_one_person_sends_keeps_its_order(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    talks = [anna.begins(halo, None), boris.begins(halo, None)]
    people = [anna, boris]

    async def pour() -> list[Appended]:
        asks = [says(people[n % 2], talks[n % 2], str(n // 2)) for n in range(500)]
        sent = [house.db.write_together(service.append_all, ask) for ask in asks]
        return await asyncio.gather(*sent)

    done = asyncio.run(pour())

    for side in range(2):
        assert [one.seq for one in done[side::2]] == list(range(2, 252))
        events = house.db.read_now(
            service.page, people[side].actor, Stream(talks[side]), after=1, limit=200
        ).events
        assert [msgspec.json.decode(event.data)["text"] for event in events] == [
            str(n) for n in range(200)
        ]


def test_a_resend_that_races_its_first_copy_on_another_process_is_one_message(
    house: House, database: str, tmp_path: Path
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asks = [says(anna, anna.begins(halo, halo.sells(f"lamp-{n}")), "Hello") for n in range(20)]
    other = build(Settings(data=tmp_path / "other", database=database), clock=house.clock)

    async def both() -> list[Appended]:
        sent = [
            db.write_together(service.append_all, ask)
            for ask in asks
            for db in (house.db, other.db)
        ]
        return await asyncio.gather(*sent)

    done = asyncio.run(both())
    other.close()

    assert [one.id for one in done[::2]] == [one.id for one in done[1::2]]
    assert all(one.replayed != two.replayed for one, two in zip(done[::2], done[1::2], strict=True))
    assert {one.seq for one in done} == {2}


def test_a_bug_with_one_message_does_not_cost_the_others_theirs(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.begins(halo, None)

    def stumble(tx: Tx, asks: Sequence[Ask]) -> list[Appended | Refusal]:
        outcomes = service.append_all(tx, asks)
        if any(ask.command.data["text"] == "3" for ask in asks):
            raise ZeroDivisionError
        return outcomes

    async def pour() -> list[Appended | BaseException]:
        sent = [house.db.write_together(stumble, says(anna, talk, str(n))) for n in range(6)]
        return await asyncio.gather(*sent, return_exceptions=True)

    outcomes = asyncio.run(pour())

    assert [type(outcome) for outcome in outcomes].count(ZeroDivisionError) == 1
    assert halo.mei.reads(talk) == ["0", "1", "2", "4", "5"]
    assert [event.seq for event in anna.events(talk)] == [1, 2, 3, 4, 5, 6]
