"""The form of one answer on the screen: tried, refused, shown again with what was typed."""

from collections import defaultdict
from typing import Any

from litestar import Response
from msgspec import Struct
from msgspec.structs import replace

from shopbell.commerce import service as commerce
from shopbell.commerce.commands import PAGE_MOST, Search
from shopbell.commerce.model import Product, Shop
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import ShopId
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import LOCALES
from shopbell.knowledge.answers.model import Kept, Proposed
from shopbell.knowledge.answers.refusals import VariantNotSold
from shopbell.web.pages import answer_form
from shopbell.web.pages.answer_form import Sheet
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work


class Draft(Struct, frozen=True):
    """A form as it was sent, and what came of it."""

    sheet: Sheet
    wrong: dict[str, str] = {}
    told: Told | None = None
    status: int = 200


def see_goods(tx: Tx, shop: ShopId, chosen: str) -> tuple[Shop, list[Product]]:
    """Look at the shop and the newest of its products; the chosen one is always among them."""
    found = commerce.catalogue(tx, Search(shop=shop, limit=PAGE_MOST)).items
    if chosen and chosen not in {one.id for one in found}:
        found = [*(one for one in [commerce.product(tx, chosen)] if one.shop == shop), *found]
    return commerce.shop(tx, shop), found


def draft_in(form: Any, look: Look, product: str | None = None) -> Draft:  # noqa: ANN401 - as sent
    """Read a form, and say what is wrong in it; the product stands fast if it is known."""
    sheet = answer_form.sheet_in(form, look.locale)
    sheet = replace(sheet, product=product) if product else sheet
    wrong = answer_form.troubles(sheet, look.locale)
    return Draft(sheet, wrong, status=422 if wrong else 200)


def refused(draft: Draft, refusal: Refusal, look: Look) -> Draft:
    """Tell a refusal above the form; what was typed stays, but no variant that cannot be."""
    told = explain(refusal, look.locale)
    unsold = isinstance(refusal, VariantNotSold)
    sheet = replace(draft.sheet, variant="") if unsold else draft.sheet
    return Draft(sheet, told=told, status=told.status)


async def show_form(
    look: Look,
    db: Database,
    draft: Draft,
    action: str,
    *,
    kept: Kept | None = None,
    proposed: Proposed | None = None,
) -> Response[str]:
    """Show the form of an answer, to be sent to ``action``."""
    _, shop_id = at_work(look)
    shop, goods = await db.read(see_goods, shop_id, draft.sheet.product)
    chosen = next((one for one in goods if one.id == draft.sheet.product), None)
    return look.page(
        "answer_form.html",
        draft.status,
        action=action,
        draft=draft,
        wrong=defaultdict(str, draft.wrong),
        kept=kept,
        proposed=proposed,
        goods=goods,
        variants=chosen.variants if chosen else [],
        gone=_gone(draft.sheet.variant, goods) if chosen else "",
        zone=shop.zone,
        locales=LOCALES,
        most=answer_form.MOST,
    )


def _gone(variant: str, goods: list[Product]) -> str:
    """Return a variant that is sold no more: an answer about it stays one about it."""
    return "" if any(one.id == variant for good in goods for one in good.variants) else variant
