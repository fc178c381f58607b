"""People at their screens: what they look for is named by the words they read there."""

import re
from typing import Any, TypeVar

from playwright.sync_api import (
    Browser,
    BrowserContext,
    FrameLocator,
    Locator,
    Page,
    expect,
)

from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale, say, text
from tests.support.eyes import Faults, barriers

PASSWORD = "shopbell-demo"
FIRST_PASSWORD = "seven green kettles"
"""Of somebody who signs up here."""

TONGUES = {"en": "en-GB", "ru": "ru-RU", "zh": "zh-CN"}
PATIENCE = 30_000
"""A busy machine may be slow; how soon something must come is said where it is promised."""

expect.set_options(timeout=PATIENCE)

PROGRESS = ["sent", "delivered", "read"]
"""How far a message has come; it may have come further by the time somebody looks."""

TICKS = ["queued", "failed", *PROGRESS]

Json = dict[str, Any]
V = TypeVar("V", bound="Visitor")


def fresh(words: str) -> str:
    """Return words nobody has written before."""
    return f"{words} {new_id()[-8:]}"


class Visitor:
    """Somebody with a browser."""

    def __init__(self, context: BrowserContext, locale: Locale, *, phone: bool = False) -> None:
        self.context = context
        self.locale: Locale = locale
        self.phone = phone
        self.page = context.new_page()

    def words(self, key: str, **facts: str | int) -> str:
        """Return what stands on the screen for ``key``."""
        return text(self.locale, key, **facts)

    def button(self, key: str, **facts: str | int) -> Locator:
        """Find a button by what stands on it."""
        return self.page.get_by_role("button", name=self.words(key, **facts))

    def opens(self, path: str) -> None:
        """Go to a page, in the own language."""
        self.page.goto(f"{path}{'&' if '?' in path else '?'}lang={self.locale}")

    def opens_the_window(self) -> "Talk":
        """Press the page's own button: on a phone the floating one steps aside for it."""
        self.page.get_by_role("link", name=self.words("pages.ask_product")).first.click()
        return self.window

    @property
    def window(self) -> "Talk":
        """Return the contact window."""
        return Talk(self.page.frame_locator("iframe"), self)

    def learns(self, path: str) -> Any:
        """Read something from the API as the own browser would."""
        answer = self.context.request.get(f"/api/v1{path}")
        assert answer.ok, f"{path}: {answer.status} {answer.text()}"
        return answer.json()

    def finds_no_barriers(self, *, in_dark: bool = False) -> None:
        """Check the page as it is now; what could differ in the dark is looked at there, too."""
        found = barriers(self.page)
        assert not found, f"{self.page.url}: {found}"
        if in_dark:
            self.page.emulate_media(color_scheme="dark")
            found = barriers(self.page, colours_only=True)
            self.page.emulate_media(color_scheme="light")
            assert not found, f"{self.page.url}, in the dark: {found}"

    def fits(self) -> None:
        """See whether the page is as wide as the screen."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, self.page.url

    def signs_in(self, account: str) -> None:
        """Sign in as somebody of the demo."""
        self.comes_in(f"{account}@demo.example", PASSWORD)

    def signs_up(self) -> str:
        """Get an account nobody has had before; returns its address."""
        email = f"{new_id()}@example.org"
        form = {"email": email, "password": FIRST_PASSWORD, "name": "Anna", "locale": self.locale}
        self._knocks("sign-up", form)
        return email

    def comes_in(self, email: str, password: str) -> None:
        """Sign in by the door that pages use, too."""
        self._knocks("sign-in", {"email": email, "password": password})

    def _knocks(self, door: str, form: dict[str, str]) -> None:
        answer = self.context.request.post(
            f"/api/v1/{door}", data=form, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert answer.ok, f"{form['email']}: {answer.status} {answer.text()}"


class Talk:
    """A conversation on a screen: the log, and the field under it."""

    def __init__(self, around: Page | FrameLocator, whose: Visitor) -> None:
        self.around = around
        self.words = whose.words
        self._on_glass = whose.phone
        self.log = around.get_by_role("log")
        self.field = around.get_by_role("textbox").last

    def says(self, message: str) -> None:
        """Type a message and send it: with Enter, or on a phone with the button."""
        self.field.fill(message)
        if self._on_glass:
            self.around.get_by_role("button", name=self.words("thread.send"), exact=True).tap()
        else:
            self.field.press("Enter")

    def message(self, message: str) -> Locator:
        """Find what was said, as it stands in the log."""
        return self.log.get_by_text(message, exact=True)

    def hears(self, message: str) -> None:
        """Wait until a message stands in the log, once."""
        expect(self.message(message)).to_be_visible()
        expect(self.message(message)).to_have_count(1)

    def sees(self, state: str) -> None:
        """Wait until the newest own message has come as far as ``state``."""
        ways = PROGRESS[PROGRESS.index(state) :] if state in PROGRESS else [state]
        newest = self.log.get_by_title(self._titles(TICKS)).last
        expect(newest).to_have_attribute("title", self._titles(ways))

    def _titles(self, states: list[str]) -> re.Pattern[str]:
        words = (re.escape(self.words(f"outbox.{state}")) for state in states)
        return re.compile(f"^({'|'.join(words)})$")


class Buyer(Visitor):
    """Somebody who buys, and asks."""

    def asks_about(self, product: Json) -> Talk:
        """Open the contact window on a product's page."""
        self.opens(f"/products/{product['slug']}")
        return self.opens_the_window()


