"""What was translated of what everybody reads, kept as long as this process runs.

Somebody types and waits: what takes long is gone on with, for whoever looks next.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from shopbell.kernel.actor import ShopId
from shopbell.kernel.texts import Locale

KEPT_MOST = 2_000
AT_ONCE_MOST = 12
"""So many texts are translated at one moment; of more, the original is read for now."""

WAIT_SECONDS = 1.2
"""So long waits who types."""


class Wanted(NamedTuple):
    """A text, and where it is to go."""

    shop: ShopId
    text: str
    source: Locale
    target: Locale


class Glossary:
    """Translations by what they are of; each is made once at a time, whoever asks."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Wanted, str] = OrderedDict()
        self._begun: dict[Wanted, asyncio.Task[str | None]] = {}

    async def get(self, wanted: Wanted, make: Callable[[], Awaitable[str | None]]) -> str | None:
        """Return a translation that is there soon; None if it is not, or nobody can make it.

        An empty one says that the original is read; a failure is not kept, so it is tried again.
        """
        if (kept := self._kept.get(wanted)) is not None:
            self._kept.move_to_end(wanted)
            return kept
        task = self._begun.get(wanted)
        if task is None:
            if len(self._begun) >= AT_ONCE_MOST:
                return None
            task = self._begun[wanted] = asyncio.create_task(self._made(wanted, make))
        done, _late = await asyncio.wait({task}, timeout=WAIT_SECONDS)
        return task.result() if done and not task.cancelled() else None

    async def _made(self, wanted: Wanted, make: Callable[[], Awaitable[str | None]]) -> str | None:
        try:
            made = await make()
        finally:
            self._begun.pop(wanted, None)
        if made is not None:
            self._kept[wanted] = made
            while len(self._kept) > KEPT_MOST:
                self._kept.popitem(last=False)
        return made
