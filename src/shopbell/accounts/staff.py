"""A shop's staff: who they are, what they may do, how they come and leave. One transaction each."""

from hashlib import sha256

import msgspec

from shopbell.accounts import acting, audit, keys, limits, model, service, standing, storage
from shopbell.accounts.model import (
    Colleague,
    Joined,
    Membership,
    NewPerson,
    NewStaff,
    Person,
    RankChanged,
    StaffJoined,
    StaffLeft,
)
from shopbell.accounts.passwords import PasswordHash
from shopbell.accounts.refusals import (
    AskedBefore,
    LastOwner,
    NoSuchPerson,
    NotForYourRank,
    PasswordStillLent,
    WorksHereAlready,
)
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, Rank, ShopId, Side

# --- joining ------------------------------------------------------------------------------


def begin_adding(tx: Tx, actor: Actor, shop: ShopId, new: NewStaff) -> Joined | None:
    """Count somebody to be added; refuses before a password is hashed for nothing.

    What an address gives away is refused later, by `add`: each question is counted first.
    Returns whom this very request has added already.
    """
    actor = _checked_adder(tx, actor, shop, new.rank)
    if repeated := _repeated(tx, shop, new):
        return repeated
    limits.count(tx, f"added_by:{actor.id}", model.ADDED_BY_ONE)
    limits.count(tx, f"added_to:{shop}", model.ADDED_TO_SHOP)
    return None


def add(tx: Tx, actor: Actor, shop: ShopId, new: NewStaff, password: PasswordHash) -> Joined:
    """Add somebody to the staff of ``shop``, up to the own rank; or take them back.

    Whoever has an account at work keeps it, with its name and password, and works here too.
    An API key adds nobody: it has nothing to do with who works here.
    """
    actor = _checked_adder(tx, actor, shop, new.rank)
    if repeated := _repeated(tx, shop, new):
        return repeated
    known = _back(tx, actor, shop, new, password) or _of_another_shop(tx, new)
    person = known or _become(tx, actor, new, password)
    joined = Joined(person, new.rank, back=known is not None)
    storage.join(tx, Membership(person.id, shop, new.rank))
    if new.asked:
        storage.note_addition(tx, shop, new.asked, joined, _content(new))
    tx.announce(StaffJoined(person=person.id, shop=shop, rank=new.rank))
    audit.record(tx, actor, "staff_joined", person=person.id, shop=shop, rank=new.rank)
    return joined


def fail_adding(tx: Tx, actor: Actor, shop: ShopId) -> None:
    """Write down that somebody was not added, whose password was not their own yet."""
    audit.record(tx, actor, "staff_refused", shop=shop)


def _checked_adder(tx: Tx, actor: Actor, shop: ShopId, rank: Rank) -> Actor:
    actor = standing.present(tx, actor, shop)
    if not model.may_add_staff(actor, shop, rank):
        raise NotForYourRank
    return actor


def _repeated(tx: Tx, shop: ShopId, new: NewStaff) -> Joined | None:
    """Return whom this very request has added already; refuse to add a colleague once more."""
    members = storage.members_held(tx, shop)
    added = storage.addition(tx, shop, new.asked) if new.asked else None
    if added:
        if added.person not in members or added.content != _content(new):
            raise AskedBefore
        return Joined(service.person(tx, added.person), members[added.person].rank, added.back)
    email = model.checked_email(new.email)
    if any(one.email == email for one in storage.staff(tx, shop)):
        raise WorksHereAlready(email=email)
    return None


def _back(
    tx: Tx, actor: Actor, shop: ShopId, new: NewStaff, password: PasswordHash
) -> Person | None:
    """Return who of this address has worked here before; the account is still theirs.

    Whoever works for another shop meanwhile stays signed in there.

    A shop may take back its own people only, who keep their password: else it could take over
    the account of somebody who left another shop. The installation may take back anybody.
    What they may do from now on counts from the next sign-in.
    """
    above = actor.side is Side.SYSTEM
    left = storage.left(tx, model.checked_email(new.email))
    known = next((one for one, worked_for in left if above or worked_for == shop), None)
    if known is None or storage.memberships_of(tx, known.id):
        return known
    service.end_sessions(tx, known.id)
    if above:
        storage.set_password(tx, known.id, password)
    return known


