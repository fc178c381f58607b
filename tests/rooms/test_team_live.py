"""What a team hears of each other on open pages, and a buyer never does."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from shopbell.conversations.commands import Append
from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.service import append
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side
from shopbell.kernel.ids import new_id
from shopbell.realtime.frames import Presence as Seen
from shopbell.realtime.letters import Asked, Attended, Counted, Letter
from shopbell.realtime.presence import Presence
from tests.support.house import Counter, House, Person
from tests.support.pages import Page, Rooms


@dataclass
class Team:
    """Halo's Mei and Oleg, and Anna who has asked them something."""

    rooms: Rooms
    halo: Counter
    anna: Person
    id: ConversationId

    async def follows(self, page: Page, audience: str = "n") -> None:
        page.says(t="sub", sid=audience, stream=f"c.{self.id}.{audience}", after=0)
        await page.hears("sub_ok", sid=audience)


@pytest.fixture
async def team(house: House) -> AsyncIterator[Team]:
    halo, anna = house.shop("halo", staff=["mei", "oleg"]), house.buyer("anna")
    async with Rooms(house) as rooms:
        yield Team(rooms, halo, anna, anna.asks(halo, None, "Is it paper?"))


async def test_colleagues_see_who_has_a_conversation_open(team: Team) -> None:
    halo = team.halo
    async with team.rooms.opens(halo.mei) as mei, team.rooms.opens(team.anna) as anna:
        await team.follows(mei)
        await team.follows(anna, "p")
        async with team.rooms.opens(halo.oleg) as oleg, team.rooms.opens(halo.oleg) as tab:
            await team.follows(oleg)
            came = await mei.hears("presence", person=halo.oleg.actor.id, on=True)
            assert (came["name"], came["stream"]) == ("Oleg", f"c.{team.id}.n")
            assert (await oleg.hears("presence", person=halo.mei.actor.id))["on"]
            await team.follows(tab)
            oleg.says(t="unsub", sid="n")
            oleg.says(t="sub", sid="p", stream=f"c.{team.id}.p", after=0)
            await oleg.hears("sub_ok", sid="p")
            left = [f for f in mei.heard if f.get("person") == halo.oleg.actor.id and not f["on"]]
            assert left == []
        await mei.hears("presence", person=halo.oleg.actor.id, on=False)
        assert not any("person" in frame for frame in anna.heard)


async def test_who_is_mentioned_hears_it_at_once_and_only_they(team: Team) -> None:
    halo = team.halo
    async with (
        team.rooms.opens(halo.oleg) as oleg,
        team.rooms.opens(halo.mei) as mei,
        team.rooms.opens(team.anna) as anna,
    ):
        for page in (oleg, mei, anna):
            page.says(t="watch")
        await asyncio.to_thread(
            halo.mei.adds,
            Stream.parse(f"c.{team.id}.n"),
            "note",
            text="@Oleg?",
            mentions=[halo.oleg.actor.id],
        )
        called = await oleg.hears("called")
        assert {n: called[n] for n in ("why", "conversation", "by", "seq")} == {
            "why": "mention",
            "conversation": team.id,
            "by": "Mei",
            "seq": 1,
        }
        await mei.hears("row")
        assert (mei.count("called"), anna.count("called")) == (0, 0)


async def test_a_send_that_crosses_an_answer_is_held_back_and_goes_when_seen(team: Team) -> None:
    halo, stream = team.halo, f"c.{team.id}.p"
    await asyncio.to_thread(halo.mei.says, team.id, "Linen.")
    async with team.rooms.opens(halo.oleg) as oleg:
        sent: dict[str, Any] = {
            "t": "send",
            "stream": stream,
            "cmid": new_id(),
            "type": "message",
            "data": {"text": "Paper."},
        }
        oleg.says(**sent, seen=2)
        problem = (await oleg.hears("refused", cmid=sent["cmid"]))["problem"]
        assert (problem["status"], problem["code"], problem["by"], problem["said"]) == (
            409,
            "answered_meanwhile",
            "Mei",
            "Linen.",
        )
        oleg.says(**sent, seen=3)
        assert not (await oleg.hears("ok", cmid=sent["cmid"]))["replayed"]
        oleg.says(**sent, seen=2)
        assert (await oleg.hears("ok", cmid=sent["cmid"]))["replayed"]


async def test_a_house_keeps_its_order_when_one_of_a_batch_is_held_back(team: Team) -> None:
    """A refusal in front of any write costs the others of its batch nothing."""
    halo, stream = team.halo, Stream(team.id)
    db = halo.house.db
    await db.write(append, halo.mei.actor, stream, Append(new_id(), "message", {"text": "1"}))
    asks = [
        db.write(append, by.actor, stream, Append(new_id(), "message", {"text": "x"}, seen))
        for by, seen in ((halo.oleg, 2), (halo.mei, 2), (team.anna, 0))
    ]
    done = await asyncio.gather(*asks, return_exceptions=True)
    assert [isinstance(one, Exception) for one in done] == [True, False, False]


def test_readers_at_another_process_are_known_and_forgotten_with_it() -> None:
    told: list[tuple[str, bool]] = []
    posted: list[Letter] = []

    def tell(_stream: str, frame: Seen, _but: Side | None) -> None:
        told.append((str(frame.name), frame.on))

    here, there = Presence(tell), Presence(lambda *_told: None)
    there.post = posted.append
    oleg = Actor(PersonId(new_id()), Side.SELLER, ShopId(new_id()), name="Олег" * 20)
    there.open_notes("c.x.n", oleg)
    for letter in posted:
        assert isinstance(letter, Attended | Counted | Asked)
        here.hear("there", letter, us="here")
    [reader] = here.readers_of("c.x.n")
    assert (reader.person, reader.name) == (oleg.id, "Олег" * 5)

    here.hear("there", Attended(places=[], anew=True), us="here")
    assert here.readers_of("c.x.n") == []
    assert told == [("Олег" * 5, True), ("Олег" * 5, False)]
