"""A shop brings its listings in files: with mistakes, with traps, again and again."""

import csv
import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image
from sqlalchemy import text as sql

from shopbell.commerce import service as commerce
from shopbell.commerce import stocking
from shopbell.commerce.model import Money, NotYourShop, Product
from shopbell.connectors.files.model import Options
from shopbell.connectors.listings import service, shapes
from shopbell.connectors.listings.bringing import Manner, bring_in, kept
from shopbell.connectors.listings.columns import form_of, ours
from shopbell.connectors.listings.escaping import meant
from shopbell.connectors.listings.model import (
    FileState,
    Form,
    ListingFile,
    ListingReport,
    Severity,
    Wishes,
)
from shopbell.connectors.listings.offering import Press
from shopbell.connectors.listings.picturing import PictureState
from shopbell.connectors.listings.printing import Kind, harmless
from shopbell.connectors.listings.reader import Reading, read
from shopbell.connectors.listings.refusals import NoSuchListingFile, RowsWrong
from shopbell.connectors.listings.service import Brought
from shopbell.connectors.listings.working import Desk
from shopbell.kernel.texts import LOCALES, Locale
from tests.house import ROOT
from tests.support.house import Counter, House
from tests.support.sheets import EXPLAINED, OZON, bombs, workbook

SAMPLES = ROOT / "tests/samples/listings"
ONCE = Manner()
HEAD = "offer_id,title,price,currency,stock\n"


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "vera"], languages=["ru", "en", "zh"])


def brings(halo: Counter, file: Path, manner: Manner = ONCE) -> ListingReport:
    app = halo.house.app
    return bring_in(app.db, app.blobs, halo.shop.slug, file, Wishes(), manner)


def written(folder: Path, words: str, name: str = "goods.csv") -> Path:
    (folder / name).write_text(words)
    return folder / name


def shelf(halo: Counter) -> dict[str, Product]:
    found = halo.house.db.read_now(stocking.shelf, halo.shop.id)
    return {product.offer_id: product for product in found}


def found(report: ListingReport, severity: Severity = Severity.ERROR) -> set[tuple[int, str, str]]:
    told = (one for one in report.findings if one.severity is severity)
    return {(one.row, one.column, one.code) for one in told}


def counts(report: ListingReport) -> tuple[int, int, int, int]:
    tally = report.tally
    return tally.added, tally.updated, tally.unchanged, tally.refused


# --- what offices write ----------------------------------------------------------------------


def test_a_chinese_table_with_mistakes_is_told_row_by_row(house: House) -> None:
    halo = house.shop("halo", languages=["zh"])
    report = brings(halo, SAMPLES / "lamps-gb18030.csv")
    assert found(report) == {
        (3, "条形码", "bad_barcode"),
        (4, "商品名称", "value_missing"),
        (5, "价格", "price_negative"),
        (6, "货号", "offer_twice"),
        (7, "库存", "not_a_count"),
        (8, "币种", "unknown_currency"),
        (8, "图片", "not_a_link"),
    }
    twice = next(one for one in report.findings if one.code == "offer_twice")
    assert "第 2 行" in twice.message["zh"]
    assert (counts(report), set(shelf(halo))) == ((1, 0, 0, 6), {"L-1"})
    lamp = shelf(halo)["L-1"]
    assert (lamp.title, lamp.price, lamp.stock) == ({"zh": "黄铜台灯"}, Money(129_00, "CNY"), 12)
    said = {one.name.get("zh"): one.value.get("zh") for one in lamp.attributes}
    assert said == {"条形码": "4006381333931", "材质": "黄铜"}


