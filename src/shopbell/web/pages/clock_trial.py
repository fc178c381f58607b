"""When a question would be answered by rules that are laid down, or only typed yet."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from shopbell.commerce.hours import find_zone
from shopbell.conversations.model import Channel, TalkKind
from shopbell.conversations.targets.model import Book, Ceiling, ClockRules, Maxima, Version
from shopbell.conversations.targets.running import Target
from shopbell.kernel.actor import PersonId
from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.web.pages import format as written
from shopbell.web.pages.office_form import WEEK, Filled, one
from shopbell.web.pages.rehearsal import among, next_at, time_in

NOBODY = PersonId("")


class Trial(Struct, frozen=True):
    """The question that is tried out: what kind, by which way, in which language, and when."""

    kind: str = "question"
    channel: str = "chat"
    locale: Locale = "en"
    day: int = 4
    time: str = "17:40"


class Answered(Struct, frozen=True):
    """What is due about it when, and when the clock warns; ``cut``: the marketplace says so."""

    words: str
    due: str
    warned: str
    cut: bool


class Tried(Struct, frozen=True):
    """When the question is asked, and what the rules make of it; nothing if none is for it."""

    asked: str
    answers: list[Answered]
    policy: int


def trial_in(form: Filled, locale: Locale) -> Trial:
    """Read what is to be tried out; anything that is nothing of the kind is as at first."""
    plain = Trial(locale=locale)
    spoken = one(form, "try-locale")
    known: dict[str, Locale] = {lang: lang for lang in LOCALES}
    return Trial(
        kind=among(one(form, "try-kind"), list(TalkKind), plain.kind),
        channel=among(one(form, "try-channel"), list(Channel), plain.channel),
        locale=known.get(spoken, locale),
        day=int(among(one(form, "try-day"), [str(day) for day in WEEK], str(plain.day))),
        time=time_in(form, plain.time),
    )


def tried(rules: ClockRules, most: Maxima, trial: Trial, now: datetime, locale: Locale) -> Tried:
    """Say when a question is due that is asked at the chosen time by the clock of the shop."""
    zone = find_zone(next(iter(rules.calendars.values())).zone)
    asked = next_at(trial.day, trial.time, now, zone)
    version = Version(1, now, rules, NOBODY, now)
    book = Book([version], [Ceiling(1, now, most, NOBODY, now)])
    rule = book.rule_for(TalkKind(trial.kind), trial.locale, Channel(trial.channel), asked)

    def said(at: datetime | None) -> str:
        return written.weekday_moment(at, locale, zone) if at else ""

    answers = list[Answered]()
    for target in Target if rule else ():
        length = rule.length(target) if rule else None
        if rule and length:
            answers.append(
                Answered(
                    words=text(locale, f"clocks.target_{target}"),
                    due=said(rule.calendar.after(asked, length)),
                    warned=said(rule.calendar.after(asked, length * rule.policy.warn_at / 100)),
                    cut=rule.goals.of(target) != rule.policy.goals.of(target),
                )
            )
    return Tried(said(asked), answers, rule.row + 1 if rule else 0)


def choices(locale: Locale) -> dict[str, Sequence[tuple[str | int, str]]]:
    """List what may be tried out, in words."""
    return {
        "kind": [(kind, text(locale, f"clocks.{kind}_talk")) for kind in TalkKind],
        "channel": [(by, text(locale, f"pages.way_{by}")) for by in Channel],
        "locale": [(lang, text(locale, f"pages.lang_{lang}")) for lang in LOCALES],
        "day": [(index, written.weekday(index, locale)) for index in WEEK],
    }
