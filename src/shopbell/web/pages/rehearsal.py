"""What would happen if a buyer wrote now, or on Saturday at ten: by the ladder's own rules."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo

from msgspec import Struct

from shopbell.commerce.hours import find_zone
from shopbell.commerce.model import Shop
from shopbell.contact import foresight
from shopbell.contact.foresight import Question
from shopbell.contact.ladder import Ladder
from shopbell.contact.model import Rules
from shopbell.conversations.model import Channel
from shopbell.kernel.texts import Locale, text
from shopbell.web.pages import format as written
from shopbell.web.pages import shopfront
from shopbell.web.pages.ladder_form import ASKING, KINDS
from shopbell.web.pages.office_form import WEEK, Filled, one
from shopbell.web.pages.shopfront import Presence

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Guess(Struct, frozen=True):
    """The question that is tried out: by which way, about what, on which day at what time."""

    channel: str = "chat"
    kind: str = "product"
    day: int = 5
    time: str = "22:00"
    shop: str = ""


class Told(Struct, frozen=True):
    """One line of what happens."""

    at: str
    words: str
    made: bool = True


class Shown(Struct, frozen=True):
    """What happens about one question, and what its buyer reads before sending it."""

    asked: str
    now: bool
    reads: str
    steps: list[Told]


def guess_in(form: Filled) -> Guess:
    """Read what is to be tried out; anything that is nothing of the kind is as at first."""
    plain = Guess()
    day = one(form, "try-day")
    return Guess(
        channel=among(one(form, "try-channel"), ASKING, plain.channel),
        kind=among(one(form, "try-kind"), KINDS, plain.kind),
        day=int(day) if day in {str(one) for one in WEEK} else plain.day,
        time=time_in(form, plain.time),
        shop=one(form, "try-shop"),
    )


def shop_of(guess: Guess, shops: Sequence[Shop]) -> Shop | None:
    """Return the shop whose hours count: the one chosen, else the first."""
    return next((shop for shop in shops if shop.id == guess.shop), next(iter(shops), None))


def choices(shops: Sequence[Shop], locale: Locale) -> dict[str, list[tuple[str | int, str]]]:
    """List what may be tried out, in words."""
    return {
        "shop": [(shop.id, shop.name) for shop in shops],
        "channel": [(one, text(locale, f"pages.way_{one}")) for one in ASKING],
        "kind": [(one, text(locale, f"contact.about_{one}")) for one in KINDS],
        "day": [(index, written.weekday(index, locale)) for index in WEEK],
    }


def shown(  # noqa: PLR0917
    shop: Shop, rules: Rules, ladder: Ladder, guess: Guess, now: datetime, locale: Locale
) -> list[Shown]:
    """Say what happens about a question now, and about one at the chosen time."""
    return [
        _shown(shop, rules, ladder, guess, asked, now, locale)
        for asked in (now, next_at(guess.day, guess.time, now, find_zone(shop.zone)))
    ]


def _shown(  # noqa: PLR0917
    shop: Shop,
    rules: Rules,
    ladder: Ladder,
    guess: Guess,
    asked: datetime,
    now: datetime,
    locale: Locale,
) -> Shown:
    kinds = ["order", "case"] if guess.kind == "case" else [guess.kind]
    question = Question(Channel(guess.channel), kinds, asked)
    found = foresight.foresee(shop, rules, ladder, question)

    def said(at: datetime) -> str:
        return written.weekday_moment(at, locale, find_zone(shop.zone))

    lines = [
        (found.promised, text(locale, "contact.promised"), True),
        *((one.at, text(locale, f"contact.step_{one.step}"), one.made) for one in found.steps),
    ]
    ways = shopfront.ways(shop, Presence(asked, online=False), locale)
    return Shown(
        asked=said(asked),
        now=asked == now,
        reads=next((way.promise for way in ways if way.channel == guess.channel), ""),
        steps=[Told(said(at), words, made) for at, words, made in sorted(lines)],
    )


def next_at(day: int, clock: str, now: datetime, zone: tzinfo) -> datetime:
    """Return when the clock of a shop shows a day of the week and a time next."""
    here = now.astimezone(zone)
    at = datetime.combine(here.date(), time.fromisoformat(clock), zone)
    at += timedelta(days=(day - here.weekday()) % 7)
    return at if at > here else at + timedelta(days=7)


def time_in(form: Filled, otherwise: str) -> str:
    """Return the time that is to be tried out."""
    clock = one(form, "try-time")
    return clock if _CLOCK.fullmatch(clock) else otherwise


def among(typed: str, known: Sequence[str], otherwise: str) -> str:
    """Return what was chosen, if it could be."""
    return typed if typed in known else otherwise
