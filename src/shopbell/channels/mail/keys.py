"""The keyring on disk: made when an installation first starts, readable by nobody else.

With a new key, letters get new addresses; those written before keep theirs, for old keys stay.
"""

import secrets
from pathlib import Path

import msgspec

from shopbell.channels.mail.addresses import Keyring
from shopbell.engine.secretfile import keep

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
