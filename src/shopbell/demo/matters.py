"""What people of Marketa asked for by a case, and what each side did then, step by step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Struct

from shopbell.cases import service as cases
from shopbell.cases.commands import Act, OpenCase
from shopbell.cases.shown import CaseShown
from shopbell.commerce import service as commerce
from shopbell.conversations.model import Subject, SubjectKind
from shopbell.demo.moments import ago, span
from shopbell.demo.people import Player
from shopbell.demo.tables import read
from shopbell.demo.talks import Beat
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.ids import new_id


class Deed(Struct, frozen=True, forbid_unknown_fields=True):
    """One step that somebody took, in the case or in the newest one it had led to."""

    by: str
    after: str
    does: str
    given: dict[str, Any]


class Matter(Struct, frozen=True, forbid_unknown_fields=True):
    """A case about a whole order as the table tells of it."""

    kind: str
    order: int
    buyer: str
    began: str
    given: dict[str, Any]
    step: list[Deed]


class _Folder(Struct, frozen=True, forbid_unknown_fields=True):
    case: list[Matter]


@dataclass
class Course:
    """One case while it is played."""

    matter: Matter
    number: str
    cast: Mapping[str, Player]
    opened: list[CaseShown] = field(default_factory=list[CaseShown])


def matters() -> list[Matter]:
    """Return the cases of the table."""
    return read("cases.toml", _Folder).case


def beats_of(
    matter: Matter, cast: Mapping[str, Player], numbers: Mapping[int, str], now: datetime
) -> Iterator[Beat]:
    """Tell when a case is opened, and when each of its steps is taken."""
    course = Course(matter, numbers[matter.order], cast)
    moment = ago(matter.began, now, cast[matter.buyer].zone)
    yield moment, partial(_open, course=course)
    for deed in matter.step:
        moment += span(deed.after)
        yield moment, partial(_act, course=course, deed=deed)


def _open(tx: Tx, course: Course) -> None:
    buyer, matter = course.cast[course.matter.buyer], course.matter
    order = commerce.order(tx, SYSTEM, course.number)
    lines = [{"line": line.id, "quantity": line.quantity} for line in order.lines]
    about = Subject(SubjectKind.ORDER, order.id)
    asked = OpenCase(new_id(), matter.kind, about, {**matter.given, "lines": lines})
    course.opened.append(cases.open_case(tx, buyer.actor, asked, buyer.person.locale))


def _act(tx: Tx, course: Course, deed: Deed) -> None:
    by = course.cast[deed.by].actor
    case = cases.case(tx, by, course.opened[0].id)
    if case.children:
        case = cases.case(tx, by, case.children[-1])
    cases.act(tx, by, case.id, Act(new_id(), deed.does, deed.given, case.version))
