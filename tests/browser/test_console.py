"""The operator's pages, in a phone and a wide window, and a dispute decided from the keyboard."""

import re

import pytest
from playwright.sync_api import Locator, expect

from shopbell.kernel.texts import LOCALES, Locale
from tests.browser.people import People, Visitor
from tests.browser.quarrels import disputed, returned
from tests.support.server import RunningServer

PAGES = (
    "/console",
    "/console/cases",
    "/console/letters",
    "/console/refunds",
    "/console/conduct",
    "/console/hidden",
    "/console/blocks",
    "/console/people?q=a",
    "/console/record",
    "/console/health",
    "/console/policies",
    "/console/policies/ozon_like/1",
)
FAR = 120
"""How often somebody presses Tab before they give up."""


@pytest.fixture
def disputes(people: People, market: RunningServer) -> list[str]:
    """Have two returns refused and disputed, one after the other."""
    buyer, seller = people.buyer("ru"), people.seller("ru", account="shop-two")
    return [disputed(market, buyer, seller) for _ in range(2)]


def test_every_page_can_be_shown(people: People, disputes: list[str]) -> None:
    looks: tuple[tuple[Locale, bool, bool], ...] = (
        ("en", False, False),
        ("ru", True, True),
        ("zh", True, False),
    )
    for locale, phone, dark in looks:
        olga = people.operator(locale, phone=phone, dark=dark)
        for path in (*PAGES, f"/console/cases/{disputes[0]}"):
            is_fit(olga, path)
        owner = people.seller(locale, account="shop-two", phone=phone, dark=dark)
        is_fit(owner, "/shop/terms")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_where_one_is_stands_in_sight_among_the_sections(
    people: People, locale: Locale, *, phone: bool
) -> None:
    olga = people.operator(locale, phone=phone)
    for path in ("/console", "/console/policies", "/search"):
        is_fit(olga, path)
        sections = olga.page.get_by_role("navigation", name=olga.words("pages.console"))
        expect(sections.locator("[aria-current]")).to_be_in_viewport(ratio=1)
        if not phone:
            for section in sections.get_by_role("link").all():
                expect(section).to_be_in_viewport(ratio=1)


def test_a_dispute_is_decided_from_the_keyboard(people: People, disputes: list[str]) -> None:
    olga = people.operator("en")
    olga.opens("/console/cases")
    keys = olga.page.keyboard
    row = olga.page.locator(f"a[href$='{disputes[0]}']")
    tabs_to(olga, row)
    keys.press("j")
    expect(row).not_to_be_focused()
    keys.press("k")
    expect(row).to_be_focused()
    keys.press("Enter")
    tabs_to(olga, olga.page.get_by_role("radio").first)
    keys.press("Space")
    for name, words in {
        "clause": "default-proper",
        "reason_buyer": "The photos show clean soles.",
        "reason_seller": "No photo shows that they were worn.",
        "amount": "400",
    }.items():
        tabs_to(olga, olga.page.locator(f".forms [name=f_{name}]"))
        keys.type(words)
    decide = olga.words("case.dispute_do_decide")
    tabs_to(olga, olga.button("mediation.show", what=decide))
    keys.press("Enter")
    expect(olga.page.get_by_text(olga.words("mediation.reads_buyer"))).to_be_visible()
    olga.finds_no_barriers()
    tabs_to(olga, olga.button("mediation.send", what=decide))
    keys.press("Enter")
    expect(olga.page.get_by_text(olga.words("mediation.done"))).to_be_visible()
    assert olga.learns(f"/cases/{disputes[0]}")["state"] in {"decided", "closed"}


def test_new_rules_are_tried_on_last_years_cases(people: People, market: RunningServer) -> None:
    asked = returned(market, people.buyer("zh"))
    olga = people.operator("ru", phone=True)
    olga.opens("/console/policies/ozon_like/1")
    clause = olga.page.locator("#rule-default-proper")
    clause.locator("summary").click()
    clause.get_by_label(re.compile(olga.words("policy.field_window_days"))).first.fill("30")
    olga.button("policy.rehearse").click()
    told = olga.page.get_by_role("region", name=olga.words("policy.rehearsal"))
    expect(told.locator(f"a[href$='{asked['id']}']")).to_be_visible()
    expect(clause.get_by_role("textbox").first).to_have_value("30")
    olga.finds_no_barriers()


def test_g_and_a_letter_lead_to_a_section_only_from_among_the_sections(people: People) -> None:
    olga = people.operator("en")
    olga.opens("/console/people?q=a")
    keys = olga.page.keyboard
    olga.page.get_by_role("searchbox").first.focus()
    keys.press("g")
    keys.press("h")
    expect(olga.page).to_have_url(re.compile("/console/people"))
    olga.page.locator(".tabs [aria-current]").focus()
    keys.press("g")
    keys.press("h")
    expect(olga.page).to_have_url(re.compile("/console/health$"))


def is_fit(guest: Visitor, path: str) -> None:
    """Look at a page: no barriers, nothing beyond the edge of the screen."""
    guest.opens(path)
    expect(guest.page.get_by_role("heading", level=1)).to_be_visible()
    guest.finds_no_barriers()
    too_wide = "document.documentElement.scrollWidth > innerWidth"
    assert not guest.page.evaluate(too_wide), path


def tabs_to(guest: Visitor, there: Locator) -> None:
    """Press Tab until something has the focus."""
    expect(there.first).to_be_attached()
    for _ in range(FAR):
        if there.first.evaluate("(one) => one === document.activeElement"):
            return
        guest.page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {there}")
