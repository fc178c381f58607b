"""What the rooms above ask of targets: the rules of a shop, and to tell what a clock says."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from shopbell.conversations import storage as talks
from shopbell.conversations.model import Audience, Conversation, Stream
from shopbell.conversations.targets import storage
from shopbell.conversations.targets.model import Book, Ceiling, ClockRules, Maxima, Rule, Version
from shopbell.conversations.targets.refusals import ClocksMovedOn, ClocksTooSoon, ClocksWrong
from shopbell.conversations.targets.running import Clocks, Run, Rung
from shopbell.conversations.targets.winding import CLOCKS
from shopbell.conversations.thread import add_event
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, ShopId

LATEST = timedelta(days=366)
"""How far ahead rules may be laid down."""


class Rang(Struct, frozen=True):
    """The data of a ``clock_…`` entry among the notes: what was due when, by which rules."""

    due_at: datetime | None
    rules: int
    row: int


def book(tx: Tx, shop: ShopId) -> Book:
    """Return the rules of a shop that count or will, as they are now."""
    return storage.read_book(tx, shop)


def ceilings(tx: Tx) -> list[Ceiling]:
    """Return how slow the marketplace lets a shop be, now and later, the latest word first."""
    return storage.read_ceilings(tx)


def shops(tx: Tx) -> list[ShopId]:
    """List the shops that have, or had, rules of their own."""
    return storage.shops(tx)


def lay_down(  # noqa: PLR0917
    tx: Tx,
    actor: Actor,
    shop: ShopId,
    rules: ClockRules | None,
    since: datetime | None,
    after: int | None,
) -> Version:
    """Have a shop go by rules from a moment to come, or by none; the same again changes nothing.

    ``after`` is the version that was looked at, 0 if there was none.
    """
    last = next(iter(storage.read_book(tx, shop).versions), None)
    if last is not None and last.rules == rules and since in {None, last.since}:
        return last
    for place, why in rules.never_done(tx.now) if rules else ():
        raise ClocksWrong.at(place, why)
    begins = _beginning(tx, since)
    if after not in {None, last.number if last else 0}:
        raise ClocksMovedOn
    new = Version(last.number + 1 if last else 1, begins, rules, actor.id, tx.now)
    if not storage.lay_down(tx, shop, new):
        raise ClocksMovedOn
    return new


def cap(tx: Tx, actor: Actor, maxima: Maxima) -> Ceiling:
    """Say how slow any shop may be; the same again changes nothing."""
    last = next(iter(storage.read_ceilings(tx)), None)
    if last is not None and last.maxima == maxima:
        return last
    number = last.number + 1 if last else 1
    new = Ceiling(number, tx.now + storage.NOTICE, maxima, actor.id, tx.now)
    if not storage.cap(tx, new):
        raise ClocksMovedOn
    return new


def _beginning(tx: Tx, since: datetime | None) -> datetime:
    soonest = tx.now + storage.NOTICE
    if since is not None and not tx.now <= since <= tx.now + LATEST:
        raise ClocksTooSoon
    return max(soonest, since or soonest)


def rule_of(tx: Tx, talk: Conversation, run: Run) -> Rule:
    """Return the rule by which a clock was wound, whatever counts by now."""
    return storage.version(tx, talk.shop, run.rules).rule(run.row)


def ring(tx: Tx, talk: Conversation, rung: Rung, *, raised: bool) -> Conversation:
    """Tell the team in the thread what a clock says, and note that it was told."""
    run, said = rung
    clocks = (talk.clocks or Clocks()).told(rung, raised=raised)
    kind, data = f"clock_{said}_{run.target}", Rang(run.due_at, run.rules, run.row)
    notes = Stream(talk.id, Audience.NOTES)
    return add_event(tx, talk, notes, SYSTEM, kind, data, clocks=clocks)[0]


def look_next(tx: Tx, talk: Conversation) -> Conversation:
    """Have somebody look again when a clock has more to say, or let go of the conversation."""
    clocks = talk.clocks or Clocks()
    bell = clocks.next_bell
    if bell is not None:
        tx.arm(CLOCKS, talk.id, bell)
    return talks.change(tx, talk, clocks=replace(clocks, ring_at=bell))
