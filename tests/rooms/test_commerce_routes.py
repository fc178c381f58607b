"""The marketplace over HTTP: what is public, what is not, and what bad questions get."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.testing import TestClient
from PIL import Image

from shopbell.app import App
from shopbell.commerce.routes import ROUTES
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor
from shopbell.kernel.refusals import Malformed, NotFound, Refusal, SignInFirst
from tests.support.house import Counter, House

STATUS: dict[type[Refusal], int] = {NotFound: 404, SignInFirst: 401, Malformed: 400}
PLACED = datetime(2026, 5, 1, 9, tzinfo=UTC)

Json = dict[str, Any]


@dataclass
class Door:
    """Only this room, behind a plain door at which somebody may stand."""

    client: TestClient[Litestar]
    standing: list[Actor]

    def get(self, path: str, expected: int = 200, **params: str | int) -> Any:
        answer = self.client.get(path, params=params)
        assert answer.status_code == expected, answer.text
        return answer.json()


@pytest.fixture
def door(house: House) -> Iterator[Door]:
    standing: list[Actor] = []

    def actor() -> Actor:
        if not standing:
            raise SignInFirst
        return standing[-1]

    with TestClient(_litestar(house.app, actor)) as client:
        yield Door(client, standing)


def _litestar(app: App, actor: Any) -> Litestar:
    def db() -> Database:
        return app.db

    def blobs() -> Blobs:
        return app.blobs

    def locale() -> str:
        return "en"

    given = {"db": db, "actor": actor, "blobs": blobs, "locale": locale}
    return Litestar(
        ROUTES,
        dependencies={name: Provide(d, sync_to_thread=False) for name, d in given.items()},
        exception_handlers={Refusal: _explain},
    )


def _explain(_request: Request[Any, Any, Any], refusal: Refusal) -> Response[Json]:
    status = next(code for kind, code in STATUS.items() if isinstance(refusal, kind))
    return Response({"code": refusal.code}, status_code=status)


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo")


def test_storefront_is_for_everybody(door: Door, halo: Counter) -> None:
    lamp = halo.sells("lamp", category="light", title={"en": "Brass lamp", "zh": "黄铜灯"})
    assert [shop["slug"] for shop in door.get("/api/v1/shops")] == ["halo"]
    assert door.get("/api/v1/shops/halo")["promise"]["message_hours"] == 24
    shown = door.get("/api/v1/products/lamp")
    assert shown == door.get(f"/api/v1/products/{lamp.id}")
    assert shown["price"] == {"amount": 6490, "currency": "EUR"}
    for q in ("brass", "黄铜", "LAMP"):
        page = door.get("/api/v1/products", q=q, shop="halo", category="light")
        assert page == {"items": [shown], "next": None}


def test_catalogue_goes_on_where_it_stopped(door: Door, halo: Counter) -> None:
    for n in range(3):
        halo.sells(f"lamp-{n}")
    first = door.get("/api/v1/products", limit=2)
    second = door.get("/api/v1/products", limit=2, after=first["next"])
    offers = [product["offer_id"] for page in (first, second) for product in page["items"]]
    assert offers == ["lamp-2", "lamp-1", "lamp-0"]
    assert second["next"] is None


def test_orders_are_for_those_they_admit(door: Door, halo: Counter, house: House) -> None:
    anna, boris = house.buyer("anna"), house.buyer("boris")
    rival = house.shop("rival", staff=["ken"])
    order = halo.ships_to(anna, halo.sells("lamp"), number="A-1", placed_at=PLACED)
    for path in ("/api/v1/orders", "/api/v1/orders/A-1"):
        assert door.get(path, 401) == {"code": "sign_in_first"}
    for stranger in (boris, rival.ken):
        door.standing.append(stranger.actor)
        assert door.get("/api/v1/orders")["items"] == []
        for key in ("A-1", order.id):
            assert door.get(f"/api/v1/orders/{key}", 404) == {"code": "no_such_order"}
    for reader in (anna, halo.mei, house.operator()):
        door.standing.append(reader.actor)
        shown = door.get("/api/v1/orders/A-1")
        assert (shown["number"], shown["placed_at"]) == ("A-1", "2026-05-01T09:00:00Z")
        assert door.get("/api/v1/orders")["items"] == [shown]


@pytest.mark.parametrize(
    ("path", "status"),
    (
        ("/api/v1/products?after=nonsense", 400),
        ("/api/v1/products?limit=many", 400),
        ("/api/v1/products?q=%00", 200),
        ("/api/v1/products?q=%25%25%25", 200),
        ("/api/v1/products?limit=-5", 200),
        ("/api/v1/products?limit=1000000", 200),
        ("/api/v1/products?category=%00", 200),
        ("/api/v1/products?shop=%00", 404),
        ("/api/v1/products/%00", 404),
        ("/api/v1/products/" + "x" * 5000, 404),
        ("/api/v1/products/%ED%A0%80", 404),
        ("/api/v1/shops/%F0%9F%8F%AE", 404),
        ("/pictures/%00", 404),
        ("/pictures/..%2F..%2Fetc%2Fpasswd", 404),
    ),
)
def test_bad_questions_get_plain_answers(door: Door, halo: Counter, path: str, status: int) -> None:
    halo.sells("lamp")
    assert door.client.get(path).status_code == status


def test_pictures_of_the_storefront_are_shown_and_other_files_are_not(
    door: Door, halo: Counter, house: House
) -> None:
    shown, private = (house.app.blobs.keep(_picture(colour)).sha256 for colour in ("red", "blue"))
    halo.sells("lamp", pictures=[shown])
    answer = door.client.get(f"/pictures/{shown}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content == _picture("red")
    assert "immutable" in answer.headers["cache-control"]
    assert door.client.get(f"/pictures/{private}").status_code == 404


def _picture(colour: str) -> bytes:
    kept = BytesIO()
    Image.new("RGB", (4, 4), colour).save(kept, "PNG")
    return kept.getvalue()
