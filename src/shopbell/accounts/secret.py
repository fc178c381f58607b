"""Secrets we hand out: 256 random bits, kept as a digest only."""

import secrets
from hashlib import sha256


def new_secret() -> str:
    """Return a secret that nobody guesses."""
    return secrets.token_urlsafe(32)


def new_password() -> str:
    """Return a first password, short enough to be read to somebody."""
    return secrets.token_urlsafe(12)


def digest(secret: str) -> str:
    """Return what is kept of a secret; as nobody guesses it, no slow hash is needed."""
    return sha256(secret.encode()).hexdigest()
