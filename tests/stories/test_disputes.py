"""Where buyer and shop do not agree: proposals, decisions, signatures, appeals."""

from dataclasses import dataclass
from typing import Any

import pytest

from shopbell.cases import paying
from shopbell.cases.commands import AskRefund, RefundStep
from shopbell.cases.model import Party
from shopbell.cases.money import Part, RefundState
from shopbell.cases.refusals import (
    AmountNotAsked,
    AmountTooHigh,
    AppealByAnother,
    AskedInAnotherCase,
    NotConfirmed,
    NothingOffered,
    NotTheOpener,
    OtherCurrency,
    ReturnOver,
    SecondHandNeeded,
    SecondSignatureNeeded,
    SignedByAnother,
    TooOften,
)
from shopbell.cases.shown import CaseShown
from shopbell.commerce.model import Money, Order
from shopbell.kernel.flow import DetailsMissing, NoSuchMove, NotYourMove
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Invalid
from tests.support.casework import acts, photo, sees
from tests.support.house import House, Person
from tests.support.returns import bought, shoes, wrong_size
from tests.support.till import with_till

REASONS = {"clause": "ozon_like §3", "reason_buyer": "The photos show it.", "reason_seller": "So."}
EUR = "EUR"


@dataclass(frozen=True)
class Row:
    """A return that was refused and is in dispute, and who is in it."""

    house: House
    anna: Person
    mei: Person
    olga: Person
    pavel: Person
    order: Order
    parent: CaseShown
    case: CaseShown

    def state(self) -> str:
        return sees(self.olga, self.case.id).state

    def of_return(self) -> CaseShown:
        return sees(self.anna, self.parent.id)

    def asked_for(self) -> None:
        """Have the marketplace asked to decide."""
        acts(self.anna, self.case.id, "request_review")

    def decided(self, outcome: str, **more: Any) -> CaseShown:
        self.asked_for()
        return acts(self.olga, self.case.id, "decide", outcome=outcome, **REASONS, **more)

    def appeals(self, person: Person) -> None:
        shown = photo(person, self.case.conversation)
        acts(person, self.case.id, "appeal", statement="Look again.", evidence=[shown])


@pytest.fixture
def row(house: House) -> Row:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo))
    asked = wrong_size(anna, order)
    acts(halo.mei, asked.id, "reject", refused_for="used", refusal="They were worn.")
    parent = acts(anna, asked.id, "open_dispute", statement="I tried them on a carpet.")
    case = sees(anna, parent.children[0])
    olga, pavel = house.operator("olga"), house.operator("pavel")
    return Row(house, anna, halo.mei, olga, pavel, order, parent, case)


def money(amount: int, currency: str = EUR) -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def refunds(case: CaseShown) -> list[tuple[int, RefundState]]:
    return [(one.amount.amount, one.state) for one in case.refunds]


def test_a_refused_return_is_decided_appealed_against_and_heard_by_somebody_else(row: Row) -> None:
    decided = row.decided("reject")
    assert (decided.state, row.of_return().state) == ("decided", "rejected_final")

    row.appeals(row.anna)
    with pytest.raises(AppealByAnother):
        acts(row.olga, row.case.id, "uphold", reason_buyer="No.", reason_seller="No.")
    heard = acts(
        row.pavel, row.case.id, "overturn", outcome="refund", amount=money(3_000), **REASONS
    )

    assert heard.state == "decided"
    assert [one[0] for one in refunds(heard)] == [3_000]
    with pytest.raises(NoSuchMove):
        acts(row.anna, row.case.id, "withdraw", confirm="withdraw")
    with pytest.raises(TooOften):
        row.appeals(row.mei)


