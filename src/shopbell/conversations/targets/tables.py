"""The tables of this room; only its storage opens them."""

from sqlalchemy import Column, Integer, Named, PrimaryKeyConstraint, Table, TypedColumns

from shopbell.conversations.targets.model import ClockRules, Maxima
from shopbell.engine.tables import Json, Moment, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId


class RulesColumns(TypedColumns):
    shop = ident(ShopId)
    number = Column(Integer, nullable=False)
    since = Column(Moment, nullable=False)
    rules: Named[ClockRules | None] = Column(Json(ClockRules))
    by = ident(PersonId)
    at = Column(Moment, nullable=False)


class CeilingColumns(TypedColumns):
    number = Column(Integer, primary_key=True, autoincrement=False)
    since = Column(Moment, nullable=False)
    maxima: Named[Maxima] = Column(Json(Maxima), nullable=False)
    by = ident(PersonId)
    at = Column(Moment, nullable=False)


rules = Table("clock_rules", metadata, RulesColumns, PrimaryKeyConstraint("shop", "number"))
"""Every version of every shop's rules, for ever: promises were made by them."""

ceilings = Table("clock_ceiling", metadata, CeilingColumns)
"""Every version of how slow the marketplace lets a shop be."""
