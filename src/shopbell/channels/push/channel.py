"""Push as a channel of the ladder: tells people on their own devices."""

import asyncio
from collections.abc import Collection, Sequence
from typing import ClassVar

from shopbell.channels.push import readers, service, storage
from shopbell.channels.push.model import DeviceId, Errand, PushServiceSilent
from shopbell.channels.push.sending import Outcome, Sender
from shopbell.channels.push.service import Guest
from shopbell.contact.model import Reach, Whom
from shopbell.conversations.model import Conversation
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import PersonId


class PushTrouble(Exception):
    """Not every push service took its notice; the others are not told again."""


class Push:
    """Rings on the devices of people who asked for it."""

    name: ClassVar[str] = "push"

    def __init__(self, db: Database, sender: Sender) -> None:
        self._db, self._sender = db, sender

    @property
    def key(self) -> str:
        """Return the public key that browsers subscribe with."""
        return self._sender.key

    def is_open(self, tx: Tx) -> bool:  # noqa: ARG002
        """Tell that it carries notices: it needs no more than a browser that asked for them."""
        return True

    def reaches(
        self, tx: Tx, talk: Conversation, whom: Whom, told: Collection[PersonId] = ()
    ) -> bool:
        """Tell whether a device of theirs would ring now: in quiet hours the ladder goes on."""
        return bool(readers.reached(tx, talk, whom, told))

    def has_told(self, tx: Tx, talk: Conversation, since: int) -> set[PersonId]:
        """Return the people on whose devices it rang for an entry."""
        return storage.told_of(tx, talk.id, since)

    async def reach(self, reach: Reach) -> None:
        """Ring on each of their devices once; devices that failed are tried again later."""
        errands = await self._db.read(readers.errands, reach)
        outcomes = await self._all(errands, reach)
        if Outcome.TAKEN not in outcomes and await self._db.write(readers.note_missed, reach):
            return
        if Outcome.FAILED in outcomes:
            raise PushTrouble(f"{outcomes.count(Outcome.FAILED)} of {len(outcomes)} not told")

    async def test(self, guest: Guest, device: DeviceId) -> None:
        """Ring on one of somebody's own devices, or say that its push service does not take it."""
        errand = await self._db.write(service.test, guest, device)
        if await self._bring(errand, None) is not Outcome.TAKEN:
            raise PushServiceSilent(retry_after=60)

    async def _all(self, errands: Sequence[Errand], reach: Reach) -> list[Outcome]:
        return await asyncio.gather(*(self._bring(errand, reach) for errand in errands))

    async def _bring(self, errand: Errand, reach: Reach | None) -> Outcome:
        outcome = await self._sender.send(errand, self._db.clock())
        match outcome:
            case Outcome.TAKEN:
                await self._db.write(service.note_told, errand.device, reach)
            case Outcome.GONE:
                await self._db.write(service.note_gone, errand.device)
            case Outcome.FAILED:
                await self._db.write(service.note_failed, errand.device)
        return outcome
