"""Hands letters to the mail server, a few at a time, each in its turn."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from shopbell.channels.mail import service
from shopbell.channels.mail.addresses import Keyring, bounce_address
from shopbell.channels.mail.model import Letter, SendLetter
from shopbell.channels.mail.signing import Signer, signer
from shopbell.channels.mail.smtp import LetterRefused, MailServer, PutOff
from shopbell.engine.database import Database
from shopbell.kernel.events import Job

AT_ONCE = 5
"""Conversations with the mail server that a process has at one moment."""

PATIENCE_SECONDS = 10.0
"""How long a letter stands in line for one of them; then it comes again later."""

MOST_SECONDS = 35.0
QUIET = timedelta(seconds=5)
"""After it could not be reached, the server is left alone for so long."""


class Postman:
    """Whoever carries letters to the mail server."""

    def __init__(self, db: Database, server: MailServer, keys: Keyring, signer: Signer) -> None:
        self._db, self._server, self._keys, self._signer = db, server, keys, signer
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
            WeakKeyDictionary()
        )
        self._quiet: tuple[datetime, str] | None = None

    async def send(self, job: SendLetter) -> None:
        """Hand a letter over if it is its turn; what becomes of it is written with the letter.

        Should we die between the server's yes and our note of it, the letter goes out again with
        the same Message-ID.
        """
        line = self._line
        try:
            await asyncio.wait_for(line.acquire(), PATIENCE_SECONDS)
        except TimeoutError:
            await self._db.write(service.put_off, job.letter, "busy", away=True)
            return
        try:
            letter = await self._db.write(service.begin_sending, job.letter)
            if letter:
                await self._carry(letter)
        finally:
            line.release()

    async def _carry(self, letter: Letter) -> None:
        try:
            says = await self._hand_over(letter)
        except LetterRefused as no:
            await self._db.write(service.note_refused, letter.id, str(no), hard=no.hard)
        except PutOff as later:
            if later.away:
                self._quiet = (self._db.clock() + QUIET, str(later))
            await self._db.write(service.put_off, letter.id, str(later), away=later.away)
        else:
            await self._db.write(service.note_sent, letter.id, says)

    async def _hand_over(self, letter: Letter) -> str:
        if self._quiet and self._db.clock() < self._quiet[0]:
            raise PutOff(self._quiet[1], away=True)
        signed = await asyncio.to_thread(self._signer.sign, letter.raw)
        sender = f"{bounce_address(self._keys, letter.id)}@{self._signer.domain}"
        try:
            async with asyncio.timeout(MOST_SECONDS):
                return await self._server.take(signed, sender, letter.address)
        except TimeoutError as slow:
            raise PutOff("timeout", away=True) from slow

    @property
    def _line(self) -> asyncio.Semaphore:
        return self._lines.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))


def jobs(db: Database, keys: Keyring) -> Mapping[type[Job], Callable[[Any], Awaitable[None]]]:
    """Return what a worker does with letters; without a mail server, nothing."""
    settings = db.settings
    if not settings.smtp_url:
        return {}
    ours = signer(settings.data, settings.reply_domain)
    return {SendLetter: Postman(db, MailServer.at(settings.smtp_url), keys, ours).send}
