"""What waits in a conversation, for whom, and when each step is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from shopbell.commerce import service as commerce
from shopbell.commerce.hours import after_open_hours, find_zone
from shopbell.commerce.model import Shop
from shopbell.contact import storage
from shopbell.contact.model import HURRIES, TO_BUYER, TO_SHOP, Step, Waited, Way, Whom
from shopbell.contact.rules import rules_for
from shopbell.conversations import waiting
from shopbell.conversations.model import Conversation
from shopbell.conversations.turns import State
from shopbell.conversations.waiting import Call
from shopbell.engine.database import Tx
from shopbell.kernel.actor import ShopId


@dataclass(frozen=True, slots=True)
class Wait:
    """Something waits for somebody: which entries, and how far the ladder has come.

    ``due`` says of each of the ``rungs`` that is not behind us when it is taken. They know of the
    entries up to ``read``: only those behind it are told, but by a step that the buyer asks for.
    """

    to: Whom
    calls: Sequence[Call]
    read: int
    waited: Waited
    rungs: Sequence[Step]
    due: Mapping[Step, datetime]
    ways: Mapping[Step, Sequence[Way]]

    @property
    def upto(self) -> int:
        """Return the number of the newest entry that waits."""
        return self.calls[-1].seq if self.calls else 0

    def since(self, step: Step, *, chosen: bool = False) -> int:
        """Return the number of the first entry that a step would tell of; 0 if there is none."""
        if step in HURRIES:
            return self.calls[0].seq if self.calls else 0
        known = self.waited.taken.get(step, 0) if chosen else self._known(step)
        return next((call.seq for call in self.calls if call.seq > known), 0)

    def goes_on(self, step: Step, upto: int) -> bool:
        """Tell whether a step above this one has told of an entry."""
        above = self.rungs[self.rungs.index(step) + 1 :] if step in self.rungs else ()
        return any(self.waited.taken.get(one, 0) >= upto for one in above)

    def _known(self, step: Step) -> int:
        return max(self.read, self.waited.behind(step))


class Clock(NamedTuple):
    """The clock of a shop that was asked something: since when it runs, and what was promised."""

    shop: Shop
    since: datetime
    promised: datetime

    def rings(self, step: Step, called: datetime, wait: timedelta) -> datetime:
        """Return when a step is due that tells of an entry: while the shop is open, it waits.

        The operator's wait counts by the clock, from the opening after the promise was broken.
        """
        if step is Step.OPERATOR:
            return self.shop.at_work(self.promised) + wait
        since = self.since if called <= self.since else self.shop.at_work(called)
        if not self.shop.hours:
            return since + wait
        zone = find_zone(self.shop.zone)
        return after_open_hours(self.shop.hours, self.shop.holidays, zone, since, wait)


def for_shop(tx: Tx, talk: Conversation) -> Wait | None:
    """Return what waits for the shop: words that it has not answered."""
    if talk.due_since is None or talk.due_at is None or not waiting.waits_for_shop(talk):
        return None
    clock = Clock(_shop(tx, talk.shop), talk.due_since, talk.due_at)
    waited = storage.waited(tx, talk.id, Whom.TEAM).by_clock(talk.due_since)
    calls, rules = waiting.unanswered(tx, talk), rules_for(tx, talk.shop)
    due = dict[Step, datetime]()
    for rung in rules.asking(talk.channel):
        called = _called(calls, waited, rung.step, talk.seller_read, talk.due_since)
        if called is not None:
            due[rung.step] = clock.rings(rung.step, called, rules.wait(rung, talk))
    rungs = [rung.step for rung in rules.asking(talk.channel)]
    return Wait(Whom.TEAM, calls, talk.seller_read, waited, rungs, due, TO_SHOP)


def for_buyer(tx: Tx, talk: Conversation) -> Wait | None:
    """Return what waits for the buyer: words that they have not seen."""
    ended = talk.state is State.CLOSED and talk.merged_into is None
    if not talk.buyer_unread or ended:
        return None
    calls, rules = waiting.unseen(tx, talk), rules_for(tx, talk.shop)
    if not calls:
        return None
    waited = storage.waited(tx, talk.id, Whom.BUYER)
    due = dict[Step, datetime]()
    for rung in rules.back:
        called = _called(calls, waited, rung.step, talk.buyer_read)
        if called is not None:
            due[rung.step] = called + rules.wait(rung, talk)
    rungs = [rung.step for rung in rules.back]
    return Wait(Whom.BUYER, calls, talk.buyer_read, waited, rungs, due, TO_BUYER)


def _called(
    calls: Sequence[Call], waited: Waited, step: Step, read: int, clock: datetime | None = None
) -> datetime | None:
    """Return since when a step is waited for; None if it is behind us, or has nothing to tell.

    The first entry waits since its ``clock`` runs; owner and operator are asked by it alone, once.
    """
    behind = waited.behind(step)
    if step in HURRIES:
        return clock if calls and not behind else None
    for call in calls:
        if call.seq > max(behind, read):
            return clock if clock and call is calls[0] else call.at
    return None


def _shop(tx: Tx, shop: ShopId) -> Shop:
    """Read a shop once in a transaction, which may look after many of its conversations."""
    key = ("shop", shop)
    if key not in tx.held:
        tx.held[key] = commerce.shop(tx, shop)
    found: Shop = tx.held[key]
    return found
