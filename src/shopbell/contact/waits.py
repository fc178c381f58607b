"""What waits in a conversation, for whom, and when each step is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from shopbell.commerce import service as commerce
from shopbell.commerce.hours import after_open_hours, find_zone
from shopbell.commerce.model import Shop
from shopbell.contact import storage
from shopbell.contact.model import TO_BUYER, TO_SHOP, Step, Waited, Way, Whom
from shopbell.contact.rules import rules_for
from shopbell.conversations import waiting
from shopbell.conversations.model import Conversation
from shopbell.conversations.turns import State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import ShopId


@dataclass(frozen=True, slots=True)
class Wait:
    """Something waits for somebody: from which entry, and how far the ladder has come.

    ``due`` says of each step that is not behind us when it is taken. ``seen``: they know of it.
    """

    to: Whom
    since: int
    seen: bool
    waited: Waited
    due: Mapping[Step, datetime]
    ways: Mapping[Step, Sequence[Way]]


class Clock(NamedTuple):
    """The clock of a shop that was asked something: since when it runs, and what was promised."""

    shop: Shop
    since: datetime
    promised: datetime

    def rings(self, step: Step, wait: timedelta) -> datetime:
        """Return when a step is due: its wait counts while the shop is open.

        The operator's counts by the clock, from the opening after the promise was broken.
        """
        if step is Step.OPERATOR:
            return self.shop.at_work(self.promised) + wait
        if not self.shop.hours:
            return self.since + wait
        zone = find_zone(self.shop.zone)
        return after_open_hours(self.shop.hours, self.shop.holidays, zone, self.since, wait)


def for_shop(tx: Tx, talk: Conversation) -> Wait | None:
    """Return what waits for the shop: words that it has not answered."""
    if talk.due_since is None or talk.due_at is None or not waiting.waits_for_shop(talk):
        return None
    clock = Clock(_shop(tx, talk.shop), talk.due_since, talk.due_at)
    waited = _waited(tx, talk, Whom.TEAM, talk.due_since)
    rules = rules_for(tx, talk.shop)
    return Wait(
        to=Whom.TEAM,
        since=waiting.first_unanswered(tx, talk),
        seen=talk.seller_unread == 0,
        waited=waited,
        due={
            rung.step: clock.rings(rung.step, rules.wait(rung, talk))
            for rung in rules.asking(talk.channel)
            if not waited.is_behind(rung.step)
        },
        ways=TO_SHOP,
    )


def for_buyer(tx: Tx, talk: Conversation) -> Wait | None:
    """Return what waits for the buyer: words that they have not seen."""
    if not talk.buyer_unread or talk.state is State.CLOSED:
        return None
    known = storage.waited(tx, talk.id, Whom.BUYER) or Waited(talk.created_at)
    unseen = waiting.first_unseen(tx, talk, known.upto)
    if unseen is None:
        return None
    waited = known if known.began == unseen.at else Waited(unseen.at, known.upto)
    rules = rules_for(tx, talk.shop)
    return Wait(
        to=Whom.BUYER,
        since=unseen.seq,
        seen=False,
        waited=waited,
        due={
            rung.step: unseen.at + rules.wait(rung, talk)
            for rung in rules.back
            if not waited.is_behind(rung.step)
        },
        ways=TO_BUYER,
    )


def _waited(tx: Tx, talk: Conversation, whom: Whom, began: datetime) -> Waited:
    known = storage.waited(tx, talk.id, whom)
    return known if known is not None and known.began == began else Waited(began)


def _shop(tx: Tx, shop: ShopId) -> Shop:
    """Read a shop once in a transaction, which may look after many of its conversations."""
    key = ("shop", shop)
    if key not in tx.held:
        tx.held[key] = commerce.shop(tx, shop)
    found: Shop = tx.held[key]
    return found
