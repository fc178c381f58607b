"""Every statement about people and their sessions, built once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    and_,
    bindparam,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.accounts import browsers
from shopbell.accounts.blocks.tables import blocks
from shopbell.accounts.model import (
    DEVICE_LIFE,
    Colleague,
    DeviceId,
    Joined,
    Knock,
    Lasting,
    Membership,
    Person,
    SessionId,
    SignedIn,
)
from shopbell.accounts.passwords import PasswordHash
from shopbell.accounts.tables import additions, api_keys, devices, memberships, people, sessions
from shopbell.engine.database import Tx
from shopbell.engine.rows import Select
from shopbell.kernel.actor import PersonId, Rank, Reach, Role, ShopId, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale

ADDRESS_MOST = 64
NO_PASSWORD = PasswordHash("")
"""Kept for somebody who never signed up; no password has it for its hash."""

_PERSON = (
    people.c.id,
    people.c.side,
    people.c.email,
    people.c.name,
    people.c.locale,
    people.c.verified,
    people.c.demo,
)


# --- people -------------------------------------------------------------------------------

_ADD_PERSON = insert(people)
_JOINED = select(people.c.joined_at).where(people.c.id == bindparam("person"))
_GET_PERSON = select(*_PERSON).where(people.c.id == bindparam("person"))
_OPERATORS = (
    select(*_PERSON)
    .where(people.c.side == Side.OPERATOR, people.c.role.is_distinct_from(Role.OUT))
    .order_by(people.c.id)
)
_ROLE = select(people.c.role).where(people.c.id == bindparam("person"))
_PASSWORDS = select(people.c.id, people.c.password).where(
    people.c.id.in_(bindparam("ids", expanding=True))
)
_PASSWORD = select(people.c.password).where(people.c.id == bindparam("person")).with_for_update()
_SET_PASSWORD = (
    update(people)
    .where(people.c.id == bindparam("by_id"))
    .values(password=bindparam("to_password"))
)
_SET_LENT = (
    update(people).where(people.c.id == bindparam("by_id")).values(lent=bindparam("is_lent"))
)
_HOLD_PERSON = (
    select(people.c.id).where(people.c.id == bindparam("person")).with_for_update(key_share=True)
)
_LENT = select(people.c.lent).where(people.c.id == bindparam("person"))
_SET_VERIFIED = update(people).where(people.c.id == bindparam("by_id")).values(verified=True)
_OWNER = select(*_PERSON).where(people.c.email == bindparam("email"), people.c.verified.is_(true()))
_UNOWNED = select(*_PERSON).where(
    people.c.email == bindparam("email"), people.c.verified.is_(false())
)
_TOLD_OF = _UNOWNED.where(people.c.password == NO_PASSWORD).order_by(people.c.id)
_CLAIMS = _UNOWNED.where(people.c.password != NO_PASSWORD)
_CLAIMANTS = (
    _CLAIMS.where(people.c.id == bindparam("known")),
    _CLAIMS.order_by(people.c.id).limit(1),
    _CLAIMS.order_by(people.c.id.desc()).limit(1),
)
_PERSON_NAMES = select(people.c.id, people.c.name).where(
    people.c.id.in_(bindparam("ids", expanding=True))
)
_KEY_NAMES = select(api_keys.c.id, api_keys.c.name).where(
    api_keys.c.id.in_(bindparam("ids", expanding=True))
)
_ANY_DEMO = select(people.c.id).where(people.c.demo.is_(true())).limit(1)
_MEMBER = (memberships.c.person, memberships.c.shop, memberships.c.rank)
_PRESENT = memberships.c.left_at.is_(None)
_OF_PERSON = and_(memberships.c.person == bindparam("by_id"), _PRESENT)
_JOIN = (
    upsert(memberships)
    .values(
        person=bindparam("person"),
        shop=bindparam("shop"),
        rank=bindparam("rank"),
        joined_at=bindparam("moment"),
    )
    .on_conflict_do_update(
        index_elements=[memberships.c.person, memberships.c.shop],
        set_={"rank": bindparam("rank"), "joined_at": bindparam("moment"), "left_at": None},
    )
)
_MEMBERSHIPS = (
    select(*_MEMBER).where(_OF_PERSON).order_by(memberships.c.joined_at, memberships.c.shop)
)
_AT_SHOP = memberships.c.shop == bindparam("by_shop")
_MEMBERSHIP = select(*_MEMBER).where(_OF_PERSON, _AT_SHOP)
_STAFF = (
    select(people.c.id, people.c.name, people.c.email, memberships.c.rank)
    .join(memberships, memberships.c.person == people.c.id)
    .where(memberships.c.shop == bindparam("shop"), _PRESENT)
    .order_by(people.c.id)
)
_MEMBERS_HELD = (
    select(*_MEMBER)
    .where(memberships.c.shop == bindparam("shop"), _PRESENT)
    .order_by(memberships.c.person)
    .with_for_update()
)
_LEFT = (
    select(*_PERSON, memberships.c.shop)
    .outerjoin(memberships, memberships.c.person == people.c.id)
    .where(
        people.c.email == bindparam("email"),
        people.c.side == Side.SELLER,
        or_(memberships.c.person.is_(None), memberships.c.left_at.is_not(None)),
    )
    .order_by(people.c.verified.desc(), people.c.id)
)
_LEAVE = (
    update(memberships)
    .where(memberships.c.person == bindparam("by_id"), _AT_SHOP)
    .values(left_at=bindparam("to_moment"))
)
_ADDITION = select(additions.c.person, additions.c.content, additions.c.back).where(
    additions.c.shop == bindparam("shop"), additions.c.asked == bindparam("asked")
)
_NOTE_ADDITION = insert(additions)
_SET_LOCALE = (
    update(people).where(people.c.id == bindparam("by_id")).values(locale=bindparam("to_locale"))
)
_SET_RANK = (
    update(memberships)
    .where(memberships.c.person == bindparam("by_id"), _AT_SHOP)
    .values(rank=bindparam("to_rank"))
)


def add_person(tx: Tx, person: Person, password: PasswordHash) -> None:
    """Keep a new person."""
    row = {name: getattr(person, name) for name in person.__struct_fields__}
    tx.execute(_ADD_PERSON, {**row, "password": password, "joined_at": tx.now})


def person(tx: Tx, person_id: PersonId) -> Person | None:
    """Return one person."""
    row = tx.execute(_GET_PERSON, {"person": person_id}).one_or_none()
    return None if row is None else Person(*row)


def joined_at(tx: Tx, person_id: PersonId) -> datetime | None:
    """Return since when somebody has an account."""
    return tx.execute(_JOINED, {"person": person_id}).scalar_one_or_none()


def operators(tx: Tx) -> list[Person]:
    """List everybody who runs the marketplace."""
    return [Person(*row) for row in tx.execute(_OPERATORS)]


def role(tx: Tx, person_id: PersonId) -> Role | None:
    """Return the role somebody has among the operators, if one was given."""
    return tx.execute(_ROLE, {"person": person_id}).scalar_one_or_none()


def owner(tx: Tx, email: str) -> Person | None:
    """Return the person an address is known to belong to."""
    row = tx.execute(_OWNER, {"email": email}).one_or_none()
    return None if row is None else Person(*row)


def claimants(tx: Tx, email: str, known: PersonId | None) -> list[Person]:
    """Return who claims an address without having shown it: the one ``known``, first and last."""
    given = {"email": email, "known": known}
    rows = [row for statement in _CLAIMANTS for row in tx.execute(statement, given)]
    return list({row.id: Person(*row) for row in rows}.values())


def told_of(tx: Tx, email: str) -> list[Person]:
    """Return whom the marketplace told us of; nobody can sign in as one of them."""
    return [Person(*row) for row in tx.execute(_TOLD_OF, {"email": email})]


def passwords(tx: Tx, of: Iterable[PersonId]) -> dict[PersonId, PasswordHash]:
    """Return what is kept of the passwords of some people, at this moment."""
    return {
        PersonId(id_): PasswordHash(kept) for id_, kept in tx.execute(_PASSWORDS, {"ids": list(of)})
    }


def password(tx: Tx, person_id: PersonId) -> PasswordHash:
    """Return what is kept of a person's password; nobody changes it until we are done."""
    return PasswordHash(tx.execute(_PASSWORD, {"person": person_id}).scalar_one())


