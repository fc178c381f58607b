"""A shop that falls below its promise is told so, once for each fall."""

from babel import numbers

from shopbell.accounts import letters, staff
from shopbell.accounts import service as accounts
from shopbell.analytics.score import service, storage
from shopbell.analytics.score.model import Standing
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Rank, ShopId
from shopbell.kernel.texts import Locale


def moved(tx: Tx) -> list[ShopId]:
    """Name the shops that have fallen below their promise since, or have come back up to it."""
    fallen = storage.fallen(tx)
    return [
        shop.id
        for shop in commerce.shops(tx)
        if _has_moved(service.expected(tx, shop), shop.id in fallen)
    ]


def note(tx: Tx, named: ShopId) -> None:
    """Note where a shop stands now, and write to its managers and owners if it has fallen."""
    shop = commerce.shop(tx, named)
    standing = service.expected(tx, shop)
    if not _has_moved(standing, named in storage.fallen(tx)):
        return
    if not standing.is_below:
        storage.forget_fall(tx, named)
    elif storage.note_fall(tx, named):
        _warn(tx, shop, standing)


def _has_moved(standing: Standing, fell: bool) -> bool:
    """Tell whether it is news how a shop stands; with too few questions, nothing is."""
    return standing.score is not None and standing.is_below is not fell


def _warn(tx: Tx, shop: Shop, standing: Standing) -> None:
    for one in staff.of_shop(tx, SYSTEM, shop.id):
        if one.rank.includes(Rank.MANAGER):
            reader = accounts.person(tx, one.id)
            letters.write(
                tx,
                reader,
                "score_fell",
                shop=shop.name,
                score=_share(standing.score or 0, reader.locale),
                target=_share(standing.target, reader.locale),
                days=str(standing.days),
                link=f"{tx.settings.base_url}/shop/score",
            )


def _share(value: float, locale: Locale) -> str:
    return numbers.format_percent(value, "#,##0.#%", locale=locale)
