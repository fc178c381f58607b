"""How a thread grows: the next number, the row of the inbox, and the turn."""

import re
from typing import Any

import msgspec

from shopbell.conversations import storage
from shopbell.conversations.clocks import rewind, wind
from shopbell.conversations.commands import TEXT_MOST
from shopbell.conversations.model import (
    Audience,
    Author,
    Conversation,
    Event,
    EventAppended,
    StateChanged,
    Stream,
    Wound,
)
from shopbell.conversations.refusals import TextTooLong
from shopbell.conversations.targets.running import Clocks
from shopbell.conversations.turns import FLOW, State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Malformed

PREVIEW = 140
MOVED_BACK = "taken_back"
"""The action of a step that is none of the workflow's: one of the shop's was taken back."""

_UNREADABLE = re.compile("[\0\ud800-\udfff]")


class TextUnreadable(Malformed):
    """The text holds characters that cannot be kept, such as NUL."""


def add_event(  # noqa: PLR0917 - an entry has these parts
    tx: Tx,
    talk: Conversation,
    stream: Stream,
    actor: Actor,
    entry: str,
    data: msgspec.Struct,
    *,
    cmid: str | None = None,
    payload_hash: bytes | None = None,
    target: int | None = None,
    **changes: Any,  # noqa: ANN401 - columns of the conversation
) -> tuple[Conversation, Event]:
    """Give the next number to a new entry, write it with ``changes`` to its conversation.

    Returns the conversation as it is once other rooms have heard of the entry.
    """
    head = "head" if stream.audience is Audience.PUBLIC else "notes_head"
    event = Event(
        seq=talk.head_of(stream.audience) + 1,
        id=new_id(),
        type=entry,
        at=max(tx.now, talk.event_at),
        actor=Author(actor.id, actor.side, actor.name),
        data=msgspec.Raw(msgspec.json.encode(data)),
        cmid=cmid or msgspec.UNSET,
    )
    storage.append(tx, stream, event, payload_hash, target)
    talk = storage.change(tx, talk, **{head: event.seq, "event_at": event.at}, **changes)
    tx.announce(EventAppended(stream=stream, event=event, talk=talk))
    return storage.get(tx, talk.id, hold=True), event


def move(tx: Tx, talk: Conversation, actor: Actor, action: str) -> dict[str, Any]:
    """Take a step of the workflow; return what changes, and set the clocks that follow."""
    to = State(FLOW.step(talk.state, action, actor.side).to)
    if to is not talk.state:
        tx.announce(
            StateChanged(
                conversation=talk.id, before=talk.state, after=to, action=action, by=actor.id
            )
        )
    return {"state": to, **wind(tx, talk, to, action)}


def move_back(
    tx: Tx, talk: Conversation, actor: Actor, was: Wound, elsewhere: Clocks | None = None
) -> dict[str, Any]:
    """Take a step of the workflow back; return what changes, and set the clocks that follow."""
    if was.state is not talk.state:
        tx.announce(
            StateChanged(
                conversation=talk.id,
                before=talk.state,
                after=was.state,
                action=MOVED_BACK,
                by=actor.id,
            )
        )
    return rewind(tx, talk, was, elsewhere)


def join_words(text: str) -> str:
    """Return ``text`` as it is kept: one kind of line end, no blank edges; or refuse it."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(kept) > TEXT_MOST:
        raise TextTooLong(most=TEXT_MOST)
    return readable(kept)


def readable(text: str) -> str:
    """Return ``text`` unless it holds what cannot be kept."""
    if _UNREADABLE.search(text):
        raise TextUnreadable
    return text


def preview(text: str) -> str:
    """Return the beginning of ``text`` on one line."""
    line = " ".join(text.split())
    return line if len(line) <= PREVIEW else f"{line[: PREVIEW - 1]}…"
