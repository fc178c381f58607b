"""Reading letters and putting them where they belong: work for a worker, one letter at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from shopbell.channels.mail.arriving import service
from shopbell.channels.mail.arriving.asking import Ask, NamesAway
from shopbell.channels.mail.arriving.authentic import Proof, Verdict, prove
from shopbell.channels.mail.arriving.imap.envelope import headers, spf
from shopbell.channels.mail.arriving.model import (
    PROVEN_WITHIN,
    Extent,
    Kept,
    Mail,
    MailUnreadable,
    Opened,
    ReadMail,
    Way,
    Why,
)
from shopbell.channels.mail.arriving.reading import Found, Reading
from shopbell.channels.mail.arriving.room import ReadingRoom, Unreadable
from shopbell.channels.mail.arriving.servers import Envelope
from shopbell.channels.mail.arriving.threading import Known
from shopbell.conversations.files import display_name
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Database
from shopbell.kernel.events import Job
from shopbell.kernel.refusals import Refusal, Unavailable


@dataclass(frozen=True)
class MailDesk:
    """Opens letters: has them read apart, asks what they prove, keeps their files.

    ``imap_server`` is the name of the mailbox's server that is believed about SPF.
    """

    db: Database
    blobs: Blobs
    known: Known
    ask: Ask
    room: ReadingRoom
    imap_server: str = ""

    async def read(self, job: ReadMail) -> None:
        """Read a letter and settle it; names that are away for now are asked for again later."""
        mail = await self.db.read(service.waiting, job.mail)
        if mail is None:
            return
        try:
            loop = asyncio.get_running_loop()
            opened = await loop.run_in_executor(self.room.threads, self.open, mail)
        except Unreadable:
            await self.db.write(service.fail, mail.id, Why.UNREADABLE, "")
            return
        except NamesAway as away:
            if self.db.clock() - mail.arrived_at < PROVEN_WITHIN:
                raise
            await self.db.write(service.fail, mail.id, Why.NAMES_AWAY, str(away))
            return
        await self._settle(mail, opened)

    def reading_of(self, mail: Mail) -> Reading:
        """Read a letter to be looked at, no more of it than was possible before. Blocks."""
        if mail.extent is Extent.NOTHING:
            raise MailUnreadable
        raw, whole = self.blobs.path(mail.raw).read_bytes(), mail.extent is not Extent.TEXT
        try:
            return self.room.read(raw, mail.sender, whole=whole)
        except Unreadable:
            raise MailUnreadable from None

    def open_unproven(self, mail: Mail) -> Opened:
        """Read a letter that a person vouches for, and keep its files. Blocks."""
        reading = self.reading_of(mail)
        return Opened(reading, Proof(Verdict.OPEN), self._files(reading))

    def open(self, mail: Mail) -> Opened:
        """Read a letter, look at what it proves, and keep its files. Blocks."""
        raw = self.blobs.path(mail.raw).read_bytes()
        reading = self.room.read(raw, mail.sender)
        return Opened(reading, self._proof(raw, mail, reading), self._files(reading))

    async def _settle(self, mail: Mail, opened: Opened) -> None:
        try:
            await self.db.write(service.settle, mail.id, opened, self.known)
        except Unavailable:
            raise
        except Refusal as refusal:
            await self.db.write(service.refuse, mail.id, opened, refusal)

    def _proof(self, raw: bytes, mail: Mail, reading: Reading) -> Proof:
        """Ask what a letter proves; what a machine says for itself need not prove anything.

        In the mailbox of the demonstration somebody who is signed in has written it.
        """
        if reading.bounce:
            return Proof(Verdict.OPEN)
        if mail.way is Way.DEMO:
            return Proof(Verdict.PROVEN)
        envelope = Envelope(mail.sender or "", mail.recipient, mail.client, mail.helo)
        if mail.way is Way.IMAP:
            envelope = replace(envelope, told=spf(headers(raw), self.imap_server))
        sealers = self.db.settings.trusted_sealers
        return prove(raw, envelope, reading, self.ask, sealers, self.room.examine)

    def _files(self, reading: Reading) -> list[Kept]:
        return [kept for one in reading.files if (kept := self._keep(one))]

    def _keep(self, found: Found) -> Kept | None:
        """Keep a file by its content; of kinds that we do not take, the letter itself has it."""
        try:
            blob = self.blobs.keep(found.data)
        except Unavailable:
            raise
        except Refusal:
            return None
        return Kept(blob, display_name(found.name, blob.media_type))


def jobs(desk: MailDesk) -> Mapping[type[Job], Callable[[Any], Awaitable[None]]]:
    """Return what a worker does here, and how."""
    return {ReadMail: desk.read}
