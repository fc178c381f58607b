"""The door itself: cookies, equal answers, what is refused over HTTP."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from litestar import Litestar, Request, Response
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.testing import AsyncTestClient

from shopbell.accounts import audit, passwords, service
from shopbell.accounts import staff as colleagues
from shopbell.accounts.model import Letter, NewStaff
from shopbell.accounts.routes import ROUTES, read_session
from shopbell.engine import outbox
from shopbell.engine.connect import connect
from shopbell.engine.database import Database, Tx
from shopbell.engine.settings import Settings
from shopbell.engine.tables import metadata
from shopbell.kernel.actor import SYSTEM, Actor, Rank, ShopId
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    Refusal,
    SignInFirst,
    TooMany,
)
from tests.support.clock import WoundClock

ANNA = {"email": "anna@example.org", "password": "seven green kettles", "name": "Anna"}
DOOR = {key: ANNA[key] for key in ("email", "password")}
LAMPS = ShopId(new_id())
STATUS: dict[type[Refusal], int] = {
    SignInFirst: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Gone: 410,
    Invalid: 422,
    TooMany: 429,
}

Client = AsyncTestClient[Litestar]


@dataclass
class House:
    """Only this room, behind a plain door."""

    db: Database
    settings: Settings

    def door(self, scheme: str = "http") -> Client:
        app = Litestar(
            ROUTES,
            dependencies={
                "db": Provide(lambda: self.db, sync_to_thread=False),
                "settings": Provide(lambda: self.settings, sync_to_thread=False),
                "actor": Provide(self.actor),
            },
            exception_handlers={Refusal: _explain},
            openapi_config=None,
        )
        return AsyncTestClient(app, base_url=f"{scheme}://testserver.local")

    async def actor(self, request: Request[Any, Any, Any]) -> Actor:
        visit = await self.db.read(service.who, read_session(request))
        if visit is None:
            raise SignInFirst
        return visit.actor


def _explain(_request: Request[Any, Any, Any], refusal: Refusal) -> Response[dict[str, object]]:
    status = next(code for kind, code in STATUS.items() if isinstance(refusal, kind))
    return Response({"code": refusal.code, **refusal.facts}, status_code=status)


@pytest.fixture
def house(database: str, clock: WoundClock) -> Iterator[House]:
    engine = connect(database)
    metadata.create_all(engine)
    engine.dispose()
    db = Database(database, clock=clock)
    yield House(db, Settings())
    db.close()


@pytest.fixture
async def client(house: House) -> AsyncIterator[Client]:
    async with house.door() as opened:
        yield opened


def tokens_sent(tx: Tx) -> list[str]:
    """Return the tokens of all letters, oldest first."""
    bodies = (job.body for job in reversed(outbox.waiting(tx, Letter)))
    return [found[1] for body in bodies if (found := re.search(r"token=([\w-]+)", body))]


def given(response: Any) -> dict[str, str]:
    """Return the cookies of an answer with their rules: ``name -> rules``."""
    cookies = (line.partition("=") for line in response.headers.get_list("set-cookie"))
    return {name: rest.partition("; ")[2].lower() for name, _, rest in cookies}


async def test_anna_comes_in_looks_around_and_leaves(client: Client) -> None:
    assert (await client.get("/api/v1/me")).status_code == 401
    signed_up = await client.post("/api/v1/sign-up", json=ANNA)
    assert signed_up.status_code == 201

    me = await client.get("/api/v1/me")
    assert me.json() == {"person": signed_up.json()}
    assert (await client.post("/api/v1/sign-out")).status_code == 204
    assert (await client.get("/api/v1/me")).status_code == 401
    assert (await client.post("/api/v1/sign-in", json=DOOR)).json() == signed_up.json()


async def test_no_answer_shows_a_secret_of_the_person(client: Client) -> None:
    shown = (await client.post("/api/v1/sign-up", json=ANNA)).json()
    assert shown.keys() == {"id", "side", "email", "name", "locale", "verified", "demo"}


async def test_cookies_over_plain_http(client: Client) -> None:
    rules = given(await client.post("/api/v1/sign-up", json=ANNA))
    assert rules.keys() == {"shopbell_session", "shopbell_device"}
    for rule in rules.values():
        assert {"httponly", "path=/", "samesite=lax"} < set(rule.split("; "))
        assert not {part for part in rule.split("; ") if part.startswith(("secure", "domain"))}


async def test_cookies_over_https_are_bound_to_the_host(house: House) -> None:
    async with house.door("https") as client:
        rules = given(await client.post("/api/v1/sign-up", json=ANNA))
        assert rules.keys() == {"__Host-shopbell_session", "__Host-shopbell_device"}
        for rule in rules.values():
            assert {"httponly", "path=/", "samesite=lax", "secure"} < set(rule.split("; "))
            assert "domain" not in rule
        assert (await client.get("/api/v1/me")).status_code == 200


async def test_a_proxy_that_ends_https_changes_nothing(house: House) -> None:
    house.settings = Settings(public_url="https://shop.example")
    async with house.door() as client:
        rules = given(await client.post("/api/v1/sign-up", json=ANNA))
    assert "__Host-shopbell_session" in rules


async def test_over_https_a_plain_cookie_opens_nothing(house: House) -> None:
    async with house.door() as client:
        await client.post("/api/v1/sign-up", json=ANNA)
        secret = client.cookies["shopbell_session"]
    async with house.door("https") as client:
        client.cookies.set("shopbell_session", secret)
        assert (await client.get("/api/v1/me")).status_code == 401


async def test_a_known_and_a_fresh_address_get_equal_answers(house: House) -> None:
    answers = []
    async with house.door() as first:
        answers.append(await first.post("/api/v1/sign-up", json=ANNA))
        [letter] = house.db.read_now(tokens_sent)
        await first.post("/api/v1/email-verifications", json={"token": letter})
    for email in ("anna@example.org", "boris@example.org"):
        async with house.door() as client:
            form = {**ANNA, "email": email, "password": "another long one"}
            answers.append(await client.post("/api/v1/sign-up", json=form))
            assert (await client.get("/api/v1/me")).status_code == 200
            again = {"email": email, "password": "another long one"}
            answers.append(await client.post("/api/v1/sign-in", json=again))

    assert {answer.status_code for answer in (answers[1], answers[3])} == {201}
    assert {answer.status_code for answer in (answers[2], answers[4])} == {200}
    assert [{**a.json(), "id": "", "email": ""} for a in answers[1:3]] == [
        {**a.json(), "id": "", "email": ""} for a in answers[3:5]
    ]
    assert given(answers[1]) == given(answers[3])


async def test_a_wrong_password_and_an_unknown_address_get_equal_answers(client: Client) -> None:
    await client.post("/api/v1/sign-up", json=ANNA)
    client.cookies.clear()
    wrong = await client.post("/api/v1/sign-in", json={**DOOR, "password": "not this one"})
    unknown = await client.post("/api/v1/sign-in", json={**DOOR, "email": "no@example.org"})

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    assert wrong.headers == unknown.headers


async def test_too_many_tries_say_how_long_to_wait(client: Client) -> None:
    wrong = {**DOOR, "password": "not this one"}
    answers = [await client.post("/api/v1/sign-in", json=wrong) for _ in range(11)]
    assert answers[10].status_code == 429
    assert answers[10].json() == {"code": "too_many_tries", "retry_after": 900}


@pytest.mark.parametrize(
    "body",
    (
        {**DOOR, "side": "operator"},
        {**DOOR, "password": ["seven green kettles"]},
        {**DOOR, "password": None},
        {"email": "anna@example.org"},
        [],
        "anna@example.org",
    ),
)
async def test_what_is_no_sign_in_is_refused(client: Client, body: object) -> None:
    assert (await client.post("/api/v1/sign-in", json=body)).status_code == 400


@pytest.mark.parametrize("more", ({"side": "operator"}, {"verified": True}, {"demo": True}))
async def test_nobody_signs_up_as_more_than_a_buyer(
    client: Client, more: dict[str, object]
) -> None:
    assert (await client.post("/api/v1/sign-up", json={**ANNA, **more})).status_code == 400


@pytest.mark.parametrize(
    "body", (b"{", b"", b"\x00", b'{"email": "\\ud800", "password": "\\ud800"}')
)
async def test_what_is_no_json_is_refused(client: Client, body: bytes) -> None:
    answer = await client.post(
        "/api/v1/sign-in", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400


async def test_the_password_changes_and_other_devices_are_out(house: House) -> None:
    async with house.door() as home, house.door() as work:
        await home.post("/api/v1/sign-up", json=ANNA)
        await work.post("/api/v1/sign-in", json=DOOR)
        change = {"old": ANNA["password"], "new": "eight blue kettles"}

        assert (await home.post("/api/v1/me/password", json=change)).status_code == 204
        assert (await home.get("/api/v1/me")).status_code == 200
        assert (await work.get("/api/v1/me")).status_code == 401
        assert (await home.post("/api/v1/me/password", json=change)).status_code == 204
        wrong = {**change, "new": "nine red kettles"}
        assert (await home.post("/api/v1/me/password", json=wrong)).status_code == 403
        assert (await work.post("/api/v1/me/password", json=change)).status_code == 401


async def test_signing_out_everywhere(house: House) -> None:
    async with house.door() as home, house.door() as work:
        await home.post("/api/v1/sign-up", json=ANNA)
        await work.post("/api/v1/sign-in", json=DOOR)
        gone = await work.post("/api/v1/sign-out-everywhere")

        assert gone.status_code == 204
        assert "max-age=0" in given(gone)["shopbell_session"]
        assert (await home.get("/api/v1/me")).status_code == 401
        assert (await work.post("/api/v1/sign-out-everywhere")).status_code == 401


async def test_sessions_are_listed_and_ended_one_by_one(house: House) -> None:
    path = "/api/v1/me/sessions"
    phone = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Safari/604.1"}
    async with house.door() as home, house.door() as work, house.door() as boris:
        await home.post("/api/v1/sign-up", json=ANNA)
        await work.post("/api/v1/sign-in", json=DOOR, headers=phone)
        await boris.post("/api/v1/sign-up", json={**ANNA, "email": "boris@example.org"})
        there, here = sorted((await home.get(path)).json(), key=lambda one: bool(one["here"]))
        assert (there["device"], there["here"], here["here"]) == ("Safari · iPhone", False, True)

        assert (await boris.delete(f"{path}/{there['id']}")).status_code == 204
        assert (await work.get("/api/v1/me")).status_code == 200
        for _ in range(2):
            assert (await home.delete(f"{path}/{there['id']}")).status_code == 204
        assert (await home.delete(f"{path}/no-id")).status_code == 204
        assert (await work.get("/api/v1/me")).status_code == 401
        assert [one["id"] for one in (await home.get(path)).json()] == [here["id"]]


async def test_letters_come_in_the_language_chosen(house: House) -> None:
    async with house.door() as client:
        await client.post("/api/v1/sign-up", json=ANNA)
        chosen = await client.put("/api/v1/me/language", json={"locale": "ru"})
        assert chosen.status_code == 204
        assert (await client.get("/api/v1/me")).json()["person"]["locale"] == "ru"
        unknown = await client.put("/api/v1/me/language", json={"locale": "de"})
        assert unknown.status_code == 400


async def test_a_letter_can_be_asked_for_once_more(house: House) -> None:
    async with house.door() as client:
        await client.post("/api/v1/sign-up", json=ANNA)
        assert (await client.post("/api/v1/me/verification-letters")).status_code == 202
        _, token = house.db.read_now(tokens_sent)
        shown = {"token": token}
        assert (await client.post("/api/v1/email-verifications", json=shown)).status_code == 201
        assert (await client.post("/api/v1/email-verifications", json=shown)).status_code == 410
        assert (await client.get("/api/v1/me")).json()["person"]["verified"]


async def test_a_letter_is_for_the_account_it_was_written_for(house: House) -> None:
    async with house.door() as mallory, house.door() as anna:
        await mallory.post("/api/v1/sign-up", json=ANNA)
        [token] = house.db.read_now(tokens_sent)
        shown = {"token": token}
        signed_out = await anna.post("/api/v1/email-verifications", json=shown)
        assert signed_out.status_code == 401
        await anna.post("/api/v1/sign-up", json={**ANNA, "password": "another long one"})
        refused = await anna.post("/api/v1/email-verifications", json=shown)
        assert (refused.status_code, refused.json()) == (403, {"code": "letter_for_another"})
        assert not (await mallory.get("/api/v1/me")).json()["person"]["verified"]


async def test_an_owner_moves_the_staff(house: House) -> None:
    hashed = passwords.hash_now(ANNA["password"])
    for name, rank in (("maria", Rank.OWNER), ("vera", Rank.AGENT)):
        new = NewStaff(f"{name}@lamps.example", name.title(), rank, verified=True)
        house.db.write_now(colleagues.add, SYSTEM, LAMPS, new, hashed)
    path = f"/api/v1/shops/{LAMPS}/staff"
    async with house.door() as owner, house.door() as agent:
        for client, name in ((owner, "maria"), (agent, "vera")):
            door = {"email": f"{name}@lamps.example", "password": ANNA["password"]}
            await client.post("/api/v1/sign-in", json=door)
        maria, vera = (await owner.get(path)).json()
        assert vera.keys() == {"id", "name", "email", "rank"}
        assert (await agent.get(path)).json() == [maria, vera]
        assert (await agent.delete(f"{path}/{maria['id']}")).status_code == 403
        assert (await owner.delete(f"{path}/{maria['id']}")).status_code == 409
        raised = await owner.put(f"{path}/{vera['id']}", json={"rank": "manager"})
        assert raised.status_code == 204
        assert [one["rank"] for one in (await owner.get(path)).json()] == ["owner", "manager"]
        assert (await owner.put(f"{path}/{vera['id']}", json={"rank": "god"})).status_code == 400
        assert (await owner.delete(f"{path}/{vera['id']}")).status_code == 204
        assert (await owner.delete(f"{path}/no-id")).status_code == 404
        assert (await agent.get(path)).status_code == 401
        assert (await owner.get(f"/api/v1/shops/{new_id()}/staff")).status_code == 403


async def test_staff_do_not_sign_in_at_a_frame_on_another_site(house: House) -> None:
    new = NewStaff("maria@lamps.example", "Maria", Rank.OWNER, verified=True)
    hashed = passwords.hash_now(ANNA["password"])
    house.db.write_now(colleagues.add, SYSTEM, LAMPS, new, hashed)
    door = {"email": "maria@lamps.example", "password": ANNA["password"]}
    framed = {"sec-fetch-site": "same-origin", "sec-fetch-dest": "empty"}
    async with house.door() as client:
        refused = await client.post("/api/v1/sign-in?framed=1", json=door, headers=framed)
        assert (refused.status_code, refused.json()["code"]) == (403, "staff_in_a_frame")
        assert given(refused) == {}
        assert next(deed.action for deed in house.db.read_now(audit.newest)) == "sign_in_failed"
        assert (await client.post("/api/v1/sign-in", json=door, headers=framed)).is_success


async def test_a_manager_adds_a_colleague_who_comes_in(house: House) -> None:
    new = NewStaff("maria@lamps.example", "Maria", Rank.MANAGER, verified=True)
    house.db.write_now(colleagues.add, SYSTEM, LAMPS, new, passwords.hash_now(ANNA["password"]))
    path = f"/api/v1/shops/{LAMPS}/staff"
    leo = {"email": "leo@lamps.example", "name": "Leo", "password": "five tin soldiers"}
    async with house.door() as maria, house.door() as colleague:
        door = {"email": "maria@lamps.example", "password": ANNA["password"]}
        await maria.post("/api/v1/sign-in", json=door)
        added = await maria.post(path, json=leo)
        assert (added.status_code, added.json()["rank"]) == (201, "agent")
        again = await maria.post(path, json=leo)
        assert (again.status_code, again.json()["code"]) == (409, "works_here_already")
        above = await maria.post(path, json={**leo, "email": "o@lamps.example", "rank": "owner"})
        assert above.status_code == 403

        await colleague.post("/api/v1/sign-in", json={k: leo[k] for k in ("email", "password")})
        me = (await colleague.get("/api/v1/me")).json()
        assert (me["shop"], me["rank"], me["person"]["verified"]) == (LAMPS, "agent", False)
        assert (await colleague.post(path, json=leo)).status_code == 403


async def test_a_shop_makes_shows_and_revokes_a_key(house: House) -> None:
    new = NewStaff("maria@lamps.example", "Maria", Rank.OWNER, verified=True)
    hashed = passwords.hash_now(ANNA["password"])
    house.db.write_now(colleagues.add, SYSTEM, LAMPS, new, hashed)
    path = f"/api/v1/shops/{LAMPS}/keys"
    async with house.door() as client, house.door() as program:
        door = {"email": "maria@lamps.example", "password": ANNA["password"]}
        await client.post("/api/v1/sign-in", json=door)
        assert (await client.get("/api/v1/me")).json()["rank"] == "owner"
        made = (await client.post(path, json={"name": "till"})).json()
        bearer = {"authorization": f"Bearer {made['secret']}"}

        me = await program.get("/api/v1/me", headers=bearer)
        assert me.json() == {"person": None, "shop": LAMPS, "rank": "agent"}
        assert (await client.get(path)).json() == [made["key"]]
        assert (await program.get(path, headers=bearer)).status_code == 403
        change = {"old": ANNA["password"], "new": "eight blue kettles"}
        for action, body in (("me/password", change), ("sign-out-everywhere", {})):
            answer = await program.post(f"/api/v1/{action}", headers=bearer, json=body)
            assert answer.status_code == 401
        assert (await client.delete(f"{path}/{made['key']['id']}")).status_code == 204
        assert (await program.get("/api/v1/me", headers=bearer)).status_code == 401


async def test_a_bearer_is_taken_before_a_cookie(house: House) -> None:
    async with house.door() as client:
        await client.post("/api/v1/sign-up", json=ANNA)
        wrong = {"authorization": "Bearer sbk_no"}
        assert (await client.get("/api/v1/me", headers=wrong)).status_code == 401
        basic = {"authorization": "Basic YTpi"}
        assert (await client.get("/api/v1/me", headers=basic)).status_code == 200


def test_a_secret_is_read_from_a_socket_too() -> None:
    headers = [(b"cookie", b"shopbell_session=plain; __Host-shopbell_session=bound")]
    for scheme in ("ws", "wss"):
        asked: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(
            {"type": "websocket", "scheme": scheme, "headers": headers}  # type: ignore[arg-type]
        )
        assert read_session(asked) == "bound"
