"""The clocks of a conversation: the shop's promise, and what happens when nobody does anything."""

from datetime import datetime, timedelta
from typing import Any

from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.conversations.model import Channel, Conversation
from shopbell.conversations.turns import CASE_ASKS, FLOW, State
from shopbell.engine.database import Tx

ANSWER_DUE, AUTO_RESOLVE, AUTO_CLOSE = "answer_due", "auto_resolve", "auto_close"
ENDS_ROUND = {"seller_message", "no_reply_needed", "resolve"}
"""Moves after which no buyer's question waits for this shop any more."""


def wind(tx: Tx, talk: Conversation, to: State, action: str) -> dict[str, Any]:
    """Set the clocks that run in ``to``; return what they change about the conversation."""
    if to is State.WAITING_BUYER:
        tx.arm(AUTO_RESOLVE, talk.id, tx.now + FLOW.patience[to])
    elif talk.state is State.WAITING_BUYER:
        tx.disarm(AUTO_RESOLVE, talk.id)
    if to is not talk.state and to is State.RESOLVED:
        tx.arm(AUTO_CLOSE, talk.id, tx.now + FLOW.patience[to])
    elif to is not talk.state and talk.state is State.RESOLVED:
        tx.disarm(AUTO_CLOSE, talk.id)
    return {**_round(tx, talk, action), **_promise(tx, talk, to, action)}


def remind(tx: Tx, talk: Conversation) -> None:
    """Give the shop the time it promises for messages, once more, before the operator steps in."""
    _since, due = _due(commerce.shop(tx, talk.shop), Channel.MESSAGE, tx.now)
    tx.arm(ANSWER_DUE, talk.id, due)


def _round(tx: Tx, talk: Conversation, action: str) -> dict[str, Any]:
    """Begin a round with the first unanswered question; end it with what settles it."""
    if action in ENDS_ROUND:
        return {"round_since": None, "breaches": 0}
    if action == "buyer_message" and talk.round_since is None:
        return {"round_since": tx.now}
    return {}


def _promise(tx: Tx, talk: Conversation, to: State, action: str) -> dict[str, Any]:
    """Return the promise that runs in ``to``: one round keeps the clock it began with.

    It is for words: what a case asks of the shop has a clock already.
    """
    if to is not State.WAITING_SELLER:
        if talk.due_at is not None:
            tx.disarm(ANSWER_DUE, talk.id)
        return {"due_at": None, "due_since": None}
    if action == CASE_ASKS or talk.due_at is not None:
        return {}
    since, due = _due(commerce.shop(tx, talk.shop), talk.channel, tx.now)
    tx.arm(ANSWER_DUE, talk.id, due)
    return {"due_at": due, "due_since": since, "breaches": 0}


def _due(shop: Shop, channel: Channel, asked: datetime) -> tuple[datetime, datetime]:
    """Return since when the shop's clock runs and when its answer is due.

    Outside opening hours the clock begins when the shop opens.
    """
    since = asked if shop.open_at(asked) else shop.opens_next(asked) or asked
    patience = {
        Channel.CHAT: timedelta(minutes=shop.promise.chat_minutes),
        Channel.MESSAGE: timedelta(hours=shop.promise.message_hours),
        Channel.EMAIL: timedelta(hours=shop.promise.email_hours),
    }
    return since, since + patience[channel]
