"""What people want to be told, kind by kind and way by way: every sender asks, and some must."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from shopbell.accounts.model import Letter as ToMail
from shopbell.accounts.wishes import service
from shopbell.accounts.wishes.model import CHOICES, Kind, Way
from shopbell.app import build
from shopbell.channels.mail import service as mail
from shopbell.channels.mail.addresses import person, stop_tag
from shopbell.channels.mail.keys import keyring
from shopbell.commerce.model import Eta
from shopbell.contact.kinds import is_wanted, must_be_told
from shopbell.contact.model import Whom
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Stream
from shopbell.conversations.satisfaction import service as satisfaction
from shopbell.conversations.satisfaction.model import Asked
from shopbell.conversations.service import PAGE_MOST
from shopbell.engine import outbox
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, Side
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.stories.test_letters_about_talks import headers, reaches, tells, whole, words
from tests.support.browsing import Door, checked
from tests.support.casework import acts
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person
from tests.support.mailserver import MailServer, with_keys
from tests.support.returns import bought, opens, shoes, wrong_size


@pytest.fixture
def house(database: str, clock: WoundClock, tmp_path: Path) -> Iterator[House]:
    with MailServer() as server:
        settings = Settings(
            data=with_keys(tmp_path / "data"),
            database=database,
            smtp_url=server.url,
            mail_domain="reply.example.org",
        )
        app = build(settings, clock=clock)
        yield House(app, clock)
        app.close()


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "oleg"])


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


def wants_all_but(who: Person, *unwanted: tuple[Kind, Way]) -> None:
    everything = [(kind, way) for kind, ways in CHOICES[who.actor.side].items() for way in ways]
    wanted = [one for one in everything if one not in unwanted]
    who.house.db.write_now(service.choose, who.actor, wanted)


def test_answers_by_letter_can_be_switched_off_alone(halo: Counter, anna: Person) -> None:
    house = anna.house
    wants_all_but(anna, (Kind.ANSWER, Way.MAIL))
    talk = anna.asks(halo, None, "Is it blue?")
    halo.mei.answers(talk, "It is.")
    known = house.db.read_now(conversations.entered, SYSTEM, Stream(talk))
    assert not reaches(house, talk, Whom.BUYER)
    assert house.db.read_now(is_wanted, known, Way.PUSH)
    assert tells(house, talk, Whom.BUYER) == []


def test_steps_of_a_case_are_a_kind_of_their_own_and_a_dispute_always_comes(
    halo: Counter, anna: Person
) -> None:
    house = anna.house
    case = wrong_size(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, case.id, "reject", refused_for="used", refusal="Worn.")
    assert reaches(house, case.conversation, Whom.BUYER)
    wants_all_but(anna, (Kind.CASE, Way.MAIL), (Kind.CASE, Way.PUSH), (Kind.ANSWER, Way.MAIL))
    assert not reaches(house, case.conversation, Whom.BUYER)

    [dispute] = acts(anna, case.id, "open_dispute", statement="They were new.").children
    house.db.write_now(mail.choose, person(anna.actor.id), stopped=True)
    acts(halo.mei, dispute, "add_evidence", statement="They were worn.")
    assert reaches(house, case.conversation, Whom.BUYER)
    [letter] = tells(house, case.conversation, Whom.BUYER)
    assert "/letters/stop" not in words(letter), "nobody can switch that off"


def test_news_of_a_delivery_is_a_kind_of_its_own(halo: Counter, anna: Person) -> None:
    house = anna.house
    case = opens(anna, bought(halo, anna, shoes(halo)), "logistics_inquiry", concern="late")
    ahead = house.clock().date() + timedelta(days=3)
    eta = Eta(ahead, ahead, "Europe/Berlin")
    acts(halo.mei, case.id, "give_eta", eta=eta, eta_reason="weather")
    assert reaches(house, case.conversation, Whom.BUYER)
    wants_all_but(anna, (Kind.CASE, Way.MAIL), (Kind.ANSWER, Way.MAIL))
    [letter] = tells(house, case.conversation, Whom.BUYER)
    assert "kind=delivery" in words(letter)
    wants_all_but(anna, (Kind.DELIVERY, Way.MAIL))
    known = house.db.read_now(conversations.entered, SYSTEM, Stream(case.conversation))
    assert not reaches(house, case.conversation, Whom.BUYER)
    assert house.db.read_now(is_wanted, known, Way.PUSH)


def test_a_link_switches_off_its_own_kind_and_nothing_else(
    halo: Counter, anna: Person, door: Door
) -> None:
    house = anna.house
    talk = anna.asks(halo, None, "Is it blue?")
    halo.mei.answers(talk, "It is.")
    [letter] = tells(house, talk, Whom.BUYER)
    link = re.search(r"http\S+?(/letters/stop\?\S+)", words(letter))
    assert link
    page = checked(door().get(link[1]))
    assert text("en", "news.stop", kind=text("en", "news.kind_answer")).split("“")[0] in page
    assert service_says(anna, Kind.ANSWER), "looking changes nothing"
    checked(door().post(link[1], data={"List-Unsubscribe": "One-Click"}))
    assert not service_says(anna, Kind.ANSWER)
    assert service_says(anna, Kind.CASE)
    checked(door().post(link[1].replace("/stop?", "/go-on?")))
    assert service_says(anna, Kind.ANSWER)

    tag = stop_tag(keyring(house.app.settings.data), person(anna.actor.id), Kind.ANSWER)
    forged = urlencode({"who": person(anna.actor.id), "tag": tag, "kind": "case"})
    assert door().post(f"/letters/stop?{forged}").status_code == 404
    plain = urlencode({"who": person(anna.actor.id), "tag": tag})
    assert door().post(f"/letters/stop?{plain}").status_code == 404


def test_a_link_of_one_kind_does_not_lift_a_stop_of_all_letters(
    halo: Counter, anna: Person, door: Door
) -> None:
    house, who = anna.house, person(anna.actor.id)
    house.db.write_now(mail.choose, who, stopped=True)
    tag = stop_tag(keyring(house.app.settings.data), who, Kind.ANSWER)
    link = urlencode({"who": who, "tag": tag, "kind": "answer"})
    looked = checked(door().get(f"/letters/stop?{link}"))
    went_on = checked(door().post(f"/letters/go-on?{link}"))
    assert house.db.read_now(mail.wants_none, who)
    for page in (looked, went_on):
        assert text("en", "mail.stopped_all") in page
        assert 'href="/account#told"' in page
    house.db.write_now(mail.choose, who, stopped=False)
    assert text("en", "mail.stopped_all") not in checked(door().get(f"/letters/stop?{link}"))


def test_a_step_of_a_dispute_is_told_however_much_was_said_since(
    halo: Counter, anna: Person
) -> None:
    house = anna.house
    case = wrong_size(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, case.id, "reject", refused_for="used", refusal="Worn.")
    [dispute] = acts(anna, case.id, "open_dispute", statement="They were new.").children
    wants_all_but(anna, (Kind.CASE, Way.MAIL), (Kind.ANSWER, Way.MAIL))
    acts(halo.mei, dispute, "add_evidence", statement="They were worn.")
    for n in range(PAGE_MOST + 2):
        halo.mei.says(case.conversation, f"And {n} more")
    talk = house.db.read_now(conversations.entered, SYSTEM, Stream(case.conversation))
    assert house.db.read_now(must_be_told, talk)
    assert house.db.read_now(is_wanted, talk, Way.MAIL)


def test_what_the_operator_says_is_always_told(halo: Counter, anna: Person) -> None:
    house = anna.house
    wants_all_but(anna, (Kind.ANSWER, Way.MAIL), (Kind.CASE, Way.MAIL))
    talk = anna.asks(halo, None, "Is it blue?")
    halo.mei.answers(talk, "It is.")
    assert not reaches(house, talk, Whom.BUYER)
    house.operator().says(talk, "We look into it.")
    assert reaches(house, talk, Whom.BUYER)


def service_says(who: Person, kind: Kind) -> bool:
    return who.house.db.read_now(service.wants, who.actor.id, kind, Way.MAIL)


def test_who_does_not_want_to_be_asked_is_not(halo: Counter, anna: Person) -> None:
    house = anna.house
    wants_all_but(anna, (Kind.SATISFACTION, Way.MAIL), (Kind.SATISFACTION, Way.PRODUCT))
    talk = anna.asks(halo, None, "Is it blue?")
    halo.mei.answers(talk, "It is.")
    halo.mei.does(talk, "resolve")
    wants_all_but(anna)
    assert house.db.read_now(satisfaction.asked, anna.actor, talk) == Asked()
    other = house.buyer("boris")
    wants_all_but(other, (Kind.SATISFACTION, Way.MAIL))
    talk = other.asks(halo, None, "Is it red?")
    halo.mei.answers(talk, "No.")
    halo.mei.does(talk, "resolve")
    assert house.db.read_now(satisfaction.asked, other.actor, talk).asked
    assert [job for job in house.db.read_now(outbox.waiting, ToMail) if "/rate/" in job.body] == []


def test_a_letter_to_the_team_says_how_to_switch_its_kind_off(halo: Counter, anna: Person) -> None:
    house, oleg = anna.house, halo.oleg
    for wanted in (True, False):
        talk = anna.asks(halo, halo.sells(f"lamp{wanted}".lower()), "Is it blue?")
        if not wanted:
            wants_all_but(oleg, (Kind.MENTION, Way.MAIL))
        notes = Stream.parse(f"c.{talk}.n")
        halo.mei.adds(notes, "note", text="@Oleg", mentions=[oleg.actor.id])
        house.passes(hours=2)
    found = whole(house, house.db.read_now(mail.listed_to, [person(oleg.actor.id)]))
    mentioned = [one for one in found if "kind=mention" in words(one)]
    assert len(mentioned) == 1
    assert headers(mentioned[0])["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("locale", LOCALES)
def test_everybody_chooses_on_their_own_page(
    halo: Counter, anna: Person, door: Door, locale: Locale
) -> None:
    for who, side in ((anna, Side.BUYER), (halo.mei, Side.SELLER)):
        browser = door(who)
        page = checked(browser.get("/account", params={"lang": locale}))
        assert text(locale, f"news.always_{side}") in page
        for kind, ways in CHOICES[side].items():
            assert text(locale, f"news.kind_{kind}") in page
            for way in ways:
                assert f'name="{kind}.{way}" value="yes" checked' in page
        kept = next(iter(CHOICES[side]))
        assert browser.post("/account/news", data={f"{kept}.mail": "yes"}).status_code == 303
        off = {kind for kind in CHOICES[side] if not service_says(who, kind)}
        assert off == CHOICES[side].keys() - {kept}
    assert 'id="news"' not in checked(door(anna.house.operator()).get("/account"))
