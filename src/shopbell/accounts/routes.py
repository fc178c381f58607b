"""Accounts over HTTP: decode, call one service, encode; and the cookies of a visit."""

from typing import Any

from litestar import Request, Response, delete, get, post, put
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from shopbell.accounts import acting, entrance, keys, service, staff
from shopbell.accounts.model import (
    DEVICE_LIFE,
    ApiKey,
    ChosenShop,
    Colleague,
    Entry,
    KeyId,
    KeyMade,
    Knock,
    Me,
    NewColleague,
    NewKey,
    NewLanguage,
    NewPassword,
    NewRank,
    Person,
    SessionId,
    SignedIn,
    SignIn,
    SignUp,
    Verification,
    Visit,
    is_for_frame,
    is_for_programs,
)
from shopbell.engine.database import Database
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor, PersonId, ShopId
from shopbell.kernel.refusals import SignInFirst

API = "/api/v1"
SESSION, DEVICE = "shopbell_session", "shopbell_device"
IN_FRAME = {SESSION: "shopbell_frame", DEVICE: "shopbell_frame_device"}
HOST_ONLY = "__Host-"
PANEL, MARK = "/panel", "framed"
ASKED_BY_PAGES = frozenset({"empty", "image"})
Asked = ASGIConnection[Any, Any, Any, Any]


# --- cookies ------------------------------------------------------------------------------


class FrameCookie(Cookie):
    """A cookie that a browser keeps for our frame on one site, and gives to no other."""

    def to_header(self, **options: Any) -> str:  # noqa: ANN401 - as Litestar has it
        """Add the word that Python's cookies learn in 3.14."""
        return f"{super().to_header(**options)}; Partitioned"


def read_session(connection: Asked, settings: Settings | None = None) -> str | None:
    """Return the secret a request brings: of an API key, or of a session.

    Over https only the ``__Host-`` cookie counts, which no neighbouring site can plant. A key
    in a cookie opens nothing, nor does a session without one. What was given to our frame on
    another site opens nothing anywhere else, and the other way round.
    """
    scheme, _, given = connection.headers.get("authorization", "").partition(" ")
    bears = scheme.lower() == "bearer"
    found = given.strip() if bears else _read(connection, SESSION, settings)
    framed = is_framed(connection) and not bears
    fits = found and is_for_programs(found) is bears and is_for_frame(found) is framed
    return found if fits else None


def is_framed(connection: Asked) -> bool:
    """Tell whether our contact window asks, from inside a page of another site.

    The browser says where a request comes from, in headers that no page can write. The window
    marks what it asks for, so that pages of our own never get at a session of the frame.
    """
    site = connection.headers.get("sec-fetch-site")
    kind = connection.headers.get("sec-fetch-dest")
    ours = site == "same-origin" and MARK in connection.query_params
    if kind == "iframe":
        return connection.scope["path"] == PANEL and (site == "cross-site" or ours)
    return kind in ASKED_BY_PAGES and ours


def knock(request: Asked, settings: Settings) -> Knock:
    """Say how somebody stands at the door."""
    return Knock(
        address=address_of(request),
        device=_read(request, DEVICE, settings),
        session=_read(request, SESSION, settings),
        framed=is_framed(request),
        agent=request.headers.get("user-agent", ""),
    )


def address_of(connection: Asked) -> str:
    """Return the network address a request comes from."""
    return connection.client.host if connection.client else ""


def cookies(request: Asked, settings: Settings, entry: Entry) -> list[Cookie]:
    """Return what the browser of somebody let in shall keep."""
    session, device = int(entry.lasts.total_seconds()), int(DEVICE_LIFE.total_seconds())
    return [
        _cookie(request, settings, SESSION, entry.session, session),
        _cookie(request, settings, DEVICE, entry.device, device),
    ]


def farewell(request: Asked, settings: Settings) -> list[Cookie]:
    """Return cookies that make the browser forget the session; the device stays known."""
    return [_cookie(request, settings, SESSION, "", 0)]


