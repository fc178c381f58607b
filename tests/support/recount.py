"""Figures counted once more from what people read, another way than the program counts them.

A thread is written as a line of letters, and its rounds are found by a pattern.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select

from shopbell.analytics.model import Asked, Dimension, Figure, Manner, Metric, What
from shopbell.cases.kinds import KINDS
from shopbell.conversations.model import Event, Stream, SubjectKind
from shopbell.conversations.storage import after
from shopbell.engine.database import Tx
from shopbell.engine.tables import metadata
from shopbell.knowledge.suggesting.tables import shown

ROUND = re.compile("Q[^AWR]*([AWR])?")
ENDS = {"A": "answered", "W": "no_reply_needed", "R": "settled", None: "open"}
FAR = 1 << 30


@dataclass(frozen=True)
class Thing:
    """Something that happened and is counted."""

    what: What
    at: datetime
    shop: str
    kind: str
    language: str
    product: str
    channel: str = ""
    agent: str = ""
    detail: str = ""
    took: int | None = None
    good: bool | None = None
    n: int = 1


def everything(tx: Tx) -> list[Thing]:
    """Count the whole house."""
    talks = metadata.tables["conversation"].c
    columns = (talks.id, talks.shop, talks.subject_kind, talks.subject_id, talks.locale)
    found: list[Thing] = []
    for talk, shop, kind, subject, locale in tx.execute(select(*columns)):
        product = subject if kind is SubjectKind.PRODUCT else ""
        about = Thing(What.CONTACT, tx.now, shop, kind, locale, product)
        events = after(tx, Stream(talk), 0, FAR, unveil=True)
        found += [*_rounds(about, events), *_solved(about, events), *_rungs(about, events)]
        found += _cases(tx, about, events)
    return [*found, *_looks(tx), *_ratings(tx)]


def _letter(event: Event) -> str:
    data = msgspec.json.decode(event.data)
    if event.type == "message" and data.get("automatic"):
        return "x"
    if event.type in {"message", "case"} and event.actor.side == "seller":
        return "A"
    if event.type == "message" and event.actor.side == "buyer":
        return "Q"
    letters = {"no_reply_needed": "W", "resolve": "R", "answer_overdue": "B", "reopened": "O"}
    return letters.get(event.type, "x")


def _line(events: Sequence[Event]) -> str:
    return "".join(map(_letter, events))


def _channel(event: Event) -> str:
    return str(msgspec.json.decode(event.data)["channel"])


def _between(since: Event, until: Event) -> int:
    return int((until.at - since.at).total_seconds() * 1_000 + 1e-6)


def _rounds(about: Thing, events: Sequence[Event]) -> Iterator[Thing]:
    for n, found in enumerate(ROUND.finditer(_line(events)), 1):
        began, broken = events[found.start()], "B" in found[0]
        asked = replace(about, at=began.at, channel=_channel(began))
        if n == 1:
            yield asked
        round_ = replace(asked, what=What.ROUND, detail=ENDS[found[1]], n=n)
        if found[1] == "A":
            ended = events[found.end() - 1]
            took = _between(began, ended)
            yield replace(round_, took=took, agent=ended.actor.id, good=not broken)
        elif found[1] == "W":
            yield round_
        else:
            yield replace(round_, good=False if broken else None)


def _solved(about: Thing, events: Sequence[Event]) -> Iterator[Thing]:
    line = _line(events)
    first = line.find("Q")
    resolved = [n for n, letter in enumerate(line) if letter == "R" and -1 < first < n]
    for number, place in enumerate(resolved):
        before, behind = line[:place], line[place + 1 :].partition("R")[0]
        by_itself, again = events[place].actor.side == "system", "O" in behind
        last = before.rfind("A") if by_itself else place
        once = len(ROUND.findall(before)) == 1 and number == 0 and not again
        yield replace(
            about,
            what=What.SOLVED,
            at=events[place].at,
            channel=_channel(events[first]),
            detail="reopened" if again else "silence" if by_itself else events[place].actor.side,
            took=_between(events[first], events[last]) if last > first else None,
            good=once if "A" in before else None,
        )


def _rungs(about: Thing, events: Sequence[Event]) -> Iterator[Thing]:
    channel = ""
    for event in events:
        if _letter(event) == "Q":
            channel = channel or _channel(event)
        if event.type in {"contact", "escalate"}:
            data = {"step": "operator", "to": "team", **msgspec.json.decode(event.data)}
            step = ("buyer_" if data["to"] == "buyer" else "") + data["step"]
            yield replace(about, what=What.RUNG, at=event.at, channel=channel, detail=step)


def _cases(tx: Tx, about: Thing, events: Sequence[Event]) -> Iterator[Thing]:
    told = defaultdict[str, list[tuple[Event, Any]]](list)
    for event in events:
        if event.type == "case":
            data = msgspec.json.decode(event.data)
            told[data["case"]].append((event, data))
    for case, steps in told.items():
        kind = steps[0][1]["kind"]
        ended = [event for event, data in steps if KINDS[kind].ended(data["after"])]
        until = ended[0] if ended else steps[-1][0]
        states = [data["after"] for event, data in steps if event.seq <= until.seq]
        ours = replace(about, kind=kind, at=steps[0][0].at)
        took = _between(steps[0][0], until) if ended else None
        yield replace(ours, what=What.CASE, detail=states[-1], took=took)
        yield from _dates(tx, ours, case)


def _dates(tx: Tx, ours: Thing, case: str) -> Iterator[Thing]:
    """Take the dates from the rows that the room of cases keeps of them."""
    given = metadata.tables["case_promise"].c
    rows = tx.execute(
        select(given.given_at, given.kept_at, given.broken_at).where(given.case == case)
    )
    for at, kept, broken in rows:
        yield replace(ours, what=What.DATE, at=at, good=bool(kept) if kept or broken else None)


def _looks(tx: Tx) -> Iterator[Thing]:
    for row in tx.execute(select(shown)):
        product = "" if row.about == row.shop else row.about
        said = "wrong" if row.wrong_at else "helped" if row.helped_at else "passed"
        kind = "product" if product else "shop"
        good = bool(row.helped_at)
        yield Thing(What.LOOK, row.at, row.shop, kind, "", product, detail=said, good=good)


def _ratings(tx: Tx) -> Iterator[Thing]:
    """Read each rating, and look its conversation up."""
    talks = {row.id: row for row in tx.execute(select(metadata.tables["conversation"]))}
    for row in tx.execute(select(metadata.tables["satisfaction"])):
        talk = talks[row.conversation]
        product = talk.subject_id if talk.subject_kind is SubjectKind.PRODUCT else ""
        told = Thing(What.RATING, row.asked_at, row.shop, talk.subject_kind, row.locale, product)
        yield replace(told, agent=row.agent or "", good=row.helped)


# ── figures ─────────────────────────────────────────────────────────────────────────────────


def figures(things: Sequence[Thing], metric: Metric, asked: Asked) -> list[Figure]:
    """Return what a report must be made of."""
    groups = defaultdict[tuple[Any, ...], list[Thing]](list)
    for thing in things:
        if _counts(thing, metric, asked):
            groups[tuple(_value(thing, one, asked.zone) for one in asked.by)].append(thing)
    return [_row(metric, key, groups[key]) for key in sorted(groups)]


def _counts(thing: Thing, metric: Metric, asked: Asked) -> bool:
    day = thing.at.astimezone(ZoneInfo(asked.zone)).date()
    return (
        thing.what in metric.of
        and asked.since <= day <= asked.until
        and _meets(thing, metric.where)
        and all(str(_value(thing, one, asked.zone)) == value for one, value in asked.only)
        and not (metric.known and thing.good is None)
        and not (metric.measure is Manner.TIME and thing.took is None)
    )


def _meets(thing: Thing, conditions: Any) -> bool:
    return all(getattr(thing, name) in values for name, values in conditions)


def _value(thing: Thing, one: Dimension, zone: str) -> Any:
    local = thing.at.astimezone(ZoneInfo(zone))
    year, week, weekday = local.isocalendar()
    times: dict[Dimension, Callable[[], Any]] = {
        Dimension.DAY: lambda: local.date().isoformat(),
        Dimension.WEEK: lambda: datetime.fromisocalendar(year, week, 1).date().isoformat(),
        Dimension.WEEKDAY: lambda: weekday - 1,
        Dimension.HOUR: lambda: local.hour,
    }
    return times[one]() if one in times else getattr(thing, one)


def _row(metric: Metric, key: tuple[Any, ...], group: Sequence[Thing]) -> Figure:
    n, hits = len(group), sum(_meets(one, metric.hits) for one in group if metric.hits)
    names = [str(one) for one in key]
    if metric.measure is Manner.COUNT:
        return Figure(names, n, hits, n)
    if metric.measure is Manner.SHARE:
        return Figure(names, n, hits, hits / n)
    took = sorted(one.took or 0 for one in group)
    return Figure(names, n, hits, _at(took, 0.5), _at(took, 0.9))


def _at(took: Sequence[int], share: float) -> float:
    """Return the smallest value that a share of all does not exceed, in seconds."""
    return (
        next(v for v in took if sum(one <= v for one in took) >= share * len(took) - 1e-9) / 1_000
    )
