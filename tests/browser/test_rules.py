"""A manager writes a rule and tries it on what was asked; then it answers by itself."""

import os

from playwright.sync_api import expect

from tests.browser.people import People, Visitor, fresh


def looks_well(guest: Visitor, name: str) -> None:
    """See whether the page fits and can be read by everybody, narrow and wide; keep pictures."""
    for width, height in ((360, 740), (1440, 900)):
        guest.page.set_viewport_size({"width": width, "height": height})
        guest.fits()
        if folder := os.environ.get("SHOPBELL_LOOKS"):
            guest.page.screenshot(path=f"{folder}/rules-{name}-{width}.png", full_page=True)
    guest.finds_no_barriers(in_dark=True)


def test_a_rule_is_tried_kept_and_seen_at_work(people: People) -> None:
    mei = people.seller("ru")
    product = mei.product(specified=True)
    asked = fresh("The vase came broken")
    anna = people.buyer("en").asks_about(product)
    anna.says(asked)
    mei.opens("/shop/rules")
    looks_well(mei, "list")
    mei.opens("/shop/rules/new")
    page = mei.page
    page.get_by_label(mei.words("rules.name"), exact=True).fill("Осколки")
    page.get_by_label(mei.words("rules.field", n=1), exact=True).select_option("words")
    page.get_by_label(mei.words("rules.wanted", n=1), exact=True).fill("broken vases, разбит")
    page.get_by_label(mei.words("rules.act", n=1), exact=True).select_option("note")
    page.get_by_label(mei.words("rules.act_value", n=1), exact=True).fill("Осторожно, осколки")
    mei.button("rules.rehearse_go").click()
    expect(page.get_by_role("status").first).to_contain_text(mei.words("rules.hits", n=1))
    looks_well(mei, "tried")
    mei.button("office.save").click()
    expect(page.get_by_role("status").first).to_have_text(mei.words("rules.done_saved"))
    anna.says(fresh("Another vase is broken, too"))
    page.get_by_role("link", name="Осколки").click()
    log = page.get_by_role("region", name=mei.words("rules.log"))
    for _try in range(20):
        if log.get_by_text(mei.words("rules.outcome_done"), exact=True).count():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(log.get_by_text(mei.words("rules.outcome_done"), exact=True).first).to_be_visible()
    looks_well(mei, "log")
    mei.button("rules.remove").click()
    expect(page.get_by_role("status").first).to_have_text(mei.words("rules.done_removed"))