def test_a_russian_table_like_ozons_brings_units_and_characteristics(halo: Counter) -> None:
    report = brings(halo, SAMPLES / "kettles-cp1251.csv")
    assert report.form is Form.OZON
    assert found(report) == {
        (3, "Вес в упаковке, г*", "not_a_measure"),
        (4, "Цена, руб.*", "not_an_amount"),
    }
    assert found(report, Severity.WARNING) == {
        (3, "Цена до скидки, руб.", "was_lower"),
        (5, "Длина упаковки, мм*", "size_partial"),
    }
    kettle = shelf(halo)["Ч-1"]
    assert (kettle.price, kettle.was) == (Money(1490_50, "RUB"), Money(1990_00, "RUB"))
    said = {one.name["ru"]: one.value["ru"] for one in kettle.attributes}
    assert said["Вес с упаковкой"] == "1200\xa0г"
    assert said["Размер упаковки"] == "180 × 200 × 250\xa0мм"
    assert (said["Материал"], said["Цвет товара"], said["Бренд"]) == ("Сталь", "Чёрный", "Дом")


def test_a_workbook_with_explanations_formulas_and_merged_cells(
    halo: Counter, tmp_path: Path
) -> None:
    rows = [
        ["Заполните таблицу"],
        OZON,
        EXPLAINED,
        ["A-1", "Лампа", 990.5, 1200, 100, 100, 300, "Лампы", "Латунь"],
        ["A-2", "Лампа вторая", "=D4/2", 800, 100, 100, 300, "Лампы", "Сталь"],
        ["A-3", "Лампа третья", 4006381333931, "", "", "", "", "Лампы", ""],
    ]
    guide = {"Инструкция": [["Как заполнять"], ["Артикул — ваш код"]]}
    file = workbook(tmp_path / "ozon.xlsx", rows, merged="I6:I8", first=guide)
    report = brings(halo, file)
    assert found(report) == {(6, "Цена, руб.*", "not_an_amount")}
    assert found(report, Severity.WARNING) == {
        (5, "Цена, руб.*", "formula"),
        (6, "Материал", "merged"),
    }
    assert shelf(halo)["A-1"].price == Money(990_50, "RUB")
    assert shelf(halo)["A-2"].price == Money(7_00, "RUB")


def test_bombs_and_programs_are_refused_at_once(tmp_path: Path) -> None:
    for name, (file, code) in bombs(tmp_path).items():
        began = time.monotonic()
        refused = read(Reading(str(file), str(tmp_path), Options(), "en"))
        assert (name, refused.trouble and refused.trouble.code) == (name, code)
        assert time.monotonic() - began < 5, name


# --- once, and whole -------------------------------------------------------------------------


def test_the_same_file_is_brought_once_until_it_is_compared_anew(
    halo: Counter, tmp_path: Path
) -> None:
    file = written(tmp_path, HEAD + "a,A,1,EUR,3\nb,B,x,EUR,3\n")
    first = brings(halo, file, Manner(only_check=True))
    assert (first.state, shelf(halo)) == (FileState.CHECKED, {})
    applied = brings(halo, file)
    assert (applied.id, applied.state, counts(applied)) == (first.id, "applied", (1, 0, 0, 1))
    halo.sells("a", price=Money(2_00, "EUR"))
    assert brings(halo, file) == applied
    assert shelf(halo)["a"].price == Money(2_00, "EUR")
    again = brings(halo, file, Manner(again=True))
    assert (again.id, counts(again)) == (first.id, (0, 1, 0, 1))
    assert shelf(halo)["a"].price == Money(1_00, "EUR")


def test_all_or_nothing_changes_nothing_while_a_row_is_wrong(halo: Counter, tmp_path: Path) -> None:
    with pytest.raises(RowsWrong):
        brings(halo, written(tmp_path, HEAD + "a,A,1,EUR,3\nb,B,x,EUR,3\n"), Manner(whole=True))
    assert shelf(halo) == {}
    mended = brings(
        halo, written(tmp_path, HEAD + "a,A,1,EUR,3\nb,B,2,EUR,3\n"), Manner(whole=True)
    )
    assert counts(mended) == (2, 0, 0, 0)


