"""The table of what people do not want to be told; only this room's storage opens it."""

from sqlalchemy import ForeignKey, PrimaryKeyConstraint, Table, TypedColumns

from shopbell.accounts.wishes.model import Kind, Way
from shopbell.engine.tables import choice, ident, metadata
from shopbell.kernel.actor import PersonId


class UnwantedColumns(TypedColumns):
    person = ident(PersonId, ForeignKey("person.id"))
    kind = choice(Kind)
    way = choice(Way)


unwanted = Table(
    "news_unwanted", metadata, UnwantedColumns, PrimaryKeyConstraint("person", "kind", "way")
)
"""A row for each kind and way that somebody switched off."""
