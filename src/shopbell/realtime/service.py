"""Give out tickets for sockets, take them back once, and look up what open pages missed."""

import secrets
from datetime import timedelta
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from shopbell.accounts import service as accounts
from shopbell.accounts.model import SessionId
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Page
from shopbell.conversations.model import Stream
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.realtime import storage
from shopbell.realtime.model import TICKET_SECONDS, Bearer, Ticket

FAR = 300
"""More missed entries than this are paged over HTTP, not pushed."""


class Missed(Struct, frozen=True):
    """What a page was not told of a stream, and whose counter the stream leads to."""

    page: Page
    shop: ShopId


def missed(tx: Tx, actor: Actor, stream: Stream, after: int) -> Missed:
    """Return what stands behind ``after``, whole unless it is far, if ``actor`` may see it."""
    talk = conversations.entered(tx, actor, stream)
    page = conversations.page(tx, actor, stream, after=after)
    while len(page.events) < page.head - after <= FAR:
        rest = conversations.page(tx, actor, stream, after=page.events[-1].seq)
        page = replace(page, events=[*page.events, *rest.events])
    return Missed(page, talk.shop)


def of_another_history(after: int, epoch: str | None, page: Page) -> bool:
    """Tell whether a copy up to ``after`` is not of the story that stands here now."""
    return after > page.head or (epoch is not None and epoch != page.epoch)


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
