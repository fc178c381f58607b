"""The contact window on a page of another site: a sign-in of its own, good for nothing else."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from shopbell.kernel.ids import new_id
from tests.support.guest import PASSWORD, Guest, Hall

BY_SCRIPT = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
AS_FRAME = {
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "iframe",
}
AS_PAGE = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
BY_THE_SHOP = BY_SCRIPT | {"Sec-Fetch-Site": "cross-site"}
IN_FRAME, OUTSIDE = "__Host-shopbell_frame", "shopbell_session"


@dataclass
class Window:
    """Our panel in a frame, with the cookies its browser keeps for that frame."""

    url: str
    kept: dict[str, str] = field(default_factory=dict[str, str])
    rules: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    def asks(
        self, method: str, path: str, *, told: dict[str, str] = BY_SCRIPT, **more: Any
    ) -> httpx.Response:
        cookies = "; ".join(f"{name}={value}" for name, value in self.kept.items())
        headers = {"Origin": self.url, "Cookie": cookies, **told}
        answer = httpx.request(method, self.url + path, headers=headers, **more)
        for line in answer.headers.get_list("set-cookie"):
            name, _, rest = line.partition("=")
            value, *rules = rest.split("; ")
            self.kept[name], self.rules[name] = value.strip('"'), {rule.lower() for rule in rules}
        return answer

    def signs_up(self) -> str:
        email = f"vera-{new_id()[-6:]}@example.org"
        form = {"email": email, "password": PASSWORD, "name": "Vera", "locale": "en"}
        assert self.asks("POST", "/api/v1/sign-up?framed=1", json=form).status_code == 201
        return email

    def is_known(self, path: str = "/api/v1/me?framed=1", **told: Any) -> bool:
        return self.asks("GET", path, **told).status_code == 200


@pytest.fixture
def window(hall: Hall) -> Window:
    return Window(hall.server.url)


def is_greeted(page: httpx.Response) -> bool:
    assert page.status_code == 200
    return '"person":{' in page.text


def test_a_sign_in_of_the_frame_is_kept_for_that_frame_alone(window: Window) -> None:
    window.signs_up()
    assert set(window.kept) == {IN_FRAME, IN_FRAME + "_device"}
    for rules in window.rules.values():
        assert {"httponly", "secure", "samesite=none", "partitioned", "path=/"} <= rules
    assert window.is_known()
    for told in (AS_FRAME, AS_FRAME | {"Sec-Fetch-Site": "same-origin"}):
        assert is_greeted(window.asks("GET", "/panel?shop=halo&framed=1", told=told))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/api/v1/me", BY_SCRIPT),
        ("/api/v1/me?framed=1", BY_THE_SHOP),
        ("/api/v1/me?framed=1", BY_SCRIPT | {"Sec-Fetch-Site": "same-site"}),
        ("/api/v1/me?framed=1", AS_PAGE | {"Sec-Fetch-Site": "same-origin"}),
        ("/api/v1/me?framed=1", {}),
    ],
    ids=["a page of ours", "the shop's page", "a neighbour", "an address typed in", "a program"],
)
def test_nobody_else_uses_the_frames_sign_in(
    window: Window, path: str, told: dict[str, str]
) -> None:
    window.signs_up()
    assert not window.is_known(path, told=told)
    for page in (AS_PAGE, AS_FRAME | {"Sec-Fetch-Site": "same-origin"}):
        assert not is_greeted(window.asks("GET", "/panel?shop=halo", told=page))


def test_the_frames_sign_in_never_becomes_one_of_our_own_pages(window: Window, hall: Hall) -> None:
    window.signs_up()
    secret = window.kept[IN_FRAME]
    for name in (OUTSIDE, f"__Host-{OUTSIDE}"):
        planted = Window(hall.server.url, {name: secret})
        assert not planted.is_known("/api/v1/me")
        assert not planted.is_known("/api/v1/me", told=AS_PAGE)
    for half in (secret, secret.partition("_")[2]):
        assert (
            httpx.get(
                hall.server.url + "/api/v1/me", headers={"Authorization": f"Bearer {half}"}
            ).status_code
            == 401
        )
        assert not Window(hall.server.url, {OUTSIDE: half}).is_known("/api/v1/me")


def test_a_sign_in_of_our_own_pages_is_none_in_the_frame(anna: Guest, window: Window) -> None:
    [secret] = [cookie.value for cookie in anna.http.cookies.jar if cookie.name == OUTSIDE]
    assert secret
    assert Window(window.url, {OUTSIDE: secret}).is_known("/api/v1/me")
    for name in (OUTSIDE, f"__Host-{OUTSIDE}", IN_FRAME):
        assert not Window(window.url, {name: secret}).is_known()
    answer = anna.http.post("/api/v1/sign-out", json={})
    assert "samesite=lax" in answer.headers["set-cookie"].lower()
    assert "partitioned" not in answer.headers["set-cookie"].lower()


def test_what_changes_something_still_says_where_it_comes_from(window: Window) -> None:
    window.signs_up()
    from_elsewhere = BY_SCRIPT | {"Origin": "https://evil.example"}
    refused = window.asks("POST", "/api/v1/sign-out?framed=1", told=from_elsewhere)
    assert (refused.status_code, refused.json()["code"]) == (403, "from_elsewhere")
    window.asks("POST", "/api/v1/sign-out?framed=1", told=BY_THE_SHOP)
    kept = window.asks("POST", "/api/v1/socket-tickets?framed=1", json={}, told=BY_THE_SHOP)
    assert kept.status_code == 401
    assert window.is_known()


def test_signing_out_in_the_frame_ends_it(window: Window) -> None:
    window.signs_up()
    secret = window.kept[IN_FRAME]
    assert window.asks("POST", "/api/v1/sign-out?framed=1", json={}).status_code == 204
    assert {"max-age=0", "partitioned"} <= window.rules[IN_FRAME]
    window.kept[IN_FRAME] = secret
    assert not window.is_known()


def test_an_earlier_sign_in_of_the_same_frame_ends_with_the_next(window: Window) -> None:
    email = window.signs_up()
    earlier = Window(window.url, dict(window.kept))
    form = {"email": email, "password": PASSWORD}
    assert window.asks("POST", "/api/v1/sign-in?framed=1", json=form).status_code == 200
    assert window.is_known()
    assert not earlier.is_known()
