"""That an operator was shown a case is written down, whichever door they came by."""

from shopbell.accounts import operating
from shopbell.cases.model import CaseId
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor, Side


async def note_look(db: Database, actor: Actor, *cases: CaseId) -> None:
    """Write down which cases an operator is about to be shown; both sides look unnoted."""
    if actor.side is Side.OPERATOR and cases:
        await db.write(operating.note_cases_opened, actor, cases)
