"""Rules by which somebody would be told twice, never, or in the wrong order are refused."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from shopbell.contact.model import Rules, Rung, Step
from shopbell.contact.refusals import LadderWrong
from shopbell.contact.shipped import FOLDER, STANDARD, read
from shopbell.kernel.texts import LOCALES, Locale, catalogue

OPERATOR = Rung(Step.OPERATOR, timedelta(hours=1))


def rung(step: Step, **after: float) -> Rung:
    """Return one step with its wait."""
    return Rung(step, timedelta(**after))


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "a step twice": (
        {"chat": [rung(Step.MAIL, minutes=1), rung(Step.MAIL, minutes=2), OPERATOR]},
        "chat",
        "twice",
    ),
    "waits that do not grow": (
        {"email": [rung(Step.PUSH, minutes=3), rung(Step.MAIL, minutes=2), OPERATOR]},
        "email",
        "order",
    ),
    "two at once": (
        {"email": [rung(Step.PUSH, minutes=3), rung(Step.MAIL, minutes=3), OPERATOR]},
        "email",
        "order",
    ),
    "no operator": ({"message": [rung(Step.MAIL, minutes=2)]}, "message", "last"),
    "nothing": ({"chat": []}, "chat", "step"),
    "sooner than it looks": (
        {"chat": [rung(Step.PUSH, seconds=5), OPERATOR]},
        "chat",
        "soon",
    ),
    "later than anybody waits": (
        {"chat": [rung(Step.PUSH, days=15), OPERATOR]},
        "chat",
        "late",
    ),
    "the operator goes after a buyer": ({"back": [OPERATOR]}, "back", "step"),
    "a pace of nothing": ({"pace": {"weather": 50}}, "weather", "pace"),
    "a pace that stands": ({"pace": {"order": 0}}, "order", "pace"),
}


@pytest.mark.parametrize("bad", BAD)
def test_rules_that_cannot_be_are_refused(bad: str) -> None:
    changes, ladder, why = BAD[bad]
    given = structs.asdict(STANDARD) | changes
    with pytest.raises(LadderWrong) as wrong:
        Rules(**given)
    assert wrong.value.facts == {"ladder": ladder, "why": why}


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_wrong_is_said_in_words(locale: Locale) -> None:
    words = catalogue(locale)
    for _changes, ladder, why in BAD.values():
        assert words[LadderWrong.at(ladder, why).named["why"]]


def test_what_is_shipped_can_be_read() -> None:
    assert [read(file) for file in FOLDER.glob("*.toml")] == [STANDARD]


def test_no_pace_makes_a_wait_longer_than_anybody_waits() -> None:
    slow = structs.replace(STANDARD, pace={"order": 1000})
    assert slow.paced(rung(Step.MAIL, days=14), ["order"]) == timedelta(days=14)
