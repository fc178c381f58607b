"""One open page after another, without a network: what each may say, and what it is told."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from shopbell.accounts import keys
from shopbell.accounts import service as accounts
from shopbell.accounts.model import NewKey
from shopbell.conversations import service as conversations
from shopbell.conversations.crowd import Crowd
from shopbell.conversations.model import ConversationId
from shopbell.conversations.refusals import BeyondHead
from shopbell.engine.database import Tx
from shopbell.engine.pace import Turnstile
from shopbell.engine.trouble import DatabaseDown
from shopbell.kernel.actor import Actor, PersonId, Side
from shopbell.kernel.ids import new_id
from shopbell.realtime import following, outgoing, service, session
from shopbell.realtime.codes import Close
from shopbell.realtime.frames import FRAME_MOST
from shopbell.realtime.hub import encode
from shopbell.realtime.model import Bearer
from shopbell.realtime.service import FAR
from shopbell.web.problems import document
from tests.support.house import Counter, House, Person
from tests.support.pages import PATIENCE, Page, Rooms


@dataclass
class Talk:
    """Anna and Halo's Mei in conversation, Boris outside it, and the rooms their pages are in."""

    house: House
    rooms: Rooms
    halo: Counter
    anna: Person
    boris: Person
    id: ConversationId

    @property
    def stream(self) -> str:
        return f"c.{self.id}.p"

    @property
    def notes(self) -> str:
        return f"c.{self.id}.n"

    async def says(self, who: Person, words: str) -> None:
        """Say something from elsewhere, as over HTTP."""
        await asyncio.to_thread(who.says, self.id, words)

    async def follows(self, page: Page, after: int = 0, **more: Any) -> dict[str, Any]:
        page.says(t="sub", sid="s", stream=self.stream, after=after, **more)
        return await page.hears("sub_ok", sid="s")


@pytest.fixture
async def talk(house: House) -> AsyncIterator[Talk]:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    async with Rooms(house) as rooms:
        yield Talk(house, rooms, halo, anna, boris, anna.begins(halo, None))


def words(frame: dict[str, Any]) -> str:
    return str(frame["event"]["data"]["text"])


# ── coming in ───────────────────────────────────────────────────────────────────────────────


async def test_a_page_is_welcomed_with_what_it_may_do(talk: Talk) -> None:
    async with talk.rooms.dials() as page:
        page.says(t="hello", token=await talk.rooms.ticket(talk.anna), client="test", version="1")
        welcome = await page.hears("welcome")
    assert welcome["epoch"] == talk.house.app.epoch
    assert welcome["ping_ms"] == 25_000
    assert len(welcome["conn"]) == 16
    assert datetime.fromisoformat(welcome["server_time"]) == talk.house.clock()
    assert welcome["limits"] == {
        "frame_bytes": 65_536,
        "text_chars": 10_000,
        "subscriptions": 128,
        "attachment_bytes": talk.house.app.settings.attachment_bytes,
    }


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"t": "pong"}, Close.NO_HELLO),
        ({"t": "hello", "token": "x", "version": "2"}, Close.VERSION),
        ({"t": "hello", "token": "x"}, Close.AUTH_FAILED),
        ({"t": "dance"}, Close.BAD_RESUME),
    ],
)
async def test_who_does_not_come_in_as_agreed_is_sent_away(
    talk: Talk, first: dict[str, Any], code: Close
) -> None:
    async with talk.rooms.dials() as page:
        page.says(**first)
        assert await page.was_hung_up() == code
    assert talk.rooms.house.hub.pages() == []


async def test_a_ticket_opens_one_socket_once(talk: Talk) -> None:
    ticket = await talk.rooms.ticket(talk.anna)
    async with talk.rooms.dials() as page, talk.rooms.dials() as again:
        page.says(t="hello", token=ticket)
        await page.hears("welcome")
        again.says(t="hello", token=ticket)
        assert await again.was_hung_up() == Close.AUTH_FAILED


async def test_a_ticket_is_good_for_a_minute_only(talk: Talk) -> None:
    early, late = await talk.rooms.ticket(talk.anna), await talk.rooms.ticket(talk.anna)
    async with talk.rooms.dials() as page, talk.rooms.dials() as slow:
        talk.house.clock.passes(seconds=59)
        page.says(t="hello", token=early)
        await page.hears("welcome")
        talk.house.clock.passes(seconds=1)
        slow.says(t="hello", token=late)
        assert await slow.was_hung_up() == Close.AUTH_FAILED


