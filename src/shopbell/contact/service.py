"""What people do about who is told when. Each function is one transaction."""

from datetime import UTC, datetime

from shopbell.accounts import model as rights
from shopbell.accounts import service as accounts
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates, check_role
from shopbell.commerce import service as commerce
from shopbell.commerce.model import NotYourShop
from shopbell.contact import storage
from shopbell.contact.ladder import Ladder
from shopbell.contact.model import Laid, Rules, Step
from shopbell.contact.refusals import LadderMovedOn, NoSuchWay, NothingWaits, OnlyBuyersHurry
from shopbell.contact.rules import MARKETPLACE, check_allowed, laid, rules_for
from shopbell.conversations import service as conversations
from shopbell.conversations import waiting
from shopbell.conversations.model import ConversationId, Stream
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Rank, ShopId, Side

ANY_TIME = datetime.min.replace(tzinfo=UTC)
"""Whatever was laid down meanwhile: programs say what is to count, not what they have seen."""


def ways(tx: Tx, actor: Actor, ladder: Ladder, talk: ConversationId) -> list[Step]:
    """List the ways by which a buyer who waits may have the shop told at once."""
    found = conversations.entered(tx, actor, Stream(talk))
    return ladder.open_ways(tx, found) if actor.side is Side.BUYER else []


def hurry(tx: Tx, actor: Actor, ladder: Ladder, talk: ConversationId, step: Step) -> None:
    """Tell the shop at once by the way that a buyer who waits has chosen; once, however often."""
    found = conversations.entered(tx, actor, Stream(talk), hold=True)
    if actor.side is not Side.BUYER:
        raise OnlyBuyersHurry
    if not waiting.waits_for_shop(found):
        raise NothingWaits
    if not ladder.step_now(tx, found, step):
        raise NoSuchWay


def rules_of(tx: Tx, actor: Actor, shop: str) -> Rules:
    """Return the rules that count for a shop; to its managers and the operator."""
    return rules_for(tx, _managed(tx, actor, shop))


def rules_of_marketplace(tx: Tx, actor: Actor) -> Rules:
    """Return the rules that count for shops without their own; to the operator."""
    check_operates(actor)
    return rules_for(tx, ShopId(MARKETPLACE))


def laid_for(tx: Tx, actor: Actor, shop: str) -> tuple[Laid | None, Rules]:
    """Return a shop's own rules, if it has any, and those of the marketplace."""
    return laid(tx, _managed(tx, actor, shop)), rules_for(tx, ShopId(MARKETPLACE))


def laid_for_all(tx: Tx, actor: Actor) -> tuple[Laid | None, list[ShopId]]:
    """Return the marketplace's rules, if any were laid down, and which shops go by their own."""
    check_operates(actor)
    own = [ShopId(scope) for scope in storage.scopes(tx) if scope != MARKETPLACE]
    return laid(tx, MARKETPLACE), own


def lay_down(
    tx: Tx, actor: Actor, shop: str, rules: Rules, after: datetime | None = ANY_TIME
) -> Rules:
    """Have a shop go by its own rules from now on; by its managers or the operator.

    Its managers may have the operator come sooner than the marketplace does, never later.
    ``after``: of when the rules are that were looked at before, if it matters.
    """
    scope = _managed(tx, actor, shop)
    check_role(actor, Right.RULE)
    if not rights.may_operate(actor):
        check_allowed(rules, rules_for(tx, ShopId(MARKETPLACE)))
    return _lay_down(tx, actor, scope, rules, after)


def lay_down_for_all(
    tx: Tx, actor: Actor, rules: Rules, after: datetime | None = ANY_TIME
) -> Rules:
    """Have every shop without its own rules go by these from now on; by the operator."""
    check_operates(actor, Right.RULE)
    return _lay_down(tx, actor, ShopId(MARKETPLACE), rules, after)


def lift(tx: Tx, actor: Actor, shop: str) -> None:
    """Have a shop go by the marketplace's rules again; by its managers or the operator."""
    check_role(actor, Right.RULE)
    scope = _managed(tx, actor, shop)
    storage.lift(tx, scope)
    accounts.audit(tx, actor, "ladder_lifted", shop=scope)


def _lay_down(tx: Tx, actor: Actor, scope: ShopId, rules: Rules, after: datetime | None) -> Rules:
    known = laid(tx, scope)
    anyway = after == ANY_TIME
    seen = anyway or after == (known.at if known else None)
    if not seen or not storage.lay_down(tx, scope, actor.id, rules, after, anyway=anyway):
        raise LadderMovedOn
    accounts.audit(tx, actor, "ladder_laid_down", shop=scope)
    return rules


def _managed(tx: Tx, actor: Actor, shop: str) -> ShopId:
    found = commerce.shop(tx, shop).id
    if not rights.may_operate(actor) and not actor.works_for(found, Rank.MANAGER):
        raise NotYourShop
    return found