def is_secure(connection: Asked, settings: Settings | None = None) -> bool:
    """Tell whether people reach us over https, be it through a proxy that ends it."""
    public = settings.public_url if settings else ""
    return connection.scope["scheme"] in {"https", "wss"} or public.startswith("https://")


def _read(connection: Asked, name: str, settings: Settings | None) -> str | None:
    kept = connection.cookies
    if is_framed(connection):
        return kept.get(HOST_ONLY + IN_FRAME[name])
    plain = None if is_secure(connection, settings) else kept.get(name)
    return kept.get(HOST_ONLY + name) or plain or None


def _cookie(request: Asked, settings: Settings, name: str, value: str, max_age: int) -> Cookie:
    """Make a cookie of our own pages, or of our frame: only its browser can tell that it may."""
    framed = is_framed(request)
    secure = framed or is_secure(request, settings)
    name = IN_FRAME[name] if framed else name
    return (FrameCookie if framed else Cookie)(
        key=HOST_ONLY + name if secure else name,
        value=value,
        max_age=max_age,
        path="/",
        secure=secure,
        httponly=True,
        samesite="none" if framed else "lax",
    )


# --- coming and going ---------------------------------------------------------------------


@post(f"{API}/sign-up", status_code=201)
async def sign_up(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    data: JSONBody[SignUp],
) -> Response[Person]:
    """Make an account and sign in with it."""
    entry = await entrance.sign_up(db, data, knock(request, settings), settings.base_url)
    return Response(entry.person, cookies=cookies(request, settings, entry))


@post(f"{API}/sign-in", status_code=200)
async def sign_in(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    data: JSONBody[SignIn],
) -> Response[Person]:
    """Sign in."""
    entry = await entrance.sign_in(db, data, knock(request, settings))
    return Response(entry.person, cookies=cookies(request, settings, entry))


@post(f"{API}/sign-out", status_code=204)
async def sign_out(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
) -> Response[None]:
    """Sign out here; harmless for somebody who is not signed in."""
    visit = await db.read(service.who, read_session(request, settings))
    if visit and visit.session_id:
        await db.write(service.sign_out, visit.session_id)
    return Response(None, cookies=farewell(request, settings))


@post(f"{API}/sign-out-everywhere", status_code=204)
async def sign_out_everywhere(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
) -> Response[None]:
    """Sign out on every device."""
    visit = await _person_visiting(request, db, settings)
    await db.write(service.sign_out_everywhere, visit.actor)
    return Response(None, cookies=farewell(request, settings))


# --- oneself ------------------------------------------------------------------------------


@get(f"{API}/me")
async def read_me(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
) -> Me:
    """Say who is signed in."""
    visit = await db.read(service.who, read_session(request, settings))
    if visit is None:
        raise SignInFirst
    return service.me(visit)


@post(f"{API}/me/password", status_code=204)
async def change_password(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    data: JSONBody[NewPassword],
) -> None:
    """Change the password; every other session ends."""
    await entrance.change_password(db, await _person_visiting(request, db, settings), data)


@put(f"{API}/me/language", status_code=204)
async def choose_language(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    data: JSONBody[NewLanguage],
) -> None:
    """Choose the language of letters, and of pages where the browser has chosen none."""
    visit = await _person_visiting(request, db, settings)
    await db.write(service.choose_language, visit.actor, data.locale)


@put(f"{API}/me/shop", status_code=204)
async def choose_shop(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    data: JSONBody[ChosenShop],
) -> None:
    """Act for another of one's shops in this sign-in; its open pages close."""
    visit = await _person_visiting(request, db, settings)
    await db.write(acting.act_for, visit, data.shop)


@get(f"{API}/me/sessions")
async def list_sessions(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
) -> list[SignedIn]:
    """List where one is signed in."""
    return await db.read(service.sessions, await _person_visiting(request, db, settings))