async def test_a_ticket_of_somebody_signed_out_opens_nothing(talk: Talk) -> None:
    entry = await talk.rooms.signs_in(talk.anna)
    ticket = await talk.rooms.ticket(talk.anna, entry)
    await talk.house.db.write(accounts.sign_out, entry)
    async with talk.rooms.dials() as page:
        page.says(t="hello", token=ticket)
        assert await page.was_hung_up() == Close.AUTH_FAILED


async def test_silence_instead_of_a_greeting_ends_the_call(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "HELLO_SECONDS", 0.05)
    async with talk.rooms.dials() as page:
        assert await page.was_hung_up() == Close.NO_HELLO


async def test_somebody_has_so_many_pages_open_and_no_more(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "CONNECTIONS", 2)
    opens = talk.rooms.opens
    async with opens(talk.anna), opens(talk.anna), opens(talk.boris), talk.rooms.dials() as third:
        assert talk.rooms.house.hub.connections(talk.anna.actor.id) == 2
        third.says(t="hello", token=await talk.rooms.ticket(talk.anna))
        assert await third.was_hung_up() == Close.RATE_LIMITED
    assert talk.rooms.house.hub.connections(talk.anna.actor.id) == 0
    assert talk.rooms.house.hub.pages() == []


async def test_a_house_that_closes_lets_nobody_in_and_says_farewell(talk: Talk) -> None:
    async with talk.rooms.opens(talk.anna) as inside, talk.rooms.dials() as outside:
        await talk.rooms.house.hub.drain(0)
        bye = await inside.hears("bye")
        assert bye["after_ms"] == 0
        assert await inside.was_hung_up() == Close.DRAINING
        outside.says(t="hello", token="x")
        assert await outside.was_hung_up() == Close.DRAINING


async def test_from_one_address_only_so_many_stand_at_the_door(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk.rooms.house, "strangers", Turnstile(1))
    dials, ticket = talk.rooms.dials_from, await talk.rooms.ticket(talk.anna)
    async with dials("192.0.2.1") as first, dials("192.0.2.1") as second, dials("192.0.2.9") as far:
        assert await second.was_hung_up() == Close.RETRY
        far.says(t="hello", token=ticket)
        await far.hears("welcome")
        first.says(t="hello", token=await talk.rooms.ticket(talk.anna))
        await first.hears("welcome")
        async with dials("192.0.2.1") as third:
            third.says(t="hello", token=await talk.rooms.ticket(talk.anna))
            await third.hears("welcome")


