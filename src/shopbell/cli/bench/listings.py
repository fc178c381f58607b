"""A file of many products, brought in by the command line's own way: how long, how much memory."""

import csv
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter
from msgspec import Struct

from shopbell.app import build
from shopbell.cli.bench.server import database
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import OpenShop
from shopbell.connectors.listings.apart import read_apart
from shopbell.connectors.listings.bringing import Manner, bring_in
from shopbell.connectors.listings.model import Wishes
from shopbell.connectors.listings.printing import Kind
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM

HEADS = (
    *("offer_id", "title_en", "title_ru", "title_zh", "about", "category", "brand", "barcode"),
    *("price", "currency", "stock", "weight", "attr:Material", "attr:Colour", "picture"),
)
WRITTEN = {"constant_memory": True, "strings_to_urls": False}
SHOP = OpenShop(
    slug="stall",
    name="Stall",
    about={"en": "Everything"},
    zone="Europe/Berlin",
    languages=["en"],
    email="stall@example.org",
)


class ImportFigures(Struct, frozen=True):
    """A first time, and the same file once more; memory is the most one process ever held."""

    products: int
    file_mib: float
    first_seconds: float
    again_seconds: float
    added: int
    unchanged: int
    peak_mib: float


def measure(products: int, kind: Kind) -> ImportFigures:
    """Write a file, and bring it in twice."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"goods.{kind}"
        _write(file, products, kind)
        app = build(Settings(data=Path(folder) / "data", database=database()))
        try:
            app.db.write_now(commerce.open_shop, SYSTEM, SHOP)
            times = []
            for manner in (Manner(), Manner(again=True)):
                began = time.monotonic()
                report = bring_in(
                    app.db, app.blobs, SHOP.slug, file, Wishes(), manner, read=read_apart
                )
                times.append((round(time.monotonic() - began, 1), report.tally))
        finally:
            app.close()
        held = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        peak = max(resource.getrusage(whose).ru_maxrss for whose in held) / 1024
        size = file.stat().st_size / 1024 / 1024
    (first, added), (again, same) = times
    return ImportFigures(
        products=products,
        file_mib=round(size, 1),
        first_seconds=first,
        again_seconds=again,
        added=added.added,
        unchanged=same.unchanged,
        peak_mib=round(peak),
    )


def _row(n: int) -> list[str | float]:
    code = f"{400638133000 + n % 1_000:012d}"
    check = (10 - sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(code)) % 10) % 10
    words = (f"SKU-{n}", f"Brass lamp {n}", f"Латунная лампа {n}", f"黄铜台灯 {n}")
    about = f"Number {n} of a long row: it shines, it stays cool, and it stands on any table."
    told = (about, f"Lamps {n % 40}", "Halo", f"{code}{check}", 19.9 + n % 100, "EUR", n % 50)
    return [*words, *told, 1_200, "brass", "gold", f"https://pictures.example/{n}.jpg"]


def _write(file: Path, products: int, kind: Kind) -> None:
    if kind is Kind.CSV:
        with file.open("w", newline="") as text:
            table = csv.writer(text)
            table.writerow(HEADS)
            table.writerows(map(_row, range(products)))
        return
    with xlsxwriter.Workbook(str(file), WRITTEN) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS)
        for n in range(products):
            sheet.write_row(n + 1, 0, _row(n))
