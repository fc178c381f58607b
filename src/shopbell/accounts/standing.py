"""Where somebody stands: in a shop's staff, now, whatever their session said, or as operator."""

import msgspec

from shopbell.accounts import model, storage
from shopbell.accounts.refusals import NoSuchPerson, NotForYourRank, OperatorsOnly
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side


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


def check_sees(tx: Tx, actor: Actor, shop: ShopId) -> None:
    """Refuse all but people of the staff."""
    is_program = actor.side is not Side.SYSTEM and storage.membership(tx, actor.id) is None
    if is_program or not model.may_see_staff(actor, shop):
        raise NotForYourRank


def check_operates(actor: Actor) -> None:
    """Refuse all but whoever runs the marketplace."""
    if not model.may_operate(actor):
        raise OperatorsOnly


def now(tx: Tx, person_id: PersonId) -> Actor:
    """Return somebody as they stand now, for what is to reach them while they are away."""
    person = storage.person(tx, person_id)
    if person is None:
        raise NoSuchPerson
    member = storage.membership(tx, person_id)
    shop, rank = (member.shop, member.rank) if member else (None, None)
    return Actor(person.id, person.side, shop, rank, person.called)
