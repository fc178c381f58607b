"""That an operator was shown what stands behind a figure is written down."""

from shopbell.accounts import operating
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor, Side


async def note_look(db: Database, actor: Actor, figure: str, shown: int) -> None:
    """Write down of which figure an operator saw how many conversations; others look unnoted."""
    if actor.side is Side.OPERATOR and shown:
        await db.write(operating.note_behind_seen, actor, figure, shown)
