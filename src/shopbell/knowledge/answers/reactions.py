"""What public questions do when a thread changes."""

import msgspec

from shopbell.conversations.commands import DeleteData
from shopbell.conversations.model import Audience, EventAppended
from shopbell.engine.database import Reaction, Tx
from shopbell.knowledge.answers import storage


def drop_withdrawn(tx: Tx, fact: EventAppended) -> None:
    """Have a public question wait no more whose message its buyer took back."""
    if fact.event.type != "delete" or fact.stream.audience is not Audience.PUBLIC:
        return
    target = msgspec.json.decode(fact.event.data, type=DeleteData).target
    if asked := storage.asked_as(tx, fact.talk.id, target):
        storage.finish(tx, asked.id)


REACTIONS = (Reaction(EventAppended, drop_withdrawn),)
