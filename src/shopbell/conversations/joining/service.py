"""What a shop does with conversations that are one, or two. Each function is one transaction."""

from datetime import timedelta
from operator import itemgetter
from typing import Any

from msgspec.structs import replace

from shopbell.conversations import service as conversations
from shopbell.conversations import storage as talks
from shopbell.conversations.about import Found, about_subject
from shopbell.conversations.clocks import watch
from shopbell.conversations.joining import storage
from shopbell.conversations.joining.model import (
    JOIN_UNDONE,
    MERGED_INTO,
    SPLIT_INTO,
    SPLIT_MOST,
    UNDONE_WITHIN,
    Glance,
    Join,
    Joined,
    JoinId,
    JoinKind,
    JoinUndone,
    Merge,
    Split,
    TalksJoined,
)
from shopbell.conversations.joining.refusals import (
    BothHaveCases,
    MergedWithItself,
    NoSuchJoin,
    NothingToSplit,
    NotOneBuyers,
    OnlyTheShopSorts,
    SplitIntoItself,
    TooLateToTakeApart,
)
from shopbell.conversations.model import (
    MERGED_FROM,
    SPLIT_FROM,
    Conversation,
    ConversationId,
    Stream,
    Wound,
)
from shopbell.conversations.refusals import ConversationClosed, IdempotencyConflict
from shopbell.conversations.targets import winding
from shopbell.conversations.thread import add_event, move, move_back
from shopbell.conversations.turns import FIRST_LOOK, FLOW, MERGE, TAKE_IN, State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.likeness import like

HOUR = timedelta(hours=1)


def merge(tx: Tx, actor: Actor, talk: ConversationId, asked: Merge) -> Join:
    """Let two conversations go on in one: the later is closed, unless it alone has open cases.

    Whoever waits in it goes on waiting in the other, since the same moment.
    """
    pair = [_own(tx, actor, one) for one in (talk, ConversationId(asked.other))]
    if again := _again(tx, actor, asked.key, JoinKind.MERGE, {one.id for one in pair}):
        return again
    target, source = _told_apart(*pair)
    source, target = (talks.get(tx, one.id, hold=True) for one in (source, target))
    _check_merges(actor, source, target)
    return _join(tx, actor, JoinKind.MERGE, asked.key, source, target, first=1, last=source.head)


def split(tx: Tx, actor: Actor, talk: ConversationId, asked: Split) -> Join:
    """Let a part of a conversation go on in one about another subject, new or open already."""
    source = _own(tx, actor, talk, hold=True)
    if again := _again(tx, actor, asked.key, JoinKind.SPLIT, {source.id}):
        return again
    if source.state is State.CLOSED:
        raise ConversationClosed
    _check_part(tx, source, asked)
    target = _about(tx, actor, source, asked)
    return _join(
        tx, actor, JoinKind.SPLIT, asked.key, source, target, first=asked.first, last=asked.last
    )


def undo(tx: Tx, actor: Actor, join: JoinId) -> Join:
    """Take a merge or a split back, as long as nobody has written or acted in either since."""
    found = storage.join(tx, join)
    if found is None or not actor.works_for(found.shop):
        raise NoSuchJoin
    source = talks.get(tx, found.source, hold=True)
    target = talks.get(tx, found.target, hold=True)
    found = storage.join(tx, join) or found  # somebody may have undone it while we waited
    if found.undone_at is not None:
        return found
    _check_untouched(tx, found, source, target)
    _part(tx, actor, found, source, target)
    storage.undo(tx, join)
    tx.announce(JoinUndone(found.id, found.kind, found.source, found.target, actor.id))
    return replace(found, undone_at=tx.now)


def _own(tx: Tx, actor: Actor, talk: ConversationId, *, hold: bool = False) -> Conversation:
    found = conversations.entered(tx, actor, Stream(talk), hold=hold)
    if actor.side is not Side.SELLER:
        raise OnlyTheShopSorts
    return found


def _again(
    tx: Tx, actor: Actor, key: str, kind: JoinKind, among: set[ConversationId]
) -> Join | None:
    """Return what this very command did before; refuse another one under its name."""
    found = storage.asked(tx, actor.id, key)
    if found and not (found.kind is kind and among <= {found.source, found.target}):
        raise IdempotencyConflict
    return found


def _told_apart(one: Conversation, other: Conversation) -> tuple[Conversation, Conversation]:
    """Return which of two stays and which is closed: the later, unless it alone has cases."""
    earlier, later = sorted((one, other), key=lambda talk: talk.id)
    stays_later = later.open_cases and not earlier.open_cases
    return (later, earlier) if stays_later else (earlier, later)


def _check_merges(actor: Actor, source: Conversation, target: Conversation) -> None:
    if source.id == target.id:
        raise MergedWithItself
    if (source.buyer, source.shop) != (target.buyer, target.shop):
        raise NotOneBuyers
    FLOW.step(target.state, MERGE, actor.side)
    FLOW.step(source.state, MERGE, actor.side)
    if source.open_cases:
        raise BothHaveCases


def _check_part(tx: Tx, source: Conversation, asked: Split) -> None:
    apart = asked.last - asked.first
    if not (0 <= apart < SPLIT_MOST and asked.first >= 1 and asked.last <= source.head):
        raise NothingToSplit(most=SPLIT_MOST)
    part = talks.after(tx, Stream(source.id), asked.first - 1, apart + 1, unveil=False)
    if not any(event.type == "message" for event in part):
        raise NothingToSplit(most=SPLIT_MOST)


