"""Give out tickets for sockets, and take them back once."""

import secrets
from datetime import timedelta
from hashlib import sha256

from msgspec.structs import replace

from shopbell.accounts import service as accounts
from shopbell.accounts.model import SessionId
from shopbell.engine.database import Tx
from shopbell.realtime import storage
from shopbell.realtime.model import TICKET_SECONDS, Bearer, Ticket


def give_ticket(tx: Tx, bearer: Bearer) -> Ticket:
    """Make a ticket for the one who asks; only its hash is kept."""
    secret = secrets.token_urlsafe(32)
    storage.add(tx, _hash(secret), bearer, tx.now + timedelta(seconds=TICKET_SECONDS))
    return Ticket(secret)


def redeem(tx: Tx, secret: str) -> Bearer | None:
    """Take a ticket back, if whoever got it is still signed in; it opens one socket only."""
    bearer = storage.take(tx, _hash(secret))
    return None if bearer is None else still(tx, bearer)


def still(tx: Tx, bearer: Bearer) -> Bearer | None:
    """Return whom a ticket was for as they are now; None once they were signed out."""
    session = None if bearer.session is None else SessionId(bearer.session)
    actor = accounts.still(tx, bearer.actor, session)
    return None if actor is None else replace(bearer, actor=actor)


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
