"""Where somebody stands: in a shop's staff, now, whatever their session said, or as operator."""

from datetime import timedelta

import msgspec

from shopbell.accounts import model, roles, storage
from shopbell.accounts.blocks import storage as blocks
from shopbell.accounts.refusals import (
    NoSuchPerson,
    NotForYourRank,
    NotForYourRole,
    OperatorsOnly,
)
from shopbell.accounts.roles import Right
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, Reach, ShopId, Side


def present(tx: Tx, actor: Actor, shop: ShopId) -> Actor:
    """Return somebody of the staff with the rank they have now, held until we are done.

    Refuses programs: an API key has nothing to do with who works here.
    """
    if actor.side is Side.SYSTEM:
        return actor
    member = storage.members_held(tx, shop).get(actor.id) if actor.works_for(shop) else None
    if member is None:
        raise NotForYourRank
    return msgspec.structs.replace(actor, rank=member.rank)


def known_for(tx: Tx, actor: Actor) -> timedelta:
    """Return for how long somebody has had an account; nobody's is of this moment."""
    return tx.now - (storage.joined_at(tx, actor.id) or tx.now)


def check_sees(tx: Tx, actor: Actor, shop: ShopId) -> None:
    """Refuse all but people of the staff."""
    if not model.may_see_staff(actor, shop):
        raise NotForYourRank
    if actor.side is not Side.SYSTEM and storage.membership(tx, actor.id, shop) is None:
        raise NotForYourRank


def check_operates(actor: Actor, right: Right = Right.SEE) -> None:
    """Refuse all but who runs the marketplace and whose role has this ``right``."""
    if actor.side not in {Side.OPERATOR, Side.SYSTEM}:
        raise OperatorsOnly
    if not roles.may(actor, right):
        raise NotForYourRole


def check_role(actor: Actor, right: Right) -> None:
    """Refuse operators whose role lacks this ``right``; nobody else is asked for one."""
    if actor.side is Side.OPERATOR:
        check_operates(actor, right)


def now(tx: Tx, person_id: PersonId, at: ShopId | None = None) -> Actor:
    """Return somebody as they stand now, for what is to reach them while they are away.

    Who works for several shops is asked about ``at`` one of them; of the others nothing counts.
    """
    person = storage.person(tx, person_id)
    if person is None:
        raise NoSuchPerson
    member = storage.membership(tx, person_id, at) if at else None
    shop, rank = (member.shop, member.rank) if member else (None, None)
    role, barred = storage.role(tx, person_id), barred_now(tx, person_id, shop)
    return Actor(person.id, person.side, shop, rank, person.called, role, barred)


def barred_now(tx: Tx, *subjects: str | None) -> Reach | None:
    """Return how far the blocks reach that stand on somebody or their shop."""
    return furthest(*(blocks.reach_of(tx, one) for one in subjects if one))


def furthest(*reaches: Reach | None) -> Reach | None:
    """Return what the stricter of two blocks keeps somebody from."""
    return Reach.WRITING if Reach.WRITING in reaches else next(filter(None, reaches), None)
