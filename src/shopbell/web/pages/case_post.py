"""What a browser sends of a case's form, also while nobody is signed in any more."""

import re
from typing import Any

from litestar import Request, Response
from litestar.datastructures import FormMultiDict
from litestar.enums import RequestEncodingType
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)

from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import SignInFirst
from shopbell.web.pages.case_sheet import Sheet
from shopbell.web.pages.drawn_for import check_still
from shopbell.web.pages.look import Look

Sent = Request[Any, Any, Any]
FORM_MOST = 128 * 1024 * 1024
"""The largest form taken, in bytes: eleven photos and a video."""

WORDS_MOST = 256 * 1024
"""So much is kept of what somebody wrote whose sign-in has ended; their files go by."""

PARTS_READ = 1_000
"""So many parts of a form are read, as of anybody's."""

_is_cmid = re.compile("[A-Za-z0-9_-]{16,40}").fullmatch


async def posted_form(request: Sent, look: Look) -> FormMultiDict:
    """Read a posted form with its files; of strangers, what they wrote."""
    if look.visitor is not None:
        posted = await request.form()
        await check_still(request, look)
        return posted
    kind, options = request.content_type
    if kind == RequestEncodingType.MULTI_PART:
        return FormMultiDict(await _words(request, options.get("boundary", ""), look))
    size = request.headers.get("content-length", "")
    if not (size.isdigit() and int(size) <= WORDS_MOST):
        raise SignInFirst(back=look.path)
    return await request.form()


async def _words(request: Sent, boundary: str, look: Look) -> list[tuple[str, str]]:
    """Return what was written in a form, in order; a file is read past and held nowhere."""
    found: list[tuple[str, bytearray]] = []
    room, is_file = WORDS_MOST, False
    try:
        with PushMultipartParser(boundary, max_segment_count=PARTS_READ) as parser:
            async for chunk in request.stream():
                for part in parser.parse(chunk):
                    if isinstance(part, MultipartSegment):
                        is_file = part.filename is not None
                        if not is_file:
                            found.append((part.name or "", bytearray()))
                    elif part and not is_file:
                        room -= len(part)
                        found[-1][1].extend(part[: max(0, room)])
    except MultipartError:
        raise SignInFirst(back=look.path) from None
    if room < 0:
        raise SignInFirst(back=look.path)
    return [(name, words.decode(errors="replace")) for name, words in found]


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
    named = ("cmid", "version", "step", "go", "show", "text")
    carried = [(name, str(posted[name])) for name in named if name in posted]
    return look.page("ask_kept.html", 401, carried=[*carried, *sheet.without([])])


def all_kept(look: Look, posted: FormMultiDict) -> Response[Any]:
    """Keep all of a plain form that came while the sign-in ended, ready to be sent again."""
    carried = [(name, sent) for name, sent in posted.multi_items() if isinstance(sent, str)]
    return look.page("ask_kept.html", 401, carried=carried)
