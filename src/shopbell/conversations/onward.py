"""Where a conversation goes on that was merged into another."""

from shopbell.conversations import storage
from shopbell.conversations.model import Conversation
from shopbell.engine.database import Tx


def onward(tx: Tx, talk: Conversation, *, hold: bool = False) -> Conversation:
    """Return the conversation in which ``talk`` goes on: itself, unless it was merged.

    From the merged one to the one it went into: whoever holds both takes them in that order.
    """
    while talk.merged_into is not None:
        talk = storage.get(tx, talk.merged_into, hold=hold)
    return talk