def test_who_overturns_a_decision_does_not_approve_its_money_too(house: House) -> None:
    with_till(house)
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo), quantity=20)
    asked = wrong_size(anna, order, lines=[{"line": order.lines[0].id, "quantity": 10}])
    acts(halo.mei, asked.id, "reject", refused_for="used", refusal="They were worn.")
    parent = acts(anna, asked.id, "open_dispute", statement="They were not.")
    case = sees(anna, parent.children[0])
    olga, pavel = house.operator("olga"), house.operator("pavel")
    row = Row(house, anna, halo.mei, olga, pavel, order, parent, case)
    row.decided("return")
    row.appeals(halo.mei)
    anew: dict[str, Any] = {"outcome": "refund", "amount": money(60_000), **REASONS}
    with pytest.raises(SecondSignatureNeeded):
        acts(pavel, case.id, "overturn", **anew)
    with pytest.raises(AppealByAnother):
        acts(olga, case.id, "draft_decision", **anew)
    acts(pavel, case.id, "draft_decision", **anew)
    with pytest.raises(SignedByAnother):
        acts(pavel, case.id, "countersign")
    for action, given in (("countersign", {}), ("send_back", {"needed": "A photo."})):
        with pytest.raises(AppealByAnother):
            acts(olga, case.id, action, **given)
    tanya = house.operator("tanya")
    assert acts(tanya, case.id, "send_back", needed="Which photo shows it?").state == "appeal"
    acts(pavel, case.id, "draft_decision", **anew)
    acts(tanya, case.id, "countersign")
    house.passes(seconds=1)
    [refund] = row.of_return().refunds
    assert (refund.state, refund.amount.amount) == ("requested", 60_000)
    with pytest.raises(SecondHandNeeded):
        house.db.write_now(paying.act_on, tanya.actor, refund.id, RefundStep(new_id(), "approve"))
    house.db.write_now(paying.act_on, pavel.actor, refund.id, RefundStep(new_id(), "approve"))
    house.passes(seconds=1)
    assert row.of_return().state == "completed"


def test_a_gift_does_not_cut_off_an_appeal(row: Row) -> None:
    with_till(row.house)
    row.decided("reject")
    gift = AskRefund(new_id(), Part.COMPENSATION, Money(1, EUR), [])
    with pytest.raises(AskedInAnotherCase):
        row.house.db.write_now(paying.ask_for, row.mei.actor, row.case.id, gift)
    row.house.db.write_now(paying.ask_for, row.mei.actor, row.parent.id, gift)
    row.house.passes(seconds=1)
    row.appeals(row.anna)
    assert row.state() == "appeal"


def test_an_upheld_decision_is_the_last_word(row: Row) -> None:
    row.decided("reject")
    row.appeals(row.anna)
    reasons = {"reason_buyer": "They were worn outside.", "reason_seller": "You were right."}
    assert acts(row.pavel, row.case.id, "uphold", **reasons).state == "closed"
    assert row.of_return().refunds == []


def test_an_appeal_gives_only_what_was_not_given_before(row: Row) -> None:
    row.decided("refund", amount=money(2_000))
    assert [one[0] for one in refunds(row.of_return())] == [2_000]
    row.appeals(row.anna)
    heard = acts(
        row.pavel, row.case.id, "overturn", outcome="refund", amount=money(4_990), **REASONS
    )
    assert [one[0] for one in refunds(heard)] == [2_990]


