"""What a buyer may expect of a shop, for the contact window: the words that its page says, too."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from shopbell.app import App
from shopbell.commerce.hours import find_zone
from shopbell.engine.database import Database
from shopbell.kernel.texts import Locale
from shopbell.web.pages.score_words import judged
from shopbell.web.pages.shopfront import chat_promise
from shopbell.web.pages.storefront import presence_of, see_counter


class Expectation(Struct, frozen=True):
    """Whether somebody is at a shop's desk, when an answer comes, and how it did: in words."""

    here: bool
    words: str
    judged: str


@get("/api/v1/shops/{shop:str}/expectation")
async def show_expectation(
    *,
    app: NamedDependency[App],
    db: NamedDependency[Database],
    locale: NamedDependency[Locale],
    shop: FromPath[str],
    zone: FromQuery[str | None] = None,
) -> Expectation:
    """Say when a shop would answer a chat; ``zone`` is where the reader's clock stands."""
    counter = await db.read(see_counter, shop)
    presence = presence_of(counter, app)
    reader = find_zone(zone) if zone else None
    words = chat_promise(counter.shop, presence, locale, reader)
    return Expectation(presence.online, words, judged(counter.standing, locale))


ROUTES = (show_expectation,)
