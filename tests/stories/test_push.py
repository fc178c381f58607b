"""Something waits for people who have no page of ours open: their own devices ring, once."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shopbell.accounts import service as accounts
from shopbell.accounts import staff as colleagues
from shopbell.accounts.model import Knock
from shopbell.app import build
from shopbell.channels.push import service as push
from shopbell.channels.push.channel import Push, PushTrouble
from shopbell.channels.push.model import (
    DEVICES_MOST,
    Keys,
    NewDevice,
    NoSuchPushDevice,
    NoSuchTime,
    NotAPushService,
    NoticeJustSent,
    PushDevice,
    PushForPeople,
    PushKeysWrong,
    PushServiceSilent,
    Renewal,
    TooManyPushDevices,
    Wish,
)
from shopbell.channels.push.service import Guest
from shopbell.commerce.hours import UnknownZone
from shopbell.contact.model import Reach, Whom
from shopbell.conversations import waiting
from shopbell.conversations.model import ConversationId
from shopbell.engine import outbox
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM
from tests.support.channels import Mail, wired
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person
from tests.support.pushservice import Phone, PushService, push_service

FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


@dataclass
class Town:
    """A house that pushes and mails, a push service, a shop, and somebody who asks."""

    house: House
    service: PushService
    mail: Mail
    halo: Counter
    anna: Person

    @property
    def push(self) -> Push:
        channel = self.house.app.channels["push"]
        assert isinstance(channel, Push)
        return channel

    def signs_in(self, person: Person) -> Guest:
        """Let somebody in on a phone."""
        who = self.house.db.read_now(accounts.person, person.actor.id)
        entry = self.house.db.write_now(accounts.let_in, who, Knock(address="127.0.0.1"))
        visit = self.house.db.read_now(accounts.who, entry.session)
        assert visit is not None
        return Guest(visit.actor, visit.session_id, FIREFOX)

    def listens(self, person: Person, *answers: int) -> tuple[Phone, Guest]:
        """Have somebody told on a new phone, whose push service answers so."""
        phone, guest = self.service.phone(*answers), self.signs_in(person)
        self.house.db.write_now(push.subscribe, guest, phone.subscription)
        return phone, guest

    def reaches(self, talk: ConversationId, whom: Whom, since: int = 2) -> None:
        """Take the step towards somebody now."""
        reach = Reach(conversation=talk, whom=whom, channel="push", since=since)
        apart(self.push.reach(reach))

    def would_reach(self, talk: ConversationId, whom: Whom) -> bool:
        return self.house.db.write_now(
            lambda tx: self.push.reaches(tx, waiting.held(tx, talk), whom)
        )

    def steps(self, talk: ConversationId) -> list[str]:
        """Return which steps the thread tells of."""
        entries = [one for one in self.anna.events(talk) if one.type == "contact"]
        return [bytes(one.data).decode() for one in entries]

    def devices(self, guest: Guest) -> list[PushDevice]:
        return self.house.db.read_now(push.devices, guest)


def apart(work: Any) -> Any:
    """Run something that waits, whether or not a loop runs here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture
def town(database: str, clock: WoundClock, tmp_path: Path) -> Iterator[Town]:
    settings = Settings(data=tmp_path / "data", database=database, push_loopback=True)
    app, mail = build(settings, clock=clock), Mail()
    house = House(wired(app, app.channels["push"], mail), clock)
    with push_service() as service:
        yield Town(house, service, mail, house.shop("halo", ["mei", "vera"]), house.buyer("anna"))
    app.close()


# --- the story ----------------------------------------------------------------------------


def test_a_question_rings_at_the_shop_and_its_answer_at_the_buyer(town: Town) -> None:
    mei, _ = town.listens(town.halo.mei)
    anna, _ = town.listens(town.anna)
    talk = town.anna.asks(town.halo, None, "How heavy is it?")
    town.house.passes(seconds=50)
    assert mei.shown == []

    town.house.passes(seconds=15)

    assert mei.shown == ["Anna asks: How heavy is it?"]
    assert mei.rings[0].words["url"] == f"/desk/{talk}"
    assert town.steps(talk) == ['{"step":"push","to":"team","chosen":false}']

    town.halo.vera.answers(talk, "1.2 kg with the box.")
    town.house.passes(minutes=20)
    assert anna.shown == ["Halo: 1.2 kg with the box."]
    assert anna.rings[0].words["url"] == f"/me/messages/{talk}"
    assert len(mei.rings) == 1


def test_abuse_does_not_ring_with_its_words(town: Town) -> None:
    mei, _ = town.listens(town.halo.mei)
    town.anna.asks(town.halo, None, "You idiots, drop dead")
    town.house.passes(seconds=65)
    assert mei.shown == ["Anna asks: A message with hurtful words"]


