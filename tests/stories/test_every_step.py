"""Every step of every case is taken once, on the shortest way there, on both databases.

A case is brought to where several steps begin; each of them is taken from there, and taken back.
"""

from collections import deque
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from typing import Any

import pytest

from shopbell.cases import service
from shopbell.cases.acting import take
from shopbell.cases.commands import Act
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import Step, once_called
from shopbell.cases.recording import held
from shopbell.cases.shown import CaseShown
from shopbell.commerce.commands import SentParcel
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Side
from shopbell.kernel.ids import new_id
from tests.support.casework import Walk, opens, sees
from tests.support.house import House, Person
from tests.support.undoing import naming, tried

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

LED_BY_RETURN = {("repair", "remedy", "give_back")}
OPENED_BY_OTHERS = {"dispute": ("repair", ["check", "reject", "open_dispute"])}
"""Kinds that begin only as the child of another: which, and the steps that lead there."""

_BACK = ["approve_return", "ship_back", "arrived"]
_EXCHANGED = ["offer_exchange", "accept", "ship_back", "arrived"]
DETOURS = {
    ("return", "inspecting", "accept_goods_exchange"): _EXCHANGED,
    ("return", "rejected", "look_again"): [*_BACK, "reject_goods"],
    ("repair", "rejected", "look_again"): [
        *("check", "out_of_warranty", "accept", "received"),
        "misuse",
    ],
    ("return", "inspecting", ""): _BACK,
    ("return", "deduction_offered", ""): [*_BACK, "accept_partly"],
    ("return", "replacement_due", ""): [*_EXCHANGED, "accept_goods_exchange"],
    ("return", "goods_owed", ""): [*_BACK, "reject_goods", "close_owing"],
    ("return", "goods_sent", ""): [*_BACK, "reject_goods", "close_owing", "send_home"],
    ("return", "replacement_shipped", ""): [
        *_EXCHANGED,
        "accept_goods_exchange",
        "ship_replacement",
    ],
}
"""Ways to a state, or to a step in it, that are longer than the table alone would have them."""

WAITED = {("return", "in_transit_back"): timedelta(days=14)}
"""How long to wait where more becomes possible before the clock of the state has run out."""

HAS_A_STORY = {
    ("return", "refund_due", "close_unpaid"),
    ("repair", "refunding", "close_unpaid"),
    ("return", "approved", "drop_off"),
    ("return", "requested", "open_dispute"),
    ("return", "inspecting", "open_dispute"),
}
"""Steps that need more than a way there: tests/stories/test_refunds.py and others."""

NARROWS = {("repair", "warranty_check", "in_warranty")}
"""Steps by which only some of the later ones are left: it is said how the thing is sent."""

ELSEWHERE = {"logistics_inquiry"}
"""Kinds that begin by what is known of a parcel; their own stories take all their steps."""


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - ELSEWHERE))
def test_every_step_leads_where_the_table_says(house: House, kind: str) -> None:
    cast = Cast(house)
    steps = [
        step
        for step in KINDS[kind].flow.moves
        if (kind, step.state, step.action) not in LED_BY_RETURN | HAS_A_STORY
    ]
    for way, group in groupby(
        sorted(steps, key=lambda step: _way_to_step(kind, step)),
        key=lambda step: _way_to_step(kind, step),
    ):
        with naming(kind, *way):
            case = cast.begins(kind)
            for action in way:
                case = cast.takes(case, action)
        at_once, later = cast.sorted(case, group)
        for step in at_once:
            cast.checks(case, step)
        if later:
            case = cast.waits(case)
        for step in later:
            cast.checks(case, step)


