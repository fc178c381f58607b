"""Refunds in any order, by anybody: never more than was paid, and each key paid once at most."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopbell.cases import paying
from shopbell.cases.commands import AskRefund, RefundStep
from shopbell.cases.fields import TakenLine
from shopbell.cases.money import Part, RefundState
from shopbell.cases.shown import CaseShown
from shopbell.commerce.connector import PaymentState
from shopbell.commerce.model import Money
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from tests.support.house import House, Person
from tests.support.returns import acts, bought, broken, sees, shoes
from tests.support.till import Till, with_till

DEEDS = st.lists(
    st.tuples(st.sampled_from(["ask", "step", "case", "time", "platform"]), st.integers(0, 10**6)),
    min_size=4,
    max_size=14,
)
LIVES = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_no_order_of_steps_gives_back_more_than_was_paid(house: House) -> None:
    halo, olga, till = house.shop("halo"), house.operator(), with_till(house)
    pair, lives = shoes(halo, stock=100), 0

    @LIVES
    @given(DEEDS)
    def live(deeds: list[tuple[str, int]]) -> None:
        nonlocal lives
        lives += 1
        anna = house.buyer(f"anna{lives}")
        order = bought(halo, anna, pair, quantity=2)
        first = broken(anna, order)
        for deed, choice in deeds:
            _does(house, till, [anna, halo.mei, olga], first, deed, choice)
            shown = sees(olga, first.id)
            active = [one for one in shown.refunds if one.state is not RefundState.CANCELLED]
            assert sum(one.amount.amount for one in active) <= order.total.amount
            items = [taken for one in active if one.part is Part.ITEM for taken in one.lines]
            assert sum(taken.quantity for taken in items) <= 2
            paid = [one for one in till.paid.values() if one.key.startswith(first.id)]
            assert sum(one.amount.amount for one in paid) <= order.total.amount

    live()


def _does(  # noqa: PLR0917 - a deed has these parts
    house: House, till: Till, people: list[Person], case: CaseShown, deed: str, choice: int
) -> None:
    """Do something that may be refused, and never mind if it is."""
    person = people[choice % len(people)]
    try:
        match deed:
            case "ask":
                part = list(Part)[choice % 4]
                lines = [{"line": case.facts["lines"][0]["line"], "quantity": 1 + choice % 2}]
                _asks(person, case, part, 500 + choice % 6_000, lines if part == "item" else [])
            case "step":
                refunds = sees(people[2], case.id).refunds
                action = ("approve", "cancel", "retry", "manual_done")[choice % 4]
                if refunds:
                    step = RefundStep(new_id(), action, "by hand")
                    refund = refunds[choice % len(refunds)]
                    house.db.write_now(paying.act_on, person.actor, refund.id, step)
            case "case":
                offers = [one for one in sees(person, case.id).actions if not one.asks]
                if offers:
                    acts(person, case.id, offers[choice % len(offers)].action)
            case "platform":
                till.answers = list(PaymentState)[choice % 3]
            case _:
                house.passes(hours=choice % 80)
    except Refusal:
        return


def _asks(person: Person, case: CaseShown, part: Part, amount: int, lines: list[Any]) -> None:
    taken = [TakenLine(**line) for line in lines]
    asked = AskRefund(new_id(), part, Money(amount, "EUR"), taken)
    person.house.db.write_now(paying.ask_for, person.actor, case.id, asked)