def test_a_notice_is_locked_for_its_phone_and_signed_by_the_house(town: Town) -> None:
    phone, _ = town.listens(town.halo.mei)
    talk = town.anna.asks(town.halo, None, "много слов " * 40)
    town.house.passes(seconds=65)

    (rung,) = phone.rings
    assert rung.signer == town.push.key
    assert rung.claims["sub"].startswith(("mailto:", "https://"))
    assert rung.headers["content-encoding"] == "aes128gcm"
    assert rung.headers["topic"] == talk.replace("-", "")
    assert rung.headers["urgency"] == "high"
    assert int(rung.headers["ttl"]) == 24 * 3_600
    assert rung.words["tag"] == talk
    assert len(rung.words["body"]) == 120
    signed_until = rung.claims["exp"] - town.house.clock().timestamp()
    assert 0 < signed_until <= 24 * 3_600


def test_everybody_is_told_in_their_own_language(town: Town) -> None:
    ivan, li = town.house.buyer("ivan", "ru"), town.house.buyer("li", "zh")
    for person, something in ((ivan, "В вашей переписке есть новое."), (li, "您的对话有新内容。")):
        phone, _ = town.listens(person)
        talk = person.asks(town.halo, None, "?")
        town.halo.mei.answers(talk, "Yes")
        person.says(talk, "One more thing")
        town.reaches(talk, Whom.BUYER, since=3)
        assert phone.shown == [f"Halo: {something}"]


# --- once, and not in vain ----------------------------------------------------------------


def test_who_reads_or_answers_meanwhile_is_not_rung(town: Town) -> None:
    phone, _ = town.listens(town.halo.mei)
    hers, _ = town.listens(town.anna)
    talk = town.anna.asks(town.halo, None, "Hello?")
    town.halo.vera.reads(talk)
    town.reaches(talk, Whom.TEAM)
    assert phone.tries == 0
    town.reaches(talk, Whom.OWNER)
    assert len(phone.rings) == 1
    town.halo.vera.answers(talk, "Yes?")
    town.reaches(talk, Whom.OWNER)
    town.anna.reads(talk)
    town.reaches(talk, Whom.BUYER, since=3)
    assert (phone.tries, hers.tries) == (1, 0)


def test_a_step_asked_again_rings_once(town: Town) -> None:
    phone, _ = town.listens(town.halo.mei)
    talk = town.anna.asks(town.halo, None, "Hello?")
    for _ in range(3):
        town.reaches(talk, Whom.TEAM)
    assert phone.tries == 1


def test_a_service_in_trouble_is_tried_again_and_the_others_ring_once(town: Town) -> None:
    well, _ = town.listens(town.halo.mei)
    ill, guest = town.listens(town.halo.vera, 500, 429)
    talk = town.anna.asks(town.halo, None, "Hello?")
    with pytest.raises(PushTrouble):
        town.reaches(talk, Whom.TEAM)
    assert town.devices(guest)[0].failures == 1

    town.house.passes(seconds=60)
    town.house.passes(minutes=1)

    assert (len(well.rings), well.tries) == (1, 1)
    assert (len(ill.rings), ill.tries) == (1, 3)
    assert town.devices(guest)[0].failures == 0
    assert town.house.db.read_now(outbox.dead) == []


@pytest.mark.parametrize("answer", [404, 410])
def test_a_phone_that_is_gone_is_forgotten_and_a_letter_follows(town: Town, answer: int) -> None:
    phone, guest = town.listens(town.halo.mei, answer)
    talk = town.anna.asks(town.halo, None, "Hello?")
    town.house.passes(minutes=4)
    assert (phone.tries, town.devices(guest)) == (1, [])
    assert town.mail.told == [Whom.TEAM]
    assert not town.would_reach(talk, Whom.TEAM)


def test_a_service_that_points_elsewhere_is_not_followed(town: Town) -> None:
    other = town.service.phone()
    town.service.elsewhere = other.subscription.endpoint
    phone, _ = town.listens(town.halo.mei, 307)
    talk = town.anna.asks(town.halo, None, "Hello?")
    with pytest.raises(PushTrouble):
        town.reaches(talk, Whom.TEAM)
    assert (phone.tries, other.tries) == (1, 0)


# --- when, and whether ---------------------------------------------------------------------


def test_in_quiet_hours_nothing_rings_and_the_ladder_goes_on(town: Town) -> None:
    phone, guest = town.listens(town.halo.mei)
    now = town.house.clock()
    quiet = Wish(quiet_from=clock_of(now, -60), quiet_until=clock_of(now, 60), zone="UTC")
    town.house.db.write_now(push.choose, guest, quiet)
    talk = town.anna.asks(town.halo, None, "Hello?")

    town.house.passes(minutes=4)

    assert phone.tries == 0
    assert town.mail.told == [Whom.TEAM]
    assert [step for step in town.steps(talk) if "push" in step] == []
    town.house.passes(hours=1)
    assert phone.shown == ["Unanswered: Anna: Hello?"]


