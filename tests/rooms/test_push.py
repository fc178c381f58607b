"""Being told on one's devices, over HTTP and on the page of one's account."""

from html import unescape
from pathlib import Path
from typing import Any

import pytest

from shopbell.channels.push.keys import signer
from shopbell.engine.settings import BadSetting, load
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.support.browsing import Browser, Door, checked
from tests.support.house import Counter, House
from tests.support.pushservice import Phone, PushService

_GIVEN = Phone(PushService("https://push.example.org")).subscription.keys
KEYS = {"p256dh": _GIVEN.p256dh, "auth": _GIVEN.auth}
HERE = {"endpoint": "https://push.example.org/here", "keys": KEYS}
THERE = {"endpoint": "https://push.example.org/there", "keys": KEYS}
API = "/api/v1/push"


def subscribed(browser: Browser, subscription: dict[str, Any] | None = None) -> str:
    """Subscribe a browser, and return which device it is."""
    answer = browser.post(f"{API}/devices", json=subscription or HERE)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def told(page: str, key: str) -> bool:
    """Tell whether a page says something."""
    return text("en", key) in unescape(page)


def listed(browser: Browser) -> list[str]:
    return [one["id"] for one in browser.get(f"{API}/devices").json()]


def test_a_browser_subscribes_is_listed_and_leaves(house: House, door: Door) -> None:
    anna = door(house.buyer("anna"))
    key = door().get(f"{API}/key").json()["key"]
    assert (len(key), key[0]) == (87, "B")
    assert key == anna.get(f"{API}/key").json()["key"]
    device = subscribed(anna)
    assert (subscribed(anna), listed(anna)) == (device, [device])
    renewed = anna.post(f"{API}/renewals", json={"before": HERE["endpoint"], "now": THERE})
    assert renewed.json()["id"] == device
    for _ in range(2):
        leaves = anna.post(f"{API}/departures", json={"endpoint": THERE["endpoint"]})
        assert leaves.status_code == 204
    assert listed(anna) == []


def test_the_key_lies_in_the_data_folder_for_us_alone(house: House, door: Door) -> None:
    door().get(f"{API}/key")
    file = house.app.settings.data / "push/key.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in file.parent.iterdir()] == ["key.pem"]


@pytest.mark.parametrize(
    ("given", "contact"),
    [
        ({}, "mailto:nobody@localhost"),
        ({"public_url": "http://shop.example"}, "mailto:nobody@localhost"),
        ({"public_url": "https://shop.example/"}, "https://shop.example"),
        ({"public_url": "https://shop.example:8443"}, "https://shop.example"),
        ({"public_url": "https://shop.example/help"}, "https://shop.example"),
        ({"public_url": "https://[2001:db8::1]"}, "mailto:nobody@localhost"),
        ({"public_url": "https://shop", "mail_from": "us@shop.example"}, "mailto:us@shop.example"),
        (
            {"public_url": "https://shop.example", "push_contact": "mailto:olga@shop.example"},
            "mailto:olga@shop.example",
        ),
    ],
    ids=str,
)
def test_push_services_are_told_whom_to_write_to_in_a_form_they_take(
    given: dict[str, str], contact: str, tmp_path: Path
) -> None:
    settings = load({f"SHOPBELL_{name.upper()}": value for name, value in given.items()})
    assert settings.push_contact_url == contact
    claims = {"sub": contact, "aud": "https://push.example.org", "exp": 4_000_000_000}
    assert signer(tmp_path).sign(claims)["Authorization"].startswith("vapid ")


@pytest.mark.parametrize(
    "contact",
    ["https://shop.example:8443", "https://shop.example/help", "olga@shop.example", "mailto:olga"],
)
def test_a_contact_that_push_services_do_not_take_is_named_at_the_start(contact: str) -> None:
    with pytest.raises(BadSetting, match=r"SHOPBELL_PUSH_CONTACT.*without port or path"):
        load({"SHOPBELL_PUSH_CONTACT": contact})


