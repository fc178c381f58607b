"""Every step of every workflow is taken once, on the shortest way there, on both databases."""

from collections import deque
from datetime import timedelta
from typing import Any

import pytest

from shopbell.cases.acting import take
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import CaseShown, Step
from shopbell.cases.recording import held
from shopbell.commerce.commands import SentParcel
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Side
from tests.support.casework import Walk, acts, opens, sees
from tests.support.house import House, Person

ASKED = {
    "repair": {"fault": "It does not light up."},
    "question": {"question": "220 V?"},
    "return": {
        "condition": "defective",
        "reason": "not_working",
        "fault": "It does not light up.",
        "why_no_photos": "My camera is broken.",
    },
}
"""What it takes to open one of a kind, beside the things it is about."""

LED_BY_RETURN = {("remedy", "give_back")}
OPENED_BY_OTHERS = {"dispute": ("repair", ["check", "reject", "open_dispute"])}
"""Kinds that begin only as the child of another: which, and the steps that lead there."""

_BACK = ["approve_return", "ship_back", "arrived"]
_EXCHANGED = ["offer_exchange", "accept", "ship_back", "arrived"]
DETOURS = {
    ("repair", "to_service", "sent"): ["check", "out_of_warranty", "accept"],
    ("return", "inspecting", "accept_goods_exchange"): _EXCHANGED,
    ("return", "rejected", "look_again"): [*_BACK, "reject_goods"],
    ("return", "inspecting", ""): _BACK,
    ("return", "deduction_offered", ""): [*_BACK, "accept_partly"],
    ("return", "replacement_due", ""): [*_EXCHANGED, "accept_goods_exchange"],
    ("return", "replacement_shipped", ""): [
        *_EXCHANGED,
        "accept_goods_exchange",
        "ship_replacement",
    ],
}
"""Ways to a state, or to a step in it, that are longer than the table alone would have them."""

WAITED_FOR = {("return", "in_transit_back", "open_dispute"): 14}
"""Days until a step may be taken."""

HAS_A_STORY = {
    ("refund_due", "close_unpaid"),
    ("refunding", "close_unpaid"),
    ("approved", "drop_off"),
}
"""Steps that need more than a way there: test_refunds.py, test_logistics.py, test_returns.py."""

ELSEWHERE = {"logistics_inquiry"}
"""Kinds that begin by what is known of a parcel; their own stories take all their steps."""

STEPS = [
    pytest.param(kind.name, step, id=f"{kind.name}-{step.state}-{step.action}")
    for kind in KINDS.values()
    for step in kind.flow.moves
    if kind.name not in ELSEWHERE and (step.state, step.action) not in LED_BY_RETURN | HAS_A_STORY
]


@pytest.mark.parametrize(("kind", "step"), STEPS)
def test_a_step_leads_where_the_table_says(house: House, kind: str, step: Step) -> None:
    cast = Cast(house)
    case = cast.begins(kind, warranty_months=None)
    for action in _way_to_step(kind, step):
        case = cast.takes(case, action)
    house.passes(days=WAITED_FOR.get((kind, step.state, step.action), 0))
    assert case.state == step.state
    assert cast.takes(case, step.action).state in {step.to, *_following(kind, step.to)}


class Cast:
    """The people of a case: whoever may take a step does so."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.halo = house.shop("halo")
        self.anna = house.buyer("anna")
        self.people = {
            Side.BUYER: [self.anna],
            Side.SELLER: [self.halo.mei],
            Side.OPERATOR: [house.operator("olga"), house.operator("pavel")],
        }

    def begins(self, kind: str, **details: Any) -> CaseShown:
        """Open a case of a kind, by itself or out of another."""
        if kind in OPENED_BY_OTHERS:
            other, actions = OPENED_BY_OTHERS[kind]
            parent = self.begins(other, **details)
            for action in actions:
                parent = self.takes(parent, action)
            return sees(self.anna, parent.children[0])
        lamp = self.halo.sells("lamp", **details)
        came = self.house.clock() - timedelta(days=1)
        parcel = SentParcel(carrier="CDEK", tracking_number="1234567890", delivered_at=came)
        order = self.halo.ships_to(self.anna, lamp, shipments=[parcel])
        given: dict[str, Any] = dict(ASKED.get(kind, {}))
        if "lines" in KINDS[kind].asks:
            given["lines"] = [{"line": order.lines[0].id, "quantity": 1}]
        return opens(self.anna, kind, order, **given)

    def takes(self, case: CaseShown, action: str) -> CaseShown:
        """Let whoever may take the step do so, filling in what it asks for."""
        step = next(
            s for s in KINDS[case.kind].flow.moves if (s.state, s.action) == (case.state, action)
        )
        for side in step.by:
            for person in self.people.get(side, []):
                if action in {one.action for one in sees(person, case.id).actions}:
                    return acts(person, case.id, action, **self._answers(person, case, step))
        self.house.db.write_now(self._by_itself, case, step)
        return sees(self.people[Side.OPERATOR][0], case.id)

    def _by_itself(self, tx: Tx, case: CaseShown, step: Step) -> None:
        take(tx, SYSTEM, held(tx, case.id), step.action, self._answers(self.anna, case, step))

    def _answers(self, person: Person, case: CaseShown, step: Step) -> dict[str, Any]:
        walk, kind = Walk(self.house, [person], case), KINDS[case.kind]
        return {name: walk.answer(person, case, kind.field(name), 0) for name in step.asks}


def _way_to_step(kind: str, step: Step) -> list[str]:
    """Return the steps that lead to a step, where the fewest to its state do not."""
    own = DETOURS.get((kind, step.state, step.action)) or DETOURS.get((kind, step.state, ""))
    return own or _way_to(kind, step.state)


def _way_to(kind: str, state: str) -> list[str]:
    """Return the fewest steps that lead to a state."""
    flow = KINDS[kind].flow
    ways = deque[tuple[str, list[str]]]([(flow.start, [])])
    seen = {flow.start}
    while ways:
        at, way = ways.popleft()
        if at == state:
            return way
        for step in flow.moves:
            barred = (step.state, step.action) in LED_BY_RETURN
            if step.state == at and step.to not in seen and not barred:
                seen.add(step.to)
                ways.append((step.to, [*way, step.action]))
    raise AssertionError(state)


def _following(kind: str, state: str) -> set[str]:
    """Return where the system may lead on by itself."""
    return {s.to for s in KINDS[kind].flow.moves if s.state == state and Side.SYSTEM in s.by}
