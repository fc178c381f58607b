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
from shopbell.kernel.texts import text
from shopbell.web.create import create
from tests.rooms.test_pages_settings import settings
from tests.support.browsing import BROWSER, Browser, Door, checked
from tests.support.house import Counter, House

OFFICE = re.compile(r'action="(/shop/[^"]*)"')
PAGES = ("settings", "team", "keys", "terms", "desk", "clocks", "ladder", "listings", "macros")
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
