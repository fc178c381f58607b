"""Calendars against a count of every minute by the clock on the wall."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from shopbell.commerce.calendars import Calendar, NoSuchDay, OtherDay
from shopbell.commerce.hours import Hours, Opening, UnknownZone

MINUTE = timedelta(minutes=1)
ZONES = ("Europe/Berlin", "America/Sao_Paulo", "Asia/Shanghai")
PLACES = {zone: ZoneInfo(zone) for zone in ZONES}
TURNS = (
    datetime(2026, 3, 27, tzinfo=UTC),
    datetime(2026, 10, 23, tzinfo=UTC),
    datetime(2018, 11, 2, tzinfo=UTC),
    datetime(2019, 2, 15, tzinfo=UTC),
)
"""Days before the clocks of Berlin (at two) and São Paulo (at midnight) were put on or back."""

NO_CHANGE = [f"{hour:02}:{minute:02}" for hour in range(4, 23) for minute in (0, 7, 30)]
"""Times that come once on every day, in all of the zones."""

openings = some.builds(Opening, some.sampled_from(NO_CHANGE), some.sampled_from(NO_CHANGE))
hours = some.builds(
    lambda day, one: Hours(day, one.opens, one.closes), some.integers(0, 6), openings
)
calendars = some.builds(
    Calendar,
    zone=some.sampled_from(ZONES),
    hours=some.lists(hours, max_size=8),
    days=some.lists(
        some.builds(
            OtherDay,
            some.sampled_from(["2026-03-28", "03-29", "10-25", "2018-11-04", "02-16"]),
            some.lists(openings, max_size=2),
        ),
        max_size=3,
        unique_by=lambda day: day.on,
    ),
)
moments = some.builds(
    lambda day, minutes: day + minutes * MINUTE, some.sampled_from(TURNS), some.integers(0, 4_000)
)


def works(calendar: Calendar, moment: datetime) -> bool:
    """Tell whether somebody works by what the clock on the wall says, and by nothing else."""
    here = moment.astimezone(PLACES[calendar.zone])
    wall, today = f"{here:%H:%M}", here.date()
    return any(
        (one.opens <= wall < one.closes) if one.opens < one.closes else wall >= one.opens
        for one in on(calendar, today)
    ) or any(
        one.closes <= one.opens and wall < one.closes
        for one in on(calendar, today - timedelta(days=1))
    )


def on(calendar: Calendar, day: object) -> list[Opening | Hours]:
    name = str(day)
    for other in (name, name[5:]):
        if found := [one for one in calendar.days if one.on == other]:
            return list(found[0].openings)
    weekday = datetime.fromisoformat(name).weekday()
    return [one for one in calendar.hours if one.weekday == weekday]


@given(calendars, moments, some.integers(0, 2_000))
@example(Calendar("Europe/Berlin", [Hours(6, "22:00", "06:00")]), TURNS[1] + 2880 * MINUTE, 1_500)
@example(Calendar("America/Sao_Paulo", [Hours(5, "22:00", "04:00")]), TURNS[2], 3_000)
@settings(max_examples=40, deadline=None)
def test_time_between_is_every_minute_counted(
    calendar: Calendar, since: datetime, minutes: int
) -> None:
    counted = sum(works(calendar, since + n * MINUTE) for n in range(minutes))
    assert calendar.between(since, since + minutes * MINUTE) == counted * MINUTE


@given(calendars, moments, some.integers(1, 600))
@settings(max_examples=60, deadline=None)
def test_a_clock_ends_with_the_last_minute_it_was_given(
    calendar: Calendar, since: datetime, minutes: int
) -> None:
    due = calendar.after(since, minutes * MINUTE)
    if due is None:
        assert calendar.between(since, since + timedelta(days=398)) < minutes * MINUTE
        return
    assert calendar.between(since, due) == minutes * MINUTE
    assert works(calendar, due - MINUTE)


@given(calendars, moments)
@settings(max_examples=40, deadline=None)
def test_work_starts_with_the_first_minute_of_it(calendar: Calendar, moment: datetime) -> None:
    starts = calendar.starts(moment)
    if starts is None:
        assert calendar.between(moment, moment + timedelta(days=399)) == timedelta()
        return
    assert works(calendar, starts)
    assert calendar.between(moment, starts) == timedelta()


def test_a_question_on_friday_evening_is_answered_on_monday_morning() -> None:
    week = [Hours(day, "10:00", "18:00") for day in range(5)]
    friday = datetime(2026, 5, 8, 17, 40, tzinfo=ZoneInfo("Europe/Berlin"))
    due = Calendar("Europe/Berlin", week).after(friday, 30 * MINUTE)
    assert due == datetime(2026, 5, 11, 10, 10, tzinfo=ZoneInfo("Europe/Berlin"))


def test_an_hour_that_comes_twice_is_worked_twice_but_ends_the_first_time() -> None:
    sunday, day = datetime(2026, 10, 25, tzinfo=ZoneInfo("Europe/Berlin")), timedelta(days=1)
    assert Calendar("Europe/Berlin", [Hours(6, "01:00", "04:00")]).between(
        sunday, sunday + day
    ) == timedelta(hours=4)
    assert Calendar("Europe/Berlin", [Hours(6, "01:00", "02:30")]).between(
        sunday, sunday + day
    ) == timedelta(hours=1, minutes=30)


def test_a_day_of_this_year_goes_before_one_of_every_year() -> None:
    calendar = Calendar(
        "Asia/Shanghai",
        [Hours(day, "09:00", "18:00") for day in range(7)],
        [OtherDay("10-01"), OtherDay("2026-10-01", [Opening("09:00", "12:00")])],
    )
    noon = datetime(2026, 10, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert calendar.between(noon - timedelta(hours=12), noon + timedelta(hours=12)) == timedelta(
        hours=3
    )
    year = timedelta(days=365)
    assert calendar.between(noon + year, noon + year + timedelta(hours=8)) == timedelta()


@pytest.mark.parametrize("day", ["2026-02-29", "02-30", "13-01"])
def test_a_day_that_never_comes_is_refused(day: str) -> None:
    with pytest.raises(NoSuchDay):
        OtherDay(day)


def test_what_is_no_zone_is_refused() -> None:
    with pytest.raises(UnknownZone):
        msgspec.json.decode(b'{"zone":"Mars/Olympus"}', type=Calendar)