class Seller(Visitor):
    """Somebody of a shop's team, at the desk."""

    def sits_down(self) -> None:
        """Open the desk and wait until its list is there."""
        self.opens("/desk")
        expect(self.list.get_by_role("link").first).to_be_visible()

    @property
    def list(self) -> Locator:
        """Return the list of conversations."""
        return self.page.get_by_label(self.words("desk.list"), exact=True)

    def row(self, about: str) -> Locator:
        """Find a conversation in the list by something that stands in it."""
        return self.list.get_by_role("link").filter(has_text=re.compile(re.escape(about)))

    def takes(self, about: str) -> Talk:
        """Open a conversation."""
        self.looks_for(about).click()
        return self.talk

    def looks_for(self, about: str) -> Locator:
        """Look for a conversation, however far down the list it stands by when it is due."""
        row = self.row(about).first
        more = self.list.get_by_role("button", name=self.words("desk.more"))
        for _ in range(PATIENCE // 100):
            if row.is_visible():
                break
            if more.is_visible() and more.is_enabled():
                more.click()
            self.page.wait_for_timeout(100)
        return row

    @property
    def talk(self) -> Talk:
        """Return the conversation on the screen."""
        return Talk(self.page, self)

    @property
    def shop(self) -> Json:
        """Return the own shop."""
        found: Json = self.learns(f"/shops/{self.learns('/me')['shop']}")
        return found

    def product(self, *, specified: bool) -> Json:
        """Return a product of the own shop, with or without a specification."""
        found = self.learns(f"/products?shop={self.shop['slug']}&limit=100")["items"]
        return next(one for one in found if bool(one["attributes"]) == specified)


class People:
    """Everybody who comes to the marketplace during a test."""

    def __init__(self, browser: Browser, url: str, faults: Faults) -> None:
        self._browser = browser
        self.url = url
        self._faults = faults
        self._contexts: list[BrowserContext] = []

    def visitor(
        self, locale: Locale = "en", *, phone: bool = False, dark: bool = False, script: bool = True
    ) -> Visitor:
        """Let somebody in who has not signed in."""
        return Visitor(self._opened(locale, phone, dark, script), locale, phone=phone)

    def buyer(
        self, locale: Locale = "en", *, phone: bool = True, dark: bool = False, script: bool = True
    ) -> Buyer:
        """Let the demo's buyer of a language in, on a phone unless told otherwise."""
        guest = Buyer(self._opened(locale, phone, dark, script), locale, phone=phone)
        guest.signs_in(f"buyer-{locale}")
        return guest

    def stranger(self, locale: Locale = "en") -> Buyer:
        """Let a buyer come who has not signed in yet."""
        return Buyer(self._opened(locale), locale)

    def newcomer(self, locale: Locale = "en", *, phone: bool = False) -> Buyer:
        """Let a buyer come who has just signed up, and has asked nothing yet."""
        guest = Buyer(self._opened(locale, phone), locale, phone=phone)
        guest.signs_up()
        return guest

    def seller(
        self,
        locale: Locale = "en",
        *,
        account: str = "shop-one",
        phone: bool = False,
        dark: bool = False,
        script: bool = True,
    ) -> Seller:
        """Let somebody of a demo shop's team in."""
        guest = Seller(self._opened(locale, phone, dark, script), locale, phone=phone)
        guest.signs_in(account)
        return guest

    def operator(
        self, locale: Locale = "en", *, phone: bool = False, dark: bool = False
    ) -> Visitor:
        """Let the marketplace's own staff in."""
        guest = Visitor(self._opened(locale, phone, dark), locale, phone=phone)
        guest.signs_in("operator")
        return guest

    def known(self, kind: type[V], session: str, locale: Locale, *, phone: bool = False) -> V:
        """Let somebody in who has signed in before."""
        context = self._opened(locale, phone)
        context.add_cookies([{"name": "shopbell_session", "value": session, "url": self.url}])
        return kind(context, locale, phone=phone)

    def leave(self) -> None:
        """Close every browser."""
        for context in self._contexts:
            context.close()

    def _opened(
        self, locale: Locale, phone: bool = False, dark: bool = False, script: bool = True
    ) -> BrowserContext:
        size = {"width": 360, "height": 740} if phone else {"width": 1440, "height": 900}
        context = self._browser.new_context(
            base_url=self.url,
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            java_script_enabled=script,
            locale=TONGUES[locale],
            reduced_motion="reduce",
            viewport={"width": size["width"], "height": size["height"]},
        )
        context.set_default_timeout(PATIENCE)
        self._faults.watch(context)
        self._contexts.append(context)
        return context


def title(thing: Json, locale: Locale) -> str:
    """Return the title of a product in a language."""
    return say(thing["title"], locale)
