"""Pictures in a zip that came beside a table: read one by one, never unpacked to disk."""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unicodedata import normalize

from shopbell.connectors.listings.picturing import SIDE, name_of, reference
from shopbell.connectors.listings.refusals import (
    NoPicture,
    NotAZip,
    PictureHeavy,
    PictureNotInZip,
    WorkbookBroken,
    ZipLocked,
    ZipNameTwice,
    ZipTooLarge,
    ZipUnsafe,
)
from shopbell.connectors.listings.workbook import open_archive
from shopbell.engine.pictures import measure
from shopbell.kernel.texts import Locale

MOST_BYTES = 128 * 1024 * 1024
PICTURE_MOST = 10 * 1024 * 1024
FOLDERS_MOST = 5
NAME_MOST = 150
SHOWN = 60

UTF8 = 0x800
ENCRYPTED = 0x1
PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
UNMARKED: dict[Locale, str] = {"zh": "gb18030", "ru": "cp866", "en": "cp437"}
"""Names that are not marked as UTF-8 are in the letters of the office that packed them."""

_PLAIN = frozenset({0, stat.S_IFREG, stat.S_IFDIR})
_DRIVE = re.compile(r"[A-Za-z]:")
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


def check_size(size: int) -> None:
    """Refuse a zip that is too large to be brought."""
    if size > MOST_BYTES:
        raise ZipTooLarge(most=MOST_BYTES // 1024 // 1024)


class Album:
    """The pictures of one zip, by their paths; a name that is there once needs no folder."""

    def __init__(self, archive: zipfile.ZipFile, language: Locale) -> None:
        self._archive = archive
        self._entries = _listed(archive, language)
        self._paths = _by_name(self._entries)
        self._known: dict[str, str] = {}
        self._named = set[str]()

    def __contains__(self, name: str) -> bool:
        return _folded(name) in self._paths

    def find(self, name: str) -> str:
        """Return how a picture is known that a table calls so; refuse what is none."""
        if (path := self._paths.get(_folded(name))) is None:
            raise PictureNotInZip(value=name[:SHOWN])
        self._named.add(path)
        if path not in self._known:
            self._known[path] = reference(path, self._picture(path))
        return self._known[path]

    def content(self, known: str) -> bytes:
        """Return the bytes of a picture; refuse another one that bears its name."""
        name = name_of(known)
        if self.find(name) != known:
            raise PictureNotInZip(value=name[:SHOWN])
        return self._picture(name)

    def unnamed(self) -> list[str]:
        """Return what nobody has asked for so far."""
        return [path for path in self._entries if path not in self._named]

    def _picture(self, path: str) -> bytes:
        content = _read(self._archive, self._entries[path], path[:SHOWN])
        try:
            measure(content, SIDE)
        except Exception:  # noqa: BLE001 - whatever it stumbles over, it is no picture to us
            raise NoPicture(value=path[:SHOWN]) from None
        return content


@contextmanager
def opened(file: Path, language: Locale) -> Iterator[Album]:
    """Open a zip of pictures, or refuse it whole before any of it is unpacked."""
    try:
        archive = open_archive(file)
    except WorkbookBroken:
        raise NotAZip from None
    with archive:
        yield Album(archive, language)


def _listed(archive: zipfile.ZipFile, language: Locale) -> dict[str, zipfile.ZipInfo]:
    """Return what there is by its path, but for what computers put in by themselves."""
    entries: dict[str, zipfile.ZipInfo] = {}
    seen = set[str]()
    for entry in archive.infolist():
        path = _path(entry, language)
        _check(entry, path)
        if _folded(path) in seen:
            raise ZipNameTwice(name=path[:SHOWN])
        seen.add(_folded(path))
        if not path.endswith("/") and not _is_hidden(path):
            entries[path] = entry
    return entries


def _path(entry: zipfile.ZipInfo, language: Locale) -> str:
    name = entry.orig_filename
    if not entry.flag_bits & UTF8:
        name = _decoded(name.encode("cp437"), language)
    return normalize("NFC", name.replace("\\", "/")).removeprefix("./")


def _decoded(name: bytes, language: Locale) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode(UNMARKED[language], "replace")


def _check(entry: zipfile.ZipInfo, path: str) -> None:
    """Refuse what is locked, no plain file, or would lie elsewhere if it were unpacked."""
    if entry.flag_bits & ENCRYPTED:
        raise ZipLocked
    if entry.compress_type not in PACKED:
        raise NotAZip
    parts = path.removesuffix("/").split("/")
    leads_out = path.startswith("/") or _DRIVE.match(path) or not {"", ".", ".."}.isdisjoint(parts)
    is_link = stat.S_IFMT(entry.external_attr >> 16) not in _PLAIN
    too_long = len(parts) > FOLDERS_MOST or len(path) > NAME_MOST
    if leads_out or is_link or too_long or not path.isprintable():
        raise ZipUnsafe(name=_printable(path))


def _printable(path: str) -> str:
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in path)[
        :SHOWN
    ]


def _is_hidden(path: str) -> bool:
    return path.startswith("__MACOSX/") or path.rpartition("/")[2].startswith((".", "Thumbs.db"))


def _by_name(entries: dict[str, zipfile.ZipInfo]) -> dict[str, str]:
    """Return paths by what a table may call them: whole, or by a name that is there once."""
    names: dict[str, list[str]] = {}
    for path in entries:
        names.setdefault(_folded(path.rpartition("/")[2]), []).append(path)
    short = {name: paths[0] for name, paths in names.items() if len(paths) == 1}
    return short | {_folded(path): path for path in entries}


def _folded(name: str) -> str:
    return normalize("NFC", name.replace("\\", "/")).removeprefix("./").casefold()


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """Read one entry; never more than a picture may have, whatever it says of its size."""
    try:
        with archive.open(entry) as part:
            content = part.read(PICTURE_MOST + 1)
    except _UNREADABLE:
        raise NoPicture(value=name) from None
    if len(content) > PICTURE_MOST:
        raise PictureHeavy(value=name, most=PICTURE_MOST // 1024 // 1024)
    return content
