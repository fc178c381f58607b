"""The carriers this marketplace knows, and the secrets they sign with."""

import hmac
import secrets
from collections.abc import Sequence
from typing import Any

from msgspec.structs import asdict, replace
from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.accounts import service as accounts
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_role
from shopbell.commerce.carriers import (
    NAME,
    Carrier,
    CarrierId,
    CarrierNameOdd,
    GiveSecret,
    NoSuchCarrier,
    NotYourCarriers,
    PutCarrier,
    UrlWithoutNumber,
    well_known,
)
from shopbell.commerce.hours import find_zone
from shopbell.commerce.tables import carriers
from shopbell.commerce.vocabularies import table
from shopbell.engine.database import Tx
from shopbell.engine.rows import Every, Select
from shopbell.kernel.actor import Actor, Side

_ALL = Every(carriers, Carrier.__struct_fields__)
_SIGNING = Select(carriers, [*Carrier.__struct_fields__, "secret", "secret_before"], ["id"])
_SECRETS = select(carriers.c.secret, carriers.c.secret_before).where(
    carriers.c.id == bindparam("carrier")
)
_PUT = upsert(carriers)
_KEEP = _PUT.on_conflict_do_update(
    index_elements=[carriers.c.id],
    set_={name: _PUT.excluded[name] for name in Carrier.__struct_fields__ if name != "id"},
)
_GIVE = (
    update(carriers)
    .where(carriers.c.id == bindparam("carrier"))
    .values(secret=bindparam("given"), secret_before=bindparam("before"))
)
SECRET_BYTES = 32


def every(tx: Tx) -> Sequence[Carrier]:
    """List the carriers; read once in a transaction."""
    if (held := tx.held.get(_ALL)) is None:
        held = tx.held[_ALL] = [Carrier(*row) for row in _ALL(tx)]
    found: Sequence[Carrier] = held
    return found


def shown(tx: Tx) -> Sequence[Carrier]:
    """List the carriers for everybody: how we reach them is nobody else's business."""
    return [replace(one, email="", api="") for one in every(tx)]


def carrier(tx: Tx, name: str) -> Carrier:
    """Return one carrier."""
    found = next((one for one in every(tx) if one.id == name), None)
    if found is None:
        known = ", ".join(one.id for one in every(tx)) or "–"
        raise NoSuchCarrier(carrier=name[:40], known=known)
    return found


def form_of(tx: Tx, name: str) -> dict[str, Any]:
    """Return what is known of a carrier as it would be put: here, or without asking anybody."""
    found = next((one for one in every(tx) if one.id == name), None) or well_known().get(name)
    form = asdict(found) if found else {}
    return {field: value for field, value in form.items() if field != "id" and value}


def secrets_of(tx: Tx, of: CarrierId) -> tuple[str, ...]:
    """Return the secrets that count: the newest, and the one before it."""
    return tuple(tx.execute(_SECRETS, {"carrier": of}).one())


def signing(tx: Tx, name: str) -> tuple[Carrier, tuple[str, str]]:
    """Return one carrier and the secrets that count; read once in a transaction, by itself."""
    if (_SIGNING, name) not in tx.held:
        rows = _SIGNING(tx, [(name,)]) if NAME.fullmatch(name) else []
        if not rows:
            carrier(tx, name)
        *own, now, before = rows[0]
        tx.held[_SIGNING, name] = Carrier(*own), (now, before)
    found: tuple[Carrier, tuple[str, str]] = tx.held[_SIGNING, name]
    return found


def put_carrier(tx: Tx, actor: Actor, name: str, asked: PutCarrier) -> Carrier:
    """Make a carrier known, or say anew what is known of it; again, it changes nothing."""
    check_may_look_after(actor)
    if not NAME.fullmatch(name):
        raise CarrierNameOdd(name=name[:40])
    table(asked.vocabulary)
    find_zone(asked.zone)
    if asked.url and "{number}" not in asked.url:
        raise UrlWithoutNumber(url=asked.url[:200])
    wanted = Carrier(CarrierId(name), **asdict(asked))
    if wanted not in every(tx):
        row: dict[str, Any] = {"secret": "", "secret_before": "", **asdict(wanted)}
        tx.execute(_KEEP, row)
        tx.held.pop(_ALL)
        tx.held.pop((_SIGNING, name), None)
        accounts.audit(tx, actor, "carrier_changed", carrier=name)
    return wanted


def put_well_known(tx: Tx, actor: Actor, names: Sequence[str]) -> list[Carrier]:
    """Make carriers known that we know by ourselves."""
    return [put_carrier(tx, actor, name, well_known()[name]) for name in names]


def give_secret(tx: Tx, actor: Actor, name: str, given: GiveSecret) -> None:
    """Have a carrier sign with another secret; the one it had stays good until the next."""
    check_may_look_after(actor)
    known = carrier(tx, name)
    now, _before = secrets_of(tx, known.id)
    if not hmac.compare_digest(now.encode(), given.secret.encode()):
        tx.execute(_GIVE, {"carrier": known.id, "given": given.secret, "before": now})
        tx.held.pop((_SIGNING, name), None)
        accounts.audit(tx, actor, "carrier_secret_changed", carrier=name)


def new_secret() -> str:
    """Make up a secret."""
    return secrets.token_hex(SECRET_BYTES)


def check_may_look_after(actor: Actor, right: Right = Right.RULE) -> None:
    """Refuse everybody but operators who have the ``right`` to it, and the system itself."""
    if actor.side not in {Side.OPERATOR, Side.SYSTEM}:
        raise NotYourCarriers
    check_role(actor, right)
