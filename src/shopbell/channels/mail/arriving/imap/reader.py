"""Reads a mailbox for as long as the house stands, whatever becomes of its server.

Of all workers one reads: it holds the mailbox, and lets go as it stops; another goes on soon after
one is gone. What it fetches is kept before it goes on, and only then marked or moved: killed at
any moment, the next reader comes upon the same letter again, or finds it kept.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import ParamSpec, TypeVar

from shopbell.channels.mail.arriving.imap import envelope, service
from shopbell.channels.mail.arriving.imap.line import Line
from shopbell.channels.mail.arriving.imap.model import (
    Cursor,
    Fetched,
    MailboxAway,
    MailboxSaysNo,
    NotLetIn,
    Place,
)
from shopbell.channels.mail.arriving.jobs import MailDesk
from shopbell.channels.mail.arriving.mailboxes import Mailbox
from shopbell.channels.mail.arriving.model import Arrival, Left, Way, Why
from shopbell.channels.mail.arriving.room import Unreadable
from shopbell.channels.mail.arriving.structure import Structure
from shopbell.engine import metrics
from shopbell.engine.log import log
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal, Unavailable

P = ParamSpec("P")
T = TypeVar("T")

SLICE_SECONDS = 3.0
"""How long a reader waits at most before it says that it is still there."""

TRIES_MOST = 3
"""A letter that cannot be fetched so often is left where it is, and those behind it are read."""

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
NOT_LET_IN_SECONDS = 60.0


class MailboxReader:
    """One pair of eyes for a mailbox."""

    def __init__(self, place: Place, desk: MailDesk) -> None:
        self._place, self._desk, self._db = place, desk, desk.db
        self._me = new_id()
        self._failed = 0
        self._told = ""
        self._stumbles: Counter[int] = Counter()
        self._thread = ThreadPoolExecutor(1, "imap")

    async def run(self) -> None:
        """Read until cancelled."""
        try:
            while True:  # noqa: ASYNC110 - it sleeps after trouble, and while another one reads
                await asyncio.sleep(await self._turn())
        finally:
            self._thread.shutdown(wait=False)
            with suppress(Refusal):  # the database may be away: then it comes free by itself
                await self._db.write(service.let_go, self._place.name, self._me)

    async def _turn(self) -> float:
        """Read until something is in the way, or somebody else reads; return how long to pause."""
        try:
            if cursor := await self._hold():
                async with self._connected() as line:
                    await self._read_on(line, cursor)
        except Exception as trouble:  # noqa: BLE001 - the reader outlives whatever it meets
            await self._note(trouble)
            self._failed += 1
            return NOT_LET_IN_SECONDS if isinstance(trouble, NotLetIn) else self._pause
        finally:
            metrics.MAILBOX_READ.set(0)
        return SLICE_SECONDS

    @property
    def _pause(self) -> float:
        return PAUSES[min(self._failed, len(PAUSES)) - 1]

    async def _hold(self) -> Cursor | None:
        return await self._db.write(service.hold, self._place.name, self._me)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Line]:
        settings = self._db.settings
        line = await self._apart(
            lambda: Line(
                self._place,
                moved_to=settings.imap_moved_to,
                poll_seconds=settings.imap_poll_seconds,
            )
        )
        try:
            await self._apart(line.enter)
            yield line
        except asyncio.CancelledError:
            line.cut()
            raise
        finally:
            await asyncio.shield(self._apart(line.close))

    async def _read_on(self, line: Line, cursor: Cursor | None) -> None:
        """Look, wait to be told, and look again, for as long as nobody else holds the mailbox."""
        if cursor:
            await self._tidy(line, cursor.uid)
        news = True
        while cursor:
            if news:
                cursor = await self._take_new(line, cursor)
                await self._all_is_well()
            news = await self._apart(line.wait, SLICE_SECONDS)
            cursor = await self._hold()

    async def _take_new(self, line: Line, cursor: Cursor) -> Cursor | None:
        """Take all that lies there, until a look finds nothing more."""
        at: Cursor | None = cursor
        while at:
            uidvalidity, uids = await self._apart(line.look, at.uidvalidity, at.uid)
            if uidvalidity != at.uidvalidity:
                self._stumbles.clear()
                await self._db.write(service.begin_anew, self._place.name, uidvalidity)
                at = await self._hold()
            elif uids:
                at = await self._take_each(line, at, uids)
            else:
                return at
        return None

    async def _take_each(self, line: Line, at: Cursor, uids: Sequence[int]) -> Cursor | None:
        for uid in uids:
            after = await self._take(line, at, uid)
            if after is None:
                return None
            at = after
        return at

    async def _take(self, line: Line, at: Cursor, uid: int) -> Cursor | None:
        """Take a letter; one that has been in the way too often is left, and those behind go on."""
        self._stumbles[uid] += 1
        try:
            found = (
                _given_up(at, uid)
                if self._stumbles[uid] > TRIES_MOST
                else await self._apart(line.fetch, uid)
            )
            after = await self._keep(line, at, uid, found)
        except Unavailable:
            del self._stumbles[uid]  # it is not the letter that is in the way
            raise
        del self._stumbles[uid]
        return after

    async def _keep(self, line: Line, at: Cursor, uid: int, found: Fetched | None) -> Cursor | None:
        """Keep a letter and go on behind it; then let the mailbox show that it was read."""
        letters = await self._arrivals(found) if found else []
        after = await self._db.write(service.take, self._me, at, uid, letters)
        if letters:
            metrics.MAILS.labels("imap").inc(len(letters))
            await self._put_away(line, uid, left=isinstance(letters[0], Left))
        return after

    async def _arrivals(self, found: Fetched) -> list[Arrival | Left]:
        head = await asyncio.to_thread(envelope.headers, found.head)
        raw = found.head if found.raw is None else found.raw
        kept = await asyncio.to_thread(self._desk.blobs.keep_sealed, raw)
        letters = [
            Arrival(
                raw=kept,
                size=found.size,
                way=Way.IMAP,
                sender=envelope.return_path(head),
                recipient=recipient[:320],
            )
            for recipient in await self._recipients(head)
        ]
        if found.raw is None:
            return [await asyncio.to_thread(self._left, found, letters[0])]
        return list(letters)

    async def _recipients(self, head: Structure) -> list[str]:
        """Return for whom a letter is; one for nobody here waits for a person, as the mailbox's."""
        domain, keys = self._db.settings.reply_domain, self._desk.known.keys
        delivered = envelope.delivered_to(head, domain)
        if one := await self._db.read(service.known, keys, delivered):
            return one[:1]
        named = await self._db.read(service.known, keys, envelope.addressed_to(head, domain))
        return list(named) or [self._place.user]

    def _left(self, found: Fetched, headers: Arrival) -> Left:
        """Describe a letter that is left where it is, by its headers. Blocks."""
        why = Why.TOO_LARGE if found.size else Why.NOT_FETCHED
        try:
            reading = self._desk.room.read(found.head, headers.sender)
        except Unreadable:
            return Left(headers, why, Mailbox("", ""), "")
        return Left(headers, why, reading.sender, reading.subject)

    async def _put_away(self, line: Line, uid: int, *, left: bool = False) -> None:
        """Mark or move a letter; it is kept, so that this fails is no harm."""
        try:
            await self._apart(lambda: line.put_away(uid, left=left))
        except MailboxSaysNo as trouble:
            log().warning("letter not marked", mailbox=self._place.name, trouble=str(trouble))

    async def _tidy(self, line: Line, uid: int) -> None:
        """Mark what a reader before us had kept as it was ended."""
        for one in await self._apart(line.untidy, uid):
            await self._put_away(line, one)

    async def _all_is_well(self) -> None:
        await self._db.write(service.note_look, self._place.name, self._me)
        metrics.MAILBOX_READ.set(1)
        self._failed = 0
        if self._told:
            log().info("mailbox is read again", mailbox=self._place.name)
            self._told = ""

    async def _note(self, trouble: Exception) -> None:
        """Say what keeps us from reading, in the log once, and for whoever asks how we are."""
        metrics.FAILED.labels("mailbox").inc()
        told = str(trouble) if isinstance(trouble, MailboxAway | MailboxSaysNo) else repr(trouble)
        kind = type(trouble).__name__
        if told != self._told:
            log().error("mailbox is not read", mailbox=self._place.name, kind=kind, trouble=told)
            self._told = told
        try:
            await self._db.write(
                service.note_trouble, self._place.name, self._me, f"{kind}: {told}"
            )
        except Exception:  # noqa: BLE001 - it may be the database that is the trouble
            return

    async def _apart(self, do: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Do what blocks in the reader's own thread: a line is for one at a time."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: do(*given, **named))


def _given_up(at: Cursor, uid: int) -> Fetched:
    """Say, instead of a letter, where it lies."""
    where = f"X-Lies-In: {at.mailbox}; UIDVALIDITY={at.uidvalidity}; UID={uid}\r\n\r\n"
    return Fetched(0, where.encode(), None)
