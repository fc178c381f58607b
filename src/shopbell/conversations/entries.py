"""What each type of entry needs, checks and changes. To add one: its data, and a line below."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import UNSET

from shopbell.accounts.blocks.service import check_may_write
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_role
from shopbell.conversations import shelves, storage, veiling
from shopbell.conversations.calling import ColleaguesCalled, Why, colleagues
from shopbell.conversations.clocks import show_buyer
from shopbell.conversations.commands import (
    DATA,
    EDIT_WITHIN,
    NOTES_DATA,
    Append,
    Appended,
    Corrected,
    DeleteData,
    EditData,
    MessageData,
    MoveData,
    Named,
    Noted,
    NoteData,
    Said,
)
from shopbell.conversations.model import Audience, Channel, Conversation, Event, Stream
from shopbell.conversations.naming import Between, confirmed
from shopbell.conversations.refusals import (
    ConversationClosed,
    EntryMalformed,
    IdempotencyConflict,
    MessageWithdrawn,
    NoSuchAttachment,
    NoSuchEntry,
    NothingSaid,
    NotYourMessage,
    ReadOnlyHere,
    TooLateToEdit,
    TooSoonToEscalate,
    UnknownEntryType,
)
from shopbell.conversations.thread import add_event, join_words, move, preview
from shopbell.conversations.tone import SpokeRudely, Tone, tone_of
from shopbell.conversations.translation.storage import forget as forget_translations
from shopbell.conversations.turns import FLOW, SPEAKS, State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Side

Changes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants to add an entry of which type, and where."""

    actor: Actor
    talk: Conversation
    stream: Stream
    kind: str


def same_again(tx: Tx, actor: Actor, stream: Stream, command: Append) -> Appended | None:
    """Find the entry that this very command made before; refuse another one under its name."""
    earlier = storage.by_cmid(tx, stream, actor.id, command.cmid)
    if earlier is None:
        return None
    event_id, seq, at, payload_hash = earlier
    if payload_hash != fingerprint(command.type, understood(stream, command)):
        raise IdempotencyConflict
    return Appended(command.cmid, event_id, seq, at, replayed=True)


def enter(tx: Tx, actor: Actor, talk: Conversation, stream: Stream, command: Append) -> Event:
    """Check a new entry, write it, and let it change the conversation.

    Whatever refuses stands in front of whatever writes: a refusal then needs no rolling back.
    """
    data = understood(stream, command)
    if actor.barred or actor.side is Side.OPERATOR:
        _check_speaks(actor, talk, data)
    if actor.side is Side.OPERATOR and stream.audience is Audience.NOTES:
        raise ReadOnlyHere
    if talk.state is State.CLOSED:
        raise ConversationClosed
    shown, changes = _CHECKS[type(data)](tx, Asked(actor, talk, stream, command.type), data)
    _talk, event = add_event(
        tx,
        storage.get(tx, talk.id, hold=True),
        stream,
        actor,
        command.type,
        shown,
        cmid=command.cmid,
        payload_hash=fingerprint(command.type, data),
        target=data.target if isinstance(data, EditData) else None,
        **changes,
    )
    return event


def _check_speaks(actor: Actor, talk: Conversation, data: msgspec.Struct) -> None:
    """Refuse words of who is blocked, except to the operator, and deeds of who only looks on.

    A block leaves everything that is no words to others, as calling the operator.
    """
    check_role(actor, Right.DECIDE)
    if isinstance(data, MessageData | EditData) and talk.state is not State.WAITING_OPERATOR:
        unasked = actor.side is Side.SELLER and talk.state in {State.NEW, State.RESOLVED}
        check_may_write(actor, first=unasked)


def understood(stream: Stream, command: Append) -> msgspec.Struct:
    """Read an entry's data as its type asks, in the form it is kept; or refuse it."""
    kinds = DATA if stream.audience is Audience.PUBLIC else NOTES_DATA
    kind = kinds.get(command.type)
    if kind is None:
        raise UnknownEntryType(type=command.type)
    try:
        data = msgspec.convert(command.data, kind)
    except msgspec.ValidationError as error:
        raise EntryMalformed(reason=str(error)) from None
    if isinstance(data, MessageData | EditData | NoteData):
        return msgspec.structs.replace(data, text=join_words(data.text))
    return data


def fingerprint(kind: str, data: msgspec.Struct) -> bytes:
    """Return the SHA-256 by which a repeated command is told from a changed one."""
    return sha256(kind.encode() + b"\0" + msgspec.json.encode(data, order="deterministic")).digest()


def reopen(tx: Tx, talk: Conversation) -> Conversation:
    """Let a buyer's message take up a resolved matter again, as long as it is not closed."""
    return add_event(tx, talk, Stream(talk.id), SYSTEM, "reopened", MoveData())[0]


def _say(tx: Tx, asked: Asked, data: MessageData) -> tuple[msgspec.Struct, Changes]:
    actor, talk = asked.actor, asked.talk
    named = list(dict.fromkeys(data.attachments))
    files = shelves.files(tx, talk.id, actor.id, named) if named else []
    if len(files) != len(named):
        raise NoSuchAttachment
    if not data.text and not files:
        raise NothingSaid
    spoken = data.automatic is not True or talk.state is State.NEW
    if spoken and talk.state is State.RESOLVED and actor.side is Side.BUYER:
        talk = reopen(tx, talk)
    changes = _turned(tx, talk, actor, data.channel) if spoken else {}
    text, hidden = veiling.said(tx, actor, asked.stream, talk.head + 1, data.text)
    row = _row_after(tx, talk, actor, text or files[0].name)
    shelves.show(tx, [file.id for file in files], talk.head + 1)
    tone = _heard(tx, asked, data.text, talk.head + 1)
    facts = confirmed(tx, actor, Between.of(talk), text, data.facts) if data.facts else UNSET
    said = Said(text, files, data.channel, data.automatic, tone, hidden, facts)
    return said, {**changes, **row}


