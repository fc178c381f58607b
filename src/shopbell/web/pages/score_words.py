"""The score in words: what buyers may expect, and the whole formula, from the rule's own data."""

from collections.abc import Iterator

from shopbell.analytics.score.model import Profile, ProfileClock, Standing
from shopbell.kernel.texts import Locale, text
from shopbell.web.pages import figures
from shopbell.web.pages import format as written

HOUR = 60
Part = tuple[str, dict[str, str | float]]
"""The key of a sentence, and what it tells."""


def usual_minutes(standing: Standing) -> int | None:
    """Return within how many minutes half of a shop's answers came, if it can be judged."""
    return None if standing.score is None else standing.minutes


def judged(standing: Standing, locale: Locale) -> str:
    """Say in a sentence how a shop has answered of late, or that it is too early to say."""
    if standing.score is None:
        return text(locale, "score.too_few", n=standing.days)
    key = "score.judged_promise" if standing.own_promise else "score.judged_rule"
    return text(
        locale,
        key,
        share=figures.share(standing.score, locale),
        days=written.number(standing.days, locale),
        n=standing.counted,
    )


def formula(profile: Profile, locale: Locale) -> list[str]:
    """Say a rule in sentences, one for each of its parts."""
    return [text(locale, f"score.{key}", **facts) for key, facts in _parts(profile, locale)]


def _parts(profile: Profile, locale: Locale) -> Iterator[Part]:
    yield ("first_only" if profile.first_only else "every_round"), {}
    yield _limit(profile.within)
    yield _clock(profile.clock, locale)
    if profile.clock and profile.clock.only_inside:
        yield "only_inside", {}
    yield ("machines_count" if profile.machines_count else "machines_out"), {}
    yield ("no_reply_counts" if profile.no_reply_counts else "no_reply_out"), {}
    yield "settled_out", {}
    yield "window", {"n": profile.window_days}
    if profile.half_life_days:
        yield "half_life", {"n": profile.half_life_days}
    else:
        yield "all_alike", {}
    yield "least", {"n": profile.least}
    yield "target", _bounds(profile, locale)


def _limit(within: int | None) -> Part:
    if within is None:
        return "by_promise", {}
    if within % HOUR:
        return "within_minutes", {"n": within}
    return "within_hours", {"n": within // HOUR}


def _clock(clock: ProfileClock | None, locale: Locale) -> Part:
    if clock is None:
        return "round_the_clock", {}
    days = ", ".join(figures.weekday(day, locale) for day in clock.days)
    zone = written.city(clock.zone, locale) if clock.zone else text(locale, "score.shop_zone")
    return "clock", {"days": days, "opens": clock.opens, "closes": clock.closes, "zone": zone}


def _bounds(profile: Profile, locale: Locale) -> dict[str, str | float]:
    return {
        "target": figures.share(profile.target, locale),
        "danger": figures.share(profile.danger, locale),
    }
