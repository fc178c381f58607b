"""Every statement this room runs, built once when the module is imported."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, func, insert, or_, select, true, update

from shopbell.cases.model import Case, CaseId, CaseStep, MoneyState, Party
from shopbell.cases.refusals import NoSuchCase
from shopbell.cases.tables import cases, steps
from shopbell.commerce.model import OrderId, ShipmentId
from shopbell.conversations.model import ConversationId
from shopbell.engine.tables import Session
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side

Box = Literal["open", "done", "all"]

_c = cases.c
_SHOWN = [_c[name] for name in Case.__struct_fields__]
_GET = select(*_SHOWN).where(_c.id == bindparam("case_id"))
_HOLD = _GET.with_for_update()
_ADD = insert(cases)
_CHANGE = (
    update(cases)
    .where(_c.id == bindparam("case_id"))
    .values(
        {
            name: bindparam(f"to_{name}")
            for name in (
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
                "due_at",
                "escalated_at",
                "closed_at",
                "version",
            )
        }
    )
)
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
_UNFINISHED = or_(_c.closed_at.is_(None), _c.money.not_in([MoneyState.NONE, MoneyState.DONE]))
_OPEN_IN = select(_c.waiting_on).where(_c.conversation == bindparam("talk"), _UNFINISHED)
_CHILDREN = select(_c.id).where(_c.parent == bindparam("case_id")).order_by(_c.id)

_s = steps.c
_ADD_STEP = insert(steps)
_STEPS = (
    select(*(_s[name] for name in CaseStep.__struct_fields__))
    .where(_s.case == bindparam("case_id"))
    .order_by(_s.seq)
)
_SENT = select(_s.payload_hash).where(
    _s.case == bindparam("case_id"), _s.by == bindparam("sender"), _s.cmid == bindparam("sent")
)
_FIRST_IN = select(func.min(_s.at)).where(
    _s.case == bindparam("case_id"), _s.after == bindparam("state")
)
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
_LAST_HASH = select(_s.hash).where(_s.case == bindparam("case_id")).order_by(_s.seq.desc()).limit(1)


def get(tx: Session, case: CaseId, *, hold: bool = False) -> Case:
    """Return one case or refuse; ``hold`` keeps others from changing it."""
    row = tx.execute(_HOLD if hold else _GET, {"case_id": case}).one_or_none()
    if row is None:
        raise NoSuchCase
    return Case(**row._mapping)  # noqa: SLF001 - the public name of a row's columns


def add(tx: Session, case: Case) -> None:
    """Keep a new case."""
    tx.execute(_ADD, _columns(case))


def change(tx: Session, case: Case) -> None:
    """Write a case as it is now."""
    row = _columns(case)
    given = {f"to_{name}": row[name] for name in row if f"to_{name}" in _CHANGED}
    tx.execute(_CHANGE, {**given, "case_id": case.id})


_CHANGED = {name for name in _CHANGE.compile().params if name.startswith("to_")}


def _columns(case: Case) -> dict[str, Any]:
    row = {name: getattr(case, name) for name in case.__struct_fields__}
    return row | {"due_at": case.due.at if case.due else None}


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


def open_in(tx: Session, talk: ConversationId) -> list[Party]:
    """Return whom each case of a conversation waits for that is open or has money under way."""
    return [row.waiting_on for row in tx.execute(_OPEN_IN, {"talk": talk})]


def children(tx: Session, case: CaseId) -> list[CaseId]:
    """Return the cases that a case has led to."""
    return [row.id for row in tx.execute(_CHILDREN, {"case_id": case})]


def add_step(
    tx: Session, case: CaseId, step: CaseStep, cmid: str | None, payload_hash: bytes | None
) -> None:
    """Keep a step as it was taken, with the command that it was taken by."""
    sent = {"case": case, "cmid": cmid, "payload_hash": payload_hash}
    tx.execute(_ADD_STEP, {**sent, **msgspec.structs.asdict(step)})


def sent_step(tx: Session, case: CaseId, by: PersonId, cmid: str) -> bytes | None:
    """Return the hash of the command that somebody sent under this name, if they did."""
    return tx.execute(_SENT, {"case_id": case, "sender": by, "sent": cmid}).scalar_one_or_none()


def steps_of(tx: Session, case: CaseId) -> list[CaseStep]:
    """Return all steps of a case, oldest first."""
    return [CaseStep(**row._mapping) for row in tx.execute(_STEPS, {"case_id": case})]  # noqa: SLF001


def first_in(tx: Session, case: CaseId, state: str) -> datetime | None:
    """Return when a case first came into a state, if it ever did."""
    found: datetime | None = tx.execute(_FIRST_IN, {"case_id": case, "state": state}).scalar_one()
    return found


def last_hash(tx: Session, case: CaseId) -> bytes | None:
    """Return the hash of a case's newest step, if it took one."""
    return tx.execute(_LAST_HASH, {"case_id": case}).scalar_one_or_none()


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


def about_parcels(tx: Session, kind: str, parcels: Iterable[ShipmentId]) -> list[Case]:
    """List the cases of a kind about parcels, the newest first."""
    given = {"of_kind": kind, "parcels": list(parcels)}
    return [Case(**row._mapping) for row in tx.execute(_ABOUT_PARCELS, given)]  # noqa: SLF001


def give_to(tx: Session, before: PersonId, buyer: PersonId, orders: Iterable[OrderId]) -> None:
    """Give the cases about orders to the buyer whose orders they are now."""
    tx.execute(_GIVE, {"before": before, "to_buyer": buyer, "orders": list(orders)})


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
