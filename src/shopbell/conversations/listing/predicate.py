"""What belongs in a list, said in SQL; `frontend/desk/view.ts` says the same of one row."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, case, literal, or_, select, true

from shopbell.conversations.listing.model import Filter, Sort, View
from shopbell.conversations.listing.tables import tagged
from shopbell.conversations.model import SubjectKind
from shopbell.conversations.storage import ASLEEP, micros
from shopbell.conversations.tables import conversations
from shopbell.conversations.turns import State, Turn
from shopbell.engine.tables import Moment
from shopbell.kernel.actor import PersonId

_c = conversations.c
SILENT = 1 << 60
"""Behind this place nothing is due: further ahead lie moments, in microseconds."""

_UNDONE = _c.done.is_(False)
_AWAKE = and_(_UNDONE, _c.desk_order < ASLEEP)
"""Said by the place, it is a range of the index by which a list is ordered that is due first."""

_SETTLED = _c.state.in_((State.RESOLVED, State.CLOSED, State.WAITING_OPERATOR))
_BY_STATE = or_(_SETTLED, _c.awaits.is_(None), _c.due_at.is_not(None), _c.round_since.is_not(None))
_TURN_OF_STATE = case(
    *((_c.state == state, literal(state.waiting_on)) for state in State if state is not State.NEW),
    else_=literal(Turn.NOBODY),
)


def belongs(wanted: Filter, reader: PersonId, now: datetime) -> ColumnElement[bool]:
    """Return what is true of each conversation of a shop that belongs in its reader's list."""
    return and_(_in_view(wanted, reader, now), *_narrowed(wanted))


def _in_view(wanted: Filter, reader: PersonId, now: datetime) -> ColumnElement[bool]:
    awake = _AWAKE if wanted.sort is Sort.DUE else and_(_UNDONE, _c.snoozed_until.is_(None))
    found: dict[View, ColumnElement[bool]] = {
        View.OPEN: awake,
        View.MINE: and_(awake, _c.assignee == reader),
        View.UNASSIGNED: and_(awake, _c.assignee.is_(None)),
        View.WAITING: and_(_UNDONE, _c.desk_order < SILENT, _owed_before(None)),
        View.OVERDUE: and_(_UNDONE, _c.desk_order <= micros(now), _owed_before(now)),
        View.SNOOZED: and_(_UNDONE, _c.desk_order >= ASLEEP),
        View.DONE: _c.done.is_(True),
        View.ALL: true(),
    }
    return found[wanted.view]


def _owed_before(now: datetime | None) -> ColumnElement[bool]:
    """Say that it is in front for something that is owed, and not because it woke just now."""
    if now is None:
        return or_(_c.woken_at.is_(None), _c.due_at.is_not(None), _c.case_due_at.is_not(None))
    moment = literal(now, Moment)
    return or_(_c.woken_at.is_(None), _c.due_at <= moment, _c.case_due_at <= moment)


def _narrowed(wanted: Filter) -> list[ColumnElement[bool]]:
    exact: dict[Column[Any], str | None] = {
        _c.kind: wanted.kind,
        _c.assignee: wanted.assignee,
        _c.locale: wanted.language,
        _c.channel: wanted.channel,
        _c.subject_kind: wanted.about,
    }
    found = [column == value for column, value in exact.items() if value is not None]
    found += [_about(SubjectKind.PRODUCT, wanted.product)] if wanted.product else []
    found += [_about(SubjectKind.ORDER, wanted.order)] if wanted.order else []
    found += [_turn_is(wanted.turn)] if wanted.turn else []
    found += [_tagged(wanted.tag)] if wanted.tag else []
    return [*found, *_says(wanted.q)]


def _about(kind: SubjectKind, subject: str) -> ColumnElement[bool]:
    return and_(_c.subject_kind == kind, _c.subject_id == subject)


def _turn_is(turn: Turn) -> ColumnElement[bool]:
    """Say `Conversation.turn` in SQL."""
    return or_(and_(_BY_STATE, _TURN_OF_STATE.in_((turn,))), and_(~_BY_STATE, _c.awaits == turn))


def _tagged(tag: str) -> ColumnElement[bool]:
    return _c.id.in_(select(tagged.c.conversation).where(tagged.c.tag == tag))


def _says(words: str) -> list[ColumnElement[bool]]:
    parts = words.replace("\0", " ").casefold().split()[:8]
    return [_c.search.contains(part, autoescape=True) for part in parts]
