"""A page of the office that was left open for one shop changes nothing of another."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest

from shopbell.accounts import acting
from shopbell.accounts import service as accounts
from shopbell.accounts import staff as colleagues
from shopbell.commerce import service as commerce
from shopbell.kernel.actor import SYSTEM, Rank, ShopId
from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.web.create import create
from tests.rooms.test_pages_settings import settings
from tests.support.browsing import BROWSER, Browser, Door, checked, hidden
from tests.support.house import Counter, House

OFFICE = re.compile(r'action="(/shop/[^"]*)"')
PAGES = ("settings", "team", "keys", "terms", "desk", "clocks", "ladder", "listings", "macros")
HEAD = re.compile(r'<div class="acting">(.*?)</div>', re.DOTALL)
MORE = ("macros/new", "rules", "rules/new", "answers/new")


@pytest.fixture
def shops(house: House) -> tuple[Counter, Counter]:
    """Open two shops; Vera manages both, and acts for the first."""
    both = house.shop("halo", ["mei", "vera"]), house.shop("nord", ["nina", "vera"])
    for shop in both:
        whose = shop.vera.actor.id
        house.db.write_now(colleagues.set_rank, SYSTEM, shop.shop.id, whose, Rank.MANAGER)
    return both


def moves(house: House, browser: Browser, shop: ShopId) -> None:
    visit = house.db.read_now(accounts.who, browser.cookies["shopbell_session"])
    assert visit is not None
    house.db.write_now(acting.act_for, visit, shop)


def forms(browser: Browser, page: str) -> list[str]:
    return [unescape(one) for one in OFFICE.findall(checked(browser.get(f"/shop/{page}")))]


def test_a_page_left_open_for_one_shop_changes_nothing_of_the_other(
    house: House, door: Door, shops: tuple[Counter, Counter]
) -> None:
    halo, nord = shops
    vera = door(halo.vera)
    [save] = forms(vera, "settings")
    end = next(one for one in forms(vera, "team") if "/end" in one)
    moves(house, vera, nord.shop.id)

    page = checked(vera.post(save, data=settings(name="Mine")), 409)
    assert text("en", "refusals.acts_for_another.title") in page
    checked(vera.post(end), 409)
    checked(vera.post("/shop/settings", data=settings(name="Mine")), 409)
    assert house.db.read_now(commerce.shop, nord.shop.id).name == "Nord"

    moves(house, vera, halo.shop.id)
    assert vera.post(save, data=settings(name="Mine")).status_code == 303
    assert house.db.read_now(commerce.shop, halo.shop.id).name == "Mine"


def test_every_form_of_the_office_names_its_shop(
    door: Door, shops: tuple[Counter, Counter]
) -> None:
    halo = shops[0]
    vera = door(halo.vera)
    for page in (*PAGES, *MORE):
        named = forms(vera, page)
        assert named, page
        assert [
            one for one in named if not one.split("#")[0].endswith(f"?for={halo.shop.id}")
        ] == []


def test_who_works_for_one_shop_need_not_name_it(
    house: House, door: Door, shops: tuple[Counter, Counter]
) -> None:
    halo, nord = shops
    mei = door(halo.mei)
    assert mei.post("/shop/settings", data=settings(name="Mine")).status_code == 303
    checked(mei.post(f"/shop/settings?for={nord.shop.id}", data=settings(name="Ours")), 409)
    assert house.db.read_now(commerce.shop, halo.shop.id).name == "Mine"


def test_a_form_kept_while_the_sign_in_ended_still_names_its_shop(
    door: Door, shops: tuple[Counter, Counter]
) -> None:
    _, nord = shops
    sent = f"/shop/settings?for={nord.shop.id}"
    kept = checked(door().post(sent, data=settings()), 401)
    assert f'action="{sent}"' in kept


@pytest.mark.parametrize("deed", ["moves", "leaves"])
async def test_a_form_that_outlives_its_sign_in_on_the_way_is_not_taken(
    house: House, door: Door, shops: tuple[Counter, Counter], deed: str
) -> None:
    halo, nord = shops
    vera = door(halo.vera)
    form = httpx.Request("POST", "http://vera", data=settings(name="Mine"))

    async def slowly() -> AsyncIterator[bytes]:
        yield form.content[:20]
        if deed == "moves":
            moves(house, vera, nord.shop.id)
        else:
            house.db.write_now(accounts.sign_out_everywhere, halo.vera.actor)
        yield form.content[20:]

    site = httpx.ASGITransport(create(house.app))  # type: ignore[arg-type]
    sent = {name: form.headers[name] for name in ("content-type", "content-length")}
    cookie = {"Cookie": f"shopbell_session={vera.cookies['shopbell_session']}"}
    async with httpx.AsyncClient(transport=site, base_url=str(vera.base_url)) as browser:
        headers = {**BROWSER, **sent, **cookie}
        path = f"/shop/settings?for={halo.shop.id}"
        answer = await browser.post(path, content=slowly(), headers=headers)
    assert answer.status_code == (409 if deed == "moves" else 303), answer.text
    assert answer.headers.get("location", "/sign-in").startswith("/sign-in")
    names = [house.db.read_now(commerce.shop, one.shop.id).name for one in shops]
    assert names == ["Halo", "Nord"]


# --- whose page it is, and the way to the other shop ------------------------------------------


def head(browser: Browser, path: str) -> str:
    [found] = HEAD.findall(checked(browser.get(path)))
    return unescape(found)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_of_a_shop_says_whose_it_is_and_leads_to_the_other(
    door: Door, shops: tuple[Counter, Counter], locale: Locale
) -> None:
    vera, mei = door(shops[0].vera), door(shops[0].mei)
    office = [f"/shop/{page}" for page in (*PAGES, *MORE, "answers", "reports", "insight", "score")]
    for path in (*office, "/search"):
        said = head(vera, f"{path}?lang={locale}")
        assert "<b>Halo</b>" in said, path
        assert text(locale, "team.act_for", shop="Nord") in said, path
        alone = head(mei, f"{path}?lang={locale}")
        assert "<b>Halo</b>" in alone, path
        assert "<form" not in alone, path


def test_a_plain_form_leads_to_the_same_page_of_the_other_shop(
    house: House, door: Door, shops: tuple[Counter, Counter]
) -> None:
    halo = shops[0]
    vera, elsewhere = door(halo.vera), door(halo.vera)
    said = head(vera, "/shop/macros/new")
    assert 'action="/account/shop"' in said
    moved = vera.post("/account/shop", data=hidden(said))
    assert (moved.status_code, moved.headers["location"]) == (303, "/shop/macros")
    assert "<b>Nord</b>" in head(vera, "/shop/macros")
    assert "<b>Halo</b>" in head(elsewhere, "/shop/macros")

    # A page that was left open says which shop it leads to; once more changes nothing.
    again = vera.post("/account/shop", data=hidden(said))
    assert (again.status_code, head(vera, "/shop/team").count("<b>Nord</b>")) == (303, 1)

    house.db.write_now(colleagues.set_rank, SYSTEM, halo.shop.id, halo.vera.actor.id, Rank.AGENT)
    back = vera.post("/account/shop", data=hidden(head(vera, "/shop/keys")))
    assert back.headers["location"] == "/shop/settings"
    for path in ("//evil.example/shop", "/shop/../console", "https://evil.example"):
        led = vera.post("/account/shop", data={"shop": halo.shop.id, "next": path})
        assert led.headers["location"] == "/shop/settings"


def test_nobody_gets_at_a_shop_they_do_not_work_for_by_the_form(
    house: House, door: Door, shops: tuple[Counter, Counter]
) -> None:
    halo, nord = shops
    mei = door(halo.mei)
    checked(mei.post("/account/shop", data={"shop": nord.shop.id}), 403)
    assert "<b>Halo</b>" in head(mei, "/shop/team")
    assert door().post("/account/shop", data={"shop": nord.shop.id}).status_code in {303, 401}
    anna = door(house.buyer("anna"))
    checked(anna.post("/account/shop", data={"shop": nord.shop.id}), 403)
    assert 'class="acting"' not in checked(anna.get("/search"))
