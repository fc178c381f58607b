"""Every workflow walked at random: whatever people do or leave undone, no case waits for nobody."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import Order, Product
from tests.support.casework import Walk, opens, refusals_of
from tests.support.house import Counter, House, Person

LIVES = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CHOICES = st.lists(st.integers(0, 10**6), min_size=1, max_size=12)


def _delivered(halo: Counter, lamp: Product, anna: Person) -> Order:
    now = halo.house.clock()
    parcel = SentParcel(
        carrier="CDEK",
        tracking_number=f"N{anna.actor.id[-12:]}",
        shipped_at=now - timedelta(days=4),
        delivered_at=now - timedelta(days=1),
    )
    return halo.ships_to(anna, lamp, shipments=[parcel])


FAULT = {"fault": "It does not light up."}
ASKED: dict[str, dict[str, str]] = {
    "repair": FAULT,
    "return": {
        "condition": "defective",
        "reason": "not_working",
        "why_no_photos": "None.",
        **FAULT,
    },
}


@pytest.mark.parametrize("kind", list(ASKED))
def test_no_case_waits_for_nobody(house: House, kind: str) -> None:
    operators = [house.operator("olga"), house.operator("pavel")]
    halo = house.shop("halo")
    lamp = halo.sells("lamp", warranty_months=24, stock=1_000)
    lives = 0

    @LIVES
    @given(CHOICES)
    def live(choices: list[int]) -> None:
        nonlocal lives
        lives += 1
        anna = house.buyer(f"anna{lives}")
        order = _delivered(halo, lamp, anna)
        opened = opens(
            anna,
            kind,
            order,
            lines=[{"line": order.lines[0].id, "quantity": 1}],
            **ASKED[kind],
        )
        walk = Walk(house, [anna, halo.mei, *operators], opened)
        walk.go(choices)
        for case in walk.open():
            refusals_of(walk.people[choices[0] % len(walk.people)], case.id)
        walk.end()

    live()
