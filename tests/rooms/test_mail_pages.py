"""Pages about letters: the tester's mailbox, the operator's list, and the way to want no more."""

import re
from urllib.parse import urlencode

import pytest
from sqlalchemy import update

from shopbell.accounts.model import Letter as AccountLetter
from shopbell.accounts.tables import people
from shopbell.channels.mail import service, storage
from shopbell.channels.mail.addresses import person, stop_tag, team
from shopbell.channels.mail.keys import keyring
from shopbell.channels.mail.model import LetterState
from shopbell.engine.database import Tx
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.support.browsing import Door, checked
from tests.support.house import Counter, House, Person


def in_the_demo(house: House, *who: Person) -> None:
    ids = [one.actor.id for one in who]
    house.db.write_now(
        lambda tx: tx.execute(update(people).where(people.c.id.in_(ids)).values(demo=True))
    )


def is_written_to(house: House, who: Person, subject: str, body: str = "Hello") -> str:
    """Have a letter of their account written to somebody, and return its id."""
    job = AccountLetter(
        to=f"{subject[:3].lower()}@example.org",
        subject=subject,
        body=body,
        locale="en",
        person=who.actor.id,
    )
    house.db.write_now(Tx.later, job)
    house.passes(seconds=1)
    return house.db.read_now(service.listed_to, [person(who.actor.id)])[0].id


@pytest.mark.parametrize("locale", LOCALES)
def test_a_tester_reads_their_letters_as_they_would_be_mailed(
    house: House, door: Door, locale: Locale
) -> None:
    anna = house.buyer("anna")
    in_the_demo(house, anna)
    browser = door(anna)
    empty = checked(browser.get("/demo/mail", params={"lang": locale}))
    assert text(locale, "pages.letters_none") in empty
    body = "Hello,\n\nhttps://shop.example/verify?token=abc\n\n<script>alert(1)</script>"
    first = is_written_to(house, anna, "Your address", body)
    is_written_to(house, anna, "A later one")
    assert house.db.read_now(service.letter, first).state is LetterState.KEPT

    page = checked(browser.get("/demo/mail", params={"letter": first}))
    assert "A later one" in page
    assert text(locale, "mail.state_kept") in page
    assert "no-reply@reply.localhost" in page
    assert "<script>alert" not in page
    assert f'src="/demo/mail/{first}/html" sandbox="allow-popups' in page
    framed = browser.get(f"/demo/mail/{first}/html")
    policy = framed.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert 'href="https://shop.example/verify?token=abc"' in framed.text
    assert "&lt;script&gt;" in framed.text


def test_nobody_reads_the_letters_of_others(house: House, halo: Counter, door: Door) -> None:
    anna, boris, olga = house.buyer("anna"), house.buyer("boris"), house.operator()
    in_the_demo(house, anna, boris, halo.mei, olga)
    letter = is_written_to(house, anna, "Private")
    for other in (boris, halo.mei):
        browser = door(other)
        assert "Private" not in checked(browser.get("/demo/mail"))
        for path in (f"/demo/mail?letter={letter}", f"/demo/mail/{letter}/html"):
            checked(browser.get(path), 404)
        checked(browser.get("/demo/mail?letter=nonsense"), 404)
    assert "Private" in checked(door(olga).get("/demo/mail"))
    assert door().get("/demo/mail").status_code == 303


def test_a_list_of_letters_opens_one_of_them(house: House, door: Door) -> None:
    olga = house.operator()
    in_the_demo(house, olga)
    first = is_written_to(house, olga, "The first", "Words of the first")
    newest = is_written_to(house, olga, "The newest", "Words of the newest")
    assert not any(hasattr(one, "raw") for one in house.db.read_now(service.listed, olga.actor))
    browser = door(olga)
    for path in ("/console/letters", "/demo/mail"):
        for chosen, words in ((first, "the first"), (newest, "the newest"), ("", "the newest")):
            page = checked(browser.get(path, params={"letter": chosen} if chosen else {}))
            assert all(f'href="{path}?letter={one}' in page for one in (first, newest))
            assert re.findall(r"Words of (the \w+)", page) == [words]
        checked(browser.get(path, params={"letter": "nonsense"}), 404)


def test_the_operator_sees_what_came_back_and_lets_an_address_be_written_to_again(
    house: House, door: Door
) -> None:
    olga = house.operator()
    letter = is_written_to(house, olga, "Bad luck")
    house.db.write_now(
        lambda tx: tx.execute(update(storage.letters).values(state=LetterState.WAITING))
    )
    house.db.write_now(service.note_returned, letter, "550 5.1.1 No such user", hard=True)
    browser = door(olga)
    page = checked(browser.get("/console/letters"))
    assert "550 5.1.1 No such user" in page
    assert text("en", "mail.state_returned") in page
    assert text("en", "mail.suspended") in page
    assert "1" in re.findall(r'class="figure">(\d+)<', browser.get("/console").text)
    for who, status in ((house.buyer("anna"), 403), (None, 303)):
        path = "/console/letters/release"
        assert door(who).post(path, data={"address": "bad@example.org"}).status_code == status
    done = browser.post("/console/letters/release", data={"address": "bad@example.org"})
    assert done.headers["location"] == "/console/letters"
    assert text("en", "mail.suspended") not in browser.get("/console/letters").text
    assert not house.db.read_now(service.is_suspended, "bad@example.org")
    again = browser.post(f"/console/letters/{letter}/again")
    assert again.status_code == 303
    checked(door(house.buyer("boris")).post(f"/console/letters/{letter}/again"), 403)


