"""Steps of cases on pages: sent twice, sent late, sent by somebody whose sign-in has ended."""

import re
from collections import Counter as Tally

import msgspec
import pytest
from litestar.datastructures import FormMultiDict
from litestar.routes import HTTPRoute

from shopbell.cases.shown import CaseShown
from shopbell.commerce.carriers import Carrier, CarrierId, PutCarrier
from shopbell.web.pages.case_post import WORDS_MOST, cmid_in
from shopbell.web.pages.look import sign_in_for
from shopbell.web.pages.routes import ROUTES
from tests.rooms.test_pages_cases import PNG
from tests.support.browsing import Door, checked, hidden
from tests.support.casework import acts, opens, sees
from tests.support.house import Counter, House, Person
from tests.support.returns import bought, shoes, wrong_size

CMID = re.compile(r"[A-Za-z0-9_-]{16,40}").fullmatch
REFUSAL = {"f_refused_for": "used", "f_refusal": "They were worn.", "go": "send"}


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


@pytest.fixture
def asked(halo: Counter, anna: Person) -> CaseShown:
    return wrong_size(anna, bought(halo, anna, shoes(halo)))


def test_a_step_sent_twice_is_taken_once_and_answered_alike(
    halo: Counter, anna: Person, asked: CaseShown, door: Door
) -> None:
    shop, path = door(halo.mei), f"/cases/{asked.id}/do/reject"
    form = hidden(checked(shop.get(path))) | REFUSAL
    first, again = (shop.post(path, data=form) for _click in range(2))
    assert first.headers["location"] == f"/cases/{asked.id}?did=reject"
    assert (again.status_code, again.headers.get("location")) == (303, first.headers["location"])
    assert [step.action for step in sees(anna, asked.id).steps].count("reject") == 1


def test_a_step_that_came_too_late_keeps_what_was_typed(
    halo: Counter, asked: CaseShown, door: Door
) -> None:
    shop, path = door(halo.mei), f"/cases/{asked.id}/do/reject"
    late = hidden(checked(shop.get(path))) | REFUSAL
    shop.post(path, data=hidden(checked(shop.get(path))) | REFUSAL)
    assert "They were worn." in checked(shop.post(path, data=late), 422)


@pytest.mark.parametrize("cmid", ["short", "x" * 41, "spaces and signs!", ""])
def test_a_name_that_is_none_is_not_kept(cmid: str) -> None:
    assert CMID(cmid_in(FormMultiDict({"cmid": cmid})))
    assert cmid_in(FormMultiDict({"cmid": "x" * 40})) == "x" * 40


def test_no_page_stands_twice_at_one_address() -> None:
    (router,) = ROUTES
    there = Tally(
        (route.path, method)
        for route in router.routes
        if isinstance(route, HTTPRoute)
        for one in route.route_handlers
        for method in one.http_methods
    )
    assert [place for place, times in there.items() if times > 1] == []


def test_words_beside_large_photos_outlive_the_end_of_a_sign_in(
    halo: Counter, asked: CaseShown, door: Door
) -> None:
    path = f"/cases/{asked.id}/do/reject"
    photo = ("u_photos", ("a.jpg", b"x" * (WORDS_MOST + 1), "image/jpeg"))
    form = hidden(checked(door(halo.mei).get(path))) | REFUSAL
    kept = checked(door().post(path, data=form, files=[photo]), 401)
    assert 'name="f_refusal" value="They were worn."' in kept
    assert {name: hidden(kept)[name] for name in ("cmid", "version", "go")} == {
        name: form[name] for name in ("cmid", "version", "go")
    }


def test_more_words_than_anybody_writes_are_not_kept_for_a_stranger(
    asked: CaseShown, door: Door
) -> None:
    path = f"/cases/{asked.id}/do/reject"
    photo = ("u_photos", ("a.jpg", b"x", "image/jpeg"))
    answer = door().post(path, data={"f_refusal": "x" * (WORDS_MOST + 1)}, files=[photo])
    assert (answer.status_code, answer.headers["location"]) == (303, sign_in_for(path))


def test_a_step_of_files_alone_is_taken_once_however_often_it_is_sent(
    halo: Counter, anna: Person, door: Door
) -> None:
    order = bought(halo, anna, shoes(halo))
    line = [{"line": order.lines[0].id}]
    case = opens(anna, "repair", order, lines=line, fault="The sole is loose.")
    for action in ("check", "in_warranty", "received"):
        given = {"way": "ship", "centre": "Gartenstr. 1"} if action == "in_warranty" else {}
        acts(halo.mei, case.id, action, **given)
    shop, path = door(halo.mei), f"/cases/{case.id}/do/irreparable"
    form = hidden(checked(shop.get(path))) | {"go": "send"}
    paper = [("u_conclusion", ("said.png", PNG, "image/png"))]
    answers = [shop.post(path, data=form, files=paper) for _click in range(2)]
    there = f"/cases/{case.id}?did=irreparable"
    assert [(one.status_code, one.headers.get("location")) for one in answers] == [(303, there)] * 2
    assert [step.action for step in sees(anna, case.id).steps].count("irreparable") == 1


@pytest.mark.parametrize(
    "url", ["javascript:alert({number})", "//host/{number}", "ftp://h/{number}"]
)
def test_a_parcel_is_followed_on_the_web_only(url: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "Odd", "vocabulary": "dhl", "url": url}, PutCarrier)


def test_a_number_stays_a_number_in_an_address() -> None:
    carrier = Carrier(CarrierId("odd"), "Odd", "dhl", url="https://host/?n={number}")
    assert carrier.page_of("1&to=/../x#y") == "https://host/?n=1%26to%3D%2F..%2Fx%23y"