@delete(f"{API}/me/sessions/{{session:str}}", status_code=204)
async def end_session(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    session: FromPath[SessionId],
) -> None:
    """Sign out in one place; its open pages close. Doing so again changes nothing."""
    visit = await _person_visiting(request, db, settings)
    await db.write(service.end_session, visit.actor, session)


@post(f"{API}/me/verification-letters", status_code=202)
async def ask_verification(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
) -> None:
    """Ask for the letter with the link once more."""
    visit = await _person_visiting(request, db, settings)
    await db.write(service.ask_verification, visit.actor, settings.base_url)


@post(f"{API}/email-verifications", status_code=201)
async def verify_email(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    data: JSONBody[Verification],
) -> None:
    """Show the token of a letter; only the account it was written for may."""
    visit = await _person_visiting(request, db, settings)
    await db.write(service.verify_email, visit.actor, data.token)


async def _person_visiting(request: Asked, db: Database, settings: Settings) -> Visit:
    visit = await db.read(service.who, read_session(request, settings))
    if visit is None or visit.person is None:
        raise SignInFirst
    return visit


# --- staff --------------------------------------------------------------------------------


@get(f"{API}/shops/{{shop:str}}/staff")
async def list_staff(
    db: NamedDependency[Database], actor: NamedDependency[Actor], shop: FromPath[ShopId]
) -> list[Colleague]:
    """List everybody who works for a shop."""
    return await db.read(staff.of_shop, actor, shop)


@post(f"{API}/shops/{{shop:str}}/staff", status_code=201)
async def add_colleague(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    settings: NamedDependency[Settings],
    shop: FromPath[ShopId],
    data: JSONBody[NewColleague],
) -> Colleague:
    """Add somebody to a shop's staff; who worked here before keeps the account and password."""
    joined = await entrance.add_colleague(db, actor, shop, data, settings.base_url)
    person = joined.person
    return Colleague(person.id, person.name, person.email, joined.rank)


@put(f"{API}/shops/{{shop:str}}/staff/{{person:str}}", status_code=204)
async def set_rank(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[ShopId],
    person: FromPath[PersonId],
    data: JSONBody[NewRank],
) -> None:
    """Give somebody of the staff another rank; they sign in anew."""
    await db.write(staff.set_rank, actor, shop, person, data.rank)


@delete(f"{API}/shops/{{shop:str}}/staff/{{person:str}}", status_code=204)
async def leave_staff(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[ShopId],
    person: FromPath[PersonId],
) -> None:
    """End somebody's work for a shop; their sessions end."""
    await db.write(staff.leave, actor, shop, person)


# --- API keys -----------------------------------------------------------------------------


@get(f"{API}/shops/{{shop:str}}/keys")
async def list_keys(
    db: NamedDependency[Database], actor: NamedDependency[Actor], shop: FromPath[ShopId]
) -> list[ApiKey]:
    """List a shop's API keys."""
    return await db.read(keys.of_shop, actor, shop)


@post(f"{API}/shops/{{shop:str}}/keys", status_code=201)
async def make_key(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[ShopId],
    data: JSONBody[NewKey],
) -> KeyMade:
    """Make an API key; its secret is in this answer and nowhere else."""
    return await db.write(keys.make, actor, shop, data)


@delete(f"{API}/shops/{{shop:str}}/keys/{{key:str}}", status_code=204)
async def revoke_key(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromPath[ShopId],
    key: FromPath[KeyId],
) -> None:
    """Revoke an API key."""
    await db.write(keys.revoke, actor, shop, key)


ROUTES = (
    sign_up,
    sign_in,
    sign_out,
    sign_out_everywhere,
    read_me,
    change_password,
    choose_language,
    choose_shop,
    list_sessions,
    end_session,
    ask_verification,
    verify_email,
    list_staff,
    add_colleague,
    set_rank,
    leave_staff,
    list_keys,
    make_key,
    revoke_key,
)
