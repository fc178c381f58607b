"""What would have called a rule: read from the threads and the journal, newest first."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from shopbell.commerce.facts import ShipmentLate, ShipmentStalled, TrackingSeen
from shopbell.commerce.model import OrderId
from shopbell.commerce.tracking import Milestone
from shopbell.conversations import history
from shopbell.conversations import service as conversations
from shopbell.conversations.history import Spoken
from shopbell.conversations.model import CASE, ConversationId, Subject, SubjectKind
from shopbell.conversations.satisfaction.model import Rated, Verdict
from shopbell.desk import storage as desk
from shopbell.desk.clocks.facts import ClockBreached, ClockWarned
from shopbell.desk.model import TalkSorted, TalkTagged, TalkWoken
from shopbell.desk.rules.model import RuleBody, Trigger
from shopbell.desk.rules.scene import words_in
from shopbell.desk.spans import span_of
from shopbell.engine import journal
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, ShopId, Side
from shopbell.kernel.events import Fact

LOOKED_AT = 10_000
"""So many entries are looked at; of an older past nothing is said."""


class Past(NamedTuple):
    """Something that happened, with the words that were said."""

    conversation: ConversationId
    at: datetime
    text: str = ""


class _Told(msgspec.Struct, frozen=True):
    """What is read of a fact, whichever it is."""

    conversation: ConversationId | None = None
    order: OrderId | None = None
    kind: str = ""
    tag: str = ""
    on: bool = True
    target: str = ""
    helped: bool = False


class _Arrived(msgspec.Struct, frozen=True):
    event: "_Scanned"


class _Scanned(msgspec.Struct, frozen=True):
    milestone: str


class _Step(msgspec.Struct, frozen=True):
    action: str = ""


class Read(NamedTuple):
    """What was found, in how many entries; all there are unless there were too many."""

    found: list[Past]
    entries: int

    @property
    def whole(self) -> bool:
        """Tell whether nothing older was left out."""
        return self.entries < LOOKED_AT


def past(tx: Tx, shop: ShopId, body: RuleBody, since: datetime) -> Read:
    """Return what would have called a rule in a shop since then, newest first."""
    if body.trigger in _FACTS:
        return _in_journal(tx, shop, body, since)
    if body.trigger is Trigger.CASE_MOVED:
        steps = history.lately(tx, shop, CASE, since, LOOKED_AT)
        found = [Past(one.conversation, one.at) for one in steps if _stepped(one, body.value)]
        return Read(found, len(steps))
    spoken = history.lately(tx, shop, "message", since, LOOKED_AT)
    said = [one for one in spoken if not words_in(one.data).automatic]
    picked = _quiet(tx, said, body) if body.trigger is Trigger.SILENCE else _said(said, body)
    return Read(
        [Past(one.conversation, at, words_in(one.data).text) for one, at in picked], len(spoken)
    )


def _said(said: Iterable[Spoken], body: RuleBody) -> Iterator[tuple[Spoken, datetime]]:
    side = Side.SELLER if body.trigger is Trigger.SHOP_WROTE else Side.BUYER
    for one in said:
        first = one.seq == FIRST or body.trigger is not Trigger.OPENED
        if one.side is side and first:
            yield one, one.at


FIRST = 2
"""The number of a buyer's first message: the subject stands before it."""


def _quiet(tx: Tx, said: Iterable[Spoken], body: RuleBody) -> Iterator[tuple[Spoken, datetime]]:
    """Give the words after which nothing was said for so long as the rule waits."""
    span = span_of(body.value)
    followed: dict[ConversationId, datetime] = {}
    for one in said:
        next_at = followed.get(one.conversation, tx.now)
        followed[one.conversation] = one.at
        if span and next_at - one.at >= span:
            yield one, one.at + span


def _stepped(one: Spoken, value: str) -> bool:
    return not value or msgspec.json.decode(one.data, type=_Step).action == value


def _in_journal(tx: Tx, shop: ShopId, body: RuleBody, since: datetime) -> Read:
    fact, hears = _FACTS[body.trigger]
    entries = journal.told(tx, fact, shop, since, LOOKED_AT)
    value = _tag_id(tx, shop, body.value) if body.trigger is Trigger.TAGGED else body.value
    found: list[Past] = []
    for one in entries:
        told = msgspec.json.decode(one.body, type=_Told)
        talk = _talk(tx, told) if hears(told, value, one.body) else None
        if talk:
            found.append(Past(talk, one.at))
    return Read(found, len(entries))


def _tag_id(tx: Tx, shop: ShopId, name: str) -> str:
    """Return the tag of a name; of no tag nothing is found."""
    named = (one.id for one in desk.tags_of(tx, shop) if one.name.casefold() == name.casefold())
    return next(named, "-") if name else ""


def _talk(tx: Tx, told: _Told) -> ConversationId | None:
    if told.order is None:
        return told.conversation
    found = conversations.about(tx, SYSTEM, Subject(SubjectKind.ORDER, told.order))
    return found.id if found else None


Hears = Callable[[_Told, str, str], bool]


def _always(_told: _Told, _value: str, _body: str) -> bool:
    return True


def _arrived(_told: _Told, _value: str, body: str) -> bool:
    return msgspec.json.decode(body, type=_Arrived).event.milestone == Milestone.DELIVERED


def _of_tag(told: _Told, value: str, _body: str) -> bool:
    return told.on and value in {"", told.tag}


def _of_kind(told: _Told, value: str, _body: str) -> bool:
    return value in {"", told.kind}


def _of_clock(told: _Told, value: str, _body: str) -> bool:
    return value in {"", told.target}


def _of_verdict(told: _Told, value: str, _body: str) -> bool:
    return value in {"", Verdict.HELPED if told.helped else Verdict.NOT_YET}


_FACTS: Mapping[Trigger, tuple[type[Fact], Hears]] = {
    Trigger.SORTED: (TalkSorted, _of_kind),
    Trigger.TAGGED: (TalkTagged, _of_tag),
    Trigger.WOKEN: (TalkWoken, _always),
    Trigger.RATED: (Rated, _of_verdict),
    Trigger.CLOCK_WARNED: (ClockWarned, _of_clock),
    Trigger.CLOCK_BREACHED: (ClockBreached, _of_clock),
    Trigger.PARCEL_LATE: (ShipmentLate, _always),
    Trigger.PARCEL_STALLED: (ShipmentStalled, _always),
    Trigger.PARCEL_DELIVERED: (TrackingSeen, _arrived),
}
