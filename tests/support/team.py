"""A team at its desk, under test: who is there, what they have, what the rule gives them."""

from datetime import datetime
from typing import Any

import msgspec

from shopbell.conversations.model import ConversationId, Listed, TagId, Tended, WakeOn
from shopbell.desk import seating, service, snoozing, tagging
from shopbell.desk.commands import Assign, ChoosePresence, MakeTag, Snooze
from shopbell.desk.model import Attendance, Mode, Rule, Seat
from tests.support.house import Person


def rules(manager: Person, mode: Mode, **given: int) -> Rule:
    """Have the shop give out its work by this rule."""
    rule = Rule(mode=mode, **given)
    return manager.house.db.write_now(service.lay_down, manager.actor, rule)


def comes(person: Person, presence: Attendance = Attendance.AVAILABLE, **given: Any) -> Seat:
    """Be available, or else."""
    command = ChoosePresence(presence, **given)
    return person.house.db.write_now(seating.choose_presence, person.actor, command)


def gives(by: Person, talk: ConversationId, to: Person, *, over: bool = False) -> Listed:
    """Give a conversation to somebody."""
    command = Assign(to.actor.id, over)
    return by.house.db.write_now(service.assign, by.actor, talk, command)


def returns(by: Person, talk: ConversationId) -> Listed:
    """Give a conversation back to the shop."""
    return by.house.db.write_now(service.unassign, by.actor, talk)


def snoozes(
    by: Person,
    talk: ConversationId,
    until: datetime | None = None,
    waits_for: WakeOn | None = None,
) -> Listed:
    """Put a conversation aside."""
    command: Any = Snooze(until, waits_for)  # type: ignore[arg-type]
    return by.house.db.write_now(snoozing.snooze, by.actor, talk, command)


def tags(by: Person, talk: ConversationId, name: str) -> TagId:
    """Put a tag of this name on a conversation."""
    made = by.house.db.write_now(tagging.make, by.actor, MakeTag(name))
    by.house.db.write_now(tagging.tag, by.actor, talk, made.id)
    return made.id


def tended(by: Person, talk: ConversationId) -> Tended:
    """Return what the team knows of a conversation."""
    found = by.sees(talk).tended
    assert isinstance(found, Tended)
    return found


def told(by: Person, talk: ConversationId) -> list[str]:
    """Return what the notes tell of who tends it, as ``assigned taken Mei``."""
    told = []
    for note in by.events(talk, "n"):
        data = msgspec.json.decode(note.data)
        told.append(" ".join([note.type, *(str(v) for k, v in data.items() if k in _TOLD)]))
    return told


_TOLD = {"way", "name", "why", "kind", "waits_for", "by"}
