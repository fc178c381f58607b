"""One conversation with the mail server that takes our letters (RFC 5321)."""

import ssl
from dataclasses import dataclass
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

TIMEOUT_SECONDS = 10.0
PORTS = {"smtp": 25, "smtps": 465}
FULL = 552
"""A mailbox that is full is refused for now, whatever the first digit says (RFC 3463, X.2.2)."""

NO_SUCH = frozenset({550, 551, 553})
_NOT_THE_ADDRESS = ("5.7.", "5.2.2", "5.3.", "5.4.")
"""Enhanced codes of a 55x that speak of policy, a full mailbox, the system or the route."""


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
        try:
            refused, says = await aiosmtplib.send(
                raw,
                sender=sender,
                recipients=[to],
                mail_options=() if to.isascii() else ("SMTPUTF8",),
                hostname=self.host,
                port=self.port,
                username=self.user,
                password=self.password,
                use_tls=self.tls,
                start_tls=self._start_tls,
                tls_context=self._trust,
                timeout=TIMEOUT_SECONDS,
            )
        except SMTPException as trouble:
            raise _understood(trouble, to) from trouble
        except ValueError as trouble:
            raise LetterRefused(str(trouble), hard=True) from trouble
        except OSError as trouble:
            raise PutOff(str(trouble) or repr(trouble), away=True) from trouble
        if refused:
            raise PutOff(str(refused), away=False)
        return says

    @property
    def _start_tls(self) -> bool | None:
        """A password never travels open, except within this machine; else TLS if it is offered."""
        if self.tls or is_here(self.host):
            return False
        return True if self.user else None

    @property
    def _trust(self) -> ssl.SSLContext | None:
        return None if is_here(self.host) else ssl.create_default_context()


def is_here(host: str) -> bool:
    """Tell whether a server is on this machine, so that nobody is on the way to it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _understood(trouble: SMTPException, to: str) -> LetterRefused | PutOff:
    """Tell trouble with this letter from trouble with the server, and for ever from for now."""
    if isinstance(trouble, SMTPRecipientsRefused):
        answer = trouble.recipients[0]
        if answer.code // 100 != 5 or answer.code == FULL:  # noqa: PLR2004 - RFC 5321, 4.2.1
            return PutOff(_words(answer), away=False)
        return LetterRefused(_words(answer), hard=_is_unknown(answer))
    if isinstance(trouble, SMTPDataError):
        if trouble.code // 100 == 5:  # noqa: PLR2004
            return LetterRefused(_words(trouble), hard=False)
        return PutOff(_words(trouble), away=False)
    if isinstance(trouble, SMTPNotSupported) and not to.isascii():
        return LetterRefused(str(trouble), hard=False)
    return PutOff(str(trouble) or repr(trouble), away=True)


def _is_unknown(answer: SMTPResponseException) -> bool:
    says = answer.message.lstrip()
    return answer.code in NO_SUCH and not says.startswith(_NOT_THE_ADDRESS)


def _words(answer: SMTPResponseException) -> str:
    return f"{answer.code} {' '.join(answer.message.split())}"
