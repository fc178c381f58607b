"""An event loop without waiting: its clock jumps, and chance decides who is next.

Within one process callbacks keep their order, as asyncio promises. Between processes there is
no order: each turn belongs to any of those that have something to do.
"""

import asyncio
import heapq
import random
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, ContextVar, copy_context
from itertools import count
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
TURN_SECONDS = 1e-6
"""Every turn takes a moment, so that before and after are never the same time."""

TURNS_MOST = 200_000
STAYS = 0.6
"""How often the process of the last turn has the next one, too."""


class Process:
    """A program of its own: its callbacks keep their order, and it may stand still for a while."""

    def __init__(self, loop: "VirtualLoop", name: str) -> None:
        self.name, self._loop = name, loop
        self.ready: deque[asyncio.Handle] = deque()
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self.still_until, self.ended = 0.0, False
        self.context = Context()
        self.context.run(_process.set, self)

    def spawn(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Begin something in this process."""
        return self._loop.create_task(work, context=self.context.copy())

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin something in this process that nobody waits for."""
        self.tasks[self.spawn(work)] = None

    def at(self, moment: float, callback: Callable[..., object], *args: Any) -> asyncio.Handle:
        """Call back in this process at a moment of the loop's clock."""
        return self._loop.call_at(moment, callback, *args, context=self.context.copy())

    def after(self, seconds: float, callback: Callable[..., object], *args: Any) -> asyncio.Handle:
        """Call back in this process after some time."""
        return self.at(self._loop.time() + seconds, callback, *args)

    def end(self) -> None:
        """Cancel everything this process does; what it still does reaches nobody."""
        self.still_until, self.ended = 0.0, True
        for task in list(self.tasks):
            task.cancel()


_process: ContextVar[Process] = ContextVar("process")


class Alarm(asyncio.TimerHandle):
    """One callback, later."""

    process: Process


class Task(asyncio.Task[T]):
    """A task that knows its number: sets of tasks are then walked in one order, run after run."""

    number: int

    def __hash__(self) -> int:
        return self.number


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs all processes of a world."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.chance = random.Random(f"loop {seed}")
        self.turns = 0
        self.troubles: list[str] = []
        self._now = 1_000.0
        self._numbers = count(1)
        self._alarms: list[tuple[float, int, Alarm]] = []
        self._busy: list[Process] = []
        self._last: Process | None = None
        self.outside = Process(self, "outside")

    # ── what asyncio asks for ───────────────────────────────────────────────────────────────

    def time(self) -> float:
        return self._now

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        context = context or copy_context()
        turn = asyncio.Handle(callback, args, self, context)
        self._put(context.get(_process, self.outside), turn)
        return turn

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:  # fmt: skip
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:  # fmt: skip
        context = context or copy_context()
        alarm = Alarm(when, callback, args, self, context)
        alarm.process = context.get(_process, self.outside)
        heapq.heappush(self._alarms, (when, next(self._numbers), alarm))
        return alarm

    def create_task(
        self, coro: Generator[Any, None, T] | Coroutine[Any, Any, T], *,
        name: object = None, context: Context | None = None,
    ) -> asyncio.Task[T]:  # fmt: skip
        context = context or copy_context()
        number = next(self._numbers)
        task = _number(number, name, coro, self, context)
        tasks = context.get(_process, self.outside).tasks
        tasks[task] = None
        task.add_done_callback(lambda done: tasks.pop(done, None), context=context)
        return task

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.troubles.append(f"{context.get('message')}: {context.get('exception')!r}")

    def run_until_complete(self, future: Any) -> Any:
        """Give turns until ``future`` is done."""
        asyncio._set_running_loop(self)  # noqa: SLF001 - as every loop does
        try:
            while not future.done():
                if not self._give_a_turn():
                    raise RuntimeError("everybody waits, and nothing will ever happen")
        finally:
            asyncio._set_running_loop(None)  # noqa: SLF001
        return future.result()

    def finish(self) -> None:
        """Give turns until nobody has anything to do; alarms are called at once."""
        asyncio._set_running_loop(self)  # noqa: SLF001
        try:
            while self._give_a_turn():
                pass
        finally:
            asyncio._set_running_loop(None)  # noqa: SLF001

    # ── turns ───────────────────────────────────────────────────────────────────────────────

    def _put(self, process: Process, turn: asyncio.Handle) -> None:
        if not process.ready:
            self._busy.append(process)
        process.ready.append(turn)

    def _give_a_turn(self) -> bool:
        """Give one turn, or jump to the next; false if nothing will ever happen again."""
        alarms = self._alarms
        while alarms and (alarms[0][0] <= self._now or alarms[0][2].cancelled()):
            alarm = heapq.heappop(alarms)[2]
            if not alarm.cancelled():
                self._put(alarm.process, alarm)
        process = self._next()
        if process is None:
            return self._jump()
        turn = process.ready.popleft()
        if not process.ready:
            self._busy.remove(process)
        self.turns += 1
        if self.turns > TURNS_MOST:
            raise RuntimeError("this world does not come to an end")
        self._now += TURN_SECONDS
        self._last = process
        if not turn.cancelled():
            turn._run()  # noqa: SLF001 - as every loop does
        return True

    def _next(self) -> Process | None:
        now = self._now
        able = [process for process in self._busy if process.still_until <= now]
        if len(able) < 2:
            return able[0] if able else None
        if self._last in able and self.chance.random() < STAYS:
            return self._last
        return self.chance.choice(able)

    def _jump(self) -> bool:
        """Let the clock jump to what happens next, if anything does."""
        moments = [process.still_until for process in self._busy]
        if self._alarms:
            moments.append(self._alarms[0][0])
        if moments:
            self._now = max(self._now, min(moments))
        return bool(moments)


def _number(number: int, name: object, coro: Any, loop: VirtualLoop, context: Context) -> Task[Any]:
    task: Task[Any] = Task.__new__(Task)
    task.number = number
    Task.__init__(task, coro, loop=loop, name=str(name or number), context=context)
    return task
