"""API keys: how the programs of a shop come in. Each function is one transaction."""

import re

from shopbell.accounts import audit, key_storage, model, standing, storage
from shopbell.accounts.model import ApiKey, KeyId, KeyMade, KeyRevoked, NewKey, Visit
from shopbell.accounts.refusals import AskedBefore, NoSuchKey, NotForYourRank, TooManyKeys
from shopbell.accounts.secret import digest, new_secret
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, Rank, ShopId, Side
from shopbell.kernel.ids import is_id, new_id

_OURS = re.compile(rf"{model.KEY_PREFIX}[\w-]{{43}}", re.ASCII)


def make(tx: Tx, actor: Actor, shop: ShopId, new: NewKey, secret: str | None = None) -> KeyMade:
    """Make a key for ``shop``; its secret is shown this once.

    A form that may be sent twice brings the ``secret`` it was given by `draw`, and gets the
    same key both times, unless that was revoked meanwhile or something else was asked for.
    """
    actor = standing.present(tx, actor, shop)
    if not model.may_make_key(actor, shop, new.rank):
        raise NotForYourRank
    name = model.checked_name(new.name)
    secret = secret if secret and _OURS.fullmatch(secret) else draw()
    if repeated := _repeated(tx, secret, (shop, actor.id, name, new.rank)):
        return KeyMade(repeated, secret)
    if len(key_storage.keys(tx, shop)) >= model.KEYS_PER_SHOP:
        raise TooManyKeys(most=model.KEYS_PER_SHOP)
    key = ApiKey(KeyId(new_id()), shop, name, new.rank, actor.id, tx.now)
    key_storage.add_key(tx, key, digest(secret))
    audit.record(tx, actor, "key_made", key=key.id, shop=shop, rank=new.rank)
    return KeyMade(key, secret)


def draw() -> str:
    """Return a secret for a key that may be made."""
    return model.KEY_PREFIX + new_secret()


def _repeated(tx: Tx, secret: str, wanted: tuple[ShopId, PersonId, str, Rank]) -> ApiKey | None:
    """Return the key this very request has made already."""
    known = key_storage.ever_key(tx, digest(secret))
    if known is None:
        return None
    key, opens = known
    if not opens or (key.shop, key.made_by, key.name, key.rank) != wanted:
        raise AskedBefore
    return key


def of_shop(tx: Tx, actor: Actor, shop: ShopId) -> list[ApiKey]:
    """List the keys of ``shop``, without their secrets."""
    _check_keeper(tx, actor, shop)
    return key_storage.keys(tx, shop)


def revoke(tx: Tx, actor: Actor, shop: ShopId, key: KeyId) -> None:
    """Make a key useless from now on."""
    actor = standing.present(tx, actor, shop)
    if not model.may_see_keys(actor, shop):
        raise NotForYourRank
    if not is_id(key) or not _revoke(tx, actor, shop, key):
        raise NoSuchKey


def revoke_made_by(tx: Tx, actor: Actor, shop: ShopId, maker: PersonId) -> None:
    """Make the keys useless that somebody made who leaves: they know the secrets."""
    for key in key_storage.keys(tx, shop):
        if key.made_by == maker:
            _revoke(tx, actor, shop, key.id)


def _revoke(tx: Tx, actor: Actor, shop: ShopId, key: KeyId) -> bool:
    """Revoke a key and tell of it; false if the shop has no such key."""
    if not key_storage.revoke_key(tx, shop, key):
        return False
    tx.announce(KeyRevoked(key=key, shop=shop))
    audit.record(tx, actor, "key_revoked", key=key, shop=shop)
    return True


def visit(tx: Tx, secret: str) -> Visit | None:
    """Say which shop's program holds this secret, and what it may do there."""
    key = key_storage.key(tx, digest(secret))
    return None if key is None else _visit(tx, key)


def visit_by_id(tx: Tx, actor: Actor) -> Visit | None:
    """Say what a program let in before may do now; None once its key is revoked."""
    kept = key_storage.keys(tx, actor.shop) if actor.shop else []
    return next((_visit(tx, key) for key in kept if str(key.id) == actor.id), None)


def _visit(tx: Tx, key: ApiKey) -> Visit:
    barred = standing.barred_now(tx, key.shop)
    actor = Actor(PersonId(key.id), Side.SELLER, key.shop, key.rank, key.name, barred=barred)
    return Visit(actor, fading=key.used_at is None or tx.now - key.used_at > model.NOTED_EVERY)


def _check_keeper(tx: Tx, actor: Actor, shop: ShopId) -> None:
    """Refuse all but people in the shop's staff who may: a key makes no keys."""
    if not model.may_see_keys(actor, shop) or storage.membership(tx, actor.id, shop) is None:
        raise NotForYourRank
