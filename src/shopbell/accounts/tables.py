"""The tables of people, their ways in and their keys.

Secrets are kept as SHA-256 only: they are 256 random bits, which nobody guesses and a slow
hash would not protect better.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Named,
    String,
    Table,
    TypedColumns,
    true,
)

from shopbell.accounts.model import DeviceId, KeyId, SessionId
from shopbell.engine.tables import Choice, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, Rank, Role, ShopId, Side
from shopbell.kernel.texts import Locale

DIGEST = 64


def _language() -> "Column[Locale]":
    column: Column[Any] = Column(String(2), nullable=False)
    return column


class PersonColumns(TypedColumns):
    id = ident(PersonId, primary_key=True)
    side = choice(Side)
    email = Column(String(254), nullable=False)
    name = Column(String(80), nullable=False)
    locale = _language()
    verified = Column(Boolean, nullable=False)
    demo = Column(Boolean, nullable=False)
    password = Column(String(200), nullable=False)
    joined_at = Column(Moment, nullable=False)
    role: Named[Role | None] = Column(Choice(Role))
    lent = Column(Boolean, nullable=False, default=False)


class ProposalColumns(TypedColumns):
    """Who is to lead, as one who leads proposed; another confirms it."""

    person = ident(PersonId, ForeignKey("person.id"), primary_key=True)
    by = ident(PersonId, ForeignKey("person.id"))
    at = Column(Moment, nullable=False)


class MembershipColumns(TypedColumns):
    person = ident(PersonId, ForeignKey("person.id"), primary_key=True)
    shop = ident(ShopId, primary_key=True, index=True)
    rank = choice(Rank)
    joined_at = Column(Moment, nullable=False)
    left_at: Named[datetime | None] = Column(Moment)


class AdditionColumns(TypedColumns):
    """Whom a request has added to a shop's staff: the same request, sent again, adds nobody."""

    shop = ident(ShopId, primary_key=True)
    asked = ident(str, primary_key=True)
    person = ident(PersonId, ForeignKey("person.id"))
    content = Column(String(DIGEST), nullable=False)
    back = Column(Boolean, nullable=False)


class SessionColumns(TypedColumns):
    id = ident(SessionId, primary_key=True)
    person = ident(PersonId, ForeignKey("person.id"), index=True)
    secret = Column(String(DIGEST), nullable=False, unique=True)
    opened_at = Column(Moment, nullable=False)
    seen_at = Column(Moment, nullable=False)
    device = Column(String(60), nullable=False)
    address = Column(String(64), nullable=False)
    shop: Named[ShopId | None] = ident(ShopId, nullable=True)
    """For which of their shops somebody acts here, once they chose; else for the first."""


class DeviceColumns(TypedColumns):
    id = ident(DeviceId, primary_key=True)
    person = ident(PersonId, ForeignKey("person.id"), index=True)
    secret = Column(String(DIGEST), nullable=False, unique=True)
    seen_at = Column(Moment, nullable=False)


class KeyColumns(TypedColumns):
    id = ident(KeyId, primary_key=True)
    shop = ident(ShopId, index=True)
    name = Column(String(80), nullable=False)
    rank = choice(Rank)
    made_by = ident(PersonId, ForeignKey("person.id"))
    created_at = Column(Moment, nullable=False)
    used_at: Named[datetime | None] = Column(Moment)
    revoked_at: Named[datetime | None] = Column(Moment)
    secret = Column(String(DIGEST), nullable=False, unique=True)


people = Table("person", metadata, PersonColumns)
proposals = Table("role_proposal", metadata, ProposalColumns)
memberships = Table("membership", metadata, MembershipColumns)
additions = Table("addition", metadata, AdditionColumns)
sessions = Table("session", metadata, SessionColumns)
devices = Table("device", metadata, DeviceColumns)
api_keys = Table("api_key", metadata, KeyColumns)

Index("ix_person_email", people.c.email)
Index(
    "uq_person_owned_email",
    people.c.email,
    unique=True,
    sqlite_where=people.c.verified.is_(true()),
    postgresql_where=people.c.verified.is_(true()),
)
