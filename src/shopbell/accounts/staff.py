"""A shop's staff: who they are, what they may do, and how they leave. One transaction each."""

from shopbell.accounts import audit, model, service, storage
from shopbell.accounts.model import Colleague, Membership, RankChanged, StaffLeft
from shopbell.accounts.refusals import LastOwner, NoSuchPerson, NotForYourRank
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, Rank, ShopId, Side


def of_shop(tx: Tx, actor: Actor, shop: ShopId) -> list[Colleague]:
    """List everybody who works for ``shop``."""
    _check_person(tx, actor)
    if not model.may_see_staff(actor, shop):
        raise NotForYourRank
    return storage.staff(tx, shop)


def set_rank(tx: Tx, actor: Actor, shop: ShopId, person: PersonId, rank: Rank) -> None:
    """Give somebody of the staff another rank; their sessions end, and with them the old one."""
    members, member = _held(tx, actor, shop, person)
    if not model.may_move_staff(actor, shop, member, rank):
        raise NotForYourRank
    if member.rank is rank:
        return
    if rank is not Rank.OWNER:
        _check_owned_without(members, person)
    storage.set_rank(tx, person, rank)
    tx.announce(RankChanged(person=person, shop=shop, rank=rank))
    service.end_sessions(tx, person)
    audit.record(tx, actor, "rank_changed", person=person, shop=shop, rank=rank)


def leave(tx: Tx, actor: Actor, shop: ShopId, person: PersonId) -> None:
    """End somebody's work for ``shop``; from now on they see nothing of it."""
    members, member = _held(tx, actor, shop, person)
    if not model.may_move_staff(actor, shop, member):
        raise NotForYourRank
    _check_owned_without(members, person)
    storage.leave(tx, person)
    tx.announce(StaffLeft(person=person, shop=shop))
    service.end_sessions(tx, person)
    audit.record(tx, actor, "staff_left", person=person, shop=shop)


def _held(
    tx: Tx, actor: Actor, shop: ShopId, person: PersonId
) -> tuple[dict[PersonId, Membership], Membership]:
    """Return the staff, held against others' changes, and one of them."""
    _check_person(tx, actor)
    if not model.may_see_staff(actor, shop):
        raise NotForYourRank
    members = storage.members_held(tx, shop)
    if person not in members:
        raise NoSuchPerson
    return members, members[person]


def _check_person(tx: Tx, actor: Actor) -> None:
    """Refuse programs: an API key has nothing to do with who works here."""
    if actor.side is not Side.SYSTEM and storage.membership(tx, actor.id) is None:
        raise NotForYourRank


def _check_owned_without(members: dict[PersonId, Membership], person: PersonId) -> None:
    owners = {member.person for member in members.values() if member.rank is Rank.OWNER}
    if owners == {person}:
        raise LastOwner
