"""Every statement this room runs, built once when the module is imported."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Literal, NamedTuple, cast

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, true, update

from shopbell.cases.model import Case, CaseId, CaseStep, Due, MoneyState, Party
from shopbell.cases.refusals import NoSuchCase
from shopbell.cases.tables import cases, steps
from shopbell.commerce.model import OrderId, ShipmentId
from shopbell.conversations.model import ConversationId
from shopbell.engine.rows import Insert, Row, Select, Update
from shopbell.engine.tables import Session
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side

Box = Literal["open", "done", "all"]


class Standing(NamedTuple):
    """How a case stands: whom it waits for and until when, and whether the operator was called."""

    waiting_on: Party
    due: Due | None
    escalated_at: datetime | None
    closed_at: datetime | None
    money: MoneyState

    @classmethod
    def of(cls, case: Case) -> "Standing":
        """Return how a case stands now."""
        return cls(*(getattr(case, name) for name in cls._fields))


_c = cases.c
_FIELDS = Case.__struct_fields__
_SHOWN = [_c[name] for name in _FIELDS]
_GET = Select(cases, _FIELDS, ["id"])
_HOLD = Select(cases, _FIELDS, ["id"], hold=True)
_TALK = Select(cases, ["conversation"], ["id"])
_ADD = Insert(cases)
_COLUMNS = tuple(cases.c.keys())
_CHANGING = (
    "shipment",
    "state",
    "goods",
    "money",
    "waiting_on",
    "facts",
    "taken",
    "paused",
    "entered_at",
    "due",
    "escalated_at",
    "closed_at",
    "version",
)
_CHANGE = Update(cases, [*_CHANGING, "due_at"], ["id"])
_changing = attrgetter(*_CHANGING)
_ABOUT = select(*_SHOWN).where(_c.order == bindparam("of_order")).order_by(_c.id)
_RESERVED = select(_c.facts).where(
    _c.shop == bindparam("of_shop"),
    _c.kind.in_(("return", "repair")),
    _c.closed_at.is_(None),
    _c.id != bindparam("but"),
)
_RETURNS = (
    select(_c.facts)
    .where(_c.shop == bindparam("of_shop"), _c.kind == "return")
    .order_by(_c.id.desc())
    .limit(100)
)
_NUMBER = select(func.count()).where(_c.conversation == bindparam("talk"))
_SETTLED = (MoneyState.NONE, MoneyState.DONE)
_UNFINISHED = or_(_c.closed_at.is_(None), _c.money.not_in(_SETTLED))
_STANDS = Select(cases, ["id", *Standing._fields], ["conversation"])
_CHILDREN = Select(cases, ["id"], ["parent"])

_s = steps.c
_STEP_FIELDS = CaseStep.__struct_fields__
_ADD_STEP = Insert(steps)
_STEPS = Select(steps, _STEP_FIELDS, ["case"])
_HASH = Select(steps, ["hash"], ["case", "seq"])
_SENT = Select(steps, ["payload_hash"], ["case", "by", "cmid"])
_step = attrgetter(*_STEP_FIELDS)
_FIRST_IN = select(func.min(_s.at)).where(
    _s.case == bindparam("case_id"), _s.after == bindparam("state")
)
_ORDERS_OF_KIND = select(func.count(_c.order.distinct())).where(
    _c.buyer == bindparam("of_buyer"),
    _c.shop == bindparam("of_shop"),
    _c.kind == bindparam("of_kind"),
    _c.state.not_in(bindparam("but", expanding=True)),
)
_COUNT_OF = select(func.count()).where(_c.buyer == bindparam("of_buyer"))
_ABOUT_PARCELS = (
    select(*_SHOWN)
    .where(_c.kind == bindparam("of_kind"), _c.shipment.in_(bindparam("parcels", expanding=True)))
    .order_by(_c.id.desc())
)
_GIVE = (
    update(cases)
    .where(_c.buyer == bindparam("before"), _c.order.in_(bindparam("orders", expanding=True)))
    .values(buyer=bindparam("to_buyer"))
)
_SINCE = (_c.opened_at >= bindparam("since"), _c.id < bindparam("before"))
_OPENED_SINCE = select(*_SHOWN).where(*_SINCE).order_by(_c.id.desc()).limit(bindparam("most"))
_COUNT_SINCE = select(func.count()).where(*_SINCE)
_BEHIND_ALL = "f" * 8 + "-ffff-ffff-ffff-" + "f" * 12


def get(tx: Session, case: CaseId, *, hold: bool = False) -> Case:
    """Return one case or refuse; ``hold`` keeps others from changing it."""
    if case in tx.held:
        return cast("Case", tx.held[case])
    rows = (_HOLD if hold else _GET)(tx, [(case,)])
    if not rows:
        raise NoSuchCase
    found = Case(**dict(zip(_FIELDS, rows[0], strict=True)))
    if hold:
        tx.held[case] = found
    return found


def talk_of(tx: Session, case: CaseId) -> ConversationId:
    """Return the conversation of a case, or refuse."""
    rows = _TALK(tx, [(case,)])
    if not rows:
        raise NoSuchCase
    return ConversationId(rows[0][0])


def add(tx: Session, case: Case) -> None:
    """Keep a new case; its steps need it there."""
    row = {name: getattr(case, name) for name in _FIELDS} | {"due_at": _due_at(case)}
    _ADD(tx, [tuple(row[name] for name in _COLUMNS)])
    _hold(tx, case)


def change(tx: Session, case: Case) -> None:
    """Write a held case as it is now."""
    tx.put(_CHANGE, case.id, (*_changing(case), _due_at(case), case.id))
    _hold(tx, case)


def _hold(tx: Session, case: Case) -> None:
    tx.held[case.id] = case
    _stands(tx, case.conversation)[case.id] = Standing.of(case)


def _due_at(case: Case) -> datetime | None:
    return case.due.at if case.due else None


def about(tx: Session, order: OrderId) -> list[Case]:
    """Return all cases about an order, oldest first."""
    return [Case(**row._mapping) for row in tx.execute(_ABOUT, {"of_order": order})]  # noqa: SLF001


def reserved(tx: Session, case: Case, thing: str) -> int:
    """Return how many of a product or choice the shop's other open cases keep for exchanges."""
    found = tx.execute(_RESERVED, {"of_shop": case.shop, "but": case.id}).scalars()
    kept = (facts["reserved"] for facts in found if "reserved" in facts)
    return sum(one["quantity"] for one in kept if thing in {one["variant"], one["product"]})


