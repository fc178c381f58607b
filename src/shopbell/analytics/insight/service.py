"""What a shop's contacts tell of its listings. Each function is one transaction."""

from shopbell.analytics import asking
from shopbell.analytics.insight import mending, odds, questions, ranking, storage
from shopbell.analytics.insight.model import (
    Draft,
    InsightBoard,
    Listing,
    ListingInsight,
    Sheet,
)
from shopbell.analytics.insight.refusals import NotCountedOf, NothingCountedYet
from shopbell.analytics.refusals import NotYourFigures, OnlyYourOwnWork
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Product, Shop
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Rank


def board(tx: Tx, actor: Actor, shop: str = "") -> InsightBoard:
    """Return what is told of a shop: one's own, or for the operator any."""
    of = _shop(tx, actor, shop)
    sheet = _sheet(tx, of)
    mended = {(one.product, one.key) for one in storage.mends_of(tx, of.id)}
    listings = ranking.ranked(sheet.listings, mended)
    in_time, too_late = odds.both(sheet.in_time, sheet.too_late)
    return InsightBoard(
        shop=of.id,
        name=of.name,
        since=sheet.since,
        until=sheet.until,
        made_at=sheet.made_at,
        worst=[one for one in listings if one.score][: ranking.WORST],
        listings=listings,
        lanes=odds.lanes(sheet.lanes),
        disputed=ranking.disputed(listings),
        in_time=in_time,
        too_late=too_late,
    )


def boards(tx: Tx, actor: Actor) -> list[InsightBoard]:
    """Return what is told of each shop that was counted; to the operator."""
    if asking.shop_of(actor) is not None:
        raise NotYourFigures
    counted = (one for one in commerce.shops(tx) if storage.sheet(tx, one.id))
    return [board(tx, actor, one.id) for one in counted]


def listing(tx: Tx, actor: Actor, product: str) -> ListingInsight:
    """Return what is told of one listing; what a buyer said, to the shop alone."""
    of = commerce.product(tx, product)
    shop = _shop(tx, actor, of.shop)
    sheet = _sheet(tx, shop)
    counted = _counted(sheet, of)
    mends = {one.key: one for one in storage.mends_of(tx, shop.id) if one.product == of.id}
    ours = actor.works_for(shop.id)
    clusters = [
        ranking.cluster_shown(
            one, mends, tx.now, questions.example(tx, shop.id, one) if ours else ""
        )
        for one in counted.clusters
    ]
    return ListingInsight(
        shop=shop.id,
        listing=ranking.listing_shown(counted, {(of.id, key) for key in mends}),
        clusters=clusters,
        since=sheet.since,
        until=sheet.until,
        made_at=sheet.made_at,
        may_mend=actor.works_for(shop.id, Rank.MANAGER),
    )


def drafts(tx: Tx, actor: Actor, product: str) -> dict[str, Draft]:
    """Return for what is open in a listing what was answered best so far, ready for its FAQ."""
    of = commerce.product(tx, product)
    mending.check_mends(actor, of.shop)
    counted = _counted(_sheet(tx, _shop(tx, actor, of.shop)), of)
    made = ((one.key, mending.draft(tx, actor, one)) for one in counted.clusters)
    return {key: draft for key, draft in made if draft}


def _shop(tx: Tx, actor: Actor, shop: str) -> Shop:
    """Return the shop somebody may be told of: THE rule for screens, API and files."""
    own = asking.shop_of(actor)
    of = commerce.shop(tx, shop or own or "")
    if own is not None and of.id != own:
        raise NotYourFigures
    if not asking.manages(actor):
        raise OnlyYourOwnWork
    return of


def _sheet(tx: Tx, shop: Shop) -> Sheet:
    found = storage.sheet(tx, shop.id)
    if found is None:
        raise NothingCountedYet
    return found


def _counted(sheet: Sheet, product: Product) -> Listing:
    found = next((one for one in sheet.listings if one.product == product.id), None)
    if found is None:
        raise NotCountedOf
    return found