def _heard(tx: Tx, asked: Asked, text: str, seq: int) -> Tone | msgspec.UnsetType:
    """Return the tone of message ``seq``; what is abusive is announced, and kept as any."""
    actor, talk = asked.actor, asked.talk
    tone = tone_of(actor.side, text)
    if tone:
        tx.announce(
            SpokeRudely(
                conversation=talk.id, shop=talk.shop, author=actor.id, side=actor.side, seq=seq
            )
        )
    return tone


def _turned(tx: Tx, talk: Conversation, actor: Actor, channel: Channel) -> Changes:
    """Return what a person's words change about the turn; a machine's never stop a clock."""
    if actor.side is Side.BUYER:
        talk = msgspec.structs.replace(talk, channel=channel)
    return {**move(tx, talk, actor, SPEAKS[actor.side]), "channel": talk.channel}


def _row_after(tx: Tx, talk: Conversation, actor: Actor, text: str) -> Changes:
    """Return what a message changes in the inbox: the last words, and who has them unread."""
    changes: Changes = {
        "last_at": max(tx.now, talk.last_at),
        "last_seq": talk.head + 1,
        "last_side": actor.side,
        "last_text": preview(text),
    }
    if actor.side is not Side.BUYER:
        changes |= show_buyer(tx, talk)
    if actor.side is not Side.SELLER:
        changes["seller_unread"] = talk.seller_unread + 1
    return changes


def _note(tx: Tx, asked: Asked, data: NoteData) -> tuple[msgspec.Struct, Changes]:
    if asked.actor.side is not Side.SELLER:
        raise ReadOnlyHere
    if not data.text:
        raise NothingSaid
    if not data.mentions:
        return Noted(data.text), {}
    called = colleagues(tx, asked.actor, asked.talk.shop, data.mentions)
    _call(tx, asked, called)
    return Noted(data.text, called), {}


def _call(tx: Tx, asked: Asked, called: list[Named]) -> None:
    """Announce whom a note calls; nobody calls themselves."""
    others = [one.id for one in called if one.id != asked.actor.id]
    if others:
        tx.announce(
            ColleaguesCalled(
                why=Why.MENTION,
                shop=asked.talk.shop,
                conversation=asked.talk.id,
                people=others,
                by=asked.actor.name,
                seq=asked.talk.notes_head + 1,
            )
        )


def _edit(tx: Tx, asked: Asked, data: EditData) -> tuple[msgspec.Struct, Changes]:
    target = _own_message(tx, asked, data.target)
    if tx.now - target.at > EDIT_WITHIN:
        raise TooLateToEdit(minutes=EDIT_WITHIN // timedelta(minutes=1))
    if not data.text:
        raise NothingSaid
    tone = _heard(tx, asked, data.text, data.target)
    text, hidden = veiling.said(tx, asked.actor, asked.stream, data.target, data.text)
    forget_translations(tx, asked.stream, data.target)
    return Corrected(data.target, text, tone, hidden), _if_newest(asked.talk, target, text)


def _delete(tx: Tx, asked: Asked, data: DeleteData) -> tuple[msgspec.Struct, Changes]:
    target = _own_message(tx, asked, data.target)
    storage.withdraw(tx, asked.stream, data.target)
    forget_translations(tx, asked.stream, data.target)
    unread = _less_unread(asked.talk, target)
    return data, {**unread, **_if_newest(asked.talk, target, "")}


def _own_message(tx: Tx, asked: Asked, seq: int) -> Event:
    found = storage.by_seq(tx, asked.stream, seq)
    if found is None or found[0].type != "message":
        raise NoSuchEntry(seq=seq)
    event, withdrawn = found
    if event.actor.id != asked.actor.id:
        raise NotYourMessage
    if withdrawn:
        raise MessageWithdrawn
    return event


def _if_newest(talk: Conversation, target: Event, text: str) -> Changes:
    """Return the preview's new words, if it is this message that it shows."""
    return {"last_text": preview(text)} if target.seq == talk.last_seq else {}


def _less_unread(talk: Conversation, target: Event) -> Changes:
    """Return the counts of those who had not read a message that is gone now."""
    changes: Changes = {}
    if target.actor.side is not Side.BUYER and target.seq > talk.buyer_read:
        changes["buyer_unread"] = max(0, talk.buyer_unread - 1)
    if target.actor.side is not Side.SELLER and target.seq > talk.seller_read:
        changes["seller_unread"] = max(0, talk.seller_unread - 1)
    return changes


def _move(tx: Tx, asked: Asked, data: MoveData) -> tuple[msgspec.Struct, Changes]:
    FLOW.step(asked.talk.state, asked.kind, asked.actor.side)
    if hindrance := asked.talk.hindrance(asked.actor.side, asked.kind):
        raise hindrance
    if asked.kind == "escalate" and asked.talk.breaches == 0:
        raise TooSoonToEscalate
    return data, move(tx, asked.talk, asked.actor, asked.kind)


Check = Callable[[Tx, Asked, Any], tuple[msgspec.Struct, Changes]]
_CHECKS: dict[type[msgspec.Struct], Check] = {
    MessageData: _say,
    NoteData: _note,
    EditData: _edit,
    DeleteData: _delete,
    MoveData: _move,
}
