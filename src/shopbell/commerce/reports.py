"""What a carrier reports, and how it becomes an event of ours. Pure."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from shopbell.commerce.carriers import Carrier, CarrierId
from shopbell.commerce.hours import find_zone
from shopbell.commerce.model import TrackingEvent
from shopbell.commerce.numbers import plain_number
from shopbell.commerce.tracking import TrackingCode
from shopbell.commerce.vocabularies import translate
from shopbell.kernel.refusals import Invalid, Refusal

BATCH_MOST = 500
AHEAD = timedelta(minutes=10)
"""How far a carrier's clock may run before ours."""

UNCODED = TrackingCode("")
CODE_MOST = 60
YEARS = range(1990, 2200)


class TrackingFromFuture(Invalid):
    """An event that has not happened yet."""


class TrackingTimeUnreadable(Invalid):
    """A time that is not written as ISO 8601."""


class TrackingWordless(Invalid):
    """An event with neither a code nor a note: nothing was said."""


class TrackingNumberMissing(Invalid):
    """An event that does not say of which parcel it tells."""


class Lacks(StrEnum):
    """What keeps a report from being an event of a parcel: an unknown number, or word."""

    NUMBER = "number"
    CODE = "code"


class Said(Struct, frozen=True, forbid_unknown_fields=True):
    """One event in a carrier's own words.

    ``at`` is ISO 8601; without a zone it is a time of ``zone``, the place's, or of the carrier's.
    """

    number: Annotated[str, Meta(max_length=64)]
    at: Annotated[str, Meta(max_length=40)]
    code: Annotated[str, Meta(max_length=60)] = ""
    place: Annotated[str, Meta(max_length=200)] = ""
    note: Annotated[str, Meta(max_length=500)] = ""
    zone: Annotated[str, Meta(max_length=64)] = ""


class CarrierNews(Struct, frozen=True, forbid_unknown_fields=True):
    """A batch of what a carrier has to say."""

    events: Annotated[list[Said], Meta(min_length=1, max_length=BATCH_MOST)]


class Heard(StrEnum):
    """What became of an event that was told."""

    TAKEN = "taken"
    KNOWN = "known"
    WAITING = "waiting"
    UNCODED = "uncoded"
    REFUSED = "refused"


class Report(Struct, frozen=True):
    """One event of a carrier's, read; ``event.code`` is empty where the word is new to us."""

    carrier: Carrier
    number: str
    event: TrackingEvent

    @property
    def key(self) -> str:
        """Return what makes it the same one before anybody knows the parcel."""
        return self.event.key(self.carrier.id, self.number)

    @classmethod
    def again(cls, carrier: Carrier, number: str, event: TrackingEvent) -> "Report":
        """Return what waited, read with the words that are known now."""
        code = translate(carrier.vocabulary, event.raw) or UNCODED
        return cls(carrier, number, replace(event, code=code))

    @property
    def lacks_code(self) -> bool:
        return self.event.code == UNCODED


def read(carrier: Carrier, said: Said, now: datetime) -> Report:
    """Read one event, or refuse it."""
    number = plain_number(said.number)
    if not number or not number.isprintable():
        raise TrackingNumberMissing
    at, local = _moment(carrier, said)
    if at > now + AHEAD:
        raise TrackingFromFuture(at=said.at, minutes=AHEAD.seconds // 60)
    raw = _printable(said.code) or _text_as_code(said.note)
    if not raw:
        raise TrackingWordless(number=number)
    event = TrackingEvent(
        code=translate(carrier.vocabulary, raw) or UNCODED,
        at=at,
        place=_printable(said.place),
        note={carrier.language: note} if (note := _printable(said.note)) else None,
        raw=raw,
        local=local,
    )
    return Report(carrier, number, event)


def read_all(carrier: Carrier, said: list[Said], now: datetime) -> list[Report | Refusal]:
    """Read each by itself: one that cannot be read harms no other."""
    return [_tried(carrier, one, now) for one in said]


def _tried(carrier: Carrier, said: Said, now: datetime) -> Report | Refusal:
    try:
        return read(carrier, said, now)
    except Refusal as refusal:
        return refusal


def _moment(carrier: Carrier, said: Said) -> tuple[datetime, str]:
    """Return when it happened and, if no zone was told, the time as written and whose it is."""
    try:
        moment = datetime.fromisoformat(said.at)
    except ValueError:
        raise TrackingTimeUnreadable(at=said.at) from None
    if moment.year not in YEARS:
        raise TrackingTimeUnreadable(at=said.at)
    if moment.tzinfo is not None:
        return moment, ""
    zone = said.zone or carrier.zone
    return moment.replace(tzinfo=find_zone(zone)), f"{said.at} {zone}"


def _text_as_code(note: str) -> str:
    """Make a word of a note: the same sentence, however it is spaced and written, is one."""
    plain = " ".join(_printable(note).casefold().split())
    return plain if len(plain) <= CODE_MOST else hashlib.sha256(plain.encode()).hexdigest()


def _printable(words: str) -> str:
    if not words.isprintable():
        words = "".join(sign for sign in words if sign.isprintable())
    return words.strip()


class UnknownCode(Struct, frozen=True):
    """A word of a carrier's that no vocabulary has, and how often it was heard."""

    carrier: CarrierId
    code: str
    events: int
    last_heard: datetime
    number: str
