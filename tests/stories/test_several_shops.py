"""Vera works for two shops with one sign-in, and in it for one of them at a time.

Halo took her on first, then Nord did, too. Whatever she acts for, the other shop is closed to her
as it is to anybody else.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shopbell.accounts import acting, audit, entrance, keys, standing
from shopbell.accounts import service as accounts
from shopbell.accounts import staff as colleagues
from shopbell.accounts.model import (
    ADDED_BY_ONE,
    Entry,
    Knock,
    Letter,
    NewColleague,
    NewKey,
    NewPassword,
    NewStaff,
    SignIn,
    Visit,
)
from shopbell.accounts.passwords import PasswordHash
from shopbell.accounts.refusals import (
    NotForYourRank,
    NotOnThisStaff,
    PasswordStillLent,
    TooManyTries,
    WorksHereAlready,
    WrongEmailOrPassword,
)
from shopbell.app import build
from shopbell.conversations import service as conversations
from shopbell.conversations import tending
from shopbell.conversations.listing import service as listing
from shopbell.conversations.listing.model import Filter
from shopbell.conversations.model import ConversationId
from shopbell.conversations.refusals import IdempotencyConflict, NoSuchConversation
from shopbell.conversations.search import service as search
from shopbell.desk import seating, shops
from shopbell.desk.bulk import service as bulk
from shopbell.desk.bulk.model import Act, DoAll
from shopbell.desk.bulk.refusals import NoSuchBulk
from shopbell.desk.macros import service as macros
from shopbell.desk.model import Attendance, Mode
from shopbell.engine import outbox
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, Actor, Rank, ShopId, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal, SignInFirst
from shopbell.kernel.texts import text
from shopbell.realtime.codes import Close
from tests.rooms.test_hub import Ear
from tests.stories.test_macros import keeps
from tests.support.clock import WoundClock
from tests.support.guest import Guest
from tests.support.house import Counter, House, Person
from tests.support.server import RunningServer
from tests.support.team import comes, gives, rules, tended

PASSWORD, OWN = "seven green kettles", "another long one"
SITE = "https://shop.example"
HOME = Knock(address="127.0.0.1")


@dataclass(frozen=True)
class Browser:
    """One browser of somebody, signed in."""

    house: House
    secret: str

    @property
    def visit(self) -> Visit:
        visit = self.house.db.read_now(accounts.who, self.secret)
        assert visit is not None
        return visit

    @property
    def actor(self) -> Actor:
        return self.visit.actor

    @property
    def person(self) -> Person:
        return Person(self.house, self.actor)

    def acts_for(self, shop: ShopId) -> None:
        self.house.db.write_now(acting.act_for, self.visit, shop)

    def waiting(self) -> dict[str, int]:
        return {one.name: one.waiting for one in self.house.db.read_now(shops.own, self.visit)}


@dataclass(frozen=True)
class Town:
    """Two shops, a buyer who wrote to both, and Vera, who works for both."""

    house: House
    halo: Counter
    nord: Counter
    anna: Person
    at_halo: ConversationId
    at_nord: ConversationId

    def signs_in(self) -> Browser:
        person = self.house.db.read_now(accounts.person, self.halo.vera.actor.id)
        entry = self.house.db.write_now(accounts.let_in, person, HOME)
        return Browser(self.house, entry.session)


@pytest.fixture
def town(house: House) -> Town:
    return settled(house)


def settled(house: House) -> Town:
    halo, nord = house.shop("halo", ["mei", "vera"]), house.shop("nord", ["nina", "vera"])
    anna = house.buyer("anna")
    at_halo = anna.asks(halo, None, "Is the kingfisher blue?")
    at_nord = anna.asks(nord, None, "Is the heron grey?")
    return Town(house, halo, nord, anna, at_halo, at_nord)


def refused(deed: Callable[[], Any], kind: type[Refusal]) -> None:
    with pytest.raises(kind):
        deed()


# ── acting for one of them ──────────────────────────────────────────────────────────────────


def test_an_act_on_many_is_of_the_shop_it_was_done_for(town: Town) -> None:
    vera = town.signs_in()
    asked = DoAll(key=new_id(), act=Act.NO_REPLY_NEEDED, talks=[town.at_halo])
    db = town.house.db
    done = db.write_now(bulk.begin, vera.actor, asked)
    assert db.read_now(bulk.begin_undo, vera.actor, done.id)[0] == done
    vera.acts_for(town.nord.shop.id)
    refused(lambda: db.write_now(bulk.begin, vera.actor, asked), IdempotencyConflict)
    refused(lambda: db.read_now(bulk.begin_undo, vera.actor, done.id), NoSuchBulk)


def test_a_macro_of_ones_own_takes_no_key_at_the_other_shop(town: Town) -> None:
    vera = town.signs_in()
    at_halo = keeps(vera.person, "mine", own=True)
    vera.acts_for(town.nord.shop.id)
    at_nord = keeps(vera.person, "mine", own=True)
    assert at_halo.id != at_nord.id
    found = town.house.db.read_now(lambda tx: macros.called(tx, vera.actor, "mine", own=True))
    assert found == at_nord


def test_one_sign_in_acts_for_the_first_shop_until_another_is_chosen(town: Town) -> None:
    vera = town.signs_in()
    assert town.halo.vera.actor.id == town.nord.vera.actor.id
    assert vera.actor.shop == town.halo.shop.id
    vera.person.answers(town.at_halo, "It is.")

    vera.acts_for(town.nord.shop.id)
    assert (vera.actor.shop, vera.actor.rank) == (town.nord.shop.id, Rank.AGENT)
    vera.person.answers(town.at_nord, "It is.")


def test_of_the_other_shop_nothing_is_to_be_seen_or_done(town: Town) -> None:
    vera, read = town.signs_in(), town.house.db.read_now
    house, talk = town.house, town.at_nord
    house.passes(minutes=1)

    assert [one.id for one in read(conversations.inbox, vera.actor, "open")[0]] == [town.at_halo]
    assert [one.id for one in read(listing.listed, vera.actor, Filter())[0]] == [town.at_halo]
    assert found(town, vera, "kingfisher") == [town.at_halo]
    assert found(town, vera, "heron") == []
    refused(lambda: vera.person.sees(talk), NoSuchConversation)
    refused(lambda: vera.person.events(talk), NoSuchConversation)
    refused(lambda: vera.person.events(talk, "n"), NoSuchConversation)
    refused(lambda: vera.person.says(talk, "Yes"), NoSuchConversation)
    refused(lambda: vera.person.notes(talk, "Yes"), NoSuchConversation)
    refused(lambda: gives(vera.person, talk, vera.person), NoSuchConversation)
    refused(lambda: read(colleagues.of_shop, vera.actor, town.nord.shop.id), NotForYourRank)
    refused(lambda: read(tending.waiting, vera.actor, town.nord.shop.id), NotForYourRank)

    vera.acts_for(town.nord.shop.id)
    assert (found(town, vera, "kingfisher"), found(town, vera, "heron")) == ([], [talk])
    refused(lambda: vera.person.sees(town.at_halo), NoSuchConversation)


def found(town: Town, who: Browser, words: str) -> list[ConversationId]:
    page = town.house.db.read_now(search.find, who.actor, words)
    return [one.conversation for one in page.items]


def test_two_browsers_of_one_person_act_for_different_shops_at_once(town: Town) -> None:
    one, other = town.signs_in(), town.signs_in()
    other.acts_for(town.nord.shop.id)
    one.person.answers(town.at_halo, "From Halo")
    other.person.answers(town.at_nord, "From Nord")
    refused(lambda: one.person.says(town.at_nord, "From Halo"), NoSuchConversation)
    assert (one.actor.shop, other.actor.shop) == (town.halo.shop.id, town.nord.shop.id)


def test_nobody_acts_for_a_shop_that_has_not_got_them(town: Town) -> None:
    kiln = town.house.shop("kiln", ["kim"])
    vera, write = town.signs_in(), town.house.db.write_now
    for shop in (kiln.shop.id, ShopId(new_id()), ShopId("nord"), ShopId("")):
        refused(lambda shop=shop: vera.acts_for(shop), NotOnThisStaff)  # type: ignore[misc]
    write(colleagues.leave, town.nord.nina.actor, town.nord.shop.id, vera.actor.id)
    refused(lambda: vera.acts_for(town.nord.shop.id), NotOnThisStaff)
    assert vera.actor.shop == town.halo.shop.id


def test_choosing_the_same_shop_again_changes_nothing(town: Town) -> None:
    vera = town.signs_in()
    vera.acts_for(town.halo.shop.id)
    vera.acts_for(town.nord.shop.id)
    vera.acts_for(town.nord.shop.id)
    deeds = town.house.db.read_now(audit.by, vera.actor.id)
    assert [deed.action for deed in deeds].count("shop_chosen") == 1


def test_a_key_stays_with_its_shop(town: Town) -> None:
    made = town.house.db.write_now(
        keys.make, town.halo.mei.actor, town.halo.shop.id, NewKey("Robot")
    )
    robot = Browser(town.house, made.secret)
    town.signs_in().acts_for(town.nord.shop.id)
    assert robot.actor.shop == town.halo.shop.id
    refused(lambda: robot.acts_for(town.nord.shop.id), SignInFirst)
    refused(robot.waiting, SignInFirst)


# ── leaving one of them ─────────────────────────────────────────────────────────────────────


def test_who_leaves_one_shop_goes_on_at_the_other_with_the_same_cookie(town: Town) -> None:
    here, there = town.signs_in(), town.signs_in()
    here.acts_for(town.nord.shop.id)
    nina, write = town.nord.nina.actor, town.house.db.write_now

    write(colleagues.leave, nina, town.nord.shop.id, here.actor.id)

    assert (here.actor.shop, there.actor.shop) == (town.halo.shop.id, town.halo.shop.id)
    refused(lambda: here.person.sees(town.at_nord), NoSuchConversation)
    here.person.answers(town.at_halo, "Still here")


def test_who_is_taken_back_acts_for_that_shop_only_once_they_choose_to(town: Town) -> None:
    vera, nina, write = town.signs_in(), town.nord.nina.actor, town.house.db.write_now
    vera.acts_for(town.nord.shop.id)
    write(colleagues.leave, nina, town.nord.shop.id, vera.actor.id)
    back = NewStaff(town.house.address("vera"), "Vera")
    write(colleagues.add, nina, town.nord.shop.id, back, PasswordHash(""))
    assert vera.actor.shop == town.halo.shop.id
    vera.acts_for(town.nord.shop.id)
    assert vera.actor.shop == town.nord.shop.id


def test_who_leaves_the_last_shop_is_signed_out(town: Town) -> None:
    vera, write = town.signs_in(), town.house.db.write_now
    write(colleagues.leave, town.halo.mei.actor, town.halo.shop.id, vera.actor.id)
    assert vera.actor.shop == town.nord.shop.id
    write(colleagues.leave, town.nord.nina.actor, town.nord.shop.id, vera.actor.id)
    assert town.house.db.read_now(accounts.who, vera.secret) is None


def test_another_rank_signs_nobody_out_of_another_shop(town: Town) -> None:
    here, there = town.signs_in(), town.signs_in()
    there.acts_for(town.nord.shop.id)
    nina, whose = town.nord.nina.actor, here.actor.id

    town.house.db.write_now(colleagues.set_rank, nina, town.nord.shop.id, whose, Rank.MANAGER)
    assert (here.actor.shop, here.actor.rank) == (town.halo.shop.id, Rank.AGENT)
    assert town.house.db.read_now(accounts.who, there.secret) is None


# ── joining a second one ────────────────────────────────────────────────────────────────────


def joins_kiln(town: Town) -> tuple[Counter, Entry]:
    """Have Leo be added to the kiln's staff with a first password, and show his address."""
    db, kiln = town.house.db, town.house.shop("kiln", ["kim"])
    form = NewColleague("leo@example.org", "Leo Lang", PASSWORD)
    asyncio.run(entrance.add_colleague(db, kiln.kim.actor, kiln.shop.id, form, SITE))
    leo = asyncio.run(entrance.sign_in(db, SignIn("leo@example.org", PASSWORD), HOME))
    token = letters(town)[-1].body.partition("token=")[2].split()[0]
    db.write_now(accounts.verify_email, Browser(town.house, leo.session).actor, token)
    return kiln, leo