def test_columns_that_a_file_lacks_change_nothing(halo: Counter, tmp_path: Path) -> None:
    brings(halo, SAMPLES / "kettles-cp1251.csv")
    before = shelf(halo)["Ч-1"]
    table = 'Артикул,Название,Цена,Валюта,attr:Цвет товара\nЧ-1,"Чайник стальной, 2 л",1500,RUB,\n'
    report = brings(halo, written(tmp_path, table))
    assert counts(report) == (0, 1, 0, 0)
    [change] = report.preview
    assert [(one.field, one.after) for one in change.fields] == [
        ("price", "150000 RUB"),
        ("Цвет товара", ""),
    ]
    left = [one for one in before.attributes if one.name != {"ru": "Цвет товара"}]
    assert shelf(halo)["Ч-1"] == replace(before, price=Money(1500_00, "RUB"), attributes=left)


def test_a_worker_that_dies_halfway_lists_nothing_twice(halo: Counter, tmp_path: Path) -> None:
    house, rows = halo.house, "".join(f"p{n},P {n},1,EUR,{n}\n" for n in range(120))
    file = _taken(halo, written(tmp_path, HEAD + rows))
    house.passes(seconds=1)
    house.db.write_now(service.apply, halo.mei.actor, file.id)
    desk = Desk(house.db, house.app.blobs)
    assert not desk.apply(file.id, 50, 0.0, lambda _done, _of: None)
    halfway = house.db.read_now(service.one, halo.mei.actor, file.id)
    assert (halfway.state, halfway.done, len(shelf(halo))) == (FileState.APPLYING, 50, 50)
    house.passes(minutes=2)
    done = house.db.read_now(service.one, halo.mei.actor, file.id)
    assert (done.state, done.done, done.tally.added) == (FileState.APPLIED, 120, 120)
    assert _journaled(house, "ProductListed") == 120
    assert _journaled(house, "ListingsApplied") == 1


def _taken(halo: Counter, file: Path, *, pictures: bool = False) -> ListingFile:
    app = halo.house.app
    brought = Brought(file.name, kept(app.blobs, file), Wishes(pictures=pictures))
    return app.db.write_now(service.take, halo.mei.actor, halo.shop.id, brought)


def _journaled(house: House, fact: str) -> int:
    with house.db.engine.connect() as line:
        counted = sql("SELECT count(*) FROM journal WHERE fact = :fact")
        return int(line.execute(counted, {"fact": fact}).scalar_one())


# --- who may ---------------------------------------------------------------------------------


def test_agents_are_refused_and_others_find_nothing(halo: Counter, tmp_path: Path) -> None:
    house = halo.house
    file = _taken(halo, written(tmp_path, HEAD + "a,A,1,EUR,3\n"))
    other = house.shop("aria", staff=["oleg"])
    with pytest.raises(NotYourShop):
        house.db.read_now(service.one, halo.vera.actor, file.id)
    for stranger in (other.oleg, house.buyer("anna")):
        with pytest.raises(NoSuchListingFile):
            house.db.write_now(service.apply, stranger.actor, file.id)
        with pytest.raises(NotYourShop):
            house.db.read_now(service.of_shop, stranger.actor, halo.shop.id)
    assert house.db.read_now(service.of_shop, other.oleg.actor, other.shop.id) == []


# --- taken home and brought again ------------------------------------------------------------


@pytest.mark.parametrize("reader", LOCALES)
def test_headings_that_are_written_are_those_that_are_read(reader: Locale) -> None:
    for form in (Form.OWN, Form.OZON):
        shape = shapes.shape(form, reader, reader)
        assert form_of(shape.headings) is form
        assert [ours(heading, form, reader) for heading in shape.headings] == shape.columns


