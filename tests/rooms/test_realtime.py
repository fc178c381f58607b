"""Open pages: queues that stay small, who is here, places in words, letters that fit."""

import asyncio
import resource
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from shopbell.accounts.model import KeyId, KeyRevoked, SessionId, SessionsEnded
from shopbell.app import build
from shopbell.conversations import storage
from shopbell.conversations.commands import Appended
from shopbell.conversations.crowd import Crowd
from shopbell.conversations.model import (
    Audience,
    Author,
    ConversationId,
    Event,
    EventAppended,
    Stream,
)
from shopbell.conversations.service import entered
from shopbell.engine import metrics, pace
from shopbell.engine.broker import LETTER_MOST
from shopbell.engine.database import Tx
from shopbell.engine.loop import watching_the_loop
from shopbell.engine.pace import Allowance, Line, Overloaded, Pace, TooFast, Turnstile
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, ShopId, Side
from shopbell.kernel.ids import new_id
from shopbell.realtime import letters, outgoing, presence, service
from shopbell.realtime.frames import Presence as Seen
from shopbell.realtime.frames import Send, Types
from shopbell.realtime.letters import Asked, Attended, Counted, Grown, Letter, Typed
from shopbell.realtime.outgoing import (
    FLEETING_MOST,
    QUEUE_BYTES,
    QUEUE_FRAMES,
    SEND_SECONDS,
    Outgoing,
)
from shopbell.realtime.place import Place, PlaceMalformed
from shopbell.realtime.presence import Presence
from shopbell.realtime.sends import UNANSWERED_MOST, Sends
from shopbell.web.create import create
from shopbell.web.listening import listen, make_room
from tests.support.house import House
from tests.support.pages import PATIENCE

ANNA = Actor(PersonId(new_id()), Side.BUYER)
SHOP = ShopId(new_id())
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)

# ── what waits for a page ───────────────────────────────────────────────────────────────────


async def test_a_queue_takes_so_many_frames_and_so_many_bytes() -> None:
    many, heavy = Outgoing(), Outgoing()
    assert all(many.put(b"x") for _n in range(QUEUE_FRAMES))
    assert not many.put(b"x")
    assert heavy.put(b"x" * QUEUE_BYTES)
    assert not heavy.put(b"x")
    heavy.next()
    assert heavy.put(b"x")


async def test_of_fleeting_things_only_the_newest_waits_and_behind_all_others() -> None:
    queue = Outgoing()
    for n in range(3):
        queue.put_fleeting("typing", b"typing %d" % n)
    queue.put(b"message")
    assert len(queue) == 2
    assert queue.next()[1] == [b"message", b"typing 2"]


async def test_fleeting_things_never_fill_a_queue() -> None:
    queue = Outgoing()
    for n in range(2 * FLEETING_MOST):
        queue.put_fleeting(str(n), b"typing")
    assert len(queue) == FLEETING_MOST
    assert queue.put(b"message")


async def test_a_long_answer_waits_until_little_is_left() -> None:
    queue = Outgoing()
    for _n in range(QUEUE_FRAMES):
        queue.put(b"x")
    waiting = asyncio.create_task(queue.calm())
    await asyncio.sleep(0)
    assert not waiting.done()
    while len(queue):
        queue.next()
    async with asyncio.timeout(1):
        await waiting


async def test_a_queue_counts_what_waits_and_forgets_what_was_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outgoing, "QUEUE_BYTES", 10)
    monkeypatch.setattr(outgoing, "TOGETHER_BYTES", 4)
    queue = Outgoing()
    assert [queue.put(frame) for frame in (b"1234", b"567", b"890", b"x")] == [True] * 3 + [False]
    assert queue.next()[1] == [b"1234"]
    assert [queue.put(frame) for frame in (b"abcd", b"x")] == [True, False]
    assert queue.next()[1] == [b"567", b"890"]
    assert [queue.put(frame) for frame in (b"efghij", b"x")] == [True, False]


