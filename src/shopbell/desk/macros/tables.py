"""The tables of this room; only its storage opens them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Named,
    PrimaryKeyConstraint,
    String,
    Table,
    TypedColumns,
    UniqueConstraint,
)

from shopbell.conversations.model import ConversationId, TalkKind
from shopbell.desk.macros.model import MacroBody, MacroId, Ran
from shopbell.engine.tables import Json, Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers.model import AnswerId


def _body() -> "Column[MacroBody]":
    column: Column[Any] = Column(Json(MacroBody), nullable=False)
    return column


class MacroColumns(TypedColumns):
    id = ident(MacroId, primary_key=True)
    shop = ident(ShopId)
    owner: Named[PersonId | None] = ident(PersonId, nullable=True)
    keeper = ident(str)
    key: Named[str | None] = Column(String(24))
    version = Column(Integer, nullable=False)
    body = _body()
    faq: Named[dict[Locale, AnswerId]] = Column(Json(dict[Locale, AnswerId]), nullable=False)
    changed_at = Column(Moment, nullable=False)
    removed_at: Named[datetime | None] = Column(Moment)


class VersionColumns(TypedColumns):
    macro = ident(MacroId, ForeignKey("macro.id"))
    version = Column(Integer, nullable=False)
    body = _body()
    at = Column(Moment, nullable=False)
    by = ident(PersonId)


class UseColumns(TypedColumns):
    macro = ident(MacroId, ForeignKey("macro.id"))
    kind = choice(TalkKind)
    shop = ident(ShopId)
    uses = Column(Integer, nullable=False)
    warmth = Column(Float, nullable=False)
    at = Column(Moment, nullable=False)


class RunColumns(TypedColumns):
    person = ident(PersonId)
    cmid = Column(String(40), nullable=False)
    macro = ident(MacroId, ForeignKey("macro.id"))
    conversation = ident(ConversationId)
    asked = Column(LargeBinary, nullable=False)
    at = Column(Moment, nullable=False)
    ran: Named[Ran] = Column(Json(Ran), nullable=False)


macros = Table(
    "macro",
    metadata,
    MacroColumns,
    UniqueConstraint("shop", "keeper", "key"),
    Index("ix_macro_of", "shop"),
)
"""``keeper`` is whose keys it shares in a shop: the shop's or its owner's.

What was removed has no key.
"""

versions = Table(
    "macro_version", metadata, VersionColumns, PrimaryKeyConstraint("macro", "version")
)
"""What each macro said at any time; a row is never changed."""

uses = Table(
    "macro_use",
    metadata,
    UseColumns,
    PrimaryKeyConstraint("macro", "kind"),
    Index("ix_macro_use_of", "shop"),
)
"""How often each macro was used in each kind of case."""

runs = Table("macro_run", metadata, RunColumns, PrimaryKeyConstraint("person", "cmid"))
"""Each use once, with what came of it: who presses again is told the same."""