def test_everybody_has_only_their_own_devices(house: House, door: Door) -> None:
    anna, boris, stranger = door(house.buyer("anna")), door(house.buyer("boris")), door()
    device = subscribed(anna)
    assert listed(boris) == []
    assert boris.delete(f"{API}/devices/{device}").status_code == 204
    boris.post(f"{API}/departures", json={"endpoint": HERE["endpoint"]})
    assert boris.post(f"{API}/devices/{device}/test").status_code == 404
    taken = boris.post(f"{API}/renewals", json={"before": HERE["endpoint"], "now": THERE})
    assert (taken.status_code, listed(anna)) == (404, [device])
    asks = [
        stranger.get(f"{API}/devices"),
        stranger.get(f"{API}/wish"),
        stranger.put(f"{API}/wish", json={}),
        stranger.post(f"{API}/devices", json=HERE),
        stranger.post(f"{API}/renewals", json={"before": HERE["endpoint"], "now": THERE}),
        stranger.post(f"{API}/departures", json={"endpoint": HERE["endpoint"]}),
        stranger.post(f"{API}/devices/{device}/test"),
        stranger.delete(f"{API}/devices/{device}"),
    ]
    assert {answer.status_code for answer in asks} == {401}
    assert listed(anna) == [device]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"endpoint": "http://push.example.org/x"}, "not_a_push_service"),
        ({"endpoint": "https://[2606:4700::1111]/x"}, "not_a_push_service"),
        ({"endpoint": "https://push.example.org/" + "x" * 1_000}, "request_malformed"),
        ({"keys": {**KEYS, "p256dh": "AAAA"}}, "push_keys_wrong"),
        ({"keys": {**KEYS, "p256dh": "BA" + "A" * 85}}, "push_keys_wrong"),
        ({"keys": {**KEYS, "auth": "ä"}}, "request_malformed"),
        ({"more": 1}, "request_malformed"),
    ],
)
def test_what_is_no_subscription_is_refused(
    house: House, door: Door, change: dict[str, Any], code: str
) -> None:
    anna = door(house.buyer("anna"))
    answer = anna.post(f"{API}/devices", json={**HERE, **change})
    assert (answer.json()["code"], answer.status_code) in {(code, 400), (code, 422)}
    assert listed(anna) == []


def test_quiet_hours_are_kept_by_program_and_by_form(house: House, door: Door) -> None:
    anna = door(house.buyer("anna"))
    wish = {"on": True, "quiet_from": "22:00", "quiet_until": "07:00", "zone": "Asia/Shanghai"}
    assert anna.put(f"{API}/wish", json=wish).json() == wish
    page = checked(anna.get("/account"))
    assert 'value="22:00"' in page
    assert '<option value="Asia/Shanghai" selected>' in page
    form = {"quiet_from": "23:30", "quiet_until": "", "zone": "Europe/Moscow"}
    answer = anna.post("/account/notices", data=form)
    assert answer.headers["location"] == "/account?done=saved#notices"
    off = {"on": False, "quiet_from": "", "quiet_until": "", "zone": "Europe/Moscow"}
    assert anna.get(f"{API}/wish").json() == off
    assert told(anna.get("/account").text, "push.silent")
    assert anna.put(f"{API}/wish", json={"quiet_from": "25:00"}).status_code == 422
    assert anna.get(f"{API}/wish").json() == off


def test_devices_are_removed_on_the_page_without_a_script(house: House, door: Door) -> None:
    anna = door(house.buyer("anna"))
    device = subscribed(anna)
    page = checked(anna.get("/account"))
    assert f'action="/account/notices/{device}/test"' in page
    gone = anna.post(f"/account/notices/{device}/forget")
    assert gone.headers["location"] == "/account?done=forgotten#notices"
    assert f"/account/notices/{device}" not in checked(anna.get("/account"))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_says_in_every_language_what_may_be_in_the_way(
    house: House, halo: Counter, door: Door, locale: Locale
) -> None:
    for person in (halo.mei, house.buyer("anna"), house.operator()):
        page = checked(door(person).get("/account", params={"lang": locale}))
        for state in ("unsupported", "insecure", "denied", "dismissed", "unreachable", "failed"):
            assert text(locale, f"push.{state}") in page


def test_a_test_that_the_service_does_not_take_is_said_on_the_page(
    house: House, door: Door
) -> None:
    anna = door(house.buyer("anna"))
    device = subscribed(anna, {**HERE, "endpoint": "https://127.0.0.1:9/nobody"})
    answer = anna.post(f"/account/notices/{device}/test")
    assert told(answer.text, "refusals.push_service_silent.next")
    assert answer.status_code == 503


def test_the_desk_and_the_personal_centre_can_be_installed(
    house: House, halo: Counter, door: Door
) -> None:
    mei, anna = door(halo.mei), door(house.buyer("anna"))
    assert "/desk.webmanifest?lang=en" in mei.get("/desk").text
    assert "/me.webmanifest?lang=en" in anna.get("/me/messages").text
    for program, start in (("desk", "/desk"), ("me", "/me")):
        told = anna.get(f"/{program}.webmanifest", params={"lang": "ru"})
        assert told.headers["content-type"] == "application/manifest+json"
        manifest = told.json()
        assert (manifest["start_url"], manifest["lang"]) == (start, "ru")
        for icon in manifest["icons"]:
            drawn = anna.get(icon["src"])
            assert drawn.content.startswith(b"\x89PNG")
    assert anna.get("/other.webmanifest").status_code == 404
    assert anna.get("/icon-7.png").status_code == 404


def test_the_service_worker_lies_at_the_root_and_may_be_one(door: Door) -> None:
    answer = door().get("/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    csp = answer.headers["content-security-policy"]
    assert "worker-src 'self'" in csp
    assert "manifest-src 'self'" in csp


def test_a_subscription_is_taken_over_by_its_browsers_next_person(house: House, door: Door) -> None:
    anna, boris = door(house.buyer("anna")), door(house.buyer("boris"))
    first, second = subscribed(anna), subscribed(boris)
    assert first != second
    assert (listed(anna), listed(boris)) == ([], [second])
