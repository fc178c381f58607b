"""What people set on a page holds at once, on every screen."""

from playwright.sync_api import expect

from tests.browser.people import FIRST_PASSWORD, People, Seller, Visitor, fresh

NEW_PASSWORD = "eight blue kettles"


def test_a_changed_password_signs_the_other_browser_out(people: People) -> None:
    here, there = people.visitor("zh", phone=True), people.visitor("zh")
    address = here.signs_up()
    there.comes_in(address, FIRST_PASSWORD)
    there.opens("/me/messages")
    expect(there.page.get_by_role("main")).to_be_visible()
    here.opens("/me/orders")
    here.page.get_by_role("banner").get_by_role("button").last.click()
    here.page.get_by_role("link", name=here.words("buyer.your_account")).click()

    changes_password(here, FIRST_PASSWORD, NEW_PASSWORD)
    expect(there.page.get_by_text(there.words("outbox.signed_out"))).to_be_visible()

    expect(here.page.get_by_text(here.words("account.password_done"))).to_be_visible()
    there.opens("/account")
    expect(there.page.get_by_label(there.words("sign.password"))).to_be_visible()
    there.comes_in(address, NEW_PASSWORD)


def test_a_wrong_password_is_said_where_it_was_typed(people: People) -> None:
    anna = people.buyer("ru", script=False)
    anna.opens("/account")
    changes_password(anna, "not this one", NEW_PASSWORD)
    field = anna.page.get_by_label(anna.words("account.old"))
    expect(field).to_be_focused()
    why = [anna.words(f"refusals.wrong_password.{part}") for part in ("title", "next")]
    expect(field).to_have_accessible_description(" ".join(why))


def test_changed_hours_stand_on_the_shops_page(people: People) -> None:
    owner, stranger = people.seller("ru", account="shop-two"), people.visitor("ru", phone=True)
    slug = owner.shop["slug"]
    owner.opens("/desk")
    owner.page.get_by_role("link", name=owner.words("desk.shop_settings")).click()
    gives_hours(owner, 2, "07:15", "08:45")
    try:
        expect(owner.page.get_by_text(owner.words("office.saved"))).to_be_visible()
        stranger.opens(f"/shops/{slug}")
        for span in ("07:15–08:45", "10:00–20:00"):
            expect(stranger.page.get_by_text(span).first).to_be_visible()
    finally:  # others' stories look at these hours, too
        gives_hours(owner, 2, "", "")
    stranger.opens(f"/shops/{slug}")
    expect(stranger.page.get_by_text("07:15")).to_have_count(0)


def test_a_key_is_made_and_taken_back_without_a_script(people: People) -> None:
    owner = people.seller(account="shop-two", script=False)
    name = fresh("Warehouse")
    owner.opens("/shop/keys")
    owner.page.get_by_label(owner.words("office.key_name")).fill(name)
    owner.button("office.make_go").click()
    secret = owner.page.locator(".secret code").inner_text()
    answer = owner.context.request.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["rank"] == "agent"
    row = owner.page.get_by_role("listitem").filter(has_text=name)
    row.locator("summary").click()
    row.get_by_role("button", name=owner.words("office.revoke_go")).click()
    expect(owner.page.get_by_text(owner.words("office.revoked_done"))).to_be_visible()
    expect(owner.page.get_by_text(name)).to_have_count(0)


def changes_password(buyer: Visitor, old: str, new: str) -> None:
    """Fill the form of the own account in and send it."""
    buyer.page.get_by_label(buyer.words("account.old")).fill(old)
    buyer.page.get_by_label(buyer.words("account.new")).fill(new)
    buyer.button("account.change").click()


def gives_hours(owner: Seller, interval: int, opens: str, closes: str) -> None:
    """Fill in an interval of Monday and save; an earlier one comes first after saving."""
    monday = owner.page.locator("fieldset.day").first
    places = monday.locator("input")
    first = 2 * (interval - 1) if opens else 0
    places.nth(first).fill(opens)
    places.nth(first + 1).fill(closes)
    with owner.page.expect_response(lambda got: got.request.method == "POST") as answer:
        owner.button("office.save").click()
    assert answer.value.status == 303
    owner.page.wait_for_load_state()