@pytest.mark.parametrize("form", (Form.OWN, Form.OZON))
@pytest.mark.parametrize("kind", Kind)
def test_what_is_taken_home_changes_nothing_when_brought_again(
    halo: Counter, tmp_path: Path, form: Form, kind: Kind
) -> None:
    app = halo.house.app
    brings(halo, SAMPLES / "kettles-cp1251.csv")
    halo.sells("=cmd", title={"en": "=1+1", "ru": "@привет"}, about={"en": "One\nTwo & three"})
    variants = "offer_id,title,price,currency,variant_offer_id,option:Size,stock\n"
    brings(halo, written(tmp_path, variants + "v,V,9,EUR,v1,S,2\nv,,10,EUR,v2,M,0\n"))
    before, press = shelf(halo), Press(app.db, app.blobs, "ru")
    printed = press.export(halo.mei.actor, halo.shop.id, form, kind)
    home = tmp_path / printed.name
    home.write_bytes(b"".join(printed.parts()))
    if form is Form.OZON:  # its columns know no choices: those stay as they are
        before.pop("v")
    report = brings(halo, home)
    if form is Form.OWN:
        assert found(report) == set()
    assert counts(report)[:2] == (0, 0)
    assert before.items() <= shelf(halo).items()


def test_the_report_is_the_file_itself_to_be_mended(halo: Counter) -> None:
    app = halo.house.app
    report = brings(halo, SAMPLES / "kettles-cp1251.csv")
    press = Press(app.db, app.blobs, "ru")
    printed = press.report(halo.mei.actor, report.id, Kind.CSV)
    rows = list(
        csv.reader(io.StringIO(b"".join(printed.parts()).decode("utf-8-sig")), delimiter=";")
    )
    assert rows[0][0] == "Артикул*"
    assert rows[0][-1] == "Что исправить"
    assert rows[3][-1] == "«Цена, руб.*»: четыреста — не сумма денег"
    assert rows[1][-1] == ""


def test_no_cell_of_a_text_file_is_a_formula() -> None:
    for risky in ("=1+1", "+1", "-1", "@a", "\tx", "'-1", "''=1"):
        assert harmless(risky) == f"'{risky}"
        assert meant(harmless(risky)) == risky
    assert [meant(cell) for cell in ("-1", "'tis", "a'=1")] == ["-1", "'tis", "a'=1"]
    assert [harmless(cell) for cell in ("a=1", 19.9, -2.0)] == ["a=1", "19.9", "-2"]


# --- pictures --------------------------------------------------------------------------------


@contextmanager
def pictures() -> Iterator[str]:
    """Serve pictures, and things that are none, on this machine."""
    drawn = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(drawn, "PNG")

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = drawn.getvalue() if "red" in self.path else b"<svg onload=alert(1)>"
            self.send_response(404 if "gone" in self.path else 200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_pictures_are_fetched_drawn_anew_and_never_from_inside(
    halo: Counter, tmp_path: Path
) -> None:
    house = halo.house
    house.db.settings = replace(house.db.settings, pictures_loopback=True)
    with pictures() as site:
        inside = "http://10.0.0.1/a.png https://169.254.169.254/b.png"
        refs = f"{site}/red.png {site}/svg.png {site}/gone {inside}"
        table = f"offer_id,title,price,currency,picture\nlamp,Lamp,1,EUR,{refs}\n"
        file = _taken(halo, written(tmp_path, table), pictures=True)
        house.passes(seconds=1)
        house.db.write_now(service.apply, halo.mei.actor, file.id)
        house.passes(seconds=1)
    [shown] = shelf(halo)["lamp"].pictures
    assert house.app.blobs.media_type(shown) == "image/jpeg"
    assert house.db.read_now(commerce.picture, shown) == shown
    failed = house.db.read_now(service.failed_pictures, halo.mei.actor, file.id)
    assert sorted(one.trouble for one in failed) == [
        "not_a_picture",
        "not_outside",
        "not_outside",
        "not_there",
    ]
    counted = house.db.read_now(service.pictured, halo.mei.actor, file.id)
    assert counted == {PictureState.KEPT: 1, PictureState.FAILED: 4}
