"""The shops somebody works for: how much waits at each, and whose a conversation is.

A sign-in acts for one of them. Of the others nothing but this is told, and only to their staff.
"""

from shopbell.accounts import acting, standing
from shopbell.accounts.model import Membership, Visit
from shopbell.commerce import service as commerce
from shopbell.conversations import service as conversations
from shopbell.conversations import tending
from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.desk.model import OwnShop
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM


def own(tx: Tx, visit: Visit) -> list[OwnShop]:
    """List the shops somebody works for, the first they joined first; none, who has no shop."""
    return [_shown(tx, visit, member) for member in acting.shops_of(tx, visit)]


def of_talk(tx: Tx, visit: Visit, talk: ConversationId) -> OwnShop:
    """Say at which of their shops somebody may read a conversation, whichever they act for now.

    To everybody else there is no such conversation.
    """
    members = acting.shops_of(tx, visit)
    found = conversations.entered(tx, SYSTEM, Stream(talk))
    for member in members:
        if found.admits(standing.now(tx, member.person, member.shop)):
            return _shown(tx, visit, member)
    raise NoSuchConversation


def _shown(tx: Tx, visit: Visit, member: Membership) -> OwnShop:
    there = standing.now(tx, member.person, member.shop)
    shop = commerce.shop(tx, member.shop)
    return OwnShop(
        shop=shop.id,
        slug=shop.slug,
        name=shop.name,
        rank=member.rank,
        waiting=tending.waiting(tx, there, shop.id),
        here=visit.actor.shop == shop.id,
    )
