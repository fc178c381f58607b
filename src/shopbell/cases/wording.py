"""Steps and answers in the words of people."""

from decimal import Decimal
from typing import Any

from babel import numbers

from shopbell.cases.model import Case, Timer
from shopbell.kernel.texts import LOCALES, Locale, Words, catalogue, say, text
from shopbell.knowledge import wording as rules
from shopbell.knowledge.model import Clock


def did(kind: str, action: str, locale: Locale) -> str:
    """Say what a step was; what only the system knows of goes by its name."""
    return catalogue(locale).get(f"case.{kind}_did_{action}", action)


def why(case: Case, timer: Timer, rule: Clock | None, policy: Words, *, stood: bool) -> Words:
    """Say in every language why a date is what it is: how long, by which rule, from when on.

    It may have ``stood`` still in between. Where no policy says how long, we say it ourselves.
    """
    return {locale: _why(case, timer, rule, policy, locale, stood=stood) for locale in LOCALES}


def _why(
    case: Case, timer: Timer, rule: Clock | None, policy: Words, locale: Locale, *, stood: bool
) -> str:
    if rule is None:
        return text(locale, f"case.why_{timer.clock}")
    since = text(locale, f"case.{case.kind}_is_{timer.since or case.state}")
    title, version = say(policy, locale), rule.of.version
    counted = text(locale, "case.counted", state=since, policy=title, version=version)
    still = text(locale, "case.stood_still") if stood else ""
    return rules.joined((rules.why(rule, locale), counted, still), locale)


def field_name(name: str, locale: Locale) -> str:
    """Name a detail that was given, whoever reads it; most are called as in their form."""
    words = catalogue(locale)
    return words.get(f"case.said_{name}") or words.get(f"case.field_{name}", name)


def say_answer(name: str, answer: Any, locale: Locale) -> str:  # noqa: ANN401 - any field's answer
    """Write an answer as people read it."""
    match answer:
        case {"amount": int(amount), "currency": str(currency)}:
            value = Decimal(amount).scaleb(-numbers.get_currency_precision(currency))
            return numbers.format_currency(value, currency, locale=locale)
        case {"carrier": str(carrier), "number": str(number)}:
            return f"{carrier} {number}"
        case bool():
            return text(locale, "mediation.yes" if answer else "mediation.no")
        case list():
            return _say_list(name, answer, locale)
        case dict():
            return ", ".join(str(one) for one in answer.values())
        case _:
            return catalogue(locale).get(f"case.choice_{name}.{answer}", str(answer))


def _say_list(name: str, answers: list[Any], locale: Locale) -> str:
    words = catalogue(locale)
    chosen = [words.get(f"case.choice_{name}.{one}", "") for one in answers]
    return ", ".join(chosen) if all(chosen) else text(locale, "mediation.items", n=len(answers))