class Cast:
    """The people of a case: whoever may take a step does so."""

    def __init__(self, house: House) -> None:
        self.house, self.halo = house, house.shop("halo")
        self.lamp = self.halo.sells("lamp", warranty_months=None, stock=1_000)
        self.operators = [house.operator(name) for name in ("olga", "pavel", "vera")]
        self.buyers = 0

    def begins(self, kind: str) -> CaseShown:
        """Open a case of a kind, by itself or out of another, for a buyer of its own."""
        if kind in OPENED_BY_OTHERS:
            other, actions = OPENED_BY_OTHERS[kind]
            parent = self.begins(other)
            for action in actions:
                parent = self.takes(parent, action)
            return sees(self.operators[0], parent.children[0])
        self.buyers += 1
        self.anna = self.house.buyer(f"anna{self.buyers}")
        came = self.house.clock() - timedelta(days=1)
        parcel = SentParcel(carrier="CDEK", tracking_number="1234567890", delivered_at=came)
        order = self.halo.ships_to(self.anna, self.lamp, shipments=[parcel])
        given: dict[str, Any] = dict(ASKED.get(kind, {}))
        if "lines" in KINDS[kind].asks:
            given["lines"] = [{"line": order.lines[0].id, "quantity": 1}]
        return opens(self.anna, kind, order, **given)

    def takes(self, case: CaseShown, action: str) -> CaseShown:
        """Let whoever may take the step do so."""
        step = next(
            s for s in KINDS[case.kind].flow.moves if (s.state, s.action) == (case.state, action)
        )
        person = self._takers(case, step)[0]
        self.house.db.write_now(_do, person, case, action, self._says(case, step, person))
        return sees(self.operators[0], case.id)

    def would_take(self, case: CaseShown, step: Step, person: Person | None) -> str:
        """Take a step as far as its commit, and return where that led."""
        given = self._says(case, step, person)
        return tried(self.house, lambda tx: _do(tx, person, case, step.action, given))

    def sorted(self, case: CaseShown, steps: Iterable[Step]) -> tuple[list[Step], list[Step]]:
        """Part the steps that may be taken now from those for which people have to wait."""
        given = list(steps)
        at_once = [step for step in given if Side.SYSTEM in step.by or self._able(case, step)]
        return at_once, [step for step in given if step not in at_once]

    def waits(self, case: CaseShown) -> CaseShown:
        """Let so much time pass that the marketplace may be called."""
        assert case.due is not None
        until_due = case.due.at - self.house.clock() + timedelta(minutes=1)
        waited = WAITED.get((case.kind, case.state), until_due)
        self.house.passes(seconds=waited.total_seconds())
        return sees(self.operators[0], case.id)

    def checks(self, case: CaseShown, step: Step) -> None:
        """See that a step leads where the table says."""
        with naming(case.kind, step.state, step.action):
            assert case.state == step.state
            takers = self._takers(case, step)
            assert takers
            for person in takers:
                assert self.would_take(case, step, person) == step.to

    def _able(self, case: CaseShown, step: Step) -> list[Person]:
        """Return one of each side that may take a step now."""
        people = {
            Side.BUYER: [self.anna],
            Side.SELLER: [self.halo.mei],
            Side.OPERATOR: self.operators,
        }
        able = [
            next((one for one in people.get(side, []) if _is_offered(one, case, step)), None)
            for side in step.by
        ]
        return [person for person in able if person]

    def _takers(self, case: CaseShown, step: Step) -> list[Person | None]:
        """Return one of each side that may take a step now; nobody stands for the system."""
        system = [None] if Side.SYSTEM in step.by else []
        return [*self._able(case, step), *system]

    def _says(self, case: CaseShown, step: Step, person: Person | None) -> dict[str, Any]:
        """Return what a step asks for, as whoever takes it says it."""
        teller = person or self.anna
        walk, kind = Walk(self.house, [teller], case), KINDS[case.kind]
        return {n: walk.answer(teller, case, kind.field(n), 0) for n in step.asks}


def _is_offered(person: Person, case: CaseShown, step: Step) -> bool:
    return step.action in {one.action for one in sees(person, case.id).actions}


def _do(tx: Tx, person: Person | None, case: CaseShown, action: str, given: dict[str, Any]) -> str:
    """Take a step for a person, or for the system; return the state it led to.

    What the system did after it is another step.
    """
    if person is None:
        take(tx, SYSTEM, held(tx, case.id), action, given)
    else:
        command = Act(new_id(), action, given, case.version)
        service.act(tx, person.actor, case.id, command)
    steps = service.case(tx, SYSTEM, case.id).steps
    return next(one.after for one in steps if (one.seq, one.action) == (case.version + 1, action))


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
            named = (kind, step.state, step.action)
            barred = named in LED_BY_RETURN | HAS_A_STORY | NARROWS | DETOURS.keys()
            barred = barred or (once_called in step.when and Side.SELLER not in step.by)
            if step.state == at and step.to not in seen and not barred:
                seen.add(step.to)
                ways.append((step.to, [*way, step.action]))
    raise AssertionError(state)
