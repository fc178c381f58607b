"""What is counted and how far, kept; figures are read by the builder."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from sqlalchemy import delete

from shopbell.analytics.counting import Course
from shopbell.analytics.model import Point
from shopbell.analytics.tables import courses, points
from shopbell.conversations.model import ConversationId
from shopbell.engine.rows import Insert, Select
from shopbell.engine.tables import Session

_COLUMNS = tuple(points.c.keys())
_KEEP = Insert(
    points,
    "ON CONFLICT (owner, what, n) DO UPDATE SET agent = excluded.agent, detail = excluded.detail,"
    " took = excluded.took, good = excluded.good",
)
_KEEP_COURSE = Insert(courses, "ON CONFLICT (conversation) DO UPDATE SET course = excluded.course")
_COURSES = Select(courses, ["conversation", "course"], ["conversation"])
_FORGET = (delete(points), delete(courses))
_row = attrgetter(*_COLUMNS)


def courses_of(tx: Session, talks: Iterable[ConversationId]) -> dict[ConversationId, Course]:
    """Return how far some conversations are counted; those that are not are left out."""
    return dict(_COURSES(tx, [(talk,) for talk in talks]))


def keep(tx: Session, counted: Sequence[Point], reached: Mapping[ConversationId, Course]) -> None:
    """Keep points, in place of what they were before, and how far their threads are counted."""
    if counted:
        _KEEP(tx, [_row(point) for point in counted])
    if reached:
        _KEEP_COURSE(tx, list(reached.items()))


def forget(tx: Session) -> None:
    """Forget all that was counted."""
    for statement in _FORGET:
        tx.execute(statement)
