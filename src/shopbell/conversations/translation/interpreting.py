"""How other rooms have messages translated before they tell of them elsewhere."""

from collections.abc import Awaitable, Callable, Collection

from shopbell.conversations.model import Stream
from shopbell.kernel.texts import Locale

Interpret = Callable[[Stream, Collection[int], Locale], Awaitable[None]]
"""Puts some messages into a reader's language, if that is done soon."""


async def nobody_interprets(stream: Stream, seqs: Collection[int], locale: Locale) -> None:
    """Leave messages as they were written."""
