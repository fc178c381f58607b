"""How a parcel travels: who carries it, what is said on its way, when it should come. Pure.

Of 4,856 real deliveries (Olist) 6.9 % were late, half of those by more than 7 days, one in ten by
more than 20; the median way took 10 days. Three in a hundred stand still on their way.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from shopbell.commerce.commands import SentParcel
from shopbell.commerce.lateness import country_of
from shopbell.commerce.model import Eta, TrackingEvent
from shopbell.commerce.numbers import is_s10
from shopbell.commerce.tracking import TrackingCode
from shopbell.demo.history.chance import Chance, one_of, span

LATE, STALLED, LOST = 0.055, 0.03, 0.25
"""Shares: of parcels that are late or stand still, and of these that are lost."""

_DAY = timedelta(days=1)
_HOME = (
    "accepted.picked_up",
    "in_transit.departed",
    "in_transit.arrived_hub",
    "last_mile.out_for_delivery",
    "delivered.recipient",
)
_ABROAD = (
    "accepted.picked_up",
    "in_transit.departed",
    "customs.export",
    "in_transit.left_origin_country",
    "in_transit.arrived_destination_country",
    "customs.released",
    "last_mile.arrived_delivery_office",
    "delivered.recipient",
)
_CARRIERS = {
    ("CN", "CN"): ("sf_express", "yto", "zto"),
    ("RU", "RU"): ("cdek", "cdek", "russian_post"),
    ("CN", "RU"): ("china_post", "china_post", "cdek"),
    ("CN", ""): ("china_post", "ems_china", "dhl"),
    ("RU", ""): ("russian_post",),
    ("", ""): ("dhl", "dhl", "ctt"),
}
_POSTAL = {"china_post": "CN", "ems_china": "CN", "russian_post": "RU", "ctt": "PT"}
_CITIES = {
    "Asia/Shanghai": ("上海", "杭州", "广州"),
    "Europe/Moscow": ("Москва", "Подольск", "Внуково"),
    "Asia/Yekaterinburg": ("Екатеринбург", "Кольцово", "Пермь"),
    "Asia/Novosibirsk": ("Новосибирск", "Толмачёво", "Томск"),
    "Europe/Berlin": ("Berlin", "Leipzig", "Hamburg"),
    "Europe/Lisbon": ("Lisboa", "Porto", "Coimbra"),
    "Europe/London": ("London", "Coventry", "Leeds"),
    "Europe/Warsaw": ("Warszawa", "Łódź", "Poznań"),
}
ZONES = tuple(_CITIES)


class Journey(Struct, frozen=True):
    """A parcel on its way: the carrier's id, its number, and all that will be said of it."""

    carrier: str
    number: str
    eta: Eta
    events: Sequence[TrackingEvent]
    stalled: bool = False
    late: bool = False

    @property
    def shipped_at(self) -> datetime:
        return self.events[0].at

    @property
    def delivered_at(self) -> datetime | None:
        last = self.events[-1]
        return last.at if last.code.startswith("delivered") else None

    def sent(self, called: str) -> SentParcel:
        """Return it as a shop tells of it when it is handed over to whom it calls so."""
        return SentParcel(called, self.number, eta=self.eta, shipped_at=self.shipped_at)


def travel(chance: Chance, serial: int, shipped: datetime, zones: tuple[str, str]) -> Journey:
    """Send a parcel between two zones."""
    here, there = (country_of(zone) or "" for zone in zones)
    carrier = chance.choice(_carriers(here, there))
    way = _HOME if here == there else _ABROAD
    took = span(chance, _DAY * 3, _DAY * 6) if way is _HOME else span(chance, _DAY * 11, _DAY * 21)
    stalled = chance.random() < STALLED
    late = not stalled and chance.random() < LATE
    points = list(_points(chance, way, shipped, min(took, _DAY * 45)))
    expected = points[-1][1] - (span(chance, _DAY * 7, _DAY * 20) if late else _spare(chance))
    latest = max(expected, shipped + _DAY * (1 if late else 2))
    if stalled:
        points = _stood_still(chance, points)
    events = [
        TrackingEvent(TrackingCode(code), at, _city(chance, zones, n / len(way)))
        for n, (code, at) in enumerate(points)
    ]
    eta = Eta((latest - _DAY * chance.randint(1, 3)).date(), latest.date(), zones[1])
    return Journey(carrier, number_of(carrier, serial), eta, events, stalled, late)


def number_of(carrier: str, serial: int) -> str:
    """Return the number of a parcel, with its check digit where the post has one."""
    if country := _POSTAL.get(carrier):
        tried = (f"RB{serial % 10**8:08}{digit}{country}" for digit in range(10))
        return next(number for number in tried if is_s10(number))
    letters = {"sf_express": "SF", "yto": "YT"}.get(carrier, "")
    return f"{letters}{7_100_000_000 + serial}"


def _carriers(here: str, there: str) -> Sequence[str]:
    ways = ((here, there), (here, ""), ("", ""))
    return next(_CARRIERS[way] for way in ways if way in _CARRIERS)


def _points(
    chance: Chance, way: Sequence[str], begin: datetime, took: timedelta
) -> Iterator[tuple[str, datetime]]:
    last = len(way) - 1
    for n, code in enumerate(way):
        ahead = chance.uniform(-0.4, 0.4) if 0 < n < last else 0.0
        yield code, begin + took * ((n + ahead) / last)


def _spare(chance: Chance) -> timedelta:
    """Return how much earlier than a careful carrier said a parcel comes, as less than nothing."""
    return -span(chance, _DAY * 3, _DAY * 9)


def _stood_still(chance: Chance, points: list[tuple[str, datetime]]) -> list[tuple[str, datetime]]:
    """Let nothing be heard for long after half of the way; some are lost then."""
    half, pause = len(points) // 2, span(chance, _DAY * 16, _DAY * 28)
    if chance.random() < LOST:
        return [*points[:half], ("lost.lost", points[half - 1][1] + pause + _DAY * 10)]
    return points[:half] + [(code, at + pause) for code, at in points[half:]]


def _city(chance: Chance, zones: tuple[str, str], share: float) -> str:
    return one_of(chance, [(city, 1) for city in _CITIES[zones[share > 0.5]]])  # noqa: PLR2004 - half way
