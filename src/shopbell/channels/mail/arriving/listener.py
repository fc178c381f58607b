"""The door for letters: LMTP from the mail server beside us (RFC 2033).

A letter is answered with 250 once its bytes and its row are on the disk, and never before. Should
we fail, the answer is 451 or 452, so that the mail server keeps it and comes again: nobody's
letter is sent back because our database was away.
"""

import asyncio
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from shopbell.channels.mail.addresses import Keyring
from shopbell.channels.mail.arriving import service, threading
from shopbell.channels.mail.arriving.model import LETTER_BYTES, Arrival, Way
from shopbell.engine import metrics
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Database
from shopbell.engine.log import log
from shopbell.engine.trouble import StorageFull

RECIPIENTS_MOST = 100
FORWARDED = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE")
_KEPT = "250 2.0.0 kept"
_AWAY = "451 4.3.0 cannot keep it now, come again"
_FULL = "452 4.3.1 no room now, come again"
_UNKNOWN = "550 5.1.1 no such address here"


class _Door(LMTP):
    """aiosmtpd's own, with lines of any length and word of who handed a letter to the mail server.

    Its limit on lines would send back letters that mail servers let through; too long a letter is
    refused by its size.
    """

    line_length_limit = LETTER_BYTES

    async def smtp_XFORWARD(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's naming
        """Note what the mail server says of the client that it got a letter from (Postfix)."""
        told = dict(part.split("=", 1) for part in (arg or "").split() if "=" in part)
        known = getattr(self.session, "forwarded", {})
        self.session.forwarded = {  # type: ignore[union-attr]
            **known,
            **{name.upper(): _xtext(value) for name, value in told.items()},
        }
        await self.push("250 2.0.0 noted")


class Handler:
    """What is answered to each step; aiosmtpd calls these by name."""

    def __init__(self, db: Database, blobs: Blobs, keys: Keyring) -> None:
        self._db, self._blobs, self._keys = db, blobs, keys
        self._domain = db.settings.reply_domain

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names and arguments
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,
        envelope: Envelope,  # noqa: ARG002
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Offer to be told who handed letters over."""
        session.host_name = hostname
        return [*responses[:-1], f"250-XFORWARD {' '.join(FORWARDED)}", responses[-1]]

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Take letters to addresses that we made, and to shops; others nobody has."""
        local, _, domain = address.rpartition("@")
        if domain.lower() != self._domain or len(envelope.rcpt_tos) >= RECIPIENTS_MOST:
            return _UNKNOWN
        if not await self._db.read(threading.knows, self._keys, local):
            return _UNKNOWN
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 ok"

    async def handle_DATA(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,
        envelope: Envelope,
    ) -> str:
        """Keep a letter for each who is to have it, and answer for each."""
        raw = envelope.original_content or b""
        kept = await asyncio.to_thread(self._blobs.keep_sealed, raw)
        told: dict[str, str] = getattr(session, "forwarded", {})
        arrivals = [
            Arrival(
                raw=kept,
                size=len(raw),
                way=Way.LMTP,
                sender=(envelope.mail_from or "")[:320],
                recipient=recipient[:320],
                client=told.get("ADDR", "")[:64],
                helo=told.get("HELO", "")[:255],
            )
            for recipient in envelope.rcpt_tos
        ]
        await self._db.write_together(service.take_all, arrivals)
        metrics.MAILS.labels("lmtp").inc(len(arrivals))
        return "\r\n".join([_KEPT] * len(arrivals))

    async def handle_exception(self, error: Exception) -> str:
        """Have the mail server come again, whatever it was: a 5xx would send the letter back."""
        if isinstance(error, StorageFull):
            return _FULL
        metrics.FAILED.labels("mail").inc()
        log().warning("letter not taken", trouble=repr(error))
        return _AWAY


async def listen(address: str, db: Database, blobs: Blobs, keys: Keyring) -> asyncio.Server:
    """Open the door at ``HOST:PORT``."""
    host, _, port = address.rpartition(":")
    handler = Handler(db, blobs, keys)

    def door() -> Any:  # noqa: ANN401 - aiosmtpd comes half typed
        return _Door(
            handler,
            hostname=db.settings.reply_domain,
            data_size_limit=LETTER_BYTES,
            enable_SMTPUTF8=True,
            ident="Shopbell LMTP",
        )

    return await asyncio.get_running_loop().create_server(door, host.strip("[]"), int(port))


def _xtext(value: str) -> str:
    """Read a value as Postfix writes it (RFC 3461, section 4); what is not known it leaves out."""
    if value == "[UNAVAILABLE]":
        return ""
    pieces = value.split("+")
    read = [pieces[0]]
    for piece in pieces[1:]:
        try:
            read.append(chr(int(piece[:2], 16)) + piece[2:])
        except ValueError:
            read.append(f"+{piece}")
    return "".join(read).removeprefix("IPV6:").removeprefix("IPv6:")
