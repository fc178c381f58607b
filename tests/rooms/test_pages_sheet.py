"""What is typed into a case's form: read as it was meant, or left for its writer to look at."""

from typing import Any

import pytest

from shopbell.cases.fields import FILES_MOST, Field, FieldKind
from shopbell.kernel.texts import text
from shopbell.web.pages import case_screens
from shopbell.web.pages.case_screens import Paper
from shopbell.web.pages.case_sheet import Around, Sheet
from shopbell.web.pages.case_troubles import reads


def typed(kind: FieldKind, currency: str = "EUR", **entered: str) -> Any:
    sheet = Sheet({f"f_{name.replace('__', '.')}": [value] for name, value in entered.items()})
    return sheet.answer(Field("it", kind), Around(currency=currency))


@pytest.mark.parametrize(
    ("written", "currency", "amount"),
    [
        ("1 200", "JPY", 1200),
        ("12,5", "JPY", None),
        ("0.1", "EUR", 10),
        ("12,50", "EUR", 1250),
        ("12.", "EUR", 1200),
        ("1\u202f000,50", "EUR", 100050),
        ("1.005", "KWD", 1005),
        ("1,000", "EUR", None),
        ("1,000.50", "EUR", None),
        ("1.005", "EUR", None),
        ("50 €", "EUR", None),
        ("-1", "EUR", None),
        ("1e999999", "EUR", None),
        ("Infinity", "EUR", None),
        ("a lot", "EUR", None),
        ("9" * 30, "EUR", None),
        ("9" * 5000, "EUR", None),
    ],
)
def test_nothing_of_an_amount_is_rounded_or_guessed(
    written: str, currency: str, amount: int | None
) -> None:
    read = typed(FieldKind.MONEY, currency, it=written)
    if amount is None:
        assert not reads(Field("it", FieldKind.MONEY), read)
    else:
        assert read == {"amount": amount, "currency": currency}


@pytest.mark.parametrize("written", ["2 шт", "9" * 5000, "-1", "²", "1e3"])
def test_what_is_no_number_is_not_taken_for_one(written: str) -> None:
    item = typed(FieldKind.ITEM, it=f"{'0' * 8}-0000-0000-0000-{'0' * 12}:", it__quantity=written)
    assert not reads(Field("it", FieldKind.ITEM), item)
    assert not reads(Field("it", FieldKind.NUMBER), typed(FieldKind.NUMBER, it=written))


def test_too_many_files_are_called_so() -> None:
    field = Field("photos", FieldKind.PHOTOS)
    paper = Paper(asks=[field], takes=[], around=Around())
    ids = [f"{n:08d}-0000-0000-0000-{'0' * 12}" for n in range(FILES_MOST + 1)]
    place = case_screens.turn(paper, Sheet({"f_photos": ids}), "photos", "send", "en")
    assert place.screen.asked[0].trouble == text("en", "case.odd_files", most=FILES_MOST)