def set_password(tx: Tx, person_id: PersonId, password: PasswordHash) -> None:
    """Keep another password."""
    tx.execute(_SET_PASSWORD, {"by_id": person_id, "to_password": password})


def set_lent(tx: Tx, person_id: PersonId, *, lent: bool) -> None:
    """Remember whether others chose somebody's password, and know it."""
    tx.execute(_SET_LENT, {"by_id": person_id, "is_lent": lent})


def is_lent(tx: Tx, person_id: PersonId) -> bool:
    """Tell whether somebody's password was chosen for them and is still the same."""
    return bool(tx.execute(_LENT, {"person": person_id}).scalar_one())


def set_verified(tx: Tx, person_id: PersonId) -> None:
    """Remember that the address is this person's."""
    tx.execute(_SET_VERIFIED, {"by_id": person_id})


def names(tx: Tx, ids: Iterable[PersonId]) -> dict[PersonId, str]:
    """Return the names of people and of API keys."""
    asked = {"ids": list(set(ids))}
    rows = [*tx.execute(_PERSON_NAMES, asked), *tx.execute(_KEY_NAMES, asked)]
    return {PersonId(id_): name for id_, name in rows}


def any_demo(tx: Tx) -> bool:
    """Tell whether there are people whose password is printed in the manual."""
    return tx.execute(_ANY_DEMO).first() is not None


