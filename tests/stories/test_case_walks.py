"""Every workflow walked at random: whatever people do or leave undone, no case waits for nobody."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopbell.cases.model import CaseShown
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import Order
from tests.support.casework import Walk, acts, opens, refusals_of
from tests.support.house import House, Person

LIVES = settings(
    max_examples=6,
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
        opened = _opened(kind, anna, staff[0], order)
        walk = Walk(house, [anna, *staff, *operators], opened)
        walk.go(choices)
        for case in walk.open():
            refusals_of(walk.people[choices[0] % len(walk.people)], case.id)
        walk.end()

    live()