async def test_who_signs_out_while_coming_in_is_shown_out(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, redeem = await talk.rooms.signs_in(talk.anna), service.redeem

    def and_signs_out(tx: Tx, ticket: str) -> Bearer | None:
        bearer = redeem(tx, ticket)
        accounts.sign_out(tx, entry)
        return bearer

    ticket = await talk.rooms.ticket(talk.anna, entry)
    monkeypatch.setattr(service, "redeem", and_signs_out)
    async with talk.rooms.dials() as page:
        page.says(t="hello", token=ticket)
        assert await page.was_hung_up() == Close.REVOKED


@pytest.mark.parametrize("trouble", [DatabaseDown(), ValueError("a bug")])
async def test_who_cannot_be_looked_at_again_is_asked_to_come_back(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def fails(*_given: Any) -> None:
        raise trouble

    monkeypatch.setattr(service, "still", fails)
    monkeypatch.setattr(service, "redeem", lambda _tx, _ticket: Bearer(talk.anna.actor, None, "en"))
    async with talk.rooms.dials() as page:
        page.says(t="hello", token="x")
        assert await page.was_hung_up() == Close.RETRY


# ── being there ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "frame",
    [
        b'{"t":"pong"}',
        "{",
        "[]",
        '{"t":"pong","x":1}',
        "[" * 5_000,
        "x" * (FRAME_MOST + 1),
        "\ud800",
    ],
)
async def test_a_frame_that_is_none_ends_this_page_alone(talk: Talk, frame: str | bytes) -> None:
    async with talk.rooms.opens(talk.anna) as odd, talk.rooms.opens(talk.anna) as other:
        odd.says_words(frame)
        assert await odd.was_hung_up() == Close.BAD_RESUME
        await talk.follows(other)


async def test_a_frame_may_be_as_long_as_said_and_counts_in_bytes(talk: Talk) -> None:
    frame = {"t": "send", "stream": talk.stream, "cmid": new_id(), "type": "message", "data": {}}
    bare = len(msgspec.json.encode(frame | {"data": {"text": ""}}))
    async with talk.rooms.opens(talk.anna) as page, talk.rooms.opens(talk.anna) as wide:
        full = msgspec.json.encode(frame | {"data": {"text": "x" * (FRAME_MOST - bare)}}).decode()
        assert len(full) == FRAME_MOST
        page.says_words(full)
        assert (await page.hears("refused"))["problem"]["code"] == "text_too_long"
        wide.says_words(msgspec.json.encode(frame | {"data": {"text": "长" * 30_000}}).decode())
        assert await wide.was_hung_up() == Close.BAD_RESUME


async def test_who_talks_without_a_pause_is_sent_away(house: House) -> None:
    anna = house.buyer("anna")
    async with Rooms(house, frames_per_second=5) as rooms, rooms.opens(anna) as page:
        for _n in range(9):
            page.says(t="pong")
        page.says(t="sub", sid="s", stream="c.x.p", after=0)
        await page.hears("gone")
        for _n in range(4):
            page.says(t="pong")
        assert await page.was_hung_up() == Close.RATE_LIMITED


async def test_a_page_that_lives_is_asked_and_one_that_is_silent_is_let_go(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "PING_SECONDS", 0.05)
    monkeypatch.setattr(session, "PONG_SECONDS", 0.5)
    opens = talk.rooms.opens
    async with opens(talk.anna) as alive, opens(talk.boris, answers=False) as dead:
        dead.says(t="watch")
        await dead.hears("ping")
        assert await dead.was_hung_up() == Close.NO_PONG
        pings = alive.count("ping")
        async with asyncio.timeout(PATIENCE):
            while alive.count("ping") < pings + 2:
                await asyncio.sleep(0.001)
        assert alive.code is None


async def test_pages_are_not_all_asked_at_the_same_time(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def longest(least: float, most: float) -> float:
        assert (least, most) == (0.8, 1.2)
        return 1e-6

    monkeypatch.setattr(session, "PING_SECONDS", 1e4)
    monkeypatch.setattr("shopbell.realtime.session.random.uniform", longest)
    async with talk.rooms.opens(talk.anna) as page:
        await page.hears("ping")


async def test_a_page_whose_answer_waits_behind_a_slow_database_is_not_let_go(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "PING_SECONDS", 0.05)
    monkeypatch.setattr(session, "PONG_SECONDS", 0.05)
    goes_on, mark = threading.Event(), conversations.mark

    def slowly(*given: Any) -> None:
        assert goes_on.wait(PATIENCE)
        mark(*given)

    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        monkeypatch.setattr(conversations, "mark", slowly)
        page.says(t="read", stream=talk.stream, seq=1)
        for _beat in range(3):
            await page.hears("ping")
        monkeypatch.setattr(session, "PONG_SECONDS", 60.0)
        goes_on.set()
        page.says(t="typing", stream=talk.stream, on=True)
        assert page.code is None


async def test_a_page_is_shown_out_at_once_when_its_sign_in_ends(talk: Talk) -> None:
    entry = await talk.rooms.signs_in(talk.anna)
    async with (
        talk.rooms.opens(talk.anna, session=entry) as page,
        talk.rooms.opens(talk.anna) as other,
    ):
        await talk.house.db.write(accounts.sign_out, entry)
        assert await page.was_hung_up() == Close.REVOKED
        page.says(t="send", stream=talk.stream, cmid=new_id(), type="message", data={"text": "x"})
        await talk.follows(other)
    assert talk.anna.events(talk.id)[-1].seq == 1
    assert page.cut is False


# ── following ───────────────────────────────────────────────────────────────────────────────


async def test_a_page_gets_what_it_missed_and_then_what_comes(talk: Talk) -> None:
    await talk.says(talk.anna, "one")
    await talk.says(talk.halo.mei, "two")
    async with talk.rooms.opens(talk.anna) as page:
        page.says(t="read", stream=talk.stream, seq=1)
        page.says(t="ack", stream=talk.stream, seq=2)
        found = await talk.follows(page, after=2)
        assert (found["head"], found["recovered"], found["stream"]) == (3, True, talk.stream)
        assert "reason" not in found
        assert [event["seq"] for event in found["events"]] == [3]
        assert found["reads"] == {"buyer": 1, "seller": 0}
        assert found["delivered"] == {"buyer": 2, "seller": 0}
        await talk.says(talk.halo.mei, "three")
        told = await page.hears("event")
        assert (told["stream"], told["event"]["seq"], words(told)) == (talk.stream, 4, "three")
        assert page.numbers() == [3, 4]


async def test_what_was_far_behind_is_read_in_pages(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopbell.realtime.service.FAR", 2)
    assert FAR == 300
    for n in range(4):
        await talk.says(talk.anna, str(n))
    monkeypatch.setattr("shopbell.conversations.service.PAGE_MOST", 2)
    async with talk.rooms.opens(talk.anna) as page:
        found = await talk.follows(page)
        assert (found["recovered"], found["reason"], found["events"]) == (False, "far", [])
        assert found["head"] == 5
        await talk.says(talk.anna, "live")
        assert (await page.hears("event"))["event"]["seq"] == 6


@pytest.mark.parametrize(("after", "epoch"), [(9, None), (0, "another"), (1, "another")])
async def test_a_copy_of_another_story_is_dropped(
    talk: Talk, after: int, epoch: str | None
) -> None:
    async with talk.rooms.opens(talk.anna) as page:
        page.says(t="sub", sid="s", stream=talk.stream, after=after, epoch=epoch)
        reset = await page.hears("reset")
        assert (reset["sid"], reset["stream"], reset["head"]) == ("s", talk.stream, 1)
        await talk.says(talk.anna, "next")
        assert (await page.hears("event"))["event"]["seq"] == 2


async def test_a_copy_of_this_story_goes_on(talk: Talk) -> None:
    async with talk.rooms.opens(talk.anna) as page:
        found = await talk.follows(page, after=1, epoch=talk.house.app.epoch)
        assert (found["recovered"], found["events"], found["head"]) == (True, [], 1)


async def test_what_is_not_theirs_is_gone_and_stays_silent(talk: Talk) -> None:
    async with talk.rooms.opens(talk.boris) as boris, talk.rooms.opens(talk.anna) as anna:
        for page, stream in ((boris, talk.stream), (boris, "c.x.p"), (anna, talk.notes)):
            page.says(t="sub", sid="s", stream=stream, after=0)
            gone = await page.hears("gone")
            assert (gone["sid"], gone["stream"]) == ("s", stream)
        await talk.says(talk.anna, "secret")
        await asyncio.to_thread(talk.halo.mei.notes, talk.id, "psst")
        boris.says(t="send", stream=talk.stream, cmid=new_id(), type="message", data={"text": "x"})
        refused = await boris.hears("refused")
        assert refused["problem"]["status"] == 404
        assert (boris.count("event"), anna.count("event")) == (0, 0)


async def test_whoever_follows_no_longer_hears_no_more(talk: Talk) -> None:
    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        page.says(t="unsub", sid="other")
        page.says(t="unsub", sid="s")
        page.says(t="watch")
        await talk.says(talk.anna, "unheard")
        await page.hears("row")
        assert page.count("event") == 0
        assert talk.rooms.house.hub.followed() == {}
        found = await talk.follows(page, after=2)
        assert found["head"] == 2


async def test_a_stream_followed_twice_is_told_once(talk: Talk) -> None:
    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        page.says(t="sub", sid="again", stream=talk.stream, after=1)
        await page.hears("sub_ok", sid="again")
        await talk.says(talk.anna, "once")
        await page.hears("event")
        page.says(t="sub", sid="again", stream=talk.notes, after=0)
        await page.hears("gone")
        assert page.count("event") == 1
        assert talk.rooms.house.hub.followed() == {}


async def test_a_page_follows_so_many_streams_and_no_more(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "SUBSCRIPTIONS", 1)
    other = await asyncio.to_thread(talk.anna.begins, talk.halo, talk.halo.sells("lamp"))
    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        page.says(t="sub", sid="2", stream=f"c.{other}.p", after=0)
        assert await page.was_hung_up() == Close.RATE_LIMITED


async def test_after_the_page_has_gone_nothing_is_remembered_of_it(talk: Talk) -> None:
    hub = talk.rooms.house.hub
    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        page.says(t="watch")
        page.says(t="typing", stream="c.x.p", on=True)
        await asyncio.sleep(0)
        assert list(hub.followed()) == [talk.stream]
    assert (hub.followed(), hub.is_watched, hub.pages()) == ({}, False, [])


# ── holes ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lost", [1, 2])
async def test_an_entry_that_was_not_told_is_read_before_the_next(talk: Talk, lost: int) -> None:
    """As when the letter of another process is lost: the hub hears only of the last one."""
    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        talk.house.db.stop_publishing()
        for n in range(lost):
            await talk.says(talk.anna, f"lost {n}")
        talk.house.db.publish(talk.rooms.house.relay.publish)
        await talk.says(talk.anna, "heard")
        await page.hears("event", stream=talk.stream)
        while page.numbers()[-1] < lost + 2:
            await page.hears("event")
        await talk.says(talk.anna, "and the next")
        while page.numbers()[-1] < lost + 3:
            await page.hears("event")
        assert page.numbers() == list(range(1, lost + 4))


async def test_what_grew_elsewhere_is_read_and_a_rumour_is_forgotten(talk: Talk) -> None:
    hub = talk.rooms.house.hub
    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        talk.house.db.stop_publishing()
        await talk.says(talk.anna, "two")
        talk.house.db.publish(talk.rooms.house.relay.publish)
        hub.grown(talk.stream, 2)
        assert (await page.hears("event"))["event"]["seq"] == 2
        hub.grown(talk.stream, 99)
        hub.grown("c.unknown.p", 99)
        await talk.says(talk.anna, "three")
        assert (await page.hears("event"))["event"]["seq"] == 3
        assert page.numbers() == [1, 2, 3]
        [listener] = hub.following(talk.stream)
        assert listener.told(talk.stream) == 3
        assert listener.told("c.unknown.p") is None


@pytest.mark.parametrize("with_words", [True, False])
async def test_what_comes_while_a_rumour_is_looked_into_is_told(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, *, with_words: bool
) -> None:
    """The look may be older than what is heard before it answers."""
    looked, goes_on = threading.Event(), threading.Event()
    look = service.missed

    def slowly(*given: Any) -> Any:
        found = look(*given)
        looked.set()
        assert goes_on.wait(PATIENCE)
        return found

    hub = talk.rooms.house.hub
    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        monkeypatch.setattr(service, "missed", slowly)
        hub.grown(talk.stream, 99)
        assert await asyncio.to_thread(looked.wait, PATIENCE)
        if with_words:
            await talk.says(talk.anna, "two")
        else:
            talk.house.db.stop_publishing()
            await talk.says(talk.anna, "two")
            hub.grown(talk.stream, 2)
        goes_on.set()
        assert (await page.hears("event"))["event"]["seq"] == 2
        assert page.numbers() == [1, 2]


async def test_a_stream_that_is_lost_while_it_is_read_is_not_told_afterwards(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, goes_on, look = threading.Event(), threading.Event(), service.missed

    def slowly(*given: Any) -> Any:
        found = look(*given)
        looked.set()
        assert goes_on.wait(PATIENCE)
        return found

    async with talk.rooms.opens(talk.anna) as page:
        monkeypatch.setattr(service, "missed", slowly)
        page.says(t="sub", sid="1", stream=talk.stream)
        assert await asyncio.to_thread(looked.wait, PATIENCE)
        [listener] = talk.rooms.house.hub.following(talk.stream)
        listener.lose(talk.stream)
        goes_on.set()
        await page.hears("gone")
        monkeypatch.setattr(service, "missed", look)
        page.says(t="sub", sid="2", stream=talk.stream)
        assert (await page.hears("sub_ok"))["sid"] == "2"
        assert page.count("sub_ok") == 1


async def test_what_comes_in_its_turn_is_passed_on_as_it_is(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        monkeypatch.setattr(service, "missed", None)
        for n in range(2, 5):
            await talk.says(talk.anna, str(n))
            assert words(await page.hears("event")) == str(n)
        assert page.code is None


async def test_an_entry_told_again_is_not_shown_again(talk: Talk) -> None:
    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        await talk.says(talk.anna, "two")
        await page.hears("event")
        [listener] = talk.rooms.house.hub.following(talk.stream)
        for seq in (1, 2):
            listener.hear(talk.stream, seq, encode({"t": "event", "again": seq}))
        listener.hear("c.unknown.p", 3, encode({"t": "event"}))
        await talk.says(talk.anna, "three")
        while page.numbers()[-1] < 3:
            await page.hears("event")
        assert page.numbers() == [1, 2, 3]


async def test_somebody_who_lost_the_right_meanwhile_is_told_that_it_is_gone(talk: Talk) -> None:
    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        [listener] = talk.rooms.house.hub.following(talk.stream)
        listener.lose("c.unknown.p")
        listener.lose(talk.stream)
        gone = await page.hears("gone")
        assert (gone["sid"], gone["stream"]) == ("s", talk.stream)
        await talk.says(talk.anna, "unheard")
        page.says(t="watch")
        await talk.says(talk.anna, "unheard, too")
        await page.hears("row")
        assert page.count("event") == 0


async def test_what_could_not_be_read_for_a_while_is_read_later(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "TRY_AGAIN_SECONDS", 0.01)
    look, troubles = service.missed, [DatabaseDown(), DatabaseDown()]

    def fails_twice(*given: Any) -> Any:
        if troubles:
            raise troubles.pop()
        return look(*given)

    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        talk.house.db.stop_publishing()
        await talk.says(talk.anna, "two")
        monkeypatch.setattr(service, "missed", fails_twice)
        talk.rooms.house.hub.grown(talk.stream, 2)
        assert (await page.hears("event"))["event"]["seq"] == 2


async def test_a_hole_that_is_too_wide_is_told_as_far(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "FAR", 1)
    monkeypatch.setattr("shopbell.conversations.service.PAGE_MOST", 1)
    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        talk.house.db.stop_publishing()
        await talk.says(talk.anna, "two")
        await talk.says(talk.anna, "three")
        talk.rooms.house.hub.grown(talk.stream, 3)
        far = await page.hears("sub_ok", sid="s", head=3)
        assert (far["recovered"], far["events"]) == (False, [])
        talk.house.db.publish(talk.rooms.house.relay.publish)
        await talk.says(talk.anna, "four")
        assert (await page.hears("event"))["event"]["seq"] == 4


# ── saying ──────────────────────────────────────────────────────────────────────────────────


async def test_what_is_sent_is_acknowledged_once_and_heard_by_the_other_side(talk: Talk) -> None:
    async with talk.rooms.opens(talk.anna) as anna, talk.rooms.opens(talk.halo.mei) as mei:
        await talk.follows(mei)
        cmid = new_id()
        send = {"t": "send", "stream": talk.stream, "cmid": cmid, "type": "message"}
        anna.says(**send, data={"text": "Is it heavy?"})
        done = await anna.hears("ok", cmid=cmid)
        assert (done["seq"], done["replayed"]) == (2, False)
        heard = (await mei.hears("event"))["event"]
        assert (heard["id"], heard["at"], heard["data"]["text"]) == (
            done["id"],
            done["at"],
            "Is it heavy?",
        )
        anna.says(**send, data={"text": "Is it heavy?"})
        again = await anna.hears("ok", cmid=cmid)
        assert {n: again[n] for n in ("id", "seq", "at", "replayed")} == {
            "id": done["id"],
            "seq": 2,
            "at": done["at"],
            "replayed": True,
        }
        anna.says(**send, data={"text": "Is it light?"})
        refused = await anna.hears("refused", cmid=cmid)
        assert (refused["problem"]["status"], "sid" in refused) == (409, False)


async def test_sends_are_answered_in_their_order_however_many_wait(talk: Talk) -> None:
    async with talk.rooms.opens(talk.anna) as page:
        names = [new_id() for _n in range(40)]
        for n, cmid in enumerate(names):
            page.says(
                t="send", stream=talk.stream, cmid=cmid, type="message", data={"text": str(n)}
            )
        await page.hears("ok", cmid=names[-1])
        answered = [frame for frame in page.heard if frame["t"] == "ok"]
        assert [frame["cmid"] for frame in answered] == names
        assert [frame["seq"] for frame in answered] == list(range(2, 42))


async def test_marks_are_shown_to_the_other_side_and_never_beyond_the_head(talk: Talk) -> None:
    await talk.says(talk.anna, "Hello")
    async with talk.rooms.opens(talk.anna) as anna, talk.rooms.opens(talk.halo.mei) as mei:
        await talk.follows(anna)
        mei.says(t="ack", stream=talk.stream, seq=1)
        told = await anna.hears("cursor", kind="delivered")
        assert (told["stream"], told["side"], told["seq"]) == (talk.stream, "seller", 1)
        mei.says(t="read", stream=talk.stream, seq=2)
        told = await anna.hears("cursor", kind="read")
        assert (told["stream"], told["side"], told["seq"]) == (talk.stream, "seller", 2)
        mei.says(t="read", stream=talk.stream, seq=3)
        refused = await mei.hears("refused")
        assert refused["problem"]["code"] == "beyond_head"
        assert {"cmid", "sid"} & refused.keys() == set()


async def test_typing_is_shown_to_others_at_the_stream_alone(talk: Talk) -> None:
    async with (
        talk.rooms.opens(talk.anna) as anna,
        talk.rooms.opens(talk.anna) as tab,
        talk.rooms.opens(talk.halo.mei) as mei,
        talk.rooms.opens(talk.boris) as boris,
    ):
        for page in (anna, tab, mei):
            await talk.follows(page)
        boris.says(t="typing", stream=talk.stream, on=True)
        anna.says(t="typing", stream=talk.stream, on=True)
        told = await mei.hears("typing")
        assert (told["stream"], told["side"], told["name"], told["on"]) == (
            talk.stream,
            "buyer",
            "Anna",
            True,
        )
        anna.says(t="typing", stream=talk.stream, on=False)
        assert (await mei.hears("typing"))["on"] is False
        assert (tab.count("typing"), anna.count("typing"), mei.count("typing")) == (0, 0, 2)


async def test_each_side_sees_who_is_there(talk: Talk) -> None:
    async with talk.rooms.opens(talk.anna) as anna:
        await talk.follows(anna)
        at_desk = await anna.hears("presence", shop=str(talk.halo.shop.id))
        assert (at_desk["side"], at_desk["on"], "stream" in at_desk) == ("seller", False, False)
        async with talk.rooms.opens(talk.halo.mei) as mei:
            assert (await anna.hears("presence", shop=str(talk.halo.shop.id)))["on"] is True
            await talk.follows(mei)
            here = await mei.hears("presence", stream=talk.stream)
            assert (here["side"], here["on"]) == ("buyer", True)
            assert (await anna.hears("presence", stream=talk.stream))["on"] is True
            assert mei.count("presence") == 1
            mei.says(t="unsub", sid="s")
            assert (await anna.hears("presence", stream=talk.stream))["on"] is False
        assert (await anna.hears("presence", shop=str(talk.halo.shop.id)))["on"] is False


async def test_an_inbox_is_told_of_rows_as_its_own_side_sees_them(talk: Talk) -> None:
    olga = await asyncio.to_thread(talk.house.operator)
    async with (
        talk.rooms.opens(talk.anna) as anna,
        talk.rooms.opens(talk.halo.mei) as mei,
        talk.rooms.opens(talk.boris) as boris,
        talk.rooms.opens(olga) as operator,
    ):
        for page in (anna, mei, boris, operator):
            page.says(t="watch")
            page.says(t="sub", sid="x", stream="c.x.p", after=0)
            await page.hears("gone")
        await talk.says(talk.anna, "Hello")
        rows = [(await page.hears("row"))["conversation"] for page in (anna, mei, operator)]
        assert [row["unread"] for row in rows] == [0, 1, 0]
        await asyncio.to_thread(talk.halo.mei.notes, talk.id, "psst")
        assert (await mei.hears("row"))["conversation"]["notes_head"] == 1
        assert [page.count("row") for page in (anna, mei, boris, operator)] == [1, 2, 0, 1]


async def test_a_bug_with_one_frame_is_said_to_be_ours_and_leaves_the_page_alone(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with talk.rooms.opens(talk.anna) as page:
        with monkeypatch.context() as broken:
            broken.setattr("shopbell.realtime.service.missed", None)
            page.says(t="sub", sid="s", stream=talk.stream, after=0)
            problem = (await page.hears("refused", sid="s"))["problem"]
            assert (problem["code"], problem["status"]) == ("our_fault", 500)
            assert problem["retry_after"] == 5
        page.says(t="sub", sid="again", stream=talk.stream, after=0)
        await page.hears("sub_ok", sid="again")


async def test_a_bug_with_a_message_is_said_to_be_ours_and_the_same_again_is_taken(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = {"t": "send", "stream": talk.stream, "cmid": new_id(), "type": "message"}
    async with talk.rooms.opens(talk.anna) as page:
        with monkeypatch.context() as broken:
            broken.setattr("shopbell.conversations.service.enter", None)
            page.says(**send, data={"text": "Hello"})
            problem = (await page.hears("refused", cmid=send["cmid"]))["problem"]
            assert (problem["code"], problem["status"]) == ("our_fault", 500)
        page.says(**send, data={"text": "Hello"})
        assert (await page.hears("ok", cmid=send["cmid"]))["seq"] == 2


async def test_a_refusal_is_told_in_the_language_of_the_page(talk: Talk) -> None:
    async with talk.rooms.dials() as page:
        page.says(t="hello", token=await talk.rooms.ticket(talk.anna, locale="ru"))
        await page.hears("welcome")
        page.says(t="read", stream=talk.stream, seq=9)
        refused = (await page.hears("refused"))["problem"]
    assert refused == document(BeyondHead(seq=9, head=1), "ru")


async def test_sends_are_counted_by_address_and_until_they_are_answered(talk: Talk) -> None:
    waiting, addresses = list[str](), list[str]()

    class Counting:
        def sending(self, actor: Actor, address: str) -> SimpleNamespace:
            addresses.append(address)
            waiting.append(actor.id)
            return SimpleNamespace(leave=lambda: waiting.remove(actor.id))

    talk.rooms.house.crowd = cast("Crowd", Counting())
    async with talk.rooms.dials_from("192.0.2.7") as page:
        page.says(t="hello", token=await talk.rooms.ticket(talk.anna))
        await page.hears("welcome")
        cmid = new_id()
        page.says(t="send", stream=talk.stream, cmid=cmid, type="message", data={"text": "x"})
        await page.hears("ok", cmid=cmid)
    assert (waiting, addresses) == ([], ["192.0.2.7"])


async def test_the_page_of_a_program_is_shown_out_when_its_key_is_revoked(talk: Talk) -> None:
    mei, shop = talk.halo.mei.actor, talk.halo.shop.id
    db = talk.house.db
    made = [await db.write(keys.make, mei, shop, NewKey(f"Desk {n}")) for n in range(2)]
    programs = [
        Person(talk.house, Actor(PersonId(one.key.id), Side.SELLER, shop, one.key.rank, "Desk"))
        for one in made
    ]
    opens = talk.rooms.opens_as_program
    async with opens(programs[0]) as page, opens(programs[1]) as other:
        await db.write(keys.revoke, mei, shop, made[0].key.id)
        assert await page.was_hung_up() == Close.REVOKED
        await talk.follows(other)


# ── pages that do not read ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("quick", [True, False])
async def test_a_page_that_reads_again_in_time_has_missed_nothing(talk: Talk, quick: bool) -> None:
    async with talk.rooms.opens(talk.anna, quick=quick) as page:
        await talk.follows(page)
        page.stops_reading()
        for n in range(20):
            await talk.says(talk.anna, str(n))
        page.reads_on()
        while page.numbers()[-1] < 21:
            await page.hears("event")
        assert page.numbers() == list(range(1, 22))


async def test_of_what_passes_a_slow_page_hears_only_the_newest(talk: Talk) -> None:
    await talk.says(talk.anna, "one")
    async with (
        talk.rooms.opens(talk.anna, quick=False) as slow,
        talk.rooms.opens(talk.halo.mei) as mei,
    ):
        for page in (slow, mei):
            await talk.follows(page)
        await slow.hears("presence", side="seller", stream=talk.stream)
        slow.stops_reading()
        for frame in ({"t": "ack", "seq": 1}, {"t": "read", "seq": 1}, {"t": "read", "seq": 2}):
            mei.says(stream=talk.stream, **frame)
        await mei.hears("cursor", kind="read", seq=2)
        slow.reads_on()
        await slow.hears("cursor", kind="read", seq=2)
        kinds = [(f["kind"], f["seq"]) for f in slow.heard if f["t"] == "cursor"]
        assert kinds == [("delivered", 1), ("read", 2)]


async def test_a_slow_page_is_told_goodbye_but_one_that_is_thrown_out_hears_nothing_more(
    talk: Talk,
) -> None:
    hub = talk.rooms.house.hub
    async with (
        talk.rooms.opens(talk.anna, quick=False) as anna,
        talk.rooms.opens(talk.boris, quick=False) as boris,
    ):
        [thrown_out] = [page for page in hub.pages() if page.actor == talk.boris.actor]
        boris.stops_reading()
        for _n in range(2):
            thrown_out.tell(encode({"t": "secret"}))
            await asyncio.sleep(0)
        thrown_out.hang_up(Close.REVOKED)
        for _turn in range(5):
            await asyncio.sleep(0)
        boris.reads_on()
        await hub.drain(0)
        assert (await anna.was_hung_up(), await boris.was_hung_up()) == (
            Close.DRAINING,
            Close.REVOKED,
        )
        assert (anna.heard[-1]["t"], boris.count("secret")) == ("bye", 0)


async def test_who_takes_no_goodbye_is_waited_for_a_little(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "GOODBYE_SECONDS", 0.05)
    async with talk.rooms.opens(talk.anna, quick=False, listens=False) as page:
        page.stops_reading()
        await talk.rooms.house.hub.drain(0)
        assert await page.was_hung_up() == Close.DRAINING
        async with asyncio.timeout(PATIENCE):
            while talk.rooms.house.hub.pages():
                await asyncio.sleep(0.001)
        assert page.count("bye") == 0


async def test_a_page_that_reads_no_more_is_hung_up_on_and_costs_nobody_else(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "QUEUE_FRAMES", 5)
    async with talk.rooms.opens(talk.anna) as slow, talk.rooms.opens(talk.halo.mei) as mei:
        for page in (slow, mei):
            await talk.follows(page)
        slow.stops_reading()
        for n in range(12):
            await talk.says(talk.anna, str(n))
        assert await slow.was_hung_up() == Close.SLOW
        while mei.numbers()[-1] < 13:
            await mei.hears("event")
        assert mei.numbers() == list(range(1, 14))


async def test_a_frame_that_nobody_took_for_too_long_ends_the_page(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "SEND_SECONDS", 0.1)
    async with talk.rooms.opens(talk.anna) as page:
        await talk.follows(page)
        page.stops_reading()
        await talk.says(talk.anna, "unread")
        assert await page.was_hung_up() == Close.SLOW


async def test_a_connection_that_has_ended_is_cut(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "LINGER_SECONDS", 0.01)
    async with talk.rooms.dials() as page:
        page.says(t="pong")
        assert await page.was_hung_up() == Close.NO_HELLO
        async with asyncio.timeout(PATIENCE):
            while not page.cut:
                await asyncio.sleep(0.001)
