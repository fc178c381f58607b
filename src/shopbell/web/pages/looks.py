"""Letters that people look at: read apart from those that arrive, and known for a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

import msgspec

from shopbell.channels.mail.arriving.jobs import MailDesk
from shopbell.channels.mail.arriving.model import Extent, Mail
from shopbell.channels.mail.arriving.reading import Reading

T = TypeVar("T")
Read = tuple[str, str | None, bool]

AT_ONCE = 2
"""So many are read at one moment; others stand in line, and keep no letter from arriving."""

KNOWN_BYTES = 32 * 1024 * 1024


class Looks:
    """Whoever looks at letters, and what was read of them lately.

    A reading follows from the letter alone: who may see it was asked before.
    """

    def __init__(self, most: int = KNOWN_BYTES) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "looks")
        self._known = OrderedDict[Read, tuple[Reading, int]]()
        self._alone, self._most, self._size = Lock(), most, 0

    async def apart(self, do: Callable[[], T]) -> T:
        """Do what blocks where it keeps only those waiting who look at letters."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, do)

    async def at(self, desk: MailDesk, mail: Mail) -> Reading:
        """Read a letter, or know it from the last time."""
        return await self.apart(lambda: self._read(desk, mail))

    def _read(self, desk: MailDesk, mail: Mail) -> Reading:
        read = (mail.raw, mail.sender, mail.extent is Extent.TEXT)
        if known := self._recall(read):
            return known
        reading = desk.reading_of(mail)
        self._remember(read, reading)
        return reading

    def _recall(self, read: Read) -> Reading | None:
        with self._alone:
            if read not in self._known:
                return None
            self._known.move_to_end(read)
            return self._known[read][0]

    def _remember(self, read: Read, reading: Reading) -> None:
        """Keep a reading, and forget those that were not looked at for the longest time."""
        size = len(msgspec.msgpack.encode(reading))
        with self._alone:
            if size > self._most or read in self._known:
                return
            self._known[read] = reading, size
            self._size += size
            while self._size > self._most:
                self._size -= self._known.popitem(last=False)[1][1]


LOOKS = Looks()
