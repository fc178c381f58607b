"""The index: which numbered texts have which tokens. Contentless FTS5, or ``tsvector`` and GIN.

What is taken away keeps its tokens in FTS5 until the index is built anew: its number is given to
nothing else, and whoever keeps the numbers finds nothing under it.
"""

from collections.abc import Collection, Sequence

import msgspec

from shopbell.engine.search.terms import Term, for_postgres, for_sqlite
from shopbell.engine.tables import Session

Document = tuple[int, Collection[str]]
"""A number that grows, and the tokens of its text."""

NEAR_THE_END = 10_000
"""So many of the newest are looked through before PostgreSQL gathers every hit there is.

They take it 3 ms, and a word that is in one of five hundred texts fills a page from them. Of a
commoner one it would gather thousands of hits and keep twenty.
"""

_ADD_SQLITE = "INSERT INTO search_index (rowid, tokens) VALUES (?, ?)"
_ADD_POSTGRES = """
INSERT INTO search_index (number, tokens)
SELECT number, array_to_tsvector(string_to_array(tokens, ' '))
FROM json_to_recordset(%s::json) AS given(number bigint, tokens text)
"""
_TAKE_POSTGRES = "DELETE FROM search_index WHERE number = ANY(%s)"
_EMPTY_SQLITE = "INSERT INTO search_index (search_index) VALUES ('delete-all')"
_EMPTY_POSTGRES = "TRUNCATE search_index"
_FIND_SQLITE = (
    "SELECT rowid FROM search_index WHERE search_index MATCH ? AND rowid < ? AND rowid > ?"
    " ORDER BY rowid DESC LIMIT ?"
)
_NEWEST_POSTGRES = "SELECT max(number) FROM search_index WHERE number < %s"
_FIND_NEW_POSTGRES = (
    "SELECT number FROM search_index WHERE number < %s AND number > %s AND tokens @@ %s::tsquery"
    " ORDER BY number DESC LIMIT %s"
)
_FIND_POSTGRES = (
    "WITH hits AS MATERIALIZED (SELECT number FROM search_index WHERE tokens @@ %s::tsquery)"
    " SELECT number FROM hits WHERE number < %s AND number > %s ORDER BY number DESC LIMIT %s"
)
NO_NUMBER = 1 << 62
"""Greater than all numbers."""


def add(tx: Session, documents: Sequence[Document]) -> None:
    """Have texts found by their tokens."""
    rows = [(number, " ".join(tokens)) for number, tokens in documents]
    if tx.embedded:
        tx.run(_ADD_SQLITE, rows)
    else:
        given = [{"number": number, "tokens": tokens} for number, tokens in rows]
        tx.run(_ADD_POSTGRES, (msgspec.json.encode(given).decode(),))


def take(tx: Session, numbers: Sequence[int]) -> None:
    """Give back the room of what will not be asked for again, where it can be given back."""
    if not tx.embedded:
        tx.run(_TAKE_POSTGRES, (list(numbers),))


def empty(tx: Session) -> None:
    """Forget everything."""
    tx.run(_EMPTY_SQLITE if tx.embedded else _EMPTY_POSTGRES)


def find(tx: Session, term: Term, most: int, *, below: int, above: int = 0) -> list[int]:
    """Return the numbers of texts that ``term`` finds between two others, newest first."""
    if tx.embedded:
        found = tx.run(_FIND_SQLITE, (for_sqlite(term), below, above, most))
        return [row[0] for row in found]
    newest = tx.run(_NEWEST_POSTGRES, (below,)).scalar_one()
    if newest is None:
        return []
    wanted, floor = for_postgres(term), max(above, newest - NEAR_THE_END)
    near = [row[0] for row in tx.run(_FIND_NEW_POSTGRES, (below, floor, wanted, most))]
    if len(near) == most or floor == above:
        return near
    rest = tx.run(_FIND_POSTGRES, (wanted, floor + 1, above, most - len(near)))
    return [*near, *(row[0] for row in rest)]
