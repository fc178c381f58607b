"""A shop brings pictures in a zip beside its table: well packed, badly packed, and with traps."""

import csv
import io
import time
import tracemalloc
from pathlib import Path

import pytest
from PIL import Image

from shopbell.commerce import stocking
from shopbell.commerce.model import Product
from shopbell.connectors.files.model import Options
from shopbell.connectors.listings import album as albums
from shopbell.connectors.listings import service
from shopbell.connectors.listings.bringing import Manner, bring_in
from shopbell.connectors.listings.model import FileState, Form, ListingReport, Wishes
from shopbell.connectors.listings.offering import Press
from shopbell.connectors.listings.picturing import PictureState, is_reference
from shopbell.connectors.listings.printing import Kind
from shopbell.connectors.listings.reader import Reading, read
from shopbell.connectors.listings.refusals import NoPicture, ZipTooLarge
from shopbell.kernel.texts import LOCALES, Locale
from tests.support.albums import album, drawn, evil, lying, packed_by_an_office
from tests.support.house import Counter, House

HEAD = "offer_id,title,price,currency,picture\n"


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", staff=["mei"], languages=["en", "ru", "zh"])


def brings(halo: Counter, folder: Path, rows: str, pictures: Path | None) -> ListingReport:
    """Have a table and its zip applied, and whatever is to be drawn drawn."""
    (folder / "goods.csv").write_text(HEAD + rows)
    app, manner = halo.house.app, Manner(album=pictures)
    report = bring_in(app.db, app.blobs, halo.shop.slug, folder / "goods.csv", Wishes(), manner)
    halo.house.passes(seconds=1)
    return report


def shelf(halo: Counter) -> dict[str, Product]:
    found = halo.house.db.read_now(stocking.shelf, halo.shop.id)
    return {product.offer_id: product for product in found}


def told(report: ListingReport) -> set[tuple[int, str, str]]:
    return {(one.row, one.column, one.code) for one in report.findings}


def counts(report: ListingReport) -> tuple[int, int, int, int]:
    tally = report.tally
    return tally.added, tally.updated, tally.unchanged, tally.refused


def colours(halo: Counter, offer_id: str) -> list[tuple[int, ...]]:
    """Look at the pictures of a product: which of red, green and blue they are made of."""
    blobs = halo.house.app.blobs
    return [_colour(blobs.path(one).read_bytes()) for one in shelf(halo)[offer_id].pictures]


def _colour(content: bytes) -> tuple[int, ...]:
    with Image.open(io.BytesIO(content), formats=["JPEG"]) as picture:
        return tuple(round(part / 255) for part in picture.convert("RGB").tobytes()[:3])


RED, BLUE, LIME = (1, 0, 0), (0, 0, 1), (0, 1, 0)


# --- well packed -----------------------------------------------------------------------------


def test_pictures_come_from_the_zip_in_the_order_of_the_table(
    halo: Counter, tmp_path: Path
) -> None:
    parts = {
        "red.png": drawn("red"),
        "in a box/Blue one, big.jpg": drawn("blue", "JPEG"),
        "__MACOSX/._red.png": b"\x00\x05\x16\x07",
    }
    rows = 'lamp,Lamp,1,EUR,"blue one, big.jpg; RED.png"\nbulb,Bulb,1,EUR,red.png\n'
    report = brings(halo, tmp_path, rows, album(tmp_path / "goods.zip", parts))
    assert (counts(report), told(report)) == ((2, 0, 0, 0), set())
    assert colours(halo, "lamp") == [BLUE, RED]
    assert colours(halo, "bulb") == [RED]
    counted = halo.house.db.read_now(service.pictured, halo.mei.actor, report.id)
    assert counted == {PictureState.KEPT: 3}


def test_the_same_zip_again_is_the_first_and_a_new_picture_is_a_change(
    halo: Counter, tmp_path: Path
) -> None:
    rows, parts = "lamp,Lamp,1,EUR,a.png\n", {"a.png": drawn("red")}
    first = brings(halo, tmp_path, rows, album(tmp_path / "1.zip", parts))
    before = shelf(halo)
    assert brings(halo, tmp_path, rows, tmp_path / "1.zip") == first
    packed_anew = brings(halo, tmp_path, rows, album(tmp_path / "2.zip", {"b": b"", **parts}))
    assert packed_anew.id != first.id
    assert (counts(packed_anew), shelf(halo)) == ((0, 0, 1, 0), before)
    other = brings(halo, tmp_path, rows, album(tmp_path / "3.zip", {"a.png": drawn("blue")}))
    assert counts(other) == (0, 1, 0, 0)
    assert [one.field for one in other.preview[0].fields] == ["picture_refs"]
    assert colours(halo, "lamp") == [BLUE]


def test_a_picture_of_the_zip_is_taken_home_and_brought_again_without_it(
    halo: Counter, tmp_path: Path
) -> None:
    parts = {"лампа один.png": drawn("red"), "b;#%.png": drawn("blue")}
    brings(halo, tmp_path, "lamp,Lamp,1,EUR,лампа один.png\n", album(tmp_path / "1.zip", parts))
    [known] = shelf(halo)["lamp"].picture_refs
    assert is_reference(known)
    before, app = shelf(halo), halo.house.app
    printed = Press(app.db, app.blobs, "ru").export(
        halo.mei.actor, halo.shop.id, Form.OWN, Kind.XLSX
    )
    (tmp_path / "home.xlsx").write_bytes(b"".join(printed.parts()))
    report = bring_in(app.db, app.blobs, "halo", tmp_path / "home.xlsx", Wishes(), Manner())
    assert (counts(report), shelf(halo)) == ((0, 0, 1, 0), before)


