"""Two of a team that answer one buyer at the same time: the second is told before it is sent."""

from msgspec import UNSET, Struct, UnsetType, json

from shopbell.conversations import storage
from shopbell.conversations.commands import Append
from shopbell.conversations.model import Audience, Event, Stream
from shopbell.conversations.refusals import AnsweredMeanwhile
from shopbell.conversations.thread import preview
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side

LOOKED_AT = 50
"""So many entries behind what the writer has seen are looked at, the newest first."""


class _Answer(Struct, frozen=True):
    text: str = ""
    automatic: bool | UnsetType = UNSET


def check_uncrossed(tx: Tx, actor: Actor, stream: Stream, head: int, command: Append) -> None:
    """Refuse an answer that crosses a colleague's, which its writer had not seen on beginning.

    Nothing is read unless the thread has grown since. A machine's words cross nobody's.
    """
    if command.seen is UNSET or head <= command.seen or command.type != "message":
        return
    if actor.side is not Side.SELLER or stream.audience is not Audience.PUBLIC:
        return
    newest = storage.before(tx, stream, head + 1, min(LOOKED_AT, head - command.seen), unveil=False)
    crossed = next((one for one in reversed(newest) if _answers(actor, one)), None)
    if crossed is not None:
        said = json.decode(crossed.data, type=_Answer).text
        raise AnsweredMeanwhile(seq=crossed.seq, by=crossed.actor.name, said=preview(said))


def _answers(actor: Actor, event: Event) -> bool:
    of_colleague = event.actor.side is Side.SELLER and event.actor.id != actor.id
    if not of_colleague or event.type != "message":
        return False
    said = json.decode(event.data, type=_Answer)
    return bool(said.text) and said.automatic is not True
