"""What kind a conversation is, as its case is, or as its first words sound.

Understanding words takes a millisecond, so a follower does it behind what is written.
"""

import asyncio

import msgspec

from shopbell.conversations import tending
from shopbell.conversations.model import ConversationId, TalkKind, Unsorted
from shopbell.desk.giving import serve_if_free
from shopbell.desk.model import TalkSorted
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import SYSTEM, ShopId
from shopbell.language.model import Matter, Topic
from shopbell.language.topics import matters

AT_ONCE = 20
"""So few are read at once: meanwhile nobody else of this process can think."""

_KINDS = {
    Topic.PRODUCT: TalkKind.QUESTION,
    Topic.LOGISTICS: TalkKind.LOGISTICS,
    Topic.RETURN: TalkKind.RETURN,
    Topic.AFTER_SALES: TalkKind.REPAIR,
    Topic.OTHER: TalkKind.OTHER,
}
_NO_REPAIR = {"manual", "howto"}
"""Questions after the sale that nothing has to be mended for."""


class _Said(msgspec.Struct, frozen=True):
    text: str = ""


Found = list[tuple[ConversationId, ShopId, TalkKind]]


async def follow(db: Database) -> int:
    """Sort the next few conversations; return 0 at the end."""
    unsorted = await db.read(tending.unsorted, AT_ONCE)
    if not unsorted:
        return 0
    found = await asyncio.to_thread(_sorted, unsorted)
    return await db.write(keep, found) if found else 0


def keep(tx: Tx, found: Found) -> int:
    """Note of which kind they are, and give out what waited for that to be known."""
    done = tending.sort(tx, [(talk, kind) for talk, _shop, kind in found])
    for talk, shop, kind in found:
        if talk in done:
            tx.announce(TalkSorted(conversation=talk, shop=shop, kind=kind, by=SYSTEM.id))
    for shop in sorted({shop for talk, shop, _kind in found if talk in done}):
        serve_if_free(tx, shop)
    return len(done)


def kind_of(words: str) -> TalkKind:
    """Return what kind of conversation begins with these words."""
    found = matters(words) if words else []
    return _kind(found[0]) if found else TalkKind.OTHER


def _kind(matter: Matter) -> TalkKind:
    if matter.sub in _NO_REPAIR:
        return TalkKind.QUESTION
    return _KINDS[matter.topic]


def _sorted(unsorted: list[Unsorted]) -> Found:
    return [(one.id, one.shop, kind_of(_first_words(one.data))) for one in unsorted]


def _first_words(data: str) -> str:
    """Return what was said; an entry that cannot be read is of no kind, and holds up nobody."""
    try:
        return msgspec.json.decode(data, type=_Said).text
    except msgspec.MsgspecError:
        return ""
