"""Coming in and going out by plain forms."""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect
from msgspec import Meta, Struct

from shopbell.accounts import entrance
from shopbell.accounts import service as accounts
from shopbell.accounts.model import LEAST, Entry, SignIn, SignUp
from shopbell.accounts.routes import cookies, farewell, knock, read_session
from shopbell.engine.database import Database
from shopbell.engine.settings import Settings
from shopbell.kernel.refusals import Refusal, SignInFirst
from shopbell.web.pages.errors import explain
from shopbell.web.pages.look import HOMES, Look, local, sign_in_for

Asking = Request[Any, Any, Any]
Typed = Annotated[str, Meta(max_length=1_024)]
Onwards = Annotated[str, Meta(max_length=2_000)] | None


class SignInForm(Struct, frozen=True):
    """What the sign-in asks for."""

    email: Typed = ""
    password: Typed = ""
    next: Onwards = None


class SignUpForm(Struct, frozen=True):
    """What a new account asks for."""

    name: Typed = ""
    email: Typed = ""
    password: Typed = ""
    next: Onwards = None


class TokenForm(Struct, frozen=True):
    """The token that came with a letter."""

    token: Typed = ""


class DemoPerson(Struct, frozen=True):
    """Somebody of the demonstration anyone may be."""

    role: str
    email: str


class Demo(Struct, frozen=True):
    """The sign-ins of the demonstration."""

    password: str
    people: tuple[DemoPerson, ...]


DEMO = Demo(
    password="shopbell-demo",  # noqa: S106 - printed in the manual; such people exist only in demo data
    people=(
        DemoPerson("buyer", "buyer-en@demo.example"),
        DemoPerson("buyer", "buyer-zh@demo.example"),
        DemoPerson("buyer", "buyer-ru@demo.example"),
        DemoPerson("shop", "shop-one@demo.example"),
        DemoPerson("shop", "shop-two@demo.example"),
        DemoPerson("two_shops", "dasha@demo.example"),
        DemoPerson("operator", "operator@demo.example"),
    ),
)


@get("/sign-in")
async def sign_in_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    next: FromQuery[Onwards] = None,  # noqa: A002 - the name in the address
) -> Response[Any]:
    """Ask who it is."""
    if look.visitor:
        return Redirect(local(next) or HOMES.get(look.visitor.side, "/"), status_code=303)
    return await _sign_in(look, db, SignInForm(next=next))


@post("/sign-in", status_code=303)
async def sign_in(
    request: Asking,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    data: URLEncodedBody[SignInForm],
) -> Response[Any]:
    """Let somebody in, or say why not and keep what was typed."""
    try:
        entry = await entrance.sign_in(
            db, SignIn(data.email, data.password), knock(request, settings)
        )
    except Refusal as refusal:
        return await _sign_in(look, db, data, refusal)
    return _go_on(data.next, entry, cookies(request, settings, entry))


@get("/sign-up")
async def sign_up_page(
    look: NamedDependency[Look],
    next: FromQuery[Onwards] = None,  # noqa: A002 - the name in the address
) -> Response[Any]:
    """Offer an account."""
    return _sign_up(look, SignUpForm(next=next))


@post("/sign-up", status_code=303)
async def sign_up(
    request: Asking,
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    data: URLEncodedBody[SignUpForm],
) -> Response[Any]:
    """Make an account and let its owner in."""
    form = SignUp(data.email, data.password, data.name, look.locale)
    try:
        entry = await entrance.sign_up(db, form, knock(request, settings), settings.base_url)
    except Refusal as refusal:
        return _sign_up(look, data, refusal)
    return _go_on(data.next, entry, cookies(request, settings, entry))


@post("/sign-out", status_code=303)
async def sign_out(
    request: Asking, db: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Redirect:
    """End this session; the browser forgets what was not sent yet, too."""
    visit = await db.read(accounts.who, read_session(request, settings))
    if visit and visit.session_id:
        await db.write(accounts.sign_out, visit.session_id)
    return Redirect(
        "/",
        status_code=303,
        cookies=farewell(request, settings),
        headers={"Clear-Site-Data": '"storage"'},
    )


@get("/verify")
async def verify_page(look: NamedDependency[Look], token: FromQuery[Typed] = "") -> Response[str]:
    """Ask for one press: scanners of mail follow links, too, and must not use the token up.

    Only the account the letter was written for may press, so it is to sign in first.
    """
    if look.visitor is None:
        raise SignInFirst
    return look.page("verify.html", token=token, verified=False, refusal=None)


@post("/verify", status_code=200)
async def verify(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    data: URLEncodedBody[TokenForm],
) -> Response[Any]:
    """Take the token as proof of the address."""
    if look.visitor is None:
        back = f"/verify?{urlencode({'token': data.token})}"
        return Redirect(sign_in_for(back), status_code=303)
    try:
        await db.write(accounts.verify_email, look.visitor, data.token)
    except Refusal as refusal:
        told = explain(refusal, look.locale)
        return look.page("verify.html", told.status, token="", verified=False, refusal=told)
    return look.page("verify.html", token="", verified=True, refusal=None)


async def _sign_in(
    look: Look, db: Database, form: SignInForm, refusal: Refusal | None = None
) -> Response[str]:
    told = explain(refusal, look.locale) if refusal else None
    return look.page(
        "sign_in.html",
        told.status if told else 200,
        email=form.email,
        next=local(form.next),
        other=_with_next("/sign-up", form.next),
        refusal=told,
        demo=DEMO if await db.read(accounts.has_demo_people) else None,
    )


def _sign_up(look: Look, form: SignUpForm, refusal: Refusal | None = None) -> Response[str]:
    told = explain(refusal, look.locale) if refusal else None
    return look.page(
        "sign_up.html",
        told.status if told else 200,
        name=form.name,
        email=form.email,
        next=local(form.next),
        other=_with_next("/sign-in", form.next),
        least=LEAST,
        refusal=told,
    )


def _go_on(onwards: str | None, entry: Entry, kept: list[Cookie]) -> Redirect:
    address = local(onwards) or HOMES.get(entry.person.side, "/")
    return Redirect(address, status_code=303, cookies=kept)


def _with_next(page: str, onwards: str | None) -> str:
    address = local(onwards)
    return f"{page}?{urlencode({'next': address})}" if address else page


ROUTES = (sign_in_page, sign_in, sign_up_page, sign_up, sign_out, verify_page, verify)
