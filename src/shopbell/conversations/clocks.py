"""The clocks of a conversation: the shop's promise, and when somebody looks after what waits."""

from datetime import datetime
from typing import Any

from msgspec.structs import asdict, replace

from shopbell.conversations.model import Conversation, Wound
from shopbell.conversations.targets import winding
from shopbell.conversations.targets.running import Clocks
from shopbell.conversations.turns import CASE_ASKS, FIRST_LOOK, FLOW, MERGE, State
from shopbell.engine.database import Tx

LADDER, AUTO_RESOLVE, AUTO_CLOSE = "ladder", "auto_resolve", "auto_close"

ENDS_ROUND = {"seller_message", "no_reply_needed", "resolve", MERGE}
"""Moves after which no buyer's question waits for this shop any more, or waits elsewhere."""


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
    changes = {**_round(tx, talk, action), **_promise(tx, talk, to, action)}
    if talk.clocks is None and changes.get("clocks") is None:
        return changes
    return {**changes, **winding.follow(tx, replace(talk, state=to, **changes), action)}


def rewind(
    tx: Tx, talk: Conversation, was: Wound, elsewhere: Clocks | None = None
) -> dict[str, Any]:
    """Take the turn and its clocks back to what they were; return what that changes.

    Whoever has waited goes on waiting since then. What has become due meanwhile is so at once, but
    what the clocks told ``elsewhere`` is not told again.
    """
    kept = {"clocks": talk.clocks}
    changes = asdict(was) | kept | winding.wind_back(tx, talk, was.clocks, elsewhere)
    for deadline, state in ((AUTO_RESOLVE, State.WAITING_BUYER), (AUTO_CLOSE, State.RESOLVED)):
        if was.state is state:
            tx.arm(deadline, talk.id, tx.now + FLOW.patience[state])
        elif talk.state is state:
            tx.disarm(deadline, talk.id)
    return changes | (watch(tx, talk, tx.now + FIRST_LOOK) if was.due_at else {})


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
    since, due, clocks = winding.begin(tx, talk)
    looks = watch(tx, talk, min(due, since + FIRST_LOOK))
    return {"due_at": due, "due_since": since, "breaches": 0, "clocks": clocks, **looks}
