"""Counting follows behind what is written: nothing is added to the commit of a message.

A cursor over the ids of entries says which threads have grown; each thread is then counted on from
where it was left, by the numbers of its entries, which have no gaps. So the order of ids matters
only for what is found when: what a slower transaction or another clock put behind the cursor is
found by a second look, or with the next entry of its thread, and is never counted twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

import msgspec

from shopbell.analytics import storage
from shopbell.analytics.counting import Course, count
from shopbell.analytics.model import Point
from shopbell.conversations import history
from shopbell.conversations.history import Written
from shopbell.conversations.model import Audience, ConversationId
from shopbell.engine.database import Tx
from shopbell.engine.search import cursors
from shopbell.engine.search.cursors import Place
from shopbell.kernel.ids import id_at

CURSOR = "reports"
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
"""Behind every id."""

SECOND_LOOK = timedelta(minutes=10)
"""What is so old is there or never will be; it is looked for again that often."""


class Batch(NamedTuple):
    """What comes next: read behind ``since``, to go on behind ``until``; ``more`` may wait."""

    since: Place
    until: Place
    more: bool
    points: Sequence[Point]
    reached: Mapping[ConversationId, Course]
    unreadable: Sequence[ConversationId] = ()


def gather(tx: Tx, most: int) -> Batch | None:
    """Count what comes next, away from those who write; None: nothing."""
    since = cursors.place(tx, CURSOR)
    if found := history.written(tx, since.at, LAST, most):
        until = msgspec.structs.replace(since, at=found[-1].id, number=since.number + len(found))
        return _counted(tx, since, until, found, more=len(found) == most)
    upto = min(since.at, id_at(tx.now - SECOND_LOOK))
    if since.checked >= min(since.at, id_at(tx.now - 2 * SECOND_LOOK)):
        return None
    found = history.written(tx, since.checked, upto, most)
    checked = found[-1].id if len(found) == most else upto
    until = msgspec.structs.replace(since, checked=checked)
    return _counted(tx, since, until, found, more=True)


def _counted(tx: Tx, since: Place, until: Place, found: Sequence[Written], *, more: bool) -> Batch:
    heads = _heads(found)
    courses = storage.courses_of(tx, heads)
    grown = [talk for talk, head in heads.items() if courses.get(talk, Course()).seq < head]
    points, reached = list[Point](), dict[ConversationId, Course]()
    unreadable = list[ConversationId]()
    for talk, about in history.between(tx, grown).items():
        course = courses.get(talk, Course())
        try:
            reached[talk], new = count(course, about, history.told(tx, talk, course.seq))
        except Exception:  # noqa: BLE001 - whatever it is, the others shall be counted
            unreadable.append(talk)
        else:
            points += new
    return Batch(since, until, more, points, reached, unreadable)


def _heads(found: Iterable[Written]) -> dict[ConversationId, int]:
    """Return the newest number of each conversation among some entries that both sides see."""
    heads: dict[ConversationId, int] = {}
    for one in found:
        if one.audience is Audience.PUBLIC:
            heads[one.conversation] = max(one.seq, heads.get(one.conversation, 0))
    return heads


def store(tx: Tx, batch: Batch) -> None:
    """Keep what a batch has counted, unless another follower came first."""
    if cursors.place(tx, CURSOR, hold=True) == batch.since:
        storage.keep(tx, batch.points, batch.reached)
        cursors.move(tx, CURSOR, batch.until)


def begin_anew(tx: Tx) -> None:
    """Forget what was counted; all is counted anew."""
    cursors.place(tx, CURSOR, hold=True)
    storage.forget(tx)
    cursors.move(tx, CURSOR, Place())


def place(tx: Tx) -> Place:
    """Return how far counting has come; a second look that goes on is a step, too."""
    return cursors.place(tx, CURSOR)


def progress(tx: Tx) -> int:
    """Return how many entries were looked at since counting was begun."""
    return cursors.place(tx, CURSOR).number


def lag(tx: Tx) -> float:
    """Return how many seconds ago the oldest entry was written that is not counted yet."""
    oldest = history.written(tx, place(tx).at, LAST, 1)
    return max(0.0, (tx.now - oldest[0].at).total_seconds()) if oldest else 0.0