def join(tx: Tx, membership: Membership) -> None:
    """Keep somebody's place in a shop's staff."""
    row = {name: getattr(membership, name) for name in membership.__struct_fields__}
    tx.execute(_JOIN, {**row, "moment": tx.now})


def membership(tx: Tx, person_id: PersonId, shop: ShopId) -> Membership | None:
    """Return somebody's place in the staff of a shop."""
    row = tx.execute(_MEMBERSHIP, {"by_id": person_id, "by_shop": shop}).one_or_none()
    return None if row is None else Membership(*row)


def memberships_of(tx: Tx, person_id: PersonId) -> list[Membership]:
    """Return for which shops somebody works, the first they joined first."""
    return [Membership(*row) for row in tx.execute(_MEMBERSHIPS, {"by_id": person_id})]


def staff(tx: Tx, shop: ShopId) -> list[Colleague]:
    """Return everybody who works for a shop."""
    return [Colleague(*row) for row in tx.execute(_STAFF, {"shop": shop})]


def members_held(tx: Tx, shop: ShopId) -> dict[PersonId, Membership]:
    """Return the places in a shop's staff; nobody changes them until we are done."""
    rows = tx.execute(_MEMBERS_HELD, {"shop": shop})
    return {row.person: Membership(*row) for row in rows}


class Addition(NamedTuple):
    """Whom a request has added, and what it asked for."""

    person: PersonId
    content: str
    back: bool


def addition(tx: Tx, shop: ShopId, asked: str) -> Addition | None:
    """Return what a request of this name has done in a shop."""
    row = tx.execute(_ADDITION, {"shop": shop, "asked": asked}).one_or_none()
    return None if row is None else Addition(*row)


def note_addition(tx: Tx, shop: ShopId, asked: str, joined: Joined, content: str) -> None:
    """Remember what a request of this name has done in a shop."""
    row = {"shop": shop, "asked": asked, "person": joined.person.id}
    tx.execute(_NOTE_ADDITION, {**row, "content": content, "back": joined.back})


def left(tx: Tx, email: str) -> list[tuple[Person, ShopId | None]]:
    """Return who of this address worked for a shop and does not now, and for which, if known."""
    rows: list[tuple[Any, ...]] = [tuple(row) for row in tx.execute(_LEFT, {"email": email})]
    return [(Person(*row[:-1]), row[-1]) for row in rows]


def hold_person(tx: Tx, person_id: PersonId) -> None:
    """Have whoever else holds this person wait until we are done."""
    tx.execute(_HOLD_PERSON, {"person": person_id})


def leave(tx: Tx, person_id: PersonId, shop: ShopId) -> None:
    """End somebody's place in a shop's staff."""
    tx.execute(_LEAVE, {"by_id": person_id, "by_shop": shop, "to_moment": tx.now})


def set_locale(tx: Tx, person_id: PersonId, locale: Locale) -> None:
    """Remember in which language somebody is written to."""
    tx.execute(_SET_LOCALE, {"by_id": person_id, "to_locale": locale})


def set_rank(tx: Tx, person_id: PersonId, shop: ShopId, rank: Rank) -> None:
    """Keep somebody's new place in a shop's staff."""
    tx.execute(_SET_RANK, {"by_id": person_id, "by_shop": shop, "to_rank": rank})


# --- sessions and devices -----------------------------------------------------------------


