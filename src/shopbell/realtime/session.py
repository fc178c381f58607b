"""One open page: what it says goes in; what it should see comes out."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from secrets import token_hex
from typing import Any

import msgspec

from shopbell.accounts.refusals import ActsForAnother
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import TEXT_MOST, Append, Appended, Ask
from shopbell.conversations.model import MarkKind, Stream
from shopbell.engine import metrics
from shopbell.engine.log import log
from shopbell.engine.pace import Allowance, network
from shopbell.kernel.refusals import NotFound, OurFault, Refusal, Unavailable
from shopbell.realtime import service
from shopbell.realtime.codes import Close, Hangup
from shopbell.realtime.following import SUBSCRIPTIONS, Subscriptions
from shopbell.realtime.frames import (
    FRAME_MOST,
    VERSION,
    Ack,
    Down,
    Gone,
    Hello,
    Limits,
    Ok,
    Ping,
    Pong,
    Read,
    Refused,
    Send,
    Sub,
    Types,
    Typing,
    Unsub,
    Up,
    Watch,
    Welcome,
)
from shopbell.realtime.hub import encode
from shopbell.realtime.model import Bearer
from shopbell.realtime.outgoing import Outgoing
from shopbell.realtime.sends import Sends
from shopbell.realtime.wire import House, Wire

HELLO_SECONDS = 10.0
PING_SECONDS = 25.0
PONG_SECONDS = 8.0
GOODBYE_SECONDS = 2.0
LINGER_SECONDS = 3.0
"""How long the other side may take to close what we have closed; then the connection is cut."""

CONNECTIONS = 20
LOST = frozenset({Close.REVOKED, Close.MOVED})
"""Ends of a right: what waits to be told is not for this page any more."""

_read_frame: Callable[[str], Up] = msgspec.json.Decoder(Up).decode


class Session:
    """A person behind one wire. A task reads; another one writes, while something is queued.

    Thousands only wait: what each of them holds meanwhile is kept small.
    """

    __slots__ = (
        "_address",
        "_allowance",
        "_bearer",
        "_beat",
        "_deaf",
        "_following",
        "_heard_at",
        "_house",
        "_obeying",
        "_outgoing",
        "_over",
        "_sends",
        "_tasks",
        "_wire",
        "_writing",
        "actor",
        "session",
    )

    def __init__(self, wire: Wire, house: House, address: str) -> None:
        self._wire, self._house, self._address = wire, house, address
        self._outgoing = Outgoing()
        self._following = Subscriptions(self, house, self._later)
        self._sends = Sends(self._ask, self._answer)
        rate = house.frames_per_second
        self._allowance = Allowance(rate, burst=2 * rate)
        self._heard_at = time.monotonic()
        self._bearer: Bearer
        self._over: asyncio.Future[Close | None] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._writing = self._obeying = self._deaf = False
        self._beat: asyncio.TimerHandle

    # ── for the hub ─────────────────────────────────────────────────────────────────────────

    def hear(self, stream: str, seq: int, frame: bytes) -> None:
        """Pass on a numbered entry in its turn."""
        self._following.hear(stream, seq, frame)

    def tell(self, frame: bytes) -> None:
        """Queue a frame; a page that does not read is hung up on and comes back by number."""
        if self._deaf:
            return
        if self.waiting or not self._wire.take(frame):
            self._queue(frame)

    def tell_newest(self, kind: str, frame: bytes) -> None:
        """Queue a frame in place of an earlier one of its kind; it may be dropped."""
        if self._deaf:
            return
        if self.waiting or not self._wire.take(frame):
            self._outgoing.put_fleeting(kind, frame)
            self._begin_writing()

    def _queue(self, frame: bytes) -> None:
        if self._outgoing.put(frame):
            self._begin_writing()
        else:
            self.hang_up(Close.SLOW)

    def told(self, stream: str) -> int | None:
        """Say up to which number of a stream this page was told."""
        return self._following.told(stream)

    def catch_up(self, stream: str, head: int) -> None:
        """Read from the database what this page was not told."""
        self._following.catch_up(stream, head)

    def lose(self, stream: str) -> None:
        """Part with a stream that is no longer this page's to see."""
        self._following.lose(stream)

    def hang_up(self, code: Close) -> None:
        """End the connection: nothing it says is obeyed, nor told to whoever lost their right."""
        self._deaf = self._deaf or code in LOST
        if not self._over.done():
            self._over.set_result(code)

    @property
    def waiting(self) -> int:
        """Return how many frames wait to be sent."""
        return len(self._outgoing)

    # ── the connection ──────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Serve the wire until either side hangs up."""
        frames = self._wire.frames()
        try:
            with self._house.strangers.through(network(self._address)):
                self._bearer = await self._welcome(frames)
        except Hangup as hangup:
            await self._close(hangup.code)
            return
        except Unavailable:  # too many strangers from there, or the database is away
            await self._close(Close.RETRY)
            return
        except StopAsyncIteration:
            return
        self.actor, self.session = self._bearer.actor, self._bearer.session
        self._enter()
        try:
            await self._stay(frames)
        finally:
            self._leave()

    def _enter(self) -> None:
        hub = self._house.hub
        hub.enter(self)
        if self.actor.shop is not None:
            hub.presence.come_to_desk(self.actor.shop)

    def _leave(self) -> None:
        hub = self._house.hub
        self._following.end()
        if self.actor.shop is not None:
            hub.presence.leave_desk(self.actor.shop)
        hub.leave(self)

    async def _stay(self, frames: AsyncIterator[str | bytes]) -> None:
        """Read until either side ends it; then hang up, if it is for us to do."""
        self._later(self._check_again())
        self._later(self._read(frames))
        self._beat_later()
        try:
            code = await self._over
        finally:
            self._beat.cancel()
            tasks = tuple(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if code is not None:
            await self._say_goodbye(code)

    def _note(self, outcome: BaseException | None) -> None:
        if isinstance(outcome, Hangup):
            self.hang_up(outcome.code)
        elif isinstance(outcome, Unavailable):
            self.hang_up(Close.RETRY)
        elif isinstance(outcome, Exception):
            metrics.FAILED.labels("socket").inc()
            log().error("socket failed", exc_info=outcome)
            self.hang_up(Close.RETRY)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        """Have something done meanwhile; it ends with the connection, and does not outlive it."""
        if self._over.done():
            work.close()
            return
        task = asyncio.create_task(work)
        self._tasks.append(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.remove(task)
        if not task.cancelled():
            self._note(task.exception())

    async def _check_again(self) -> None:
        """Look once more whether we may: a sign-out may have slipped in while we came."""
        now = await self._house.db.read(service.still, self._bearer)
        if now is None:
            self.hang_up(Close.REVOKED)
        elif now.actor.shop != self.actor.shop:
            self.hang_up(Close.MOVED)

    async def _say_goodbye(self, code: Close) -> None:
        """Send what a page is to know before it goes, unless it does not read or is thrown out."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(GOODBYE_SECONDS):
                while code not in {*LOST, Close.SLOW} and self.waiting:
                    await self._wire.send(*self._outgoing.next()[1])
        await self._close(code)

    async def _welcome(self, frames: AsyncIterator[str | bytes]) -> Bearer:
        if self._house.hub.draining:
            raise Hangup(Close.DRAINING)
        try:
            hello = self._decode(await asyncio.wait_for(anext(frames), HELLO_SECONDS))
        except TimeoutError:
            raise Hangup(Close.NO_HELLO) from None
        if not isinstance(hello, Hello):
            raise Hangup(Close.NO_HELLO)
        if hello.version != VERSION:
            raise Hangup(Close.VERSION)
        try:
            bearer = await self._house.db.write(service.redeem, hello.token)
        except ActsForAnother:
            raise Hangup(Close.MOVED) from None
        if bearer is None:
            raise Hangup(Close.AUTH_FAILED)
        if self._house.hub.connections(bearer.actor.id) >= CONNECTIONS:
            raise Hangup(Close.RATE_LIMITED)
        limits = Limits(FRAME_MOST, TEXT_MOST, SUBSCRIPTIONS, self._house.attachment_bytes)
        now, ping = self._house.db.clock(), round(PING_SECONDS * 1000)
        self.say(Welcome(token_hex(8), now, self._house.epoch, ping, limits))
        return bearer

    async def _read(self, frames: AsyncIterator[str | bytes]) -> None:
        async for frame in frames:
            self._heard_at = time.monotonic()
            if not self._allowance.spend():
                raise Hangup(Close.RATE_LIMITED)
            self._obeying = True
            wish = self._decode(frame)
            await self._obey(wish, self._do(wish))
            self._obeying = False
        if not self._over.done():  # the other side has left
            self._over.set_result(None)

    def _begin_writing(self) -> None:
        if not self._writing and not self._over.done():
            self._writing = True
            self._later(self._write())

    async def _write(self) -> None:
        try:
            while self.waiting:
                due, frames = self._outgoing.next()
                async with asyncio.timeout_at(due):
                    await self._wire.send(*frames)
        except TimeoutError:
            raise Hangup(Close.SLOW) from None
        finally:
            self._writing = False

    def _beat_later(self) -> None:
        """Ask now and then whether the page is still there; a silent one is let go."""
        pause = PING_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311
        self._beat = asyncio.get_running_loop().call_later(pause, self._ping)

    def _ping(self) -> None:
        self.say(Ping())
        loop, asked = asyncio.get_running_loop(), time.monotonic()
        self._beat = loop.call_later(PONG_SECONDS, self._expect_pong, asked)

    def _expect_pong(self, asked: float) -> None:
        """Let go who said nothing, unless the answer lies behind a frame that we are busy with."""
        if self._heard_at < asked and not self._obeying:
            self.hang_up(Close.NO_PONG)
        else:
            self._beat_later()

    async def _close(self, code: Close) -> None:
        """Say why it is over; who does not listen is cut off."""
        metrics.SOCKETS_CLOSED.labels(str(int(code))).inc()
        asyncio.get_running_loop().call_later(LINGER_SECONDS, self._wire.abort)
        with contextlib.suppress(Exception):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._wire.close(code)

    # ── what it says ────────────────────────────────────────────────────────────────────────

    def _decode(self, frame: str | bytes) -> Up:
        """Read a frame; one that is no frame at all ends this connection, and only this one."""
        with contextlib.suppress(msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            if isinstance(frame, str) and len(frame.encode()) <= FRAME_MOST:
                return _read_frame(frame)
        metrics.REFUSED.labels("socket", "frame_malformed").inc()
        raise Hangup(Close.BAD_RESUME)

    async def _obey(self, wish: Up, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Refusal as refusal:
            self._refuse(wish, refusal)
        except Hangup:
            raise
        except Exception as error:  # noqa: BLE001 - a bug with one frame leaves the others alone
            self._fail(wish, error)

    def _fail(self, wish: Up, error: BaseException) -> None:
        metrics.FAILED.labels("socket").inc()
        log().error("frame failed", frame=type(wish).__name__, exc_info=error)
        self._refuse(wish, OurFault(retry_after=5))

    async def _do(self, wish: Up) -> None:
        match wish:
            case Send():
                await self._sends.take(wish)
            case Sub():
                following = await self._following.sub(wish)
                self._later(self._obey(wish, self._following.begin(following, wish)))
            case Unsub(sid):
                self._following.unsub(sid)
            case Ack(stream, seq):
                await self._mark(stream, MarkKind.DELIVERED, seq)
            case Read(stream, seq):
                await self._mark(stream, MarkKind.READ, seq)
            case Typing(stream, on):
                self._type(stream, on=on)
            case Watch():
                self._house.hub.watch(self)
            case Hello() | Pong():
                pass

    def _ask(self, wish: Send) -> "asyncio.Future[Appended]":
        command = Append(wish.cmid, wish.type, wish.data, wish.seen)
        ask = Ask(self.actor, Stream.parse(wish.stream), command)
        place = self._house.crowd.sending(self.actor, self._address)
        asked = self._house.db.write_together(conversations.append_all, ask, lane=ask.lane)
        asked.add_done_callback(lambda _asked: place.leave())
        return asked

    def _answer(self, wish: Send, asked: "asyncio.Future[Appended]") -> None:
        error = asked.exception()
        if error is None:
            done = asked.result()
            self.say(Ok(done.cmid, done.id, done.seq, done.at, done.replayed, done.stream))
        elif isinstance(error, Refusal):
            self._refuse(wish, error)
        else:
            self._fail(wish, error)

    async def _mark(self, stream: str, kind: MarkKind, seq: int) -> None:
        await self._house.db.write(conversations.mark, self.actor, Stream.parse(stream), kind, seq)

    def _type(self, stream: str, *, on: bool) -> None:
        if self._following.told(stream) is not None:
            said = Types(stream, self.actor.side, self.actor.name, on)
            self._house.relay.typing(self.actor.id, said)

    def _refuse(self, wish: Up, refusal: Refusal) -> None:
        metrics.REFUSED.labels("socket", refusal.code).inc()
        problem = self._house.explain(refusal, self._bearer.locale)
        match wish:
            case Send(cmid=cmid):
                self.say(Refused(problem, cmid=cmid))
            case Sub(sid, stream) if isinstance(refusal, NotFound):
                self.say(Gone(sid, stream))
            case Sub(sid):
                self.say(Refused(problem, sid=sid))
            case _:
                self.say(Refused(problem))

    def say(self, frame: Down) -> None:
        """Queue a frame."""
        self.tell(encode(frame))

    async def calm(self) -> None:
        """Wait until there is room for a long answer."""
        await self._outgoing.calm()