def test_who_wants_none_is_told_by_letter(town: Town) -> None:
    phone, guest = town.listens(town.halo.mei)
    town.house.db.write_now(push.choose, guest, Wish(on=False))
    town.anna.asks(town.halo, None, "Hello?")
    town.house.passes(minutes=4)
    assert (phone.tries, town.mail.told) == (0, [Whom.TEAM])


@pytest.mark.parametrize(
    ("begins", "ends", "at", "welcome"),
    [
        ("22:00", "07:30", "2026-06-01T21:59:59+08:00", True),
        ("22:00", "07:30", "2026-06-01T22:00:00+08:00", False),
        ("22:00", "07:30", "2026-06-02T07:29:59+08:00", False),
        ("22:00", "07:30", "2026-06-02T07:30:00+08:00", True),
        ("12:00", "13:00", "2026-06-02T12:30:00+08:00", False),
        ("12:00", "13:00", "2026-06-02T13:00:00+08:00", True),
        ("12:00", "12:00", "2026-06-02T12:00:00+08:00", True),
        ("", "07:30", "2026-06-02T03:00:00+08:00", True),
    ],
)
def test_quiet_hours_are_by_the_own_clock(
    begins: str, ends: str, at: str, *, welcome: bool
) -> None:
    wish = Wish(quiet_from=begins, quiet_until=ends, zone="Asia/Shanghai")
    assert wish.welcomes(datetime.fromisoformat(at)) is welcome


def test_times_and_zones_that_are_none_are_refused(town: Town) -> None:
    for wish, why in ((Wish(zone="Mars/Base"), UnknownZone), (Wish(quiet_from="7:30"), NoSuchTime)):
        with pytest.raises(why):
            town.house.db.write_now(push.choose, town.listens(town.anna)[1], wish)


def test_a_program_chooses_nothing(town: Town) -> None:
    with pytest.raises(PushForPeople):
        town.house.db.write_now(push.choose, push.Guest(town.anna.actor, None), Wish())


# --- whose phone it is --------------------------------------------------------------------


def test_who_signs_out_is_told_no_more_on_that_phone(town: Town) -> None:
    phone, guest = town.listens(town.halo.mei)
    talk = town.anna.asks(town.halo, None, "Hello?")
    assert town.would_reach(talk, Whom.TEAM)
    assert guest.session is not None
    town.house.db.write_now(accounts.sign_out, guest.session)
    town.reaches(talk, Whom.TEAM)
    assert (phone.tries, town.would_reach(talk, Whom.TEAM)) == (0, False)


def test_a_sign_in_that_fell_asleep_over_night_is_still_told(town: Town) -> None:
    phone, _ = town.listens(town.halo.mei)
    town.house.passes(hours=14)
    town.reaches(town.anna.asks(town.halo, None, "Good morning?"), Whom.TEAM)
    assert phone.shown == ["Anna asks: Good morning?"]


def test_who_left_the_shop_is_told_nothing_of_it(town: Town) -> None:
    phone, _ = town.listens(town.halo.vera)
    talk = town.anna.asks(town.halo, None, "Hello?")
    town.house.db.write_now(colleagues.leave, SYSTEM, town.halo.shop.id, town.halo.vera.actor.id)
    town.reaches(talk, Whom.TEAM)
    assert phone.tries == 0


def test_other_shops_and_other_buyers_are_told_nothing(town: Town) -> None:
    other, boris = town.house.shop("other", ["pavel"]), town.house.buyer("boris")
    phones = [town.listens(one)[0] for one in (other.pavel, boris)]
    talk = town.anna.asks(town.halo, None, "Hello?")
    town.house.passes(days=2)
    town.halo.mei.answers(talk, "Yes?")
    town.house.passes(days=2)
    assert [phone.tries for phone in phones] == [0, 0]


def test_the_operator_is_told_when_nobody_else_answers(town: Town) -> None:
    phone, _ = town.listens(town.house.operator())
    town.anna.asks(town.halo, None, "Hello?")
    town.house.passes(days=2)
    assert phone.shown == ["Halo does not answer Anna: Hello?"]


def test_a_browser_tells_the_last_who_asked_for_it(town: Town) -> None:
    phone, mei = town.listens(town.halo.mei)
    vera = town.signs_in(town.halo.vera)
    with pytest.raises(NoSuchPushDevice):
        town.house.db.write_now(
            push.renew, vera, Renewal(phone.subscription.endpoint, phone.subscription)
        )
    town.house.db.write_now(push.subscribe, vera, phone.subscription)
    assert (town.devices(mei), len(town.devices(vera))) == ([], 1)
    town.house.db.write_now(push.unsubscribe, mei, phone.subscription.endpoint)
    assert len(town.devices(vera)) == 1
    town.house.db.write_now(push.forget, mei.actor, town.devices(vera)[0].id)
    assert len(town.devices(vera)) == 1


