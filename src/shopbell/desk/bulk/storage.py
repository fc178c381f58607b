"""Every statement about acts on many, built once when the module is imported."""

from sqlalchemy import bindparam, insert, select, update

from shopbell.conversations.model import ConversationId
from shopbell.desk.bulk.model import Bulk, BulkId, Item
from shopbell.desk.bulk.tables import bulks, items
from shopbell.engine.tables import Session
from shopbell.kernel.actor import PersonId

_b, _i = bulks.c, items.c
_BULK = [_b[name] for name in Bulk.__struct_fields__]
_ITEM = [_i[name] for name in Item.__struct_fields__]
_ADD, _ADD_ITEM = insert(bulks), insert(items)
_ONE = select(*_BULK).where(_b.id == bindparam("of_bulk"))
_ASKED = select(*_BULK).where(_b.person == bindparam("by"), _b.key == bindparam("under"))
_OF_ITEM = (_i.bulk == bindparam("of_bulk"), _i.talk == bindparam("of_talk"))
_ITEM_OF = select(*_ITEM).where(*_OF_ITEM)
_TALKS = select(_i.talk).where(_i.bulk == bindparam("of_bulk")).order_by(_i.talk)
_UNDO = update(items).where(*_OF_ITEM).values(undone=True)


def add(tx: Session, bulk: Bulk) -> None:
    """Keep a new command."""
    tx.execute(_ADD, {name: getattr(bulk, name) for name in bulk.__struct_fields__})


def bulk(tx: Session, bulk: BulkId) -> Bulk | None:
    """Return a command by its id."""
    row = tx.execute(_ONE, {"of_bulk": bulk}).one_or_none()
    return None if row is None else Bulk(**row._mapping)  # noqa: SLF001 - the public name


def asked(tx: Session, person: PersonId, key: str) -> Bulk | None:
    """Return what somebody asked for under their own name for it."""
    row = tx.execute(_ASKED, {"by": person, "under": key}).one_or_none()
    return None if row is None else Bulk(**row._mapping)  # noqa: SLF001 - the public name


def add_item(tx: Session, item: Item) -> None:
    """Keep what was done to one conversation."""
    tx.execute(_ADD_ITEM, {name: getattr(item, name) for name in item.__struct_fields__})


def item(tx: Session, bulk: BulkId, talk: ConversationId) -> Item | None:
    """Return what was done to one conversation, if anything was."""
    row = tx.execute(_ITEM_OF, {"of_bulk": bulk, "of_talk": talk}).one_or_none()
    return None if row is None else Item(**row._mapping)  # noqa: SLF001 - the public name


def talks(tx: Session, bulk: BulkId) -> list[ConversationId]:
    """List the conversations to which something was done."""
    return list(tx.execute(_TALKS, {"of_bulk": bulk}).scalars())


def undo(tx: Session, bulk: BulkId, talk: ConversationId) -> None:
    """Note that what was done to one conversation was taken back."""
    tx.execute(_UNDO, {"of_bulk": bulk, "of_talk": talk})
