"""Tables that people really have: what is kept, what is left out, and what they are told."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shopbell.accounts import service as accounts
from shopbell.commerce import service
from shopbell.commerce.commands import OpenShop, Search
from shopbell.commerce.model import Eta, Money, Order, OrderState, Product, Shop
from shopbell.connectors.files import sheet
from shopbell.connectors.files.cells import Row
from shopbell.connectors.files.encoding import decode
from shopbell.connectors.files.model import (
    EncodingUnknown,
    NoSuchTable,
    NotAnAmount,
    Options,
    Report,
)
from shopbell.connectors.files.orders import import_orders
from shopbell.connectors.files.plain import plain_text
from shopbell.connectors.listings.bringing import Manner, bring_in
from shopbell.connectors.listings.model import ListingReport, Severity, Trouble, Wishes
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Database
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.texts import LOCALES
from tests.house import ROOT
from tests.support.house import House

REAL = ROOT.parent / "shared/data"
SHOPIFY = """\
Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,\
Option2 Name,Option2 Value,Variant SKU,Variant Inventory Qty,Variant Price,\
Variant Compare At Price,Image Src,Variant Image
mug,Blue mug,"<p>Holds <b>300&nbsp;ml</b>.</p><ul><li>Dishwasher</li></ul>",Clay & Co,Kitchen,\
"blue, mug",true,Title,Default Title,,,,7,12.50,15,https://pictures.example/mug.jpg,
shirt,"Shirt, linen",Cool.,Loom,Clothes,,true,Size,S,Colour,White,SH-S,2,40,,,
shirt,,,,,,,,M,,White,SH-M,0,42,,https://pictures.example/m.jpg,https://pictures.example/v.jpg
shirt,,,,,,,,,,,,,,,https://pictures.example/back.jpg,
"""
USD = {"currency": "USD"}


@dataclass(frozen=True)
class Stall:
    """A shop, and the clerk who brings tables in."""

    db: Database
    blobs: Blobs
    shop: Shop
    desk: Path

    def lists(self, table: str | bytes | Path, **options: object) -> ListingReport:
        """Bring a file of products in, though it may have been brought before."""
        file = table if isinstance(table, Path) else self.desk / "table"
        if not isinstance(table, Path):
            file.write_bytes(_file(table).getvalue())
        wishes, again = Wishes(options=_options(options)), Manner(again=True)
        return bring_in(self.db, self.blobs, "stall", file, wishes, again)

    def records(self, table: str | bytes, **options: object) -> Report:
        return import_orders(self.db, self.shop.id, _file(table), _options(options))

    def products(self) -> dict[str, Product]:
        found = self.db.read_now(service.catalogue, Search(limit=200)).items
        return {product.offer_id: product for product in found}

    def orders(self) -> dict[str, Order]:
        found = self.db.read_now(service.orders, SYSTEM, limit=200).items
        return {order.number: order for order in found}


@pytest.fixture
def stall(house: House, tmp_path: Path) -> Stall:
    db = house.db
    asked = OpenShop(
        slug="stall",
        name="Stall",
        about={"en": "Everything"},
        zone="America/Sao_Paulo",
        languages=["en"],
        email="stall@example.org",
    )
    return Stall(db, house.app.blobs, db.write_now(service.open_shop, SYSTEM, asked), tmp_path)


def _file(table: str | bytes) -> io.BytesIO:
    return io.BytesIO(table.encode() if isinstance(table, str) else table)


def _options(given: Mapping[str, object]) -> Options:
    return Options(**given)  # type: ignore[arg-type]


def counts(report: Report | ListingReport) -> tuple[int, int, int, int]:
    if isinstance(report, ListingReport):
        tally = report.tally
        return tally.added, tally.updated, tally.unchanged, tally.refused
    return report.added, report.updated, report.unchanged, len(report.skipped)


def reasons(report: Report | ListingReport) -> list[tuple[int, str, str]]:
    if isinstance(report, Report):
        return [(skipped.row, skipped.name, skipped.code) for skipped in report.skipped]
    errors = (found for found in report.findings if found.severity is Severity.ERROR)
    return sorted((found.row, found.name, found.code) for found in errors)


def trouble(code: str, **facts: str | int) -> Trouble:
    return Trouble(code, facts)


# --- products -----------------------------------------------------------------------------


def test_shopify_export_becomes_products(stall: Stall) -> None:
    report = stall.lists(SHOPIFY, values=USD)
    assert counts(report) == (2, 0, 0, 0)
    assert report.tally.rows == 4
    mug, shirt = stall.products()["mug"], stall.products()["shirt"]
    assert (mug.title, mug.slug, mug.category) == ({"en": "Blue mug"}, "mug", "Kitchen")
    assert mug.about == {"en": "Holds 300 ml.\n– Dishwasher"}
    assert (mug.price, mug.was, mug.stock) == (Money(12_50, "USD"), Money(15_00, "USD"), 7)
    assert (mug.tags, mug.variants) == (["blue", "mug"], [])
    assert mug.attributes[0].name["ru"] == "Бренд"
    assert mug.attributes[0].value == {"en": "Clay & Co"}
    assert (mug.pictures, mug.picture_refs) == ([], ["https://pictures.example/mug.jpg"])
    assert [(v.offer_id, v.options, v.stock) for v in shirt.variants] == [
        ("SH-S", {"Size": "S", "Colour": "White"}, 2),
        ("SH-M", {"Size": "M", "Colour": "White"}, 0),
    ]
    assert shirt.price == Money(40_00, "USD")
    assert [ref[-6:] for ref in shirt.picture_refs] == ["/m.jpg", "/v.jpg", "ck.jpg"]


def test_our_own_columns_speak_three_languages(stall: Stall) -> None:
    table = (
        "offer_id;title_en;title_ru;title_zh;price;currency;attribute:Material;option:Size;"
        "variant_offer_id;warranty_months;stock\n"
        "K;Kettle;Чайник;水壶;1 490,50;RUB;Steel;1 l;K1;24;3\n"
        "K;;;;1 990;RUB;;2 l;K2;;4\n"
    )
    assert counts(stall.lists(table)) == (1, 0, 0, 0)
    kettle = stall.products()["K"]
    assert kettle.title == {"en": "Kettle", "ru": "Чайник", "zh": "水壶"}
    assert (kettle.price, kettle.stock, kettle.warranty_months) == (Money(149050, "RUB"), 7, 24)
    assert [v.options for v in kettle.variants] == [{"Size": "1 l"}, {"Size": "2 l"}]
    assert kettle.attributes[0].name == {"en": "Material"}


def test_same_table_again_changes_nothing_and_a_new_price_changes_one(stall: Stall) -> None:
    stall.lists(SHOPIFY, values=USD)
    before = stall.products()
    assert counts(stall.lists(SHOPIFY, values=USD)) == (0, 0, 2, 0)
    assert stall.products() == before
    assert counts(stall.lists(SHOPIFY.replace("12.50", "13.50"), values=USD)) == (0, 1, 1, 0)
    assert stall.products()["mug"].id == before["mug"].id


def test_bad_rows_are_named_and_the_rest_is_kept(stall: Stall) -> None:
    table = """\
