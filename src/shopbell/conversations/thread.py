"""How a thread grows: the next number, the row of the inbox, the turn, and the promise."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.conversations import storage
from shopbell.conversations.commands import TEXT_MOST
from shopbell.conversations.model import (
    Audience,
    Author,
    Channel,
    Conversation,
    Event,
    EventAppended,
    StateChanged,
    Stream,
)
from shopbell.conversations.refusals import TextTooLong
from shopbell.conversations.turns import FLOW, State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Malformed

ANSWER_DUE, AUTO_RESOLVE, AUTO_CLOSE = "answer_due", "auto_resolve", "auto_close"
PREVIEW = 140


class TextUnreadable(Malformed):
    """The text holds characters that cannot be kept, such as NUL."""


def add_event(  # noqa: PLR0917 - an entry has these parts
    tx: Tx,
    talk: Conversation,
    stream: Stream,
    actor: Actor,
    kind: str,
    data: msgspec.Struct,
    *,
    cmid: str | None = None,
    payload_hash: bytes | None = None,
    **changes: Any,  # noqa: ANN401 - columns of the conversation
) -> tuple[Conversation, Event]:
    """Give the next number to a new entry, write it with ``changes`` to its conversation."""
    head = "head" if stream.audience is Audience.PUBLIC else "notes_head"
    event = Event(
        seq=talk.head_of(stream.audience) + 1,
        id=new_id(),
        type=kind,
        at=max(tx.now, talk.last_at),
        actor=Author(actor.id, actor.side, actor.name),
        data=msgspec.Raw(msgspec.json.encode(data)),
        cmid=cmid or msgspec.UNSET,
    )
    storage.append(tx, stream, event, payload_hash)
    talk = storage.change(tx, talk, **{head: event.seq}, **changes)
    tx.announce(EventAppended(stream=stream, event=event, talk=talk))
    return talk, event


def move(tx: Tx, talk: Conversation, actor: Actor, action: str) -> dict[str, Any]:
    """Take a step of the workflow; return what changes, and set the clocks that follow."""
    to = State(FLOW.step(talk.state, action, actor.side).to)
    if to is not talk.state:
        tx.announce(
            StateChanged(
                conversation=talk.id, before=talk.state, after=to, action=action, by=actor.id
            )
        )
    _set_clocks(tx, talk, to)
    return {"state": to, **_promise(tx, talk, to)}


def answered(tx: Tx, talk: Conversation, actor: Actor, channel: Channel) -> None:
    """Close the round that a human answer ends: the unit of every response figure."""
    if actor.side is Side.SELLER and talk.round_since is not None:
        storage.add_round(tx, talk, talk.round_since, channel)


def join_words(text: str) -> str:
    """Return ``text`` as it is kept: one kind of line end, no blank edges; or refuse it."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(kept) > TEXT_MOST:
        raise TextTooLong(most=TEXT_MOST)
    if "\0" in kept or any("\ud800" <= letter <= "\udfff" for letter in kept):
        raise TextUnreadable
    return kept


def preview(text: str) -> str:
    """Return the beginning of ``text`` on one line."""
    line = " ".join(text.split())
    return line if len(line) <= PREVIEW else f"{line[: PREVIEW - 1]}…"


def _promise(tx: Tx, talk: Conversation, to: State) -> dict[str, Any]:
    """Return the promise that runs in ``to``: one round keeps the clock it began with."""
    if to is not State.WAITING_SELLER:
        return {"due_at": None, "due_since": None, "round_since": None, "breaches": 0}
    if talk.state is State.WAITING_SELLER and talk.due_at is not None:
        return {}
    since, due = _due(commerce.shop(tx, talk.shop), talk.channel, tx.now)
    tx.arm(ANSWER_DUE, talk.id, due)
    return {"due_at": due, "due_since": since, "round_since": tx.now}


def _set_clocks(tx: Tx, talk: Conversation, to: State) -> None:
    if to is talk.state:
        return
    for kind, state in ((AUTO_RESOLVE, State.WAITING_BUYER), (AUTO_CLOSE, State.RESOLVED)):
        if to is state:
            tx.arm(kind, talk.id, tx.now + FLOW.patience[state])
        elif talk.state is state:
            tx.disarm(kind, talk.id)
    if talk.state is State.WAITING_SELLER:
        tx.disarm(ANSWER_DUE, talk.id)


def _due(shop: Shop, channel: Channel, asked: datetime) -> tuple[datetime, datetime]:
    """Return since when the shop's clock runs and when its answer is due.

    Outside opening hours the clock begins when the shop opens.
    """
    since = asked if shop.open_at(asked) else shop.opens_next(asked) or asked
    patience = {
        Channel.CHAT: timedelta(minutes=shop.promise.chat_minutes),
        Channel.MESSAGE: timedelta(hours=shop.promise.message_hours),
        Channel.EMAIL: timedelta(hours=shop.promise.email_hours),
    }
    return since, since + patience[channel]
