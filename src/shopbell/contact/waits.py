"""What waits in a conversation, for whom, and when each step is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shopbell.commerce import service as commerce
from shopbell.commerce.hours import after_open_hours, find_zone
from shopbell.commerce.model import Shop
from shopbell.contact import storage
from shopbell.contact.model import TO_BUYER, TO_SHOP, Rules, Rung, Step, Waited, Way, Whom
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


def for_shop(tx: Tx, talk: Conversation) -> Wait | None:
    """Return what waits for the shop: words that it has not answered."""
    if not waiting.waits_for_shop(talk) or talk.due_since is None:
        return None
    waited = _waited(tx, talk, Whom.TEAM, talk.due_since)
    rules, shop = rules_for(tx, talk.shop), _shop(tx, talk.shop)
    return Wait(
        to=Whom.TEAM,
        since=waiting.first_unanswered(tx, talk),
        seen=talk.seller_unread == 0,
        waited=waited,
        due={
            rung.step: _due_for_shop(shop, talk, rules, rung)
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


def _due_for_shop(shop: Shop, talk: Conversation, rules: Rules, rung: Rung) -> datetime:
    """Return when a step is due: its wait counts while the shop is open.

    The operator's counts by the clock, from the opening after the promise was broken.
    """
    assert talk.due_since is not None, "it waits for the shop"
    assert talk.due_at is not None, "it waits for the shop"
    wait = rules.wait(rung, talk)
    if rung.step is Step.OPERATOR:
        return shop.at_work(talk.due_at) + wait
    if not shop.hours:
        return talk.due_since + wait
    zone = find_zone(shop.zone)
    return after_open_hours(shop.hours, shop.holidays, zone, talk.due_since, wait)


def _shop(tx: Tx, shop: ShopId) -> Shop:
    """Read a shop once in a transaction, which may look after many of its conversations."""
    key = ("shop", shop)
    if key not in tx.held:
        tx.held[key] = commerce.shop(tx, shop)
    found: Shop = tx.held[key]
    return found
