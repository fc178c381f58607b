"""Give out tickets for sockets, and take them back once."""

import secrets
from datetime import timedelta
from hashlib import sha256

from shopbell.engine.database import Tx
from shopbell.realtime import storage
from shopbell.realtime.model import TICKET_SECONDS, Bearer, Ticket


def give_ticket(tx: Tx, bearer: Bearer) -> Ticket:
    """Make a ticket for the one who asks; only its hash is kept."""
    secret = secrets.token_urlsafe(32)
    storage.add(tx, _hash(secret), bearer, tx.now + timedelta(seconds=TICKET_SECONDS))
    return Ticket(secret)


def redeem(tx: Tx, secret: str) -> Bearer | None:
    """Take a ticket back; it opens one socket and no other."""
    return storage.take(tx, _hash(secret))


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
