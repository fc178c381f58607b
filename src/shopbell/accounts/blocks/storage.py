"""Every statement about blocks, built once."""

from typing import Any

from msgspec.structs import asdict
from sqlalchemy import and_, bindparam, func, insert, select, update

from shopbell.accounts.blocks.model import Block, BlockId
from shopbell.accounts.blocks.tables import STANDS, blocks
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Reach

_WHOLE = [blocks.c[name] for name in Block.__struct_fields__]
_ADD = insert(blocks)
_ONE = select(*_WHOLE).where(blocks.c.id == bindparam("block"))
_HELD = _ONE.with_for_update()
_REACH = select(blocks.c.reach).where(blocks.c.subject == bindparam("subject"), STANDS)
_OF = (
    select(*_WHOLE)
    .where(blocks.c.subject.in_(bindparam("subjects", expanding=True)))
    .order_by(blocks.c.id.desc())
    .limit(bindparam("most"))
)
_WAITS = and_(STANDS, blocks.c.appealed_at.is_not(None), blocks.c.decided_at.is_(None))
_BOXES = {"standing": STANDS, "appeals": _WAITS, "ended": ~STANDS}
_LISTED = {
    box: select(*_WHOLE).where(which).order_by(blocks.c.id.desc()).limit(bindparam("most"))
    for box, which in _BOXES.items()
}
_APPEALS = select(func.count(), func.min(blocks.c.appealed_at)).where(_WAITS)
_CHANGE = update(blocks).where(blocks.c.id == bindparam("by_id"))


def add(tx: Tx, block: Block) -> None:
    """Keep a new block."""
    tx.execute(_ADD, asdict(block))


def get(tx: Tx, block: BlockId, *, hold: bool = False) -> Block | None:
    """Return one block; held, nobody changes it until we are done."""
    row = tx.execute(_HELD if hold else _ONE, {"block": block}).one_or_none()
    return None if row is None else Block(*row)


def reach_of(tx: Tx, subject: str) -> Reach | None:
    """Return how far the block reaches that stands on a person or a shop."""
    return tx.execute(_REACH, {"subject": subject}).scalar_one_or_none()


def of(tx: Tx, subjects: list[str], most: int) -> list[Block]:
    """Return the blocks of a person and a shop, newest first."""
    return [Block(*row) for row in tx.execute(_OF, {"subjects": subjects, "most": most})]


def listed(tx: Tx, box: str, most: int) -> list[Block]:
    """Return blocks that stand, wait for a decision, or have ended; newest first."""
    return [Block(*row) for row in tx.execute(_LISTED[box], {"most": most})]


def appeals(tx: Tx) -> tuple[int, Any]:
    """Return how many appeals wait, and since when the oldest does."""
    row = tx.execute(_APPEALS).one()
    return row[0], row[1]


def change(tx: Tx, block: BlockId, **changes: object) -> None:
    """Keep what has changed about a block."""
    tx.execute(_CHANGE.values(**changes), {"by_id": block})
