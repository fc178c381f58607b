"""Every statement this room runs, built once when the module is imported."""

from datetime import datetime

from sqlalchemy import bindparam, select

from shopbell.conversations.model import ConversationId
from shopbell.conversations.targets.running import Rest, Target
from shopbell.desk.clocks.commands import Pause
from shopbell.desk.clocks.tables import pauses
from shopbell.engine.rows import Insert
from shopbell.engine.tables import Session

SHOWN_MOST = 200

_p = pauses.c
_KEEP = Insert(
    pauses,
    "ON CONFLICT (conversation, target, since) DO UPDATE SET"
    " waiting_on = excluded.waiting_on, until = excluded.until",
)
_OF = (
    select(_p.target, _p.waiting_on, _p.since, _p.until)
    .where(_p.conversation == bindparam("talk"))
    .order_by(_p.since.desc())
    .limit(SHOWN_MOST)
)


def keep(
    tx: Session,
    talk: ConversationId,
    target: Target,
    rest: Rest,
    *,
    until: datetime | None = None,
) -> None:
    """Keep a pause: it began once, and ends once."""
    row = (talk, target, rest.since, rest.waiting_on, until)
    tx.put(_KEEP, row[:3], row)


def of(tx: Session, talk: ConversationId) -> list[Pause]:
    """List when the clocks of a conversation stood still, the latest 200, oldest first."""
    return [Pause(*row) for row in tx.execute(_OF, {"talk": talk})][::-1]
