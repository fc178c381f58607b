"""What is kept of somebody, part by part, as they themselves may see it.

Everything is asked of the rooms as any page asks it, in their name: what they may not read, and
what is covered for them, is not in it. Each part is a file of the copy.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from shopbell.accounts import operating
from shopbell.accounts import service as accounts
from shopbell.accounts.blocks import service as blocks
from shopbell.accounts.blocks.model import Block
from shopbell.accounts.deeds import Deed
from shopbell.accounts.model import Person, SignedIn, Visit
from shopbell.cases import service as cases
from shopbell.cases.shown import CaseShown
from shopbell.channels.mail import own
from shopbell.channels.mail import service as mail
from shopbell.channels.mail.addresses import person as recipient
from shopbell.channels.mail.model import Posted
from shopbell.channels.mail.own import Mailbox
from shopbell.channels.push import service as push
from shopbell.channels.push.model import Wish
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Order
from shopbell.conversations import service as conversations
from shopbell.conversations.model import AttachmentId, ConversationId, Event, Listed, Stream
from shopbell.conversations.satisfaction import service as satisfaction
from shopbell.conversations.satisfaction.model import Rating
from shopbell.engine import erasing
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, Side

AT_ONCE = 100


class Consents(Struct, frozen=True):
    """By which ways somebody wants to be told."""

    push: Wish
    mail: Mailbox


def actor_of(tx: Tx, person: PersonId) -> Actor:
    """Return a buyer as the rooms know them."""
    return Actor(person, Side.BUYER, name=accounts.person(tx, person).called)


def profile(tx: Tx, actor: Actor) -> Person:
    """Return the account."""
    return accounts.person(tx, actor.id)


def sessions(tx: Tx, actor: Actor) -> list[SignedIn]:
    """Return where one is signed in."""
    return accounts.sessions(tx, Visit(actor))


def consents(tx: Tx, actor: Actor) -> Consents:
    """Return what one chose about notices and letters."""
    return Consents(push.wish(tx, actor), own.mailbox(tx, actor))


def ratings(tx: Tx, actor: Actor) -> list[Rating]:
    """Return what one was asked after conversations, and said."""
    return satisfaction.of_buyer(tx, actor.id)


def limits(tx: Tx, actor: Actor) -> list[Block]:
    """Return what ever kept one from writing and what one said to it; not which operator it was."""
    nobody = {"by": PersonId(""), "decided_by": None}
    return [replace(one, **nobody) for one in blocks.own(tx, actor)]


def letters(tx: Tx, actor: Actor) -> list[Posted]:
    """Return the letters that were written to one."""
    return mail.listed_to(tx, [recipient(actor.id)])


def deeds(tx: Tx, actor: Actor) -> list[Deed]:
    """Return what the audit log has of one."""
    return operating.deeds_of(tx, actor)


def orders(tx: Tx, actor: Actor) -> list[Order]:
    """Return all orders that the marketplace mirrored here."""
    page = commerce.orders(tx, actor, limit=AT_ONCE)
    found = list(page.items)
    while page.next:
        page = commerce.orders(tx, actor, page.next, AT_ONCE)
        found += page.items
    return found


def own_cases(tx: Tx, actor: Actor) -> list[CaseShown]:
    """Return all cases, each as its own page shows it."""
    found, after = list[CaseShown](), ""
    while True:
        page = cases.cases(tx, actor, "all", after=after)
        found += [cases.case(tx, actor, one.id) for one in page.items]
        if not page.next:
            return found
        after = page.next


def talks(tx: Tx, actor: Actor) -> list[Listed]:
    """Return all conversations."""
    found, after = list[Listed](), ""
    while True:
        page, more = conversations.inbox(tx, actor, "all", after=after, limit=AT_ONCE)
        found += page
        if not more:
            return found
        after = more


class Said(Struct, frozen=True, omit_defaults=True):
    """An entry as one may read it; of one's own also what stood there before it was covered."""

    entry: Event
    before: list[str] = []


def messages(tx: Tx, actor: Actor, talk: ConversationId, after: int) -> list[Said]:
    """Return a page of what was said in a conversation; nothing at its end."""
    stream = Stream(talk)
    found = conversations.page(tx, actor, stream, after=after).events
    return [_said(tx, actor, stream, one) for one in found]


def draft(tx: Tx, actor: Actor, talk: ConversationId) -> str:
    """Return what one has not sent yet."""
    return conversations.draft(tx, actor, talk).text


def files(tx: Tx, actor: Actor) -> list[tuple[str, str]]:
    """Return the files that one sent: where each is kept, and its name in the copy."""
    own_ones = erasing.pick(tx, "attachment", "id", "person", [actor.id])
    found = [(one, conversations.file(tx, actor, AttachmentId(one))) for one in own_ones]
    return [(sha256, f"{one}-{name}") for one, (sha256, name, _kind) in found]


def _said(tx: Tx, actor: Actor, stream: Stream, entry: Event) -> Said:
    if entry.actor.id != actor.id or b'"hidden"' not in bytes(entry.data):
        return Said(entry)
    return Said(entry, [one.text for one in conversations.original(tx, actor, stream, entry.seq)])


PARTS: dict[str, Callable[[Tx, Actor], Any]] = {
    "profile": profile,
    "sessions": sessions,
    "consents": consents,
    "orders": orders,
    "cases": own_cases,
    "ratings": ratings,
    "blocks": limits,
    "letters": letters,
    "audit": deeds,
}
"""The files of a copy beside conversations, and who is asked for each."""
