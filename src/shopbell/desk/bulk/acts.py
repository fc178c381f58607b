"""What each act does to one conversation, and how it is taken back."""

from collections.abc import Callable, Mapping
from uuid import UUID, uuid5

from shopbell.conversations import service as conversations
from shopbell.conversations import tending
from shopbell.conversations.commands import Append
from shopbell.conversations.model import Conversation, ConversationId, Stream, TalkKind
from shopbell.desk import service as desk
from shopbell.desk import snoozing, tagging
from shopbell.desk.bulk.model import (
    MOVES,
    TAKEN_BACK,
    Act,
    Bulk,
    DoAll,
    Item,
    TakenBack,
    tag_of,
)
from shopbell.desk.commands import Assign, Snooze, Sort
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor

Deed = Callable[[Tx, Actor, ConversationId, DoAll], object]


def do(tx: Tx, actor: Actor, bulk: Bulk, talk: ConversationId) -> None:
    """Do the act to one conversation."""
    asked = bulk.asked
    if asked.act in MOVES:
        cmid = str(uuid5(UUID(bulk.id), talk))
        conversations.append(tx, actor, Stream(talk), Append(cmid, asked.act, {}))
    else:
        _DEEDS[asked.act](tx, actor, talk, asked)


_DEEDS: Mapping[Act, Deed] = {
    Act.ASSIGN: lambda tx, actor, talk, asked: desk.assign(
        tx, actor, talk, Assign(asked.to or "", asked.over)
    ),
    Act.UNASSIGN: lambda tx, actor, talk, _asked: desk.unassign(tx, actor, talk),
    Act.TAG: lambda tx, actor, talk, asked: tagging.tag(tx, actor, talk, tag_of(asked)),
    Act.UNTAG: lambda tx, actor, talk, asked: tagging.untag(tx, actor, talk, tag_of(asked)),
    Act.SNOOZE: lambda tx, actor, talk, asked: snoozing.snooze(
        tx, actor, talk, Snooze(asked.until)
    ),
    Act.SORT: lambda tx, actor, talk, asked: desk.sort(
        tx, actor, talk, Sort(asked.kind or TalkKind.OTHER)
    ),
}


def take_back(tx: Tx, actor: Actor, asked: DoAll, item: Item, talk: Conversation) -> None:
    """Make one conversation what it was before, as far as the act has changed it."""
    was = item.was_tended
    match asked.act:
        case Act.RESOLVE | Act.NO_REPLY_NEEDED:
            conversations.take_back(tx, actor, talk, item.was, TAKEN_BACK, TakenBack(asked.act))
        case Act.ASSIGN | Act.UNASSIGN:
            _assign_back(tx, actor, talk, item)
        case Act.TAG if tag_of(asked) not in was.tags:
            tagging.untag(tx, actor, talk.id, tag_of(asked))
        case Act.UNTAG if tag_of(asked) in was.tags:
            tagging.tag(tx, actor, talk.id, tag_of(asked))
        case Act.SNOOZE if was.snoozed_until is None:
            snoozing.wake(tx, actor, talk.id)
        case Act.SORT if was.kind is not talk.kind:
            tending.tend(tx, actor, talk, TAKEN_BACK, TakenBack(asked.act), kind=was.kind)
        case _:
            pass


def stands(asked: DoAll, item: Item, talk: Conversation) -> bool:
    """Tell whether a conversation is still as the act left it."""
    match asked.act:
        case Act.RESOLVE | Act.NO_REPLY_NEEDED:
            return (talk.state, talk.last_seq) == (item.left.state, item.last_seq)
        case Act.ASSIGN:
            return talk.assignee == asked.to
        case Act.UNASSIGN:
            return talk.assignee is None
        case Act.SNOOZE:
            return talk.snoozed_until == asked.until
        case Act.SORT:
            return talk.kind is asked.kind
        case Act.TAG | Act.UNTAG:
            return (tag_of(asked) in talk.tags) is (asked.act is Act.TAG)


def _assign_back(tx: Tx, actor: Actor, talk: Conversation, item: Item) -> None:
    before = item.was_tended.assignee
    if before is None:
        desk.unassign(tx, actor, talk.id)
    else:
        desk.assign(tx, actor, talk.id, Assign(before, over=True))
