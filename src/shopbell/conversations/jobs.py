"""What happens in a conversation when nobody does anything: its deadlines."""

from collections.abc import Callable, Mapping

from shopbell.conversations import storage
from shopbell.conversations.clocks import AUTO_CLOSE, AUTO_RESOLVE
from shopbell.conversations.commands import MoveData
from shopbell.conversations.model import Conversation, ConversationId, Stream
from shopbell.conversations.thread import add_event, move
from shopbell.conversations.turns import FLOW, State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM


def resolve_silent(tx: Tx, entity: str) -> None:
    """Resolve a conversation whose buyer did not come back, once its cases have ended."""
    talk = storage.get(tx, ConversationId(entity), hold=True)
    if talk.open_cases:
        tx.arm(AUTO_RESOLVE, talk.id, tx.now + FLOW.patience[State.WAITING_BUYER])
    else:
        _step(tx, talk, State.WAITING_BUYER, "resolve")


def close_resolved(tx: Tx, entity: str) -> None:
    """Close a resolved conversation that was not taken up again: it can still be read."""
    talk = storage.get(tx, ConversationId(entity), hold=True)
    if talk.open_cases:
        tx.arm(AUTO_CLOSE, talk.id, tx.now + FLOW.patience[State.RESOLVED])
    else:
        _step(tx, talk, State.RESOLVED, "close")


def _step(tx: Tx, talk: Conversation, state: State, action: str) -> None:
    if talk.state is state:
        kind = "closed" if action == "close" else action
        add_event(
            tx, talk, Stream(talk.id), SYSTEM, kind, MoveData(), **move(tx, talk, SYSTEM, action)
        )


DEADLINES: Mapping[str, Callable[[Tx, str], None]] = {
    AUTO_RESOLVE: resolve_silent,
    AUTO_CLOSE: close_resolved,
}
