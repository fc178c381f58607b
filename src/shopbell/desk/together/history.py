"""What a buyer and this shop have had to do with each other: nothing of any other shop."""

from shopbell.cases import service as cases
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Order
from shopbell.conversations import service as conversations
from shopbell.conversations.model import (
    Audience,
    Conversation,
    ConversationId,
    Stream,
)
from shopbell.desk.together.model import Bought, BuyerHistory, Talked
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.texts import Locale, say

SHOWN, TALKS_MOST = 5, 50


def history(tx: Tx, actor: Actor, talk: ConversationId, locale: Locale) -> BuyerHistory:
    """Return what the buyer of a conversation ordered from its shop, and what was said before."""
    here = conversations.entered(tx, actor, Stream(talk, Audience.NOTES))
    talks = conversations.between(tx, actor, here.buyer, here.shop, TALKS_MOST)
    latest = commerce.orders_with(tx, actor, here.buyer, here.shop, SHOWN)
    return BuyerHistory(
        orders=commerce.count_with(tx, actor, here.buyer, here.shop),
        returned=cases.returned_orders(tx, actor, here.buyer, here.shop),
        conversations=len(talks),
        latest=[_bought(order, locale) for order in latest],
        earlier=[_talked(one) for one in talks if one.id != here.id][:SHOWN],
    )


def _bought(order: Order, locale: Locale) -> Bought:
    title = say(order.lines[0].title, locale) if order.lines else order.number
    return Bought(order.id, order.number, order.placed_at, order.state, order.total, title)


def _talked(talk: Conversation) -> Talked:
    return Talked(talk.id, talk.subject, talk.state, talk.last_for(Side.SELLER))
