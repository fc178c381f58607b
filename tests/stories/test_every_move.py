"""Every move of a conversation and of a refund is made once by each side, on both databases."""

from collections import deque
from dataclasses import dataclass

import pytest

from shopbell.cases import paying, refund_storage
from shopbell.cases.commands import AskRefund, RefundStep
from shopbell.cases.money import Part, RefundShown
from shopbell.cases.refunds import FLOW as REFUNDING
from shopbell.commerce.connector import Payment, PaymentState
from shopbell.commerce.model import Money
from shopbell.conversations import service as conversations
from shopbell.conversations import waiting
from shopbell.conversations.commands import Append
from shopbell.conversations.jobs import close_resolved, resolve_silent
from shopbell.conversations.joining import service as joining
from shopbell.conversations.joining.model import Merge, Split
from shopbell.conversations.model import ConversationId, OpenCases, Stream, Subject
from shopbell.conversations.posting import call_operator, count_cases, open_for_case
from shopbell.conversations.turns import (
    CASE_ASKS,
    CASE_RESTS,
    FLOW,
    MERGE,
    SPEAKS,
    TAKE_IN,
    State,
    Turn,
)
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Side
from shopbell.kernel.flow import Flow, Move
from shopbell.kernel.ids import new_id
from tests.support.house import House, Person
from tests.support.returns import bought, shoes, wrong_size
from tests.support.undoing import naming, tried


def _case_asks(tx: Tx, talk: ConversationId) -> None:
    """Have a case wait for the shop."""
    if conversations.entered(tx, SYSTEM, Stream(talk)).state in {State.NEW, State.RESOLVED}:
        open_for_case(tx, talk)
    else:
        count_cases(
            tx, talk, OpenCases(open_cases=1, seller_cases=1, awaits=Turn.SELLER), called=False
        )


def _case_rests(tx: Tx, talk: ConversationId) -> None:
    """Have a case wait for a carrier."""
    count_cases(tx, talk, OpenCases(open_cases=1, awaits=Turn.CARRIER), called=False)


BY_ITSELF = {
    "escalate": call_operator,
    CASE_ASKS: _case_asks,
    CASE_RESTS: _case_rests,
    "resolve": resolve_silent,
    "close": close_resolved,
}
"""What the system does in a conversation."""


@dataclass(frozen=True)
class People:
    """Who meets in a conversation, and another one of the same two, which waits for an answer."""

    beside: ConversationId
    of: dict[Side, Person]


@pytest.mark.parametrize("state", sorted(FLOW.states.difference(FLOW.ends)))
def test_every_move_of_a_conversation_leads_where_the_table_says(house: House, state: str) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    beside = anna.begins(halo, halo.ships_to(anna, halo.sells("beside")))
    anna.says(beside, "Where is it?")
    people = People(beside, {Side.BUYER: anna, Side.SELLER: halo.mei, Side.OPERATOR: olga})
    by_words, by_cases = (anna.begins(halo, halo.ships_to(anna, halo.sells(f"{n}"))) for n in "ab")
    for move in _way(FLOW, state):
        house.db.write_now(_makes, people, by_words, move.action, move.by[-1])
    for move in _way(FLOW, state, by=Side.SYSTEM):
        house.db.write_now(_makes, people, by_cases, move.action, Side.SYSTEM)
    house.clock.passes(days=3)
    for move in FLOW.moves:
        # Where words wait for an answer, what cases wait for comes after them.
        talk = by_cases if move.action in {CASE_ASKS, CASE_RESTS} else by_words
        for side in move.by if move.state == state else ():
            with naming(state, move.action, side):
                after = tried(
                    house,
                    lambda tx, talk=talk, action=move.action, by=side: _makes(  # type: ignore[misc]
                        tx, people, talk, action, by
                    ),
                )
                assert after == move.to


