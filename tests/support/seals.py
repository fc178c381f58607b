"""Servers of tests that pass letters on and seal what they found (ARC), with keys of the zone."""

import base64
from collections.abc import Sequence
from hashlib import sha256

import dkim
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from dkim.canonicalization import CanonicalizationPolicy
from dkim.crypto import HASH_ALGORITHMS, parse_pem_private_key

from tests.support.mail import SEALER

SEEN = "dkim=pass header.d=example.org; dmarc=pass (p=REJECT) header.from=example.org"
_KEY = parse_pem_private_key(
    SEALER.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
)
_HOW, _RELAXED = b"rsa-sha256", CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")


def sealed(
    raw: bytes,
    sealer: str,
    results: str = SEEN,
    *,
    chain: str = "none",
    covers: Sequence[bytes] = (b"from", b"to", b"subject", b"date", b"message-id"),
) -> bytes:
    """Pass a letter on with one more seal; ``chain`` is what the server found of those before."""
    number = b"%d" % (raw.lower().count(b"arc-seal:") + 1)
    whose = [(b"d", sealer.encode()), (b"s", b"r1"), (b"t", b"1780000000")]
    raw = b"ARC-Authentication-Results: i=%s; mx.%s; %s\r\n%s" % (
        number,
        sealer.encode(),
        results.encode(),
        raw,
    )
    _headers, body = dkim.rfc822_parse(raw)
    of_body = base64.b64encode(sha256(_RELAXED.canonicalize_body(body)).digest())
    fields = [
        (b"i", number),
        (b"a", _HOW),
        (b"c", b"relaxed/relaxed"),
        *whose,
        (b"h", b":".join(covers)),
        (b"bh", of_body),
        (b"b", b"0" * 60),
    ]
    raw = _with(raw, b"ARC-Message-Signature", fields, covers)
    _latest, chained = dkim.ARC(raw).sorted_arc_headers()
    names = [name.lower() for _number, (name, _value) in reversed(chained)]
    fields = [(b"i", number), (b"cv", chain.encode()), (b"a", _HOW), *whose, (b"b", b"0" * 60)]
    return _with(raw, b"ARC-Seal", fields, names)


def _with(
    raw: bytes, name: bytes, fields: list[tuple[bytes, bytes]], over: Sequence[bytes]
) -> bytes:
    server = dkim.ARC(raw, signature_algorithm=_HOW)
    server.hasher = HASH_ALGORITHMS[_HOW]
    value = server.gen_header(fields, list(over), _RELAXED, name, _KEY)
    return name + b": " + bytes(value) + raw
