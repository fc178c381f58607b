"""The form of one answer: what stands in it, what is wrong with that, and the entry it means."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from shopbell.commerce.hours import find_zone
from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.knowledge.answers.commands import (
    ANSWER_MOST,
    QUESTION_MOST,
    PublishAnswer,
    PutAnswer,
)
from shopbell.knowledge.answers.model import Answer, Proposed
from shopbell.web.pages.contact import tidied
from shopbell.web.pages.office_form import Filled

MOST = {"question": QUESTION_MOST, "answer": ANSWER_MOST}
_SENT_MOST = 20_000
_ONE = timedelta(seconds=1)


class Sheet(Struct, frozen=True):
    """What stands in the form; ``until`` is the last day on which it is valid.

    Of several public questions that wait in a thread, ``asked`` is the one that is answered; if
    none is chosen, the one asked right before the answer is, if any.
    """

    question: str = ""
    answer: str = ""
    locale: Locale = "en"
    product: str = ""
    variant: str = ""
    until: str = ""
    asked: str = ""


def sheet_of(answer: Answer, zone: str) -> Sheet:
    """Write an answer down."""
    until = answer.valid_until
    return Sheet(
        answer.question,
        answer.answer,
        answer.locale,
        answer.product or "",
        answer.variant or "",
        (until - _ONE).astimezone(find_zone(zone)).date().isoformat() if until else "",
    )


def sheet_proposed(proposed: Proposed) -> Sheet:
    """Write down what could be published from a thread."""
    product = proposed.product or ""
    variant, asked = proposed.variant or "", proposed.asked or ""
    said = proposed.question, proposed.answer, proposed.locale
    return Sheet(*said, product, variant, asked=asked)


def sheet_in(form: Filled, locale: Locale) -> Sheet:
    """Read what was sent; whatever it is, it can be shown again."""
    typed = _sent(form, "locale")
    spoken: Locale | None = next((one for one in LOCALES if one == typed), None)
    return Sheet(
        _sent(form, "question"),
        _sent(form, "answer"),
        spoken or locale,
        _sent(form, "product"),
        _sent(form, "variant"),
        _sent(form, "until"),
        _sent(form, "asked"),
    )


def troubles(sheet: Sheet, locale: Locale) -> dict[str, str]:
    """Say what is wrong, by the name of the field."""
    return dict(_wrong(sheet, locale))


def entry_of(sheet: Sheet, zone: str) -> PutAnswer:
    """Return the entry that a sheet without troubles means."""
    return PutAnswer(
        question=sheet.question,
        answer=sheet.answer,
        locale=sheet.locale,
        product=sheet.product or None,
        variant=sheet.variant or None,
        valid_until=_until(sheet.until, zone),
    )


def words_of(sheet: Sheet, zone: str) -> PublishAnswer:
    """Return what such a sheet publishes from a thread."""
    return PublishAnswer(
        question=sheet.question,
        answer=sheet.answer,
        variant=sheet.variant or None,
        valid_until=_until(sheet.until, zone),
        asked=sheet.asked or None,
    )


def _wrong(sheet: Sheet, locale: Locale) -> Iterator[tuple[str, str]]:
    for field, most in MOST.items():
        words: str = getattr(sheet, field)
        if not words:
            yield field, text(locale, "answers.bad_empty")
        elif len(words) > most:
            yield field, text(locale, "answers.bad_long", most=most)
    if sheet.until and _day(sheet.until) is None:
        yield "until", text(locale, "office.bad_day", day=sheet.until[:20])


def _until(typed: str, zone: str) -> datetime | None:
    """Return the end of the last day."""
    day = _day(typed)
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), find_zone(zone))


def _day(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if found.year < date.max.year else None


def _sent(form: Filled, name: str) -> str:
    value = next(iter(form.getall(name, [])), "")
    return tidied(value.replace("\x00", ""))[:_SENT_MOST] if isinstance(value, str) else ""
