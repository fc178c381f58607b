"""Eight shops in eight trades: where they are, when they open, what they promise."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct, field

from shopbell.commerce import service as commerce
from shopbell.commerce.commands import OpenShop
from shopbell.commerce.hours import Hours
from shopbell.commerce.model import Channel, Promise, Shop
from shopbell.demo.moments import today
from shopbell.demo.pictures import Backdrop, Picture
from shopbell.demo.tables import read
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.texts import Locale, Words


class Trader(Struct, frozen=True, forbid_unknown_fields=True):
    """A shop as the table tells of it; ``week`` are the hours from Monday to Sunday."""

    slug: str
    name: str
    about: Words
    zone: str
    languages: list[Locale]
    currency: str
    email: str
    backdrop: Backdrop
    picture: tuple[str, str]
    promise: Promise
    week: list[str]
    holidays: list[str]
    channels: list[Channel] = field(default_factory=lambda: ["chat", "message", "email"])

    @property
    def sign(self) -> Picture:
        """Return the picture that stands for the shop."""
        return self.draw(self.picture)

    def draw(self, motif_and_palette: tuple[str, str], *, close: bool = False) -> Picture:
        """Return a picture in front of the shop's own wall."""
        motif, palette = motif_and_palette
        return Picture(motif, palette, self.backdrop, close)


class _Traders(Struct, frozen=True, forbid_unknown_fields=True):
    shop: list[Trader]


def traders() -> list[Trader]:
    """Return the shops of the table."""
    return read("shops.toml", _Traders).shop


def open_shops(
    tx: Tx, told: Iterable[Trader], drawn: Mapping[Picture, str], now: datetime
) -> dict[str, Shop]:
    """Open the shops; return them by slug."""
    return {trader.slug: _open(tx, trader, drawn, now) for trader in told}


def _open(tx: Tx, trader: Trader, drawn: Mapping[Picture, str], now: datetime) -> Shop:
    wanted = OpenShop(
        slug=trader.slug,
        name=trader.name,
        about=trader.about,
        zone=trader.zone,
        languages=trader.languages,
        email=trader.email,
        hours=[hours for day, told in enumerate(trader.week) for hours in _hours(day, told)],
        holidays=_holidays(trader.holidays, today(now, trader.zone)),
        channels=trader.channels,
        promise=trader.promise,
        picture=drawn[trader.sign],
    )
    return commerce.open_shop(tx, SYSTEM, wanted)


def _hours(weekday: int, told: str) -> list[Hours]:
    """Read "09:00-13:00 14:00-18:00" as two intervals."""
    return [Hours(weekday, *interval.split("-")) for interval in told.split()]


def _holidays(told: Iterable[str], day: date) -> list[date]:
    """Put month and day into this year and the next."""
    years = (day.year, day.year + 1)
    return [date.fromisoformat(f"{year}-{month_day}") for year in years for month_day in told]
