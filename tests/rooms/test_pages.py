"""The pages as a browser gets them: with and without a sign-in, and without any script."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
import pytest

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Letter, NewPerson
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import ListVariant, OpenShop, SentParcel
from shopbell.commerce.hours import Hours
from shopbell.commerce.model import Attribute, Eta, Money, Order, OrderState, TrackingEvent
from shopbell.commerce.tracking import TrackingCode
from shopbell.conversations.model import ConversationId, Stream
from shopbell.engine import outbox
from shopbell.kernel.actor import SYSTEM, Actor
from shopbell.kernel.texts import LOCALES, Locale, Words, text
from shopbell.web.pages import assets, parcel, shopfront
from shopbell.web.pages.shopfront import Presence
from tests.support.browsing import Door, checked, hidden
from tests.support.house import NO_PASSWORD, Counter, House, Person


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a front-end, as far as the manifest tells."""
    entries = ("panel", "buyer", "desk", "pages")
    chunks = {f"{name}/main.ts": {"file": f"{name}.js", "css": ["all.css"]} for name in entries}
    (tmp_path / "manifest.json").write_bytes(msgspec.json.encode(chunks))
    monkeypatch.setattr(assets, "STATIC", tmp_path)


@pytest.fixture
def unbuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no front-end."""
    monkeypatch.setattr(assets, "STATIC", tmp_path)


def at_work_in_moscow() -> OpenShop:
    """Describe a shop that is open in the morning and in the afternoon, except at weekends."""
    spans = (("08:00", "12:00"), ("13:00", "17:00"))
    return OpenShop(
        slug="early",
        name="Early",
        about={"en": "Early birds"},
        zone="Europe/Moscow",
        languages=["en"],
        email="early@example.org",
        hours=[Hours(day, opens, closes) for day in range(5) for opens, closes in spans],
        holidays=[date(2026, 12, 25)],
    )


# --- the storefront -------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_speaks_every_language(halo: Counter, door: Door, locale: Locale) -> None:
    teapot = halo.sells("teapot", category="Kitchen", stock=2)
    browser = door()
    for path in ("/", f"/products/{teapot.slug}", "/shops/halo", "/sign-in", "/sign-up"):
        page = checked(browser.get(path, params={"lang": locale}))
        assert f'<html lang="{locale}"' in page
    assert browser.cookies.get("shopbell_lang") == locale
    assert text(locale, "pages.catalogue") in browser.get("/").text


def test_the_catalogue_is_searched_and_paged(halo: Counter, door: Door) -> None:
    for number in range(30):
        halo.sells(f"lamp-{number}", category="Lighting")
    halo.sells("teapot", category="Kitchen")
    browser = door()
    found = checked(browser.get("/", params={"q": "teapot"}))
    assert "/products/teapot" in found
    assert "/products/lamp-1" not in found
    assert 'value="teapot"' in found
    lamps = checked(browser.get("/", params={"category": "Lighting"}))
    rest = re.search(r'<a class="btn lg" rel="next" href="([^"]+)"', lamps)
    assert rest
    second = checked(browser.get(rest[1].replace("&amp;", "&")))
    assert second.count('<li class="product">') == 6
    nothing = checked(browser.get("/", params={"q": "zzz"}))
    assert text("en", "pages.nothing_found") in nothing


def test_what_people_write_is_never_markup(halo: Counter, door: Door) -> None:
    evil = halo.sells("evil", title={"en": "<script>alert(1)</script>"}, about={"en": "<b>x</b>"})
    browser = door()
    for path in ("/", f"/products/{evil.slug}", "/?q=%3Cscript%3E"):
        page = checked(browser.get(path))
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page


def test_a_product_without_a_specification_says_so(halo: Counter, door: Door) -> None:
    bare = halo.sells("bare")
    told = halo.sells("told", attributes=[Attribute({"en": "Weight"}, {"en": "1.2 kg"})])
    page = checked(door().get(f"/products/{bare.slug}"))
    assert text("en", "pages.nothing_stated") in page
    assert f"/contact?shop=halo&amp;intent=product&amp;product={bare.slug}" in page
    assert f'data-shopbell="product" data-shop="halo" data-product="{bare.id}"' in page
    stated = checked(door().get(f"/products/{told.slug}"))
    assert "1.2 kg" in stated
    assert text("en", "pages.nothing_stated") not in stated


def test_variants_show_what_each_costs_and_whether_it_is_there(halo: Counter, door: Door) -> None:
    sizes = [
        ListVariant(f"mug-{size}", {"Size": size}, Money(price, "EUR"), stock)
        for size, price, stock in (("S", 1000, 0), ("L", 1250, 9))
    ]
    mug = halo.sells("mug", variants=sizes)
    page = checked(door().get(f"/products/{mug.slug}"))
    assert text("en", "pages.price_from", price="€10") in page
    assert "€12.50" in page
    assert text("en", "pages.sold_out") in page


def test_what_does_not_exist_is_a_page_too(halo: Counter, door: Door) -> None:
    for path in ("/products/none", "/shops/none", "/nowhere"):
        checked(door().get(path, params={"lang": "ru"}), 404)


# --- how a shop is reached ------------------------------------------------------------------


def test_the_promise_of_a_chat_says_when(house: House, halo: Counter) -> None:
    shop, now = halo.shop, house.clock()
    assert shopfront.chat_promise(shop, Presence(now, online=True, answer_minutes=3), "en") == (
        text("en", "pages.chat_online", n=3)
    )
    never_closed = shopfront.chat_promise(shop, Presence(now, online=False), "en")
    assert never_closed == text("en", "pages.chat_open", n=shop.promise.chat_minutes)


@pytest.mark.parametrize(
    ("moment", "promise"),
    (
        ("2026-05-04 04:40", "Back in 20 min"),  # Moscow is three hours ahead
        ("2026-05-04 03:00", "Back at 08:00 (Moscow)"),
        ("2026-05-04 17:00", "Back tomorrow at 08:00 (Moscow)"),
        ("2026-05-08 17:00", "Back on Monday at 08:00 (Moscow)"),
    ),
)
def test_the_promise_of_a_closed_shop(house: House, moment: str, promise: str) -> None:
    shop = house.db.write_now(commerce.open_shop, SYSTEM, at_work_in_moscow())
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    said = shopfront.chat_promise(shop, Presence(now, online=False), "en")
    assert said.replace("\N{NO-BREAK SPACE}", " ") == promise


@pytest.mark.parametrize(
    ("zone", "promise"),
    (
        ("Europe/Moscow", "Back at 08:00 (Moscow)"),
        ("Asia/Shanghai", "Back at 08:00 (Moscow), 13:00 your time"),
        ("America/Los_Angeles", "Back at 08:00 (Moscow), Sunday 22:00 your time"),
    ),
)
def test_a_closed_shop_says_when_it_opens_by_the_readers_clock_too(
    house: House, zone: str, promise: str
) -> None:
    shop = house.db.write_now(commerce.open_shop, SYSTEM, at_work_in_moscow())
    there = Presence(datetime(2026, 5, 4, 3, tzinfo=UTC), online=False, answer_minutes=12)
    said = shopfront.chat_promise(shop, there, "en", ZoneInfo(zone))
    assert said.replace("\N{NO-BREAK SPACE}", " ") == f"{promise}; usually answers in 12 min"


@pytest.mark.parametrize("locale", LOCALES)
def test_window_and_page_say_the_same_of_a_shop(
    house: House, halo: Counter, door: Door, locale: Locale
) -> None:
    told = door().get("/api/v1/shops/halo/expectation", params={"lang": locale}).json()

    judged = text(locale, "score.too_few", n=30)
    assert told == {
        "here": False,
        "words": text(locale, "pages.chat_open", n=halo.shop.promise.chat_minutes),
        "judged": judged,
    }
    page = checked(door().get("/shops/halo", params={"lang": locale}))
    assert told["words"] in page
    assert judged in page


def test_a_shops_page_shows_all_its_hours(house: House, door: Door) -> None:
    house.db.write_now(commerce.open_shop, SYSTEM, at_work_in_moscow())
    page = checked(door().get("/shops/early"))
    assert page.count("08:00–12:00") == 5 + 1
    assert page.count("13:00–17:00") == 5 + 1
    assert text("en", "score.too_few", n=30) in page
    assert "December 25" in page


# --- an order -------------------------------------------------------------------------------


@pytest.fixture
def late(house: House, halo: Counter) -> Callable[..., Order]:
    """Record an order whose parcel was promised for the past."""

    def place(buyer: Person, **details: object) -> Order:
        event = TrackingEvent(
            TrackingCode("in_transit.delayed"), house.clock() - timedelta(days=1), "Kazan"
        )
        parcel_sent = SentParcel(
            "CDEK",
            "SB-1",
            eta=Eta(date(2026, 5, 1), date(2026, 5, 2), "Europe/Moscow"),
            events=[event],
        )
        given = {"state": OrderState.SHIPPED, "shipments": [parcel_sent], **details}
        return halo.ships_to(buyer, halo.sells("kettle", warranty_months=24), **given)

    return place


def test_an_order_begins_with_the_fact_that_matters(
    house: House, late: Callable[..., Order], door: Door
) -> None:
    anna = house.buyer("anna")
    order = late(anna)
    page = checked(door(anna).get(f"/orders/{order.number}"))
    assert text("en", "pages.late_now") in page
    assert text("en", "pages.no_reason") in page
    assert text("en", "tracking.in_transit.delayed") in page
    moved = Eta(date(2026, 5, 9), date(2026, 5, 10), "Europe/Moscow")
    snow: Words = {"en": "Snow", "ru": "Снег"}
    house.db.write_now(commerce.set_eta, SYSTEM, order.shipments[0].id, moved, snow)
    page = checked(door(anna).get(f"/orders/{order.number}", params={"lang": "ru"}))
    assert text("ru", "pages.new_eta") in page
    assert "<s>" in page
    assert "Снег" in page


def test_a_delivered_order_tells_of_its_warranty(house: House, late: Callable[..., Order]) -> None:
    came = SentParcel("CDEK", "SB-1", delivered_at=house.clock() - timedelta(days=3))
    order = late(house.buyer("anna"), state=OrderState.DELIVERED, shipments=[came])
    assert parcel.headline(order, house.clock(), "en", UTC).tone == "good"
    (guarantee,) = parcel.guarantees(order, house.clock(), "en")
    assert guarantee.running
    much_later = house.clock() + timedelta(days=800)
    assert not parcel.guarantees(order, much_later, "en")[0].running


@pytest.mark.parametrize("state", tuple(OrderState))
def test_every_state_of_an_order_has_a_page(
    house: House, halo: Counter, door: Door, state: OrderState
) -> None:
    anna = house.buyer("anna")
    order = halo.ships_to(anna, halo.sells("kettle"), state=state)
    assert text("en", f"tracking.order_{state}") in checked(
        door(anna).get(f"/orders/{order.number}")
    )


def test_an_order_is_for_its_buyer_and_its_shop(
    house: House, late: Callable[..., Order], halo: Counter, door: Door
) -> None:
    anna, order_of = house.buyer("anna"), late
    order = order_of(anna)
    path = f"/orders/{order.number}"
    assert door().get(path).headers["location"] == f"/sign-in?next=%2Forders%2F{order.number}"
    checked(door(house.buyer("boris")).get(path), 404)
    seen_by_staff = checked(door(halo.mei).get(path))
    assert "data-shopbell=" not in seen_by_staff
    talk = anna.asks(halo, order, "Where is it?")
    assert f"/me/messages/{talk}" in checked(door(anna).get(path))
    assert f"/desk/{talk}" in checked(door(halo.mei).get(path))


def test_two_shops_may_give_the_same_number(house: House, halo: Counter, door: Door) -> None:
    anna, lamps = house.buyer("anna"), house.shop("lamps", ["leo"])
    first = halo.ships_to(anna, halo.sells("kettle"), number="1001")
    second = lamps.ships_to(anna, lamps.sells("lantern"), number="1001")
    browser = door(anna)
    choice = checked(browser.get("/orders/1001"), 300)
    for order, shop, thing in ((first, "Halo", "Kettle"), (second, "Lamps", "Lantern")):
        assert shop in choice
        assert f'href="/orders/{order.id}"' in choice
        page = checked(browser.get(f"/orders/{order.id}"))
        assert thing in page
        assert f"order={order.id}" in page
        assert f'data-order="{order.id}"' in page
        asked = checked(browser.get(f"/contact?order={order.id}"))
        assert hidden(asked)["subject"] == order.id
    assert "Kettle" in checked(door(halo.mei).get("/orders/1001"))
    refused = browser.get("/api/v1/orders/1001", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (409, "several_orders")
    checked(browser.get("/contact?order=1001"), 409)


# --- writing without a script ---------------------------------------------------------------


def test_a_question_by_the_plain_form_is_asked_once(
    house: House, halo: Counter, door: Door
) -> None:
    anna, teapot = house.buyer("anna"), halo.sells("teapot")
    browser = door(anna)
    page = checked(browser.get(f"/contact?shop=halo&product={teapot.slug}&intent=mail"))
    assert 'value="email" checked' in page
    form = {**hidden(page), "text": "How heavy\r\nis it?", "channel": "email"}
    led = {browser.post("/contact", data=form).headers["location"] for _ in range(2)}
    (address,) = led
    talk = ConversationId(address.removeprefix("/me/messages/"))
    assert halo.mei.reads(talk) == ["How heavy\nis it?"]
    assert halo.mei.sees(talk).channel == "email"

    halo.mei.answers(talk, "1.2 kg <with> the box.")
    thread = checked(browser.get(f"/contact/{talk}"))
    assert "1.2 kg &lt;with&gt; the box." in thread
    assert anna.sees(talk).unread == 0
    reply = {**hidden(thread), "text": "Thank you!"}
    for _ in range(2):
        assert browser.post(f"/contact/{talk}", data=reply).status_code == 303
    assert anna.reads(talk)[-2:] == ["1.2 kg <with> the box.", "Thank you!"]


def test_words_are_kept_when_they_cannot_be_sent(house: House, halo: Counter, door: Door) -> None:
    browser = door(house.buyer("anna"))
    page = checked(browser.get("/contact?shop=halo"))
    empty = browser.post("/contact", data={**hidden(page), "text": "  "})
    assert text("en", "pages.say_something") in checked(empty, 422)
    long = "x" * 10_001
    kept = checked(browser.post("/contact", data={**hidden(page), "text": long}), 422)
    assert long in kept
    assert hidden(kept)["cmid"] == hidden(page)["cmid"]
    browser.cookies.clear()
    signed_out = checked(browser.post("/contact", data={**hidden(page), "text": "Still here"}), 401)
    assert "Still here</textarea>" in signed_out
    assert hidden(signed_out)["cmid"] == hidden(page)["cmid"]


def test_a_reply_keeps_its_words_whatever_is_refused(
    house: House, halo: Counter, door: Door
) -> None:
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "Are you there?")
    browser = door(anna)
    form = hidden(checked(browser.get(f"/contact/{talk}")))
    long, words = "x" * 10_001, "Do not lose me"
    assert long in checked(browser.post(f"/contact/{talk}", data={**form, "text": long}), 422)
    foreign = door(house.buyer("boris")).post(f"/contact/{talk}", data={**form, "text": words})
    assert f"{words}</textarea>" in checked(foreign, 404)
    unreadable = browser.post(f"/contact/{talk}", data={**form, "text": f"{words}\0"})
    assert words in checked(unreadable, 400)
    browser.cookies.clear()
    signed_out = checked(browser.post(f"/contact/{talk}", data={**form, "text": words}), 401)
    assert f"{words}</textarea>" in signed_out
    assert f'action="/contact/{talk}"' in signed_out
    assert hidden(signed_out) == form
    anna.does(talk, "resolve")
    house.passes(days=60)
    closed = door(anna).post(f"/contact/{talk}", data={**form, "text": words})
    assert f"{words}</textarea>" in checked(closed, 409)
    assert anna.reads(talk) == ["Are you there?"]


def test_a_first_message_keeps_its_words_whatever_is_refused(
    house: House, halo: Counter, door: Door
) -> None:
    browser = door(house.buyer("anna"))
    form = {**hidden(checked(browser.get("/contact?shop=halo"))), "text": "Do not lose me"}
    gone = browser.post("/contact", data={**form, "kind": "product", "subject": "gone"})
    assert "Do not lose me</textarea>" in checked(gone, 404)
    by_staff = door(halo.mei).post("/contact", data=form)
    assert "Do not lose me</textarea>" in checked(by_staff, 403)


@pytest.mark.parametrize(
    "body",
    (
        b"cmid=x&text=hi",
        b"cmid=%ff%fe&text=hi",
        b"\xff\xfe=1&cmid=%ff",
        b"cmid=aaaaaaaaaaaaaaaaaaaa&text=a&text=b",
        b"text=hi",
        b"",
    ),
)
def test_a_form_nobody_could_send_is_refused(
    house: House, halo: Counter, door: Door, body: bytes
) -> None:
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "Are you there?")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    browser = door(anna)
    for path in (f"/contact/{talk}", "/contact"):
        checked(browser.post(path, content=body, headers=form), 400)
    for path in ("/sign-in", "/sign-up", "/verify"):
        answer = door().post(path, content=b"email=%ff&password=%fe&token=%ff", headers=form)
        assert answer.status_code in {303, 400, 401, 422}
    assert anna.reads(talk) == ["Are you there?"]


def test_what_was_taken_back_stays_out_of_sight(house: House, halo: Counter, door: Door) -> None:
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "My secret")
    first = anna.events(talk)[-1].seq
    anna.adds(Stream(talk), "edit", target=first, text="My other secret")
    anna.adds(Stream(talk), "delete", target=first)
    page = checked(door(anna).get(f"/contact/{talk}"))
    assert text("en", "pages.deleted") in page
    assert "secret" not in page


@pytest.mark.parametrize("header", ("Purpose", "Sec-Purpose"))
def test_what_a_browser_fetches_ahead_is_not_read(
    house: House, halo: Counter, door: Door, header: str
) -> None:
    anna = house.buyer("anna")
    talk = anna.asks(halo, None, "Are you there?")
    halo.mei.answers(talk, "Yes.")
    browser = door(anna)
    checked(browser.get(f"/contact/{talk}", headers={header: "prefetch;prerender"}))
    assert anna.sees(talk).unread == 1
    checked(browser.get(f"/contact/{talk}"))
    assert anna.sees(talk).unread == 0


def test_a_conversation_is_read_by_those_who_take_part(
    house: House, halo: Counter, door: Door
) -> None:
    talk = house.buyer("anna").asks(halo, None, "Are you there?")
    checked(door(house.buyer("boris")).get(f"/contact/{talk}"), 404)
    checked(door(halo.mei).get(f"/contact/{talk}"), 403)
    assert door().get(f"/contact/{talk}").status_code == 303


def test_without_a_shop_one_is_chosen(house: House, halo: Counter, door: Door) -> None:
    page = checked(door(house.buyer("anna")).get("/contact"))
    assert "/contact?shop=halo&amp;intent=message" in page


# --- coming in ------------------------------------------------------------------------------


def test_an_account_is_made_and_led_on(house: House, door: Door) -> None:
    browser = door()
    form = {
        "name": "Anna",
        "email": "anna@example.org",
        "password": "seven green kettles",
        "next": "/contact?shop=halo",
    }
    made = browser.post("/sign-up", data=form)
    assert (made.status_code, made.headers["location"]) == (303, "/contact?shop=halo")
    assert "Anna" in checked(browser.get("/"))
    token = re.search(r"token=([\w-]+)", house.db.read_now(outbox.waiting, Letter)[0].body)
    assert token
    path = f"/verify?token={token[1]}"
    signed_out = door().get(path).headers["location"]
    assert signed_out == f"/sign-in?{urlencode({'next': path})}"
    assert door().post("/verify", data={"token": token[1]}).headers["location"] == signed_out
    stranger = door(house.buyer("boris")).post("/verify", data={"token": token[1]})
    assert text("en", "refusals.letter_for_another.title") in checked(stranger, 403)
    checked(browser.get(path))
    verified = browser.post("/verify", data={"token": token[1]})
    assert text("en", "sign.verified") in checked(verified)
    checked(browser.post("/verify", data={"token": token[1]}), 410)
    gone = browser.post("/sign-out")
    assert gone.headers["location"] == "/"
    assert gone.headers["clear-site-data"] == '"storage"'
    assert text("en", "pages.sign_in") in checked(browser.get("/"))


@pytest.mark.usefixtures("built")
def test_nothing_of_somebodys_own_is_kept_by_a_browser(
    house: House, halo: Counter, door: Door
) -> None:
    anna = house.buyer("anna")
    order = halo.ships_to(anna, halo.sells("kettle"))
    talk = anna.asks(halo, order, "Where is it?")
    browser = door(anna)
    for path in ("/", f"/orders/{order.id}", f"/contact/{talk}", "/me/orders", "/orders/none"):
        assert browser.get(path).headers["cache-control"] == "no-store"
    assert door().get("/").headers["cache-control"] == "private, no-cache"


def test_a_wrong_password_keeps_the_address_typed(door: Door) -> None:
    form = {"email": "anna@example.org", "password": "wrong", "next": "//evil.example"}
    page = checked(door().post("/sign-in", data=form), 401)
    assert 'value="anna@example.org"' in page
    assert "evil.example" not in page


# --- at work --------------------------------------------------------------------------------


def test_the_console_is_the_operators(house: House, halo: Counter, door: Door) -> None:
    page = checked(door(house.operator()).get("/console"))
    assert "Halo" in page
    assert text("en", "console.audit_whole") not in page
    assert 'href="/console/record?verify=true"' in page
    checked(door(house.operator("oleg")).get("/console/letters"))
    checked(door(house.buyer("anna")).get("/console"), 403)
    assert door().get("/console").headers["location"] == "/sign-in?next=%2Fconsole"


def test_only_the_operator_tries_a_given_up_job_again(
    house: House, halo: Counter, door: Door
) -> None:
    letter = Letter(to="a@b.example", subject="s", body="b", locale="en", person=halo.mei.actor.id)
    house.db.write_now(lambda tx: tx.later(letter))
    [lease] = house.db.write_now(outbox.claim, ["Letter"], 9)
    house.db.write_now(outbox.fail, lease, "no such host", final=True)
    path = f"/console/jobs/{lease.id}/retry"
    assert door().post(path).headers["location"].startswith("/sign-in")
    for person in (house.buyer("anna"), halo.mei):
        checked(door(person).post(path), 403)
    browser = door(house.operator())
    assert "no such host" in checked(browser.get("/console/health"))
    assert browser.post(path).headers["location"] == "/console/health?done=retried"
    checked(browser.post(path), 404)
    assert "a@b.example" not in checked(browser.get("/console/letters"))
    house.passes(seconds=1)
    assert "a@b.example" in checked(browser.get("/console/letters"))


def test_letters_are_shown_only_in_the_demonstration(house: House, door: Door) -> None:
    checked(door(house.buyer("anna")).get("/demo/mail"), 404)
    assert door().get("/me/letters").headers["location"] == "/demo/mail"


@pytest.mark.usefixtures("built")
def test_everybody_gets_the_page_of_their_own_side(house: House, halo: Counter, door: Door) -> None:
    anna, mei = door(house.buyer("anna")), door(halo.mei)
    for path in ("/me", "/me/orders", "/me/messages", "/me/messages/x"):
        assert 'data-entry="buyer"' in anna.get(path).text
        assert mei.get(path).headers["location"] == "/desk"
    for path in ("/desk", "/desk/x"):
        assert 'data-entry="desk"' in mei.get(path).text
        assert anna.get(path).headers["location"] == "/"
        assert door().get(path).headers["location"].startswith("/sign-in?next=")
    assert 'data-entry="panel"' in door().get("/panel").text


@pytest.mark.usefixtures("built")
def test_what_the_front_end_is_told_cannot_leave_its_element(house: House, door: Door) -> None:
    evil = NewPerson(email="eve@example.org", name="</script><script>alert(1)", verified=True)
    person = house.db.write_now(accounts.add_person, SYSTEM, evil, NO_PASSWORD)
    eve = Person(house, Actor(person.id, person.side, name=person.name))
    assert "<script>alert" not in door(eve).get("/me").text


@pytest.mark.usefixtures("unbuilt")
def test_a_missing_front_end_is_said_plainly(house: House, halo: Counter, door: Door) -> None:
    assert text("en", "refusals.front_end_not_built.title") in checked(door().get("/"))
    assert text("en", "refusals.front_end_not_built.title") in checked(door().get("/panel"), 503)


def test_the_language_chosen_on_a_live_page_is_remembered(house: House, door: Door) -> None:
    room = door(house.shop("halo").mei)
    assert 'lang="ru"' in room.get("/desk", params={"lang": "ru"}).text
    assert 'lang="ru"' in room.get("/desk").text
