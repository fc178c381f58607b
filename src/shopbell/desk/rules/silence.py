"""When nobody has said anything for a while: one deadline per conversation, moved by every word."""

from datetime import timedelta

from shopbell.conversations import service as conversations
from shopbell.conversations.model import ConversationId, Stream
from shopbell.desk.rules import storage
from shopbell.desk.rules.model import CallRules, Trigger
from shopbell.desk.rules.scene import round_of
from shopbell.desk.spans import span_of
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, ShopId

SILENCE = "automation_silence"


def look(tx: Tx, entity: str) -> None:
    """Call the rules whose silence has lasted, by the word it follows; look again for the others.

    What a machine has said since is no word: neither it nor another deadline calls a rule twice.
    """
    talk = conversations.entered(tx, SYSTEM, Stream(ConversationId(entity)))
    word = round_of(tx, talk).word
    if talk.state.done or word is None:
        return
    quiet = tx.now - word.at
    spans = spans_of(tx, talk.shop)
    if any(one <= quiet for one in spans):
        tx.later(
            CallRules(
                call=word.id,
                trigger=Trigger.SILENCE,
                shop=talk.shop,
                conversation=talk.id,
                seq=word.seq,
                value=f"{int(quiet.total_seconds())}",
            )
        )
    if later := min((one for one in spans if one > quiet), default=None):
        tx.arm(SILENCE, talk.id, word.at + later)


def spans_of(tx: Tx, shop: ShopId) -> list[timedelta]:
    """List for how long rules of a shop wait for a word."""
    found = [one.body for one in storage.for_shop(tx, shop)]
    spans = [span_of(one.value) for one in found if one.on and one.trigger is Trigger.SILENCE]
    return [one for one in spans if one]
