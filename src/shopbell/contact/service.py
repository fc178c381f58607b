"""What people do about who is told when. Each function is one transaction."""

from shopbell.accounts import model as rights
from shopbell.accounts import service as accounts
from shopbell.accounts.refusals import OperatorsOnly
from shopbell.commerce import service as commerce
from shopbell.commerce.model import NotYourShop
from shopbell.contact import storage
from shopbell.contact.ladder import Ladder
from shopbell.contact.model import Rules, Step
from shopbell.contact.refusals import NoSuchWay, NothingWaits, OnlyBuyersHurry
from shopbell.contact.rules import MARKETPLACE, rules_for
from shopbell.conversations import service as conversations
from shopbell.conversations import waiting
from shopbell.conversations.model import ConversationId, Stream
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Rank, ShopId, Side


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
    _check_operates(actor)
    return rules_for(tx, ShopId(MARKETPLACE))


def lay_down(tx: Tx, actor: Actor, shop: str, rules: Rules) -> Rules:
    """Have a shop go by its own rules from now on; by its managers or the operator."""
    return _lay_down(tx, actor, _managed(tx, actor, shop), rules)


def lay_down_for_all(tx: Tx, actor: Actor, rules: Rules) -> Rules:
    """Have every shop without its own rules go by these from now on; by the operator."""
    _check_operates(actor)
    return _lay_down(tx, actor, ShopId(MARKETPLACE), rules)


def lift(tx: Tx, actor: Actor, shop: str) -> None:
    """Have a shop go by the marketplace's rules again; by its managers or the operator."""
    scope = _managed(tx, actor, shop)
    storage.lift(tx, scope)
    accounts.audit(tx, actor, "ladder_lifted", shop=scope)


def _lay_down(tx: Tx, actor: Actor, scope: ShopId, rules: Rules) -> Rules:
    storage.lay_down(tx, scope, actor.id, rules)
    accounts.audit(tx, actor, "ladder_laid_down", shop=scope)
    return rules


def _managed(tx: Tx, actor: Actor, shop: str) -> ShopId:
    found = commerce.shop(tx, shop).id
    if not rights.may_operate(actor) and not actor.works_for(found, Rank.MANAGER):
        raise NotYourShop
    return found


def _check_operates(actor: Actor) -> None:
    if not rights.may_operate(actor):
        raise OperatorsOnly
