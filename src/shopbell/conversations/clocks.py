"""The clocks of a conversation: the shop's promise, and when somebody looks after what waits."""

from datetime import datetime, timedelta
from typing import Any

from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.conversations.model import Channel, Conversation
from shopbell.conversations.turns import CASE_ASKS, FIRST_LOOK, FLOW, State
from shopbell.engine.database import Tx

LADDER, AUTO_RESOLVE, AUTO_CLOSE = "ladder", "auto_resolve", "auto_close"

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


def watch(tx: Tx, talk: Conversation, at: datetime) -> dict[str, Any]:
    """Have the ladder look at ``at``, unless it looks by then anyway.

    Nothing takes that back: the ladder finds what was answered or read, and lets go by itself. So
    two people who talk arm one deadline in half a minute, and not one for each message.
    """
    if talk.watch_at is not None and talk.watch_at <= at:
        return {}
    tx.arm(LADDER, talk.id, at)
    return {"watch_at": at}


def show_buyer(tx: Tx, talk: Conversation) -> dict[str, Any]:
    """Count an entry that the buyer has not seen, and have somebody look whether they do."""
    return {"buyer_unread": talk.buyer_unread + 1, **watch(tx, talk, tx.now + FIRST_LOOK)}


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
        return {"due_at": None, "due_since": None}
    if action == CASE_ASKS:
        return {}
    if talk.due_at is not None:
        return watch(tx, talk, tx.now + FIRST_LOOK)
    since, due = promised(commerce.shop(tx, talk.shop), talk.channel, tx.now)
    looks = watch(tx, talk, min(due, since + FIRST_LOOK))
    return {"due_at": due, "due_since": since, "breaches": 0, **looks}


def promised(shop: Shop, channel: Channel, asked: datetime) -> tuple[datetime, datetime]:
    """Return since when the shop's clock runs and when its answer is due.

    Outside opening hours the clock begins when the shop opens.
    """
    since = shop.at_work(asked)
    patience = {
        Channel.CHAT: timedelta(minutes=shop.promise.chat_minutes),
        Channel.MESSAGE: timedelta(hours=shop.promise.message_hours),
        Channel.EMAIL: timedelta(hours=shop.promise.email_hours),
    }
    return since, since + patience[channel]
