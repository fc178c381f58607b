"""Letters that want to be more than letters are looked at, and nothing of them runs or calls out.

Each piece of hostile markup comes as a letter of its own, between a greeting and a farewell that
must stay readable. All are looked at as the operator sees letters held back, and as a shop sees
the full letter of an entry; once more in frames of our own without a sandbox, where only what the
server did to the markup and says of it holds.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Frame, Page, Route

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock
from shopbell.app import build
from shopbell.channels.mail import addresses
from shopbell.channels.mail.arriving.model import Fate, Mail
from shopbell.engine.settings import Settings
from tests.browser.people import PATIENCE
from tests.browser.traps import Traps, corpus
from tests.support.clock import WoundClock
from tests.support.house import House, Person
from tests.support.mail import Letter, Letterbox, ask
from tests.support.server import RunningServer

TRICKS = Path(__file__).with_name("hostile_mail.toml")
FIRST = 1_001
"""Where tricks of letters are counted from, behind the words of all pages."""

TRIES = 100
HELLO, BYE = "Is the lamp blue?", "Thank you, Anna"
SAMPLE = {n: words for n, words in corpus().items() if n % 3 == 0}
_NUMBER = re.compile(r"evil\.invalid/(\d+)")
FRAMED = """
(paths) => Promise.all(paths.map((path) => new Promise((done) => {
  const frame = document.body.appendChild(document.createElement('iframe'))
  frame.onload = () => done(path)
  frame.src = path
})))
"""
LOOKS = """
() => [...document.querySelectorAll('*')].flatMap((one) => {
  const { position, zIndex } = getComputedStyle(one)
  const odd = position !== 'static' || zIndex !== 'auto'
  return odd || one.matches('form,input,button,img,svg,iframe,style,script,link,meta,base,object')
    ? [one.outerHTML.slice(0, 120)] : []
})
"""


def tricks() -> dict[int, str]:
    """Return the markup of letters by its number."""
    kinds: dict[str, list[str]] = tomllib.loads(TRICKS.read_text())
    found = [one for kind in kinds.values() for one in kind]
    return {n: one.replace("§", str(n)) for n, one in enumerate(found, FIRST)}


def markup(words: str) -> str:
    return f"<html><body><p>{HELLO}</p>{words}<p>{BYE}</p></body></html>"


@dataclass
class Office:
    """A running house that got all the letters, and who looks at them."""

    server: RunningServer
    browser: Browser
    house: House
    mei: Person
    olga: Person
    mails: dict[int, Mail]

    def context(self, who: Person) -> BrowserContext:
        """Open a browser for somebody who is signed in."""
        context = self.browser.new_context(base_url=self.server.url, locale="en-GB")
        context.set_default_timeout(PATIENCE)
        person = self.house.db.read_now(accounts.person, who.actor.id)
        entry = self.house.db.write_now(accounts.let_in, person, Knock(address="127.0.0.1"))
        secret = entry.session
        context.add_cookies([{"name": "shopbell_session", "value": secret, "url": self.server.url}])
        return context

    def seen_by(self, who: Person) -> list[str]:
        """List the addresses at which somebody looks at the letters."""
        if who is self.olga:
            return [f"/console/mail/{one.id}" for one in self.mails.values()]
        return [f"/mail/{one.event}" for one in self.mails.values() if one.fate is Fate.SHOWN]


@pytest.fixture(scope="module")
def office(
    browser: Browser, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("letters")
    file = folder / "shopbell.db"
    file.write_bytes(migrated_file.read_bytes())
    app = build(Settings(data=folder / "data", database=f"sqlite:///{file}"), ask=ask)
    house = House(app, WoundClock(datetime.now(UTC)))
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    box = Letterbox(house)
    to = box.relay(anna.asks(halo, None, HELLO), addresses.person(anna.actor.id))
    sent = {}
    for n, words in {**tricks(), **SAMPLE}.items():
        raw = Letter(to, text=f"{HELLO} {n}", html=markup(words)).raw()
        sent[n] = box.takes(raw, to, reads=False)
    house.passes(seconds=0)
    mails = {n: box.now(mail.id) for n, mail in sent.items()}
    with RunningServer(folder / "data", f"sqlite:///{file}") as server:
        yield Office(server, browser, house, halo.mei, olga, mails)
    app.close()


@dataclass
class Watch:
    """A page, and everything on it that no letter may do."""

    page: Page
    traps: Traps
    said: list[str]

    @property
    def found(self) -> list[str]:
        """Say what went off; a browser reports a policy that was needed as an error."""
        return self.traps.found + self.said


@pytest.fixture
def watched(office: Office) -> Iterator[dict[str, Watch]]:
    watches = {}
    for name, who in (("mei", office.mei), ("olga", office.olga)):
        context = office.context(who)
        watch = Watch(context.new_page(), Traps(office.server.url.removeprefix("http://")), [])
        watch.traps.watch(context)
        context.on("console", partial(_hear, watch.said))
        watches[name] = watch
    yield watches
    for watch in watches.values():
        watch.page.context.close()


def _shows(words: str, route: Route) -> None:
    route.fulfill(body=markup(words), content_type="text/html")


def _hear(said: list[str], message: ConsoleMessage) -> None:
    if message.type == "error":
        said.append(message.text)


def test_the_tricks_are_alive(browser: Browser) -> None:
    """Shown carelessly, these call out or run, or the tests below would prove nothing."""
    kinds: dict[str, list[str]] = tomllib.loads(TRICKS.read_text())
    count = sum(len(kinds[one]) for one in ("pictures", "styles", "frames"))
    context, alive = browser.new_context(), set[int]()
    context.expose_binding("pwn", lambda _page, n: alive.add(int(n)))
    context.on("request", lambda asked: alive.update(map(int, _NUMBER.findall(asked.url))))
    numbers = range(FIRST, FIRST + count)
    for n in numbers:
        page = context.new_page()
        page.route("http://careless.invalid/", partial(_shows, tricks()[n]))
        page.goto("http://careless.invalid/", wait_until="commit")
    for _ in range(TRIES):
        if alive >= set(numbers):
            break
        context.pages[-1].wait_for_timeout(100)
    context.close()
    assert [tricks()[n] for n in numbers if n not in alive] == []


def test_no_letter_runs_calls_out_or_leaves_its_place_whatever_shows_it(
    office: Office, watched: dict[str, Watch]
) -> None:
    assert len(office.mails) >= 100
    assert {one.fate for one in office.mails.values()} == {Fate.SHOWN, Fate.HELD}
    for name, who in (("mei", office.mei), ("olga", office.olga)):
        watch, paths = watched[name], [f"{one}/html" for one in office.seen_by(who)]
        watch.page.goto("/account")
        watch.page.evaluate(FRAMED, paths)
        frames = watch.page.frames[1:]
        assert len(frames) == len(paths)
        assert [one.url for one in frames if HELLO not in _words(one)] == []
        assert [odd for one in frames for odd in one.evaluate(LOOKS)] == []
        assert watch.found == []
        assert watch.page.url.endswith("/account")


def test_the_page_around_shows_a_letter_in_a_sandbox(
    office: Office, watched: dict[str, Watch]
) -> None:
    for name, who in (("mei", office.mei), ("olga", office.olga)):
        watch = watched[name]
        for path in office.seen_by(who)[:4]:
            watch.page.goto(path)
            frame = watch.page.locator("iframe")
            frame.scroll_into_view_if_needed()
            assert "allow-scripts" not in (frame.get_attribute("sandbox") or "allow-scripts")
            assert "allow-same-origin" not in (frame.get_attribute("sandbox") or "")
            watch.page.frame_locator("iframe").get_by_text(HELLO).first.wait_for()
        assert watch.found == []


def _words(frame: Frame) -> str:
    return str(frame.evaluate("document.body.innerText"))
