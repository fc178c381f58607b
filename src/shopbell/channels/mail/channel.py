"""Mail as a way to tell people what waits for them: one letter with all of it, answered by mail."""

import asyncio
from collections.abc import Collection
from typing import ClassVar

from shopbell.accounts import service as accounts
from shopbell.channels.mail import service, storage
from shopbell.channels.mail.keys import keyring
from shopbell.channels.mail.model import Letter
from shopbell.channels.mail.pictures import Album
from shopbell.channels.mail.readers import readers
from shopbell.channels.mail.waiting import Waiting, foreign, letter_of, what_waits
from shopbell.contact.ladder import missed
from shopbell.contact.model import Reach, Whom
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Conversation, Stream
from shopbell.conversations.translation.interpreting import Interpret, nobody_interprets
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Database, Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, PersonId


class MailChannel:
    """The channel ``mail`` of the ladder (`contact.channel.Channel`)."""

    name: ClassVar[str] = "mail"

    def __init__(
        self, settings: Settings, db: Database, interpret: Interpret = nobody_interprets
    ) -> None:
        self._settings, self._db, self._interpret = settings, db, interpret

    def is_open(self, tx: Tx) -> bool:
        """Tell whether letters leave; in the demonstration they are read within the house."""
        return bool(tx.settings.smtp_url) or accounts.has_demo_people(tx)

    def reaches(
        self, tx: Tx, talk: Conversation, whom: Whom, told: Collection[PersonId] = ()
    ) -> bool:
        """Tell whether somebody of this side has an address that can be used."""
        return bool(readers(tx, talk, whom, told))

    def has_told(self, tx: Tx, talk: Conversation, since: int) -> set[PersonId]:
        """Return the people who have a letter of their own about an entry."""
        names = (one.partition(":") for one in storage.told(tx, talk.id, since))
        return {PersonId(who) for kind, _, who in names if kind == "person"}

    async def reach(self, reach: Reach) -> None:
        """Write one letter to each reader of a side; asked again, it is the same letter."""
        if self._settings.translator:
            for waits in await self._db.read(what_waits, reach):
                await self._interpret(*foreign(waits))
        found = await self._db.read(what_waits, reach)
        for waits in found:
            letter = await asyncio.to_thread(self._write, waits)
            await self._db.write(self._post_what_still_waits, reach, letter)
        if not found:
            await self._db.write(self._note_if_nobody_is_left, reach)

    def _write(self, waits: Waiting) -> Letter:
        album = Album(Blobs.of(self._settings), self._settings.reply_domain)
        keys, now = keyring(self._settings.data), self._db.clock()
        return letter_of(waits, keys, self._settings, now, album)

    @staticmethod
    def _post_what_still_waits(tx: Tx, reach: Reach, letter: Letter) -> None:
        """Post a letter unless what it tells was read, answered or told while it was written."""
        still = {waits.reader.recipient: waits for waits in what_waits(tx, reach)}
        waits = still.get(letter.recipient)
        if waits and waits.entries[-1].seq >= letter.upto:
            service.post(tx, letter)

    @staticmethod
    def _note_if_nobody_is_left(tx: Tx, reach: Reach) -> None:
        """Say that a step reached nobody, as all its readers are gone since it was taken."""
        talk = conversations.entered(tx, SYSTEM, Stream(reach.conversation), hold=True)
        if not readers(tx, talk, reach.whom, reach.told):
            missed(tx, reach)
