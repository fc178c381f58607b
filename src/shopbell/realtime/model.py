"""What lets a page open a socket. No database, no web."""

from msgspec import Struct

from shopbell.accounts.model import SessionId
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale

TICKET_SECONDS = 60


class Ticket(Struct, frozen=True):
    """Lets one page open one socket, once, for a minute; got over HTTPS, never in a URL."""

    ticket: str
    expires_in: int = TICKET_SECONDS


class Bearer(Struct, frozen=True):
    """Whom a ticket was made for: the actor, their sign-in if any, and their language."""

    actor: Actor
    session: SessionId | None
    locale: Locale