offer_id,title,price,currency,stock,published,option:Size
good,Good,1.00,EUR,1,,
,Nameless,1.00,EUR,1,,
untitled,,1.00,EUR,1,,
cheap,Cheap,almost nothing,EUR,1,,
cents,Cents,1.0055,EUR,1,,
dear,Dear,"1,000",EUR,1,,
moon,Moon,1.00,XMN,1,,
many,Many,1.00,EUR,lots,,
hidden,Hidden,1.00,EUR,1,FALSE,
twins,Twins,1.00,EUR,1,,S
twins,,1.00,EUR,1,,S
half,Half,1.00,EUR,1,,S
half,,2.00,EUR,1,,M
wide,Wide,1.00,EUR,1,,S,and,more
also-good,Good,2.00,EUR,1,,
"""
    report = stall.lists(table)
    assert report.tally.rows == 15
    assert reasons(report) == [
        (3, "", "value_missing"),
        (4, "untitled", "value_missing"),
        (5, "cheap", "not_an_amount"),
        (6, "cents", "not_an_amount"),
        (7, "dear", "not_an_amount"),
        (8, "moon", "unknown_currency"),
        (9, "many", "not_a_count"),
        (10, "hidden", "not_published"),
        (11, "twins", "with_another"),
        (12, "twins", "variant_twice"),
        (15, "", "row_broken"),
    ]
    assert set(stall.products()) == {"good", "half", "also-good"}


@pytest.mark.parametrize(
    ("written", "currency", "amount"),
    (
        ("1 234,50", "EUR", 123450),
        ("1\u00a0234,5", "RUB", 123450),
        ("1,234.50", "USD", 123450),
        ("1.234,50", "EUR", 123450),
        ("1,234,567", "JPY", 1234567),
        ("12.0000", "EUR", 1200),
        ("1.234", "KWD", 1234),
        ("1,000", "EUR", None),
        ("1.000", "EUR", None),
        ("1,000", "JPY", None),
        ("1,234", "KWD", None),
        ("-1", "EUR", None),
        ("1e3", "EUR", None),
        ("٣", "EUR", None),
        ("9" * 14, "EUR", None),
    ),
)
def test_amount_is_read_as_meant_or_not_at_all(
    written: str, currency: str, amount: int | None
) -> None:
    row = Row(2, {"price": written, "currency": currency}, Options())
    if amount is None:
        with pytest.raises(NotAnAmount):
            row.money("price")
    else:
        assert row.money("price") == Money(amount, currency)


def test_choice_without_a_price_takes_its_product_out_whole(stall: Stall) -> None:
    table = (
        "offer_id,title,price,currency,option1_name,option1_value\n"
        "shirt,Shirt,9,EUR,Size,S\n"
        "shirt,,,EUR,,M\n"
        "mug,Mug,3,EUR,,\n"
    )
    report = stall.lists(table)
    assert reasons(report) == [(2, "shirt", "with_another"), (3, "shirt", "value_missing")]
    assert set(stall.products()) == {"mug"}


def test_report_is_read_in_every_language(stall: Stall) -> None:
    report = stall.lists("offer_id,title,price,currency\nmug,Mug,x,EUR\n")
    assert report.findings[0].message == {
        "en": "“price”: x is not an amount of money",
        "ru": "«price»: x — не сумма денег",
        "zh": "“price”：x 不是有效金额",
    }
    for locale in LOCALES:
        assert "{" not in report.says(locale)


def test_open_quotation_mark_spoils_no_more_than_it_must(stall: Stall) -> None:
    table = 'offer_id,title,price,currency\nmug,Mug,1,EUR\ncup,"Cup"s,1,EUR\npot,Pot,1,EUR\n'
    assert reasons(stall.lists(table)) == [(3, "", "quote_open")]
    assert set(stall.products()) == {"mug", "pot"}
    never_closed = 'offer_id,title,price,currency\nbowl,Bowl,1,EUR\njar,"Jar,1,EUR\npan,Pan,1,EUR\n'
    report = stall.lists(never_closed)
    assert reasons(report) == [(3, "", "quote_open")]
    assert "3–4" in report.findings[0].message["en"]
    assert "bowl" in stall.products()


def test_progress_is_told_up_to_the_end(stall: Stall) -> None:
    rows = "".join(f"m{n},Mug {n},1,EUR\n" for n in range(450))
    told: list[tuple[int, int]] = []
    file = stall.desk / "many.csv"
    file.write_text("offer_id,title,price,currency\n" + rows)
    manner = Manner()
    bring_in(stall.db, stall.blobs, "stall", file, Wishes(), manner, lambda *so: told.append(so))
    assert told == [(450, 450), (200, 450), (400, 450), (450, 450)]


@pytest.mark.parametrize(
    ("table", "refusal"),
    (
        (b"", "table_empty"),
        (b"\n\n\n", "table_empty"),
        (b"offer_id,title,price,currency\n", "table_empty"),
        (b"offer_id,title\nmug,Mug\n", "columns_missing"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR,x\n1,2\n", "table_broken"),
        (b"offer_id,title,price,currency\nmug,M\0g,1,EUR\n", "table_broken"),
        (b"\xff\xfe\x00", "encoding_unknown"),
    ),
)
def test_what_is_no_table_of_products_is_refused_whole(
    stall: Stall, table: bytes, refusal: str
) -> None:
    refused = stall.lists(table).trouble
    assert refused
    assert refused.code == refusal
    assert stall.products() == {}


def test_missing_columns_are_named(stall: Stall) -> None:
    report = stall.lists("sku,name\n1,Mug\n", columns={"offer_id": "sku", "title": "label"})
    missing = "label, title, price, currency"
    assert report.trouble == trouble("columns_missing", columns=missing)


def test_file_that_is_not_there(stall: Stall, tmp_path: Path) -> None:
    for place in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(NoSuchTable):
            stall.lists(place)


def test_table_that_is_too_large(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_BYTES", 100)
    table = "offer_id,title,price,currency\n" + "mug,Mug,1,EUR\n" * 10
    assert stall.lists(table).trouble == trouble("table_too_large", most="0 MB")
    monkeypatch.setattr(sheet, "MOST_BYTES", 10_000)
    monkeypatch.setattr(sheet, "MOST_ROWS", 10)
    assert stall.lists(table + "cup,Cup,1,EUR\n").trouble == trouble("table_too_large", most=10)


# --- letters and signs --------------------------------------------------------------------

RUSSIAN = "offer_id;title;price;currency\r\nчайник;Чайник стальной;1490;RUB\r\n"
CHINESE = "offer_id,title,price,currency\n水壶,不锈钢水壶，两升,129,CNY\n"


@pytest.mark.parametrize(
    ("words", "encoding"),
    (
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "utf-8-sig"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN.replace(";", "\t"), "utf-16"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "gb18030"),
        (CHINESE, "gbk"),
    ),
)
def test_every_office_writes_its_own_letters(stall: Stall, words: str, encoding: str) -> None:
    report = stall.lists(words.encode(encoding))
    assert counts(report) == (1, 0, 0, 0)
    [product] = stall.products().values()
    assert product.title["en"] in {"Чайник стальной", "不锈钢水壶，两升"}


def test_encoding_that_is_named_is_believed() -> None:
    assert decode("é".encode("latin-1"), "latin-1") == ("é", "latin-1")
    for wrong in ("klingon", "ascii"):
        with pytest.raises(EncodingUnknown):
            decode("é".encode(), wrong)


def test_html_becomes_text() -> None:
    html = "<h2>Mug</h2><p>300 &micro;l<br>blue</p><script>alert(1)</script><style>p{}</style>"
    assert plain_text(html) == "Mug\n300 µl\nblue"
    assert plain_text("1 < 2 & <b") == "1 < 2 & <b"
    assert plain_text("no html at all") == "no html at all"


# --- orders -------------------------------------------------------------------------------

ORDERS = """\
number,buyer_email,buyer_name,placed_at,state,carrier,tracking_number,shipped_at,delivered_at,\
eta_earliest,eta_latest,offer_id,quantity,price,currency
A-1,Anna@Example.org,Anna,2026-05-01T10:00:00-03:00,delivered,Post,RR473124829CH,2026-05-02,\
2026-05-09T15:30,2026-05-08,2026-05-10,SH-S,2,40,USD
A-1,,,,,Post,RR473124829CH,,,,,mug,1,,USD
A-2,boris@example.org,,2026-05-03 09:15,,,,,,,,mug,1,,USD
"""


def test_orders_come_with_buyers_lines_and_parcels(stall: Stall) -> None:
    stall.lists(SHOPIFY, values=USD)
    assert counts(stall.records(ORDERS)) == (2, 0, 0, 0)
    first, second = stall.orders()["A-1"], stall.orders()["A-2"]
    anna = stall.db.read_now(accounts.person, first.buyer)
    assert (anna.email, anna.name, anna.verified) == ("anna@example.org", "Anna", False)
    assert first.placed_at == datetime(2026, 5, 1, 13, tzinfo=UTC)
    assert first.total == Money(2 * 40_00 + 12_50, "USD")
    assert [line.title["en"] for line in first.lines] == ["Shirt, linen", "Blue mug"]
    assert first.lines[0].variant == stall.products()["shirt"].variants[0].id
    [parcel] = first.shipments
    assert parcel.eta == Eta(date(2026, 5, 8), date(2026, 5, 10), "America/Sao_Paulo")
    assert parcel.delivered_at == datetime(2026, 5, 9, 18, 30, tzinfo=UTC)
    assert [told.code for told in parcel.events] == ["accepted.picked_up", "delivered.other"]
    assert (second.state, second.shipments) == (OrderState.CREATED, [])


def test_orders_told_again_change_nothing_until_something_happens(stall: Stall) -> None:
    stall.lists(SHOPIFY, values=USD)
    stall.records(ORDERS)
    before = stall.orders()
    assert counts(stall.records(ORDERS)) == (0, 0, 2, 0)
    assert stall.orders() == before
    paid = ORDERS.replace("09:15,,", "09:15,paid,")
    assert counts(stall.records(paid)) == (0, 1, 1, 0)
    assert stall.orders()["A-2"] != before["A-2"]


DATED = """\
number,buyer_email,placed_at,currency,tracking_number,eta_earliest,eta_latest,updated_at
A-1,anna@example.org,2026-05-01,EUR,RR473124829CH,2026-05-08,2026-05-10,{at}
"""
LATER = DATED.replace("05-08,2026-05-10", "05-12,2026-05-14")


def days(stall: Stall) -> tuple[date, date]:
    [parcel] = stall.orders()["A-1"].shipments
    assert parcel.eta
    return parcel.eta.earliest, parcel.eta.latest


AT_FIRST, MOVED = (date(2026, 5, 8), date(2026, 5, 10)), (date(2026, 5, 12), date(2026, 5, 14))


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    (
        ("2026-05-02", "2026-05-03", MOVED),
        ("2026-05-03", "2026-05-02", AT_FIRST),
        ("2026-05-03", "2026-05-03", AT_FIRST),
        ("2026-05-03", "", AT_FIRST),
        ("", "", AT_FIRST),
        ("", "2026-05-02", MOVED),
    ),
)
def test_days_move_only_to_what_was_said_later(
    stall: Stall, first: str, then: str, expected: tuple[date, date]
) -> None:
    stall.records(DATED.format(at=first))
    report = stall.records(LATER.format(at=then))
    assert days(stall) == expected
    assert report.older == (expected == AT_FIRST)
    assert ("updated_at" in report.says("en")) is (expected == AT_FIRST)


@pytest.mark.parametrize("at", ("", "2026-05-02"))
def test_an_old_file_does_not_set_back_what_the_shop_said_since(stall: Stall, at: str) -> None:
    stall.records(DATED.format(at=at))
    [parcel] = stall.orders()["A-1"].shipments
    moved = Eta(*MOVED, "America/Sao_Paulo")
    stall.db.write_now(service.set_eta, SYSTEM, parcel.id, moved, {"en": "Snow"})
    assert counts(stall.records(DATED.format(at=at))) == (0, 0, 1, 0)
    [kept] = stall.orders()["A-1"].shipments
    assert (kept.eta, kept.eta_reason) == (moved, {"en": "Snow"})
    assert kept.first_eta == Eta(*AT_FIRST, "America/Sao_Paulo")


def test_a_file_that_says_the_same_again_makes_it_newer(stall: Stall) -> None:
    stall.records(DATED.format(at="2026-05-02"))
    stall.records(DATED.format(at="2026-05-04"))
    stall.records(LATER.format(at="2026-05-03"))
    assert days(stall) == AT_FIRST


def test_a_file_from_the_future_does_not_shut_out_what_comes_after(stall: Stall) -> None:
    stall.records(DATED.format(at="2199-01-01"))
    [parcel] = stall.orders()["A-1"].shipments
    assert parcel.eta_at
    assert parcel.eta_at <= stall.db.clock()


def test_bad_orders_are_named_and_their_neighbours_kept(stall: Stall) -> None:
    table = """\