@pytest.mark.parametrize("quantity", [1, 2])
def test_without_an_amount_the_things_in_dispute_are_paid_and_no_way_that_the_clause_does_not(
    house: House, quantity: int
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    total = Money(4_990 * quantity + 1_000, EUR)
    asked = wrong_size(anna, bought(halo, anna, shoes(halo), quantity=quantity, total=total))
    acts(halo.mei, asked.id, "reject", refused_for="used", refusal="They were worn.")
    parent = acts(anna, asked.id, "open_dispute", statement="They were not.")
    case = parent.children[0]
    acts(anna, case, "request_review")
    acts(house.operator("olga"), case, "decide", outcome="reject", **REASONS)
    acts(anna, case, "appeal", statement="Look.", evidence=[photo(anna, parent.conversation)])
    heard = acts(house.operator("pavel"), case, "overturn", outcome="refund", **REASONS)
    assert [one[0] for one in refunds(heard)] == [4_990]


def test_an_appeal_turns_a_return_that_is_still_under_way(row: Row) -> None:
    row.decided("return")
    assert row.of_return().state == "approved"
    row.appeals(row.mei)
    acts(row.pavel, row.case.id, "overturn", outcome="reject", **REASONS)
    assert (row.of_return().state, row.state()) == ("rejected_final", "closed")


def test_a_decision_may_say_what_the_things_are_worth_once_they_are_back(row: Row) -> None:
    row.decided("return", amount=money(3_000))
    acts(row.anna, row.parent.id, "ship_back", parcel={"carrier": "dhl", "number": "JD0014600"})
    acts(row.mei, row.parent.id, "arrived")
    seen = [photo(row.mei, row.parent.conversation)]
    less: dict[str, Any] = {"found": "used", "goods_photos": seen, "amount": money(3_000)}
    with pytest.raises(AmountTooHigh):
        acts(row.mei, row.parent.id, "accept_partly", **less)
    acts(row.mei, row.parent.id, "accept_goods")
    assert [one[0] for one in refunds(row.of_return())] == [3_000]


@pytest.mark.parametrize(("payer", "ways"), [("seller", [700]), ("buyer", []), (None, [])])
def test_who_bears_the_way_back_is_decided(row: Row, payer: str | None, ways: list[int]) -> None:
    row.decided("return", amount=money(3_000), **({"payer": payer} if payer else {}))
    parcel = {"carrier": "dhl", "number": "JD0014600"}
    acts(row.anna, row.parent.id, "ship_back", parcel=parcel, return_cost=money(700))
    acts(row.mei, row.parent.id, "arrived")
    acts(row.mei, row.parent.id, "accept_goods")
    assert [one[0] for one in refunds(row.of_return())] == [3_000, *ways]


def test_nothing_is_sent_back_on_appeal(row: Row) -> None:
    row.decided("reject")
    row.appeals(row.anna)
    with pytest.raises(ReturnOver):
        acts(row.pavel, row.case.id, "overturn", outcome="return", **REASONS)


def test_equal_proposals_settle_it_and_nobody_appeals(row: Row) -> None:
    acts(row.anna, row.case.id, "propose", outcome="refund", amount=money(3_000))
    acts(row.mei, row.case.id, "propose", outcome="refund", amount=money(2_000))
    assert row.state() == "negotiation"
    assert "propose" not in {one.action for one in sees(row.olga, row.case.id).actions}
    settled = acts(row.mei, row.case.id, "propose", outcome="refund", amount=money(3_000))
    assert settled.state == "closed"
    assert [one[0] for one in refunds(row.of_return())] == [3_000]


def test_a_side_accepts_what_the_other_proposes_and_only_that(row: Row) -> None:
    acts(row.anna, row.case.id, "propose", outcome="refund", amount=money(4_000))
    assert "accept" not in {one.action for one in sees(row.anna, row.case.id).actions}
    with pytest.raises(NothingOffered):
        acts(row.anna, row.case.id, "accept")
    assert acts(row.mei, row.case.id, "accept").state == "closed"
    assert [one[0] for one in refunds(row.of_return())] == [4_000]


def test_what_was_proposed_is_not_what_is_decided(row: Row) -> None:
    acts(row.mei, row.case.id, "propose", outcome="refund", amount=money(100))
    row.decided("refund")
    assert [one[0] for one in refunds(row.of_return())] == [4_990]


def test_without_an_agreement_in_time_the_marketplace_decides(row: Row) -> None:
    acts(row.mei, row.case.id, "propose", outcome="refund", amount=money(100))
    row.house.passes(days=6)
    assert row.state() == "negotiation"
    row.house.passes(days=1.1)
    assert (row.state(), sees(row.anna, row.case.id).waiting_on) == ("review", Party.OPERATOR)
    row.house.passes(days=3.1)
    assert sees(row.anna, row.case.id).escalated_at is not None


def test_evidence_has_its_time_and_more_is_asked_for_once(row: Row) -> None:
    row.house.passes(hours=71)
    assert row.state() == "evidence"
    row.house.passes(hours=2)
    assert row.state() == "review"
    assert acts(row.olga, row.case.id, "ask_more", needed="The soles.").state == "evidence"
    shown = photo(row.anna, row.case.conversation)
    acts(row.anna, row.case.id, "add_evidence", statement="The soles.", evidence=[shown])
    row.asked_for()
    assert "ask_more" not in {one.action for one in sees(row.olga, row.case.id).actions}


def test_amounts_are_of_the_order_and_no_more_than_was_paid(row: Row) -> None:
    for given, refusal in (
        (money(-1), Invalid),
        (money(0), AmountTooHigh),
        (money(4_991), AmountTooHigh),
        (money(100, "USD"), OtherCurrency),
    ):
        with pytest.raises(refusal):
            acts(row.anna, row.case.id, "propose", outcome="refund", amount=given)
    with pytest.raises(AmountNotAsked):
        acts(row.anna, row.case.id, "propose", outcome="reject", amount=money(100))
    assert sees(row.anna, row.case.id) == row.case


def test_who_opened_it_takes_it_back_by_a_word_typed_out(row: Row) -> None:
    with pytest.raises(NotTheOpener):
        acts(row.mei, row.case.id, "withdraw", confirm="withdraw")
    for typed in ("yes", "close the dispute"):
        with pytest.raises(NotConfirmed):
            acts(row.anna, row.case.id, "withdraw", confirm=typed)
    assert acts(row.anna, row.case.id, "withdraw", confirm="Отзываю").state == "closed"
    assert row.of_return().state == "cancelled"
    assert wrong_size(row.anna, row.order).state == "requested"


def test_much_money_is_signed_by_two(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo, stock=20), quantity=12)
    asked = wrong_size(anna, order, lines=[{"line": order.lines[0].id, "quantity": 12}])
    acts(halo.mei, asked.id, "reject", refused_for="used", refusal="They were worn.")
    asked = acts(anna, asked.id, "open_dispute", statement="They were not.")
    olga, pavel = house.operator("olga"), house.operator("pavel")
    case = asked.children[0]
    acts(anna, case, "request_review")
    with pytest.raises(SecondSignatureNeeded):
        acts(olga, case, "decide", outcome="refund", **REASONS)
    drafted = acts(olga, case, "draft_decision", outcome="refund", **REASONS)
    assert drafted.state == "signing"
    assert {"draft", "judges"} & {*sees(anna, case).facts, *sees(halo.mei, case).facts} == set()
    assert [one.action for one in sees(anna, case).steps][-1] == "request_review"
    with pytest.raises(SignedByAnother):
        acts(olga, case, "countersign")
    back = acts(pavel, case, "send_back", needed="Which clause?")
    assert back.state == "review"
    acts(olga, case, "draft_decision", outcome="refund", **REASONS)
    assert acts(pavel, case, "countersign").state == "decided"
    assert sees(anna, case).facts["outcome"] == "refund"

    acts(halo.mei, case, "appeal", statement="No.", evidence=[photo(halo.mei, asked.conversation)])
    for judge in (olga, pavel):
        with pytest.raises(AppealByAnother):
            acts(judge, case, "uphold", reason_buyer="Yes.", reason_seller="Yes.")
    third = house.operator("tanya")
    assert acts(third, case, "uphold", reason_buyer="Yes.", reason_seller="Yes.").state == "closed"


def test_an_appeal_needs_new_evidence_and_comes_within_thirty_days(row: Row) -> None:
    row.decided("reject")
    with pytest.raises(DetailsMissing):
        acts(row.anna, row.case.id, "appeal", statement="I do not agree.")
    row.house.passes(days=29)
    assert row.state() == "decided"
    row.house.passes(days=1.1)
    assert row.state() == "closed"


def test_nobody_decides_out_of_turn(row: Row) -> None:
    with pytest.raises(NoSuchMove):
        acts(row.olga, row.case.id, "decide", outcome="reject", **REASONS)
    row.asked_for()
    for person in (row.anna, row.mei):
        with pytest.raises(NotYourMove):
            acts(person, row.case.id, "decide", outcome="reject", **REASONS)
