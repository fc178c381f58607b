"""Assemble the web application."""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, TypedDict, cast

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.types import ASGIApp, LifeSpanSend, Receive, Scope, Send

from shopbell.accounts import service as accounts
from shopbell.accounts.model import SessionId, Visit
from shopbell.accounts.refusals import ActsForAnother
from shopbell.accounts.routes import ROUTES as ACCOUNTS
from shopbell.accounts.routes import address_of, read_session
from shopbell.analytics.insight.routes import ROUTES as INSIGHT
from shopbell.analytics.routes import ROUTES as REPORTS
from shopbell.analytics.score.routes import ROUTES as SCORE
from shopbell.app import App
from shopbell.assistants.helping import Assistants
from shopbell.assistants.routes import ROUTES as ASSISTANTS
from shopbell.carriers.routes import ROUTES as CARRIERS
from shopbell.cases.routes import ROUTES as CASES
from shopbell.channels.mail.routes import ROUTES as MAIL
from shopbell.channels.push.routes import ROUTES as PUSH
from shopbell.commerce.routes import ROUTES as COMMERCE
from shopbell.connectors.listings.routes import ROUTES as LISTINGS
from shopbell.contact.channel import Channel
from shopbell.contact.ladder import Ladder
from shopbell.contact.routes import ROUTES as CONTACT
from shopbell.conversations.conduct.routes import ROUTES as CONDUCT
from shopbell.conversations.crowd import Crowd
from shopbell.conversations.joining.routes import ROUTES as JOINING
from shopbell.conversations.listing.routes import ROUTES as LISTING
from shopbell.conversations.reading.routes import ROUTES as READING
from shopbell.conversations.routes import ROUTES as CONVERSATIONS
from shopbell.conversations.satisfaction.routes import ROUTES as SATISFACTION
from shopbell.conversations.search.routes import ROUTES as SEARCH
from shopbell.conversations.translation.routes import ROUTES as TRANSLATION
from shopbell.desk.bulk.routes import ROUTES as BULK
from shopbell.desk.clocks.routes import ROUTES as CLOCKS
from shopbell.desk.macros.routes import ROUTES as MACROS
from shopbell.desk.routes import ROUTES as DESK
from shopbell.desk.rules.routes import ROUTES as RULES
from shopbell.desk.together.routes import ROUTES as TOGETHER
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Database
from shopbell.engine.loop import watching_the_loop
from shopbell.engine.pace import Turnstile
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor
from shopbell.kernel.clock import Clock
from shopbell.kernel.refusals import Refusal, SignInFirst
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers.routes import ROUTES as ANSWERS
from shopbell.knowledge.routes import ROUTES as KNOWLEDGE
from shopbell.knowledge.suggesting.routes import ROUTES as SUGGESTING
from shopbell.realtime.routes import ROUTES as REALTIME
from shopbell.realtime.wire import House
from shopbell.web import api, files, health
from shopbell.web.doorstep import Doorstep
from shopbell.web.gate import Gate
from shopbell.web.language import language
from shopbell.web.pages import expectation
from shopbell.web.pages.errors import answer
from shopbell.web.pages.routes import ROUTES as PAGES
from shopbell.web.problems import document

BODY_MOST = 256 * 1024
STRANGERS_PER_ADDRESS = 50
"""Sockets from one address that have not said yet whose they are."""

ROUTES = (
    *ACCOUNTS,
    *COMMERCE,
    *CONVERSATIONS,
    *READING,
    *SEARCH,
    *CONDUCT,
    *JOINING,
    *LISTING,
    *BULK,
    *SATISFACTION,
    *TRANSLATION,
    *ASSISTANTS,
    *CONTACT,
    *CLOCKS,
    *KNOWLEDGE,
    *SUGGESTING,
    *TOGETHER,
    *MACROS,
    *RULES,
    *ANSWERS,
    *REALTIME,
    *REPORTS,
    *SCORE,
    *INSIGHT,
    *PAGES,
    *CARRIERS,
    *CASES,
    *DESK,
    *MAIL,
    *PUSH,
    *LISTINGS,
    *expectation.ROUTES,
    *files.ROUTES,
    *health.ROUTES,
)


OPENED_FOR = "shopbell-shop"
"""In this header a page says whose desk it shows: another tab may have moved the sign-in."""

GIVEN = "shopbell"
"""Under this name a request carries what its house has given it."""


