"""Every statement of this channel, built once when the module is imported."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.channels.push.model import Device, DeviceId, Wish
from shopbell.channels.push.tables import devices, told, wishes
from shopbell.contact.model import Reach, Whom
from shopbell.conversations.model import ConversationId
from shopbell.engine.tables import Session
from shopbell.kernel.actor import PersonId, Side

_d = devices.c
_FIELDS = [_d[name] for name in Device.__struct_fields__]
_ALL = select(*_FIELDS).order_by(_d.id)
_OF = _ALL.where(_d.person.in_(bindparam("people", expanding=True)))
_OF_SIDE = _ALL.where(_d.side == bindparam("of_side"))
_AT = select(*_FIELDS).where(_d.endpoint == bindparam("at")).with_for_update()
_GET = select(*_FIELDS).where(_d.id == bindparam("device"))
_ADD = upsert(devices).on_conflict_do_nothing(index_elements=[devices.c.endpoint])
_PUT = (
    update(devices)
    .where(_d.id == bindparam("by_id"))
    .values({name: bindparam(f"to_{name}") for name in Device.__struct_fields__ if name != "id"})
)
_FORGET = delete(devices).where(_d.id == bindparam("by_id"))
_FORGET_TOLD = delete(told).where(told.c.device == bindparam("by_id"))
_TOOK = (
    update(devices).where(_d.id == bindparam("by_id")).values(ok_at=bindparam("moment"), failures=0)
)
_FAILED = update(devices).where(_d.id == bindparam("by_id")).values(failures=devices.c.failures + 1)
_TESTED = update(devices).where(_d.id == bindparam("by_id")).values(tested_at=bindparam("moment"))
_COUNT = select(func.count()).select_from(devices)
_WISHES = select(wishes).where(wishes.c.person.in_(bindparam("people", expanding=True)))
_CHOOSE = upsert(wishes)
_CHOSEN = _CHOOSE.on_conflict_do_update(
    index_elements=[wishes.c.person],
    set_={name: _CHOOSE.excluded[name] for name in Wish.__struct_fields__},
)
_TOLD = select(told.c.device).where(
    told.c.conversation == bindparam("talk"),
    told.c.whom == bindparam("of_whom"),
    told.c.upto >= bindparam("number"),
)
_TOLD_OF = (
    select(_d.person)
    .distinct()
    .join_from(told, devices)
    .where(
        told.c.conversation == bindparam("talk"),
        told.c.whom != Whom.BUYER,
        told.c.upto >= bindparam("number"),
    )
)
_TELL = upsert(told)
_TELLS = _TELL.on_conflict_do_update(
    index_elements=[told.c.device, told.c.conversation, told.c.whom],
    set_={"upto": _TELL.excluded.upto},
)


def of(tx: Session, people: Iterable[PersonId]) -> list[Device]:
    """Return the devices of some people."""
    return [Device(**row._mapping) for row in tx.execute(_OF, {"people": list(people)})]  # noqa: SLF001


def of_side(tx: Session, side: Side) -> list[Device]:
    """Return the devices of everybody on one side."""
    return [Device(**row._mapping) for row in tx.execute(_OF_SIDE, {"of_side": side})]  # noqa: SLF001


def at(tx: Session, endpoint: str) -> Device | None:
    """Return the device that is reached at an address, held until we are done."""
    return _one(tx.execute(_AT, {"at": endpoint}).one_or_none())


def get(tx: Session, device: DeviceId) -> Device | None:
    """Return one device."""
    return _one(tx.execute(_GET, {"device": device}).one_or_none())


def add(tx: Session, device: Device) -> bool:
    """Keep a new device; false if its address was taken at this moment."""
    row = {name: getattr(device, name) for name in device.__struct_fields__}
    return tx.execute(_ADD, row).rowcount == 1


def put(tx: Session, device: Device) -> None:
    """Write a device as it is now."""
    row = {f"to_{name}": getattr(device, name) for name in device.__struct_fields__}
    tx.execute(_PUT, {**row, "by_id": device.id})


def forget(tx: Session, device: DeviceId) -> None:
    """Forget a device, and what it was told of."""
    tx.execute(_FORGET_TOLD, {"by_id": device})
    tx.execute(_FORGET, {"by_id": device})


def took(tx: Session, device: DeviceId) -> None:
    """Note that the push service took a notice for a device."""
    tx.execute(_TOOK, {"by_id": device, "moment": tx.now})


def failed(tx: Session, device: DeviceId) -> None:
    """Count a try in vain."""
    tx.execute(_FAILED, {"by_id": device})


def tested(tx: Session, device: DeviceId) -> None:
    """Note when a test was asked for."""
    tx.execute(_TESTED, {"by_id": device, "moment": tx.now})


def wishes_of(tx: Session, people: Iterable[PersonId]) -> dict[PersonId, Wish]:
    """Return what those people chose who chose anything."""
    return {
        row.person: Wish(row.on, row.quiet_from, row.quiet_until, row.zone)
        for row in tx.execute(_WISHES, {"people": list(people)})
    }


def choose(tx: Session, person: PersonId, wish: Wish) -> None:
    """Keep what somebody chose."""
    row = {name: getattr(wish, name) for name in wish.__struct_fields__}
    tx.execute(_CHOSEN, {**row, "person": person})


def told_already(tx: Session, reach: Reach) -> set[DeviceId]:
    """Return the devices that were told of what a step tells, or of something later."""
    given = {"talk": reach.conversation, "of_whom": reach.whom, "number": _upto(reach)}
    return set(tx.execute(_TOLD, given).scalars())


def told_of(tx: Session, talk: ConversationId, number: int) -> set[PersonId]:
    """Return the people of the shop who were told of an entry, or of a later one."""
    return set(tx.execute(_TOLD_OF, {"talk": talk, "number": number}).scalars())


def tell(tx: Session, device: DeviceId, reach: Reach) -> None:
    """Note that a device was told."""
    row = {"conversation": reach.conversation, "whom": reach.whom, "upto": _upto(reach)}
    tx.execute(_TELLS, {**row, "device": device})


def count(tx: Session) -> int:
    """Count the browsers that want to be told."""
    return int(tx.execute(_COUNT).scalar_one())


def _upto(reach: Reach) -> int:
    return reach.upto or reach.since


def _one(row: Any) -> Device | None:  # noqa: ANN401 - a row
    return None if row is None else Device(**row._mapping)  # noqa: SLF001
