"""How the rooms above put entries of their own into a thread: a step of a case, for one."""

from collections.abc import Collection
from typing import Any

import msgspec

from shopbell.conversations import shelves, storage
from shopbell.conversations.entries import Changes, fingerprint, reopen
from shopbell.conversations.model import (
    CASE,
    Attachment,
    AttachmentId,
    Audience,
    Channel,
    Conversation,
    ConversationId,
    Event,
    Stream,
)
from shopbell.conversations.refusals import (
    ConversationClosed,
    IdempotencyConflict,
    NoSuchAttachment,
)
from shopbell.conversations.thread import add_event, answered, move
from shopbell.conversations.turns import AWAITS, FLOW, SPEAKS, State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Side


def repeated(
    tx: Tx, actor: Actor, stream: Stream, cmid: str, command: msgspec.Struct
) -> Event | None:
    """Find the entry that this very ``command`` left before; refuse another under its name."""
    earlier = storage.by_cmid(tx, stream, actor.id, cmid)
    if earlier is None:
        return None
    _id, seq, _at, payload_hash = earlier
    if payload_hash != fingerprint(CASE, command):
        raise IdempotencyConflict
    found = storage.by_seq(tx, stream, seq)
    return found[0] if found else None


def post_case(  # noqa: PLR0917 - an entry has these parts
    tx: Tx,
    actor: Actor,
    stream: Stream,
    data: msgspec.Struct,
    cmid: str | None = None,
    command: msgspec.Struct | None = None,
    *,
    turn: Side | None,
    files: Collection[AttachmentId] = (),
) -> Event:
    """Tell of a step of a case, which has asked its own rule who may take it.

    A shop that acts has answered, as by words; a buyer has asked only if the shop must act now,
    that is, if it is its ``turn``. What goes on by itself hands the turn over likewise.
    Both sides may open the ``files`` from then on.
    """
    talk = storage.get(tx, stream.conversation, hold=True)
    if talk.state is State.CLOSED:
        raise ConversationClosed
    changes: Changes = {}
    if stream.audience is Audience.PUBLIC:
        talk, changes = _spoken(tx, talk, actor, turn)
    told = fingerprint(CASE, command) if command else None
    _talk, event = add_event(
        tx, talk, stream, actor, CASE, data, cmid=cmid, payload_hash=told, **changes
    )
    shelves.show(tx, files, event.seq)
    return event


def files_of(
    tx: Tx, actor: Actor, talk: ConversationId, named: Collection[str]
) -> list[Attachment]:
    """Return files that ``actor`` uploaded into a conversation; refuse any others."""
    found = own_files(tx, actor, talk, named)
    if len(found) < len(set(named)):
        raise NoSuchAttachment
    return found


def own_files(
    tx: Tx, actor: Actor, talk: ConversationId, named: Collection[str]
) -> list[Attachment]:
    """Return those of the named files that ``actor`` uploaded into a conversation."""
    return shelves.files(tx, talk, actor.id, named) if named else []


def count_cases(tx: Tx, talk: ConversationId, *, open_cases: int, seller_cases: int) -> None:
    """Note how many cases are open in a conversation, and how many of them wait for the shop."""
    found = storage.get(tx, talk, hold=True)
    if (found.open_cases, found.seller_cases) != (open_cases, seller_cases):
        storage.change(tx, found, open_cases=open_cases, seller_cases=seller_cases)


def call_operator(tx: Tx, talk: ConversationId) -> None:
    """Hand a conversation to the operator, if that is a move from where it stands."""
    _turn(tx, storage.get(tx, talk, hold=True), "escalate")


def open_for_case(tx: Tx, talk: ConversationId) -> None:
    """Bring a conversation before the shop in which the system opens a case by itself."""
    _turn(tx, storage.get(tx, talk, hold=True), "open_case", channel=Channel.MESSAGE)


def _turn(tx: Tx, talk: Conversation, action: str, **changes: Any) -> None:  # noqa: ANN401
    if _leads(talk, SYSTEM, action):
        talk = msgspec.structs.replace(talk, **changes)
        storage.change(tx, talk, **changes, **move(tx, talk, SYSTEM, action))


def _spoken(
    tx: Tx, talk: Conversation, actor: Actor, turn: Side | None
) -> tuple[Conversation, Changes]:
    """Return the conversation taken up again if need be, and what speaking changes about it."""
    asks = turn is Side.SELLER
    if asks and talk.state is State.RESOLVED and actor.side is Side.BUYER:
        talk = reopen(tx, talk)
    changes: Changes = {}
    if actor.side is not Side.BUYER:
        changes["buyer_unread"] = talk.buyer_unread + 1
    if actor.side is not Side.SELLER:
        changes["seller_unread"] = talk.seller_unread + 1
    if actor.side is Side.BUYER and not asks:
        return talk, changes
    says = _handed_on(talk, turn) if actor.side is Side.SYSTEM else SPEAKS.get(actor.side)
    if says and _leads(talk, actor, says):
        answered(tx, talk, actor, talk.channel)
        changes |= move(tx, talk, actor, says)
    return talk, changes


def _handed_on(talk: Conversation, turn: Side | None) -> str | None:
    """Return the move by which the turn goes to a side; words of a buyer's still want an answer."""
    return None if turn is talk.last_side is Side.BUYER else AWAITS.get(turn) if turn else None


def _leads(talk: Conversation, actor: Actor, action: str) -> bool:
    return any(step.action == action for step in FLOW.options(talk.state, actor.side))