number,buyer_email,placed_at,state,tracking_number,offer_id,title,price,currency,eta_earliest,eta_latest
G-1,anna@example.org,2026-05-01,,,,Mug,3,EUR,,
B-1,nobody,2026-05-01,,,,Mug,3,EUR,,
B-2,anna@example.org,yesterday,,,,Mug,3,EUR,,
B-3,anna@example.org,,,,,Mug,3,EUR,,
B-4,anna@example.org,2026-05-01,lost,,,Mug,3,EUR,,
B-5,anna@example.org,2026-05-01,,RR473124820CH,,Mug,3,EUR,,
B-6,anna@example.org,2026-05-01,,,mug-9,,,EUR,,
B-7,anna@example.org,2026-05-01,,,,Mug,3,EUR,2026-05-09,2026-05-08
B 8,anna@example.org,2026-05-01,,,,Mug,3,EUR,,
B-9,anna@example.org,1901-05-01,,,,Mug,3,EUR,,
G-1,boris@example.org,2026-05-01,,,,Mug,3,EUR,,
G-2,boris@example.org,2026-05-01,,,,Mug,3,EUR,,
"""
    report = stall.records(table)
    assert reasons(report) == [
        (3, "B-1", "not_an_address"),
        (4, "B-2", "not_a_time"),
        (5, "B-3", "value_missing"),
        (6, "B-4", "unknown_state"),
        (7, "B-5", "tracking_number_mistyped"),
        (8, "B-6", "unknown_offer"),
        (9, "B-7", "eta_reversed"),
        (10, "B 8", "not_an_order_number"),
        (11, "B-9", "not_a_time"),
    ]
    assert set(stall.orders()) == {"G-1", "G-2"}
    for skipped in report.skipped:
        assert "{" not in "".join(skipped.reason.values())


def test_number_of_another_buyer_leaves_the_batch_otherwise_whole(stall: Stall) -> None:
    head = "number,buyer_email,placed_at,currency\n"
    rows = [f"A-{n},anna{n}@example.org,2026-05-01,EUR\n" for n in range(30)]
    stall.records(head + rows[17])
    rows[17] = rows[17].replace("anna", "boris")
    report = stall.records(head + "".join(rows))
    assert counts(report) == (29, 0, 0, 1)
    assert reasons(report) == [(19, "A-17", "order_of_another_buyer")]
    buyers = {order.buyer for order in stall.orders().values()}
    assert len(buyers) == 30


def test_others_words_are_read_by_options_alone(stall: Stall) -> None:
    table = "Bestellung;Kunde;am;Stand\n77;k-5;24.12.2025 18:00;versandt\n"
    report = stall.records(
        table,
        columns={
            "number": "Bestellung",
            "buyer_email": "kunde",
            "placed_at": "AM",
            "state": "Stand",
        },
        values={"currency": "EUR"},
        states={"versandt": "shipped"},
        dates="%d.%m.%Y %H:%M",
        zone="Europe/Berlin",
        buyer_domain="kunden.example",
    )
    assert counts(report) == (1, 0, 0, 0)
    order = stall.orders()["77"]
    assert order.placed_at == datetime(2025, 12, 24, 17, tzinfo=UTC)
    assert order.state is OrderState.SHIPPED
    assert stall.db.read_now(accounts.person, order.buyer).email == "k-5@kunden.example"


# --- the real thing -----------------------------------------------------------------------


def test_real_product_files(stall: Stall, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("apparel", "home-and-garden", "jewelery"):
        file = REAL / f"products/shopify-{name}.csv"
        if _is_there(file, capsys):
            report = stall.lists(file, values=USD)
            assert counts(report) == (20, 0, 0, 0)


def test_real_orders(stall: Stall, capsys: pytest.CaptureFixture[str]) -> None:
    file = REAL / "orders/olist-orders.csv"
    if not _is_there(file, capsys):
        return
    options = Options(
        columns={
            "number": "order_id",
            "buyer_email": "customer_id",
            "placed_at": "order_purchase_timestamp",
            "state": "order_status",
            "shipped_at": "order_delivered_carrier_date",
            "delivered_at": "order_delivered_customer_date",
            "eta_latest": "order_estimated_delivery_date",
        },
        values={"currency": "BRL"},
        states={
            "canceled": "cancelled",
            "unavailable": "cancelled",
            "invoiced": "paid",
            "processing": "paid",
        },
        dates="%m/%d/%Y %H:%M",
        buyer_domain="buyers.example",
    )
    report = import_orders(stall.db, "stall", file, options)
    assert counts(report) == (4_998, 0, 0, 0)
    order = stall.db.read_now(service.order, SYSTEM, "e481f51cbdc54678b7cc49136f2d6af7")
    assert order.placed_at == datetime(2017, 10, 2, 13, 56, tzinfo=UTC)
    assert order.shipments[0].eta == Eta(
        date(2017, 10, 18), date(2017, 10, 18), "America/Sao_Paulo"
    )


def _is_there(file: Path, capsys: pytest.CaptureFixture[str]) -> bool:
    """Say loudly when a real file is absent: then only the samples above were tried."""
    if not file.is_file():
        with capsys.disabled():
            print(f"\n!!! NOT TRIED: the real file {file} is not there")
    return file.is_file()
