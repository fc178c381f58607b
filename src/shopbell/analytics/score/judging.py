"""What a rule says of rounds, and what they come to. Pure: the same rounds, the same score."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from math import fsum
from statistics import median
from zoneinfo import ZoneInfo

from shopbell.analytics.model import Ended
from shopbell.analytics.score.model import (
    Judged,
    Profile,
    ProfileClock,
    RoundTold,
    Standing,
    Tally,
    Trend,
    Verdict,
)
from shopbell.commerce.hours import Hours, find_zone, is_open, open_between
from shopbell.conversations.model import ConversationId

A_DAY = timedelta(days=1)
MINUTE_MS = 60_000


def judge(
    profile: Profile,
    zone: ZoneInfo,
    one: RoundTold,
    now: datetime,
    excused: Collection[tuple[ConversationId, int]] = (),
) -> Judged:
    """Say of one round whether it was kept, or why it is left out."""
    seconds = _seconds(profile, zone, one, now)
    return Judged(
        one, _left_out(profile, zone, one, excused) or _kept(profile, one, seconds), seconds
    )


def _left_out(
    profile: Profile,
    zone: ZoneInfo,
    one: RoundTold,
    excused: Collection[tuple[ConversationId, int]],
) -> Verdict | None:
    if one.key in excused:
        return Verdict.EXCUSED
    if profile.first_only and one.n > 1:
        return Verdict.NOT_FIRST
    if one.detail == Ended.WAVED and not profile.no_reply_counts:
        return Verdict.NO_REPLY_NEEDED
    clock = profile.clock
    if clock and clock.only_inside and not is_open(_hours(clock), (), _zone(clock, zone), one.at):
        return Verdict.OUTSIDE
    return None


def _kept(profile: Profile, one: RoundTold, seconds: float | None) -> Verdict:
    """Judge a round that is not left out; what the buyer settled in time asked for no answer."""
    if profile.within is None:
        late = one.good is False
    else:
        late = seconds is not None and seconds > profile.within * 60
    if one.detail == Ended.ANSWERED or _machine(profile, one) is not None:
        return Verdict.LATE if late else Verdict.KEPT
    if late or one.detail == Ended.WAVED:
        return Verdict.UNANSWERED
    return Verdict.SETTLED if one.detail == Ended.SETTLED else Verdict.WAITING


def _seconds(profile: Profile, zone: ZoneInfo, one: RoundTold, now: datetime) -> float | None:
    """Return how much of the rule's time passed until the answer, or has passed without one."""
    machine = _machine(profile, one)
    took = one.took if machine is None else machine
    if took is not None:
        until = one.at + timedelta(milliseconds=took)
    elif one.detail == Ended.OPEN:
        until = now
    else:
        return None
    return _passed(profile.clock, zone, one.at, until).total_seconds()


def _machine(profile: Profile, one: RoundTold) -> int | None:
    return one.machine if profile.machines_count else None


def _passed(
    clock: ProfileClock | None, zone: ZoneInfo, since: datetime, until: datetime
) -> timedelta:
    if clock is None:
        return until - since
    return open_between(_hours(clock), (), _zone(clock, zone), since, until)


def _zone(clock: ProfileClock, zone: ZoneInfo) -> ZoneInfo:
    return find_zone(clock.zone) if clock.zone else zone


def _hours(clock: ProfileClock) -> tuple[Hours, ...]:
    return _week(clock.opens, clock.closes, tuple(clock.days))


@cache
def _week(opens: str, closes: str, days: tuple[int, ...]) -> tuple[Hours, ...]:
    return tuple(Hours(day, opens, closes) for day in days)


# ── what they come to ───────────────────────────────────────────────────────────────────────


def tallied(judged: Iterable[Judged], zone: ZoneInfo) -> dict[date, Tally]:
    """Count the rounds of each day of the shop: a score needs no more of them."""
    days: dict[date, Tally] = {}
    for one in judged:
        if one.verdict.counts:
            day = one.round.at.astimezone(zone).date()
            known = days.get(day, Tally())
            kept = known.kept + (one.verdict is Verdict.KEPT)
            days[day] = Tally(known.counted + 1, kept)
    return days


def score(profile: Profile, days: Mapping[date, Tally], today: date) -> tuple[float | None, Tally]:
    """Return the weighted share that was kept in the window up to a day, and of how many.

    A question weighs ``0.5 ** (age in days / half-life)``; too few of them have no score.
    """
    ages = {(today - day).days: one for day, one in days.items()}
    counting = {age: one for age, one in ages.items() if 0 <= age < profile.window_days}
    whole = Tally(sum(one.counted for one in counting.values()), _sum_kept(counting))
    if whole.counted < profile.least:
        return None, whole
    weight = fsum(_weight(profile, age) * one.counted for age, one in counting.items())
    kept = fsum(_weight(profile, age) * one.kept for age, one in counting.items())
    return kept / weight, whole


def _sum_kept(counting: Mapping[int, Tally]) -> int:
    return sum(one.kept for one in counting.values())


def _weight(profile: Profile, age: int) -> float:
    return 0.5 ** (age / profile.half_life_days) if profile.half_life_days else 1.0


def standing(profile: Profile, judged: Iterable[Judged], zone: ZoneInfo, now: datetime) -> Standing:
    """Return how a shop stands now."""
    known, today = list(judged), now.astimezone(zone).date()
    share, whole = score(profile, tallied(known, zone), today)
    took = [one.round.took for one in known if one.verdict.counts and one.round.took is not None]
    return Standing(
        score=share,
        counted=whole.counted,
        kept=whole.kept,
        minutes=max(1, round(median(took) / MINUTE_MS)) if took else None,
        days=profile.window_days,
        target=profile.target,
        own_promise=profile.within is None,
    )


def trend(profile: Profile, days: Mapping[date, Tally], today: date, length: int) -> list[Trend]:
    """Return the score at the end of each of the last days, the oldest first."""
    found: list[Trend] = []
    for back in reversed(range(length)):
        share, whole = score(profile, days, today - back * A_DAY)
        found.append(Trend(today - back * A_DAY, share, whole.counted))
    return found