async def test_what_is_sent_is_due_when_its_first_frame_is(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)
    queue = Outgoing()
    queue.put_fleeting("typing", b"typing")
    assert queue.next() == (100 + SEND_SECONDS, [b"typing"])
    queue.put(b"one")
    now = 102.0
    queue.put(b"two")
    assert queue.next() == (100 + SEND_SECONDS, [b"one", b"two"])


@pytest.mark.parametrize(("frames", "bytes_"), [(1, 100), (100, 3)])
async def test_a_long_answer_is_made_as_soon_as_there_is_room_for_it(
    monkeypatch: pytest.MonkeyPatch, frames: int, bytes_: int
) -> None:
    monkeypatch.setattr(outgoing, "CALM_FRAMES", frames)
    monkeypatch.setattr(outgoing, "CALM_BYTES", bytes_)
    monkeypatch.setattr(outgoing, "TOGETHER_BYTES", 1)
    queue = Outgoing()
    for _time in range(2):
        queue.put(b"123")
        async with asyncio.timeout(1):
            await queue.calm()
        queue.put(b"456")
        queue.put(b"789")
        waiting = [asyncio.create_task(queue.calm()) for _n in range(2)]
        queue.next()
        await asyncio.sleep(0)
        assert not any(task.done() for task in waiting)
        queue.next()
        async with asyncio.timeout(1):
            await asyncio.gather(*waiting)
        queue.next()


async def test_so_many_sends_wait_for_their_answers_and_the_next_for_room() -> None:
    asked, answered = dict[str, asyncio.Future[Appended]](), list[str]()

    def ask(wish: Send) -> asyncio.Future[Appended]:
        asked[wish.cmid] = asyncio.get_running_loop().create_future()
        return asked[wish.cmid]

    def answer(wish: Send, done: asyncio.Future[Appended]) -> None:
        assert done.result().cmid == wish.cmid
        answered.append(wish.cmid)

    async def turns() -> None:
        for _turn in range(3):
            await asyncio.sleep(0)

    sends = Sends(ask, answer)
    await sends.take(Send("s", "first", "message", {}))
    asked.pop("first").set_result(Appended("first", "id", 1, NOW))
    await turns()
    assert answered.pop() == "first"
    names = [str(n) for n in range(UNANSWERED_MOST + 2)]
    for name in names[:-2]:
        await sends.take(Send("s", name, "message", {}))
    for place in (0, 1):
        further = asyncio.create_task(
            sends.take(Send("s", names[UNANSWERED_MOST + place], "message", {}))
        )
        await turns()
        assert list(asked) == names[: UNANSWERED_MOST + place]
        asked[names[place]].set_result(Appended(names[place], "id", place, NOW))
        await turns()
        assert further.done()
        assert (list(asked), answered) == (names[: UNANSWERED_MOST + place + 1], names[: place + 1])
    for name in names[2:5]:
        asked[name].set_result(Appended(name, "id", 3, NOW))
    await turns()
    assert answered == names[:5]
    async with asyncio.timeout(PATIENCE):
        for name in ("a", "b", "c"):
            await sends.take(Send("s", name, "message", {}))
    assert list(asked)[-3:] == ["a", "b", "c"]


# ── how fast ────────────────────────────────────────────────────────────────────────────────


def test_in_a_line_everybody_gets_a_turn_and_nobody_stands_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr("shopbell.engine.pace.time.monotonic", lambda: now)
    line = Line(rate=10, burst=2, longest=0.25)
    assert [line.join() for _n in range(3)] == [0, 0, 0]
    assert [line.join() for _n in range(3)] == [pytest.approx(0.1), pytest.approx(0.2), None]
    now = 0.2
    assert line.join() == pytest.approx(0.1)
    now = 60
    assert [line.join() for _n in range(4)] == [0, 0, 0, pytest.approx(0.1)]


def test_an_allowance_fills_again_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("shopbell.engine.pace.time.monotonic", lambda: now)
    allowance = Allowance(rate=10, burst=3)
    assert [allowance.spend() for _n in range(4)] == [True, True, True, False]
    assert allowance.wait == pytest.approx(0.1)
    now = 0.11
    assert [allowance.spend(), allowance.spend()] == [True, False]
    now = 100
    assert allowance.full
    assert [allowance.spend() for _n in range(4)] == [True, True, True, False]


