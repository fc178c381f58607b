"""One conversation with the mail server that takes our letters (RFC 5321)."""

import asyncio
import ssl
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from shopbell.channels.mail.verdicts import says_no_mailbox

TIMEOUT_SECONDS = 10.0
PORTS = {"smtp": 25, "smtps": 465}
FULL = 552
"""A mailbox that is full is refused for now, whatever the first digit says (RFC 3463, X.2.2)."""


class LetterRefused(Exception):
    """The server will never take this letter; ``hard``: because there is no such address."""

    def __init__(self, says: str, *, hard: bool) -> None:
        super().__init__(says)
        self.hard = hard


class PutOff(Exception):
    """Not now; ``away``: the server is not to be reached, or lets us in for no letter at all."""

    def __init__(self, says: str, *, away: bool) -> None:
        super().__init__(says)
        self.away = away


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed over; TLS is used if offered, and demanded where it must be."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool

    @classmethod
    def at(cls, url: str) -> "MailServer":
        """Read the setting ``smtp_url``."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "",
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=parts.scheme == "smtps",
        )

    async def take(self, raw: bytes, sender: str, to: str) -> str:
        """Hand one letter over and return what the server said; raise if it is not in its hands."""
        options = () if to.isascii() else ("SMTPUTF8",)
        try:
            async with await self._client() as client:
                refused, says = await client.sendmail(sender, [to], raw, mail_options=options)
        except SMTPException as trouble:
            raise _understood(trouble, to) from trouble
        except ValueError as trouble:
            raise LetterRefused(str(trouble), hard=True) from trouble
        except OSError as trouble:
            raise PutOff(str(trouble) or repr(trouble), away=True) from trouble
        if refused:
            raise PutOff(str(refused), away=False)
        return says

    async def greet(self) -> bool:
        """Let ourselves in as with a letter, and leave; raises `PutOff` if it takes none.

        Returns whether nobody on the way could read along.
        """
        try:
            async with await self._client() as client:
                return is_here(self.host) or client.get_transport_info("sslcontext") is not None
        except (SMTPException, OSError, ValueError) as trouble:
            raise PutOff(str(trouble) or repr(trouble), away=True) from trouble

    async def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.tls,
            start_tls=self._start_tls,
            tls_context=None if is_here(self.host) else await asyncio.to_thread(_trust),
            timeout=TIMEOUT_SECONDS,
        )

    @property
    def _start_tls(self) -> bool | None:
        """A password never travels open, except within this machine; else TLS if it is offered."""
        if self.tls or is_here(self.host):
            return False
        return True if self.user else None


def is_here(host: str) -> bool:
    """Tell whether a server is on this machine, so that nobody is on the way to it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def _trust() -> ssl.SSLContext:
    """Read whom we believe by certificate, once: it takes as long as many a letter."""
    return ssl.create_default_context()


def _understood(trouble: SMTPException, to: str) -> LetterRefused | PutOff:
    """Tell trouble with this letter from trouble with the server, and for ever from for now."""
    if isinstance(trouble, SMTPRecipientsRefused):
        answer = trouble.recipients[0]
        if answer.code // 100 != 5 or answer.code == FULL:  # noqa: PLR2004 - RFC 5321, 4.2.1
            return PutOff(_words(answer), away=False)
        return LetterRefused(_words(answer), hard=says_no_mailbox(answer.message))
    if isinstance(trouble, SMTPDataError):
        if trouble.code // 100 == 5:  # noqa: PLR2004
            return LetterRefused(_words(trouble), hard=says_no_mailbox(trouble.message))
        return PutOff(_words(trouble), away=False)
    if isinstance(trouble, SMTPNotSupported) and not to.isascii():
        return LetterRefused(str(trouble), hard=False)
    return PutOff(str(trouble) or repr(trouble), away=True)


def _words(answer: SMTPResponseException) -> str:
    return f"{answer.code} {' '.join(answer.message.split())}"
