"""One open page: what it says goes in; what it should see comes out in order, complete, once."""

import asyncio
import contextlib
import random
import time
from asyncio import FIRST_COMPLETED
from collections.abc import AsyncIterator
from secrets import token_hex
from typing import Any, cast

import msgspec

from shopbell.conversations import service as conversations
from shopbell.conversations.commands import TEXT_MOST, Append, Page
from shopbell.conversations.model import MarkKind, Stream
from shopbell.engine import metrics
from shopbell.engine.log import log
from shopbell.kernel.actor import ShopId, Side
from shopbell.kernel.refusals import NotFound, OurFault, Refusal
from shopbell.realtime import service
from shopbell.realtime.codes import Close, Hangup
from shopbell.realtime.frames import (
    FRAME_MOST,
    VERSION,
    Ack,
    Down,
    Gone,
    Happened,
    Hello,
    Limits,
    Ok,
    Ping,
    Pong,
    Presence,
    Read,
    Refused,
    Reset,
    Send,
    Sub,
    SubOk,
    Types,
    Typing,
    Unsub,
    Up,
    Watch,
    Welcome,
)
from shopbell.realtime.hub import encode
from shopbell.realtime.model import Bearer
from shopbell.realtime.wire import Allowance, Following, House, Wire

HELLO_SECONDS = 10.0
PING_SECONDS = 25.0
PONG_SECONDS = 8.0
SEND_SECONDS = 5.0
GOODBYE_SECONDS = 2.0
FAR = 300
"""More missed entries than this are paged over HTTP, not pushed."""

BACKFILL_BYTES = 1 << 20
QUEUE_MOST = 512
SUBSCRIPTIONS = 128
CONNECTIONS = 20

_read_frame = msgspec.json.Decoder(Up).decode


