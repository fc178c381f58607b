"""The keyring on disk: made when an installation first starts, readable by nobody else.

With a new key, letters get new addresses; those written before keep theirs, for old keys stay.
"""

import os
import secrets
from pathlib import Path

import msgspec

from shopbell.channels.mail.addresses import Keyring
from shopbell.kernel.ids import new_id

FOLDER = "mail"
KEYRING = "keys.json"
SECRET_BYTES = 32
NAMES = "abcdefghijklmnopqrstuvwxyz"


class KeyringFull(Exception):
    """All twenty-six names of keys are taken."""


def keyring(data: Path) -> Keyring:
    """Return the keyring of the data folder, made now if there is none.

    Two programs that start together agree: the first to put its ring there made it.
    """
    place = data / FOLDER / KEYRING
    if not place.exists():
        keep(place, msgspec.json.encode(Keyring({"a": new_secret()}, "a")), anew=True)
    return msgspec.json.decode(place.read_bytes(), type=Keyring)


def add_key(data: Path) -> Keyring:
    """Sign with a new key from now on, as when the old one may have been seen; return the ring."""
    known = keyring(data)
    name = next((name for name in NAMES if name not in known.keys), None)
    if name is None:
        raise KeyringFull
    renewed = Keyring({**known.keys, name: new_secret()}, name)
    keep(data / FOLDER / KEYRING, msgspec.json.encode(renewed))
    return renewed


def new_secret() -> bytes:
    """Return a secret that nobody guesses."""
    return secrets.token_bytes(SECRET_BYTES)


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