@pytest.mark.parametrize(
    ("language", "letters", "name"), [("ru", "cp866", "Лампа.png"), ("zh", "gb18030", "台灯.png")]
)
def test_names_are_read_in_the_letters_of_the_office(
    tmp_path: Path, language: Locale, letters: str, name: str
) -> None:
    file = packed_by_an_office(tmp_path / "old.zip", name, letters, drawn("red"))
    with albums.opened(file, language) as found:
        assert found.find(name).startswith(f"{name}#")


# --- badly packed ----------------------------------------------------------------------------


def test_what_is_wrong_with_a_picture_is_told_at_its_row(halo: Counter, tmp_path: Path) -> None:
    red = drawn("red")
    parts = {
        "good.png": red,
        "words.jpg": b"this is no picture, whatever its name says",
        "drawing.png": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "heavy.png": red + bytes(range(256)) * 41_000,
        "1/same.png": red,
        "2/same.png": red,
        "nobody.png": red,
    }
    rows = (
        "a,A,1,EUR,good.png\nb,B,1,EUR,absent.png\nc,C,1,EUR,good.png words.jpg\n"
        "d,D,1,EUR,drawing.png\ne,E,1,EUR,heavy.png\nf,F,1,EUR,same.png\ng,G,1,EUR,2/same.png\n"
    )
    report = brings(halo, tmp_path, rows, album(tmp_path / "goods.zip", parts))
    assert told(report) == {
        (1, "", "unnamed"),
        (3, "picture", "picture_not_in_zip"),
        (4, "picture", "no_picture"),
        (5, "picture", "no_picture"),
        (6, "picture", "picture_heavy"),
        (7, "picture", "picture_not_in_zip"),
    }
    assert (counts(report), set(shelf(halo))) == ((2, 0, 0, 5), {"a", "g"})
    absent = next(one for one in report.findings if one.row == 3)
    assert all("absent.png" in absent.message[locale] for locale in LOCALES)
    printed = Press(halo.house.app.db, halo.house.app.blobs, "en").report(
        halo.mei.actor, report.id, Kind.CSV
    )
    marked = list(csv.reader(io.StringIO(b"".join(printed.parts()).decode("utf-8-sig"))))
    assert marked[2][-1] == "“picture”: there is no absent.png in the zip"


def test_a_picture_that_breaks_while_it_is_drawn_is_told_on_the_page(
    halo: Counter, tmp_path: Path
) -> None:
    noise = Image.effect_noise((400, 400), 90)
    noise.save(whole := io.BytesIO(), "PNG")
    parts = {"a.png": whole.getvalue()[:9_000], "b.png": drawn("lime")}
    report = brings(halo, tmp_path, "x,X,1,EUR,a.png b.png\n", album(tmp_path / "a.zip", parts))
    assert counts(report) == (1, 0, 0, 0)
    assert colours(halo, "x") == [LIME]
    [failed] = halo.house.db.read_now(service.failed_pictures, halo.mei.actor, report.id)
    assert (failed.called, failed.trouble) == ("a.png", "not_a_picture")


def test_without_a_zip_a_name_is_no_address(halo: Counter, tmp_path: Path) -> None:
    report = brings(halo, tmp_path, "a,A,1,EUR,good.png\n", None)
    assert told(report) == {(2, "picture", "not_a_link")}


# --- with traps ------------------------------------------------------------------------------


def test_zips_with_traps_are_refused_whole_and_at_once(tmp_path: Path) -> None:
    (tmp_path / "goods.csv").write_text(HEAD + "a,A,1,EUR,a.png\n")
    for name, (file, code) in evil(tmp_path).items():
        began = time.monotonic()
        table = str(tmp_path / "goods.csv")
        refused = read(Reading(table, str(tmp_path), Options(), "en", album=str(file)))
        assert (name, refused.trouble and refused.trouble.code) == (name, code)
        assert time.monotonic() - began < 5, name


def test_nothing_is_listed_from_a_table_whose_zip_is_refused(halo: Counter, tmp_path: Path) -> None:
    halo.sells("kept")
    before = shelf(halo)
    for name, (file, code) in evil(tmp_path).items():
        if name in {"zeros", "out", "link"}:
            report = brings(halo, tmp_path, f"a,A,1,EUR,a.png\nb-{name},B,1,EUR,\n", file)
            assert report.trouble
            assert (report.state, report.trouble.code) == (FileState.REFUSED, code)
            assert all(report.trouble.says(locale, "next") for locale in LOCALES)
            assert halo.house.db.read_now(service.pictured, halo.mei.actor, report.id) == {}
    assert shelf(halo) == before


def test_a_picture_that_lies_of_its_size_takes_no_more_memory_than_a_picture_may(
    tmp_path: Path,
) -> None:
    file = lying(tmp_path / "lying.zip", 100 * 1024 * 1024)
    with albums.opened(file, "en") as found:
        tracemalloc.start()
        with pytest.raises(NoPicture):
            found.find("a.png")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 3 * albums.PICTURE_MOST


def test_a_zip_that_is_too_large_is_not_even_kept(
    halo: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(albums, "MOST_BYTES", 50)
    file = album(tmp_path / "goods.zip", {"a.png": drawn("red")})
    with pytest.raises(ZipTooLarge):
        brings(halo, tmp_path, "a,A,1,EUR,a.png\n", file)
    assert halo.house.db.read_now(service.of_shop, halo.mei.actor, halo.shop.id) == []