def test_each_is_slowed_down_alone_and_told_how_long() -> None:
    each = Pace(rate=0.1, burst=2)
    each.spend("anna")
    each.spend("anna")
    with pytest.raises(TooFast) as refused:
        each.spend("anna")
    assert refused.value.facts["retry_after"] == 10
    each.spend("boris")


def test_those_who_have_rested_are_forgotten_and_those_who_have_not_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pace, "REMEMBERED", 10)
    each = Pace(rate=1e6, burst=1)
    for n in range(1_000):
        each.spend(str(n))
    assert len(each._of) <= 11  # noqa: SLF001 - that is what this is about


def test_a_turnstile_turns_away_the_next_one_and_lets_in_after_one_left() -> None:
    turnstile = Turnstile(most=2)
    with turnstile.through("a"):
        with turnstile.through("a"), turnstile.through("b"):
            with pytest.raises(Overloaded) as refused, turnstile.through("a"):
                raise AssertionError("let in")
            assert 1 <= int(refused.value.facts["retry_after"]) <= 3
        with turnstile.through("a"):
            assert turnstile["a"] == 2
    assert turnstile["a"] == 0


def test_when_very_many_wait_nobody_more_is_let_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopbell.conversations.crowd.WAITING_MOST", 1)
    crowd = Crowd(per_second=100)
    with (
        crowd.sending(ANNA, "1.2.3.4"),
        pytest.raises(Overloaded),
        crowd.sending(ANNA, "1.2.3.4"),
    ):
        raise AssertionError("let in")
    with crowd.sending(ANNA, "1.2.3.4"):
        pass


def test_one_address_may_send_what_many_people_do_and_no_more() -> None:
    crowd = Crowd(per_second=0.5)
    people = [Actor(PersonId(new_id()), Side.BUYER) for _n in range(25)]
    for person in people[:20]:
        with crowd.sending(person, "2001:db8::1"):
            pass
    with pytest.raises(TooFast), crowd.sending(people[-1], "2001:db8::1"):
        pass
    with crowd.sending(people[-2], "2001:db8:0:1::1"):
        pass


# ── where a page has come to ────────────────────────────────────────────────────────────────

STREAMS = some.builds(
    Stream,
    some.uuids().map(lambda found: ConversationId(str(found))),
    some.sampled_from(Audience),
)
EPOCHS = some.text("abcXYZ019_-", max_size=20)


@given(EPOCHS, some.dictionaries(STREAMS, some.integers(0, 10**15 - 1), max_size=20))
def test_a_place_is_read_as_it_was_written(epoch: str, streams: dict[Stream, int]) -> None:
    place = Place(epoch, streams)
    assert Place.parse(str(place)) == place
    assert httpx.QueryParams({"c": str(place)}).get("c") == str(place)
    assert "%" not in str(httpx.QueryParams({"c": str(place)})).replace("%7E", "~")


SOME_STREAM = "c.0192f7c0-5c1e-7b3a-9f52-3d8a5b1c0e11.p"


@pytest.mark.parametrize("word", ["a b", "e~", f"e~{SOME_STREAM}", f"e~{SOME_STREAM}~-1", "é"])
def test_a_word_that_is_no_place_is_refused(word: str) -> None:
    with pytest.raises(PlaceMalformed):
        Place.parse(word)


def test_more_streams_than_a_place_holds_are_refused() -> None:
    word = "e" + "".join(f"~c.{new_id()}.p~1" for _n in range(21))
    with pytest.raises(PlaceMalformed):
        Place.parse(word)


# ── who is here ─────────────────────────────────────────────────────────────────────────────


class Offices:
    """Several processes whose letters arrive, unless somebody loses them."""

    def __init__(self, *names: str) -> None:
        self.told: list[tuple[str, str, bool]] = []
        self.losing = False
        self.of = {name: Presence(self._teller(name)) for name in names}
        for name, here in self.of.items():
            here.post = self._poster(name)

    def _teller(self, name: str) -> presence.Tell:
        def tell(_stream: str, frame: Seen, _but: Side | None) -> None:
            self.told.append((name, frame.side, frame.on))

        return tell

    def _poster(self, name: str) -> Callable[[Letter], None]:
        def post(letter: Letter) -> None:
            if not self.losing:
                for other, there in self.of.items():
                    if other != name:
                        assert isinstance(letter, Attended | Counted | Asked)
                        there.hear(name, letter, us=other)

        return post