def letters(town: Town) -> list[Letter]:
    waiting = town.house.db.read_now(outbox.waiting, Letter)
    return [msgspec.json.decode(job.body, type=Letter) for job in reversed(waiting)]


def test_who_joins_a_second_shop_keeps_name_and_password_and_is_written_to(town: Town) -> None:
    db, nina = town.house.db, town.nord.nina.actor
    _kiln, leo = joins_kiln(town)
    visit = Browser(town.house, leo.session).visit
    asyncio.run(entrance.change_password(db, visit, NewPassword(PASSWORD, OWN)))
    form = NewColleague("leo@example.org", "Somebody", "a third one, of Nord")

    joined = asyncio.run(entrance.add_colleague(db, nina, town.nord.shop.id, form, SITE))

    assert (joined.person.id, joined.person.name) == (leo.person.id, "Leo Lang")
    assert letters(town)[-1].subject == text("en", "accounts.welcome_too_subject")
    assert "Kiln" not in letters(town)[-1].body
    there = asyncio.run(entrance.sign_in(db, SignIn("leo@example.org", OWN), HOME))
    with pytest.raises(WrongEmailOrPassword):
        asyncio.run(entrance.sign_in(db, SignIn("leo@example.org", form.password), HOME))
    assert Browser(town.house, there.session).waiting() == {"Kiln": 0, "Nord": 1}
    with pytest.raises(WorksHereAlready):
        asyncio.run(entrance.add_colleague(db, nina, town.nord.shop.id, form, SITE))