class Session:
    """A person behind one wire. Its own task reads; a second one writes what is queued."""

    def __init__(self, wire: Wire, house: House) -> None:
        self._wire, self._house = wire, house
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._following: dict[str, Following] = {}
        rate = house.frames_per_second
        self._allowance = Allowance(rate, burst=2 * rate)
        self._heard_at = time.monotonic()
        self._bearer: Bearer
        self._over: asyncio.Future[Close] = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[None]] = set()

    # ── for the hub ─────────────────────────────────────────────────────────────────────────

    def hear(self, stream: str, seq: int, frame: bytes) -> None:
        """Pass on a numbered entry if it is the next one; hold it if it came early."""
        for following in self._following.values():
            if str(following.stream) == stream:
                self._pass_on(following, seq, frame)

    def tell(self, frame: bytes) -> None:
        """Queue a frame; a page that does not read is hung up on and comes back by number."""
        if self._queue.qsize() >= QUEUE_MOST:
            self.hang_up(Close.SLOW)
            return
        self._queue.put_nowait(frame)

    def hang_up(self, code: Close) -> None:
        """End the connection: from now on nothing it says is obeyed."""
        if not self._over.done():
            self._over.set_result(code)

    # ── the connection ──────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Serve the wire until either side hangs up."""
        frames = self._wire.frames()
        try:
            self._bearer = await self._welcome(frames)
        except Hangup as hangup:
            await self._close(hangup.code)
            return
        except StopAsyncIteration:
            return
        self.actor, self.session = self._bearer.actor, self._bearer.session
        self._house.hub.enter(self)
        try:
            await self._serve(frames)
        finally:
            for following in list(self._following.values()):
                self._house.hub.unfollow(self, following.stream, following.shop)
            self._house.hub.leave(self)

    async def _serve(self, frames: AsyncIterator[str | bytes]) -> None:
        """Read, write and beat until one of them ends; then hang up, if it is for us to do."""
        work = (self._check_again(), self._read(frames), self._write(), self._beat())
        tasks = [asyncio.create_task(piece) for piece in work]
        ends: list[asyncio.Future[Any]] = [self._over, tasks[1], tasks[2]]
        try:
            await asyncio.wait(ends, return_when=FIRST_COMPLETED)
        finally:
            for task in (*tasks, *self._tasks):
                task.cancel()
            ended = await asyncio.gather(*tasks, *self._tasks, return_exceptions=True)
        for outcome in ended:
            self._note(outcome)
        if self._over.done():
            await self._say_goodbye(self._over.result())

    def _note(self, outcome: BaseException | None) -> None:
        """Write down a bug, and let the page come back."""
        if isinstance(outcome, Hangup):
            self.hang_up(outcome.code)
        elif isinstance(outcome, Exception):
            metrics.FAILED.labels("socket").inc()
            log().error("socket failed", exc_info=outcome)
            self.hang_up(Close.RETRY)

    async def _check_again(self) -> None:
        """Look once more whether we may: a sign-out may have slipped in while we came."""
        if await self._house.db.read(service.still, self._bearer) is None:
            self.hang_up(Close.REVOKED)

    async def _say_goodbye(self, code: Close) -> None:
        """Send what a page is to know before it goes, unless it is being thrown out."""
        with contextlib.suppress(TimeoutError, Exception):
            async with asyncio.timeout(GOODBYE_SECONDS):
                while code is not Close.REVOKED and not self._queue.empty():
                    await self._wire.send(self._queue.get_nowait())
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
        bearer = await self._house.db.write(service.redeem, hello.token)
        if bearer is None:
            raise Hangup(Close.AUTH_FAILED)
        if self._house.hub.connections(bearer.actor.id) >= CONNECTIONS:
            raise Hangup(Close.RATE_LIMITED)
        limits = Limits(FRAME_MOST, TEXT_MOST, SUBSCRIPTIONS, self._house.attachment_bytes)
        now, ping = self._house.db.clock(), round(PING_SECONDS * 1000)
        self._say(Welcome(token_hex(8), now, self._house.epoch, ping, limits))
        return bearer

    async def _read(self, frames: AsyncIterator[str | bytes]) -> None:
        async for frame in frames:
            self._heard_at = time.monotonic()
            if not self._allowance.spend():
                raise Hangup(Close.RATE_LIMITED)
            await self._obey(self._decode(frame))

    async def _write(self) -> None:
        while True:
            frame = await self._queue.get()
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await self._wire.send(frame)
            except TimeoutError:
                raise Hangup(Close.SLOW) from None

    async def _beat(self) -> None:
        """Ask now and then whether the page is still there; a silent one is let go."""
        while True:
            await asyncio.sleep(PING_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311
            asked = time.monotonic()
            self._say(Ping())
            await asyncio.sleep(PONG_SECONDS)
            if self._heard_at < asked:
                self.hang_up(Close.NO_PONG)
                return

    async def _close(self, code: Close) -> None:
        metrics.SOCKETS_CLOSED.labels(str(int(code))).inc()
        with contextlib.suppress(Exception):
            await self._wire.close(code)

    # ── what it says ────────────────────────────────────────────────────────────────────────

    def _decode(self, frame: str | bytes) -> Up:
        """Read a frame; one that is no frame at all ends this connection, and only this one."""
        try:
            if isinstance(frame, bytes):
                raise msgspec.DecodeError("binary frames are not spoken here")  # noqa: TRY301
            if len(frame) > FRAME_MOST or _bytes_of(frame) > FRAME_MOST:
                raise msgspec.DecodeError("too long")  # noqa: TRY301
            return cast("Up", _read_frame(frame))
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            metrics.REFUSED.labels("socket", "frame_malformed").inc()
            raise Hangup(Close.BAD_RESUME) from None

    async def _obey(self, wish: Up) -> None:
        try:
            await self._do(wish)
        except Refusal as refusal:
            self._refuse(wish, refusal)
        except Hangup:
            raise
        except Exception as error:  # noqa: BLE001 - a bug with one frame leaves the others alone
            metrics.FAILED.labels("socket").inc()
            log().error("frame failed", frame=type(wish).__name__, exc_info=error)
            self._refuse(wish, OurFault(retry_after=5))

    async def _do(self, wish: Up) -> None:
        match wish:
            case Send():
                await self._send(wish)
            case Sub():
                await self._sub(wish)
            case Unsub(sid):
                self._unfollow(sid)
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

    async def _send(self, wish: Send) -> None:
        command = Append(wish.cmid, wish.type, wish.data)
        stream = Stream.parse(wish.stream)
        done = await self._house.db.write(conversations.append, self.actor, stream, command)
        self._say(Ok(done.cmid, done.id, done.seq, done.at, done.replayed))

    async def _mark(self, stream: str, kind: MarkKind, seq: int) -> None:
        await self._house.db.write(conversations.mark, self.actor, Stream.parse(stream), kind, seq)

    def _type(self, stream: str, *, on: bool) -> None:
        if any(str(following.stream) == stream for following in self._following.values()):
            said = Types(stream, self.actor.side, self.actor.name, on)
            self._house.hub.others(stream, self, said)

    def _refuse(self, wish: Up, refusal: Refusal) -> None:
        metrics.REFUSED.labels("socket", refusal.code).inc()
        problem = self._house.explain(refusal, self._bearer.locale)
        match wish:
            case Send(cmid=cmid):
                self._say(Refused(problem, cmid=cmid))
            case Sub(sid, stream) if isinstance(refusal, NotFound):
                self._say(Gone(sid, stream))
            case Sub(sid):
                self._say(Refused(problem, sid=sid))
            case _:
                self._say(Refused(problem))

    # ── following a stream ──────────────────────────────────────────────────────────────────

    async def _sub(self, wish: Sub) -> None:
        """Register first, read then, answer, and only then pass on what came meanwhile."""
        stream = Stream.parse(wish.stream)
        if len(self._following) >= SUBSCRIPTIONS:
            raise Hangup(Close.RATE_LIMITED)
        talk = await self._house.db.read(conversations.entered, self.actor, stream)
        self._unfollow(wish.sid)
        for earlier in [f.sid for f in self._following.values() if f.stream == stream]:
            self._unfollow(earlier)
        following = Following(wish.sid, stream, talk.shop)
        self._following[wish.sid] = following
        self._house.hub.follow(self, stream, talk.shop)
        page = await self._page(stream, wish.after)
        if _of_another_history(wish, page, self._house.epoch):
            following.told = page.head
            self._say(Reset(wish.sid, wish.stream, page.head))
        else:
            self._answer_sub(following, wish, page)
        self._release(following)
        self._tell_who_is_here(stream, talk.shop)

    async def _page(self, stream: Stream, after: int) -> Page:
        """Read what is missing: at most ``FAR`` entries, in pages of the service's size."""
        page = await self._house.db.read(conversations.page, self.actor, stream, after=after)
        missing = page.head - after
        if len(page.events) < missing <= FAR:
            rest = await self._house.db.read(
                conversations.page, self.actor, stream, after=page.events[-1].seq
            )
            return msgspec.structs.replace(rest, events=[*page.events, *rest.events])
        return page

    def _answer_sub(self, following: Following, wish: Sub, page: Page) -> None:
        missing = page.head - wish.after
        metrics.RESUMED.observe(missing)
        complete = len(page.events) == missing and _weight(page) <= BACKFILL_BYTES
        following.told = page.head
        self._say(
            SubOk(
                sid=wish.sid,
                stream=wish.stream,
                head=page.head,
                recovered=complete,
                events=page.events if complete else [],
                reads=page.reads,
                delivered=page.delivered,
                reason=msgspec.UNSET if complete else "far",
            )
        )

    def _pass_on(self, following: Following, seq: int, frame: bytes) -> None:
        if seq <= following.told and not following.catching_up:
            return
        if following.catching_up or seq > following.told + 1:
            following.held[seq] = frame
            if not following.catching_up:
                self._catch_up_later(following)
            return
        following.told = seq
        self.tell(frame)
        self._release(following)

    def _release(self, following: Following) -> None:
        """Pass on what was held, as far as the numbers go without a gap."""
        following.catching_up = False
        while (frame := following.held.pop(following.told + 1, None)) is not None:
            following.told += 1
            self.tell(frame)
        following.held = {n: f for n, f in following.held.items() if n > following.told}

    def _catch_up_later(self, following: Following) -> None:
        following.catching_up = True
        task = asyncio.create_task(self._catch_up(following))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _catch_up(self, following: Following) -> None:
        """Fill a gap from the database, which is asked again whether this page may see it."""
        try:
            page = await self._house.db.read(
                conversations.page, self.actor, following.stream, after=following.told
            )
        except Refusal:
            self._say(Gone(following.sid, str(following.stream)))
            self._unfollow(following.sid)
            return
        for event in page.events:
            following.told = event.seq
            self._say(Happened(str(following.stream), event))
        self._release(following)

    def _unfollow(self, sid: str) -> None:
        following = self._following.pop(sid, None)
        if following is not None:
            self._house.hub.unfollow(self, following.stream, following.shop)

    def _tell_who_is_here(self, stream: Stream, shop: ShopId) -> None:
        others = self._house.hub.sides_here(stream) - {self.actor.side}
        for side in others:
            self._say(Presence(side=side, on=True, stream=str(stream)))
        if self.actor.side is not Side.SELLER:
            online = self._house.hub.shop_online(shop)
            self._say(Presence(side=Side.SELLER, on=online, shop=shop))

    def _say(self, frame: Down) -> None:
        self.tell(encode(frame))


def _of_another_history(wish: Sub, page: Page, epoch: str) -> bool:
    return wish.after > page.head or (wish.epoch is not None and wish.epoch != epoch)


def _weight(page: Page) -> int:
    return sum(len(bytes(event.data)) for event in page.events)


def _bytes_of(frame: str) -> int:
    return len(frame) if frame.isascii() else len(frame.encode())
