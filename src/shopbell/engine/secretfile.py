"""Secrets on disk: files that only we may read, whole or not there at all."""

import os
from pathlib import Path

from shopbell.kernel.ids import new_id


def keep(place: Path, secret: bytes, *, anew: bool = False) -> None:
    """Write a file that only we may read, whole or not at all; ``anew``: unless one is there."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.{new_id()}")
    try:
        _write(draft, secret)
        if not anew:
            draft.replace(place)
        elif not place.exists():
            _put_first(draft, place)
    finally:
        draft.unlink(missing_ok=True)
    _sync(place.parent)


def _write(draft: Path, secret: bytes) -> None:
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - a Path cannot open one with these rights
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())


def _put_first(draft: Path, place: Path) -> None:
    try:
        place.hardlink_to(draft)
    except FileExistsError:
        return


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
