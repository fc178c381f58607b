"""How a shop can be reached, said honestly: who is there now, when it is back, what it promises."""

from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from shopbell.commerce.model import Channel, Shop
from shopbell.kernel.texts import Locale, text
from shopbell.web.pages import format as written

INTENTS: dict[Channel, str] = {"chat": "chat", "message": "message", "email": "mail"}
"""The word the launcher knows each channel by."""

SOON = timedelta(hours=1)
STEP = timedelta(minutes=5)
WEEK = timedelta(days=6)
ALL_DAY = ("00:00", "24:00")
HOLIDAYS_SHOWN = 4


class Presence(Struct, frozen=True):
    """What is known of a shop at this moment."""

    now: datetime
    online: bool
    answer_minutes: int | None = None


class Way(Struct, frozen=True):
    """One way to reach a shop, with the promise it is kept by."""

    channel: str
    intent: str
    title: str
    promise: str
    live: bool = False


class Day(Struct, frozen=True):
    """One row of the opening hours."""

    name: str
    hours: tuple[str, ...]
    today: bool


def ways(shop: Shop, presence: Presence, locale: Locale) -> list[Way]:
    """List the ways to reach ``shop``, the quickest first."""
    promises: dict[Channel, str] = {
        "chat": chat_promise(shop, presence, locale),
        "message": text(locale, "pages.message_promise", n=shop.promise.message_hours),
        "email": _email_promise(shop.promise.email_hours, locale),
    }
    return [
        Way(
            channel=channel,
            intent=INTENTS[channel],
            title=text(locale, f"pages.way_{channel}"),
            promise=promise,
            live=channel == "chat" and presence.online,
        )
        for channel, promise in promises.items()
        if channel in shop.channels
    ]


def chat_promise(
    shop: Shop, presence: Presence, locale: Locale, reader: ZoneInfo | None = None
) -> str:
    """Say when a chat would be answered: now, in minutes, at ten, tomorrow, on Monday.

    Every face says it by this function: pages, forms and the contact window, which knows where
    the clock of its ``reader`` stands.
    """
    minutes = presence.answer_minutes or shop.promise.chat_minutes
    if presence.online:
        return text(locale, "pages.chat_online", n=minutes)
    if shop.open_at(presence.now):
        return text(locale, "pages.chat_open", n=minutes)
    opens = shop.opens_next(presence.now)
    if opens is None:
        return text(locale, "pages.chat_unknown")
    back = _back(opens, presence.now, shop.zone, locale)
    if reader is not None and opens - presence.now >= SOON:
        back = _for_reader(back, opens, ZoneInfo(shop.zone), reader, locale)
    if presence.answer_minutes is None:
        return back
    return text(locale, "pages.chat_usual", back=back, n=presence.answer_minutes)


def _for_reader(
    back: str, opens: datetime, shop: ZoneInfo, reader: ZoneInfo, locale: Locale
) -> str:
    """Add what a reader's own clock will show when the shop opens, if that is something else."""
    there, here = opens.astimezone(shop), opens.astimezone(reader)
    if there.utcoffset() == here.utcoffset():
        return back
    if there.date() == here.date():
        return text(locale, "pages.chat_yours", back=back, time=f"{here:%H:%M}")
    day = _in_a_sentence(written.weekday(here.weekday(), locale), locale)
    return text(locale, "pages.chat_yours_day", back=back, day=day, time=f"{here:%H:%M}")


def _back(opens: datetime, now: datetime, zone: str, locale: Locale) -> str:
    wait = opens - now
    if wait < SOON:
        return text(locale, "pages.chat_soon", n=-(-wait // STEP) * 5)
    there, today = opens.astimezone(ZoneInfo(zone)), _today(zone, now)
    facts = {"time": f"{there:%H:%M}", "city": written.city(zone, locale)}
    if there.date() == today:
        return text(locale, "pages.chat_today", **facts)
    if there.date() == today + timedelta(days=1):
        return text(locale, "pages.chat_tomorrow", **facts)
    if there.date() <= today + WEEK:
        named = _in_a_sentence(written.weekday(there.weekday(), locale), locale)
        return text(locale, "pages.chat_weekday", day=named, **facts)
    return text(locale, "pages.chat_later", day=written.day(there.date(), locale, today))


def _in_a_sentence(name: str, locale: Locale) -> str:
    return name.lower() if locale == "ru" else name


def _email_promise(hours: int, locale: Locale) -> str:
    if hours % 24:
        return text(locale, "pages.email_promise_hours", n=hours)
    return text(locale, "pages.email_promise_days", n=hours // 24)


def week(shop: Shop, now: datetime, locale: Locale) -> list[Day]:
    """Return the opening hours, Monday first."""
    today = _today(shop.zone, now).weekday()
    return [
        Day(
            name=written.weekday(index, locale),
            hours=_hours_on(shop, index, locale),
            today=index == today,
        )
        for index in range(7)
    ]


def today(shop: Shop, now: datetime, locale: Locale) -> str:
    """Say today's opening hours in one line."""
    date_there = _today(shop.zone, now)
    if date_there in shop.holidays:
        return text(locale, "pages.holiday_today")
    hours = _hours_on(shop, date_there.weekday(), locale)
    if not hours:
        return text(locale, "pages.closed_today")
    return text(locale, "pages.hours_today", hours=", ".join(hours))


def holidays_ahead(shop: Shop, now: datetime, locale: Locale) -> list[str]:
    """List the shop's next days off."""
    current = _today(shop.zone, now)
    ahead = [day for day in sorted(shop.holidays) if day >= current]
    return [written.day(day, locale, current) for day in ahead[:HOLIDAYS_SHOWN]]


def _hours_on(shop: Shop, weekday: int, locale: Locale) -> tuple[str, ...]:
    spans = sorted((span.opens, span.closes) for span in shop.hours if span.weekday == weekday)
    if spans == [ALL_DAY]:
        return (text(locale, "pages.all_day"),)
    return tuple(written.hours(opens, closes) for opens, closes in spans)


def _today(zone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


Stock = Literal["in_stock", "last_ones", "sold_out"]
FEW = 3


def stock(count: int) -> Stock:
    """Tell how much to say about a stock of ``count``."""
    if count <= 0:
        return "sold_out"
    return "last_ones" if count <= FEW else "in_stock"