def _of_another_shop(tx: Tx, new: NewStaff) -> Person | None:
    """Return who of this address works for another shop: they join with the account they have.

    Only its owner is meant. A shop knows the password it chose for somebody; so until they have
    chosen one, that shop could act as them for this one, too.
    """
    owner = storage.owner(tx, model.checked_email(new.email))
    if owner is None or not storage.memberships_of(tx, owner.id):
        return None
    if storage.is_lent(tx, owner.id):
        raise PasswordStillLent
    return owner


def _become(tx: Tx, actor: Actor, new: NewStaff, password: PasswordHash) -> Person:
    person = service.become(tx, _newcomer(new), password)
    if actor.side is not Side.SYSTEM:
        storage.set_lent(tx, person.id, lent=True)
    return person


def _newcomer(new: NewStaff) -> NewPerson:
    return NewPerson(new.email, new.name, Side.SELLER, new.locale, new.verified, new.demo)


def _content(new: NewStaff) -> str:
    """Return what tells one request from another, whatever its password."""
    asked = [model.checked_email(new.email), model.checked_name(new.name), new.rank, new.locale]
    return sha256(msgspec.json.encode(asked)).hexdigest()


# --- being there, and leaving -------------------------------------------------------------


def of_shop(tx: Tx, actor: Actor, shop: ShopId) -> list[Colleague]:
    """List everybody who works for ``shop``."""
    standing.check_sees(tx, actor, shop)
    return storage.staff(tx, shop)


def team(tx: Tx, actor: Actor, shop: ShopId) -> list[Colleague]:
    """List everybody who works for ``shop``, for whoever does so, too: also for its programs."""
    if not actor.works_for(shop):
        raise NotForYourRank
    return storage.staff(tx, shop)


def set_rank(tx: Tx, actor: Actor, shop: ShopId, person: PersonId, rank: Rank) -> None:
    """Give somebody of the staff another rank; the sign-ins for this shop end."""
    actor, members = standing.present(tx, actor, shop), storage.members_held(tx, shop)
    member = _one_of(members, person)
    if not model.may_move_staff(actor, shop, member, rank):
        raise NotForYourRank
    if member.rank is rank:
        return
    if rank is not Rank.OWNER:
        _check_owned_without(members, person)
    storage.set_rank(tx, person, shop, rank)
    tx.announce(RankChanged(person=person, shop=shop, rank=rank))
    acting.sign_out_of(tx, person, shop)
    audit.record(tx, actor, "rank_changed", person=person, shop=shop, rank=rank)


def leave(tx: Tx, actor: Actor, shop: ShopId, person: PersonId) -> None:
    """End somebody's work for ``shop``; they, and the keys they made, see nothing of it."""
    actor, members = standing.present(tx, actor, shop), storage.members_held(tx, shop)
    member = _one_of(members, person)
    if not model.may_move_staff(actor, shop, member):
        raise NotForYourRank
    _check_owned_without(members, person)
    acting.part(tx, person, shop)
    keys.revoke_made_by(tx, actor, shop, person)
    tx.announce(StaffLeft(person=person, shop=shop))
    audit.record(tx, actor, "staff_left", person=person, shop=shop)


def _one_of(members: dict[PersonId, Membership], person: PersonId) -> Membership:
    if person not in members:
        raise NoSuchPerson
    return members[person]


def _check_owned_without(members: dict[PersonId, Membership], person: PersonId) -> None:
    owners = {member.person for member in members.values() if member.rank is Rank.OWNER}
    if owners == {person}:
        raise LastOwner
