"""Cases on pages that need no script: asked for in a guided form, followed, brought to an end."""

import re
from typing import Any

import pytest

from shopbell.kernel.texts import text
from tests.support.browsing import Browser, Door, checked
from tests.support.house import Counter, House, Person
from tests.support.returns import bought, shoes

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8ffff3f0005fe02fea735810d0000000049454e44ae426082"
)


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


def carried(page: str) -> dict[str, Any]:
    """Return what the guided form on the page carries, by name."""
    form = page[page.index("data-guided") : page.index("</form>", page.index("data-guided"))]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value)
    return found


def goes_on(
    browser: Browser, path: str, page: str, go: str = "next", status: int = 200, **answers: Any
) -> str:
    """Answer what the screen asks and press a button."""
    given = {f"f_{name}": value for name, value in answers.items()}
    return checked(browser.post(path, data={**carried(page), **given, "go": go}), status)


def test_only_what_is_missing_is_asked_before_shoes_go_back(
    halo: Counter, anna: Person, door: Door
) -> None:
    order = bought(halo, anna, shoes(halo))
    browser = door(anna)
    assert f"/orders/{order.id}/ask/return" in checked(browser.get(f"/orders/{order.id}"))
    path = f"/orders/{order.id}/ask/return"

    page = checked(browser.get(path))
    assert order.number in page
    assert 'name="f_lines"' in page  # its only thing is attached, and not asked for
    assert text("en", "case.field_lines") not in page
    page = goes_on(browser, path, page, condition="proper")
    assert text("en", "case.choice_reason.size_fit") in page
    assert text("en", "case.choice_reason.damaged") not in page
    page = goes_on(browser, path, page, reason="size_fit")
    assert "You pay the way back" in page or text("en", "case.verdict_yes") in page
    page = goes_on(browser, path, page)
    page = goes_on(browser, path, page, wish="exchange", wished="42")
    assert text("en", "case.look_again") in page
    done = browser.post(path, data={**carried(page), "go": "send"})
    assert done.status_code == 303
    case = checked(browser.get(done.headers["location"]))
    assert text("en", "case.return_is_requested") in case
    assert "42" in case

    again = browser.get(path)
    assert (again.status_code, again.headers["location"]) == (
        303,
        done.headers["location"].partition("?")[0],
    )
