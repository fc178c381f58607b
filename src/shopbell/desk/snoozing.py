"""What may wait is put aside, and comes back: at its time, or when something happens."""

from datetime import datetime

from shopbell.conversations import tending
from shopbell.conversations.model import (
    Conversation,
    ConversationId,
    Listed,
    SubjectKind,
    WakeOn,
    as_seen_by,
)
from shopbell.desk.commands import Snooze
from shopbell.desk.giving import serve_if_free
from shopbell.desk.model import SNOOZE_MOST, Snoozed, TalkSnoozed, TalkWoken, Woken
from shopbell.desk.refusals import NothingToWakeFor, SnoozePast, SnoozeTooLong, TalkDone
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor

WAKE = "desk_wake"
"""The deadline of a conversation by which it is back before the team."""


def snooze(tx: Tx, actor: Actor, talk: ConversationId, command: Snooze) -> Listed:
    """Put a conversation aside. The buyer's clock goes on, and a word of theirs ends the sleep."""
    found = tending.of_team(tx, actor, talk)
    if found.state.done:
        raise TalkDone
    waits_for = WakeOn(command.waits_for or WakeOn.TIME)
    if waits_for is found.snoozed_for and command.until in {None, found.snoozed_until}:
        return as_seen_by(found, actor)
    until = _until(tx, command)
    _check_can_happen(found, waits_for)
    tx.arm(WAKE, talk, until)
    changed = tending.tend(
        tx,
        actor,
        found,
        "snoozed",
        Snoozed(until, waits_for),
        snoozed_until=until,
        snoozed_for=waits_for,
        woken=None,
        woken_at=None,
    )
    fact = TalkSnoozed(
        conversation=talk, shop=found.shop, until=until, waits_for=waits_for, by=actor.id
    )
    tx.announce(fact)
    serve_if_free(tx, found.shop)
    return as_seen_by(changed, actor)


def wake(tx: Tx, actor: Actor, talk: ConversationId) -> Listed:
    """Have a conversation back before its time."""
    found = tending.of_team(tx, actor, talk)
    if found.snoozed_until is not None:
        rouse(tx, actor, found, WakeOn.HAND)
    return as_seen_by(tending.held(tx, talk), actor)


def rouse(tx: Tx, actor: Actor, talk: Conversation, on: WakeOn) -> None:
    """Bring a held conversation back to the top of the list, to whoever had it, and say why."""
    tx.disarm(WAKE, talk.id)
    tending.tend(
        tx,
        actor,
        talk,
        "woken",
        Woken(on),
        snoozed_until=None,
        snoozed_for=None,
        woken=on,
        woken_at=tx.now,
    )
    tx.announce(TalkWoken(conversation=talk.id, shop=talk.shop, on=on, by=actor.id))
    serve_if_free(tx, talk.shop)


def wake_in_time(tx: Tx, entity: str) -> None:
    """Bring a conversation back whose time has come; of one that is done nothing is said."""
    found = tending.held(tx, ConversationId(entity))
    if found.asleep:
        rouse(tx, SYSTEM, found, WakeOn.TIME)


def _until(tx: Tx, command: Snooze) -> datetime:
    if command.until is None:
        return tx.now + SNOOZE_MOST
    if command.until <= tx.now:
        raise SnoozePast
    if command.until > tx.now + SNOOZE_MOST:
        raise SnoozeTooLong(days=SNOOZE_MOST.days)
    return command.until


def _check_can_happen(talk: Conversation, waits_for: WakeOn) -> None:
    if waits_for is WakeOn.CASE and not talk.open_cases:
        raise NothingToWakeFor
    if waits_for is WakeOn.PARCEL and talk.subject.kind is not SubjectKind.ORDER:
        raise NothingToWakeFor