def test_a_renewed_subscription_takes_the_place_of_the_old_one(town: Town) -> None:
    phone, guest = town.listens(town.halo.mei)
    fresh = town.service.phone()
    renewal = Renewal(phone.subscription.endpoint, fresh.subscription)
    renewed = town.house.db.write_now(push.renew, guest, renewal)
    assert [one.id for one in town.devices(guest)] == [renewed.id]
    talk = town.anna.asks(town.halo, None, "Hello?")
    town.reaches(talk, Whom.TEAM)
    assert (phone.tries, fresh.shown) == (0, ["Anna asks: Hello?"])


def test_a_new_sign_in_on_the_same_phone_keeps_it_told(town: Town) -> None:
    phone, guest = town.listens(town.halo.mei)
    assert guest.session is not None
    town.house.db.write_now(accounts.sign_out, guest.session)
    again = town.signs_in(town.halo.mei)
    renewal = Renewal(phone.subscription.endpoint, phone.subscription)
    town.house.db.write_now(push.renew, again, renewal)
    town.reaches(town.anna.asks(town.halo, None, "Hello?"), Whom.TEAM)
    assert len(phone.rings) == 1


def test_asked_again_it_is_the_same_device_and_too_many_are_refused(town: Town) -> None:
    phone, guest = town.listens(town.anna)
    again = town.house.db.write_now(push.subscribe, guest, phone.subscription)
    assert town.devices(guest) == [again]
    assert again.name == "Firefox · Android"
    for _ in range(DEVICES_MOST - 1):
        town.listens(town.anna)
    with pytest.raises(TooManyPushDevices):
        town.listens(town.anna)
    town.house.db.write_now(push.forget, guest.actor, again.id)
    town.listens(town.anna)


# --- try it -------------------------------------------------------------------------------


def test_the_test_button_rings_at_once_and_says_what_is_wrong(town: Town) -> None:
    phone, guest = town.listens(town.anna, 201, 500)
    device = town.devices(guest)[0].id
    apart(town.push.test(guest, device))
    assert [rung.words["title"] for rung in phone.rings] == ["This is how we ring"]
    with pytest.raises(NoticeJustSent):
        apart(town.push.test(guest, device))
    town.house.clock.passes(minutes=1)
    with pytest.raises(PushServiceSilent):
        apart(town.push.test(guest, device))
    with pytest.raises(NoSuchPushDevice):
        apart(town.push.test(town.signs_in(town.halo.mei), device))


# --- what is no push service --------------------------------------------------------------


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/x",
        "ftp://push.example.org/x",
        "https://",
        "https://somebody@push.example.org/x",
        "https://push.example.org/x#part",
        "https://push.example.org:0/x",
        "https://push.example.org:99999/x",
        "https://push.example.org\\@127.0.0.1/x",
        "https://push.example.org/x\r\nHost: inner",
        "https://[::1",
        "https://пуш.example.org/x",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_is_none_is_refused(house: House, endpoint: str) -> None:
    town = Town(house, PushService(""), Mail(), house.shop("halo"), house.buyer("anna"))
    guest = town.signs_in(town.anna)
    good = Phone(town.service).subscription.keys
    with pytest.raises(NotAPushService):
        house.db.write_now(push.subscribe, guest, NewDevice(endpoint, good))


def test_keys_that_lock_nothing_and_programs_are_refused(town: Town) -> None:
    phone, guest = town.service.phone(), town.signs_in(town.anna)
    auth = phone.subscription.keys.auth
    for keys in (Keys("AAAA", auth), Keys("A", "A"), Keys("BA" + "A" * 85, auth)):
        with pytest.raises(PushKeysWrong):
            town.house.db.write_now(
                push.subscribe, guest, NewDevice(phone.subscription.endpoint, keys)
            )
    program = Guest(guest.actor, None)
    with pytest.raises(PushForPeople):
        town.house.db.write_now(push.subscribe, program, phone.subscription)


def clock_of(now: datetime, minutes: int) -> str:
    """Return what a clock in UTC shows some minutes from now."""
    return f"{now + timedelta(minutes=minutes):%H:%M}"


def test_one_browser_that_asks_twice_at_once_is_one_device(town: Town) -> None:
    phone, guest = town.service.phone(), town.signs_in(town.anna)
    with ThreadPoolExecutor(4) as crowd:
        asks = [
            crowd.submit(town.house.db.write_now, push.subscribe, guest, phone.subscription)
            for _ in range(8)
        ]
    assert {ask.result().id for ask in asks} == {town.devices(guest)[0].id}
    assert len(town.devices(guest)) == 1
