"""What is new since a place, for pages without a socket: read from the database, with the right."""

import asyncio
from dataclasses import dataclass

import pytest

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock, SessionId
from shopbell.conversations.model import ConversationId, Stream
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import SignInFirst
from shopbell.realtime import service
from shopbell.realtime.frames import Gone, Reset, SubOk
from shopbell.realtime.place import Place, PlaceMalformed
from shopbell.realtime.polling import Asking
from tests.support.house import House, Person
from tests.support.pages import Rooms


@dataclass
class Reader:
    """Somebody signed in, who asks what is new."""

    house: House
    person: Person
    session: SessionId

    def asks(self, place: str) -> service.News:
        return self.house.db.read_now(
            service.news, self.person.actor, self.session, Place.parse(place)
        )


def signs_in(house: House, person: Person) -> Reader:
    who = house.db.read_now(accounts.person, person.actor.id)
    entry = house.db.write_now(accounts.let_in, who, Knock(address="127.0.0.1"))
    visit = house.db.read_now(accounts.who, entry.session)
    assert visit is not None
    assert visit.session_id is not None
    return Reader(house, person, visit.session_id)


def public(talk: ConversationId) -> str:
    return f"c.{talk}.p"


def test_a_first_question_is_answered_with_everything_and_a_place(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")
    other = anna.begins(halo, halo.sells("lamp"))
    reader = signs_in(house, anna)

    news = reader.asks(f"~{public(talk)}~1~{public(other)}~1")

    assert news.place == Place(house.app.epoch, {Stream(talk): 2, Stream(other): 1})
    told, silent = news.frames
    assert isinstance(told, SubOk)
    assert isinstance(silent, SubOk)
    assert (told.sid, told.stream, told.head, told.recovered) == (
        public(talk),
        public(talk),
        2,
        True,
    )
    assert [event.seq for event in told.events] == [2]
    assert (silent.stream, silent.events, silent.recovered) == (public(other), [], True)


def test_asked_from_its_own_place_only_what_is_new_is_told(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk, other = anna.asks(halo, None, "Hello"), anna.begins(halo, halo.sells("lamp"))
    reader = signs_in(house, anna)
    place = reader.asks(f"~{public(talk)}~0~{public(other)}~0").place
    assert reader.asks(str(place)).frames == []
    assert reader.asks(str(place)).place == place

    halo.mei.says(talk, "Hi")

    news = reader.asks(str(place))
    [told] = news.frames
    assert isinstance(told, SubOk)
    assert [event.seq for event in told.events] == [3]
    assert news.place.streams == {Stream(talk): 3, Stream(other): 1}


@pytest.mark.parametrize(("epoch", "seq"), [("another", 1), ("", 9)])
def test_a_place_of_another_story_is_reset(house: House, epoch: str, seq: int) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")

    news = signs_in(house, anna).asks(f"{epoch}~{public(talk)}~{seq}")

    assert news.frames == [Reset(public(talk), public(talk), 2)]
    assert news.place == Place(house.app.epoch, {Stream(talk): 2})


def test_a_stream_of_somebody_elses_is_gone_and_asked_for_no_more(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    secret, own = anna.asks(halo, None, "Hello"), boris.asks(halo, None, "Mine")
    unknown = f"c.{new_id()}.p"

    news = signs_in(house, boris).asks(f"~{public(secret)}~0~{unknown}~0~{public(own)}~2")

    assert news.frames[:2] == [Gone(public(secret), public(secret)), Gone(unknown, unknown)]
    assert news.place.streams == {Stream(own): 2}


def test_who_is_signed_out_learns_nothing(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    talk = anna.asks(halo, None, "Hello")
    reader = signs_in(house, anna)
    stranger = signs_in(house, boris)
    house.db.write_now(accounts.sign_out, reader.session)
    with pytest.raises(SignInFirst):
        reader.asks(f"~{public(talk)}~0")
    with pytest.raises(SignInFirst):
        Reader(house, anna, SessionId(new_id())).asks(f"~{public(talk)}~0")
    assert stranger.asks(f"~{public(talk)}~0").frames == [Gone(public(talk), public(talk))]


def test_very_much_is_told_stream_by_stream_with_the_next_question(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talks = [anna.asks(halo, halo.sells(f"lamp-{n}"), "x" * 100) for n in range(3)]
    reader = signs_in(house, anna)
    monkeypatch.setattr(service, "NEWS_BYTES", 150)

    first = reader.asks("".join(f"~{public(talk)}~1" for talk in talks))
    assert [frame.stream for frame in first.frames] == [public(talks[0]), public(talks[1])]
    assert [*first.place.streams.values()] == [2, 2, 1]
    second = reader.asks(str(first.place))
    assert [frame.stream for frame in second.frames] == [public(talks[2])]
    assert reader.asks(str(second.place)).frames == []


def test_what_weighs_too_much_for_one_answer_is_only_named(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "x" * 100)
    page = house.db.read_now(service.missed, anna.actor, Stream(talk), 1).page
    [event] = page.events
    monkeypatch.setattr(service, "BACKFILL_BYTES", len(bytes(event.data)))
    assert service.answer("s", page, 1).recovered
    assert service.answer("s", page, 1).sid == "s"
    monkeypatch.setattr(service, "BACKFILL_BYTES", len(bytes(event.data)) - 1)
    far = service.answer("s", page, 1)
    assert (far.recovered, far.events, far.reason, far.head) == (False, [], "far", 2)
    assert (far.reads, far.delivered) == (page.reads, page.delivered)


def test_what_was_missed_is_whole_up_to_three_hundred_and_no_further(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "2")
    for n in range(3, 8):
        anna.says(talk, str(n))
    monkeypatch.setattr("shopbell.conversations.service.PAGE_MOST", 2)
    monkeypatch.setattr(service, "FAR", 5)

    def missed(after: int) -> list[int]:
        found = house.db.read_now(service.missed, anna.actor, Stream(talk), after)
        assert found.shop == halo.shop.id
        return [event.seq for event in found.page.events]

    assert missed(2) == [3, 4, 5, 6, 7]
    assert missed(1) == [2, 3]
    assert missed(7) == missed(9) == []


def test_a_place_with_nonsense_in_it_is_refused() -> None:
    for word in ("x~", "~c.x.p", f"~c.{new_id()}.p~-1", f"~c.{new_id()}.p~x", "é~"):
        with pytest.raises(PlaceMalformed):
            Place.parse(word)


async def test_a_question_that_waits_is_answered_when_something_is_said(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = await asyncio.to_thread(anna.asks, halo, None, "Hello")
    async with Rooms(house) as rooms:
        entry = await rooms.signs_in(anna)
        asking = Asking(rooms.house, anna.actor, entry, inbox=False)
        place, frames = await asking.news(Place.parse(f"~{public(talk)}~0"), 25)
        assert len(frames) == 1
        waiting = asyncio.create_task(asking.news(place, 25))
        while not rooms.house.hub.following(public(talk)):
            await asyncio.sleep(0.001)
        await asyncio.to_thread(halo.mei.says, talk, "Hi")
        place, frames = await waiting
        assert (place.streams[Stream(talk)], len(frames)) == (3, 1)
        assert b'"Hi"' in bytes(frames[0])
        assert (await asking.news(place, 0))[1] == []
        assert rooms.house.hub.pages() == []
        assert rooms.house.hub.followed() == {}


async def test_a_question_that_waits_ends_with_the_sign_in(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = await asyncio.to_thread(anna.asks, halo, None, "Hello")
    async with Rooms(house) as rooms:
        entry = await rooms.signs_in(anna)
        asking = Asking(rooms.house, anna.actor, entry, inbox=True)
        place, _frames = await asking.news(Place.parse(f"~{public(talk)}~0"), 0)
        waiting = asyncio.create_task(asking.news(place, 25))
        while not rooms.house.hub.is_watched:
            await asyncio.sleep(0.001)
        await rooms.house.db.write(accounts.sign_out, entry)
        with pytest.raises(SignInFirst):
            await waiting
        assert not rooms.house.hub.is_watched