def last_return_address(tx: Session, shop: ShopId) -> str:
    """Return where a shop had things sent back to last, if it ever said."""
    found = tx.execute(_RETURNS, {"of_shop": shop}).scalars()
    return next((facts["return_to"] for facts in found if "return_to" in facts), "")


def next_number(tx: Session, talk: ConversationId) -> int:
    """Return the number of the next case in a conversation, whose row is held."""
    return int(tx.execute(_NUMBER, {"talk": talk}).scalar_one()) + 1


def unfinished_in(tx: Session, talk: ConversationId) -> list[Standing]:
    """Return how each case of a conversation stands that is open or has money under way.

    The conversation is held, so its cases are read once; best before anything waits to be written.
    """
    return [
        one
        for one in _stands(tx, talk).values()
        if one.closed_at is None or one.money not in _SETTLED
    ]


def _stands(tx: Session, talk: ConversationId) -> dict[CaseId, Standing]:
    """Return how the cases of a conversation stand, as far as this transaction has come."""
    if (_STANDS, talk) not in tx.held:
        tx.held[_STANDS, talk] = {row[0]: Standing(*row[1:]) for row in _STANDS(tx, [(talk,)])}
    found: dict[CaseId, Standing] = tx.held[_STANDS, talk]
    return found


def children(tx: Session, case: CaseId) -> list[CaseId]:
    """Return the cases that a case has led to, oldest first."""
    return sorted(CaseId(row[0]) for row in _CHILDREN(tx, [(case,)]))


def add_step(
    tx: Session, case: CaseId, step: CaseStep, cmid: str | None, payload_hash: bytes | None
) -> None:
    """Keep a step as it was taken, with the command that it was taken by."""
    tx.put(_ADD_STEP, (case, step.seq), (case, *_step(step), cmid, payload_hash))


def sent_step(tx: Session, case: CaseId, by: PersonId, cmid: str) -> bytes | None:
    """Return the hash of the command that somebody sent under this name, if they did."""
    return _only(_SENT(tx, [(case, by, cmid)]))


def steps_of(tx: Session, case: CaseId) -> list[CaseStep]:
    """Return all steps of a case, oldest first."""
    found = (dict(zip(_STEP_FIELDS, row, strict=True)) for row in _STEPS(tx, [(case,)]))
    return sorted((CaseStep(**row) for row in found), key=attrgetter("seq"))