def test_nobody_joins_a_second_shop_with_a_password_that_the_first_knows(town: Town) -> None:
    db, nina, nord = town.house.db, town.nord.nina.actor, town.nord.shop.id
    joins_kiln(town)
    form = NewColleague("leo@example.org", "Leo", OWN)
    with pytest.raises(PasswordStillLent):
        asyncio.run(entrance.add_colleague(db, nina, nord, form, SITE))
    assert {one.name for one in db.read_now(colleagues.of_shop, nina, nord)} == {"Nina", "Vera"}


def test_who_asks_after_many_addresses_at_work_is_slowed_down_and_written_down(town: Town) -> None:
    db, nina, nord = town.house.db, town.nord.nina.actor, town.nord.shop.id
    joins_kiln(town)
    new = NewStaff("leo@example.org", "Leo")
    for _ in range(ADDED_BY_ONE.tries):
        db.write_now(colleagues.begin_adding, nina, nord, new)
    with pytest.raises(TooManyTries):
        db.write_now(colleagues.begin_adding, nina, nord, new)
    town.house.passes(hours=2)
    form = NewColleague("leo@example.org", "Leo", OWN)
    with pytest.raises(PasswordStillLent):
        asyncio.run(entrance.add_colleague(db, nina, nord, form, SITE))
    assert "staff_refused" in [deed.action for deed in db.read_now(audit.by, nina.id)]


