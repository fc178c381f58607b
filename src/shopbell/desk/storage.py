"""Every statement this room runs, built once when the module is imported."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.desk.model import Attendance, Rule, Seat, Tag
from shopbell.desk.tables import rules, seats, tags
from shopbell.engine.rows import Insert, Select
from shopbell.engine.tables import Session
from shopbell.kernel.actor import PersonId, ShopId

_s, _t = seats.c, tags.c
_FIELDS = Rule.__struct_fields__
_RULE = Select(rules, _FIELDS, ["shop"])
_HELD = Select(rules, _FIELDS, ["shop"], hold=True)
_HELD_FREE = Select(rules, _FIELDS, ["shop"], hold=True, skip_locked=True)
_LAY = Insert(
    rules,
    'ON CONFLICT (shop) DO UPDATE SET mode = excluded.mode, "limit" = excluded."limit",'
    ' patience = excluded.patience, grace = excluded.grace, "by" = excluded."by",'
    ' "at" = excluded."at"',
)
_SEAT_SHOWN = select(*(_s[name] for name in Seat.__struct_fields__))
_SEATS = _SEAT_SHOWN.where(_s.shop == bindparam("of_shop")).order_by(_s.person)
_PRESENT = _SEATS.where(_s.presence == Attendance.AVAILABLE, _s.seen_at >= bindparam("since"))
_SEAT = _SEAT_SHOWN.where(_s.id == bindparam("of_seat"))
_KEEP = upsert(seats)
_KEEP_SEAT = _KEEP.on_conflict_do_update(
    index_elements=[_s.id],
    set_={name: _KEEP.excluded[name] for name in Seat.__struct_fields__},
)
_KEEP_FIRST = _KEEP.on_conflict_do_nothing(index_elements=[_s.id])
_KNOWN = select(_s.id).where(_s.id.in_(bindparam("those", expanding=True)))
_GIVEN = (
    update(seats).where(_s.id == bindparam("of_seat")).values(last_given_at=bindparam("moment"))
)
_STALE = (
    select(_s.shop, _s.id, _s.seen_at, _s.presence)
    .where(_s.id.in_(bindparam("those", expanding=True)), _s.seen_at < bindparam("before"))
    .order_by(_s.id)
    .with_for_update(skip_locked=True)
)
_SEE = update(seats).where(_s.id == bindparam("of_seat")).values(seen_at=bindparam("moment"))
_CLEAR = delete(seats).where(_s.id == bindparam("of_seat"))
_TAGS = select(_t.id, _t.name, _t.colour).where(_t.shop == bindparam("of_shop")).order_by(_t.folded)
_NEW = upsert(tags)
_MAKE = _NEW.on_conflict_do_update(
    index_elements=[_t.shop, _t.folded], set_={"colour": _NEW.excluded.colour}
).returning(_t.id, _t.name, _t.colour)


class Known:
    """The rule of a shop, and when it was read: others may have changed it since."""

    __slots__ = ("at", "rule")

    def __init__(self, rule: Rule, at: datetime) -> None:
        self.rule, self.at = rule, at


FRESH = timedelta(seconds=5)
"""So long another process may go by the rule it knows; whoever lays one down looks again then."""


def rule(tx: Session, shop: ShopId) -> Rule:
    """Return how a shop gives out its work, as it was lately: a message must not pay for it."""
    key = ("desk_rule", shop)
    known: Known | None = tx.remembered.get(key) or tx.memory.get(key)
    if known is not None and abs(tx.now - known.at) < FRESH:
        return known.rule
    found = _one_rule(_RULE(tx, [(shop,)])) or Rule()
    tx.remembered[key] = Known(found, tx.now)
    return found


def held_rule(tx: Session, shop: ShopId) -> Rule:
    """Return the rule of a shop; until this is committed nobody else gives out its work."""
    return _one_rule(_HELD(tx, [(shop,)])) or Rule()


def free_rule(tx: Session, shop: ShopId) -> Rule | None:
    """Do the same unless somebody gives out its work at this moment."""
    return _one_rule(_HELD_FREE(tx, [(shop,)]))


def _one_rule(rows: list[Any]) -> Rule | None:
    return Rule(**dict(zip(_FIELDS, rows[0], strict=True))) if rows else None


def lay_down(tx: Session, shop: ShopId, by: PersonId, rule: Rule) -> None:
    """Have a shop give out its work by a rule from now on."""
    _LAY(tx, [(shop, rule.mode, rule.limit, rule.patience, rule.grace, by, tx.now)])
    tx.remembered["desk_rule", shop] = Known(rule, tx.now)


def seats_of(tx: Session, shop: ShopId) -> list[Seat]:
    """List the seats at a shop's desk."""
    return [Seat(**row._mapping) for row in tx.execute(_SEATS, {"of_shop": shop})]  # noqa: SLF001


def present(tx: Session, shop: ShopId, since: datetime) -> list[Seat]:
    """List the seats whose people are available, and were seen ``since`` then."""
    given = {"of_shop": shop, "since": since}
    return [Seat(**row._mapping) for row in tx.execute(_PRESENT, given)]  # noqa: SLF001


def seat(tx: Session, seat: str) -> Seat | None:
    """Return a seat, if anybody ever sat there."""
    row = tx.execute(_SEAT, {"of_seat": seat}).one_or_none()
    return None if row is None else Seat(**row._mapping)  # noqa: SLF001


def keep_seat(tx: Session, seat: Seat) -> None:
    """Keep a seat as it is now."""
    tx.execute(_KEEP_SEAT, _row(seat))


def keep_first(tx: Session, seat: Seat) -> None:
    """Keep a seat unless there is one: somebody may have chosen to be something meanwhile."""
    tx.execute(_KEEP_FIRST, _row(seat))


def known(tx: Session, those: Collection[str]) -> set[str]:
    """Return which of some seats there are."""
    return set(tx.execute(_KNOWN, {"those": list(those)}).scalars())


def _row(seat: Seat) -> dict[str, Any]:
    return {"id": seat.id, **{name: getattr(seat, name) for name in seat.__struct_fields__}}


def clear_seat(tx: Session, seat: str) -> None:
    """Take a seat away."""
    tx.execute(_CLEAR, {"of_seat": seat})


def given(tx: Session, seat: str) -> None:
    """Note that somebody in a seat was given something just now."""
    tx.execute(_GIVEN, {"of_seat": seat, "moment": tx.now})


def see(tx: Session, those: Collection[str], unless: datetime) -> list[tuple[ShopId, datetime]]:
    """Note that a page is open in some seats, if it was not noted since ``unless``.

    Returns the shops of those who are available, with when each was seen before.
    """
    asked = {"those": list(those), "before": unless}
    found = [tuple(row) for row in tx.execute(_STALE, asked)]
    for _shop, seat, _seen, _presence in found:
        tx.execute(_SEE, {"of_seat": seat, "moment": tx.now})
    available = Attendance.AVAILABLE
    return [(shop, seen) for shop, _seat, seen, presence in found if presence is available]


def tags_of(tx: Session, shop: ShopId) -> list[Tag]:
    """List the tags of a shop by name."""
    return [Tag(*row) for row in tx.execute(_TAGS, {"of_shop": shop})]


def make_tag(tx: Session, shop: ShopId, tag: Tag, folded: str) -> Tag:
    """Keep a new tag, or give the one of this name its colour."""
    row = {"id": tag.id, "shop": shop, "name": tag.name, "folded": folded, "colour": tag.colour}
    return Tag(*tx.execute(_MAKE, row).one())
