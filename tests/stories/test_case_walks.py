"""Every workflow walked at random: whatever people do or leave undone, no case waits for nobody."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopbell.cases.shown import CaseShown
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import Order, Product
from tests.support.casework import Walk, acts, opens, refusals_of
from tests.support.house import Counter, House, Person

LIVES = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CHOICES = st.lists(st.integers(0, 10**6), min_size=1, max_size=12)


def _delivered(halo: Counter, lamp: Product, anna: Person) -> Order:
    now = halo.house.clock()
    parcel = SentParcel(
        carrier="CDEK",
        tracking_number=f"10{int(anna.actor.id[-8:], 16) % 10**9:09}",
        shipped_at=now - timedelta(days=4),
        delivered_at=now - timedelta(days=1),
    )
    return halo.ships_to(anna, lamp, shipments=[parcel])


FAULT = {"fault": "It does not light up."}
ASKED: dict[str, dict[str, str]] = {
    "question": {"question": "Does it run on 220 V?"},
    "repair": FAULT,
    "return": {
        "condition": "defective",
        "reason": "not_working",
        "why_no_photos": "None.",
        **FAULT,
    },
}


def _opened(kind: str, anna: Person, mei: Person, order: Order) -> CaseShown:
    """Open a case of a kind; a dispute is about a return that was refused."""
    asked = "return" if kind == "dispute" else kind
    lines = [{"line": order.lines[0].id, "quantity": 1}]
    given: dict[str, Any] = {} if asked == "question" else {"lines": lines}
    opened = opens(anna, asked, order, **given, **ASKED[asked])
    if kind == "dispute":
        acts(mei, opened.id, "reject", refused_for="used", refusal="It was used.")
        acts(anna, opened.id, "open_dispute", statement="It was not.")
    return opened


@pytest.mark.parametrize("kind", [*ASKED, "dispute"])
def test_no_case_waits_for_nobody(house: House, kind: str) -> None:
    # A decision that two signed is appealed to two others.
    operators = [house.operator(name) for name in ("olga", "pavel", "vera", "boris")]
    halo = house.shop("halo")
    lamp = halo.sells("lamp", warranty_months=24, stock=1_000)
    lives = 0

    @LIVES
    @given(CHOICES)
    def live(choices: list[int]) -> None:
        nonlocal lives
        lives += 1
        anna = house.buyer(f"anna{lives}")
        house.passes(seconds=1)
        order = _delivered(halo, lamp, anna)
        opened = _opened(kind, anna, halo.mei, order)
        walk = Walk(house, [anna, halo.mei, *operators], opened)
        walk.go(choices)
        for case in walk.open():
            refusals_of(walk.people[choices[0] % len(walk.people)], case.id)
        walk.end()

    live()