def test_the_keys_of_who_leaves_a_shop_stop_and_no_others(town: Town) -> None:
    write, halo, nord = town.house.db.write_now, town.halo, town.nord
    for shop in (halo, nord):
        write(colleagues.set_rank, SYSTEM, shop.shop.id, shop.vera.actor.id, Rank.MANAGER)
    here, there = town.signs_in(), town.signs_in()
    there.acts_for(nord.shop.id)
    made = [
        write(keys.make, who, shop.shop.id, NewKey("Robot")).secret
        for who, shop in ((here.actor, halo), (there.actor, nord), (halo.mei.actor, halo))
    ]
    write(colleagues.leave, halo.mei.actor, halo.shop.id, here.actor.id)
    opens = [town.house.db.read_now(accounts.who, secret) is not None for secret in made]
    assert opens == [False, True, True]


def test_whoever_only_claims_an_address_is_never_taken_for_its_owner(town: Town) -> None:
    db, nina, nord = town.house.db, town.nord.nina.actor, town.nord.shop.id
    kiln = town.house.shop("kiln", ["kim"])
    form = NewColleague("leo@example.org", "Leo", PASSWORD)
    first = asyncio.run(entrance.add_colleague(db, kiln.kim.actor, kiln.shop.id, form, SITE))
    second = asyncio.run(entrance.add_colleague(db, nina, nord, form, SITE))
    assert first.person.id != second.person.id


