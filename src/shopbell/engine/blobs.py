"""Files kept by their content: what they are is read from their bytes, never from their name.

A blob is written to a temporary file, synced, and moved to the place its SHA-256 names, so a
half-written file is never found there and the same file is kept once. Only kinds that no
browser runs are taken; SVG and HTML are not.
"""

import hashlib
import io
import os
import re
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from msgspec import Struct
from PIL import Image, UnidentifiedImageError

from shopbell.engine.settings import Settings
from shopbell.engine.trouble import explain
from shopbell.kernel.clock import Clock, wall_clock
from shopbell.kernel.refusals import Invalid, NotFound, TooLarge, WrongKind

PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
SHOWN_INLINE = frozenset(PICTURES.values())
_MAGIC = {
    b"%PDF-": "application/pdf",
    b"\x1a\x45\xdf\xa3": "video/webm",
}
_TEXT_SAMPLE = 64 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


class FileTooLarge(TooLarge):
    """More bytes than ``most``."""


class PictureTooLarge(TooLarge):
    """More pixels than ``most``."""


class FileKindNotTaken(WrongKind):
    """Not a picture, PDF, video or plain text."""


class FileEmpty(Invalid):
    """No bytes at all."""


class FileBroken(Invalid):
    """It begins like a picture, but cannot be read as one."""


class NoSuchFile(NotFound):
    """No file with this content is kept."""


class Blob(Struct, frozen=True):
    """A kept file: ``size`` in bytes; ``width`` and ``height`` in pixels for pictures."""

    sha256: str
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None


class Blobs:
    """The files of this installation, below one folder."""

    def __init__(
        self, folder: Path, *, most_bytes: int, most_pixels: int, clock: Clock = wall_clock
    ) -> None:
        self._folder, self._most_bytes, self._most_pixels = folder, most_bytes, most_pixels
        self._clock = clock

    @classmethod
    def of(cls, settings: Settings, clock: Clock = wall_clock) -> Self:
        """Return the files of the installation with these settings."""
        return cls(
            settings.data / "blobs",
            most_bytes=settings.attachment_bytes,
            most_pixels=settings.image_pixels,
            clock=clock,
        )

    def keep(self, data: bytes) -> Blob:
        """Keep ``data`` for good, or refuse it; kept again, it is only noted when."""
        if not data:
            raise FileEmpty
        if len(data) > self._most_bytes:
            raise FileTooLarge(most=self._most_bytes // 1024 // 1024)
        blob = self._inspect(data)
        self._put(self.path(blob.sha256, must_exist=False), data)
        return blob

    def keep_sealed(self, data: bytes) -> str:
        """Keep bytes that nobody is shown as they are, of any kind; return their SHA-256."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._put(self.path(sha256, must_exist=False), data)
        return sha256

    @contextmanager
    def workroom(self) -> Iterator[Path]:
        """Lend a folder to write large files in; what is not kept of it is gone afterwards."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".work-", dir=self._folder.parent) as folder:
            yield Path(folder)

    def keep_written(self, file: Path) -> str:
        """Keep a file written in the workroom, of any kind, sealed; return its SHA-256."""
        with file.open("rb+") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
            os.fsync(written.fileno())
        place = self.path(sha256, must_exist=False)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
        _sync_folder(place.parent)
        self._note_kept(place)
        return sha256

    def path(self, sha256: str, *, must_exist: bool = True) -> Path:
        """Return where the file with this content is kept."""
        if len(sha256) != hashlib.sha256().digest_size * 2 or not sha256.isalnum():
            raise NoSuchFile
        place = self._folder / sha256[:2] / sha256[2:4] / sha256
        if must_exist and not place.is_file():
            raise NoSuchFile
        return place

    def forget(self, sha256: str, *, kept_before: datetime) -> bool:
        """Drop a file for good, unless somebody has kept it since; one that is gone stays gone.

        Whoever keeps it at this very moment notes so before it is moved aside, which is seen
        then, or does not find it any more and writes it anew.
        """
        place = self.path(sha256, must_exist=False)
        aside = _beside(place)
        if _kept_since(place, kept_before):
            return False
        try:
            place.replace(aside)
        except FileNotFoundError:
            return True
        if _kept_since(aside, kept_before):
            aside.replace(place)
            return False
        aside.unlink()
        return True

    def every(self) -> Iterator[Path]:
        """Go through all kept files."""
        return (one for one in self._folder.rglob("*") if one.is_file())

    def media_type(self, sha256: str) -> str:
        """Return what a kept file is."""
        with self.path(sha256).open("rb") as file:
            return sniff(file.read(_TEXT_SAMPLE))

    def _put(self, place: Path, data: bytes) -> None:
        if not self._note_kept(place):
            _write_durably(place, data)
            self._note_kept(place)

    def _note_kept(self, place: Path) -> bool:
        """Note that a file was kept just now, if it is there."""
        now = self._clock().timestamp()
        try:
            os.utime(place, (now, now))
        except FileNotFoundError:
            return False
        return True

    def _inspect(self, data: bytes) -> Blob:
        sha256, media_type = hashlib.sha256(data).hexdigest(), sniff(data[:_TEXT_SAMPLE])
        if media_type not in SHOWN_INLINE:
            return Blob(sha256, media_type, len(data))
        width, height = _measure(data)
        if width * height > self._most_pixels:
            raise PictureTooLarge(most=self._most_pixels // 1_000_000)
        return Blob(sha256, media_type, len(data), width, height)


def sniff(data: bytes) -> str:  # noqa: PLR0911 - a table, one row each
    """Name the kind of a file from its first bytes, or refuse it."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return "video/mp4"
    for magic, media_type in _MAGIC.items():
        if data.startswith(magic):
            return media_type
    if _is_plain_text(data):
        return "text/plain"
    raise FileKindNotTaken


def _is_plain_text(data: bytes) -> bool:
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut_in_a_letter = error.start > len(data) - 4 and len(data) == _TEXT_SAMPLE
        if not cut_in_a_letter:
            return False
        words = data[: error.start].decode("utf-8-sig")
    return _CONTROL.search(words) is None and not words.lstrip().startswith("<")


def _measure(data: bytes) -> tuple[int, int]:
    """Read a picture's size from its header; nothing is decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=tuple(PICTURES)) as picture:
                return picture.size
        except Image.DecompressionBombError:
            raise PictureTooLarge(most=0) from None
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
            raise FileBroken from None


def _kept_since(place: Path, moment: datetime) -> bool:
    return place.exists() and place.stat().st_mtime >= moment.timestamp()


def _beside(place: Path) -> Path:
    return place.with_name(f".{secrets.token_hex(8)}")


def _write_durably(place: Path, data: bytes) -> None:
    draft = _beside(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _write_synced(draft, data)
        draft.replace(place)
    except OSError as trouble:
        draft.unlink(missing_ok=True)
        raise explain(trouble) from trouble
    _sync_folder(place.parent)


def _write_synced(draft: Path, data: bytes) -> None:
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(place: Path) -> None:
    folder = os.open(place, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
