"""One's own mailbox: whether letters are wanted there, and whether they arrive."""

from msgspec import Struct

from shopbell.accounts import service as accounts
from shopbell.channels.mail import service
from shopbell.channels.mail.addresses import person
from shopbell.channels.mail.model import Returned
from shopbell.commerce import service as commerce
from shopbell.conversations import service as conversations
from shopbell.conversations.model import ConversationId, Stream
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side


class Mailbox(Struct, frozen=True):
    """How it is with letters to somebody.

    ``wanted`` is none where letters are part of somebody's work; ``team`` is the address of their
    shop, whose letters are not theirs alone.
    """

    wanted: bool | None
    returned: Returned
    team: str


def mailbox(tx: Tx, actor: Actor) -> Mailbox:
    """Look up how it is with letters to somebody."""
    return Mailbox(
        wanted=not service.wants_none(tx, person(actor.id)) if actor.side is Side.BUYER else None,
        returned=Returned(service.returned_since(tx, _address(tx, actor))),
        team=commerce.shop(tx, actor.shop).email if actor.shop else "",
    )


def choose(tx: Tx, actor: Actor, *, wanted: bool) -> None:
    """Choose for oneself, as by the link in a letter; to a shop and the operator they are work."""
    if actor.side is Side.BUYER:
        service.choose(tx, person(actor.id), stopped=not wanted)


def resume(tx: Tx, actor: Actor) -> None:
    """Write to somebody again who says that their mailbox works."""
    service.write_again(tx, _address(tx, actor).lower())


def buyer_returns(tx: Tx, actor: Actor, talk: ConversationId) -> Returned:
    """Tell those who take part in a conversation whether letters to its buyer come back."""
    found = conversations.entered(tx, actor, Stream(talk))
    return Returned(service.returned_since(tx, accounts.person(tx, found.buyer).email))


def _address(tx: Tx, actor: Actor) -> str:
    return accounts.person(tx, actor.id).email
