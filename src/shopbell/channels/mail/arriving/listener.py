"""The door for letters: LMTP from the mail server beside us (RFC 2033).

A letter is answered with 250 once its bytes and its row are on the disk, and never before. Should
we fail, the answer is 451 or 452, so that the mail server keeps it and comes again: nobody's
letter is sent back because our database was away.
"""

import asyncio
import sys
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
LINE_BYTES, PIECE_BYTES = 64 * 1024, 1024 * 1024
_END = b"\r\n.\r\n"
_GO_ON = "354 go on, and end with a dot alone"
_KEPT = "250 2.0.0 kept"
_AWAY = "451 4.3.0 cannot keep it now, come again"
_FULL = "452 4.3.1 no room now, come again"
_MANY = "452 4.5.3 too many at once, come again with the others"
_UNKNOWN = "550 5.1.1 no such address here"
_LARGE = "552 5.3.4 larger than we take"


class _Door(LMTP):
    """aiosmtpd's own, with letters read as a whole and word of who handed one to the mail server.

    Read line by line, a letter of empty lines kept everybody else waiting, and one with a line
    longer than some limit was sent back, though mail servers let it through.
    """

    line_length_limit = LINE_BYTES

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's naming
        """Take a letter, and answer for each who is to have it (RFC 2033, 4.2)."""
        envelope: Envelope | None = self.envelope
        if arg or envelope is None or not envelope.rcpt_tos:
            await super().smtp_DATA(arg)  # refuses it
            return
        await self.push(_GO_ON)
        answer = _LARGE
        envelope.original_content = await self._letter()
        if envelope.original_content is not None:
            try:
                answer = await self._call_handler_hook("DATA")
            except Exception as trouble:  # noqa: BLE001 - each is told that we are in trouble
                answer = await self.handle_exception(trouble)
        answers = [answer] * len(envelope.rcpt_tos)
        self._set_post_data_state()
        await self.push("\r\n".join(answers))

    async def _letter(self) -> bytes | None:
        """Read up to the dot that stands alone; nothing, if that is more than we take.

        What comes behind the dot is the next command, and put back.
        """
        pieces, size, held, end = list[bytes](), 0, bytearray(b"\r\n"), -1
        while end < 0:
            came = await self._reader.read(sys.maxsize)
            if not came:
                raise ConnectionResetError
            begin = max(0, len(held) - len(_END))
            held += came
            end = held.find(_END, begin)
            if end >= 0 or len(held) > PIECE_BYTES:
                whole = end + 2 if end >= 0 else len(held) - len(_END)
                size += whole - 2
                pieces = [*pieces, _unstuffed(held[:whole])] if size <= LETTER_BYTES else []
                del held[: whole - 2]
        if behind := bytes(held[len(_END) :]):
            self._reader.feed_data(behind)
        return b"".join(pieces) if size <= LETTER_BYTES else None

    def _set_post_data_state(self) -> None:
        """Forget with a letter who handed it over: the next one may be from somebody else."""
        super()._set_post_data_state()  # type: ignore[no-untyped-call]
        if self.session is not None:
            self.session.forwarded = {}  # type: ignore[attr-defined]

    async def smtp_XFORWARD(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's naming
        """Note what the mail server says of the client that it got a letter from (Postfix)."""
        told = dict(part.split("=", 1) for part in (arg or "").split() if "=" in part)
        known = getattr(self.session, "forwarded", {})
        self.session.forwarded = {  # type: ignore[union-attr]
            **known,
            **{name.upper(): _xtext(value) for name, value in told.items()},
        }
        await self.push("250 2.0.0 noted")


def _unstuffed(lines: bytearray) -> bytes:
    """Take away the dot before each line that begins with one (RFC 5321, 4.5.2).

    The first two bytes stand before what is read, and are left out.
    """
    return bytes(lines.replace(b"\r\n.", b"\r\n")[2:])


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
        if domain.lower() != self._domain:
            return _UNKNOWN
        if len(envelope.rcpt_tos) >= RECIPIENTS_MOST:
            return _MANY
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
        """Keep a letter for each who is to have it."""
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
        return _KEPT

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
