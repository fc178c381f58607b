"""The way to an assistant over HTTP: within its time, and not again and again while it is ill."""

import asyncio
import time
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from shopbell.assistants.model import AssistantTrouble
from shopbell.engine import metrics
from shopbell.engine.calling import Bounds, NoAnswer
from shopbell.engine.outside import call_outside
from shopbell.engine.settings import Settings

FAILURES_MOST = 5
"""After so many failures in a row an assistant is left in peace for a while."""

REST_SECONDS = 30.0
ANSWER_MOST = 4 * 1024 * 1024
"""So many bytes may an answer have: the places of some dozens of texts are many numbers."""


class Breaker:
    """Says whether to ask at all; opened by failures, closed by the first success."""

    def __init__(self) -> None:
        self._failures, self._until = 0, 0.0

    @property
    def rests(self) -> bool:
        """Tell whether nobody should be asked now."""
        return time.monotonic() < self._until

    def note(self, *, well: bool) -> None:
        """Note how asking went; once rested, a single failure is enough to rest again."""
        self._failures = 0 if well else self._failures + 1
        if self._failures >= FAILURES_MOST:
            self._until = time.monotonic() + REST_SECONDS


class Line:
    """The line to one service, with its address and key."""

    def __init__(self, who: str, address: str, key: str, settings: Settings) -> None:
        self.who = who
        self._address, self._key = address.rstrip("/"), key
        self._inside: Collection[str] = settings.own_assistants
        self._within = Bounds(settings.assistants_seconds, ANSWER_MOST)
        self._breaker = Breaker()

    async def ask(self, path: str, body: object, shape: Any) -> Any:  # noqa: ANN401 - msgspec's own shape
        """Send JSON and return the answer, read as ``shape``; raises `AssistantTrouble`."""
        if self._breaker.rests:
            metrics.ASSISTED.labels(self.who, "resting").inc()
            raise AssistantTrouble("it rests after failures")
        begun = time.monotonic()
        try:
            found = await self._asked(path, body, shape)
        except (AssistantTrouble, asyncio.CancelledError):
            # Who asked may not wait so long: that is no help, either.
            self._breaker.note(well=False)
            metrics.ASSISTED.labels(self.who, "failed").inc()
            raise
        self._breaker.note(well=True)
        metrics.ASSISTED.labels(self.who, "answered").inc()
        metrics.ASSISTED_SECONDS.labels(self.who).observe(time.monotonic() - begun)
        return found

    async def _asked(self, path: str, body: object, shape: Any) -> Any:  # noqa: ANN401
        try:
            answer = await call_outside(
                self._address + path,
                msgspec.json.encode(body),
                self._headers(),
                inside=self._inside,
                within=self._within,
            )
        except NoAnswer as trouble:
            raise AssistantTrouble(str(trouble)) from trouble
        if not answer.is_success:
            raise AssistantTrouble(f"HTTP {answer.status}")
        try:
            return msgspec.json.decode(answer.content, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise AssistantTrouble("the answer cannot be read") from None

    def _headers(self) -> Mapping[str, str]:
        known = {"content-type": "application/json", "accept": "application/json"}
        return {**known, "authorization": f"Bearer {self._key}"} if self._key else known
