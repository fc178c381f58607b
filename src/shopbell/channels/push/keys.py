"""The key by which push services know us: made at the first start, readable by nobody else.

Browsers bind each subscription to it: with another key, all devices have to be asked anew.
"""

from base64 import urlsafe_b64encode
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from py_vapid import Vapid02

from shopbell.engine.secretfile import keep

FOLDER, KEY = "push", "key.pem"


def signer(data: Path) -> Vapid02:
    """Return who signs for this installation, with the key of the data folder, made if need be.

    Two programs that start together agree: the first to put its key there made it.
    """
    place = data / FOLDER / KEY
    if not place.exists():
        keep(place, _new_key(), anew=True)
    return Vapid02.from_pem(place.read_bytes())


def public_key(signer: Vapid02) -> str:
    """Return what browsers subscribe with: the public point, in base64url."""
    key = cast("EllipticCurvePublicKey", signer.public_key)
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).decode().rstrip("=")


def _new_key() -> bytes:
    made = generate_private_key(SECP256R1())
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
