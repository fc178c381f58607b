"""The watchman: goes around now and then and looks whether all is as the database says.

Letters between processes may be lost. So streams that are open here are compared with the
database, and so are the sign-ins of the pages; nothing is later than the next round.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Sequence

from shopbell.accounts import acting
from shopbell.accounts import service as accounts
from shopbell.accounts.model import KeyId
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Standing, Stream
from shopbell.desk import seating
from shopbell.engine import metrics
from shopbell.engine.broker import Broker
from shopbell.engine.database import Database
from shopbell.engine.log import log
from shopbell.realtime.codes import Close
from shopbell.realtime.hub import Hub, Listener

EVERY_SECONDS = 5.0
ALONE_EVERY_SECONDS = 1.0
"""While the broker is away."""

ATTENDED_EVERY_SECONDS = 20.0
"""How often the desk is told who has a page open."""

AGAIN_SECONDS = 1.0
"""After a round that came to nothing: who lost a right meanwhile is not to hear for long."""

JITTER = (0.9, 1.1)
AT_ONCE, BREATH_SECONDS = 200, 0.01
"""Streams or sign-ins in one query, and between two of them: messages are not to wait for both."""

DOUBT_SECONDS = 0.2
"""How long an entry may be on its way from its commit to the pages before it counts as missed."""

Heads = dict[str, int]


class Rounds:
    """Looks after the pages of one process."""

    def __init__(self, db: Database, hub: Hub, broker: Broker) -> None:
        self._db, self._hub, self._broker = db, hub, broker
        self._hurry = asyncio.Event()
        self._attended_at = 0.0

    def hurry(self) -> None:
        """Go around at once."""
        self._hurry.set()

    async def run(self) -> None:
        """Go around until cancelled."""
        while True:
            try:
                await self.walk()
            except Exception as trouble:  # noqa: BLE001 - the database is away: look again soon
                log().warning("round not finished", trouble=str(trouble))
                every = AGAIN_SECONDS
            else:
                every = EVERY_SECONDS if self._broker.up else ALONE_EVERY_SECONDS
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(every * random.uniform(*JITTER)):  # noqa: S311
                    await self._hurry.wait()
            self._hurry.clear()

    async def walk(self) -> None:
        """Go around once."""
        metrics.QUEUE_DEPTH.set(max((page.waiting for page in self._hub.pages()), default=0))
        self._hub.presence.count()
        await self._look_at_sign_ins()
        await self._look_at_desks()
        await self._look_at_streams()

    # ── sign-ins ────────────────────────────────────────────────────────────────────────────

    async def _look_at_sign_ins(self) -> None:
        """Throw out the pages whose sign-in ended, or moved, without our hearing of it."""
        everybody = self._hub.pages()
        for first in range(0, len(everybody), AT_ONCE):
            pages = everybody[first : first + AT_ONCE]
            sessions = [page.session for page in pages if page.session is not None]
            keys = [KeyId(str(page.actor.id)) for page in pages if page.session is None]
            good = await self._db.read(accounts.still_open, sessions, keys)
            shops = await self._db.read(acting.acting, sessions)
            for page in pages:
                if (page.session or str(page.actor.id)) not in good:
                    page.hang_up(Close.REVOKED)
                elif page.session and shops.get(page.session) != page.actor.shop:
                    page.hang_up(Close.MOVED)
            await asyncio.sleep(BREATH_SECONDS)

    async def _look_at_desks(self) -> None:
        """Tell the desk who is there: who comes back may be given what waits."""
        now = time.monotonic()
        if now - self._attended_at >= ATTENDED_EVERY_SECONDS and (staff := self._hub.staff()):
            self._attended_at = now
            await self._db.write(seating.attend, staff)

    # ── streams ─────────────────────────────────────────────────────────────────────────────

    async def _look_at_streams(self) -> None:
        """Have the pages read what they were not told, unless it is just on its way."""
        behind: Heads = {}
        followed = self._hub.followed()
        everything = list(followed)
        for first in range(0, len(everything), AT_ONCE):
            names = everything[first : first + AT_ONCE]
            streams = [Stream.parse(name) for name in names]
            found = await self._db.read(conversations.standings, streams)
            for name, stream in zip(names, streams, strict=True):
                standing = found.get(stream.conversation)
                self._part_with(name, stream, followed[name], standing)
                head = standing.head_of(stream.audience) if standing else 0
                if self._is_behind(name, head):
                    behind[name] = head
            await asyncio.sleep(BREATH_SECONDS)
        if behind:
            await asyncio.sleep(DOUBT_SECONDS)
            self._wake(behind)

    def _wake(self, behind: Heads) -> None:
        for name, head in behind.items():
            if self._is_behind(name, head):
                metrics.HEAD_MISSES.inc()
                self._hub.grown(name, head)

    def _is_behind(self, name: str, head: int) -> bool:
        told = [page.told(name) for page in self._hub.following(name)]
        return any(seq is not None and seq < head for seq in told)

    def _part_with(
        self, name: str, stream: Stream, pages: Sequence[Listener], standing: Standing | None
    ) -> None:
        """Take a stream away from pages that may not see it any more."""
        for page in pages:
            if standing is None or not standing.admits_to(page.actor, stream.audience):
                page.lose(name)
