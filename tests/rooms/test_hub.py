"""The hub: who hears what, who is counted, who is thrown out. Its listeners only write down."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from shopbell.accounts import service as accounts
from shopbell.accounts.blocks.model import BlocksChanged
from shopbell.accounts.model import KeyId, KeyRevoked, PasswordChanged, SessionId, SessionsEnded
from shopbell.conversations.model import (
    Author,
    Card,
    Conversation,
    Event,
    EventAppended,
    MarkKind,
    MarkMoved,
    Stream,
    SubjectKind,
)
from shopbell.engine import metrics
from shopbell.engine.trouble import DatabaseDown
from shopbell.kernel.actor import Actor, PersonId, Reach, ShopId, Side
from shopbell.kernel.ids import new_id
from shopbell.realtime import following, rounds
from shopbell.realtime.codes import Close
from shopbell.realtime.following import Following
from shopbell.realtime.frames import Types
from shopbell.realtime.hub import Hub
from tests.support.house import House
from tests.support.pages import PATIENCE

SHOP, OTHER = ShopId(new_id()), ShopId(new_id())
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


class Ear:
    """A listener that writes down what it is told."""

    waiting = 0

    def __init__(self, side: Side, shop: ShopId | None = None, *, told: int | None = None) -> None:
        self.actor = Actor(PersonId(new_id()), side, shop)
        self.session: SessionId | None = SessionId(new_id())
        self.frames: list[dict[str, Any]] = []
        self.numbered: list[tuple[str, int]] = []
        self.newest: dict[str, dict[str, Any]] = {}
        self.caught: list[tuple[str, int]] = []
        self.code: Close | None = None
        self._told = {"known": told}

    def hear(self, stream: str, seq: int, frame: bytes) -> None:
        self.numbered.append((stream, seq))
        self.frames.append(json.loads(frame))

    def tell(self, frame: bytes) -> None:
        self.frames.append(json.loads(frame))

    def tell_newest(self, kind: str, frame: bytes) -> None:
        self.newest[kind] = json.loads(frame)

    def told(self, stream: str) -> int | None:
        return self._told["known"] if stream == STREAM else None

    def catch_up(self, stream: str, head: int) -> None:
        self.caught.append((stream, head))

    def lose(self, stream: str) -> None:
        self.frames.append({"t": "gone", "stream": stream})

    def hang_up(self, code: Close) -> None:
        self.code = code


def talk(last: Side | None = Side.BUYER, **more: Any) -> Conversation:
    found = Conversation.about(
        Card(SubjectKind.SHOP, SHOP, {"en": "Halo"}, "/shops/halo"),
        buyer=(ANNA.actor.id, "Anna"),
        shop=(SHOP, "halo", "Halo"),
        locale="en",
        now=NOW,
    )
    return msgspec.structs.replace(found, last_side=last, seller_unread=3, notes_head=2, **more)


ANNA = Ear(Side.BUYER)
TALK = talk()
STREAM, NOTES = f"c.{TALK.id}.p", f"c.{TALK.id}.n"


def entry(seq: int, stream: str = STREAM) -> EventAppended:
    event = Event(
        seq=seq,
        id=new_id(),
        type="message",
        at=NOW,
        actor=Author(ANNA.actor.id, Side.BUYER, "Anna"),
        data=msgspec.Raw(b'{"text":"x"}'),
    )
    return EventAppended(stream=Stream.parse(stream), event=event, talk=TALK)


@pytest.fixture
def hub() -> Hub:
    return Hub()


def test_pages_are_counted_in_and_out_by_person(hub: Hub) -> None:
    anna, tab, boris = Ear(Side.BUYER), Ear(Side.BUYER), Ear(Side.BUYER)
    tab.actor = anna.actor
    for page in (anna, tab, boris):
        hub.enter(page)
    assert set(hub.pages()) == {anna, tab, boris}
    assert [hub.connections(page.actor.id) for page in (anna, boris)] == [2, 1]
    hub.leave(anna)
    assert [hub.connections(page.actor.id) for page in (anna, boris)] == [1, 1]
    hub.leave(tab)
    assert hub.connections(anna.actor.id) == 0
    assert hub.pages() == [boris]


def test_an_entry_is_told_to_those_at_its_stream_alone(hub: Hub) -> None:
    here, there = Ear(Side.BUYER), Ear(Side.SELLER, SHOP)
    hub.follow(here, STREAM)
    hub.follow(there, NOTES)
    assert hub.followed() == {STREAM: (here,), NOTES: (there,)}
    hub.publish([entry(2), PasswordChanged(person=ANNA.actor.id)])
    assert (here.numbered, there.numbered) == ([(STREAM, 2)], [])
    [told] = here.frames
    assert (told["t"], told["stream"], told["event"]["seq"]) == ("event", STREAM, 2)
    hub.unfollow(there, STREAM)
    assert hub.following(STREAM) == (here,)
    hub.unfollow(here, STREAM)
    assert hub.followed() == {NOTES: (there,)}
    hub.unfollow(here, STREAM)
    assert hub.following(STREAM) == ()
    hub.publish([entry(3)])
    assert here.numbered == [(STREAM, 2)]


def test_what_grew_is_read_by_those_who_were_not_told(hub: Hub) -> None:
    ears = {told: Ear(Side.BUYER, told=told) for told in (None, 4, 5, 6)}
    for ear in ears.values():
        hub.follow(ear, STREAM)
    hub.grown(STREAM, 5)
    assert {told: ear.caught for told, ear in ears.items()} == {
        None: [(STREAM, 5)],
        4: [(STREAM, 5)],
        5: [],
        6: [],
    }


def test_a_mark_is_told_as_the_newest_of_its_kind(hub: Hub) -> None:
    here = Ear(Side.BUYER)
    hub.follow(here, STREAM)
    for kind, side, seq in (
        (MarkKind.READ, Side.SELLER, 2),
        (MarkKind.DELIVERED, Side.SELLER, 2),
        (MarkKind.READ, Side.BUYER, 1),
        (MarkKind.READ, Side.SELLER, 3),
    ):
        hub.publish([MarkMoved(kind=kind, side=side, seq=seq, talk=TALK)])
    assert sorted((f["kind"], f["side"], f["seq"]) for f in here.newest.values()) == [
        ("delivered", "seller", 2),
        ("read", "buyer", 1),
        ("read", "seller", 3),
    ]
    assert {f["t"] for f in here.newest.values()} == {"cursor"}
    assert {f["stream"] for f in here.newest.values()} == {STREAM}


def test_typing_is_told_to_everybody_but_who_types(hub: Hub) -> None:
    anna, mei, oleg = Ear(Side.BUYER), Ear(Side.SELLER, SHOP), Ear(Side.SELLER, SHOP)
    for page in (anna, mei, oleg):
        hub.follow(page, STREAM)
    hub.typing(mei.actor.id, Types(STREAM, Side.SELLER, "Mei", on=True))
    hub.typing(oleg.actor.id, Types(STREAM, Side.SELLER, "Oleg", on=True))
    assert [sorted(f["name"] for f in page.newest.values()) for page in (anna, mei, oleg)] == [
        ["Mei", "Oleg"],
        ["Oleg"],
        ["Mei"],
    ]


def inboxes(hub: Hub) -> dict[str, Ear]:
    """Open an inbox of each kind; Anna's is that of the conversation's buyer."""
    buyer = Ear(Side.BUYER)
    buyer.actor = ANNA.actor
    found = {
        "buyer": buyer,
        "other buyer": Ear(Side.BUYER),
        "shop": Ear(Side.SELLER, SHOP),
        "colleague": Ear(Side.SELLER, SHOP),
        "other shop": Ear(Side.SELLER, OTHER),
        "operator": Ear(Side.OPERATOR),
    }
    for ear in found.values():
        hub.enter(ear)
        hub.watch(ear)
    return found


def test_a_row_is_shown_to_every_inbox_it_is_in_as_it_looks_there(hub: Hub) -> None:
    found = inboxes(hub)
    assert hub.is_watched
    hub.publish([entry(2)])
    shown = {who: [f["conversation"] for f in ear.frames] for who, ear in found.items()}
    assert {who: len(rows) for who, rows in shown.items()} == {
        "buyer": 1,
        "other buyer": 0,
        "shop": 1,
        "colleague": 1,
        "other shop": 0,
        "operator": 1,
    }
    unread = {
        who: (rows[0]["unread"], rows[0]["notes_head"]) for who, rows in shown.items() if rows
    }
    assert unread == {"buyer": (0, 0), "shop": (3, 2), "colleague": (3, 2), "operator": (0, 0)}
    for ear in found.values():
        hub.leave(ear)
    assert not hub.is_watched


def test_of_a_note_only_the_shop_hears(hub: Hub) -> None:
    found = inboxes(hub)
    hub.publish([entry(2, NOTES)])
    assert {who for who, ear in found.items() if ear.frames} == {"shop", "colleague"}


def test_what_nobody_spoke_in_is_shown_to_its_buyer_alone(hub: Hub) -> None:
    found = inboxes(hub)
    hub.show_row(talk(last=None))
    assert {who for who, ear in found.items() if ear.frames} == {"buyer"}


def test_those_whose_sign_in_or_key_ended_are_thrown_out_and_nobody_else(hub: Hub) -> None:
    first, second, program, other = (Ear(Side.SELLER, SHOP) for _n in range(4))
    program.session = other.session = None
    for page in (first, second, program, other):
        hub.enter(page)
    assert first.session is not None
    ended = [first.session, SessionId(new_id())]
    hub.publish([SessionsEnded(person=first.actor.id, sessions=ended)])
    assert [page.code for page in (first, second, program, other)] == [
        Close.REVOKED,
        None,
        None,
        None,
    ]
    hub.publish([KeyRevoked(key=KeyId(program.actor.id), shop=SHOP)])
    assert [page.code for page in (second, program, other)] == [None, Close.REVOKED, None]


def test_those_whose_blocks_changed_come_back_and_nobody_else(hub: Hub) -> None:
    mei, anna, other = Ear(Side.SELLER, SHOP), Ear(Side.BUYER), Ear(Side.BUYER)
    for page in (mei, anna, other):
        hub.enter(page)
    hub.publish([BlocksChanged(subject=anna.actor.id, reach=Reach.WRITING)])
    assert [page.code for page in (mei, anna, other)] == [None, Close.RETRY, None]
    hub.publish([BlocksChanged(subject=SHOP, reach=None)])
    assert [page.code for page in (mei, other)] == [Close.RETRY, None]


def test_who_is_there_is_told_to_the_other_sides(hub: Hub) -> None:
    anna, mei = Ear(Side.BUYER), Ear(Side.SELLER, SHOP)
    for page in (anna, mei):
        hub.follow(page, STREAM)
    assert not hub.shop_online(SHOP)
    hub.presence.come_to_stream(STREAM, Side.BUYER, SHOP)
    hub.presence.come_to_desk(SHOP)
    hub.presence.come_to_stream(STREAM, Side.SELLER, SHOP)
    assert hub.shop_online(SHOP)
    assert not hub.shop_online(OTHER)

    def told(ear: Ear) -> list[tuple[str, bool, bool]]:
        return sorted((f["side"], f["on"], "shop" in f) for f in ear.newest.values())

    assert told(anna) == [("seller", True, False), ("seller", True, True)]
    assert told(mei) == [("buyer", True, False), ("seller", True, True)]


class Leaver(Ear):
    """Somebody who goes when asked to."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(Side.BUYER)
        self._hub = hub

    def hang_up(self, code: Close) -> None:
        super().hang_up(code)
        self._hub.leave(self)


