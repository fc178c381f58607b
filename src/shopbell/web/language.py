"""Which language a request is to be answered in."""

from typing import Any

from litestar.connection import ASGIConnection

from shopbell.accounts.model import Visit
from shopbell.kernel.texts import LOCALES, Locale, choose

LANGUAGE_COOKIE = "shopbell_lang"


def language(connection: ASGIConnection[Any, Any, Any, Any], visit: Visit | None) -> Locale:
    """Choose: what was asked in the address, chosen before, set in the account, or preferred."""
    asked = connection.query_params.get("lang") or connection.cookies.get(LANGUAGE_COOKIE)
    if asked in LOCALES:
        return choose(asked)
    if visit is not None and visit.person is not None:
        return visit.person.locale
    return choose(connection.headers.get("accept-language", ""))
