"""One act on many: each conversation is a transaction of its own, so that none waits for all."""

from datetime import timedelta

from shopbell.conversations import tending
from shopbell.conversations.model import ConversationId, Tended, Wound
from shopbell.conversations.refusals import IdempotencyConflict
from shopbell.desk import storage as desk
from shopbell.desk.bulk import acts, storage
from shopbell.desk.bulk.model import NEEDS, SHARES, UNDONE_WITHIN, Bulk, BulkId, DoAll, Item
from shopbell.desk.bulk.refusals import ActNeedsMore, ChangedSince, NoSuchBulk, TooLateToUndo
from shopbell.desk.service import shop_of
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.likeness import like


def begin(tx: Tx, actor: Actor, asked: DoAll) -> Bulk:
    """Keep a command for many; the same again is the same one, unless it is another shop's."""
    shop, again = shop_of(actor), storage.asked(tx, actor.id, asked.key)
    if again is not None:
        if again.shop != shop or again.fingerprint != asked.fingerprint:
            raise IdempotencyConflict
        return again
    needed = NEEDS.get(asked.act)
    if needed and getattr(asked, needed) is None:
        raise ActNeedsMore(needed=needed)
    bulk = Bulk(
        id=BulkId(new_id()),
        shop=shop,
        person=actor.id,
        key=asked.key,
        asked=asked,
        fingerprint=asked.fingerprint,
        at=tx.now,
    )
    storage.add(tx, bulk)
    return bulk


def do(tx: Tx, actor: Actor, bulk: Bulk, talk: ConversationId) -> None:
    """Do the act to one conversation, once, and keep how it was before."""
    _hold_rule(tx, bulk)
    before = tending.of_team(tx, actor, talk)
    if storage.item(tx, bulk.id, talk) is not None:
        return
    acts.do(tx, actor, bulk, talk)
    after = tending.held(tx, talk)
    item = Item(
        bulk=bulk.id,
        talk=talk,
        was=like(Wound, before),
        was_tended=like(Tended, before),
        left=like(Wound, after),
        last_seq=after.last_seq,
    )
    storage.add_item(tx, item)


def begin_undo(tx: Tx, actor: Actor, bulk: BulkId) -> tuple[Bulk, list[ConversationId]]:
    """Return a command of one's own, as long as it can be taken back, and what it did."""
    found = storage.bulk(tx, bulk) if is_id(bulk) else None
    if found is None or found.person != actor.id or found.shop != shop_of(actor):
        raise NoSuchBulk
    if tx.now > found.at + UNDONE_WITHIN:
        raise TooLateToUndo(minutes=UNDONE_WITHIN // timedelta(minutes=1))
    return found, storage.talks(tx, bulk)


def undo(tx: Tx, actor: Actor, bulk: Bulk, talk: ConversationId) -> None:
    """Take back what was done to one conversation, unless somebody has changed it since."""
    _hold_rule(tx, bulk)
    found = tending.of_team(tx, actor, talk)
    item = storage.item(tx, bulk.id, talk)
    if item is None or item.undone:
        return
    if not acts.stands(bulk.asked, item, found):
        raise ChangedSince
    acts.take_back(tx, actor, bulk.asked, item, found)
    storage.undo(tx, bulk.id, talk)


def _hold_rule(tx: Tx, bulk: Bulk) -> None:
    """Hold the shop's rule before a conversation, as whoever gives out its work does."""
    if bulk.asked.act in SHARES:
        desk.held_rule(tx, bulk.shop)
