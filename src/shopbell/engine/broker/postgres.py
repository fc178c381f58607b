"""Letters by PostgreSQL's LISTEN and NOTIFY, on two connections of their own.

Notifications are sent apart from the transactions they tell of: NOTIFY holds a lock of the whole
server while its transaction commits. A connection pool in transaction mode carries none of them.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from secrets import token_hex

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import make_url

from shopbell.engine import metrics
from shopbell.engine.broker.contract import LETTER_MOST, Receiver, checked
from shopbell.engine.log import log

CHANNEL = "shopbell"
KEPT_MOST = 10_000
"""Letters that wait while the database is away; of more, the oldest are given up."""

AT_ONCE = 64
"""Notifications in one statement."""

FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0
ANSWER_SECONDS = 5
PATIENCE: dict[str, str | int] = {
    "application_name": "shopbell",
    "connect_timeout": ANSWER_SECONDS,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 1000 * ANSWER_SECONDS,
}
"""A server that went away without a word is noticed within about ten seconds."""

# As JSON: the driver would escape the quotation marks of an array one by one.
_NOTIFY = "SELECT pg_notify(%s, letters) FROM json_array_elements_text(%s::json) AS letters"
Use = Callable[[AsyncConnection[tuple[object, ...]]], Awaitable[None]]


class PostgresBroker:
    """One process among several on one PostgreSQL."""

    alone = False

    def __init__(self, database: str) -> None:
        self.node = token_hex(4)
        url = make_url(database).set(drivername="postgresql")
        self._database = make_conninfo(url.render_as_string(hide_password=False), **PATIENCE)
        self._letters: deque[str] = deque(maxlen=KEPT_MOST)
        self._unsent: list[str] = []
        self._stirred = asyncio.Event()
        self._up: set[str] = set()
        self._needed: set[str] = {"send"}
        self._receiver: Receiver | None = None

    @property
    def up(self) -> bool:
        return self._up >= self._needed

    def publish(self, letter: str) -> None:
        self._letters.append(checked(letter))
        self._stirred.set()

    async def run(self, receiver: Receiver | None) -> None:
        self._receiver = receiver
        works = [self._stay("send", self._send)]
        if receiver is not None:
            self._needed = {"send", "listen"}
            works.append(self._stay("listen", self._listen))
        await asyncio.gather(*works)

    async def _stay(self, name: str, use: Use) -> None:
        """Keep one connection in use; when it breaks, make another, more slowly each time."""
        tries = 0
        while True:
            try:
                connection = await AsyncConnection.connect(self._database, autocommit=True)
                async with connection:
                    tries = 0
                    await use(connection)
            except Exception as trouble:  # noqa: BLE001 - whatever it was, letters must go on
                log().warning("broker connection lost", connection=name, trouble=str(trouble))
            finally:
                self._note(name, up=False)
            await asyncio.sleep(random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2**tries)))  # noqa: S311
            tries += 1

    async def _listen(self, connection: AsyncConnection[tuple[object, ...]]) -> None:
        await connection.execute(f"LISTEN {CHANNEL}")
        self._note("listen", up=True)
        async for notice in connection.notifies():
            sender, *letters = notice.payload.split("\n")
            if self._receiver is not None and sender != self.node:
                for letter in letters:
                    metrics.LETTERS.labels("taken").inc()
                    self._receiver.take(sender, letter)

    async def _send(self, connection: AsyncConnection[tuple[object, ...]]) -> None:
        self._note("send", up=True)
        while True:
            while payloads := self._unsent or self._payloads():
                self._unsent = payloads
                await self._notify(connection, payloads)
                self._unsent = []
            await self._stirred.wait()
            self._stirred.clear()

    async def _notify(
        self, connection: AsyncConnection[tuple[object, ...]], payloads: list[str]
    ) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                letters = msgspec.json.encode(payloads).decode()
                await connection.execute(_NOTIFY, [CHANNEL, letters])
        except TimeoutError:
            raise psycopg.OperationalError("no answer") from None

    def _payloads(self) -> list[str]:
        """Take letters that wait, as many as fit, joined to as few notifications as possible."""
        found: list[str] = []
        while self._letters and len(found) < AT_ONCE:
            lines, size = [self.node], 0
            while self._letters and (size := size + len(self._letters[0].encode()) + 1) <= _ROOM:
                lines.append(self._letters.popleft())
                metrics.LETTERS.labels("sent").inc()
            found.append("\n".join(lines))
        return found

    def _note(self, name: str, *, up: bool) -> None:
        before = self.up
        (self._up.add if up else self._up.discard)(name)
        metrics.BROKER_UP.set(self.up)
        if self._receiver is not None and self.up is not before:
            self._receiver.missed()


_ROOM = LETTER_MOST + 1
