"""Looks for words everywhere something is kept: the proof that an erasure left nothing.

Every table by the catalogue, whatever room it is of; the index; kept files and letters, unpacked
as their readers see them; and copies of data. It reads everything and takes its time.
"""

import email
import email.policy
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from email.message import EmailMessage
from typing import IO

from shopbell.engine import erasing
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Tx
from shopbell.engine.search import index
from shopbell.engine.search.terms import All, Word
from shopbell.engine.search.tokens import fold, tokens
from shopbell.engine.tables import metadata
from shopbell.privacy.exporting import Shelf

Found = Counter[str]
"""How often something was found, by where: ``table.column``, ``index``, ``files``, ``exports``."""


def in_tables(tx: Tx, words: Sequence[str]) -> Found:
    """Look through every column of every table that may hold words."""
    wanted, found = _plain(words), Found()
    for table in filter(erasing.worded, metadata.tables):
        for row in erasing.every_row(tx, table):
            for column, value in row.items():
                if value and any(one in text for text in _texts(value) for one in wanted):
                    found[f"{table}.{column}"] += 1
    return found


def in_index(tx: Tx, words: Sequence[str]) -> Found:
    """Ask the index of words for each of them, whoever may read what it finds."""
    return Found(index=sum(bool(_asked(tx, word)) for word in words)) + Found()


def in_files(blobs: Blobs, shelf: Shelf, words: Sequence[str]) -> Found:
    """Look into every kept file, and into every copy of data."""
    wanted, found = _plain(words), Found()
    for place in blobs.every():
        texts = list(_texts(place.read_bytes()))
        found["files"] += any(one in text for text in texts for one in wanted)
    for place in shelf.every():
        found["exports"] += any(one in text for text in _packed(place.open("rb")) for one in wanted)
    return found + Found()


def _plain(words: Iterable[str]) -> list[str]:
    return [one.casefold() for one in words if one]


def _asked(tx: Tx, word: str) -> list[int]:
    asked = [Word(token.text) for token in tokens(fold(word))]
    return index.find(tx, All(asked), 1, below=index.NO_NUMBER) if asked else []


def _texts(value: object) -> Iterator[str]:
    """Give what a value says: bytes also as the letter that they may be."""
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        yield raw.decode(errors="replace").casefold()
        if b"MIME-Version" in raw or b"Message-ID" in raw:
            yield from _parts(raw)
    else:
        yield str(value).casefold()


def _parts(raw: bytes) -> Iterator[str]:
    letter = email.message_from_bytes(raw, EmailMessage, policy=email.policy.default)
    yield " ".join(str(value) for value in letter.values()).casefold()
    for part in letter.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield content.decode(part.get_content_charset() or "utf-8", "replace").casefold()


def _packed(file: IO[bytes]) -> Iterator[str]:
    with file, zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            yield name.casefold()
            yield from _texts(archive.read(name))
