"""How a letter becomes the bytes of a mail: headers that nobody can slip a line into, two bodies.

Whatever people named or wrote reaches a header through `one_line` only. The bytes are the same
on every try; they are signed when they leave.
"""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime

from msgspec import Struct

from shopbell.channels.mail.model import Manner
from shopbell.channels.mail.pictures import Copy


class _Exact(UnstructuredHeader, BaseHeader):
    """A header of ids and links, which machines read: broken at its spaces only, never encoded."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: " + f"{policy.linesep} ".join(str(self).split()) + policy.linesep


EXACT = (
    "Message-ID",
    "In-Reply-To",
    "References",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Feedback-ID",
    "Content-ID",
)
_REGISTRY = HeaderRegistry()
for _name in EXACT:
    _REGISTRY.map_to_type(_name, _Exact)

POLICY = SMTP.clone(cte_type="7bit", max_line_length=78, header_factory=_REGISTRY)
WORLDWIDE = POLICY.clone(utf8=True)
"""For addresses that are not written in ASCII (RFC 6532)."""

LINE_MOST, NAME_MOST = 200, 70
THREAD_MOST = 10
_SPOOFING = re.compile(r"[<>@\"\\]+")


class Draft(Struct, frozen=True, kw_only=True):
    """All that stands in a letter.

    Attributes:
        sender: the address it comes from and is answered to; ``called``: by which name.
        thread: ids of the letters before it about the same, oldest first.
        stop: where its reader can ask for no more of them, if they may.
        bundle: it tells of several entries at once.
        about: what kind of letter for which conversation or account, for feedback of providers.
        pictures: what its HTML shows, by their ids.
    """

    message_id: str
    manner: Manner
    sender: str
    called: str
    to: str
    to_name: str
    subject: str
    plain: str
    html: str
    at: datetime
    about: str
    thread: Sequence[str] = ()
    stop: str = ""
    bundle: bool = False
    pictures: Collection[Copy] = ()


class Opened(Struct, frozen=True):
    """A letter as its reader sees it."""

    headers: tuple[tuple[str, str], ...]
    plain: str
    html: str


def write(draft: Draft) -> bytes:
    """Return the letter's bytes, lines ended by CRLF, 7 bits each."""
    message = EmailMessage(POLICY if draft.to.isascii() else WORLDWIDE)
    for name, value in _headers(draft).items():
        message[name] = value
    message.set_content(draft.plain)
    message.add_alternative(draft.html, subtype="html")
    [_plain, page] = message.iter_parts()
    for one in draft.pictures:
        page.add_related(one.data, "image", "jpeg", cid=f"<{one.cid}>", disposition="inline")
    return message.as_bytes()


def opened(raw: bytes) -> Opened:
    """Read a letter of ours, as its reader's mail program does."""
    message = message_from_bytes(raw, EmailMessage, policy=SMTP)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    return Opened(
        headers=tuple((name, str(value)) for name, value in message.items()),
        plain=plain.get_content() if plain else "",
        html=html.get_content() if html else "",
    )


def shown(raw: bytes) -> str:
    """Return the HTML of a letter with its pictures in it, for a page that loads nothing."""
    html = opened(raw).html
    for part in message_from_bytes(raw, EmailMessage, policy=SMTP).walk():
        if part.get_content_maintype() == "image":
            cid, data = str(part["Content-ID"])[1:-1], b64encode(part.get_content()).decode()
            html = html.replace(f'"cid:{cid}"', f'"data:{part.get_content_type()};base64,{data}"')
    return html


def one_line(words: str, most: int = LINE_MOST) -> str:
    """Return words as they may stand in a header: one line, nothing invisible, not too long.

    What looks like an encoded word (RFC 2047) is taken apart: a reader's program would decode it.
    """
    seen = "".join(" " if _is_unseen(sign) else sign for sign in words)
    tidied = " ".join(seen.split()).replace("=?", "= ?")
    return tidied if len(tidied) <= most else tidied[: most - 1].rstrip() + "…"


def name_of(words: str) -> str:
    """Return somebody's name as it may stand before an address: it cannot look like one."""
    return one_line(_SPOOFING.sub(" ", one_line(words)), NAME_MOST)


def _is_unseen(sign: str) -> bool:
    """Tell whether a sign ends a line, turns the direction of writing, or shows nothing."""
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _headers(draft: Draft) -> dict[str, object]:
    headers: dict[str, object] = {
        "From": _mailbox(draft.called, draft.sender),
        "To": _mailbox(draft.to_name, draft.to),
        "Subject": one_line(draft.subject),
        "Date": format_datetime(draft.at.astimezone(UTC)),
        "Message-ID": draft.message_id,
    }
    if draft.thread:
        headers["In-Reply-To"] = draft.thread[-1]
        headers["References"] = " ".join(_nearest(draft.thread))
    if draft.manner.automatic:
        headers["Auto-Submitted"] = "auto-generated"
        headers["X-Auto-Response-Suppress"] = "All"
    if draft.bundle:
        headers["Precedence"] = "bulk"
    if draft.stop:
        headers["List-Unsubscribe"] = f"<{draft.stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    headers["Feedback-ID"] = draft.about
    return headers


def _nearest(thread: Sequence[str]) -> list[str]:
    """Return the first letter of a thread and its last ones: ten ids are enough to find it."""
    return [*thread[:1], *thread[1:][-(THREAD_MOST - 1) :]]


def _mailbox(name: str, address: str) -> Address:
    local, _, domain = one_line(address, 254).rpartition("@")
    return Address(name_of(name), local, domain)
