"""Writes the year through the services, with the clock of each moment, day by day.

One day is one transaction, together with the mark how far it is: a run that was ended goes on with
the day after. Orders and carriers' words come in four times a day, as shops and carriers tell.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from msgspec.structs import replace

from shopbell.accounts.passwords import PasswordHash
from shopbell.app import App
from shopbell.commerce import listening
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import PlaceOrder
from shopbell.commerce.lateness import GRACE, day_after
from shopbell.commerce.reports import BATCH_MOST, Report
from shopbell.contact.model import Reach
from shopbell.demo.history import calendar, progress
from shopbell.demo.history.acting import (
    Course,
    deal,
    hear_calls,
    look_in,
    open_case,
    promise,
    take_turn,
)
from shopbell.demo.history.lives import Life, life_of
from shopbell.demo.history.progress import Asked
from shopbell.demo.history.returns import return_of
from shopbell.demo.history.swift import Known, Swift, collecting_seldom
from shopbell.demo.history.talks import talks_of
from shopbell.demo.history.town import Town, settle
from shopbell.demo.history.words import Words, words
from shopbell.demo.moments import at
from shopbell.demo.talks import Duties, let_time_pass
from shopbell.engine import outbox
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, ShopId

DAY, AHEAD = timedelta(days=1), timedelta(days=4)
"""Orders are drawn some days ahead: who asks before buying asks before there is an order."""

_EVER = datetime.min.replace(tzinfo=UTC)
_THINKS, _LOOKS = timedelta(hours=5), timedelta(hours=9)
"""How long a shop takes to find out about a late parcel, and until a buyer looks what it said."""
SLOT = timedelta(hours=6)
LONGEST = timedelta(days=120)
"""Nothing is drawn for an order that happens later than so long after it was placed."""

Beat = tuple[datetime, int, int, Callable[[Tx], object]]
"""Something somebody does, with what keeps two of the same moment apart."""


@dataclass
class Post:
    """What shops and carriers have to tell, each at its moment, until they tell it."""

    told: list[tuple[datetime, int, bool, Life]] = field(
        default_factory=list[tuple[datetime, int, bool, Life]]
    )
    words: list[tuple[datetime, int, int, Report]] = field(
        default_factory=list[tuple[datetime, int, int, Report]]
    )


@dataclass
class Year:
    """All that has been drawn and not happened yet."""

    town: Town
    words: Words
    post: Post = field(default_factory=Post)
    beats: list[Beat] = field(default_factory=list[Beat])
    known: Known = field(default_factory=Known)

    def expect(self, lives: Iterable[Life], after: datetime) -> None:
        """Draw what happens to orders; what was before ``after`` has happened."""
        for life in lives:
            self._expect_parcel(life, after)
            for n, (moment, act) in enumerate(self._acts(life)):
                if moment > after:
                    heapq.heappush(self.beats, (moment, life.n, n, act))

    def _expect_parcel(self, life: Life, after: datetime) -> None:
        sent = life.journey.shipped_at if life.journey else None
        for moment, is_sent in ((life.placed, False), (sent, True)):
            if moment and moment > after:
                heapq.heappush(self.post.told, (moment, life.n, is_sent, life))
        if life.journey is None:
            return
        carrier = self.town.carriers[life.journey.carrier]
        for n, event in enumerate(life.journey.events):
            if event.at > after:
                report = Report(carrier, life.journey.number, event)
                heapq.heappush(self.post.words, (event.at, life.n, n, report))

    def _acts(self, life: Life) -> Iterator[tuple[datetime, Callable[[Tx], object]]]:
        for talk in talks_of(life, self.town.seed, self.words):
            course = Course(self.town, life, talk)
            for n, turn in enumerate(talk.turns):
                yield turn.at, partial(take_turn, course=course, turn=turn, n=n)
        deeds = return_of(life, self.town.seed, self.words)
        for n, deed in enumerate(deeds):
            step = deal if n else open_case
            yield deed.at, partial(step, town=self.town, life=life, deed=deed, n=n)
        if moment := _promised_anew(life):
            yield moment, partial(promise, town=self.town, life=life)
            yield moment + _LOOKS, partial(look_in, town=self.town, life=life)
        if moment and life.journey:
            arrived = life.journey.events[-1].at
            yield arrived + _LOOKS, partial(look_in, town=self.town, life=life)

    def happen(self, tx: Tx, duties: Duties, until: datetime) -> None:
        """Let a slot pass."""
        self._tell_orders(at(tx, until), until)
        self._tell_ways(at(tx, until), until)
        for drawn, _n, _step, act in _due(self.beats, until):
            moment = max(drawn, until - SLOT)
            let_time_pass(tx, duties, moment)
            act(at(tx, moment))
        let_time_pass(tx, duties, until)

    def _tell_orders(self, tx: Tx, until: datetime) -> None:
        by_shop: dict[ShopId, dict[str, PlaceOrder]] = {}
        for _moment, _n, is_sent, life in _due(self.post.told, until):
            buyer = self.town.meet(tx, life.buyer)
            called = self.town.carriers[life.journey.carrier].name if life.journey else ""
            told = life.told(buyer, called, sent=is_sent)
            by_shop.setdefault(told.shop, {})[told.number] = told
        for shop, orders in by_shop.items():
            commerce.put_orders(tx, SYSTEM, shop, list(orders.values()))

    def _tell_ways(self, tx: Tx, until: datetime) -> None:
        told = [report for _moment, _order, _n, report in _due(self.post.words, until)]
        for first in range(0, len(told), BATCH_MOST):
            listening.take(tx, told[first : first + BATCH_MOST])


def write(
    app: App, orders: int, seed: int, password: PasswordHash, tell: Callable[[int], None]
) -> int:
    """Write the year, or what is left of it; ``tell`` hears how many orders there are."""
    with collecting_seldom():
        return _write(app, app.db.write_now(progress.begin, orders, seed), password, tell)


def _write(app: App, asked: Asked, password: PasswordHash, tell: Callable[[int], None]) -> int:
    """Write day by day; return how many orders there are."""
    town = app.db.write_now(_settle, asked, password)
    days = calendar.days_before(asked.now)
    plan = deque(zip(days, calendar.shares(days, asked.orders), strict=True))
    year, known = Year(town, words()), 0
    for day in days:
        while plan and plan[0][0] <= day + AHEAD:
            drawn, numbers = plan.popleft()
            year.expect(_lives(town, drawn, numbers, asked), _happened(day, asked))
            known = numbers.stop
        until = min(day + DAY, asked.now)
        if until > asked.done:
            app.db.write_now(_live, year, app.deadlines, until, asked)
            tell(known)
    return known


def _lives(town: Town, day: datetime, numbers: range, asked: Asked) -> Iterator[Life]:
    """Draw the orders of a day, unless all has happened that was drawn for them."""
    if day >= asked.done - LONGEST:
        yield from (life_of(town, n, day, asked.now) for n in numbers)


def _happened(day: datetime, asked: Asked) -> datetime:
    """Return until when what is drawn on a day is written: nothing, if the day is still to come."""
    return asked.done if day < asked.done else _EVER


def _settle(tx: Tx, asked: Asked, password: PasswordHash) -> Town:
    opened = at(tx, asked.now - calendar.YEAR - DAY)
    return settle(opened, asked.orders, asked.seed, password)


def _live(tx: Tx, year: Year, duties: Duties, until: datetime, asked: Asked) -> None:
    """Let a day pass, and note that it has."""
    tx = Swift.of(tx, year.known)
    for slots in (4, 3, 2, 1):
        year.happen(tx, duties, until - SLOT * (slots - 1))
    evening = at(tx, until)
    hear_calls(evening, year.town.operator)
    _send_nothing(evening)
    progress.note(tx, replace(asked, done=until))


def _send_nothing(tx: Tx) -> None:
    """Take out the letters of days gone by: nobody is to find a year of them in the post."""
    while found := outbox.claim(tx, [Reach.__name__], BATCH_MOST):
        for letter in found:
            outbox.finish(tx, letter)


def _promised_anew(life: Life) -> datetime | None:
    """Return when a shop says when a parcel comes after all that is late: the next working day."""
    if life.journey is None or not (life.journey.late or life.journey.stalled):
        return None
    asked = day_after(life.journey.eta) + GRACE
    return life.counter.shop.at_work(asked + _THINKS * life.counter.pace)


def _due(waiting: list[Any], until: datetime) -> Iterator[Any]:
    """Take out what is to happen by then, in the order of time."""
    while waiting and waiting[0][0] <= until:
        yield heapq.heappop(waiting)
