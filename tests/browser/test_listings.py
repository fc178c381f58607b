"""A shop uploads a file with mistakes, mends it by its report, and uploads it again."""

import csv
import io

from playwright.sync_api import FilePayload, expect

from tests.browser.people import People, Seller, fresh


def test_a_shop_mends_its_file_by_the_report(people: People) -> None:
    owner = people.seller("ru", account="shop-two")
    code = fresh("lamp").replace(" ", "-")
    table = (
        "Артикул,Название,Цена,Валюта\n"
        f"{code}-1,Лампа настольная,1200,RUB\n"
        f"{code}-2,Лампа напольная,дорого,RUB\n"
    )
    owner.opens("/shop/listings")
    owner.finds_no_barriers(in_dark=True)
    brings(owner, "lamps.csv", table.encode())
    expect(owner.page.get_by_text(owner.words("listings.outcome_checked"))).to_be_visible()
    wrong = owner.page.get_by_role("row").filter(has_text="дорого")
    expect(wrong).to_contain_text("Цена")
    owner.finds_no_barriers(in_dark=True)
    owner.fits()
    with owner.page.expect_download() as download:
        owner.page.get_by_role("link", name=owner.words("listings.report_as", kind="CSV")).click()
    report = download.value.path().read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(report), delimiter=";"))
    assert "не сумма денег" in rows[2][-1]

    owner.opens("/shop/listings")
    brings(owner, "lamps-mended.csv", report.replace("дорого", "3400").encode("cp1251"))
    expect(owner.page.get_by_text(owner.words("listings.outcome_checked"))).to_be_visible()
    owner.button("listings.apply").click()
    expect(owner.page.get_by_text(owner.words("listings.outcome_applied"))).to_be_visible()
    owner.finds_no_barriers(in_dark=True)
    owner.opens(f"/products/{code.lower()}-2")
    expect(owner.page.get_by_role("heading", name="Лампа напольная")).to_be_visible()


def brings(owner: Seller, name: str, table: bytes) -> None:
    """Choose a file and have it checked."""
    file = FilePayload(name=name, mimeType="text/csv", buffer=table)
    owner.page.get_by_label(owner.words("listings.drop")).set_input_files(file)
    owner.button("listings.check").click()
