"""The launcher costs a shop's page nothing until somebody wants it."""

from playwright.sync_api import Request, expect

from tests.browser.people import People


def test_nothing_is_loaded_before_somebody_wants_it(people: People) -> None:
    seller, buyer = people.seller(), people.buyer(phone=False)
    product = seller.product(specified=False)
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    buyer.page.on("request", note)
    buyer.opens(f"/products/{product['slug']}")
    buyer.page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/panel" in url or "/api/" in url]
    buyer.opens_the_window()
    expect(buyer.window.field).to_be_visible()
    assert [url for url in asked if "/panel" in url]


def test_a_page_of_another_make_can_carry_it(people: People) -> None:
    """What examples/shop-page.html shows: one script tag, no other change."""
    visitor = people.visitor()
    seller = people.seller()
    shop = seller.shop["slug"]
    visitor.opens("/")
    visitor.page.evaluate(
        """([shop]) => {
          const script = document.createElement('script')
          script.src = '/shopbell.js'
          script.dataset.shop = shop
          document.body.append(script)
        }""",
        [shop],
    )
    expect(visitor.button("launcher.open")).to_be_visible()
