"""A busy desk: a shop with many conversations of every sort, and what each of its lists costs."""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from msgspec import Struct

from shopbell.app import App, build
from shopbell.cli.bench.people import found
from shopbell.cli.bench.server import database
from shopbell.cli.bench.stock import fill, micros, vary, who_is
from shopbell.conversations.listing import service as listing
from shopbell.conversations.listing.model import Filter, Sort, View
from shopbell.conversations.model import Channel, TalkKind
from shopbell.conversations.turns import State, Turn
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES

Look = Callable[[], object]
LOOKS = 100
PAGE = 50
_ASLEEP = 1 << 62
MANY = 20
"""So many colleagues share the work."""

ASKED: dict[str, Filter] = {
    **{view: Filter(view=view) for view in View},
    "kind": Filter(kind=TalkKind.REPAIR),
    "kind that nobody has": Filter(kind=TalkKind.DISPUTE),
    "language and channel": Filter(language="zh", channel=Channel.EMAIL),
    "turn of the carrier": Filter(turn=Turn.CARRIER),
    "newest": Filter(sort=Sort.NEWEST),
    "oldest of a kind": Filter(sort=Sort.OLDEST, kind=TalkKind.REPAIR),
    "a tag that one has": Filter(tag=new_id()),
    "words that one has": Filter(q="zanzibar"),
}


class ListFigures(Struct, frozen=True):
    """The first 50 of a list, read by the service and written as JSON, in milliseconds."""

    shown: str
    conversations: int
    p50_ms: float
    p99_ms: float


def measure(talks: int) -> list[ListFigures]:
    """Fill one shop, then look at each of its lists, and at what is counted beside them."""
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database=database())
        crowd = found(settings, 1)
        app = build(settings)
        try:
            buyer, desk = who_is(app, crowd.buyers[0].who), who_is(app, crowd.desk)
            team = [desk.id, *(new_id() for _one in range(MANY - 1))]
            fill(app, crowd.buyers[0], buyer, talks, 1, _of_every_sort(team))
            looks = {name: _list(app, desk, asked) for name, asked in ASKED.items()}
            looks["counts"] = lambda: app.db.read_now(listing.count, desk)
            took = {name: _time(look) for name, look in looks.items()}
        finally:
            app.close()
    half, most = LOOKS // 2, LOOKS * 99 // 100
    return [ListFigures(name, talks, times[half], times[most]) for name, times in took.items()]


def _of_every_sort(
    team: list[str],
) -> Callable[[datetime, dict[str, Any], int], dict[str, Any]]:
    kinds = [kind for kind in TalkKind if kind is not TalkKind.DISPUTE]

    def one(now: datetime, talk: dict[str, Any], messages: int) -> dict[str, Any]:
        row = vary(now, talk, messages)
        chance = random.random()  # noqa: S311
        sort = {
            "shop": talk["shop"],
            "locale": random.choice(LOCALES),  # noqa: S311
            "channel": random.choice(list(Channel)),  # noqa: S311
            "kind": random.choice(kinds),  # noqa: S311
            "assignee": random.choice([None, *team]),  # noqa: S311
        }
        done, asleep = chance < 0.3, chance > 0.95  # noqa: PLR2004 - shares of a desk
        if done:
            sort |= {"done": True, "state": State.RESOLVED, "due_at": None, "due_since": None}
        if asleep:
            until = now + timedelta(hours=random.uniform(1, 72))  # noqa: S311
            sort |= {"snoozed_until": until, "desk_order": _ASLEEP + micros(until)}
        return {**row, **sort}

    return one


def _list(app: App, desk: Actor, asked: Filter) -> Look:
    def look() -> object:
        page = app.db.read_now(listing.listed, desk, asked, view=asked.view, limit=PAGE)
        return msgspec.json.encode(page)

    return look


def _time(look: Look) -> list[float]:
    took: list[float] = []
    for _look in range(LOOKS):
        began = time.monotonic()
        look()
        took.append(round((time.monotonic() - began) * 1000, 2))
    return sorted(took)
