"""By which ways somebody is told: one's own choice, letters that come back, plain threads."""

from html import unescape

import pytest

from shopbell.channels.mail import service as letters
from shopbell.channels.mail import storage
from shopbell.channels.mail.addresses import person, stop_tag
from shopbell.channels.mail.keys import keyring
from shopbell.channels.mail.model import Suspended
from shopbell.contact.ladder import missed
from shopbell.contact.model import Reach, Step, Whom
from shopbell.conversations.model import Stream
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.support.browsing import Door, checked
from tests.support.channels import Mail, Push, wired
from tests.support.house import House

CHOICE = "/account/notices"
BOTH = {"on": "yes", "mail": "yes"}


def told(page: str, key: str, locale: Locale = "en", **facts: str | int) -> bool:
    """Tell whether a page says something."""
    return text(locale, key, **facts) in unescape(page)


def is_ticked(page: str, name: str) -> bool:
    """Tell whether a box on a page is ticked."""
    return f'name="{name}" value="yes" checked' in page


def comes_back(house: House, email: str) -> None:
    """Have letters to an address come back from now on."""
    known = Suspended(email, 0, None, house.clock(), "no such user")
    house.db.write_now(storage.put_address, known)


@pytest.mark.parametrize("locale", LOCALES)
def test_everybody_sees_what_they_may_choose(house: House, door: Door, locale: Locale) -> None:
    people = {"buyer": house.buyer("anna"), "seller": house.shop("halo").mei}
    people["operator"] = house.operator()
    for side, who in people.items():
        page = checked(door(who).get("/account", params={"lang": locale}))
        email = f"{who.actor.name.lower()}@example.org"
        assert told(page, f"account.told_{side}", locale)
        assert told(page, "account.always", locale, email=email)
        assert ('name="mail"' in page) == (side == "buyer")
        assert told(page, "account.work_mail", locale, email=email) == (side != "buyer")


def test_the_page_and_the_link_in_a_letter_are_one_choice(house: House, door: Door) -> None:
    anna = house.buyer("anna")
    browser, who = door(anna), person(anna.actor.id)
    assert browser.post(CHOICE, data={"on": "yes"}).status_code == 303
    assert house.db.read_now(letters.wants_none, who)
    assert not is_ticked(checked(browser.get("/account")), "mail")

    link = {"who": who, "tag": stop_tag(keyring(house.app.settings.data), who)}
    checked(door().post("/letters/go-on", params=link))
    assert is_ticked(checked(browser.get("/account")), "mail")
    checked(door().post("/letters/stop", params=link))
    page = checked(browser.get("/account"))
    assert (is_ticked(page, "mail"), is_ticked(page, "on")) == (False, True)


def test_letters_that_are_work_cannot_be_stopped(house: House, door: Door) -> None:
    mei = house.shop("halo").mei
    assert door(mei).post(CHOICE, data={}).status_code == 303
    assert not house.db.read_now(letters.wants_none, person(mei.actor.id))


def test_quiet_hours_that_are_refused_keep_both_choices(house: House, door: Door) -> None:
    anna = house.buyer("anna")
    wrong = {"quiet_from": "22:00", "quiet_until": "22:00", "zone": "Mars/Base"}
    assert door(anna).post(CHOICE, data=wrong).status_code == 422
    assert not house.db.read_now(letters.wants_none, person(anna.actor.id))


def test_a_buyer_learns_that_their_mailbox_returns_letters_and_resumes(
    house: House, door: Door
) -> None:
    anna, halo = house.buyer("anna"), house.shop("halo")
    browser = door(anna)
    assert not told(checked(browser.get("/account")), "account.returned_next")
    comes_back(house, "anna@example.org")
    page = checked(browser.get("/account"))
    assert told(page, "account.returned_next")
    assert "no such user" not in page
    assert not told(checked(door(halo.mei).get("/account")), "account.returned_next")

    answer = browser.post("/account/mail")
    assert answer.headers["location"] == "/account?done=resumed#notices"
    assert not told(checked(browser.get("/account?done=resumed")), "account.returned_next")
    assert house.db.read_now(letters.returned_since, "anna@example.org") is None


def test_a_shop_learns_it_of_its_own_buyers_only(house: House, door: Door) -> None:
    anna, halo, tea = house.buyer("anna"), house.shop("halo"), house.shop("tea", staff=["oleg"])
    talk = anna.asks(halo, None, "Hello?")
    api = f"/api/v1/conversations/{talk}/returned-letters"
    assert door(halo.mei).get(api).json() == {"since": None}
    comes_back(house, "anna@example.org")
    for who in (halo.mei, anna, house.operator()):
        assert door(who).get(api).json()["since"].startswith("2026-05-04T09:00")
    for stranger in (tea.oleg, house.buyer("boris")):
        assert door(stranger).get(api).status_code == 404


@pytest.mark.parametrize("locale", LOCALES)
def test_a_plain_thread_tells_each_step_of_the_ladder(
    house: House, door: Door, locale: Locale
) -> None:
    there = House(wired(house.app, Push(), Mail()), house.clock)
    halo, anna = there.shop("halo"), there.buyer("anna", locale)
    talk = anna.asks(halo, None, "Hello?")
    for _step in range(8):
        there.passes(minutes=1)
        there.db.write_now(missed, Reach(talk, Whom.TEAM, "mail", 1, step=Step.MAIL))
    halo.mei.adds(Stream(talk), "message", text="We are away.", automatic=True)
    olga = there.operator()

    for reader, path in ((anna, "/contact"), (olga, "/console/questions")):
        page = checked(door(reader).get(f"{path}/{talk}", params={"lang": locale}))
        places = [page.index(text(locale, key)) for key in STEPS]
        assert places == sorted(places)
        assert page.count(text(locale, "thread.automatic")) == 1


STEPS = (
    "thread.told_team_push",
    "thread.told_team_mail",
    "thread.missed_team_mail",
    "thread.fact_answer_overdue",
    "thread.automatic",
)
