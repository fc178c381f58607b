"""Every statement about the keys of programs, built once."""

from collections.abc import Iterable

from sqlalchemy import bindparam, insert, select, update

from shopbell.accounts.model import ApiKey, KeyId
from shopbell.accounts.tables import api_keys
from shopbell.engine.database import Tx
from shopbell.kernel.actor import ShopId

_KEY = (
    api_keys.c.id,
    api_keys.c.shop,
    api_keys.c.name,
    api_keys.c.rank,
    api_keys.c.made_by,
    api_keys.c.created_at,
    api_keys.c.used_at,
)
_ADD_KEY = insert(api_keys)
_VALID = api_keys.c.revoked_at.is_(None)
_KEYS = select(*_KEY).where(api_keys.c.shop == bindparam("shop"), _VALID).order_by(api_keys.c.id)
_KEY_BY_SECRET = select(*_KEY).where(api_keys.c.secret == bindparam("secret"), _VALID)
_EVER_KEY = select(*_KEY, api_keys.c.revoked_at).where(api_keys.c.secret == bindparam("secret"))
_KEYS_OPEN = select(api_keys.c.id).where(
    api_keys.c.id.in_(bindparam("ids", expanding=True)), _VALID
)
_USED = (
    update(api_keys).where(api_keys.c.id == bindparam("by_id")).values(used_at=bindparam("seen"))
)
_REVOKE = (
    update(api_keys)
    .where(api_keys.c.id == bindparam("by_id"), api_keys.c.shop == bindparam("by_shop"), _VALID)
    .values(revoked_at=bindparam("to_moment"))
)


def add_key(tx: Tx, key: ApiKey, secret: str) -> None:
    """Keep a new key."""
    row = {name: getattr(key, name) for name in key.__struct_fields__}
    tx.execute(_ADD_KEY, {**row, "secret": secret, "revoked_at": None})


def keys_open(tx: Tx, among: Iterable[KeyId]) -> set[str]:
    """Return which of some keys were not revoked."""
    return set(tx.execute(_KEYS_OPEN, {"ids": list(among)}).scalars())


def keys(tx: Tx, shop: ShopId) -> list[ApiKey]:
    """Return the keys that open something in a shop."""
    return [ApiKey(*row) for row in tx.execute(_KEYS, {"shop": shop})]


def key(tx: Tx, secret: str) -> ApiKey | None:
    """Return the key of a secret, unless it was revoked."""
    row = tx.execute(_KEY_BY_SECRET, {"secret": secret}).one_or_none()
    return None if row is None else ApiKey(*row)


def ever_key(tx: Tx, secret: str) -> tuple[ApiKey, bool] | None:
    """Return the key of a secret, and whether it opens anything still."""
    row = tx.execute(_EVER_KEY, {"secret": secret}).one_or_none()
    return None if row is None else (ApiKey(*row[:-1]), row[-1] is None)


def key_used(tx: Tx, key: KeyId) -> None:
    """Remember that a key was used just now."""
    tx.execute(_USED, {"by_id": key, "seen": tx.now})


def revoke_key(tx: Tx, shop: ShopId, key: KeyId) -> bool:
    """Revoke a key; false if the shop has no such key."""
    given = {"by_id": key, "by_shop": shop, "to_moment": tx.now}
    return tx.execute(_REVOKE, given).rowcount == 1
