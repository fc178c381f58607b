"""The platform tells over HTTP how far a refund is: signed, once, and nobody else in its name."""

from dataclasses import replace as dataclass_with

import msgspec
from httpx import Response
from msgspec.structs import replace

from shopbell.commerce.connector import PaymentState
from shopbell.commerce.signing import sign
from tests.support.browsing import Browser, Door
from tests.support.house import Counter, House
from tests.support.returns import acts, bought, sees, sent_back, shoes
from tests.support.till import Till, with_till

SECRET = "the platform's own, of thirty-two letters"


def test_only_the_platform_tells_of_its_payments_and_each_word_counts_once(
    house: House, halo: Counter, door: Door
) -> None:
    with_till(house, Till(PaymentState.PENDING))
    told_to = replace(house.app.settings, platform_secret=SECRET)
    house.app = dataclass_with(house.app, settings=told_to)
    anna = house.buyer("anna")
    case = sent_back(halo, anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, case.id, "accept_goods")
    house.passes(seconds=1)
    browser = door()
    done = msgspec.json.encode({"key": f"{case.id}:item:1", "payment": {"state": "done"}})
    failed = done.replace(b"done", b"failed")
    now = str(int(house.clock().timestamp()))
    signature = sign(SECRET, now, done)

    for body, stamp, signed, code in (
        (done, "", "", "signature_broken"),
        (done, now, "", "signature_broken"),
        (done, now, sign("", now, done), "signature_broken"),
        (done, now, sign("guessed", now, done), "signature_broken"),
        (failed, now, signature, "signature_broken"),
        (done, str(int(now) + 1), signature, "signature_broken"),
        (done, str(int(now) - 301), sign(SECRET, str(int(now) - 301), done), "signature_old"),
    ):
        answer = tells(browser, body, stamp, signed)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert sees(anna, case.id).money == "submitted"

    assert tells(browser, done, now, f"sha256={signature}").status_code == 204
    paid = sees(anna, case.id)
    assert (paid.state, paid.money) == ("completed", "done")
    assert tells(browser, done, now, signature).status_code == 204
    house.clock.passes(minutes=6)
    assert tells(browser, done, now, signature).json()["code"] == "signature_old"
    assert sees(anna, case.id) == paid


def tells(browser: Browser, body: bytes, stamp: str, signature: str) -> Response:
    """Send what the platform would; an empty header is left out."""
    given = {"shopbell-timestamp": stamp, "shopbell-signature": signature}
    headers = {name: value for name, value in given.items() if value}
    headers |= {"content-type": "application/json", "accept": "application/json"}
    return browser.post("/api/v1/refunds/payments", content=body, headers=headers)
