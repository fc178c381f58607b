"""A shop's API keys: what each is for, a new one with its secret shown once, the end of one."""

from contextlib import suppress
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from shopbell.accounts import keys, model, staff
from shopbell.accounts.model import ApiKey, KeyId, KeyMade, NewKey
from shopbell.accounts.refusals import AskedBefore, NameUnreadable, NoSuchKey
from shopbell.engine.database import Database, Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor, PersonId, Rank, ShopId
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import text
from shopbell.web.pages.errors import explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work, elsewhere
from shopbell.web.pages.sign import Typed


class KeyForm(Struct, frozen=True):
    """A key to make; ``secret`` was drawn when the form was shown, so that twice is once."""

    secret: Typed = ""
    name: Typed = ""
    rank: Rank = Rank.AGENT


class Bunch(Struct, frozen=True):
    """A shop's keys, and who of its staff made them."""

    keys: list[ApiKey]
    makers: dict[PersonId, str]


@get("/shop/keys")
async def keys_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """Show the keys of the shop to those who may make them."""
    if away := elsewhere(look):
        return away
    done = text(look.locale, "office.revoked_done") if done == "revoked" else ""
    return await _page(look, db, settings, _blank(), done=done)


@post("/shop/keys", status_code=200)
async def make_key(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    data: URLEncodedBody[KeyForm],
) -> Response[Any]:
    """Make a key, and show its secret this once."""
    actor, shop = at_work(look)
    try:
        made = await db.write(keys.make, actor, shop, NewKey(data.name, data.rank), data.secret)
    except AskedBefore as refusal:
        return await _page(look, db, settings, replace(data, secret=keys.draw()), refusal)
    except Refusal as refusal:
        return await _page(look, db, settings, data, refusal)
    return await _page(look, db, settings, _blank(), made=made)


@post("/shop/keys/{key:str}/revoke", status_code=303)
async def revoke_key(
    look: NamedDependency[Look], db: NamedDependency[Database], key: FromPath[KeyId]
) -> Redirect:
    """Make a key useless from now on; one that is so already stays so."""
    actor, shop = at_work(look)
    with suppress(NoSuchKey):
        await db.write(keys.revoke, actor, shop, key)
    return Redirect("/shop/keys?done=revoked", status_code=303)


def see_keys(tx: Tx, actor: Actor, shop: ShopId) -> Bunch:
    """Look at the keys, with the names of those who made them."""
    made = keys.of_shop(tx, actor, shop)
    people = {one.id: one.name for one in staff.of_shop(tx, actor, shop)}
    return Bunch(made, people)


async def _page(
    look: Look,
    db: Database,
    settings: Settings,
    form: KeyForm,
    refusal: Refusal | None = None,
    *,
    made: KeyMade | None = None,
    done: str = "",
) -> Response[str]:
    actor, shop = at_work(look)
    bunch = await db.read(see_keys, actor, shop)
    told = explain(refusal, look.locale) if refusal else None
    return look.page(
        "api_keys.html",
        told.status if told else 200,
        bunch=bunch,
        form=form,
        ranks=[rank for rank in reversed(Rank) if model.may_make_key(actor, shop, rank)],
        told=told,
        bad_name=told if isinstance(refusal, NameUnreadable) else None,
        made=made,
        done=done,
        site=settings.base_url,
    )


def _blank() -> KeyForm:
    return KeyForm(secret=keys.draw())


ROUTES = (keys_page, make_key, revoke_key)