def test_a_team_at_the_desk_of_one_process_is_seen_at_the_other() -> None:
    offices = Offices("one", "two")
    one, two = offices.of.values()
    two.come_to_stream("c.1.p", Side.BUYER, SHOP)
    one.come_to_desk(SHOP)
    one.come_to_desk(SHOP)
    assert two.at_desk(SHOP)
    one.leave_desk(SHOP)
    assert two.at_desk(SHOP)
    one.leave_desk(SHOP)
    assert not two.at_desk(SHOP)
    assert offices.told[2:] == [("two", "seller", True), ("two", "seller", False)]


def test_somebody_with_pages_at_two_processes_leaves_when_both_are_closed() -> None:
    one, two = (offices := Offices("one", "two")).of.values()
    for here in (one, two):
        here.come_to_stream("c.1.p", Side.BUYER, SHOP)
    one.leave_stream("c.1.p", Side.BUYER, SHOP)
    assert one.sides_at("c.1.p") == two.sides_at("c.1.p") == {Side.BUYER}
    two.leave_stream("c.1.p", Side.BUYER, SHOP)
    assert one.sides_at("c.1.p") == two.sides_at("c.1.p") == set()
    assert offices.told[-1][2] is False


def test_what_a_lost_letter_told_is_found_at_the_next_count() -> None:
    one, two = (offices := Offices("one", "two")).of.values()
    offices.losing = True
    for n in range(200):
        one.come_to_stream(f"c.{n}.p", Side.BUYER, SHOP)
    assert two.sides_at("c.7.p") == set()
    offices.losing = False
    one.count()
    assert all(two.sides_at(f"c.{n}.p") == {Side.BUYER} for n in range(200))
    offices.losing = True
    for n in range(200):
        one.leave_stream(f"c.{n}.p", Side.BUYER, SHOP)
    offices.losing = False
    one.count()
    assert not any(two.sides_at(f"c.{n}.p") for n in range(200))


def test_a_process_that_died_takes_its_people_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    offices = Offices("one", "two")
    one, two = offices.of.values()
    one.come_to_desk(SHOP)
    offices.losing = True
    two.count()
    assert two.at_desk(SHOP)
    later = time.monotonic() + presence.SILENCE_SECONDS + 1
    monkeypatch.setattr("shopbell.realtime.presence.time.monotonic", lambda: later)
    two.count()
    assert not two.at_desk(SHOP)


async def test_thousands_hear_of_a_desk_bit_by_bit_and_last_how_it_is_now() -> None:
    heard: dict[str, list[bool]] = {f"c.{n}.p": [] for n in range(3 * presence.TOLD_AT_ONCE)}
    here = Presence(lambda stream, seen, _but: heard[stream].append(seen.on))
    for stream in heard:
        here.come_to_stream(stream, Side.BUYER, SHOP)
    for told in heard.values():
        told.clear()
    here.come_to_desk(SHOP)
    assert sum(map(bool, heard.values())) == presence.TOLD_AT_ONCE
    here.leave_desk(SHOP)
    for _turn in range(10):
        await asyncio.sleep(0)
    assert all(told[-1] is False for told in heard.values())


# ── letters ─────────────────────────────────────────────────────────────────────────────────


def grown(house: House, words: str) -> EventAppended:
    halo = house.shop("halo")
    talk = house.buyer("anna").begins(halo, None)
    stream = Stream(talk)
    event = Event(
        seq=2,
        id=new_id(),
        type="message",
        at=datetime.now(UTC),
        actor=Author(PersonId(new_id()), Side.BUYER, "Anna"),
        data=msgspec.Raw(msgspec.json.encode({"text": words})),
    )
    return EventAppended(
        stream=stream, event=event, talk=house.db.read_now(entered, SYSTEM, stream)
    )


