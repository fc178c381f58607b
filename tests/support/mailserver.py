"""A real mail server that takes letters, or does not: it refuses, puts off, or goes away."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from shopbell.channels.mail.keys import FOLDER
from shopbell.channels.mail.signing import signer
from shopbell.engine.settings import Settings
from tests.support.ports import free_port

OK = "250 OK"
DOMAIN = "reply.example.org"
Rule = Callable[[str], str]
"""What the server answers to a recipient."""


def accept(_to: str) -> str:
    return OK


@dataclass(frozen=True)
class Received:
    """A letter that arrived: from and to whom by its envelope, and its bytes."""

    sender: str
    to: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, EmailMessage, policy=POLICY)

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class MailServer:
    """A server that can be switched off and on again, at the same port."""

    rule: Rule = accept
    after: str = OK
    tried: list[str] = field(default_factory=list[str])
    taken: list[Received] = field(default_factory=list[Received])
    port: int = field(default_factory=free_port)
    _running: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def ids(self) -> list[str]:
        return [letter.message_id for letter in self.taken]

    def start(self) -> None:
        self._running = Controller(self, hostname="127.0.0.1", port=self.port)
        self._running.start()

    def stop(self) -> None:
        if self._running:
            self._running.stop()
            self._running = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        self.tried.append(address)
        answer = self.rule(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content
        assert content is not None
        letter = Received(envelope.mail_from or "", envelope.rcpt_tos[0], content)
        if self.after.startswith(("4", "5")):
            return self.after
        self.taken.append(letter)
        if self.after != OK and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return OK


def mailing(data: Path, database: str, server: MailServer, domain: str = DOMAIN) -> Settings:
    """Return the settings of a house whose letters go to this server, with its keys made."""
    return Settings(
        data=with_keys(data),
        database=database,
        smtp_url=server.url,
        mail_domain=domain,
        public_url="https://shop.example",
        market_name="Marketa",
    )


def with_keys(data: Path) -> Path:
    """Return the data folder with keys for signatures in it: making them takes a second each."""
    shutil.copytree(_made(), data / FOLDER, dirs_exist_ok=True)
    return data


@cache
def _made() -> Path:
    made = Path(mkdtemp())
    signer(made, "example.org")
    return made / FOLDER
