"""A table, and a zip of its pictures if one comes beside it, written down as they arrive."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from msgspec import Struct
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)

from shopbell.connectors.files.model import TableTooLarge
from shopbell.connectors.files.sheet import MOST_BYTES
from shopbell.connectors.listings import album
from shopbell.connectors.listings.refusals import PartsUnreadable
from shopbell.engine.blobs import Blobs, FileEmpty

BODY_MOST = MOST_BYTES + album.MOST_BYTES + 64 * 1024
TABLE, ALBUM = "file", "album"


class Received(Struct, frozen=True):
    """What a table and a zip are kept under, and what the table is called, if that was said."""

    file: str
    album: str | None = None
    name: str = ""


def check_table(size: int) -> None:
    """Refuse a table that is too large to be brought."""
    if size > MOST_BYTES:
        raise TableTooLarge(most=f"{MOST_BYTES // 1024 // 1024} MB")


CHECKS: dict[str, Callable[[int], None]] = {TABLE: check_table, ALBUM: album.check_size}
"""The parts there may be; one that is too long is refused before it is read whole."""


async def receive(chunks: AsyncIterator[bytes], boundary: str | None, blobs: Blobs) -> Received:
    """Keep a body: a table as it is, or with a ``boundary`` the parts of a form."""
    with blobs.workroom() as folder:
        if boundary is None:
            name = await _whole(chunks, folder)
        else:
            name = await _parts(chunks, boundary, folder)
        return await asyncio.to_thread(_kept, blobs, folder, name)


async def _whole(chunks: AsyncIterator[bytes], folder: Path) -> str:
    async for chunk in chunks:
        await asyncio.to_thread(_add, folder, TABLE, chunk)
    return ""


async def _parts(chunks: AsyncIterator[bytes], boundary: str, folder: Path) -> str:
    try:
        with PushMultipartParser(boundary, max_segment_count=len(CHECKS)) as parser:
            parts = _Parts(parser, folder)
            async for chunk in chunks:
                await asyncio.to_thread(parts.take, chunk)
    except (MultipartError, UnicodeError):
        raise PartsUnreadable from None
    return parts.names.get(TABLE, "")


class _Parts:
    """The parts of a form as they come; only those we know, each once."""

    def __init__(self, parser: PushMultipartParser, folder: Path) -> None:
        self._parser, self._folder = parser, folder
        self._part = TABLE
        self.names: dict[str, str] = {}

    def take(self, chunk: bytes) -> None:
        for piece in self._parser.parse(chunk):
            if isinstance(piece, MultipartSegment):
                self._begin(piece)
            elif piece:
                _add(self._folder, self._part, piece)

    def _begin(self, part: MultipartSegment) -> None:
        if part.name not in CHECKS or part.name in self.names:
            raise PartsUnreadable
        self._part = part.name
        self.names[part.name] = part.filename or ""
        _add(self._folder, self._part, b"")


def _add(folder: Path, part: str, piece: bytes) -> None:
    with (folder / part).open("ab") as file:
        CHECKS[part](file.tell() + len(piece))
        file.write(piece)


def _kept(blobs: Blobs, folder: Path, name: str) -> Received:
    table, pictures = folder / TABLE, folder / ALBUM
    if not (table.is_file() and table.stat().st_size):
        raise FileEmpty
    packed = blobs.keep_written(pictures) if pictures.is_file() else None
    return Received(blobs.keep_written(table), packed, name)
