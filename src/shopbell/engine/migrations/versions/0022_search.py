"""The index of what was said: tokens, entries, words as they were spelled, and how far it is."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident, Moment

revision, down_revision = "0022", "0021"

_SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5("
    "tokens, content='', detail=none, columnsize=0, tokenize=\"ascii tokenchars '_'\")"
)
_POSTGRES = (
    "CREATE TABLE search_index (number bigint PRIMARY KEY, tokens tsvector NOT NULL)",
    """CREATE INDEX ix_search_index_tokens ON search_index USING gin (tokens)
    WITH (gin_pending_list_limit = 512)""",  # kB: each look reads through what is pending
)


def upgrade() -> None:
    embedded = op.get_bind().dialect.name == "sqlite"
    for statement in (_SQLITE,) if embedded else _POSTGRES:
        op.execute(statement)
    op.create_table(
        "search_word",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("word"),
    )
    op.create_table(
        "search_cursor",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", Ident(), nullable=False),
        sa.Column("checked", Ident(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "search_entry",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("words", Ident(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("conversation", "audience", "seq"),
    )
    op.create_index("ix_search_entry_at", "search_entry", ["at"])
