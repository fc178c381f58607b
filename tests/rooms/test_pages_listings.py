"""The shop's page of listings in bulk: every state of a file, in every language."""

from html import unescape
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from shopbell.connectors.listings import service, storage
from shopbell.connectors.listings.bringing import kept
from shopbell.connectors.listings.model import FileState, ListingFile, Trouble
from shopbell.connectors.listings.service import Brought
from shopbell.engine.database import Tx
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.support.albums import album, drawn
from tests.support.browsing import Door, checked
from tests.support.house import Counter, House

TABLE = "offer_id,title,price,currency\na,<b>A</b> & co,1,EUR\nb,B,<i>x</i>,EUR\n"


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "vera"])


@pytest.fixture
def file(house: House, halo: Counter, tmp_path: Path) -> ListingFile:
    (tmp_path / "goods.csv").write_text(TABLE)
    brought = Brought("goods.csv", kept(house.app.blobs, tmp_path / "goods.csv"))
    return house.db.write_now(service.take, halo.mei.actor, halo.shop.id, brought)


def becomes(house: House, file: ListingFile, **fields: Any) -> None:
    def put(tx: Tx) -> None:
        known = storage.get(tx, file.id)
        assert known
        storage.put(tx, replace(known, **fields))

    house.db.write_now(put)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_state_of_a_file_is_told(
    house: House, halo: Counter, door: Door, file: ListingFile, locale: Locale
) -> None:
    mei = door(halo.mei)

    def reads(path: str) -> str:
        return unescape(checked(mei.get(f"{path}?lang={locale}")))

    page = f"/shop/listings/{file.id}"
    assert text(locale, "listings.going_checking") in reads(page)
    house.passes(seconds=1)
    seen = mei.get(page).text
    assert text(locale, "listings.outcome_checked") in unescape(seen)
    assert "<i>x" not in seen
    house.db.write_now(service.apply, halo.mei.actor, file.id)
    assert text(locale, "listings.going_applying") in reads(page)
    house.passes(seconds=1)
    assert text(locale, "listings.outcome_applied") in reads(page)
    becomes(house, file, state=FileState.REFUSED, trouble=Trouble("macros_inside"))
    assert text(locale, "refusals.macros_inside.title") in reads(page)
    assert "goods.csv" in reads("/shop/listings")


def test_an_agent_and_a_form_without_a_file_are_told_so(
    halo: Counter, door: Door, file: ListingFile
) -> None:
    vera, mei = door(halo.vera), door(halo.mei)
    for path in ("/shop/listings", f"/shop/listings/{file.id}", "/shop/listings/export"):
        checked(vera.get(path), 403)
    empty = mei.post("/shop/listings", files={"file": ("", b"")})
    assert text("en", "refusals.table_empty.title") in unescape(checked(empty, 422))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_zip_of_pictures_comes_beside_the_table(
    house: House, halo: Counter, door: Door, tmp_path: Path, locale: Locale
) -> None:
    table, name = b"offer_id,title,price,currency,picture\na,A,1,EUR,a.png\n", "<i>/../a.png"
    told = {
        "a.png": text(locale, "listings.outcome_checked"),
        name: text(locale, "refusals.zip_unsafe.title", name=name),
    }
    for path, words in told.items():
        packed = album(tmp_path / "pictures.zip", {path: drawn("red")}).read_bytes()
        sent = {"file": ("goods.csv", table), "album": ("pictures.zip", packed)}
        door(halo.mei).post("/shop/listings", files=sent)
        house.passes(seconds=1)
        brought = house.db.read_now(service.of_shop, halo.mei.actor, halo.shop.id)[0]
        seen = checked(door(halo.mei).get(f"/shop/listings/{brought.id}?lang={locale}"))
        assert words in unescape(seen)
        assert "<i>" not in seen


def test_a_template_is_handed_out_in_the_readers_language(halo: Counter, door: Door) -> None:
    answer = door(halo.mei).get("/shop/listings/template?kind=csv&lang=ru")
    assert answer.content.decode("utf-8-sig").startswith("Артикул;Артикул варианта;Название (zh)")
    assert "template-own.csv" in answer.headers["Content-Disposition"]
