"""What a browser sends of a case's form, also while nobody is signed in any more."""

import re
from typing import Any

from litestar import Request, Response
from litestar.datastructures import FormMultiDict

from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import SignInFirst
from shopbell.web.pages.case_sheet import Sheet
from shopbell.web.pages.look import Look

Sent = Request[Any, Any, Any]
FORM_MOST = 128 * 1024 * 1024
"""The largest form taken, in bytes: eleven photos and a video."""

PLAIN_MOST = 256 * 1024
"""The largest form taken of somebody whose sign-in has ended: its words, but no files."""

_is_cmid = re.compile("[A-Za-z0-9_-]{16,40}").fullmatch


async def posted_form(request: Sent, look: Look) -> FormMultiDict:
    """Read a posted form with its files; those of strangers are not, they are led back to it."""
    size = request.headers.get("content-length", "")
    if look.visitor is None and not (size.isdigit() and int(size) <= PLAIN_MOST):
        raise SignInFirst(back=look.path)
    return await request.form()


def cmid_in(posted: FormMultiDict) -> str:
    """Return the name the form goes by; one that is none is not kept."""
    sent = str(posted.get("cmid", ""))
    return sent if _is_cmid(sent) else new_id()


def version_in(posted: FormMultiDict) -> int | None:
    """Return at which version the form's case was seen."""
    seen = str(posted.get("version", ""))[:10]
    return int(seen) if seen.isascii() and seen.isdigit() else None


def kept_for_later(look: Look, sheet: Sheet, posted: FormMultiDict) -> Response[Any]:
    """Keep what was entered while the sign-in ended, ready to be sent again."""
    carried = [(name, str(posted.get(name, ""))) for name in ("cmid", "version", "step", "go")]
    return look.page("ask_kept.html", 401, carried=[*carried, *sheet.without([])])
