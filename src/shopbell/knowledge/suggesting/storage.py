"""Every statement this room runs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Integer, String, bindparam, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.engine.database import Tx
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.knowledge.suggesting.model import FEW, HEAVY, Piece
from shopbell.knowledge.suggesting.tables import shown

_s = shown.c
_SHOW = upsert(shown).on_conflict_do_nothing()
_MINE = (
    _s.about == bindparam("of_about"),
    _s.piece == bindparam("of_piece"),
    _s.person == bindparam("of_person"),
)
_HELPED = update(shown).where(*_MINE, _s.helped_at.is_(None)).values(helped_at=bindparam("now"))
_UNDONE = update(shown).where(*_MINE).values(helped_at=None)
_WRONG = (
    update(shown)
    .where(
        *_MINE,
        or_(
            _s.wrong_at.is_(None),
            _s.version.is_(None),
            _s.version != bindparam("as_said", type_=String),
        ),
    )
    .values(
        wrong_at=bindparam("now"),
        standing=bindparam("how_heavy", type_=Integer),
        settled_at=None,
        version=bindparam("as_said", type_=String),
    )
)
_OPEN = (_s.wrong_at.is_not(None), _s.settled_at.is_(None))
_SETTLE = (
    update(shown)
    .where(_s.shop == bindparam("of_shop"), _s.piece == bindparam("of_piece"), *_OPEN)
    .values(settled_at=bindparam("now"))
)
_SAID_WRONG = (
    select(_s.piece, func.count())
    .where(_s.about == bindparam("of_about"), *_OPEN, _s.standing > 0)
    .group_by(_s.piece)
    .having(func.count() >= FEW, func.sum(_s.standing) >= HEAVY)
)
_SAID_HELPED = (
    select(_s.piece, func.count())
    .where(
        _s.about == bindparam("of_about"),
        _s.piece.in_(bindparam("pieces", expanding=True)),
        _s.helped_at.is_not(None),
    )
    .group_by(_s.piece)
)
_CALLED_WRONG = func.count(case((_s.settled_at.is_(None), _s.wrong_at)))
_OF_SHOP = (
    select(_s.about, _s.piece, func.count(), func.count(_s.helped_at), _CALLED_WRONG)
    .where(_s.shop == bindparam("of_shop"), _s.at >= bindparam("since"))
    .group_by(_s.about, _s.piece)
    .order_by(_CALLED_WRONG.desc(), func.count().desc(), _s.about, _s.piece)
    .limit(bindparam("most"))
)


class Row(NamedTuple):
    """How many were shown something beside a product or shop, and what they said of it."""

    about: str
    piece: str
    shown: int
    helped: int
    wrong: int


def show(tx: Tx, shop: ShopId, about: str, person: PersonId, pieces: Iterable[str]) -> None:
    """Note what somebody was shown; each thing once."""
    fixed = {"about": about, "person": person, "shop": shop, "at": tx.now}
    rows = [{**fixed, "piece": piece} for piece in sorted(set(pieces))]
    if rows:
        tx.execute(_SHOW, rows)


def helped(tx: Tx, about: str, person: PersonId, piece: str) -> None:
    """Note that something answered."""
    tx.execute(_HELPED, _of(about, person, piece) | {"now": tx.now})


def undone(tx: Tx, about: str, person: PersonId, piece: str) -> None:
    """Note that it did not after all."""
    tx.execute(_UNDONE, _of(about, person, piece))


def wrong(tx: Tx, about: str, person: PersonId, piece: Piece, standing: int) -> None:
    """Note that something answers another question than was asked, as somebody of that standing.

    Said again of the same words, it is nothing new; of others, what was settled is open again.
    Said before words were noted, it may be said anew once.
    """
    given = {"now": tx.now, "how_heavy": standing, "as_said": piece.version}
    tx.execute(_WRONG, _of(about, person, piece.id) | given)


def settle(tx: Tx, shop: ShopId, piece: str) -> None:
    """Have what was said against something of a shop until now weigh nothing."""
    tx.execute(_SETTLE, {"of_shop": shop, "of_piece": piece, "now": tx.now})


def said_of(tx: Tx, about: str) -> dict[str, tuple[int, int]]:
    """Return of what several found wrong how many it helped, and how many found it wrong."""
    missed = dict(tx.execute(_SAID_WRONG, {"of_about": about}).all())
    if not missed:
        return {}
    given = {"of_about": about, "pieces": sorted(missed)}
    served = dict(tx.execute(_SAID_HELPED, given).all())
    return {piece: (served.get(piece, 0), count) for piece, count in missed.items()}


def of_shop(tx: Tx, shop: ShopId, since: datetime, most: int) -> Sequence[Row]:
    """Return what a shop's buyers were shown, the most often wrong first."""
    given = {"of_shop": shop, "since": since, "most": most}
    return [Row(*row) for row in tx.execute(_OF_SHOP, given)]


def _of(about: str, person: PersonId, piece: str) -> dict[str, object]:
    return {"of_about": about, "of_person": person, "of_piece": piece}
