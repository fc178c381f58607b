"""Keys of one's own: which lies where, and whether single letters do anything. One each."""

from shopbell.desk.service import shop_of
from shopbell.desk.together import storage
from shopbell.desk.together.model import Keys, check_keys
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor


def laid(tx: Tx, actor: Actor) -> Keys:
    """Return by which keys somebody works."""
    shop_of(actor)
    return storage.keys_of(tx, actor.id)


def lay(tx: Tx, actor: Actor, wanted: Keys) -> None:
    """Have somebody work by these keys, on every device."""
    shop_of(actor)
    storage.keep_keys(tx, actor.id, check_keys(wanted))


def reset(tx: Tx, actor: Actor) -> None:
    """Let the keys lie where the desk has them."""
    shop_of(actor)
    storage.drop_keys(tx, actor.id)
