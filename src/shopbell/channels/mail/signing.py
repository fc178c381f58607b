"""Signatures by which every mail server sees that a letter is ours and unchanged (DKIM).

Each letter bears two, RSA-2048 (RFC 6376) and Ed25519 (RFC 8463). The headers a reader sees are
signed once more than they are there: so a second Subject in front of ours breaks the signature.
There is no ``l=``: so does text added at the end.
"""

from base64 import b64encode
from pathlib import Path
from typing import cast

import dkim
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from msgspec import Struct
from nacl.encoding import Base64Encoder
from nacl.signing import SigningKey

from shopbell.channels.mail.keys import FOLDER
from shopbell.engine.secretfile import keep

RSA, ED25519 = "shopbell-rsa", "shopbell-ed"
"""The selectors: where in the DNS the public keys stand, before ``._domainkey``."""

TWICE = (b"from", b"to", b"subject", b"date", b"message-id")
ONCE = (
    b"in-reply-to",
    b"references",
    b"auto-submitted",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
    b"feedback-id",
    b"mime-version",
    b"content-type",
)
_RELAXED = (b"relaxed", b"relaxed")
BITS, EXPONENT = 2048, 65537


class Signer(Struct, frozen=True):
    """The private keys of a domain."""

    domain: str
    rsa: bytes
    ed25519: bytes

    def sign(self, raw: bytes) -> bytes:
        """Return a letter with both signatures before it. Takes some milliseconds: not for a loop.

        The Ed25519 one stands first, for who knows only RSA passes over it.
        """
        whole = self._signature(raw, RSA, self.rsa, b"rsa-sha256") + raw
        return self._signature(raw, ED25519, self.ed25519, b"ed25519-sha256") + whole

    def _signature(self, raw: bytes, selector: str, key: bytes, algorithm: bytes) -> bytes:
        signature = dkim.sign(
            raw,
            selector.encode(),
            self.domain.encode(),
            key,
            canonicalize=_RELAXED,
            signature_algorithm=algorithm,
            include_headers=[*TWICE, *TWICE, *ONCE],
        )
        return cast("bytes", signature)


def signer(data: Path, domain: str) -> Signer:
    """Return the keys of the data folder, made now if there are none."""
    folder = data / FOLDER
    pem, seed = folder / f"{RSA}.pem", folder / f"{ED25519}.key"
    if not pem.exists():
        keep(pem, _new_rsa_key(), anew=True)
    if not seed.exists():
        keep(seed, SigningKey.generate().encode(Base64Encoder), anew=True)
    return Signer(domain, pem.read_bytes(), seed.read_bytes())


def records(ours: Signer) -> dict[str, str]:
    """Return what has to stand in the DNS for others to verify us: name and text of each record."""
    key = load_pem_private_key(ours.rsa, None).public_key()
    public = b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    edwards = SigningKey(ours.ed25519, Base64Encoder).verify_key.encode(Base64Encoder).decode()
    return {
        f"{RSA}._domainkey.{ours.domain}": f"v=DKIM1; k=rsa; p={public}",
        f"{ED25519}._domainkey.{ours.domain}": f"v=DKIM1; k=ed25519; p={edwards}",
    }


def _new_rsa_key() -> bytes:
    made = generate_private_key(EXPONENT, BITS)
    return made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
