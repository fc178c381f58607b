"""The tables of this room; only its storage opens them."""

from sqlalchemy import (
    Column,
    Index,
    Integer,
    Named,
    PrimaryKeyConstraint,
    String,
    Table,
    TypedColumns,
)

from shopbell.engine.tables import Json, Moment, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.knowledge.model import Profile, Terms


class VersionColumns(TypedColumns):
    profile = Column(String(40), nullable=False)
    version = Column(Integer, nullable=False)
    effective_from = Column(Moment, nullable=False)
    body: Named[Profile] = Column(Json(Profile), nullable=False)
    published_at = Column(Moment, nullable=False)
    published_by = ident(PersonId)


class ChoiceColumns(TypedColumns):
    id = ident(str, primary_key=True)
    since = Column(Moment, nullable=False)
    profile = Column(String(40), nullable=False)
    chosen_by = ident(PersonId)


class TermsColumns(TypedColumns):
    shop = ident(ShopId)
    number = Column(Integer, nullable=False)
    since = Column(Moment, nullable=False)
    body: Named[Terms] = Column(Json(Terms), nullable=False)
    given_by = ident(PersonId)


versions = Table(
    "policy_version",
    metadata,
    VersionColumns,
    PrimaryKeyConstraint("profile", "version"),
    Index("ix_policy_version_in_force", "profile", "effective_from"),
)
choices = Table("policy_choice", metadata, ChoiceColumns)
"""Which profile the marketplace goes by, since when; the latest counts."""

terms = Table("policy_terms", metadata, TermsColumns, PrimaryKeyConstraint("shop", "number"))
"""What each shop gives beyond the rules; a row is never changed, the latest counts."""
