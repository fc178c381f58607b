"""From a file full of mistakes to a listing that answers what buyers ask: a shop's whole way."""

import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, expect
from python_calamine import CalamineWorkbook

from shopbell.kernel.ids import new_id
from tests.browser.conftest import made_market
from tests.browser.people import Buyer, Json, People, Seller
from tests.support.albums import album, drawn
from tests.support.eyes import Faults
from tests.support.sheets import workbook
from tests.support.wound import WoundServer

OWNER = "shop-two"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
HEADINGS = ("Артикул", "Название", "Описание", "Цена", "Валюта", "Остаток", "Фото")
LAMP = "Лампа-журавль"
GOODS = (
    *(LAMP, "Лампа на прищепке", "Торшер «Аист»", "Бра «Лист»", "Подвес «Капля»", "Ночник «Ёж»"),
    *("Абажур льняной", "Абажур бумажный", "Патрон латунный", "Шнур тканевый", "Диммер", "Розетка"),
    *("Лампочка тёплая", "Лампочка холодная", "Гирлянда 5 м", "Гирлянда 10 м", "Фонарь садовый"),
    *("Фонарь кемпинговый", "Светильник кухонный", "Светильник детский", "Люстра «Ветка»"),
    *("Люстра «Обод»", "Трек 1 м", "Трек 2 м"),
)
PLANTED = {
    (4, "Цена"): ("дорого", 2100, "not_an_amount"),
    (7, "Артикул"): ("{code}-01", "{code}-05", "offer_twice"),
    (10, "Валюта"): ("РУПИЙ", "RUB", "unknown_currency"),
    (13, "Название"): ("", "Розетка", "value_missing"),
    (16, "Цена"): ("=D2*2", 990, "formula"),
    (19, "Фото"): ("lost.png", "crane.png", "picture_not_in_zip"),
}
"""By row and column: what the office wrote, what it meant, and what is said of it."""

Cells = list[list[object]]


@pytest.fixture
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WoundServer]:
    """Run a demo marketplace of its own, for which a week may pass at once."""
    folder = tmp_path_factory.mktemp("winding") / "data"
    shutil.copytree(made_market(tmp_path_factory), folder)
    with WoundServer(folder, demo=True) as running:
        yield running


@pytest.fixture
def people(browser: Browser, market: WoundServer) -> Iterator[People]:
    faults = Faults()
    guests = People(browser, market.url, faults)
    yield guests
    guests.leave()
    assert not faults.found, "\n".join(faults.found)


def test_a_shop_brings_mends_and_completes_its_listings(
    people: People, market: WoundServer, tmp_path: Path
) -> None:
    code = f"jl-{new_id()[-8:]}"
    owner = people.seller("ru", account=OWNER)
    brings(owner, workbook(tmp_path / "лампы.xlsx", written(code)), pictures(tmp_path))
    sees(owner, "listings.outcome_checked")
    for (row, column), (_, _, what) in PLANTED.items():
        told = line(owner, row)
        expect(told).to_contain_text(column)
        expect(told).to_contain_text(says(owner, what))
    looks_at_both_widths(owner)

    report = takes_report(owner, tmp_path / "report.xlsx")
    assert marked(report) == {f"{letter(column)}{row}" for row, column in PLANTED}
    mended = workbook(tmp_path / "исправлено.xlsx", mends(report, code))
    brings(owner, mended, pictures(tmp_path))
    sees(owner, "listings.outcome_checked")
    expect(owner.page.get_by_role("heading", name=owner.words("listings.found"))).to_have_count(0)
    owner.button("listings.apply").click()
    sees(owner, "listings.outcome_applied")
    expect(tally(owner, "added")).to_have_text(str(len(GOODS)))
    expect(tally(owner, "refused")).to_have_text("0")
    looks_at_both_widths(owner)

    lamp = listed(owner, f"{code}-00")
    buyers_ask(people, lamp, "How heavy is it?", "What does it weigh?", "How heavy is this lamp?")
    market.passes(days=8)

    owner = people.seller("ru", account=OWNER)
    finds_first(owner, lamp)
    looks_at_both_widths(owner)
    owner.page.get_by_role(
        "link", name=f"{owner.words('insight.do_add', about='вес')}: {LAMP}"
    ).click()
    cluster = owner.page.get_by_role("listitem").filter(has_text=owner.words("insight.times", n=3))
    expect(cluster).to_contain_text(owner.words("insight.unanswered"))
    looks_at_both_widths(owner)
    cluster.locator("summary").first.click()
    cluster.get_by_label(owner.words("insight.attribute_value")).fill("1,2 кг")
    cluster.get_by_role("button", name=owner.words("insight.add_attribute")).first.click()
    expect(owner.page.get_by_text(owner.words("insight.done_added"))).to_be_visible()

    for phone in (True, False):
        buyer = people.visitor("en", phone=phone)
        buyer.opens(f"/products/{lamp['slug']}")
        expect(buyer.page.locator("main")).to_contain_text("1,2 кг")
        expect(buyer.page.locator("main img").first).to_be_visible()
        buyer.fits()
        buyer.finds_no_barriers()


# --- the file --------------------------------------------------------------------------------