async def test_a_house_that_stops_sends_everybody_away_in_slices(hub: Hub) -> None:
    pages = [Leaver(hub) for _n in range(5)]
    for page in pages:
        hub.enter(page)
    await hub.drain(0.2)
    assert hub.draining
    assert [page.code for page in pages] == [Close.DRAINING] * 5
    byes = [frame for page in pages for frame in page.frames]
    assert {frame["t"] for frame in byes} == {"bye"}
    assert len(byes) == 5
    assert all(0 <= frame["after_ms"] <= 200 for frame in byes)


@pytest.mark.parametrize(
    ("many", "seconds", "slices", "pauses"),
    [(20, 1.0, 10, 0.1), (5, 0.2, 2, 0.1), (2, 0.1, 1, 0.1), (1, 1.0, 1, 0)],
)
async def test_slices_are_as_many_as_there_is_time_for(
    monkeypatch: pytest.MonkeyPatch, many: int, seconds: float, slices: int, pauses: float
) -> None:
    hub = Hub()
    slept, gone, offered = list[float](), list[int](), set[tuple[int, int]]()
    pages = [Leaver(hub) for _n in range(many)]
    for page in pages:
        hub.enter(page)

    async def sleep(pause: float) -> None:
        slept.append(pause)
        gone.append(many - len(hub.pages()))

    def draw(least: int, most: int) -> int:
        offered.add((least, most))
        return most

    monkeypatch.setattr("shopbell.realtime.hub.asyncio.sleep", sleep)
    monkeypatch.setattr("shopbell.realtime.hub.random.randint", draw)
    await hub.drain(seconds)
    assert slept == [pytest.approx(pauses)] * slices
    assert gone[0] == -(-many // slices)
    assert offered == {(0, round(seconds * 1000))}


async def test_a_house_that_stops_waits_for_those_who_are_leaving_but_not_for_ever(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, stays = Ear(Side.BUYER), Ear(Side.BUYER)
    slept, sleep = list[float](), asyncio.sleep

    async def slowly(pause: float) -> None:
        slept.append(pause)
        await sleep(0)
        if len(slept) == 3:
            hub.leave(slow)

    monkeypatch.setattr("shopbell.realtime.hub.asyncio.sleep", slowly)
    hub.enter(slow)
    async with asyncio.timeout(PATIENCE):
        await hub.drain(0)
    assert slept == [0, 0.01, 0.01]
    hub.enter(stays)
    monkeypatch.setattr("shopbell.realtime.hub.FAREWELL_SECONDS", 0.02)
    async with asyncio.timeout(PATIENCE):
        await hub.drain(0)
    assert hub.pages() == [stays]


def test_entries_are_counted_by_their_type(hub: Hub) -> None:
    def counted() -> float:
        return (
            metrics.REGISTRY.get_sample_value("shopbell_appended_total", {"type": "message"}) or 0
        )

    before = counted()
    hub.publish([entry(2), entry(3)])
    assert counted() == before + 2


def test_what_came_too_early_is_held_but_never_very_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "QUEUE_FRAMES", 2)
    held = Following("s", Stream.parse(STREAM), STREAM)
    held.hold(5, b"five")
    held.hold(4, b"four")
    assert (held.held, held.head) == ({5: b"five", 4: b"four"}, 5)
    held.hold(9, b"nine")
    assert (held.held, held.head) == ({9: b"nine"}, 9)


async def test_a_round_that_came_to_nothing_is_soon_walked_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who lost a right meanwhile is not to hear for another whole round."""
    monkeypatch.setattr(rounds, "EVERY_SECONDS", 3_600.0)
    monkeypatch.setattr(rounds, "AGAIN_SECONDS", 0.01)
    stranger, look, looks = Ear(Side.BUYER), accounts.still_open, Counter[str]()

    def fails_first(*given: Any) -> set[str]:
        looks["all"] += 1
        if looks["all"] == 1:
            raise DatabaseDown
        return look(*given)

    monkeypatch.setattr(accounts, "still_open", fails_first)
    house.app.hub.enter(stranger)
    walking = asyncio.create_task(house.app.relay.rounds.run())
    async with asyncio.timeout(PATIENCE):
        while stranger.code is None:
            await asyncio.sleep(0.01)
    walking.cancel()
    assert (stranger.code, looks["all"]) == (Close.REVOKED, 2)