# ── at the desk ─────────────────────────────────────────────────────────────────────────────


def test_being_there_for_one_shop_gives_nothing_of_another(town: Town) -> None:
    for manager in (town.halo.mei, town.nord.nina):
        rules(manager, Mode.LOAD)
    vera = town.signs_in()
    comes(vera.person)
    boris = town.house.buyer("boris")
    here, there = (boris.asks(shop, None, "Hello?") for shop in (town.halo, town.nord))

    assert tended(vera.person, here).assignee == vera.actor.id
    assert tended(town.nord.nina, there).assignee is None

    vera.acts_for(town.nord.shop.id)
    comes(vera.person, Attendance.BUSY)
    assert tended(town.nord.nina, there).assignee is None
    assert tended(town.halo.mei, here).assignee == vera.actor.id


def test_a_shift_that_ends_at_one_shop_goes_on_at_the_other(town: Town) -> None:
    vera, now = town.signs_in(), town.house.clock()
    comes(vera.person, shift_ends_at=now + timedelta(hours=1))
    vera.acts_for(town.nord.shop.id)
    comes(vera.person, shift_ends_at=now + timedelta(hours=3))
    town.house.passes(hours=2)
    read = town.house.db.read_now
    assert read(seating.seat, vera.actor).presence is Attendance.AVAILABLE
    vera.acts_for(town.halo.shop.id)
    assert read(seating.seat, vera.actor).presence is Attendance.OFF


def test_what_waits_is_told_of_each_of_ones_shops_and_of_no_other(town: Town) -> None:
    town.house.shop("kiln", ["kim"])
    vera = town.signs_in()
    assert vera.waiting() == {"Halo": 1, "Nord": 1}
    vera.person.answers(town.at_halo, "It is.")
    assert vera.waiting() == {"Halo": 0, "Nord": 1}


def test_a_link_of_another_of_ones_shops_says_whose_it_is_and_to_nobody_else(town: Town) -> None:
    kiln = town.house.shop("kiln", ["kim"])
    vera, read = town.signs_in(), town.house.db.read_now
    shown = read(shops.of_talk, vera.visit, town.at_nord)
    assert (shown.name, shown.here) == ("Nord", False)
    of_kiln = town.anna.asks(kiln, None, "And yours?")
    refused(lambda: read(shops.of_talk, vera.visit, of_kiln), NoSuchConversation)
    refused(lambda: read(shops.of_talk, vera.visit, ConversationId(new_id())), NoSuchConversation)


def test_a_notice_of_either_shop_reaches_who_works_for_it(town: Town) -> None:
    read, vera = town.house.db.read_now, town.halo.vera.actor
    for shop in (town.halo, town.nord):
        assert read(standing.now, vera.id, shop.shop.id).works_for(shop.shop.id)
    assert read(standing.now, vera.id).shop is None


async def test_pages_of_a_sign_in_that_moved_without_our_hearing_are_ended(town: Town) -> None:
    vera, hub = town.signs_in(), town.house.app.hub
    page, other = Ear(Side.SELLER), Ear(Side.SELLER)
    for ear, browser in ((page, vera), (other, town.signs_in())):
        ear.actor, ear.session = browser.actor, browser.visit.session_id
        hub.enter(ear)
    vera.acts_for(town.nord.shop.id)
    page.code = None
    await town.house.app.relay.rounds.walk()
    assert [page.code, other.code] == [Close.MOVED, None]


# ── open pages ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Open(Town):
    """The town, with its house open to browsers."""

    server: RunningServer

    def comes(self, browser: Browser) -> Guest:
        return Guest(self.server, Cookie=f"shopbell_session={browser.secret}")


