"""The tables of the listing tool; only its storage opens them."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Named,
    String,
    Table,
    TypedColumns,
    UniqueConstraint,
)

from shopbell.connectors.listings.model import (
    Change,
    FileState,
    Form,
    Heads,
    ListingFileId,
    Tally,
    Trouble,
    Wishes,
)
from shopbell.connectors.listings.picturing import PictureState
from shopbell.engine.tables import Json, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId

SHA256 = 64


class FileColumns(TypedColumns):
    id = ident(ListingFileId, primary_key=True)
    shop = ident(ShopId, ForeignKey("shop.id"))
    by = ident(PersonId)
    at = Column(Moment, nullable=False)
    name = Column(String(200), nullable=False)
    file = Column(String(SHA256), nullable=False)
    state = choice(FileState)
    wishes: Named[Wishes] = Column(Json(Wishes), nullable=False)
    whole = Column(Boolean, nullable=False)
    form = choice(Form)
    tally: Named[Tally] = Column(Json(Tally), nullable=False)
    done = Column(Integer, nullable=False)
    finished_at: Named[datetime | None] = Column(Moment)
    trouble: Named[Trouble | None] = Column(Json(Trouble))
    heads: Named[Heads | None] = Column(Json(Heads))
    preview: Named[list[Change]] = Column(Json(list[Change]), nullable=False)
    drafts: Named[str | None] = Column(String(SHA256))
    findings: Named[str | None] = Column(String(SHA256))
    album: Named[str | None] = Column(String(SHA256))
    digest = Column(String(SHA256), nullable=False)


class PictureColumns(TypedColumns):
    digest = Column(String(SHA256), primary_key=True)
    shop = ident(ShopId, ForeignKey("shop.id"))
    address = Column(String(2_000), nullable=False)
    state = choice(PictureState)
    blob: Named[str | None] = Column(String(SHA256))
    trouble = Column(String(60), nullable=False)
    file = ident(ListingFileId, ForeignKey("listing_file.id"))
    offer_id = Column(String(120), nullable=False)


files = Table(
    "listing_file",
    metadata,
    FileColumns,
    UniqueConstraint("shop", "digest"),
    Index("ix_listing_file_newest", "shop", "id"),
)
pictures = Table(
    "listing_picture",
    metadata,
    PictureColumns,
    Index("ix_listing_picture_of_file", "file", "state"),
    Index("ix_listing_picture_of_product", "shop", "offer_id"),
)
"""Pictures that files name, by address or from a zip, each once for a product, and their fate."""
