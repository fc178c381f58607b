"""Insight in words: a share with how sure it is, why a listing comes first, what to do next."""

from datetime import datetime

from shopbell.analytics.insight.model import ClusterShown, ListingShown, Rate, Since, Why
from shopbell.analytics.insight.odds import FEW
from shopbell.analytics.insight.ranking import BY_LISTING
from shopbell.kernel.texts import Locale, say, text
from shopbell.web.pages import figures
from shopbell.web.pages import format as written


def rate(locale: Locale, one: Rate) -> str:
    """Write a share: ``3 of 120 = 2.5% (0.9%–7.1%)``, or that it is of too few."""
    if one.of is None or one.value is None or one.low is None or one.high is None:
        return text(locale, "insight.few", few=FEW)
    return text(
        locale,
        "insight.rate",
        hits=written.number(one.hits or 0, locale),
        of=written.number(one.of, locale),
        share=figures.share(one.value, locale),
        low=figures.share(one.low, locale),
        high=figures.share(one.high, locale),
    )


def reasons(locale: Locale, one: ListingShown) -> list[str]:
    """Say why a listing stands where it does."""
    found = list[str]()
    if one.open:
        found.append(text(locale, "insight.why_open", n=one.open))
        if one.about:
            found.append(text(locale, "insight.why_about", about=say(one.about, locale)))
    for why in BY_LISTING:
        if hits := one.returns[why].hits:
            of = written.number(one.orders or 0, locale)
            found.append(text(locale, f"insight.why_{why}", n=hits, of=of))
    return found


def action(locale: Locale, one: ListingShown) -> str:
    """Say what to do about a listing next."""
    if one.open:
        about = say(one.about, locale) if one.about else ""
        key = "insight.do_add" if about else "insight.do_answer"
        return text(locale, key, about=about) if about else text(locale, key)
    most = max(BY_LISTING, key=lambda why: one.returns[why].hits or 0)
    return text(locale, "insight.do_size" if most is Why.SIZE else "insight.do_description")


def asks(locale: Locale, one: ClusterShown) -> str:
    """Say what buyers ask for: by name, or that they ask in their own words."""
    return say(one.named, locale) if one.named else text(locale, "insight.in_words")


def since(locale: Locale, one: Since) -> str:
    """Say what was before and after something stood in a listing; that is not causal."""
    facts = {"day": day(one.at, locale), "before": written.number(round(one.before, 1), locale)}
    if one.after is None:
        return text(locale, "insight.since_early", **facts)
    after = written.number(round(one.after, 1), locale)
    return text(locale, "insight.since", after=after, **facts)


def period(since: datetime, until: datetime, locale: Locale) -> str:
    """Write from which day to which day orders count."""
    return f"{day(since, locale)} – {day(until, locale)}"


def day(at: datetime, locale: Locale) -> str:
    """Write a day."""
    return written.short_day(at.date(), locale)


def moment(at: datetime, locale: Locale) -> str:
    """Write a moment."""
    return written.moment(at, locale)