@pytest.mark.parametrize("locale", LOCALES)
def test_letters_stop_by_a_button_or_by_one_click_of_a_mail_program(
    house: House, door: Door, locale: Locale
) -> None:
    anna = person(house.buyer("anna").actor.id)
    asked = {"who": anna, "tag": stop_tag(keyring(house.app.settings.data), anna)}
    link = f"/letters/stop?{urlencode(asked)}"
    browser = door()
    page = checked(browser.get(f"{link}&lang={locale}"))
    assert text(locale, "mail.stop_lead") in page
    assert not house.db.read_now(service.wants_none, anna), "looking changes nothing"

    program = door()
    program.headers.clear()
    clicked = program.post(
        link,
        content="List-Unsubscribe=One-Click",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Host": house.app.settings.listen,
        },
    )
    assert clicked.status_code == 200
    assert house.db.read_now(service.wants_none, anna)
    page = checked(browser.get(link))
    again = re.search(r'action="(/letters/go-on[^"]+)"', page)
    assert again
    checked(browser.post(again[1].replace("&amp;", "&")))
    assert not house.db.read_now(service.wants_none, anna)


def test_nobody_stops_the_letters_of_another(house: House, door: Door) -> None:
    anna, boris = (person(house.buyer(name).actor.id) for name in ("anna", "boris"))
    tag = stop_tag(keyring(house.app.settings.data), anna)
    for asked in ({"who": boris, "tag": tag}, {"who": anna, "tag": tag[:-1]}, {"who": anna}, {}):
        for path in ("stop", "go-on"):
            answer = door().post(f"/letters/{path}?{urlencode(asked)}")
            assert answer.status_code == 404
    assert not house.db.read_now(service.wants_none, boris)


def test_a_tester_answers_for_the_shop_out_of_the_mailbox(
    house: House, halo: Counter, door: Door
) -> None:
    anna = house.buyer("anna")
    in_the_demo(house, anna, halo.mei)
    talk = anna.asks(halo, halo.sells("teapot"), "Is it blue?")
    house.passes(hours=2)
    browser = door(halo.mei)
    [letter] = house.db.read_now(service.listed_to, [team(halo.shop.id)])
    page = checked(browser.get(f"/demo/mail?letter={letter.id}"))
    form = {"cmid": re.findall(r'name="cmid" value="([^"]+)"', page)[0], "words": "It is.\n\nMei"}
    assert f'action="/demo/mail/{letter.id}/answer"' in page
    back = f"/demo/mail?letter={letter.id}&sent=true"
    for _again in range(2):
        said = browser.post(f"/demo/mail/{letter.id}/answer", data=form)
        assert said.headers["location"] == back
        house.passes(seconds=1)
    assert anna.reads(talk)[-2:] == ["Is it blue?", "It is.\n\nMei"]
    assert text("en", "mail.answered") in checked(browser.get(back))


def test_an_empty_answer_is_refused_and_so_is_one_to_a_letter_about_an_account(
    house: House, halo: Counter, door: Door
) -> None:
    anna = house.buyer("anna")
    in_the_demo(house, anna, halo.mei)
    anna.asks(halo, halo.sells("teapot"), "Is it blue?")
    house.passes(hours=2)
    browser = door(halo.mei)
    [asked] = house.db.read_now(service.listed_to, [team(halo.shop.id)])
    account = is_written_to(house, halo.mei, "Your address")
    empty = browser.post(f"/demo/mail/{asked.id}/answer", data={"words": "  "})
    assert text("en", "refusals.nothing_said.title") in checked(empty, 422)
    told = browser.post(f"/demo/mail/{account}/answer", data={"words": "To nobody"})
    assert text("en", "refusals.letter_takes_no_answer.title") in checked(told, 409)
    assert f"/demo/mail/{account}/answer" not in checked(
        browser.get(f"/demo/mail?letter={account}")
    )


def test_nobody_answers_the_letters_of_others(house: House, halo: Counter, door: Door) -> None:
    anna, olga = house.buyer("anna"), house.operator()
    in_the_demo(house, anna, halo.mei, olga)
    talk = anna.asks(halo, halo.sells("teapot"), "Is it blue?")
    house.passes(hours=2)
    [letter] = house.db.read_now(service.listed_to, [team(halo.shop.id)])
    path, before = f"/demo/mail/{letter.id}/answer", anna.reads(talk)
    for other in (anna, olga):
        checked(door(other).post(path, data={"words": "I am the shop"}), 404)
    assert path not in checked(door(olga).get(f"/demo/mail?letter={letter.id}"))
    house.passes(seconds=1)
    assert anna.reads(talk) == before
