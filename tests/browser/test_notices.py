"""Notices on people's devices, in a real browser: what they are told, and where a click leads."""

import json

from playwright.sync_api import CDPSession, Page, expect

from tests.browser.people import Buyer, People, Seller, Visitor, fresh


class Ringer:
    """The browser's side of push: brings a message to the service worker of a page."""

    def __init__(self, visitor: Visitor) -> None:
        self.page: Page = visitor.page
        self._line: CDPSession = visitor.context.new_cdp_session(visitor.page)
        self._found: list[str] = []
        self._last: dict[str, str] = {}
        self._line.on("ServiceWorker.workerRegistrationUpdated", self._hear)
        self._line.send("ServiceWorker.enable")

    def rings(self, **words: str) -> None:
        """Deliver a message as the browser's push service would."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        while not self._found:
            self.page.wait_for_timeout(50)
        origin = self.page.evaluate("location.origin")
        self._last = {
            "origin": origin,
            "registrationId": self._found[-1],
            "data": json.dumps(words),
        }
        self._deliver()

    def shown(self) -> list[str]:
        """Return what lies on the screen of the device."""
        told: list[str] = self.page.evaluate(
            """async () => (await (await navigator.serviceWorker.ready).getNotifications())
               .map((one) => `${one.title}: ${one.body}`)"""
        )
        return told

    def waits_for(self, *shown: str) -> None:
        """See that so much, and no more, comes to lie there.

        A busy browser loses a message now and then without a word; its push service would bring it
        again, and a notice of the same tag only takes the place of the one before.
        """
        for turn in range(1, 201):
            if sorted(self.shown()) == sorted(shown):
                return
            if shown and not turn % 40:
                self._deliver()
            self.page.wait_for_timeout(50)
        assert sorted(self.shown()) == sorted(shown)

    def _deliver(self) -> None:
        self._line.send("ServiceWorker.deliverPushMessage", self._last)

    def _hear(self, told: dict[str, list[dict[str, object]]]) -> None:
        self._found += [
            str(one["registrationId"]) for one in told["registrations"] if not one["isDeleted"]
        ]


def asks_for_notices(visitor: Visitor) -> Ringer:
    """Press the button of one's account; in here the browser's push service cannot be reached."""
    visitor.context.grant_permissions(["notifications"])
    visitor.opens("/account")
    visitor.button("push.enable").click()
    expect(visitor.page.get_by_text(visitor.words("push.unreachable"))).to_be_visible()
    return Ringer(visitor)


def test_nobody_is_asked_before_they_press_the_button(people: People) -> None:
    anna = people.buyer("ru")
    anna.page.add_init_script(
        "window.asked = 0; const ask = Notification.requestPermission.bind(Notification);"
        "Notification.requestPermission = () => { window.asked++; return ask() }"
    )
    for path in ("/me/messages", "/account"):
        anna.opens(path)
        expect(anna.page.get_by_role("main").first).to_be_visible()
        assert anna.page.evaluate("window.asked") == 0
    assert (
        anna.page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")
        == 0
    )


def test_what_a_browser_forbids_is_said_in_words(people: People) -> None:
    for locale in ("zh", "ru", "en"):
        anna = people.buyer(locale)
        anna.page.add_init_script(
            "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })"
        )
        anna.opens("/account")
        expect(anna.page.get_by_text(anna.words("push.denied"))).to_be_visible()
        expect(anna.button("push.enable")).to_be_hidden()
        anna.finds_no_barriers(in_dark=True)
        anna.fits()


def test_a_browser_without_push_is_told_so(people: People) -> None:
    anna = people.buyer("zh", phone=True)
    anna.page.add_init_script("delete window.PushManager")
    anna.opens("/account")
    expect(anna.page.get_by_text(anna.words("push.unsupported"))).to_be_visible()
    anna.fits()


def test_a_click_on_a_notice_leads_the_open_desk_to_the_thread(people: People) -> None:
    buyer, seller = people.buyer("ru"), people.seller("zh", account="shop-two")
    words = fresh("Сколько весит?")
    talk = asked(buyer, seller, words)
    ringer = asks_for_notices(seller)
    seller.opens("/desk")
    ringer.rings(title="Anna", body=words, url=f"/desk/{talk}", tag=talk)
    ringer.waits_for(f"Anna: {words}")
    ringer.rings(title="Anna", body="newer", url=f"/desk/{talk}", tag=talk)
    ringer.waits_for("Anna: newer")

    assert clicks(seller, talk) == []

    seller.page.wait_for_url(f"**/desk/{talk}")
    expect(seller.page.get_by_role("log").get_by_text(words)).to_be_visible()
    ringer.waits_for()


def test_what_is_read_on_the_page_takes_its_notice_away_and_brings_no_other(people: People) -> None:
    buyer, seller = people.buyer("en"), people.seller("en", account="shop-two")
    words = fresh("How heavy is it?")
    talk = asked(buyer, seller, words)
    ringer = asks_for_notices(seller)
    ringer.rings(title="Anna", body=words, url=f"/desk/{talk}", tag=talk)
    ringer.waits_for(f"Anna: {words}")
    seller.opens(f"/desk/{talk}")
    expect(seller.page.get_by_role("log").get_by_text(words)).to_be_visible()
    ringer.waits_for()
    ringer.rings(title="Anna", body="again", url=f"/desk/{talk}", tag=talk)
    seller.page.wait_for_timeout(500)
    ringer.waits_for()


def test_a_click_opens_the_thread_where_no_page_of_its_part_is_open(people: People) -> None:
    anna = people.buyer("zh")
    ringer = asks_for_notices(anna)
    ringer.rings(title="Halo", body="1.2 kg", url="/me/messages/some-thread", tag="some-thread")
    ringer.waits_for("Halo: 1.2 kg")
    assert clicks(anna, "some-thread") == [f"{people.url}/me/messages/some-thread"]
    ringer.waits_for()


def test_a_notice_that_leads_out_of_the_house_leads_nowhere(people: People) -> None:
    anna = people.buyer("en")
    ringer = asks_for_notices(anna)
    ringer.rings(title="Evil", body="", url="https://evil.example/", tag="evil")
    ringer.waits_for("Evil: ")
    assert clicks(anna, "evil") == []
    ringer.waits_for()


def asked(buyer: Buyer, seller: Seller, words: str) -> str:
    """Have a buyer ask a shop about one of its products; return the conversation."""
    talk = buyer.asks_about(seller.product(specified=True))
    talk.says(words)
    talk.sees("sent")
    (found,) = [
        one["id"]
        for one in seller.learns("/conversations?box=all&limit=50")["items"]
        if one["last"] and one["last"]["text"] == words
    ]
    return str(found)


def clicks(visitor: Visitor, tag: str) -> list[str]:
    """Click on a notice, as the system tells it to the service worker; return what it opens anew.

    Only a person's own click may open a window, so that here it is only asked for.
    """
    (worker,) = visitor.context.service_workers
    opened: list[str] = worker.evaluate(
        """async (tag) => {
          const opened = []
          self.clients.openWindow = async (url) => { opened.push(url) }
          const [notification] = await self.registration.getNotifications({ tag })
          const click = new NotificationEvent('notificationclick', { notification })
          const done = new Promise((settled) => {
            click.waitUntil = (work) => work.finally(settled)
          })
          self.dispatchEvent(click)
          await done
          return opened
        }""",
        tag,
    )
    return opened
