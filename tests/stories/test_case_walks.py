"""Every workflow walked at random: whatever people do or leave undone, no case waits for nobody."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import Order
from tests.support.casework import Walk, opens, refusals_of
from tests.support.house import House, Person

LIVES = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CHOICES = st.lists(st.integers(0, 10**6), min_size=1, max_size=12)


def _delivered(house: House, anna: Person) -> tuple[list[Person], Order]:
    name = f"halo{house.db.read_now(lambda tx: tx.now).timestamp():.0f}"
    shop = house.shop(name, staff=[f"mei{name}"])
    lamp = shop.sells("lamp", warranty_months=24)
    parcel = SentParcel(
        carrier="CDEK",
        tracking_number=name,
        shipped_at=house.clock() - timedelta(days=4),
        delivered_at=house.clock() - timedelta(days=1),
    )
    order = shop.ships_to(anna, lamp, shipments=[parcel])
    return [shop.staff[f"mei{name}"]], order


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
    lives = 0

    @LIVES
    @given(CHOICES)
    def live(choices: list[int]) -> None:
        nonlocal lives
        lives += 1
        anna = house.buyer(f"anna{lives}")
        house.passes(seconds=1)
        staff, order = _delivered(house, anna)
        opened = opens(
            anna,
            kind,
            order,
            lines=[{"line": order.lines[0].id, "quantity": 1}],
            **ASKED[kind],
        )
        walk = Walk(house, [anna, *staff, *operators], opened)
        walk.go(choices)
        for case in walk.open():
            refusals_of(walk.people[choices[0] % len(walk.people)], case.id)
        walk.end()

    live()