def create(app: App) -> ASGIApp:
    """Return the ASGI application for ``app``: the routes of every room, behind the gate."""
    return cast("ASGIApp", Gate(Doorstep(Furnished(routes(), app), app), app.settings))


@cache
def routes() -> Litestar:
    """Return the routes of every room, laid once; `Furnished` tells them which house they serve."""
    return Litestar(
        route_handlers=[*ROUTES, files.static_files()],
        dependencies={
            **{
                name: Provide(_given(name), sync_to_thread=False) for name in Things.__annotations__
            },
            "visit": Provide(_visit),
            "visitor": Provide(_visitor, sync_to_thread=False),
            "actor": Provide(_actor, sync_to_thread=False),
            "session_id": Provide(_session_id, sync_to_thread=False),
            "locale": Provide(_locale, sync_to_thread=False),
        },
        exception_handlers={Refusal: answer, Exception: answer},
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=6, exclude=["^/api/v1/events", "^/console/record$"]
        ),
        request_max_body_size=BODY_MOST,
        openapi_config=api.OPENAPI,
        plugins=[api.Shapes()],
        logging_config=None,
    )


class Furnished:
    """The routes in one house: every request carries its things, and it works while they serve."""

    def __init__(self, inside: Litestar, app: App) -> None:
        self._inside, self._app = inside, app
        self._given = _things(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with what it needs, or live as long as the server does."""
        if scope["type"] == "lifespan":  # type: ignore[comparison-overlap]
            await self._live(receive, cast("LifeSpanSend", send))
            return
        cast("dict[str, object]", scope)[GIVEN] = self._given
        await self._inside(scope, receive, send)

    async def _live(self, receive: Callable[[], Awaitable[object]], send: LifeSpanSend) -> None:
        await receive()
        async with self._app.relay.working(), watching_the_loop():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


class Things(TypedDict):
    """What a house gives to its routes, each by the name they ask for."""

    app: App
    db: Database
    settings: Settings
    blobs: Blobs
    clock: Clock
    house: House
    ladder: Ladder
    push_channel: Channel
    crowd: Crowd
    assistants: Assistants


def _things(app: App) -> Things:
    house = House(
        db=app.db,
        hub=app.hub,
        relay=app.relay,
        crowd=Crowd(app.settings.frames_per_second),
        strangers=Turnstile(STRANGERS_PER_ADDRESS),
        explain=document,
        epoch=app.epoch,
        attachment_bytes=app.settings.attachment_bytes,
        frames_per_second=app.settings.frames_per_second,
    )
    return {
        "app": app,
        "db": app.db,
        "settings": app.settings,
        "blobs": app.blobs,
        "clock": app.db.clock,
        "house": house,
        "ladder": Ladder(app.channels),
        "push_channel": app.channels["push"],
        "crowd": house.crowd,
        "assistants": app.assistants,
    }


def _given(name: str) -> Any:  # noqa: ANN401 - a provider of any kind of thing
    def provide(scope: Scope) -> Any:  # noqa: ANN401
        return cast("dict[str, Any]", _of(scope))[name]

    return provide


def _of(scope: Scope) -> Things:
    return cast("Things", cast("dict[str, object]", scope)[GIVEN])


async def _visit(scope: Scope) -> Visit | None:
    app = _of(scope)["app"]
    connection = ASGIConnection[Any, Any, Any, Any](scope)
    found = await app.db.read(accounts.who, read_session(connection, app.settings))
    if found is not None and found.fading:
        await app.db.write(accounts.note, found, address_of(connection))
    return found


def _locale(scope: Scope, visit: NamedDependency[Visit | None]) -> Locale:
    return language(ASGIConnection[Any, Any, Any, Any](scope), visit)


def _visitor(visit: NamedDependency[Visit | None]) -> Actor | None:
    return visit.actor if visit else None


def _actor(scope: Scope, visit: NamedDependency[Visit | None]) -> Actor:
    """Return who asks; a page may say for which shop it was opened, and is refused for another."""
    if visit is None:
        raise SignInFirst
    opened_for = ASGIConnection[Any, Any, Any, Any](scope).headers.get(OPENED_FOR)
    if opened_for and opened_for != visit.actor.shop:
        raise ActsForAnother
    return visit.actor


def _session_id(visit: NamedDependency[Visit | None]) -> SessionId | None:
    return visit.session_id if visit else None
