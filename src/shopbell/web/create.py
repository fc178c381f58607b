"""Assemble the web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.types import ASGIApp, Scope

from shopbell.accounts import service as accounts
from shopbell.accounts.model import SessionId, Visit
from shopbell.accounts.routes import ROUTES as ACCOUNTS
from shopbell.accounts.routes import address_of, read_session
from shopbell.app import App
from shopbell.carriers.routes import ROUTES as CARRIERS
from shopbell.cases.routes import ROUTES as CASES
from shopbell.channels.mail.routes import ROUTES as MAIL
from shopbell.channels.push.routes import ROUTES as PUSH
from shopbell.commerce.routes import ROUTES as COMMERCE
from shopbell.contact.ladder import Ladder
from shopbell.contact.routes import ROUTES as CONTACT
from shopbell.conversations.crowd import Crowd
from shopbell.conversations.routes import ROUTES as CONVERSATIONS
from shopbell.conversations.search.routes import ROUTES as SEARCH
from shopbell.engine.loop import watching_the_loop
from shopbell.engine.pace import Turnstile
from shopbell.kernel.actor import Actor
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
    *SEARCH,
    *CONTACT,
    *KNOWLEDGE,
    *SUGGESTING,
    *ANSWERS,
    *REALTIME,
    *PAGES,
    *CARRIERS,
    *CASES,
    *MAIL,
    *PUSH,
    *expectation.ROUTES,
    *files.ROUTES,
    *health.ROUTES,
)


def create(app: App) -> ASGIApp:
    """Return the ASGI application for ``app``: the routes of every room, behind the gate."""
    return cast("ASGIApp", Gate(Doorstep(routes(app), app), app.settings))


def routes(app: App) -> Litestar:
    """Return the routes of every room, wired to ``app``."""

    @asynccontextmanager
    async def publishing(_litestar: Litestar) -> AsyncIterator[None]:
        async with app.relay.working(), watching_the_loop():
            yield

    return Litestar(
        route_handlers=[*ROUTES, files.static_files()],
        dependencies=_dependencies(app),
        exception_handlers={Refusal: answer, Exception: answer},
        lifespan=[publishing],
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=6, exclude=["^/api/v1/events"]
        ),
        request_max_body_size=BODY_MOST,
        openapi_config=api.OPENAPI,
        plugins=[api.Shapes()],
        logging_config=None,
    )


def _dependencies(app: App) -> dict[str, Provide]:
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

    async def visit(scope: Scope) -> Visit | None:
        connection = ASGIConnection[Any, Any, Any, Any](scope)
        found = await app.db.read(accounts.who, read_session(connection, app.settings))
        if found is not None and found.fading:
            await app.db.write(accounts.note, found, address_of(connection))
        return found

    def locale(scope: Scope, visit: NamedDependency[Visit | None]) -> Locale:
        return language(ASGIConnection[Any, Any, Any, Any](scope), visit)

    given: dict[str, object] = {
        "app": app,
        "db": app.db,
        "settings": app.settings,
        "blobs": app.blobs,
        "clock": app.db.clock,
        "house": house,
        "ladder": Ladder(app.channels),
        "push_channel": app.channels["push"],
        "crowd": house.crowd,
    }
    return {
        **{name: Provide(_always(thing), sync_to_thread=False) for name, thing in given.items()},
        "visit": Provide(visit),
        "visitor": Provide(_visitor, sync_to_thread=False),
        "actor": Provide(_actor, sync_to_thread=False),
        "session_id": Provide(_session_id, sync_to_thread=False),
        "locale": Provide(locale, sync_to_thread=False),
    }


def _always(thing: object) -> Any:  # noqa: ANN401 - a provider of any kind of thing
    def provide() -> Any:  # noqa: ANN401
        return thing

    return provide


def _visitor(visit: NamedDependency[Visit | None]) -> Actor | None:
    return visit.actor if visit else None


def _actor(visit: NamedDependency[Visit | None]) -> Actor:
    if visit is None:
        raise SignInFirst
    return visit.actor


def _session_id(visit: NamedDependency[Visit | None]) -> SessionId | None:
    return visit.session_id if visit else None
