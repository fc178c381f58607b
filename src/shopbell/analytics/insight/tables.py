"""The tables of insight; only its storage opens them."""

from datetime import datetime

from sqlalchemy import Column, Index, Integer, Named, String, Table, TypedColumns

from shopbell.analytics.insight.model import Manner, Sheet
from shopbell.commerce.model import Attribute, ProductId
from shopbell.engine.tables import Json, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.knowledge.answers.model import AnswerId

KEY = 80


class SheetColumns(TypedColumns):
    shop = ident(ShopId, primary_key=True)
    made_at = Column(Moment, nullable=False)
    sheet: Named[Sheet] = Column(Json(Sheet), nullable=False)


class MendColumns(TypedColumns):
    id = ident(str, primary_key=True)
    shop = ident(ShopId)
    product = ident(ProductId)
    key = Column(String(KEY), nullable=False)
    manner = choice(Manner)
    attribute: Named[Attribute | None] = Column(Json(Attribute))
    answer: Named[AnswerId | None] = ident(AnswerId, nullable=True)
    before = Column(Integer, nullable=False)
    at = Column(Moment, nullable=False)
    by = ident(PersonId)
    undone_at: Named[datetime | None] = Column(Moment)


sheets = Table("insight_sheet", metadata, SheetColumns)
"""What was counted of each shop last; all of it can be counted anew."""

mends = Table("insight_mend", metadata, MendColumns, Index("ix_insight_mend_of", "shop", "product"))
"""What was added to listings because buyers asked."""
