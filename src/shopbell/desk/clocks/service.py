"""What people do about clocks. Each function is one transaction."""

from collections.abc import Iterator

from shopbell.accounts import service as accounts
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates, check_role
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Audience, Channel, Conversation, ConversationId, Stream
from shopbell.conversations.targets import service as targets
from shopbell.conversations.targets.model import Book, Ceiling, ClockRules, Maxima, Version
from shopbell.conversations.targets.running import Clocks, Run, Target
from shopbell.desk.clocks import storage
from shopbell.desk.clocks.commands import (
    Capped,
    ClockShown,
    ClocksShown,
    LayClocks,
    MaximaShown,
    Slower,
    TalkClocks,
)
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, ShopId

PROMISED = {
    Channel.CHAT: ("chat_minutes", 1),
    Channel.MESSAGE: ("message_hours", 60),
    Channel.EMAIL: ("email_hours", 60),
}
"""What a shop's page promises by each channel, and how many minutes one of it has."""


def rules_of(tx: Tx, actor: Actor, shop: str) -> ClocksShown:
    """Return the rules of a shop; to its managers and the operator."""
    return _shown(tx, commerce.managed(tx, actor, shop).id)


def lay_down(tx: Tx, actor: Actor, shop: str, asked: LayClocks) -> ClocksShown:
    """Have a shop go by rules of its own; by its managers or the operator.

    Slower than the marketplace allows they may be written, and are cut to that: it is said where.
    """
    found = commerce.managed(tx, actor, shop).id
    check_role(actor, Right.RULE)
    targets.lay_down(tx, actor, found, asked.rules, asked.since, asked.after)
    accounts.audit(tx, actor, "clocks_laid_down", shop=found)
    return _shown(tx, found)


def lift(tx: Tx, actor: Actor, shop: str) -> None:
    """Have a shop go by the promise on its page again; by its managers or the operator."""
    found = commerce.managed(tx, actor, shop).id
    check_role(actor, Right.RULE)
    if targets.book(tx, found).versions:
        targets.lay_down(tx, actor, found, None, None, None)
        accounts.audit(tx, actor, "clocks_lifted", shop=found)


def maxima(tx: Tx, actor: Actor) -> MaximaShown:
    """Return how slow any shop may be, and which would be slower; to the operator."""
    check_operates(actor)
    known = targets.ceilings(tx)
    counting = next((one for one in known if one.since <= tx.now), None)
    coming = [one for one in known if one.since > tx.now]
    last = known[0].maxima if known else Maxima()
    slower = [one for shop in commerce.shops(tx) for one in _slower(tx, shop, last)]
    return MaximaShown(counting, coming, slower)


def cap(tx: Tx, actor: Actor, most: Maxima) -> Ceiling:
    """Say how slow any shop may be; by the operator."""
    check_operates(actor, Right.RULE)
    laid = targets.cap(tx, actor, most)
    accounts.audit(tx, actor, "clocks_capped")
    return laid


def clocks_of(tx: Tx, actor: Actor, talk: ConversationId) -> TalkClocks:
    """Say why the dates of a conversation are what they are; to the shop's team alone."""
    found = conversations.entered(tx, actor, Stream(talk, Audience.NOTES))
    clocks = found.clocks or Clocks()
    running = [_clock(tx, found, run) for run in clocks.running]
    return TalkClocks(running, storage.of(tx, talk), clocks.missed)


def capped(rules: ClockRules, most: Maxima) -> Iterator[Capped]:
    """List the goals of rules that are cut to what the marketplace allows."""
    for place, policy in enumerate(rules.policies, 1):
        for channel in policy.channels or Channel:
            given = policy.goals.within(most.of(channel))
            for target in Target:
                asked, cut = policy.goals.of(target), given.of(target)
                if cut is not None and cut != asked:
                    yield Capped(place, channel, target, asked, cut)


def _shown(tx: Tx, shop: ShopId) -> ClocksShown:
    book = targets.book(tx, shop)
    counting = book.version(tx.now)
    last = next(iter(book.versions), None)
    most = book.ceilings[0].maxima if book.ceilings else Maxima()
    return ClocksShown(
        counting=counting if counting and counting.rules else None,
        coming=[one for one in book.versions if one.since > tx.now],
        latest=last.number if last else 0,
        maxima=most,
        capped=list(capped(last.rules, most)) if last and last.rules else [],
    )


def _slower(tx: Tx, shop: Shop, most: Maxima) -> Iterator[Slower]:
    """List what a shop promises that is slower than the marketplace allows."""
    last = _last(targets.book(tx, shop.id))
    for one in capped(last.rules, most) if last and last.rules else ():
        if one.asked is not None:
            yield Slower(shop.id, shop.name, one.channel, one.target, one.asked, one.given)
    for channel, (unit, minutes) in PROMISED.items():
        asked, allowed = getattr(shop.promise, unit) * minutes, most.of(channel).first
        if channel in shop.channels and allowed and asked > allowed:
            yield Slower(shop.id, shop.name, channel, Target.FIRST, asked, allowed)


def _last(book: Book) -> Version | None:
    return next(iter(book.versions), None)


def _clock(tx: Tx, talk: Conversation, run: Run) -> ClockShown:
    rule = targets.rule_of(tx, talk, run)
    return ClockShown(
        target=run.target,
        since=run.since,
        due_at=run.due_at,
        warn_at=run.warn_at,
        left=run.left,
        paused_for=run.rest.waiting_on if run.rest else None,
        warned=run.warned,
        breached=run.breached,
        goal=run.length,
        rules=run.rules,
        row=run.row,
        policy=rule.policy,
        calendar=rule.calendar,
    )
