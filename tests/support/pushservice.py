"""A push service of our own, and phones that it rings: it checks and unlocks what real ones would.

Written from RFC 8030, 8188, 8291 and 8292, not with the libraries that the product sends by.
"""

import json
import secrets
import struct
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shopbell.channels.push.model import Keys, NewDevice

CURVE = SECP256R1()
LARGEST = 4_096
PATIENCE = 30


@dataclass
class Rung:
    """A notice as it arrived: its words, its headers, and who signed for it."""

    words: dict[str, str]
    headers: dict[str, str]
    claims: dict[str, Any]
    signer: str


@dataclass
class Phone:
    """A browser with a subscription; ``answers`` are what its push service says next."""

    service: "PushService"
    name: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    answers: list[int] = field(default_factory=list[int])
    rings: list[Rung] = field(default_factory=list[Rung])
    tries: int = 0

    def __post_init__(self) -> None:
        self.private = generate_private_key(CURVE)
        self.secret = secrets.token_bytes(16)
        self.service.phones[self.name] = self

    @property
    def point(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> NewDevice:
        """Return what the browser would give to the page."""
        keys = Keys(_packed(self.point), _packed(self.secret))
        return NewDevice(f"{self.service.url}/{self.name}", keys)

    @property
    def shown(self) -> list[str]:
        """Return what it has shown, in order."""
        return [f"{rung.words['title']}: {rung.words['body']}" for rung in self.rings]

    def waits_for(self, count: int) -> None:
        """Wait until it has rung so often."""
        until = time.monotonic() + PATIENCE
        while len(self.rings) < count:
            assert time.monotonic() < until, self.shown
            time.sleep(0.05)
        assert len(self.rings) == count, self.shown

    def unlock(self, locked: bytes) -> bytes:
        """Return what was locked for this phone."""
        salt, (size, length) = locked[:16], struct.unpack("!IB", locked[16:21])
        theirs, records = locked[21 : 21 + length], locked[21 + length :]
        assert len(records) <= size, "one record is enough for a glance"
        shared = self.private.exchange(
            ECDH(), EllipticCurvePublicKey.from_encoded_point(CURVE, theirs)
        )
        about = b"WebPush: info\0" + self.point + theirs
        ground = _derived(shared, self.secret, about, 32)
        key = _derived(ground, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(ground, salt, b"Content-Encoding: nonce\0", 12)
        content, mark, _ = AESGCM(key).decrypt(nonce, records, None).rpartition(b"\x02")
        assert mark, "the last record ends with its mark"
        return content


@dataclass
class PushService:
    """Where phones are reached."""

    url: str
    phones: dict[str, Phone] = field(default_factory=dict[str, Phone])
    elsewhere: str = ""

    def phone(self, *answers: int) -> Phone:
        """Subscribe a new phone."""
        return Phone(self, answers=list(answers))

    def take(self, name: str, headers: dict[str, str], body: bytes) -> int:
        """Take a notice for a phone as a push service does, and say how that went."""
        phone = self.phones.get(name)
        if phone is None:
            return 404
        phone.tries += 1
        if phone.answers and (answer := phone.answers.pop(0)) != 201:
            return answer
        if len(body) > LARGEST:
            return 413
        signer, claims = _verified(headers["authorization"])
        assert claims["aud"] == self.url, "it is signed for this service"
        words = json.loads(phone.unlock(body))
        phone.rings.append(Rung(words, headers, claims, signer))
        return 201


@contextmanager
def push_service() -> Iterator[PushService]:
    """Run a push service on a free port until the block ends."""
    service = PushService("")

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            status = service.take(self.path.strip("/"), headers, body)
            self.send_response(status)
            if status in range(300, 400):
                self.send_header("Location", service.elsewhere)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _verified(authorization: str) -> tuple[str, dict[str, Any]]:
    """Check a signature by its own key (RFC 8292); return who signed, and what they claim."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid", authorization
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    signed, _, signature = parts["t"].rpartition(".")
    raw = _unpacked(signature)
    numbers = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = EllipticCurvePublicKey.from_encoded_point(CURVE, _unpacked(parts["k"]))
    key.verify(encode_dss_signature(*numbers), signed.encode(), ECDSA(SHA256()))
    head, claims = (json.loads(_unpacked(part)) for part in signed.split("."))
    assert head["alg"] == "ES256"
    return parts["k"].rstrip("="), claims


def _derived(ground: bytes, salt: bytes, about: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, about).derive(ground)


def _packed(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _unpacked(packed: str) -> bytes:
    return urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
