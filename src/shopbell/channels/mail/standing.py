"""Whether what a letter tells still waits for its reader."""

from shopbell.channels.mail.model import Letter
from shopbell.contact.model import Reach, Whom
from shopbell.conversations import service as conversations
from shopbell.conversations import waiting
from shopbell.conversations.model import Conversation, Stream
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM

UNLESS_READ = {Whom.TEAM, Whom.STAFF}
"""Who is told only what the shop has not read; the others are told as nobody has answered."""


def what_calls(tx: Tx, talk: Conversation, reach: Reach) -> list[int]:
    """List the numbers of the entries that a step is about and that still wait.

    The buyer's wait ends when they read, the shop's when it answers, the operator's when they hand
    it back. A shop that has read is told no more, unless the buyer asked for it.
    """
    read = talk.seller_read if reach.whom in UNLESS_READ and not reach.chosen else 0
    calls = _calls(tx, talk, reach.whom)
    return [call.seq for call in calls if reach.tells(call.seq) and call.seq > read]


def still_waits(tx: Tx, letter: Letter) -> bool:
    """Tell whether anything of what a letter tells still waits for its reader.

    A letter of which a part was read goes as it was written: the letters that follow name it, and
    to read a line twice is better than to miss the other.
    """
    if letter.reach is None:
        return True
    talk = conversations.entered(tx, SYSTEM, Stream(letter.reach.conversation))
    calls = what_calls(tx, talk, letter.reach)
    return bool(calls) and calls[0] <= letter.upto


def _calls(tx: Tx, talk: Conversation, whom: Whom) -> list[waiting.Call]:
    if whom is Whom.BUYER:
        return waiting.unseen(tx, talk)
    handed_over = talk.state.waiting_on == "operator"
    if handed_over or (whom is not Whom.OPERATOR and waiting.waits_for_shop(talk)):
        return waiting.unanswered(tx, talk)
    return []
