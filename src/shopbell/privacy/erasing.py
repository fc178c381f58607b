"""Takes everything out that somebody said, and by which they could be known, room by room.

Each function is one transaction that may be repeated: a worker that dies begins again. What shops
need to show what became of an order stays: numbers, moments, sums, steps and their marks.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from shopbell.analytics.score import service as score
from shopbell.conversations.joining import service as joining
from shopbell.conversations.search import indexing
from shopbell.desk.bulk import service as bulk
from shopbell.engine import erasing
from shopbell.engine.database import Tx
from shopbell.engine.erasing import Row
from shopbell.knowledge.suggesting import service as suggesting
from shopbell.privacy import emptying
from shopbell.privacy.inventory import BLANKED, GONE, SCRUBBED, Rows
from shopbell.privacy.model import DropFiles, ExportId, Trail
from shopbell.privacy.words import Marks
from shopbell.realtime import service as realtime

Counts = Counter[str]
KEEPERS = (bulk, joining, realtime, score, suggesting)
"""Rooms that a worker has no other use for: their tables are in the catalogue by this alone."""

FILES = (
    ("attachment", "sha256"),
    ("mail_arrived", "raw"),
    ("picture", "sha256"),
    ("listing_file", "file"),
    ("listing_file", "drafts"),
    ("listing_file", "findings"),
    ("listing_file", "album"),
    ("listing_picture", "blob"),
)
"""Columns that name kept files, beside the proofs of carriers."""

NO_LETTER = {
    "sender": None,
    "from_address": "",
    "from_name": "",
    "subject": "",
    "trouble": "",
    "verdict": "",
    "client": "",
    "helo": "",
}


def marks_of(trail: Trail) -> Marks:
    """Return by what somebody is told in words of others."""
    return Marks(trail.names, [*trail.emails, *trail.contacts])


def scrub_talk(tx: Tx, trail: Trail, talk: str) -> int:
    """Cover the name of who goes in what others wrote into one conversation."""
    marks = marks_of(trail)

    def change(row: Row) -> Row:
        if row["actor"] in trail.people:
            return {}
        data = marks.scrub_json(row["data"])
        news = emptying.scrubbed(row, ("name",), marks)
        return news | ({"data": data} if data != row["data"] else {})

    return erasing.rewrite(tx, "event", "conversation", [talk], change)


def empty_talk(tx: Tx, trail: Trail, talk: str) -> Counts:
    """Empty what somebody wrote into one conversation, and close it."""

    def change(row: Row) -> Row:
        return emptying.entry(row, trail) if row["actor"] in trail.people else {}

    changed = erasing.rewrite(tx, "event", "conversation", [talk], change)
    erasing.rewrite(tx, "conversation", "id", [talk], lambda row: emptying.talk(row, trail))
    return Counts(event=changed, conversation=1)


def empty_case(tx: Tx, trail: Trail, case: str) -> Counts:
    """Empty what somebody gave in one case; the marks of it stay, so that its chain holds."""
    marks, gone = marks_of(trail), set[str]()
    [kind] = erasing.pick(tx, "cases", "kind", "id", [case])

    def change(row: Row) -> Row:
        return emptying.step(row, kind, trail, marks, gone)

    changed = erasing.rewrite(tx, "case_step", "case", [case], change)
    erasing.rewrite(tx, "cases", "id", [case], lambda row: emptying.facts(row, gone))
    return Counts(case_step=changed)


def erase_rows(tx: Tx, trail: Trail) -> Counts:
    """Drop, empty and scrub what the inventory says; their files go as soon as that is durable."""
    marks, counts = marks_of(trail), Counts()
    tx.later(DropFiles(files=files_of(tx, trail), exports=_copies_of(tx, trail)))
    for rows, columns in SCRUBBED:
        counts[rows.table] += _scrub(tx, trail, rows, columns, marks)
    for rows, blank in BLANKED:
        counts[rows.table] += erasing.set_columns(tx, *_of(rows, trail), blank)
    for rows in GONE:
        counts[rows.table] += erasing.delete_rows(tx, *_of(rows, trail))
    return counts + empty_mail(tx, trail) + drop_work(tx, trail) + _scrub_views(tx, trail)


def facts_naming(tx: Tx, trail: Trail) -> list[str]:
    """Return the facts in the journal that tell of somebody by name; it is long, so only read.

    Only what is known to be about them, by its ids: others may bear the same name.
    """
    marks = marks_of(trail)
    about = _about(tx, "journal", trail, {*trail.people, *trail.talks, *trail.cases})
    return [row["id"] for row in about if marks.scrub_json(row["body"]) != row["body"]]


def scrub_facts(tx: Tx, trail: Trail, facts: Sequence[str]) -> None:
    """Cover the name in some facts of the journal."""
    marks = marks_of(trail)
    erasing.rewrite(tx, "journal", "id", facts, lambda row: {"body": marks.scrub_json(row["body"])})


def erase_person(tx: Tx, trail: Trail) -> Counts:
    """Leave of the account nothing but that there was one; nobody can sign in to it."""
    for person in trail.people:
        gone = {"email": f"{person}@erased.invalid", "name": trail.called, "password": "-"}
        erasing.set_columns(tx, "person", "id", [person], {**gone, "verified": False})
    return Counts(person=len(trail.people))


def forget_index(tx: Tx) -> None:
    """Have the index of words built anew from what is left."""
    indexing.begin_anew(tx)


def unneeded(tx: Tx, files: Sequence[str]) -> list[str]:
    """Return those files that nothing refers to any more."""
    kept = {one for name, column in FILES for one in erasing.pick(tx, name, column, column, files)}
    kept.update(
        file
        for row in erasing.every_row(tx, "case_trace")
        for file in msgspec.json.decode(row["proof"])
    )
    return [file for file in files if file not in kept]


def _of(rows: Rows, trail: Trail) -> tuple[str, str, list[str]]:
    keys: list[str] = getattr(trail, rows.key)
    return rows.table, rows.by, keys


def _scrub(tx: Tx, trail: Trail, rows: Rows, columns: Sequence[str], marks: Marks) -> int:
    return erasing.rewrite(
        tx, *_of(rows, trail), lambda row: emptying.scrubbed(row, columns, marks)
    )


def files_of(tx: Tx, trail: Trail) -> list[str]:
    """Return the files that somebody sent, and the letters they came in."""
    own = erasing.pick(tx, "attachment", "sha256", "person", trail.people)
    raw = [row["raw"] for row in _mail_of(tx, trail)]
    proofs = erasing.pick(tx, "case_trace", "proof", "case", trail.cases)
    named = [file for proof in proofs for file in msgspec.json.decode(proof)]
    return sorted({*own, *raw, *named})


def _copies_of(tx: Tx, trail: Trail) -> tuple[ExportId, ...]:
    return tuple(erasing.pick(tx, "data_export", "id", "person", trail.people))


def _mail_of(tx: Tx, trail: Trail) -> Iterator[Row]:
    yield from erasing.rows(tx, "mail_arrived", "conversation", trail.talks)
    for column in ("from_address", "sender"):
        yield from erasing.rows(tx, "mail_arrived", column, trail.emails)


def empty_mail(tx: Tx, trail: Trail) -> Counts:
    """Empty what is noted of letters that came in."""
    found = {row["id"] for row in _mail_of(tx, trail)}
    for mail in found:
        erasing.set_columns(tx, "mail_arrived", "id", [mail], {**NO_LETTER, "raw": mail})
    return Counts(mail_arrived=len(found))


def _scrub_views(tx: Tx, trail: Trail) -> Counts:
    """Cover the name where somebody of a shop kept a list of what is found by it."""
    marks = marks_of(trail)
    changed = erasing.rewrite(
        tx, "desk_view", "shop", trail.shops, lambda row: emptying.view(row, marks)
    )
    return Counts(desk_view=changed)


def drop_work(tx: Tx, trail: Trail) -> Counts:
    """Drop the work that was left behind for somebody, or about their conversations."""
    about = _about(tx, "outbox", trail, {*trail.people, *trail.talks})
    found = [row["id"] for row in about]
    entered = [
        row["hash"]
        for row in erasing.every_row(tx, "ticket")
        if any(person in row["bearer"] for person in trail.people)
    ]
    erasing.delete_rows(tx, "ticket", "hash", entered)
    return Counts(outbox=erasing.delete_rows(tx, "outbox", "id", found))


def _about(tx: Tx, table: str, trail: Trail, ids: set[str]) -> Iterator[Row]:
    """Read the rows of ``table`` whose body has one of ``ids``, or an address of theirs, in it."""
    addresses = Marks([], trail.emails)
    for row in erasing.every_row(tx, table, "id"):
        if any(one in row["body"] for one in ids) or addresses.are_in(row["body"]):
            yield row
