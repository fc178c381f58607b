"""A program brings a table and the zip of its pictures in one request."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from litestar.testing import TestClient

from shopbell.accounts import keys
from shopbell.accounts.model import NewKey
from shopbell.commerce import stocking
from shopbell.commerce.model import Product
from shopbell.connectors.listings import album as albums
from shopbell.connectors.listings import receiving, service
from shopbell.kernel.actor import Rank
from shopbell.web.create import create
from tests.support.albums import album, drawn, evil
from tests.support.house import Counter, House

API = "/api/v1/listings"
TABLE = b"offer_id,title,price,currency,picture\nlamp,Lamp,1,EUR,a.png\n"
Program = TestClient[Any]


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", staff=["mei"])


@pytest.fixture
def program(house: House, halo: Counter) -> Iterator[Program]:
    """Give a program that holds a manager's key."""
    new = NewKey("goods", Rank.MANAGER)
    made = house.db.write_now(keys.make, halo.mei.actor, halo.shop.id, new)
    with TestClient(create(house.app), base_url=house.app.settings.base_url) as client:
        client.headers["Authorization"] = f"Bearer {made.secret}"
        yield client


@pytest.fixture
def red(tmp_path: Path) -> bytes:
    return album(tmp_path / "red.zip", {"a.png": drawn("red")}).read_bytes()


def brings(program: Program, packed: bytes, table: bytes = TABLE, query: str = "") -> Response:
    sent = {"file": ("goods.csv", table), "album": ("pictures.zip", packed)}
    return program.post(API + query, files=sent)


def shelf(halo: Counter) -> dict[str, Product]:
    found = halo.house.db.read_now(stocking.shelf, halo.shop.id)
    return {product.offer_id: product for product in found}


def brought(halo: Counter) -> list[str]:
    files = halo.house.db.read_now(service.of_shop, halo.mei.actor, halo.shop.id)
    return [file.name for file in files]


def test_a_table_and_its_zip_are_checked_applied_and_drawn(
    house: House, halo: Counter, program: Program, red: bytes
) -> None:
    answer = brings(program, red)
    assert answer.status_code == 201, answer.text
    file = answer.json()
    assert (file["name"], file["state"]) == ("goods.csv", "checking")
    house.passes(seconds=1)
    assert program.post(f"{API}/{file['id']}/apply", json={}).status_code == 200
    house.passes(seconds=2)
    known = program.get(f"{API}/{file['id']}").json()
    assert (known["state"], known["tally"]["added"], known["findings"]) == ("applied", 1, [])
    [reference] = shelf(halo)["lamp"].picture_refs
    assert reference.startswith("a.png#")
    assert len(shelf(halo)["lamp"].pictures) == 1
    again = brings(program, red, query="?name=same.csv").json()
    assert (again["id"], again["name"]) == (file["id"], "goods.csv")
    assert brings(program, red, query="?name=more.csv&pictures=true").json()["name"] == "more.csv"


def test_zips_with_traps_are_refused_with_their_tables(
    house: House, halo: Counter, program: Program, tmp_path: Path
) -> None:
    for name, (packed, code) in evil(tmp_path).items():
        table = TABLE + f"{name},B,1,EUR,\n".encode()
        file = brings(program, packed.read_bytes(), table).json()
        house.passes(seconds=1)
        known = program.get(f"{API}/{file['id']}").json()
        assert (name, known["state"], known["trouble"]["code"]) == (name, "refused", code)
        assert program.post(f"{API}/{file['id']}/apply", json={}).status_code == 409
    assert shelf(halo) == {}


def test_what_is_too_large_is_refused_while_it_comes(
    halo: Counter, program: Program, red: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(albums, "MOST_BYTES", 50)
    answer = brings(program, red)
    assert (answer.status_code, answer.json()["code"]) == (413, "zip_too_large")
    monkeypatch.setattr(receiving, "MOST_BYTES", len(TABLE))
    answer = brings(program, b"", TABLE + b"b")
    assert (answer.status_code, answer.json()["code"]) == (413, "table_too_large")
    assert program.post(API, content=TABLE + b"b").json()["code"] == "table_too_large"
    assert brought(halo) == []


def test_a_form_of_anything_else_is_refused_whole(
    halo: Counter, program: Program, red: bytes
) -> None:
    """Whoever calls the zip something else does not find their goods without pictures."""
    table, pictures = ("goods.csv", TABLE), ("pictures.zip", red)
    forms: list[list[tuple[str, Any]]] = [
        [("file", table), ("zip", pictures)],
        [("file", table), ("file", table)],
        [("file", table), ("album", pictures), ("album", pictures)],
    ]
    for form in forms:
        answer = program.post(API, files=form)
        assert (answer.status_code, answer.json()["code"]) == (400, "parts_unreadable")
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        broken = program.post(API, content=TABLE, headers={"Content-Type": kind})
        assert (broken.status_code, broken.json()["code"]) == (400, "parts_unreadable")
    alone = program.post(API, files=[("album", pictures)])
    assert (alone.status_code, alone.json()["code"]) == (422, "file_empty")
    assert brought(halo) == []
