"""Somebody waits, and the screens say what is done about it: to the buyer, and at the desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock
from shopbell.app import build
from shopbell.channels.mail import storage
from shopbell.channels.mail.model import Suspended
from shopbell.conversations.model import ConversationId
from shopbell.engine.settings import Settings
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.browser.people import PATIENCE
from tests.support.clock import WoundClock
from tests.support.eyes import Faults, barriers
from tests.support.house import Counter, House, Person
from tests.support.mailserver import MailServer
from tests.support.server import RunningServer

HERE = "reply.localhost"


@dataclass
class Silent:
    """A running house in which nobody works the clocks any more, with questions long overdue."""

    server: RunningServer
    house: House
    halo: Counter
    asked: dict[Locale, tuple[Person, ConversationId]]


@pytest.fixture(scope="module")
def silent(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Silent]:
    folder = tmp_path_factory.mktemp("silent")
    file = folder / "shopbell.db"
    file.write_bytes(migrated_file.read_bytes())
    clock = WoundClock(datetime.now(UTC) - timedelta(minutes=30))
    app = build(Settings(data=folder / "data", database=f"sqlite:///{file}"), clock=clock)
    house = House(app, clock)
    halo = house.shop("halo")
    asked = {}
    for locale in LOCALES:
        buyer = house.buyer(f"anna{locale}", locale)
        asked[locale] = buyer, buyer.asks(halo, None, "Is the lamp blue?")
    house.passes(minutes=6)
    house.clock.now = datetime.now(UTC)
    known = Suspended("annaen@example.org", 0, None, house.clock() - timedelta(days=2), "no user")
    house.db.write_now(storage.put_address, known)
    with MailServer() as post:
        quiet = RunningServer(
            folder / "data",
            f"sqlite:///{file}",
            worker=False,
            mail_domain=HERE,
            smtp_url=post.url,
        )
        with quiet:
            yield Silent(quiet, house, halo, asked)
    app.close()


@pytest.fixture
def enter(browser: Browser, silent: Silent) -> Iterator["Door"]:
    door = Door(browser, silent, Faults())
    yield door
    for context in door.opened:
        context.close()
    assert not door.faults.found


class Door:
    """Lets people in; what their pages complain about fails the test."""

    def __init__(self, browser: Browser, silent: Silent, faults: Faults) -> None:
        self.browser, self.silent, self.faults = browser, silent, faults
        self.opened: list[BrowserContext] = []

    def __call__(self, who: Person, path: str, *, width: int = 360, script: bool = True) -> Page:
        context = self.browser.new_context(
            base_url=self.silent.server.url,
            viewport={"width": width, "height": 740},
            java_script_enabled=script,
        )
        context.set_default_timeout(PATIENCE)
        self.opened.append(context)
        self.faults.watch(context)
        db = self.silent.house.db
        person = db.read_now(accounts.person, who.actor.id)
        secret = db.write_now(accounts.let_in, person, Knock(address="127.0.0.1")).session
        url = self.silent.server.url
        context.add_cookies([{"name": "shopbell_session", "value": secret, "url": url}])
        page = context.new_page()
        page.goto(path)
        return page


@pytest.mark.parametrize("locale", LOCALES)
def test_a_letter_sent_at_once_leaves_the_marketplace_to_be_asked(
    silent: Silent, enter: Door, locale: Locale
) -> None:
    buyer, talk = silent.asked[locale]
    page = enter(buyer, f"/me/messages/{talk}?lang={locale}")
    card = page.get_by_role("region", name=text(locale, "thread.no_answer"))
    by_mail = card.get_by_role("button", name=text(locale, "thread.send_mail"))
    ask = card.get_by_role("button", name=text(locale, "thread.ask_platform"))
    by_mail.click()
    expect(page.get_by_text(text(locale, "thread.told_team_mail"))).to_be_visible()
    expect(by_mail).to_have_count(0)
    expect(ask).to_be_visible()
    assert barriers(page) == []
    page.reload()
    expect(ask).to_be_visible()
    expect(by_mail).to_have_count(0)
    ask.click()
    expect(page.get_by_text(text(locale, "thread.fact_escalate"))).to_be_visible()
    expect(card).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1440])
def test_the_desk_says_that_letters_to_a_buyer_come_back(
    silent: Silent, enter: Door, width: int
) -> None:
    _anna, talk = silent.asked["en"]
    words = text("en", "desk.letters_return", when="").partition("since")[0]
    page = enter(silent.halo.mei, "/desk?lang=en", width=width)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(f"/desk/{talk}?lang=en")
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()
    said = f"A moment, please ({width})."
    page.get_by_role("textbox").last.fill(said)
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text(said)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()
    assert len([url for url in asked if url.endswith("/returned-letters")]) == 1
    expect(page.get_by_text("Is the lamp blue?").last).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    _boris, other = silent.asked["ru"]
    page.goto(f"/desk/{other}?lang=en")
    expect(page.get_by_role("log")).to_be_visible()
    expect(page.get_by_text(words)).to_have_count(0)


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_rules_are_tried_out_and_laid_down(silent: Silent, enter: Door, *, script: bool) -> None:
    page = enter(silent.halo.mei, "/shop/ladder?lang=en", script=script)
    field = page.get_by_label(
        f"{text('en', 'contact.wait')}: {text('en', 'contact.step_owner')}"
    ).first
    field.fill("soon")
    page.get_by_role("button", name=text("en", "office.save")).click()
    expect(field).to_have_accessible_description(text("en", "contact.bad_wait"))
    expect(field).to_have_value("soon")
    field.fill("2")
    page.get_by_role("button", name=text("en", "contact.try"), exact=True).click()
    expect(page.get_by_role("heading", name=text("en", "contact.if_now"))).to_be_visible()
    page.get_by_role("button", name=text("en", "office.save")).click()
    expect(page.get_by_text(text("en", "contact.done_saved"))).to_be_visible()
    page.get_by_role("button", name=text("en", "contact.lift")).click()
    expect(page.get_by_text(text("en", "contact.done_lifted"))).to_be_visible()