def first_in(tx: Session, case: CaseId, state: str) -> datetime | None:
    """Return when a case first came into a state, if it ever did."""
    found: datetime | None = tx.execute(_FIRST_IN, {"case_id": case, "state": state}).scalar_one()
    return found


def hash_of(tx: Session, case: CaseId, seq: int) -> bytes | None:
    """Return the hash of one step of a case, if it took so many."""
    return _only(_HASH(tx, [(case, seq)]))


def _only(rows: list[Row]) -> bytes | None:
    found: bytes | None = rows[0][0] if rows else None
    return found


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say `Case.admits` in SQL, for lists."""
    match actor.side:
        case Side.BUYER:
            return _c.buyer == actor.id
        case Side.SELLER:
            return _c.shop == actor.shop
        case Side.OPERATOR | Side.SYSTEM:
            return true()


def listed(
    tx: Session,
    actor: Actor,
    box: Box,
    limit: int,
    *,
    kinds: Iterable[str] = (),
    order: OrderId | None = None,
    talk: ConversationId | None = None,
    called: bool = False,
    after: tuple[datetime | None, str] | None = None,
) -> list[Case]:
    """List what ``actor`` may see: the earliest consequence first, then those without one."""
    wanted = [visible_to(actor), _behind(after)]
    wanted.append(_UNFINISHED if called and box == "open" else _in_box(box))
    if named := list(kinds):
        wanted.append(_c.kind.in_(named))
    if order is not None:
        wanted.append(_c.order == order)
    if talk is not None:
        wanted.append(_c.conversation == talk)
    if called:
        wanted.append(or_(_c.escalated_at.is_not(None), _c.waiting_on == Party.OPERATOR))
    query = (
        select(*_SHOWN).where(*wanted).order_by(_c.due_at.is_(None), _c.due_at, _c.id).limit(limit)
    )
    return [Case(**row._mapping) for row in tx.execute(query)]  # noqa: SLF001


def orders_of_kind(
    tx: Session, buyer: PersonId, shop: ShopId, kind: str, but: Iterable[str]
) -> int:
    """Count the orders of a buyer with a shop that had a case of a kind, but none in a state."""
    given = {"of_buyer": buyer, "of_shop": shop, "of_kind": kind, "but": list(but)}
    return int(tx.execute(_ORDERS_OF_KIND, given).scalar_one())


def count_of(tx: Session, buyer: PersonId) -> int:
    """Count the cases of a buyer, of all shops, open or not."""
    return int(tx.execute(_COUNT_OF, {"of_buyer": buyer}).scalar_one())


def about_parcels(tx: Session, kind: str, parcels: Iterable[ShipmentId]) -> list[Case]:
    """List the cases of a kind about parcels, the newest first."""
    given = {"of_kind": kind, "parcels": list(parcels)}
    return [Case(**row._mapping) for row in tx.execute(_ABOUT_PARCELS, given)]  # noqa: SLF001


def opened_since(tx: Session, since: datetime, before: str, most: int) -> tuple[list[Case], int]:
    """Return the newest cases since a moment, or those before one, and how many older there are."""
    given = {"since": since, "before": before or _BEHIND_ALL}
    rows = tx.execute(_OPENED_SINCE, {**given, "most": most})
    found = [Case(**row._mapping) for row in rows]  # noqa: SLF001
    return found, int(tx.execute(_COUNT_SINCE, given).scalar_one()) - len(found)


def give_to(tx: Session, before: PersonId, buyer: PersonId, orders: Iterable[OrderId]) -> None:
    """Give the cases about orders to the buyer whose orders they are now."""
    tx.execute(_GIVE, {"before": before, "to_buyer": buyer, "orders": list(orders)})
    tx.held.clear()


def _in_box(box: Box) -> ColumnElement[bool]:
    if box == "all":
        return true()
    return _c.closed_at.is_(None) if box == "open" else _c.closed_at.is_not(None)


def _behind(after: tuple[datetime | None, str] | None) -> ColumnElement[bool]:
    if after is None:
        return true()
    due, case = after
    if due is None:
        return and_(_c.due_at.is_(None), _c.id > case)
    later = or_(_c.due_at > due, and_(_c.due_at == due, _c.id > case))
    return or_(_c.due_at.is_(None), later)
