"""What people do at the desk with a conversation. Each function is one transaction."""

from shopbell.accounts.refusals import NoSuchPerson
from shopbell.accounts.standing import now as standing_now
from shopbell.conversations import tending
from shopbell.conversations.model import Conversation, ConversationId, Listed, as_seen_by
from shopbell.desk import storage
from shopbell.desk.choosing import limit_of
from shopbell.desk.commands import Assign, Sort
from shopbell.desk.giving import PATIENCE, hand_to, let_go, serve, serve_if_free, waits
from shopbell.desk.model import DeskRuled, Rule, Sorted, TalkSorted, Way, Why, seat_id
from shopbell.desk.refusals import AtCapacity, ManagersOnly, NotOfTheTeam, TalkDone, TeamOnly
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, Rank, ShopId


def assign(tx: Tx, actor: Actor, talk: ConversationId, command: Assign) -> Listed:
    """Give a conversation to somebody of the team, or take it; theirs already, nothing happens.

    Who has as much as they can take is given more only by somebody who says so.
    """
    rule = storage.held_rule(tx, shop_of(actor))
    found, to = tending.of_team(tx, actor, talk), command.person
    if found.assignee == to:
        return as_seen_by(found, actor)
    if found.state.done:
        raise TalkDone
    _check_works_here(tx, found.shop, to)
    load = tending.load(tx, found.shop, to)
    _check_room(tx, found, to, rule, load, over=command.over)
    way = Way.TAKEN if to == actor.id else Way.GIVEN
    changed = hand_to(tx, actor, found, to, way, load + waits(found))
    if found.assignee is not None:
        serve(tx, found.shop, rule)
    return as_seen_by(changed, actor)


def unassign(tx: Tx, actor: Actor, talk: ConversationId) -> Listed:
    """Give a conversation back to the shop; a machine may give it to somebody else at once."""
    rule = storage.held_rule(tx, shop_of(actor))
    found = tending.of_team(tx, actor, talk)
    if found.assignee is None:
        return as_seen_by(found, actor)
    let_go(tx, actor, found, found.assignee, Why.HAND)
    serve(tx, found.shop, rule)
    return as_seen_by(tending.held(tx, talk), actor)


def sort(tx: Tx, actor: Actor, talk: ConversationId, command: Sort) -> Listed:
    """Say what kind a conversation is."""
    found = tending.of_team(tx, actor, talk)
    if found.kind is command.kind:
        return as_seen_by(found, actor)
    changed = tending.tend(tx, actor, found, "sorted", Sorted(command.kind), kind=command.kind)
    tx.announce(TalkSorted(conversation=talk, shop=found.shop, kind=command.kind, by=actor.id))
    serve_if_free(tx, found.shop)
    return as_seen_by(tending.held(tx, changed.id), actor)


def rule(tx: Tx, actor: Actor) -> Rule:
    """Return how the shop of ``actor`` gives out its work."""
    return storage.rule(tx, shop_of(actor))


def lay_down(tx: Tx, actor: Actor, rule: Rule) -> Rule:
    """Have the shop give out its work by this rule from now on; by its managers.

    Other processes know of it a little later, so the line is looked at once more then.
    """
    shop = shop_of(actor)
    if not actor.works_for(shop, Rank.MANAGER):
        raise ManagersOnly
    before = storage.held_rule(tx, shop)
    if rule != before:
        storage.lay_down(tx, shop, actor.id, rule)
        tx.announce(DeskRuled(shop=shop, rule=rule, by=actor.id))
        tx.arm(PATIENCE, shop, tx.now + 2 * storage.FRESH)
        serve(tx, shop, rule)
    return rule


def shop_of(actor: Actor) -> ShopId:
    """Return the shop whose team ``actor`` is of; refuse others, to whom there is no desk."""
    if actor.shop is None:
        raise TeamOnly
    return actor.shop


def works_here(tx: Tx, shop: ShopId, person: PersonId) -> bool:
    """Tell whether somebody is of a shop's staff now."""
    try:
        return standing_now(tx, person, shop).works_for(shop)
    except NoSuchPerson:
        return False


def _check_works_here(tx: Tx, shop: ShopId, person: PersonId) -> None:
    if not works_here(tx, shop, person):
        raise NotOfTheTeam


def _check_room(
    tx: Tx, talk: Conversation, to: PersonId, rule: Rule, load: int, *, over: bool
) -> None:
    limit = limit_of(storage.seat(tx, seat_id(talk.shop, to)), rule)
    if rule.automatic and load >= limit and waits(talk) and not over:
        raise AtCapacity(load=load, limit=limit)