@pytest.fixture
def there(database: str, tmp_path: Path) -> Iterator[Open]:
    app = build(Settings(data=tmp_path / "data", database=database))
    town = settled(House(app, WoundClock(datetime.now(UTC))))
    with RunningServer(tmp_path / "data", database) as server:
        yield Open(town.house, town.halo, town.nord, town.anna, town.at_halo, town.at_nord, server)
    app.close()


def test_open_pages_end_with_the_move_and_hear_nothing_of_the_shop_left(
    there: Open,
) -> None:
    halo, nord = f"c.{there.at_halo}.p", f"c.{there.at_nord}.p"
    with there.comes(there.signs_in()) as moving, there.comes(there.signs_in()) as staying:
        ticket = moving.ticket()
        with moving.opens() as page, staying.opens() as other:
            for open_page in (page, other):
                open_page.says(t="watch")
                open_page.follows(halo)
            moved = moving.http.put("/api/v1/me/shop", json={"shop": there.nord.shop.id})
            assert moved.status_code == 204, moved.text
            assert page.was_hung_up() == Close.MOVED
            staying.http.post(f"/api/v1/streams/{halo}/events", json=_message("For Halo"))
            assert other.hears_message("seller")["event"]["data"]["text"] == "For Halo"
        with moving.dials() as late:
            late.says(t="hello", token=ticket, version="1")
            assert late.was_hung_up() == Close.MOVED
        with moving.opens() as page:
            page.says(t="watch")
            page.says(t="sub", sid="left", stream=halo, after=0)
            assert page.hears("gone")["stream"] == halo
            page.follows(nord)
            staying.http.post(f"/api/v1/streams/{halo}/events", json=_message("Still for Halo"))
            page.sends(nord, "For Nord")
            heard = str([page.heard, page.hears_out()])
    assert "For Nord" in heard
    assert "for Halo" not in heard


def _message(words: str) -> dict[str, object]:
    return {"cmid": new_id(), "type": "message", "data": {"text": words}}


def test_a_page_that_was_opened_for_another_shop_does_nothing_for_this_one(
    there: Open,
) -> None:
    with there.comes(there.signs_in()) as vera:
        cursor = f"{there.house.app.epoch}~c.{there.at_halo}.p~0"
        assert vera.http.get("/api/v1/events", params={"cursor": cursor}).status_code == 200
        vera.http.put("/api/v1/me/shop", json={"shop": there.nord.shop.id})
        stale = {"shopbell-shop": there.halo.shop.id}
        answer = vera.http.put("/api/v1/desk/seat", json={"presence": "busy"}, headers=stale)
        assert (answer.status_code, answer.json()["code"]) == (409, "acts_for_another")
        assert vera.http.get("/api/v1/desk/seat").json()["presence"] == "off"
        mine = {"shopbell-shop": there.nord.shop.id}
        assert vera.http.get("/api/v1/desk/seat", headers=mine).status_code == 200
        frames = vera.http.get("/api/v1/events", params={"cursor": cursor}).json()["frames"]
        assert [frame["t"] for frame in frames] == ["gone"]


def test_who_waits_for_news_of_one_shop_is_told_of_none_after_the_move(
    there: Open,
) -> None:
    with there.comes(there.signs_in()) as vera, ThreadPoolExecutor(1) as apart:
        asked = {"cursor": f"{there.house.app.epoch}~c.{there.at_halo}.p~0", "inbox": "true"}
        asked["cursor"] = vera.http.get("/api/v1/events", params=asked).json()["cursor"]
        waiting = apart.submit(vera.http.get, "/api/v1/events", params={**asked, "wait": "20"})
        assert wait({waiting}, timeout=2).not_done, "nothing is there to tell yet"
        vera.http.put("/api/v1/me/shop", json={"shop": there.nord.shop.id})
        there.anna.says(there.at_halo, "Is the kingfisher sold?")
        told = waiting.result()
    assert told.status_code == 409 or "kingfisher" not in told.text
    assert "Halo" not in told.text
