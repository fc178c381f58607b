"""Every statement this room runs, built once; what never changes is remembered."""

from datetime import datetime

from sqlalchemy import Select, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite
from sqlalchemy.sql.elements import ColumnElement

from shopbell.engine.database import Tx
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.ids import new_id
from shopbell.knowledge.model import PolicyRef, PolicyVersion, ShopTerms, Terms
from shopbell.knowledge.tables import choices, terms, versions

NO_TERMS = ShopTerms(0, Terms())
MOST_VERSIONS = 1_000_000

_COLUMNS = [versions.c[name] for name in PolicyVersion.__struct_fields__]
_VERSION = select(*_COLUMNS).where(
    versions.c.profile == bindparam("of_profile"), versions.c.version == bindparam("of_version")
)
_VERSIONS = select(*_COLUMNS).order_by(versions.c.profile, versions.c.version)
_LATEST = (
    select(*_COLUMNS)
    .where(versions.c.profile == bindparam("of_profile"))
    .order_by(versions.c.version.desc())
    .limit(1)
)
_PROFILES = select(versions.c.profile).distinct()
_ADD_VERSION = upsert(versions).on_conflict_do_nothing().returning(versions.c.version)

_CHOSEN = (
    select(choices.c.profile)
    .where(choices.c.since <= bindparam("at"))
    .order_by(choices.c.since.desc(), choices.c.id.desc())
    .limit(1)
)
_ANY_CHOSEN = (
    select(choices.c.profile).order_by(choices.c.since.desc(), choices.c.id.desc()).limit(1)
)
_ADD_CHOICE = upsert(choices).on_conflict_do_nothing()


def _version_at(profile: "ColumnElement[str]") -> Select[int]:
    """Find the version of a profile that counts at a moment."""
    return (
        select(versions.c.version)
        .where(versions.c.profile == profile, versions.c.effective_from <= bindparam("at"))
        .order_by(versions.c.effective_from.desc(), versions.c.version.desc())
        .limit(1)
    )


_FIRST_VERSION = (
    select(versions.c.version)
    .where(versions.c.profile == bindparam("of_profile"))
    .order_by(versions.c.version)
    .limit(1)
)
_chosen = _CHOSEN.scalar_subquery()
_number_of_terms = (
    select(terms.c.number)
    .where(terms.c.shop == bindparam("of_shop"), terms.c.since <= bindparam("at"))
    .order_by(terms.c.number.desc())
    .limit(1)
    .scalar_subquery()
)
_IN_FORCE = select(_chosen, _version_at(_chosen).scalar_subquery(), _number_of_terms)
_VERSION_AT = _version_at(bindparam("of_profile"))

_TERMS = select(terms).where(
    terms.c.shop == bindparam("of_shop"), terms.c.number == bindparam("of_number")
)
_LATEST_TERMS = (
    select(terms)
    .where(terms.c.shop == bindparam("of_shop"))
    .order_by(terms.c.number.desc())
    .limit(1)
)
_ADD_TERMS = upsert(terms).on_conflict_do_nothing().returning(terms.c.number)


# --- versions -----------------------------------------------------------------------------


def version(tx: Tx, profile: str, number: int) -> PolicyVersion | None:
    """Return one version, from memory if this process has seen it."""
    key = ("policy", profile, number)
    known: PolicyVersion | None = tx.memory.get(key) or tx.remembered.get(key)
    if known is None and 0 < number < MOST_VERSIONS and profile.isprintable():
        row = tx.execute(_VERSION, {"of_profile": profile, "of_version": number}).one_or_none()
        if row is None:
            return None
        known = tx.remembered[key] = PolicyVersion(**row._mapping)  # noqa: SLF001
    return known


def versions_of_all(tx: Tx) -> list[PolicyVersion]:
    """List every version, by profile and by when it begins to count."""
    return [PolicyVersion(**row._mapping) for row in tx.execute(_VERSIONS)]  # noqa: SLF001


def latest(tx: Tx, profile: str) -> PolicyVersion | None:
    """Return what was published last of a profile."""
    row = tx.execute(_LATEST, {"of_profile": profile}).one_or_none()
    return None if row is None else PolicyVersion(**row._mapping)  # noqa: SLF001


def profiles(tx: Tx) -> set[str]:
    """Return the names of all profiles."""
    return set(tx.execute(_PROFILES).scalars())


def add_version(tx: Tx, new: PolicyVersion, by: PersonId) -> bool:
    """Keep a version for ever; tell whether nobody else had published one of this number."""
    row = {name: getattr(new, name) for name in new.__struct_fields__}
    return tx.execute(_ADD_VERSION, {**row, "published_by": by}).scalar() is not None


# --- what counts --------------------------------------------------------------------------


def in_force(tx: Tx, shop: ShopId | None, at: datetime) -> PolicyRef | None:
    """Return what counts for a shop at a moment; none if nothing did by then."""
    row = tx.execute(_IN_FORCE, {"of_shop": shop, "at": at}).one()
    profile, number, of_terms = row
    if profile is None or number is None:
        return None
    return PolicyRef(profile, number, of_terms or 0)


def version_at(tx: Tx, profile: str, at: datetime) -> int | None:
    """Return the version of a profile that counts at a moment, or its first before that."""
    given = {"of_profile": profile, "at": at}
    found: int | None = tx.execute(_VERSION_AT, given).scalar()
    return found or tx.execute(_FIRST_VERSION, {"of_profile": profile}).scalar()


def chosen(tx: Tx) -> str | None:
    """Return the profile that the marketplace chose last."""
    found: str | None = tx.execute(_ANY_CHOSEN).scalar()
    return found


def choose(tx: Tx, profile: str, since: datetime, by: PersonId, choice: str | None = None) -> None:
    """Have the marketplace go by a profile; a ``choice`` with a name of its own is made once."""
    row = {"id": choice or new_id(), "profile": profile, "since": since, "chosen_by": by}
    tx.execute(_ADD_CHOICE, row)


# --- terms of shops -----------------------------------------------------------------------


def terms_of(tx: Tx, shop: ShopId, number: int) -> ShopTerms | None:
    """Return the terms of a shop by their number, from memory if this process has seen them."""
    if number == 0:
        return NO_TERMS
    key = ("policy terms", shop, number)
    known: ShopTerms | None = tx.memory.get(key) or tx.remembered.get(key)
    if known is None:
        row = tx.execute(_TERMS, {"of_shop": shop, "of_number": number}).one_or_none()
        if row is None:
            return None
        known = tx.remembered[key] = ShopTerms(row.number, row.body, row.since)
    return known


def latest_terms(tx: Tx, shop: ShopId) -> ShopTerms:
    """Return what a shop gives now."""
    row = tx.execute(_LATEST_TERMS, {"of_shop": shop}).one_or_none()
    return NO_TERMS if row is None else ShopTerms(row.number, row.body, row.since)


def add_terms(tx: Tx, shop: ShopId, new: ShopTerms, by: PersonId) -> bool:
    """Keep new terms beside the old ones; tell whether nobody else had given any of this number."""
    row = {"shop": shop, "number": new.number, "since": new.since, "body": new.terms}
    return tx.execute(_ADD_TERMS, {**row, "given_by": by}).scalar() is not None
