"""Steps and answers in the words of people."""

from decimal import Decimal
from typing import Any

from babel import numbers

from shopbell.kernel.texts import Locale, catalogue, text


def did(kind: str, action: str, locale: Locale) -> str:
    """Say what a step was; what only the system knows of goes by its name."""
    return catalogue(locale).get(f"case.{kind}_did_{action}", action)


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