def _about(tx: Tx, actor: Actor, source: Conversation, asked: Split) -> Conversation:
    """Return the conversation about another subject, opened if need be."""
    found = about_subject(tx, actor, asked.subject)
    buyer = found.buyer or source.buyer
    if (buyer, found.shop.id) != (source.buyer, source.shop):
        raise NotOneBuyers
    if (found.card.kind, found.card.id) == (source.subject.kind, source.subject.id):
        raise SplitIntoItself
    latest = talks.latest_about(tx, buyer, source.shop, found.card)
    if latest is not None and latest.state is not State.CLOSED:
        return talks.get(tx, latest.id, hold=True)
    return _open(tx, source, found)


def _open(tx: Tx, source: Conversation, found: Found) -> Conversation:
    talk = Conversation.about(
        found.card,
        buyer=(source.buyer, source.buyer_name),
        shop=(source.shop, source.shop_slug, source.shop_name),
        locale=source.locale,
        now=tx.now,
        linked_from=source.id,
    )
    talks.add(tx, talk)
    return add_event(tx, talk, Stream(talk.id), SYSTEM, "subject", found.card)[0]


def _join(  # noqa: PLR0917 - a join has these parts
    tx: Tx,
    actor: Actor,
    kind: JoinKind,
    key: str,
    source: Conversation,
    target: Conversation,
    *,
    first: int,
    last: int,
) -> Join:
    """Tell both threads of a join, close the source of a merge, and keep what undoes it."""
    closed = _closed(tx, actor, source, target) if kind is JoinKind.MERGE else {}
    made = JoinId(new_id())
    into, out_of = _TOLD[kind]
    here = Joined(made, target.id, target.subject, first, last)
    left, _event = add_event(tx, source, Stream(source.id), actor, into, here, **closed)
    taken = _taken_in(tx, source, target)
    there = Joined(made, source.id, source.subject, first, last, asks=source.asked)
    grown, _event = add_event(tx, target, Stream(target.id), actor, out_of, there, **taken)
    join = Join(
        id=made,
        kind=kind,
        shop=source.shop,
        source=source.id,
        target=target.id,
        by=actor.id,
        key=key,
        at=tx.now,
        first=first,
        last=last,
        source_was=like(Wound, source),
        target_was=like(Wound, target),
        source_left=Glance.at(left),
        target_left=Glance.at(grown),
    )
    storage.add(tx, join)
    tx.announce(TalksJoined(join.id, kind, source.id, target.id, actor.id))
    return join


_TOLD = {
    JoinKind.MERGE: (MERGED_INTO, MERGED_FROM),
    JoinKind.SPLIT: (SPLIT_INTO, SPLIT_FROM),
}


def _closed(tx: Tx, actor: Actor, source: Conversation, target: Conversation) -> dict[str, Any]:
    return {**move(tx, source, actor, MERGE), "merged_into": target.id}


def _taken_in(tx: Tx, source: Conversation, target: Conversation) -> dict[str, Any]:
    """Return what changes about the target: it waits for the shop since the source did."""
    if not source.asked and target.state is not State.NEW:
        return {}
    changes: dict[str, Any] = {}
    if _leads(target):
        changes = move(tx, target, SYSTEM, TAKE_IN)
    elif target.state is not State.WAITING_SELLER:
        return {}
    if not source.asked:
        return changes
    unread = max(target.seller_unread, source.seller_unread)
    changes |= {**_earlier_clocks(source, target), "seller_unread": unread}
    changes |= winding.take_over(tx, replace(target, **changes), source)
    return changes | watch(tx, target, tx.now + FIRST_LOOK)


def _leads(target: Conversation) -> bool:
    return any(step.action == TAKE_IN for step in FLOW.options(target.state, Side.SYSTEM))


def _earlier_clocks(source: Conversation, target: Conversation) -> dict[str, Any]:
    """Return of two promises the one that is due first, and of two rounds the older."""
    running = [(talk.due_at, talk) for talk in (source, target) if talk.due_at is not None]
    first = min(running, key=itemgetter(0), default=(None, target))[1]
    rounds = [talk.round_since for talk in (source, target) if talk.round_since is not None]
    return {
        "due_at": first.due_at,
        "due_since": first.due_since,
        "breaches": first.breaches,
        "round_since": min(rounds, default=None),
    }


def _check_untouched(tx: Tx, join: Join, source: Conversation, target: Conversation) -> None:
    written = (Glance.at(source), Glance.at(target)) != (join.source_left, join.target_left)
    if written or tx.now > join.at + UNDONE_WITHIN:
        raise TooLateToTakeApart(hours=UNDONE_WITHIN // HOUR)


def _part(tx: Tx, actor: Actor, join: Join, source: Conversation, target: Conversation) -> None:
    """Give each conversation back the turn and the clocks it had, and say so in both."""
    back: dict[str, Any] = {}
    if join.kind is JoinKind.MERGE:
        back = move_back(tx, source, actor, join.source_was, target.clocks) | {"merged_into": None}
    here = Joined(join.id, target.id, target.subject, join.first, join.last)
    add_event(tx, source, Stream(source.id), actor, JOIN_UNDONE, here, **back)
    begun = join.target_was.state is State.NEW  # what it was opened for goes on where it was
    there = Joined(join.id, source.id, source.subject, join.first, join.last)
    back = (
        _closed(tx, actor, target, source)
        if begun
        else move_back(tx, target, actor, join.target_was)
    )
    add_event(tx, target, Stream(target.id), actor, JOIN_UNDONE, there, **back)