class OpenSession(NamedTuple):
    """A session as it is kept, with the person and where they work."""

    person: Person
    id: SessionId
    opened_at: datetime
    seen_at: datetime
    shop: ShopId | None
    rank: Rank | None
    role: Role | None
    barred: Reach | None
    shop_barred: Reach | None


_kept = memberships.alias("kept")
_WORKS = (
    select(_kept.c.shop)
    .where(_kept.c.person == sessions.c.person, _kept.c.left_at.is_(None))
    .correlate(sessions)
)
_ACTS_FOR = func.coalesce(
    _WORKS.where(_kept.c.shop == sessions.c.shop).scalar_subquery(),
    _WORKS.order_by(_kept.c.joined_at, _kept.c.shop).limit(1).scalar_subquery(),
)
"""The shop that was chosen while its staff has this person, else the one they joined first."""

_own, _shops = blocks.alias("own_block"), blocks.alias("shop_block")
_OPEN = insert(sessions)
_BY_ID: BindParameter[Any] = bindparam("by_id")
_SEEN = (
    update(sessions)
    .where(sessions.c.id == _BY_ID)
    .values(seen_at=bindparam("seen"), address=bindparam("from_address"))
)
_DEVICE_SEEN = update(devices).where(devices.c.id == _BY_ID).values(seen_at=bindparam("seen"))
_SESSIONS = (
    select(
        *_PERSON,
        sessions.c.id,
        sessions.c.opened_at,
        sessions.c.seen_at,
        memberships.c.shop,
        memberships.c.rank,
        people.c.role,
        _own.c.reach,
        _shops.c.reach,
    )
    .join(sessions, sessions.c.person == people.c.id)
    .outerjoin(
        memberships, and_(memberships.c.person == people.c.id, memberships.c.shop == _ACTS_FOR)
    )
    .outerjoin(_own, and_(_own.c.subject == people.c.id, _own.c.ended_at.is_(None)))
    .outerjoin(_shops, and_(_shops.c.subject == memberships.c.shop, _shops.c.ended_at.is_(None)))
)
_SESSION = _SESSIONS.where(sessions.c.secret == bindparam("secret"))
_SESSION_BY_ID = _SESSIONS.where(sessions.c.id == bindparam("session"))
_OWN_SESSIONS = (
    select(
        sessions.c.id,
        sessions.c.device,
        sessions.c.address,
        sessions.c.opened_at,
        sessions.c.seen_at,
    )
    .where(
        sessions.c.person == bindparam("person"),
        sessions.c.seen_at > bindparam("used_since"),
        sessions.c.opened_at > bindparam("opened_since"),
    )
    .order_by(sessions.c.seen_at.desc(), sessions.c.id.desc())
)
_SESSIONS_OPEN = Select(sessions, ["id"], ["id"])
_AMONG = sessions.c.id.in_(bindparam("ids", expanding=True))
_ACTING = select(sessions.c.id, _ACTS_FOR).where(_AMONG)
_HOLD = select(sessions.c.id).where(_AMONG).order_by(sessions.c.id).with_for_update()
_ACTING_AT = select(sessions.c.id).where(
    sessions.c.person == bindparam("person"),
    bindparam("shop", type_=sessions.c.shop.type) == _ACTS_FOR,
)
_ACT_FOR = update(sessions).where(_AMONG).values(shop=bindparam("to_shop"))
_END_SOME = delete(sessions).where(_AMONG)
_END = delete(sessions).where(sessions.c.id == bindparam("session")).returning(sessions.c.person)
_END_ALL = (
    delete(sessions)
    .where(sessions.c.person == bindparam("person"), sessions.c.id != bindparam("but"))
    .returning(sessions.c.id)
)
_ADD_DEVICE = insert(devices)
_DEVICE = select(devices.c.id, devices.c.person).where(
    devices.c.secret == bindparam("secret"), devices.c.seen_at > bindparam("since")
)


def open_session(tx: Tx, session: SessionId, of: PersonId, secret: str, knock: Knock) -> None:
    """Keep a new session, with the browser and the place it is in."""
    device, address = browsers.named(knock.agent), knock.address
    row = {"id": session, "person": of, "secret": secret, "opened_at": tx.now, "seen_at": tx.now}
    tx.execute(_OPEN, {**row, "device": device, "address": address[:ADDRESS_MOST], "shop": None})


