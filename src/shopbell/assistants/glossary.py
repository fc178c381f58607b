"""What was translated of what everybody reads, kept as long as this process runs.

Somebody types and waits: what takes long is gone on with, for whoever looks next.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from shopbell.engine.log import log
from shopbell.kernel.actor import ShopId
from shopbell.kernel.clock import Clock
from shopbell.kernel.texts import Locale

T = TypeVar("T")

KEPT_MOST = 2_000
AT_ONCE_MOST = 12
"""So many texts are translated at one moment; of more, the original is read for now."""

WAIT_SECONDS = 1.2
"""So long waits who types."""

FAILED_FOR = timedelta(minutes=1)
"""So long nobody is asked again for what could not be made: who types looks at every pause."""


class Wanted(NamedTuple):
    """A text, and where it is to go."""

    shop: ShopId
    text: str
    source: Locale
    target: Locale


class Glossary:
    """Translations by what they are of; each is made once at a time, whoever asks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[Wanted, str] = OrderedDict()
        self._failed: OrderedDict[Wanted, datetime] = OrderedDict()
        self._begun: dict[Wanted, asyncio.Task[str | None]] = {}

    def held(self, wanted: Wanted) -> str | None:
        """Return a translation that was made before; asks nobody."""
        if (kept := self._kept.get(wanted)) is not None:
            self._kept.move_to_end(wanted)
        return kept

    async def get(self, wanted: Wanted, make: Callable[[], Awaitable[str | None]]) -> str | None:
        """Return a translation that is there soon; None if it is not, or nobody can make it.

        An empty one says that the original is read; a failure is kept for a minute.
        """
        if (kept := self.held(wanted)) is not None or self._has_failed(wanted):
            return kept
        task = self._begun.get(wanted)
        if task is None:
            if len(self._begun) >= AT_ONCE_MOST:
                return None
            task = self._begun[wanted] = asyncio.create_task(self._made(wanted, make))
        done, _late = await asyncio.wait({task}, timeout=WAIT_SECONDS)
        return task.result() if done and not task.cancelled() else None

    async def _made(self, wanted: Wanted, make: Callable[[], Awaitable[str | None]]) -> str | None:
        made = None
        try:
            made = await make()
        except Exception:  # noqa: BLE001 - who types reads the original, whatever broke
            log().exception("translating broke", shop=wanted.shop)
        finally:
            self._begun.pop(wanted, None)
        if made is None:
            _keep(self._failed, wanted, self._clock() + FAILED_FOR)
        else:
            _keep(self._kept, wanted, made)
        return made

    def _has_failed(self, wanted: Wanted) -> bool:
        until = self._failed.get(wanted)
        return until is not None and self._clock() < until


def _keep(among: OrderedDict[Wanted, T], wanted: Wanted, what: T) -> None:
    """Keep it as the latest; of too many the oldest are forgotten."""
    among[wanted] = what
    among.move_to_end(wanted)
    while len(among) > KEPT_MOST:
        among.popitem(last=False)
