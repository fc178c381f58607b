"""A shop's listings in bulk: bring a file, see what it would change, apply it, take it home."""

import asyncio
import os
import shutil
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Stream
from msgspec import Struct

from shopbell.accounts import service as accounts
from shopbell.accounts.refusals import NotForYourRank
from shopbell.commerce.model import NotYourShop
from shopbell.connectors.files.model import TableEmpty
from shopbell.connectors.listings import album, service
from shopbell.connectors.listings.model import AT_WORK, Form, ListingFile, Wishes
from shopbell.connectors.listings.offering import Press
from shopbell.connectors.listings.picturing import Picture, PictureState
from shopbell.connectors.listings.printing import Kind
from shopbell.connectors.listings.receiving import BODY_MOST
from shopbell.connectors.listings.routes import handed, shown
from shopbell.connectors.listings.service import Brought
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, PersonId, ShopId
from shopbell.kernel.refusals import Refusal
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work, elsewhere

Sent = Request[Any, Any, Any]
PAGE = "/shop/listings"


class Shelf(Struct, frozen=True):
    """The files that a shop brought, and who did."""

    files: list[ListingFile]
    people: dict[PersonId, str]


class Fate(Struct, frozen=True):
    """One file, who brought it, and what became of its pictures."""

    file: ListingFile
    people: dict[PersonId, str]
    pictured: dict[PictureState, int]
    failed: list[Picture]


def see_shelf(tx: Tx, actor: Actor, shop: ShopId) -> Shelf:
    """Look at the files that a shop brought."""
    files = service.of_shop(tx, actor, shop)
    return Shelf(files, accounts.names(tx, {file.by for file in files}))


def see_file(tx: Tx, actor: Actor, file: str) -> Fate:
    """Look at one file."""
    known = service.one(tx, actor, file)
    names = accounts.names(tx, [known.by])
    pictured = service.pictured(tx, actor, file)
    return Fate(known, names, pictured, service.failed_pictures(tx, actor, file))


@get(PAGE)
async def listings_page(
    look: NamedDependency[Look], db: NamedDependency[Database]
) -> Response[Any]:
    """Show where to bring a file, what was brought, and what can be taken home."""
    return elsewhere(look) or await _page(look, db)


@post(PAGE, status_code=303, request_max_body_size=BODY_MOST)
async def bring_file(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    blobs: NamedDependency[Blobs],
) -> Response[Any]:
    """Take a file in and lead to what it would change."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, shop = at_work(look)
    try:
        await db.read(service.of_shop, actor, shop)
        if (sent := _sent(form, "file")) is None:
            raise TableEmpty
        kept = await asyncio.to_thread(_kept, blobs, sent)
        pictures = await asyncio.to_thread(_album, blobs, _sent(form, "album"))
        wishes = Wishes(pictures=form.get("pictures") == "on")
        brought = Brought(sent.filename, kept, wishes, album=pictures)
        file = await db.write(service.take, actor, shop, brought)
    except NotYourShop:
        raise NotForYourRank from None
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        return await _page(look, db, told)
    return Redirect(f"{PAGE}/{file.id}", status_code=303)


@get(PAGE + "/template")
async def template(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    blobs: NamedDependency[Blobs],
    form: FromQuery[Form] = Form.OWN,
    kind: FromQuery[Kind] = Kind.XLSX,
) -> Stream:
    """Hand out a table without products, in the reader's language."""
    at_work(look)
    press = Press(db, blobs, look.locale)
    return handed(await asyncio.to_thread(press.template, form, kind))


@get(PAGE + "/export")
async def export(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    blobs: NamedDependency[Blobs],
    form: FromQuery[Form] = Form.OWN,
    kind: FromQuery[Kind] = Kind.XLSX,
) -> Stream:
    """Hand out all that the shop lists."""
    press = Press(db, blobs, look.locale)
    return handed(await asyncio.to_thread(press.export, *at_work(look), form, kind))


@get(PAGE + "/{listing:str}")
async def file_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    blobs: NamedDependency[Blobs],
    listing: FromPath[str],
) -> Response[Any]:
    """Show how far a file has come, what it changes, and what is wrong in it."""
    return elsewhere(look) or await _file_page(look, db, blobs, listing)


@post(PAGE + "/{listing:str}", status_code=303)
async def act_on_file(
    request: Sent,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    blobs: NamedDependency[Blobs],
    listing: FromPath[str],
) -> Response[Any]:
    """Apply a file, or compare it anew; what is refused is told on its page."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, _ = at_work(look)
    try:
        if form.get("do") == "apply":
            whole = form.get("whole") == "on"
            await db.write(service.apply, actor, listing, whole=whole)
        else:
            await db.write(service.check_again, actor, listing)
    except Refusal as refusal:
        return await _file_page(look, db, blobs, listing, explain(refusal, look.locale))
    return Redirect(f"{PAGE}/{listing}", status_code=303)


@get(PAGE + "/{listing:str}/report")
async def report(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    blobs: NamedDependency[Blobs],
    listing: FromPath[str],
    kind: FromQuery[Kind] = Kind.XLSX,
) -> Stream:
    """Hand out a file with what is wrong in it marked."""
    actor, _ = at_work(look)
    press = Press(db, blobs, look.locale)
    return handed(await asyncio.to_thread(press.report, actor, listing, kind))


async def _page(look: Look, db: Database, told: Told | None = None) -> Response[str]:
    shelf = await db.read(see_shelf, *at_work(look))
    status = told.status if told else 200
    forms = (Form.OWN, Form.OZON)
    return look.page("listings.html", status, shelf=shelf, told=told, forms=forms, kinds=list(Kind))


async def _file_page(
    look: Look, db: Database, blobs: Blobs, file: str, told: Told | None = None
) -> Response[str]:
    actor, _ = at_work(look)
    fate = await db.read(see_file, actor, file)
    found = await asyncio.to_thread(shown, db, blobs, fate.file)
    return look.page(
        "listing_file.html",
        told.status if told else 200,
        fate=fate,
        file=fate.file,
        findings=found.findings,
        at_work=fate.file.state in AT_WORK,
        told=told,
        kinds=list(Kind),
    )


def _sent(form: FormMultiDict, name: str) -> UploadFile | None:
    """Return a file of a form, if one was chosen."""
    sent = form.get(name)
    return sent if isinstance(sent, UploadFile) and sent.filename else None


def _album(blobs: Blobs, sent: UploadFile | None) -> str | None:
    if sent is None:
        return None
    album.check_size(sent.file.seek(0, os.SEEK_END))
    sent.file.seek(0)
    return _kept(blobs, sent)


def _kept(blobs: Blobs, sent: UploadFile) -> str:
    with blobs.workroom() as folder:
        with (folder / "file").open("wb") as file:
            shutil.copyfileobj(sent.file, file)
        return blobs.keep_written(folder / "file")


ROUTES = (listings_page, bring_file, template, export, file_page, act_on_file, report)