@pytest.mark.parametrize(("words", "carried"), [("short", True), ("长" * 10_000, False)])
def test_a_letter_carries_an_entry_only_if_it_is_small(
    house: House, words: str, carried: bool
) -> None:
    fact = grown(house, words)
    written = letters.letter_of(fact)
    assert written is not None
    paper = letters.write(written)
    assert len(paper.encode()) <= LETTER_MOST
    found = letters.read(paper)
    assert isinstance(found, Grown)
    assert (found.seq, found.event is not None, found.talk) == (2, carried, fact.talk)


def test_ends_of_sign_ins_and_of_keys_are_letters() -> None:
    ended = SessionsEnded(person=ANNA.id, sessions=[SessionId(new_id())])
    revoked = KeyRevoked(key=KeyId(new_id()), shop=SHOP)
    for fact in (ended, revoked):
        written = letters.letter_of(fact)
        assert written is not None
        assert letters.read(letters.write(written)) == fact


def test_typing_is_a_letter_and_nonsense_is_none() -> None:
    typed = Typed(by=ANNA.id, frame=Types("c.1.p", Side.BUYER, "Anna", on=True))
    assert letters.read(letters.write(typed)) == typed
    for nonsense in ("", "{}", '{"fact":"dance"}', "[]"):
        with pytest.raises(msgspec.MsgspecError):
            letters.read(nonsense)


async def test_a_loop_that_stood_still_is_noticed() -> None:
    before = stalls()
    async with watching_the_loop():
        await asyncio.sleep(0)
        time.sleep(0.4)  # noqa: ASYNC251 - that is what must not happen
        await asyncio.sleep(0.05)
    assert stalls() == before + 1
    longest, worked = figure("longest_stall"), figure("longest_work")
    assert longest > 0.3
    assert worked < longest / 2  # it slept; a loop that is kept from a core looks the same


def figure(name: str) -> float:
    return metrics.REGISTRY.get_sample_value(f"shopbell_loop_{name}_seconds") or 0


def stalls() -> float:
    """Count how often the loop was more than 0.2 s late."""
    of = "shopbell_loop_stall_seconds"
    all_looks = metrics.REGISTRY.get_sample_value(f"{of}_count") or 0
    return all_looks - (metrics.REGISTRY.get_sample_value(f"{of}_bucket", {"le": "0.2"}) or 0)


# ── health ──────────────────────────────────────────────────────────────────────────────────


async def test_without_the_broker_the_house_serves_and_says_so(tmp_path: Path) -> None:
    app = build(Settings(data=tmp_path))
    inside = httpx.ASGITransport(create(app))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=inside, base_url="http://127.0.0.1:8000") as watcher:
        ready = await watcher.get("/readyz")
    app.close()
    assert (ready.status_code, ready.json()["broker"]) == (200, False)


def test_the_server_takes_as_many_files_as_it_may() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[0] // 2, before[1]))
    try:
        assert make_room() == before[1]
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == before[1]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_connections_cannot_hang_for_ever() -> None:
    with listen("127.0.0.1", 0) as listening:
        listening.setblocking(True)
        with socket.create_connection(listening.getsockname()):
            accepted, _address = listening.accept()
            with accepted:
                tcp = socket.IPPROTO_TCP
                assert accepted.getsockopt(tcp, socket.TCP_USER_TIMEOUT) == 15_000
                assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
                assert accepted.getsockopt(tcp, socket.TCP_NOTSENT_LOWAT) == 64 * 1024


# ── what was missed ─────────────────────────────────────────────────────────────────────────


def test_a_number_that_is_missing_is_told_as_far_and_not_read_for_ever(house: House) -> None:
    """No sound database lacks one; a page then reads over HTTP what is there."""
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Is anybody there?")
    stream = Stream(talk)

    def lose_the_newest(tx: Tx) -> None:
        held = storage.get(tx, talk, hold=True)
        storage.change(tx, held, head=held.head + 1)

    house.db.write_now(lose_the_newest)
    missed = house.db.read_now(service.missed, anna.actor, stream, 0)
    answer = service.answer("a", missed.page, 0)
    assert (answer.head, answer.recovered, answer.events) == (3, False, [])
