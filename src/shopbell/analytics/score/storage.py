"""Every statement of the score, built once when the module is imported."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.analytics.model import What
from shopbell.analytics.score.model import Appeal, Outcome, RoundTold, Rule
from shopbell.analytics.score.tables import appeals, falls, rules
from shopbell.analytics.tables import points
from shopbell.conversations.model import ConversationId
from shopbell.engine.tables import Moment, Session
from shopbell.kernel.actor import PersonId, ShopId

_p, _a, _r = points.c, appeals.c, rules.c
_TOLD = (_p.owner, _p.n, _p.at, _p.channel, _p.agent, _p.detail, _p.took, _p.good)
_ROUNDS = select(*_TOLD).where(
    _p.shop == bindparam("of_shop"),
    _p.what == What.ROUND,
    _p.at >= bindparam("since", type_=Moment),
)
_MACHINES = select(_p.owner, _p.n, _p.took).where(
    _p.shop == bindparam("of_shop"),
    _p.what == What.MACHINE,
    _p.at >= bindparam("since", type_=Moment),
)
_ONE = select(*_TOLD).where(
    _p.shop == bindparam("of_shop"),
    _p.what == What.ROUND,
    _p.owner == bindparam("talk"),
    _p.n == bindparam("number"),
)
_WHOLE = [_a[name] for name in Appeal.__struct_fields__]
_EXCUSED = select(_a.conversation, _a.n).where(
    _a.shop == bindparam("of_shop"), _a.outcome == Outcome.GRANTED
)
_OF_SHOP = select(*_WHOLE).where(_a.shop == bindparam("of_shop")).order_by(_a.at.desc(), _a.id)
_BY_ID = select(*_WHOLE).where(_a.id == bindparam("named"))
_OF_ROUND = select(*_WHOLE).where(_a.conversation == bindparam("talk"), _a.n == bindparam("number"))
_OPEN = select(*_WHOLE).where(_a.outcome.is_(None)).order_by(_a.at, _a.id)
_OPEN_OF = (
    select(func.count())
    .select_from(appeals)
    .where(_a.shop == bindparam("of_shop"), _a.outcome.is_(None))
)
_ADD = upsert(appeals).on_conflict_do_nothing()
_DECIDE = (
    update(appeals)
    .where(_a.id == bindparam("named"), _a.outcome.is_(None))
    .values(
        outcome=bindparam("so"),
        answer=bindparam("why"),
        decided_by=bindparam("whom"),
        decided_at=bindparam("moment"),
    )
    .returning(_a.id)
)
_RULES = select(_r.number, _r.profile, _r.since, _r.by, _r.at).order_by(_r.number.desc())
_LAY = upsert(rules).on_conflict_do_nothing().returning(_r.number)
_FALLEN = select(falls.c.shop)
_FALL = upsert(falls).on_conflict_do_nothing().returning(falls.c.shop)
_RISE = delete(falls).where(falls.c.shop == bindparam("of_shop"))


def rounds(tx: Session, shop: ShopId, since: datetime) -> list[RoundTold]:
    """Return the rounds of a shop that began since then."""
    given = {"of_shop": shop, "since": since}
    spoke = {(talk, n): took for talk, n, took in tx.execute(_MACHINES, given)}
    found: Any = tx.execute(_ROUNDS, given)
    return [replace(RoundTold(*row), machine=spoke.get((row[0], row[1]))) for row in found]


def one_round(tx: Session, shop: ShopId, talk: ConversationId, n: int) -> RoundTold | None:
    """Return one round of a shop."""
    row: Any = tx.execute(_ONE, {"of_shop": shop, "talk": talk, "number": n}).one_or_none()
    return None if row is None else RoundTold(*row)


def excused(tx: Session, shop: ShopId) -> Collection[tuple[ConversationId, int]]:
    """Return which rounds of a shop do not count, as its appeals were granted."""
    return {(talk, n) for talk, n in tx.execute(_EXCUSED, {"of_shop": shop})}


def appeals_of(tx: Session, shop: ShopId, most: int) -> list[Appeal]:
    """List the newest appeals of a shop."""
    return [_appeal(row) for row in tx.execute(_OF_SHOP.limit(most), {"of_shop": shop})]


def open_appeals(tx: Session, most: int) -> list[Appeal]:
    """List the appeals that wait, the oldest first."""
    return [_appeal(row) for row in tx.execute(_OPEN.limit(most))]


def count_open(tx: Session, shop: ShopId) -> int:
    """Count the appeals of a shop that wait."""
    return int(tx.execute(_OPEN_OF, {"of_shop": shop}).scalar_one())


def appeal(tx: Session, named: str) -> Appeal | None:
    """Return an appeal by its id."""
    row = tx.execute(_BY_ID, {"named": named}).one_or_none()
    return None if row is None else _appeal(row)


def appeal_on(tx: Session, talk: ConversationId, n: int) -> Appeal | None:
    """Return the appeal on a round, if there was one."""
    row = tx.execute(_OF_ROUND, {"talk": talk, "number": n}).one_or_none()
    return None if row is None else _appeal(row)


def add(tx: Session, new: Appeal) -> None:
    """Keep an appeal; the second on a round is not kept."""
    tx.execute(_ADD, msgspec.structs.asdict(new))


def decide(  # noqa: PLR0917
    tx: Session, named: str, outcome: Outcome, words: str, by: PersonId, at: datetime
) -> bool:
    """Note what was decided about an appeal; tell whether it still waited."""
    given = {"named": named, "so": outcome, "why": words, "whom": by, "moment": at}
    return tx.execute(_DECIDE, given).scalar() is not None


def laid_down(tx: Session) -> list[Rule]:
    """List every rule that was laid down, the last word first."""
    found: Any = tx.execute(_RULES)
    return [Rule(*row) for row in found]


def lay_down(tx: Session, new: Rule) -> bool:
    """Keep a rule for ever; tell whether nobody else had laid down one of this number."""
    return tx.execute(_LAY, msgspec.structs.asdict(new)).scalar() is not None


def fallen(tx: Session) -> Collection[ShopId]:
    """Return which shops were told that they are below their promise."""
    return set(tx.execute(_FALLEN).scalars())


def note_fall(tx: Session, shop: ShopId) -> bool:
    """Note that a shop is below its promise; tell whether that was not known."""
    return tx.execute(_FALL, {"shop": shop, "at": tx.now}).scalar() is not None


def forget_fall(tx: Session, shop: ShopId) -> None:
    """Note that a shop keeps its promise again."""
    tx.execute(_RISE, {"of_shop": shop})


def _appeal(row: Any) -> Appeal:  # noqa: ANN401 - a row of `_WHOLE`
    return Appeal(**row._mapping)  # noqa: SLF001 - the public name of a row's columns
