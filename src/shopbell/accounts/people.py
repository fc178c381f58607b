"""Who is here, for whoever runs the marketplace: find people, give roles, end sessions.

Nobody leads alone for long: who is to lead is proposed by one who leads and confirmed by another.
"""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.accounts import audit, model, service, storage
from shopbell.accounts.model import Membership, Person, SignedIn
from shopbell.accounts.refusals import LastLead, NoSuchPerson, NotAnOperator, SecondLeadNeeded
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates
from shopbell.accounts.tables import people, proposals
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, Role, Side
from shopbell.kernel.ids import is_id

SHOWN_MOST = 50
_COLUMNS = [people.c[name] for name in Person.__struct_fields__]
_LEADS: ColumnElement[bool] = or_(people.c.role.is_(None), people.c.role == Role.LEAD)
_IDS_OF_LEADS = (
    select(people.c.id)
    .where(people.c.side == Side.OPERATOR, _LEADS)
    .order_by(people.c.id)
    .with_for_update()
)
_SET_ROLE = (
    update(people).where(people.c.id == bindparam("by_id")).values(role=bindparam("to_role"))
)
_PROPOSAL = select(proposals.c.by).where(proposals.c.person == bindparam("whom"))
_PROPOSE = upsert(proposals).on_conflict_do_nothing(index_elements=[proposals.c.person])
_FORGET = delete(proposals).where(proposals.c.person == bindparam("whom"))


class Known(Struct, frozen=True):
    """What the operator may know of somebody, without a word of what they wrote."""

    person: Person
    joined_at: datetime
    work: list[Membership]
    sessions: list[SignedIn]
    role: Role | None
    proposed_by: PersonId | None


def find(tx: Tx, actor: Actor, words: str) -> list[Person]:
    """Find people by the beginning of their address, a part of their name, or their id."""
    check_operates(actor)
    sought = words.strip()[: model.MOST]
    if not sought:
        return []
    wish = select(*_COLUMNS).where(_is_meant(sought)).order_by(people.c.id.desc())
    return [Person(*row) for row in tx.execute(wish.limit(SHOWN_MOST))]


def look(tx: Tx, actor: Actor, person_id: PersonId) -> Known:
    """Return what is known of one person."""
    check_operates(actor)
    person = _person(tx, person_id)
    row = tx.execute(
        select(people.c.joined_at, people.c.role).where(people.c.id == person.id)
    ).one()
    role = (row.role or Role.LEAD) if person.side is Side.OPERATOR else None
    return Known(
        person=person,
        joined_at=row.joined_at,
        work=storage.memberships_of(tx, person.id),
        sessions=storage.own_sessions(
            tx, person.id, service.NO_SESSION, model.lasting(person.side)
        ),
        role=role,
        proposed_by=_proposed_by(tx, person.id),
    )


def end_sessions(tx: Tx, actor: Actor, person_id: PersonId) -> int:
    """Sign somebody out everywhere; returns how many sign-ins that ended."""
    check_operates(actor, Right.APPOINT)
    person = _person(tx, person_id)
    ended = service.end_sessions(tx, person.id)
    audit.record(tx, actor, "sessions_ended", person=person.id, sessions=ended)
    return ended


def give_role(tx: Tx, actor: Actor, person_id: PersonId, role: Role) -> bool:
    """Give an operator another role, who then signs in anew; false while it is only proposed.

    It takes a second lead to have somebody lead.
    """
    check_operates(actor, Right.APPOINT)
    leads = set(tx.execute(_IDS_OF_LEADS).scalars())
    person = _person(tx, person_id)
    if person.side is not Side.OPERATOR:
        raise NotAnOperator
    if (storage.role(tx, person.id) or Role.LEAD) is role:
        return True
    if role is Role.LEAD and not _is_confirmed(tx, actor, person.id):
        return False
    if leads == {person.id}:
        raise LastLead
    tx.execute(_SET_ROLE, {"by_id": person.id, "to_role": role})
    tx.execute(_FORGET, {"whom": person.id})
    service.end_sessions(tx, person.id)
    audit.record(tx, actor, "role_given", person=person.id, role=role)
    return True


def _is_confirmed(tx: Tx, actor: Actor, person: PersonId) -> bool:
    """Tell whether another has proposed that ``person`` lead; if nobody has, it is proposed now."""
    by = _proposed_by(tx, person)
    if by is None:
        tx.execute(_PROPOSE, {"person": person, "by": actor.id, "at": tx.now})
        audit.record(tx, actor, "lead_proposed", person=person)
        return False
    if actor.id in {by, person}:
        raise SecondLeadNeeded
    return True


def _proposed_by(tx: Tx, person: PersonId) -> PersonId | None:
    return tx.execute(_PROPOSAL, {"whom": person}).scalar_one_or_none()


def _person(tx: Tx, person_id: PersonId) -> Person:
    found = storage.person(tx, person_id) if is_id(person_id) else None
    if found is None:
        raise NoSuchPerson
    return found


def _is_meant(sought: str) -> ColumnElement[bool]:
    if is_id(sought):
        return people.c.id == sought
    if "@" in sought:
        return people.c.email.startswith(model.tidy(sought), autoescape=True)
    return or_(
        func.lower(people.c.name).contains(sought.lower(), autoescape=True),
        people.c.email.startswith(model.tidy(sought), autoescape=True),
    )
