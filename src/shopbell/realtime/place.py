"""Where a page has come to in the streams it follows, written as a word that fits into a URL."""

import re

from msgspec import Struct

from shopbell.conversations.model import Stream
from shopbell.kernel.refusals import Malformed

STREAMS_MOST = 20
_EPOCH = re.compile(r"[A-Za-z0-9_-]{0,64}")
_SEQ = re.compile(r"[0-9]{1,15}")


class PlaceMalformed(Malformed):
    """The place to go on from is not one we gave."""


class Place(Struct, frozen=True):
    """The last number applied of each stream, as they stood in ``epoch``; "" if not known yet.

    Written ``EPOCH~STREAM~SEQ~STREAM~SEQ``: a client may write the first one itself, and puts the
    one of each answer into the next question.
    """

    epoch: str
    streams: dict[Stream, int]

    def __str__(self) -> str:
        parts = [f"~{stream}~{seq}" for stream, seq in self.streams.items()]
        return f"{self.epoch}{''.join(parts)}"

    @staticmethod
    def parse(word: str) -> "Place":
        """Read a place, or refuse."""
        epoch, *rest = word.split("~")
        names, numbers = rest[::2], rest[1::2]
        right = len(names) == len(numbers) <= STREAMS_MOST and _EPOCH.fullmatch(epoch)
        if not right or not all(_SEQ.fullmatch(number) for number in numbers):
            raise PlaceMalformed
        pairs = zip(names, numbers, strict=True)
        return Place(epoch, {Stream.parse(name): int(number) for name, number in pairs})