def _makes(tx: Tx, people: People, talk: ConversationId, action: str, side: Side) -> str:
    """Make a move of a conversation, and return the state it leads to."""
    if action == MERGE:
        asked = Merge(new_id(), people.beside)
        joining.merge(tx, people.of[side].actor, talk, asked)
    elif action == TAKE_IN:
        subject = conversations.entered(tx, SYSTEM, Stream(talk)).subject
        part = Split(new_id(), 1, 2, Subject(subject.kind, subject.id))
        joining.split(tx, people.of[Side.SELLER].actor, people.beside, part)
    elif side is Side.SYSTEM:
        BY_ITSELF[action](tx, talk)
    else:
        if action == "escalate":
            waiting.tell_overdue(tx, waiting.held(tx, talk), tx.now)
        speaks = SPEAKS[side] == action
        kind, data = ("message", {"text": "Hello"}) if speaks else (action, {})
        entry = Append(new_id(), kind, data)
        conversations.append(tx, people.of[side].actor, Stream(talk), entry)
    return conversations.entered(tx, SYSTEM, Stream(talk)).state


@dataclass(frozen=True)
class Cash:
    """Those who decide about money, and a refund that the first of its side asked for."""

    house: House
    people: dict[Side, Person]
    refund: RefundShown

    def moves(self, tx: Tx, action: str, side: Side) -> str:
        """Take a step of the refund, and return the state it leads to."""
        refund = refund_storage.get(tx, self.refund.id)
        if side is not Side.SYSTEM or action == "retry":
            actor = SYSTEM if side is Side.SYSTEM else self.people[side].actor
            step = RefundStep(new_id(), action, "Bank slip 8")
            return paying.act_on(tx, actor, refund.id, step).state
        match action:
            case "approve" | "submit":
                by_platform = action == "submit"
                return paying.begin_paying(tx, refund.id, by_platform=by_platform).state
            case _:
                done = PaymentState.DONE if action == "succeed" else PaymentState.FAILED
                paying.note_payment(tx, refund.key, Payment(done))
                return refund_storage.get(tx, refund.id).state


@pytest.mark.parametrize("asked_by", [Side.OPERATOR, Side.SELLER])
def test_every_move_of_a_refund_leads_where_the_table_says(house: House, asked_by: Side) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    olga, pavel = house.operator("olga"), house.operator("pavel")
    case = wrong_size(anna, bought(halo, anna, shoes(halo)))
    people = {Side.SELLER: halo.mei, Side.OPERATOR: pavel}
    asking = {Side.SELLER: halo.mei, Side.OPERATOR: olga}[asked_by]
    for state in REFUNDING.states.difference(REFUNDING.ends):
        asked = AskRefund(new_id(), Part.COMPENSATION, Money(100, "EUR"))
        refund = house.db.write_now(paying.ask_for, asking.actor, case.id, asked)
        cash = Cash(house, people, refund)
        for move in _way(REFUNDING, state):
            house.db.write_now(cash.moves, move.action, move.by[-1])
        for move in REFUNDING.moves:
            for side in move.by if move.state == state else ():
                if (move.action, side) == _OTHERS[asked_by]:
                    continue
                with naming(state, move.action, side):
                    after = tried(
                        house,
                        lambda tx, action=move.action, by=side: cash.moves(tx, action, by),  # type: ignore[misc]  # noqa: B023
                    )
                    assert after == move.to


_OTHERS = {
    Side.OPERATOR: ("cancel", Side.SELLER),
    Side.SELLER: ("approve", Side.SELLER),
}
"""What a shop may not do: call off what the marketplace asked for, approve its own asking."""


def _way(flow: Flow[Move], state: str, by: Side | None = None) -> list[Move]:
    """Return the fewest moves that lead to a state, all of them of one side if it is named."""
    ways, seen = deque[tuple[str, list[Move]]]([(flow.start, [])]), {flow.start}
    while ways:
        at, way = ways.popleft()
        if at == state:
            return way
        for move in flow.moves:
            if move.state == at and move.to not in seen and (by is None or by in move.by):
                seen.add(move.to)
                ways.append((move.to, [*way, move]))
    raise AssertionError(state)
