"""The line drops, the server dies: what was sent arrives once, what was written stays."""

import re

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.people import People, fresh
from tests.support.server import RunningServer

SENDS = "**/api/v1/streams/*/events*"
SOCKET = re.compile(r"/api/v1/socket")
RECONNECTED = 40_000


class Cable:
    """The line between one page and the server, which can be pulled out."""

    def __init__(self, page: Page) -> None:
        self._plugged = True
        self._open: list[WebSocketRoute] = []
        page.route_web_socket(SOCKET, self._connect)
        page.route(SENDS, self._pass_on)

    def pull(self) -> None:
        """Cut every open socket, let no new one through, nor anything that is sent without."""
        self._plugged = False
        for socket in self._open:
            socket.close()
        self._open.clear()

    def plug_in(self) -> None:
        """Let the next try through."""
        self._plugged = True

    def _pass_on(self, request: Route) -> None:
        if self._plugged or request.request.method != "POST":
            request.fallback()
        else:
            request.abort()

    def _connect(self, socket: WebSocketRoute) -> None:
        if not self._plugged:
            socket.close()
            return
        socket.connect_to_server()
        self._open.append(socket)


def test_what_is_written_without_a_line_is_sent_once_when_it_is_back(people: People) -> None:
    seller, buyer = people.seller(), people.buyer()
    first, second, third = map(fresh, ("Does it come in green?", "And in blue?", "And in red?"))
    product = seller.product(specified=False)
    seller.sits_down()
    cable = Cable(buyer.page)

    talk = buyer.asks_about(product)
    talk.says(first)
    desk = seller.takes(first)
    desk.hears(first)

    cable.pull()
    talk.says(second)
    talk.says(third)
    talk.hears(third)
    talk.sees("queued")
    expect(talk.around.get_by_text(buyer.words("outbox.lost"))).to_be_visible()

    buyer.page.reload()
    talk = buyer.opens_the_window()
    talk.hears(second)
    talk.sees("queued")

    cable.plug_in()
    expect(desk.message(third)).to_be_visible(timeout=RECONNECTED)
    talk.sees("read")
    for message in (first, second, third):
        talk.hears(message)
        desk.hears(message)


def test_a_killed_server_loses_nothing_and_repeats_nothing(
    people: People, market: RunningServer
) -> None:
    seller, buyer = people.seller(), people.buyer()
    said = [fresh(f"Question {n}") for n in range(6)]
    product = seller.product(specified=False)
    seller.sits_down()
    talk = buyer.asks_about(product)
    talk.says(said[0])
    desk = seller.takes(said[0])
    for message in said[1:3]:
        talk.says(message)
    market.kill()
    for message in said[3:]:
        talk.says(message)
        talk.hears(message)
    market.start()

    expect(desk.message(said[-1])).to_be_visible(timeout=RECONNECTED)
    seller.page.reload()
    desk = seller.talk
    for message in said:
        desk.hears(message)
        talk.hears(message)
    everything = desk.log.inner_text()
    assert sorted(said, key=everything.index) == said


def test_a_draft_survives_a_reload_without_a_line(people: People) -> None:
    seller, buyer = people.seller(), people.buyer()
    draft = fresh("I have not decided yet whether")
    talk = buyer.asks_about(seller.product(specified=False))
    cable = Cable(buyer.page)
    cable.pull()
    talk.field.fill(draft)
    buyer.page.wait_for_timeout(600)
    buyer.page.reload()
    expect(buyer.opens_the_window().field).to_have_value(draft)


def test_where_no_socket_gets_through_both_still_talk_without_delay(people: People) -> None:
    seller, buyer = people.seller(), people.buyer()
    question, answer, thanks = map(fresh, ("Is it blue?", "As blue as the sea.", "Thank you!"))
    product = seller.product(specified=False)
    buyer.page.route_web_socket(SOCKET, lambda socket: socket.close())
    seller.sits_down()

    talk = buyer.asks_about(product)
    talk.says(question)
    desk = seller.takes(question)
    buyer.page.wait_for_timeout(6_000)
    desk.says(answer)
    expect(talk.message(answer)).to_be_visible(timeout=2_500)
    talk.says(thanks)
    desk.hears(thanks)


def test_a_part_of_the_window_that_did_not_come_comes_when_it_is_tried_again(
    people: People,
) -> None:
    shop, visitor = people.seller().shop, people.stranger()
    visitor.page.route("**/assets/Sign-*.js", lambda request: request.abort())
    visitor.opens(f"/panel?shop={shop['slug']}")
    visitor.button("panel.delivery").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text(visitor.words("panel.trouble"))

    visitor.page.unroute("**/assets/Sign-*.js")
    visitor.button("thread.try_again").click()
    visitor.button("panel.delivery").click()
    expect(visitor.page.get_by_label(visitor.words("panel.email"))).to_be_visible()
