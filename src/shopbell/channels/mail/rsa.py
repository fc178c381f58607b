"""An RSA key of our own for signatures of letters, as PKCS #1 keeps it (RFC 8017, A.1.2).

We have no other use for RSA, and no library that makes a key: so it is made here, by the book
(FIPS 186-5, A.1.3: two random primes of half the length each, far from each other).
"""

import base64
import secrets
from math import gcd, lcm

BITS = 2048
EXPONENT = 65537
ROUNDS = 44
"""Tries of Miller and Rabin: a number that is none passes once in 2 to the 88 at most."""

_SMALL = [n for n in range(3, 2_000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]
_DISTANCE = BITS // 2 - 100
_KIND = "RSA PRIVATE KEY"
_INTEGER, _BITS, _SEQUENCE = 0x02, 0x03, 0x30
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")
"""The algorithm's name before a public key (RFC 8017, A.1)."""


def new_key() -> bytes:
    """Return a new private key, as PEM."""
    p, q = _primes()
    d = pow(EXPONENT, -1, lcm(p - 1, q - 1))
    parts = (0, p * q, EXPONENT, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    body = base64.encodebytes(_sequence(*parts)).decode()
    return f"-----BEGIN {_KIND}-----\n{body}-----END {_KIND}-----\n".encode()


def public_key(modulus: int, exponent: int) -> str:
    """Return a public key as the DNS shows it: SubjectPublicKeyInfo in base64."""
    bits = _tagged(_BITS, b"\0" + _sequence(modulus, exponent))
    return base64.b64encode(_tagged(_SEQUENCE, _RSA + bits)).decode()


def is_prime(n: int) -> bool:
    """Tell whether an odd number is prime, as far as chance can tell (Miller, Rabin)."""
    if any(n % small == 0 for small in _SMALL):
        return n in _SMALL
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(n, secrets.randbelow(n - 3) + 2, odd, twos) for _ in range(ROUNDS))


def _passes(n: int, base: int, odd: int, twos: int) -> bool:
    x = pow(base, odd, n)
    if x in {1, n - 1}:
        return True
    for _ in range(twos - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False


def _primes() -> tuple[int, int]:
    while True:
        p, q = _prime(), _prime()
        if abs(p - q) >> _DISTANCE and (p * q).bit_length() == BITS:
            return max(p, q), min(p, q)


def _prime() -> int:
    """Return a random prime of half the key's length that goes with our exponent."""
    half = BITS // 2
    while True:
        n = secrets.randbits(half) | 0b11 << half - 2 | 1
        if gcd(n - 1, EXPONENT) == 1 and is_prime(n):
            return n


def _sequence(*numbers: int) -> bytes:
    return _tagged(_SEQUENCE, b"".join(_tagged(_INTEGER, _bytes(n)) for n in numbers))


def _bytes(n: int) -> bytes:
    """Return a number as DER has it: with a zero in front where it would else be negative."""
    return n.to_bytes(n.bit_length() // 8 + 1)


def _tagged(tag: int, body: bytes) -> bytes:
    size = len(body)
    if size < 0x80:  # noqa: PLR2004 - X.690, 8.1.3: longer ones say first how long their length is
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + body