def session(tx: Tx, secret: str) -> OpenSession | None:
    """Return the session of a secret, however old."""
    return _open_session(tx.execute(_SESSION, {"secret": secret}).one_or_none())


def session_by_id(tx: Tx, session: SessionId) -> OpenSession | None:
    """Return the session of this id, however old."""
    return _open_session(tx.execute(_SESSION_BY_ID, {"session": session}).one_or_none())


def _open_session(row: Sequence[Any] | None) -> OpenSession | None:
    if row is None:
        return None
    values: tuple[Any, ...] = tuple(row)
    return OpenSession(Person(*values[: len(_PERSON)]), *values[len(_PERSON) :])


def sessions_open(tx: Tx, among: Iterable[SessionId]) -> set[str]:
    """Return which of some sessions have not ended."""
    return {session for (session,) in _SESSIONS_OPEN(tx, ((session,) for session in among))}


def acting(
    tx: Tx, among: Iterable[SessionId], *, hold: bool = False
) -> dict[SessionId, ShopId | None]:
    """Return for which shop each of some sessions acts, of those that have not ended.

    Held, nobody moves them until we are done.
    """
    asked = {"ids": list(among)}
    if hold:
        tx.execute(_HOLD, asked)
    return {row[0]: row[1] for row in tx.execute(_ACTING, asked)}


def acting_at(tx: Tx, of: PersonId, shop: ShopId) -> list[SessionId]:
    """Return the sessions in which somebody acts for a shop."""
    return list(tx.execute(_ACTING_AT, {"person": of, "shop": shop}).scalars())


def act_for(tx: Tx, some: Iterable[SessionId], shop: ShopId | None) -> None:
    """Have somebody act for a shop in some sessions; for the first they joined, if for none."""
    tx.execute(_ACT_FOR, {"ids": list(some), "to_shop": shop})


def end_some(tx: Tx, some: Iterable[SessionId]) -> None:
    """Forget some sessions."""
    tx.execute(_END_SOME, {"ids": list(some)})


def own_sessions(tx: Tx, of: PersonId, here: SessionId, lasts: Lasting) -> list[SignedIn]:
    """Return the sessions that still let somebody in, the one used last first."""
    given = {"person": of, "used_since": tx.now - lasts.idle}
    rows = tx.execute(_OWN_SESSIONS, {**given, "opened_since": tx.now - lasts.at_most})
    return [SignedIn(*row, here=row[0] == here) for row in rows]


def session_seen(tx: Tx, session: SessionId, address: str) -> None:
    """Remember that a session was used just now, and from where."""
    given = {"by_id": session, "seen": tx.now, "from_address": address[:ADDRESS_MOST]}
    tx.execute(_SEEN, given)


def end_session(tx: Tx, session: SessionId) -> PersonId | None:
    """Forget one session; returns whose it was."""
    return tx.execute(_END, {"session": session}).scalar_one_or_none()


def end_sessions(tx: Tx, of: PersonId, but: SessionId) -> list[SessionId]:
    """Forget all sessions of a person but one; returns those that ended."""
    return list(tx.execute(_END_ALL, {"person": of, "but": but}).scalars())


def add_device(tx: Tx, of: PersonId, secret: str) -> None:
    """Remember a device somebody signed in with."""
    row = {"id": new_id(), "person": of, "secret": secret, "seen_at": tx.now}
    tx.execute(_ADD_DEVICE, row)


def device(tx: Tx, secret: str) -> tuple[DeviceId, PersonId] | None:
    """Return a device that signed in not too long ago, and who did."""
    given = {"secret": secret, "since": tx.now - DEVICE_LIFE}
    row = tx.execute(_DEVICE, given).one_or_none()
    return None if row is None else (row[0], row[1])


def device_seen(tx: Tx, device: DeviceId) -> None:
    """Remember that a device signed in just now."""
    tx.execute(_DEVICE_SEEN, {"by_id": device, "seen": tx.now})


# --- what has run out ---------------------------------------------------------------------

_SWEEPS = (
    delete(devices).where(devices.c.seen_at < bindparam("moment")),
    delete(sessions).where(sessions.c.seen_at < bindparam("moment")),
)


def sweep(tx: Tx, before: datetime) -> int:
    """Forget what has meant nothing since ``before``; returns how much that was."""
    return sum(tx.execute(statement, {"moment": before}).rowcount for statement in _SWEEPS)
