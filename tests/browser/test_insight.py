"""What to fix first, on a phone and a wide window: a line is added and taken back."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from shopbell.analytics.insight import reckoning, storage
from shopbell.analytics.insight.model import Ask, Cluster, Listing
from shopbell.conversations.model import ConversationId
from shopbell.engine.database import Database, Tx
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale
from tests.browser.people import People, Seller
from tests.support.server import RunningServer


def asked_about(market: RunningServer, owner: Seller) -> str:
    """Have it counted that buyers ask for the weight of a product of the shop; return its id."""
    shop, product = owner.shop["id"], owner.product(specified=True)

    def count(tx: Tx) -> None:
        sheet = reckoning.reckon(tx, shop)
        asks = [Ask(ConversationId(new_id()), 1, tx.now, None)] * 2
        asked = Cluster(
            key="aspect.weight",
            named={"en": "weight"},
            asks=asks,
            languages=["en"],
            answered="",
            since=None,
        )
        listing = Listing(
            product=product["id"],
            slug=product["slug"],
            title=product["title"],
            clusters=[asked],
        )
        made_at = tx.now + timedelta(days=1)
        storage.keep(tx, shop, replace(sheet, listings=[listing], made_at=made_at))

    db = Database(f"sqlite:///{market.data / 'shopbell.db'}")
    db.write_now(count)
    db.close()
    return str(product["id"])


@pytest.mark.parametrize(
    ("locale", "phone", "dark"), [("en", False, False), ("ru", True, True), ("zh", True, False)]
)
def test_insight_can_be_read_and_used_by_anybody_who_may(
    people: People, market: RunningServer, locale: Locale, phone: bool, dark: bool
) -> None:
    olga = people.operator(locale, phone=phone, dark=dark)
    owner = people.seller(locale, phone=phone, dark=dark)
    for somebody, path in ((olga, "/console/insight"), (owner, "/shop/insight")):
        somebody.opens(path)
        expect(somebody.page.get_by_role("heading", level=1)).to_contain_text(
            somebody.words("insight.title").rstrip("?？")
        )
        somebody.fits()
        somebody.finds_no_barriers()
    owner.opens(f"/shop/insight/{asked_about(market, owner)}")
    owner.fits()
    owner.finds_no_barriers()
    form = owner.page.locator("details:has([name=value])").first
    form.locator("summary").click()
    form.locator("[name=value]").fill("1")
    form.locator("button").click()
    done = owner.page.get_by_role("status").first
    expect(done).to_have_text(owner.words("insight.done_added"))
    owner.fits()
    owner.finds_no_barriers()
    owner.button("insight.undo").first.click()
    expect(done).to_have_text(owner.words("insight.done_undone"))
