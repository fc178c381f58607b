"""One's own account by plain forms: address, language, password, and where one is signed in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect
from msgspec import Struct

from shopbell.accounts import entrance
from shopbell.accounts import service as accounts
from shopbell.accounts.model import LEAST, MOST, NewPassword, SessionId, SignedIn, Visit
from shopbell.accounts.refusals import (
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    WrongPassword,
)
from shopbell.accounts.routes import farewell
from shopbell.engine.database import Database, Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.refusals import Refusal, SignInFirst
from shopbell.kernel.texts import Locale, text
from shopbell.web.pages import format as written
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.notices import Notices, see_notices
from shopbell.web.pages.office import zones
from shopbell.web.pages.sign import Asking, Typed

DONE: Mapping[str, str] = {
    "language": "account.language_done",
    "letter": "account.letter_done",
    "password": "account.password_done",
    "ended": "account.ended_done",
    "saved": "push.saved_done",
    "tested": "push.tested_done",
    "resumed": "account.resumed_done",
    "forgotten": "push.forgotten_done",
}
"""What was done a moment ago, by the word in the address."""

FIELDS: Mapping[type[Refusal], str] = {
    WrongPassword: "old",
    PasswordTooShort: "new",
    PasswordTooLong: "new",
    PasswordTooCommon: "new",
}
"""The field a refusal is about; any other is said above the form."""


class PasswordForm(Struct, frozen=True):
    """The present password and the one to come."""

    old: Typed = ""
    new: Typed = ""


class LanguageForm(Struct, frozen=True):
    """The language to be written to in; ``locale`` is what the page itself is asked in."""

    language: Locale


class Stay(Struct, frozen=True):
    """One of the own sign-ins, as it is shown."""

    signed_in: SignedIn
    used: str


class Trouble(Struct, frozen=True):
    """A refusal, and the field it is about."""

    field: str
    told: Told


@get("/account")
async def account_page(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    visit: NamedDependency[Visit | None],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """Show somebody their own account."""
    return await _page(look, db, _known(visit), done=done)


@post("/account/letter", status_code=303)
async def ask_letter(
    db: NamedDependency[Database],
    visit: NamedDependency[Visit | None],
    settings: NamedDependency[Settings],
) -> Redirect:
    """Send the letter with the link once more."""
    await db.write(accounts.ask_verification, _known(visit).actor, settings.base_url)
    return _back("letter")


@post("/account/language", status_code=303)
async def choose_language(
    db: NamedDependency[Database],
    visit: NamedDependency[Visit | None],
    data: URLEncodedBody[LanguageForm],
) -> Redirect:
    """Write, and show pages, in another language from now on."""
    await db.write(accounts.choose_language, _known(visit).actor, data.language)
    return Redirect(f"/account?lang={data.language}&done=language", status_code=303)


@post("/account/password", status_code=303)
async def change_password(
    look: NamedDependency[Look],
    db: NamedDependency[Database],
    visit: NamedDependency[Visit | None],
    data: URLEncodedBody[PasswordForm],
) -> Response[Any]:
    """Change the password, or say why not; passwords are not written back into the form."""
    known = _known(visit)
    try:
        await entrance.change_password(db, known, NewPassword(data.old, data.new))
    except Refusal as refusal:
        return await _page(look, db, known, refusal)
    return _back("password")


@post("/account/sessions/{session:str}/end", status_code=303)
async def end_session(
    db: NamedDependency[Database],
    visit: NamedDependency[Visit | None],
    session: FromPath[SessionId],
) -> Redirect:
    """Sign out in one place."""
    await db.write(accounts.end_session, _known(visit).actor, session)
    return _back("ended")


@post("/account/sign-out-everywhere", status_code=303)
async def sign_out_everywhere(
    request: Asking,
    db: NamedDependency[Database],
    visit: NamedDependency[Visit | None],
    settings: NamedDependency[Settings],
) -> Redirect:
    """Sign out in every place, this one included."""
    await db.write(accounts.sign_out_everywhere, _known(visit).actor)
    return Redirect(
        "/sign-in",
        status_code=303,
        cookies=farewell(request, settings),
        headers={"Clear-Site-Data": '"storage"'},
    )


def see_account(tx: Tx, visit: Visit, locale: Locale) -> tuple[list[SignedIn], Notices, datetime]:
    """Look where somebody is signed in, where they are told, and what time it is."""
    return accounts.sessions(tx, visit), see_notices(tx, visit, locale), tx.now


async def _page(
    look: Look, db: Database, visit: Visit, refusal: Refusal | None = None, done: str = ""
) -> Response[str]:
    sessions, notices, now = await db.read(see_account, visit, look.locale)
    trouble = _trouble(refusal, look.locale) if refusal else None
    return look.at("/account").page(
        "account.html",
        trouble.told.status if trouble else 200,
        stays=[Stay(one, _used(one, now, look.locale)) for one in sessions],
        notices=notices,
        zones=zones(look.locale),
        trouble=trouble,
        done=text(look.locale, DONE[done]) if done in DONE else "",
        least=LEAST,
        most=MOST,
    )


def _trouble(refusal: Refusal, locale: Locale) -> Trouble:
    return Trouble(FIELDS.get(type(refusal), ""), explain(refusal, locale))


def _used(one: SignedIn, now: datetime, locale: Locale) -> str:
    ago = written.ago(one.seen_at, now, locale)
    if not one.address:
        return text(locale, "account.used", ago=ago)
    if one.here:
        return text(locale, "account.used_here", address=one.address)
    return text(locale, "account.used_from", ago=ago, address=one.address)


def _known(visit: Visit | None) -> Visit:
    if visit is None or visit.person is None:
        raise SignInFirst
    return visit


def _back(done: str) -> Redirect:
    return Redirect(f"/account?done={done}", status_code=303)


ROUTES = (
    account_page,
    ask_letter,
    choose_language,
    change_password,
    end_session,
    sign_out_everywhere,
)
