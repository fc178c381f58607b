"""How the rooms above put entries of their own into a thread: a step of a case, for one."""

from collections.abc import Collection
from typing import Any

import msgspec

from shopbell.conversations import shelves, storage
from shopbell.conversations.clocks import show_buyer
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
    OpenCases,
    Stream,
)
from shopbell.conversations.refusals import (
    ConversationClosed,
    IdempotencyConflict,
    NoSuchAttachment,
)
from shopbell.conversations.targets.winding import follow
from shopbell.conversations.thread import add_event, move
from shopbell.conversations.turns import CASE_ASKS, CASE_RESTS, FLOW, SPEAKS, State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Side


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
    asks: bool,
    files: Collection[AttachmentId] = (),
) -> Event:
    """Tell of a step of a case, which has asked its own rule who may take it.

    A shop that acts has answered, as by words; a buyer takes a settled matter up again only if
    the step ``asks`` the shop to act. Both sides may open the ``files`` from then on.
    """
    talk = storage.get(tx, stream.conversation, hold=True)
    if talk.state is State.CLOSED:
        raise ConversationClosed
    changes: Changes = {}
    if stream.audience is Audience.PUBLIC:
        talk, changes = _spoken(tx, talk, actor, asks=asks)
    told = fingerprint(CASE, command) if command else None
    _talk, event = add_event(
        tx, talk, stream, actor, CASE, data, cmid=cmid, payload_hash=told, **changes
    )
    shelves.show(tx, files, event.seq)
    return event


def post_line(tx: Tx, stream: Stream, kind: str, data: msgspec.Struct) -> Event:
    """Put a line of the house into a stream: nobody's words, and it moves nothing."""
    talk = storage.get(tx, stream.conversation, hold=True)
    return add_event(tx, talk, stream, SYSTEM, kind, data)[1]


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


def files_by(tx: Tx, person: PersonId, named: Collection[str]) -> list[Attachment]:
    """Return those of the named files that ``person`` uploaded and that are still kept."""
    return shelves.files_by(tx, person, named) if named else []


def count_cases(tx: Tx, talk: ConversationId, cases: OpenCases, *, called: bool) -> None:
    """Note what the open cases of a conversation wait for, and let its turn follow.

    The operator lets go of what no case has ``called`` them for any more.
    """
    found = storage.get(tx, talk, hold=True)
    changes: Changes = msgspec.structs.asdict(cases)
    counted = msgspec.structs.replace(found, **changes)
    released = found.state is State.WAITING_OPERATOR and not (called or found.asked)
    changes |= (
        move(tx, counted, SYSTEM, _asks_or_rests(counted)) if released else _follow(tx, counted)
    )
    changes |= follow(tx, msgspec.structs.replace(counted, **changes))
    if msgspec.structs.replace(counted, **changes) != found:
        storage.change(tx, found, **changes)


def call_operator(tx: Tx, talk: ConversationId) -> None:
    """Hand a conversation to the operator, if that is a move from where it stands."""
    _turn(tx, storage.get(tx, talk, hold=True), "escalate")


def open_for_case(tx: Tx, talk: ConversationId) -> None:
    """Bring a conversation before the shop in which the system opens a case by itself."""
    found = storage.get(tx, talk, hold=True)
    if found.state in {State.NEW, State.RESOLVED}:
        _turn(tx, found, CASE_ASKS, channel=Channel.MESSAGE)


def _turn(tx: Tx, talk: Conversation, action: str, **changes: Any) -> None:  # noqa: ANN401
    if _leads(talk, SYSTEM, action):
        talk = msgspec.structs.replace(talk, **changes)
        storage.change(tx, talk, **changes, **move(tx, talk, SYSTEM, action))


def _spoken(
    tx: Tx, talk: Conversation, actor: Actor, *, asks: bool
) -> tuple[Conversation, Changes]:
    """Return the conversation taken up again if need be, and what speaking changes about it."""
    changes: Changes = {}
    if asks and talk.state is State.RESOLVED and actor.side is Side.BUYER:
        talk = reopen(tx, talk)
        changes |= move(tx, talk, SYSTEM, CASE_ASKS)
    if actor.side is not Side.BUYER:
        changes |= show_buyer(tx, talk)
    if actor.side is not Side.SELLER:
        changes["seller_unread"] = talk.seller_unread + 1
    says = SPEAKS.get(actor.side)
    answers = actor.side is Side.SELLER or (actor.side is Side.OPERATOR and talk.asked)
    if says and answers and _leads(talk, actor, says):
        changes |= move(tx, msgspec.structs.replace(talk, **changes), actor, says)
        changes |= _follow(tx, msgspec.structs.replace(talk, **changes))
    return talk, changes


def _follow(tx: Tx, talk: Conversation) -> Changes:
    """Let the turn follow what the cases wait for, unless words wait for the shop."""
    action = _asks_or_rests(talk)
    stays = talk.state in {State.RESOLVED, State.WAITING_OPERATOR}
    if talk.asked or stays or not _leads(talk, SYSTEM, action):
        return {}
    return move(tx, talk, SYSTEM, action)


def _asks_or_rests(talk: Conversation) -> str:
    return CASE_ASKS if talk.seller_cases else CASE_RESTS


def _leads(talk: Conversation, actor: Actor, action: str) -> bool:
    return any(step.action == action for step in FLOW.options(talk.state, actor.side))
