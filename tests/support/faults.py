"""A line with faults: between people and a server, it can be made slow, deaf, or cut at will."""

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.ports import free_port

_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER that ends a connection with a reset instead of a goodbye."""


@dataclass
class Line:
    """What lies between a port of its own and the server's; its faults hold for open lines, too.

    ``delay`` in seconds for each piece, ``deaf``: passes nothing on until it heals,
    ``cut_after``: bytes from the server after which a connection ends, ``refuses`` new ones,
    ``half_open``: when a person's end is gone, the server's stays as if nothing had happened.
    ``tls`` is what it proves itself with to people, if it does.
    """

    target: int
    port: int = field(default_factory=free_port)
    delay: float = 0.0
    deaf: bool = False
    cut_after: int | None = None
    refuses: bool = False
    half_open: bool = False
    tls: ssl.SSLContext | None = None
    _pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = field(
        default_factory=set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]]
    )
    _left_open: list[asyncio.StreamWriter] = field(default_factory=list[asyncio.StreamWriter])
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    @property
    def url(self) -> str:
        """Return the address people use."""
        return f"http://127.0.0.1:{self.port}"

    def heals(self) -> None:
        """Be an ordinary line again."""
        self.delay, self.deaf, self.cut_after, self.refuses = 0.0, False, None, False
        self.half_open = False

    def resets(self) -> None:
        """End every open connection at once, on both sides, without a goodbye."""
        self._reset_soon(servers_too=True)

    def turns_away(self) -> None:
        """End every connection and take no new ones."""
        self.refuses = True
        self.resets()

    def forgets_people(self) -> None:
        """Let people's ends vanish while the server's stay open: half-open connections."""
        self.half_open = True
        self._reset_soon(servers_too=False)

    @contextmanager
    def open(self) -> Iterator["Line"]:
        """Carry connections, in a thread of its own."""
        ready = threading.Event()
        thread = threading.Thread(target=self._run, args=(ready,))
        thread.start()
        ready.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._connects, "127.0.0.1", self.port, ssl=self.tls)
        )
        ready.set()
        self._loop.run_forever()
        server.close()
        for end in (*(end for pair in self._pairs for end in pair), *self._left_open):
            end.transport.abort()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _reset_soon(self, *, servers_too: bool) -> None:
        def reset() -> None:
            for person, server in list(self._pairs):
                _reset(person)
                if servers_too:
                    _reset(server)

        self._loop.call_soon_threadsafe(reset)

    async def _connects(self, heard: asyncio.StreamReader, person: asyncio.StreamWriter) -> None:
        if self.refuses:
            _reset(person)
            return
        try:
            answered, server = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            _reset(person)
            return
        self._pairs.add((person, server))
        try:
            with contextlib.suppress(OSError):
                await asyncio.gather(
                    self._carries(heard, server, None), self._carries(answered, person, 0)
                )
        finally:
            self._pairs.discard((person, server))
            person.transport.abort()
            if self.half_open:
                self._left_open.append(server)
            else:
                server.transport.abort()

    async def _carries(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, carried: int | None
    ) -> None:
        """Pass on what comes; ``carried`` counts the bytes from the server."""
        while data := await source.read(65_536):
            await asyncio.sleep(self.delay)
            while self.deaf:
                await asyncio.sleep(0.01)
            if carried is not None and self.cut_after is not None:
                data = data[: max(0, self.cut_after - carried)]
            to.write(data)
            await to.drain()
            carried = None if carried is None else carried + len(data)
            if carried is not None and self.cut_after is not None and carried >= self.cut_after:
                raise ConnectionResetError
        to.close()


def _reset(end: asyncio.StreamWriter) -> None:
    plug = end.transport.get_extra_info("socket")
    if plug is not None and plug.fileno() >= 0:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    end.transport.abort()