def written(code: str) -> Cells:
    """Write the table as the office has it: right, but for what is planted."""
    rows: Cells = [list(HEADINGS)]
    for n, name in enumerate(GOODS):
        about = f"{name}. Сделано в нашей мастерской."
        picture = "crane.png" if name == LAMP else ""
        rows.append([f"{code}-{n:02}", name, about, 1200 + n, "RUB", 5, picture])
    for (row, column), (wrong, _, _) in PLANTED.items():
        rows[row - 1][HEADINGS.index(column)] = wrong.format(code=code)
    return rows


def pictures(folder: Path) -> Path:
    return album(folder / "фото.zip", {"crane.png": drawn("teal")})


def letter(column: str) -> str:
    return "ABCDEFG"[HEADINGS.index(column)]


def marked(report: Path) -> set[str]:
    """Return which cells of a report bear a note."""
    with zipfile.ZipFile(report) as parts:
        notes = parts.read("xl/comments1.xml").decode()
    return set(re.findall(r'<comment ref="([A-Z]+\d+)"', notes))


def mends(report: Path, code: str) -> Cells:
    """Mend the marked cells of a report, and leave the rest as it is."""
    sheet = CalamineWorkbook.from_path(str(report)).get_sheet_by_index(0)
    rows: Cells = [list(row) for row in sheet.to_python()]
    for (row, column), (_, right, _) in PLANTED.items():
        place = HEADINGS.index(column)
        rows[row - 1][place] = right.format(code=code) if isinstance(right, str) else right
    return rows


# --- the shop --------------------------------------------------------------------------------


def brings(owner: Seller, table: Path, zipped: Path) -> None:
    """Drag a table onto the page, choose the zip of its pictures, and have both checked."""
    owner.opens("/shop/listings")
    looks_at_both_widths(owner)
    drags(owner, owner.page.locator(".drop"), table)
    field = owner.page.get_by_label(owner.words("listings.drop"))
    assert field.evaluate("(field) => field.files[0]?.name") == table.name
    packed = FilePayload(name=zipped.name, mimeType="application/zip", buffer=zipped.read_bytes())
    owner.page.get_by_label(owner.words("listings.album")).set_input_files(packed)
    owner.button("listings.check").click()


def drags(owner: Seller, to: Locator, file: Path) -> None:
    """Drag a file from outside of the browser and let it go."""
    box = to.bounding_box()
    assert box
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    dragged = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    hand = owner.context.new_cdp_session(owner.page)
    for what in ("dragEnter", "dragOver", "drop"):
        hand.send("Input.dispatchDragEvent", {"type": what, **place, "data": dragged})


def sees(owner: Seller, key: str) -> None:
    expect(owner.page.get_by_role("heading", name=owner.words(key))).to_be_visible()


def line(owner: Seller, row: int) -> Locator:
    """Find what is told of a row."""
    cell = owner.page.get_by_role("cell", name=str(row), exact=True)
    return owner.page.locator("table.findings").get_by_role("row").filter(has=cell)


def says(owner: Seller, what: str) -> str:
    """Return the words about a mistake that stand after what it is about."""
    key = "listings.found_formula" if what == "formula" else f"refusals.{what}.title"
    return max(re.split(r"«\{column\}»:?|\{\w+\}", owner.words(key)), key=len).strip()


def tally(owner: Seller, name: str) -> Locator:
    counted = owner.page.locator(".tallies div").filter(has_text=owner.words(f"listings.n_{name}"))
    return counted.locator("dd")


def takes_report(owner: Seller, to: Path) -> Path:
    with owner.page.expect_download() as download:
        owner.page.get_by_role("link", name=owner.words("listings.report_as", kind="XLSX")).click()
    download.value.save_as(to)
    return to


def listed(owner: Seller, slug: str) -> Json:
    """Return a product as everybody sees it, once its picture is drawn."""
    owner.opens(f"/products/{slug}")
    for _ in range(60):
        found: Json = owner.learns(f"/products/{slug}")
        if found["pictures"]:
            return found
        owner.page.wait_for_timeout(500)
    raise AssertionError(f"{slug} has no picture")


def finds_first(owner: Seller, product: Json) -> None:
    """Look at the page of insight until the week that is over has been counted."""
    for _ in range(60):
        owner.opens("/shop/insight")
        if owner.page.get_by_text(product["title"]["ru"]).count():
            break
        owner.page.wait_for_timeout(1_000)
    worst = owner.page.get_by_role("region", name=owner.words("insight.worst"))
    expect(worst).to_contain_text(product["title"]["ru"])
    expect(worst).to_contain_text(owner.words("insight.why_about", about="вес"))


def looks_at_both_widths(owner: Seller) -> None:
    for size in (NARROW, WIDE):
        owner.page.set_viewport_size(size)  # type: ignore[arg-type]
        owner.fits()
        owner.finds_no_barriers()


# --- the buyers ------------------------------------------------------------------------------


def buyers_ask(people: People, product: Json, *questions: str) -> None:
    """Have as many buyers ask as there are questions."""
    for question in questions:
        buyer: Buyer = people.newcomer("en", phone=True)
        there = buyer.asks_about(product)
        there.says(question)
        there.sees("sent")
        buyer.page.close()
