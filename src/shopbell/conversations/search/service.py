"""What people find: entries they may read, as written first, then those one letter apart."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from shopbell.conversations.model import Shown
from shopbell.conversations.search import storage
from shopbell.conversations.search.asked import mark, understand
from shopbell.conversations.search.excerpt import all_marks, excerpt, holds
from shopbell.conversations.search.model import Found, Hit, Part, Query, of_any, whose
from shopbell.conversations.search.storage import FoundRow
from shopbell.conversations.search.wording import words_of
from shopbell.conversations.service import CursorMalformed
from shopbell.engine.database import Tx
from shopbell.engine.search import index, vocabulary
from shopbell.engine.search.index import NO_NUMBER
from shopbell.engine.search.terms import All, But, Some, Term, Word
from shopbell.engine.search.tokens import stem
from shopbell.kernel.actor import Actor, Side

HITS_MOST = 50
LOOK_MOST, ROUNDS_MOST = 60, 30
"""So many are looked at again at once, and so often for one page; then comes the next page."""

LATE = timedelta(hours=1)
"""So long after it was written, a text has its number; corrections are over by then."""

AS_WRITTEN, NEAR = "e", "n"
_CURSOR = re.compile(f"({AS_WRITTEN}|{NEAR})[.]([0-9]{{1,18}})")
"""A bare number: to look anything up by it would tell strangers what there is."""


class _Stage(NamedTuple):
    """One way of looking: what the index is asked, and what must stand in what it finds."""

    name: str
    term: Term
    query: Query


class _Look(NamedTuple):
    """What one look at the index brought; ``rest`` is where it was broken off."""

    hits: list[tuple[str, Hit]]
    rest: str | None


class _Bounds(NamedTuple):
    below: int
    above: int


def find(tx: Tx, actor: Actor, asked: str, *, after: str = "", limit: int = 20) -> Found:
    """Find what was said, a page at a time: as it is written, newest first; then near it."""
    query = understand(asked)
    most = max(1, min(limit, HITS_MOST))
    begin, below = _place(after)
    bounds = _bounds(tx, query)
    hits: list[tuple[str, Hit]] = []
    for stage in _stages(tx, actor, query):
        if stage.name < begin:
            continue
        top = min(below, bounds.below) if stage.name == begin else bounds.below
        look = _look(tx, actor, stage, _Bounds(top, bounds.above), most - len(hits))
        hits += look.hits
        if look.rest or len(hits) == most:
            return Found([hit for _at, hit in hits], look.rest or hits[-1][0], query.hints)
    return Found([hit for _at, hit in hits], None, query.hints)


def _stages(tx: Tx, actor: Actor, query: Query) -> Iterator[_Stage]:
    """Give what is looked for in turn; the words one letter apart only if it comes to that."""
    scope = scope_of(tx, actor)
    if query.says_nothing or scope is None:
        return
    exact = query.term()
    yield _Stage(AS_WRITTEN, scope(exact), query)
    parts = [_with_neighbours(tx, part) for part in query.parts]
    if parts != query.parts:
        near = msgspec.structs.replace(query, parts=parts)
        yield _Stage(NEAR, scope(But(near.term(), exact)), near)


def _look(tx: Tx, actor: Actor, stage: _Stage, bounds: _Bounds, most: int) -> _Look:
    """Look until there is a page of what ``actor`` may read, or for long enough."""
    hits: list[tuple[str, Hit]] = []
    below, many = bounds.below, most
    for _round in range(ROUNDS_MOST):
        numbers = index.find(tx, stage.term, many, below=below, above=bounds.above)
        for row in storage.readable(tx, actor, numbers) if numbers else ():
            if _fits(row, stage.query):
                hits.append((_cursor(stage, row.number), _hit(row, stage)))
                if len(hits) == most:
                    return _Look(hits, None)
        if len(numbers) < many:
            return _Look(hits, None)
        below, many = numbers[-1], LOOK_MOST
    return _Look(hits, _cursor(stage, below))


def _cursor(stage: _Stage, number: int) -> str:
    return f"{stage.name}.{number}"


def _fits(row: FoundRow, query: Query) -> bool:
    if (query.before and row.at >= query.before) or (query.after and row.at < query.after):
        return False
    return holds(words_of(row.type, row.data, row.first), query.parts)


class Scope(NamedTuple):
    """What somebody may find at all, said to the index; reading asks the rule itself again."""

    within: Term | None
    notes: bool

    def __call__(self, term: Term) -> Term:
        term = All([self.within, term]) if self.within else term
        return term if self.notes else But(term, Word(mark("k", "note")))


def scope_of(tx: Tx, actor: Actor) -> "Scope | None":
    """Return among what ``actor`` may find something; None: there is nothing."""
    match actor.side:
        case Side.BUYER:
            talks = [whose("c", talk) for talk in storage.talks_of(tx, actor)]
            return Scope(of_any(talks), notes=False) if talks else None
        case Side.SELLER:
            return Scope(Word(whose("s", actor.shop)), notes=True) if actor.shop else None
        case Side.OPERATOR | Side.SYSTEM:
            return Scope(None, notes=False)


def _with_neighbours(tx: Tx, part: Part) -> Part:
    if not part.spelled:
        return part
    stems = {stem(word) for word in vocabulary.neighbours(tx, part.spelled)} - part.marks
    if not stems:
        return part
    either = Some([part.term, *(Word(token) for token in sorted(stems))])
    return msgspec.structs.replace(part, term=either, marks=part.marks | stems)


def _hit(row: FoundRow, stage: _Stage) -> Hit:
    text, marks = excerpt(words_of(row.type, row.data, row.first), all_marks(stage.query.parts))
    return Hit(
        conversation=row.conversation,
        audience=row.audience,
        seq=row.seq,
        type="message" if row.type == "edit" else row.type,
        at=row.at,
        author=row.author,
        shop=Shown(row.shop, row.shop_name, row.shop_slug),
        buyer=Shown(row.buyer, row.buyer_name),
        subject=row.subject,
        excerpt=text,
        marks=marks,
        near=stage.name == NEAR,
    )


def _bounds(tx: Tx, query: Query) -> _Bounds:
    """Return between which numbers everything stands that was written when it should have been.

    Numbers grow with time but for what came late; so much around them is looked through, too.
    """
    below, above = None, None
    if query.before and query.before < datetime.max.replace(tzinfo=UTC) - LATE:
        below = storage.number_since(tx, query.before + LATE)
    if query.after and query.after > datetime.min.replace(tzinfo=UTC) + LATE:
        above = storage.number_before(tx, query.after - LATE)
    return _Bounds(below or NO_NUMBER, above or 0)


def _place(after: str) -> tuple[str, int]:
    """Return the stage and the number to go on below; what is between was shown."""
    if not after:
        return AS_WRITTEN, NO_NUMBER
    found = _CURSOR.fullmatch(after)
    if not found:
        raise CursorMalformed
    return found[1], int(found[2])
