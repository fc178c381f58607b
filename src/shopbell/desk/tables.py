"""The tables of this room; only its storage opens them."""

from datetime import datetime

from sqlalchemy import (
    Column,
    Index,
    Integer,
    Named,
    String,
    Table,
    TypedColumns,
    UniqueConstraint,
)

from shopbell.conversations.model import TagId, TalkKind
from shopbell.desk.model import Attendance, Colour, Mode
from shopbell.engine.tables import Json, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.texts import Locale


class SeatColumns(TypedColumns):
    """Who works for several shops has a seat at each, by `shopbell.desk.model.seat_id`."""

    id = ident(str, primary_key=True)
    person = ident(PersonId, index=True)
    shop = ident(ShopId)
    presence = choice(Attendance)
    since = Column(Moment, nullable=False)
    capacity: Named[int | None] = Column(Integer)
    languages: Named[list[Locale]] = Column(Json(list[Locale]), nullable=False)
    kinds: Named[list[TalkKind]] = Column(Json(list[TalkKind]), nullable=False)
    shift_ends_at: Named[datetime | None] = Column(Moment)
    last_given_at: Named[datetime | None] = Column(Moment)
    seen_at = Column(Moment, nullable=False)


class RuleColumns(TypedColumns):
    shop = ident(ShopId, primary_key=True)
    mode = choice(Mode)
    limit = Column(Integer, nullable=False)
    patience = Column(Integer, nullable=False)
    grace = Column(Integer, nullable=False)
    by = ident(PersonId)
    at = Column(Moment, nullable=False)


class TagColumns(TypedColumns):
    id = ident(TagId, primary_key=True)
    shop = ident(ShopId)
    name = Column(String(40), nullable=False)
    folded = Column(String(80), nullable=False)
    colour = choice(Colour)


seats = Table("desk_seat", metadata, SeatColumns, Index("ix_desk_seat_shop", "shop"))
rules = Table("desk_rule", metadata, RuleColumns)
"""How each shop gives out its work. Whoever gives out holds the shop's row: one at a time."""

tags = Table("desk_tag", metadata, TagColumns, UniqueConstraint("shop", "folded"))
