"""Writes a year and says how far it is: how many orders a second, and how long it will take."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from babel.dates import format_timedelta

from shopbell.accounts.passwords import hash_now
from shopbell.app import App
from shopbell.demo.history import progress
from shopbell.demo.history.writing import write
from shopbell.demo.people import PASSWORD
from shopbell.kernel.texts import Locale, text

SPEAK_SECONDS = 2.0


@dataclass
class Teller:
    """Tells now and then how far a year is, since it was gone on with at ``first`` orders."""

    tell: Callable[[str], None]
    locale: Locale
    orders: int
    began: float
    spoke: float = 0.0
    first: int | None = None

    def note(self, done: int) -> None:
        """Hear how many orders there are, and say so if it was quiet for a while."""
        now = time.monotonic()
        if self.first is None:
            self.first, self.began = done, now
        elif now - self.spoke >= SPEAK_SECONDS and done > self.first:
            self.spoke = now
            self._say(done, (done - self.first) / (now - self.began))

    def _say(self, done: int, rate: float) -> None:
        left = spoken((self.orders - done) / rate, self.locale)
        facts = {"done": done, "of": self.orders, "rate": round(rate)}
        self.tell(text(self.locale, "demo.year_progress", left=left, **facts))


def write_aloud(
    app: App, orders: int, seed: int, tell: Callable[[str], None], *, locale: Locale = "en"
) -> None:
    """Write a year of trade, or what is left of it, and bring up to date what follows behind."""
    begun, began = app.db.read_now(progress.read), time.monotonic()
    if begun and (begun.orders, begun.seed) != (orders, seed):
        tell(text(locale, "demo.another_year", orders=begun.orders, seed=begun.seed))
        orders, seed = begun.orders, begun.seed
    if begun and begun.done == begun.now:
        tell(text(locale, "demo.year_there"))
        return
    written = write(app, orders, seed, hash_now(PASSWORD), Teller(tell, locale, orders, began).note)
    tell(text(locale, "demo.year_done", n=written, took=_since(began, locale)))
    tell(text(locale, "demo.following"))
    began = time.monotonic()
    asyncio.run(_follow(app))
    tell(text(locale, "demo.followed", took=_since(began, locale)))


async def _follow(app: App) -> None:
    """Do what comes behind all that is written, to its end."""
    for follow in chain(*app.followers):
        while await follow(app.db):
            pass


def _since(began: float, locale: Locale) -> str:
    return spoken(time.monotonic() - began, locale)


def spoken(seconds: float, locale: Locale) -> str:
    """Say a span in words, roughly."""
    return format_timedelta(timedelta(seconds=round(seconds)), locale=locale, threshold=1.5)
