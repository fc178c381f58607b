"""Money that goes back: asked of the platform once, never more than was paid, never forgotten."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shopbell.cases import paying, service
from shopbell.cases.commands import AskRefund, RefundStep
from shopbell.cases.fields import TakenLine
from shopbell.cases.money import Part, RefundShown
from shopbell.cases.refusals import (
    AmountTooHigh,
    MoreThanBought,
    NoSuchRefund,
    NotYoursToCancel,
    NotYoursToPay,
    OtherCurrency,
    RefundTooMuch,
    SecondHandNeeded,
    WayBackTooDear,
)
from shopbell.cases.shown import CaseListed, CaseShown
from shopbell.commerce.connector import Payback, Payment, PaymentState
from shopbell.commerce.model import Money, Order, OrderState
from shopbell.commerce.signing import SignatureBroken, SignatureOld, sign
from shopbell.connectors.builtin.cashier import BuiltinCashier, PlatformSilent
from shopbell.conversations.refusals import IdempotencyConflict
from shopbell.demo.platform import Payments, platform
from shopbell.kernel.actor import ShopId
from shopbell.kernel.flow import DetailsMissing, NoSuchMove
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from tests.support.house import Counter, House, Person
from tests.support.returns import (
    acts,
    bought,
    broken,
    entries,
    file_of,
    money,
    opens,
    sees,
    sent_back,
    shoes,
    wrong_size,
)
from tests.support.till import Till, app_with, with_till


def asks(
    person: Person, case: CaseShown, amount: int, part: str = "compensation", **more: Any
) -> RefundShown:
    """Ask for money by hand."""
    given = {"currency": "EUR", "lines": [], "cmid": new_id()} | more
    asked = AskRefund(given["cmid"], Part(part), Money(amount, given["currency"]), given["lines"])
    return person.house.db.write_now(paying.ask_for, person.actor, case.id, asked)


def does(
    person: Person, refund: RefundShown, action: str, reference: str = "", cmid: str = ""
) -> RefundShown:
    """Take a step of a refund."""
    step = RefundStep(cmid or new_id(), action, reference)
    return person.house.db.write_now(paying.act_on, person.actor, refund.id, step)


def owed(house: House, halo: Counter, anna: Person, **details: Any) -> CaseShown:
    """Bring a return to where its money is to go back."""
    asked = sent_back(halo, anna, bought(halo, anna, shoes(halo), **details))
    return acts(halo.mei, asked.id, "accept_goods")


def test_without_a_platform_the_operator_pays_and_says_so(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    case = owed(house, halo, anna)
    house.passes(seconds=1)
    [refund] = sees(olga, case.id).refunds
    assert (refund.state, refund.actions) == ("approved", ["manual_done"])
    assert sees(anna, case.id).refunds[0].actions == []
    with pytest.raises(DetailsMissing):
        does(olga, refund, "manual_done")
    paid = does(olga, refund, "manual_done", "bank transfer 77", CMID)
    assert (paid.state, paid.reference) == ("succeeded", "bank transfer 77")
    assert does(olga, refund, "manual_done", "bank transfer 77", CMID) == paid
    assert (sees(anna, case.id).state, sees(anna, case.id).money) == ("completed", "done")


CMID = "0123456789abcdef"


@pytest.mark.parametrize(
    ("state", "sent", "paid"),
    [("created", False, 0), ("cancelled", False, 0), ("cancelled", True, 4_990)],
)
def test_what_was_never_paid_is_not_given_back(
    house: House, state: str, sent: bool, paid: int
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    unsent: dict[str, Any] = {} if sent else {"shipments": []}
    order = bought(halo, anna, shoes(halo), state=OrderState(state), **unsent)
    kept = acts(halo.mei, wrong_size(anna, order).id, "approve_keep")
    assert [one.amount.amount for one in kept.refunds] == ([paid] if paid else [])
    assert kept.facts.get("unpaid") == (None if paid else money(4_990))
    with pytest.raises(RefundTooMuch) as refused:
        asks(halo.mei, kept, 1)
    assert refused.value.facts["most"] == 0


def test_a_large_sum_is_approved_by_a_second_person(house: House) -> None:
    till = with_till(house)
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    order = bought(halo, anna, shoes(halo), quantity=20)
    asked = sent_back(halo, anna, order, lines=[{"line": order.lines[0].id, "quantity": 20}])
    acts(halo.mei, asked.id, "accept_goods")
    house.passes(seconds=1)
    [refund] = sees(halo.mei, asked.id).refunds
    assert (refund.state, refund.actions, till.asked) == ("requested", [], [])
    with pytest.raises(SecondHandNeeded):
        does(halo.mei, refund, "approve")
    house.passes(hours=24.1)
    assert sees(olga, asked.id).escalated_at is not None

    does(olga, refund, "approve")
    house.passes(seconds=1)
    assert sees(anna, asked.id).state == "completed"
    assert [one.amount.amount for one in till.paid.values()] == [99_800]


def test_how_much_goes_alone_is_said_for_each_currency(house: House) -> None:
    with_till(house)
    halo, anna = house.shop("halo"), house.buyer("anna")
    states = []
    for currency in ("RUB", "KZT"):
        lamp = halo.sells(f"lamp-{currency}", price=Money(60_000, currency))
        asked = wrong_size(anna, bought(halo, anna, lamp))
        acts(halo.mei, asked.id, "approve_keep")
        house.passes(seconds=1)
        states += [one.state for one in sees(anna, asked.id).refunds]
    assert states == ["succeeded", "requested"]


def test_many_small_sums_are_a_large_one(house: House) -> None:
    with_till(house)
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = wrong_size(anna, bought(halo, anna, shoes(halo), quantity=20))
    for amount in (30_000, 20_000, 1):
        asks(halo.mei, case, amount)
        house.passes(seconds=1)
    states = [one.state for one in sees(anna, case.id).refunds]
    assert states == ["succeeded", "succeeded", "requested"]


def test_a_platform_that_fails_is_asked_again_when_the_operator_says_so(house: House) -> None:
    till = with_till(house, Till(PaymentState.FAILED))
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    case = owed(house, halo, anna)
    house.passes(seconds=1)
    failed = sees(olga, case.id)
    assert (failed.state, failed.money) == ("refund_due", "failed")
    assert failed.escalated_at is not None
    [refund] = failed.refunds
    assert refund.actions == ["retry", "manual_done"]

    till.answers = PaymentState.DONE
    does(olga, refund, "retry")
    house.passes(seconds=1)
    assert sees(anna, case.id).state == "completed"
    assert till.asked == [f"{case.id}:item:1", f"{case.id}:item:1:2"]
    assert len(till.paid) == 1


def test_what_failed_and_was_paid_after_all_is_not_paid_again(house: House) -> None:
    till = with_till(house, Till(PaymentState.FAILED))
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    case = owed(house, halo, anna)
    house.passes(seconds=1)
    till.answers = PaymentState.PENDING
    does(olga, sees(olga, case.id).refunds[0], "retry")
    house.passes(seconds=1)
    house.db.write_now(paying.note_payment, till.asked[0], Payment(PaymentState.FAILED))
    assert sees(olga, case.id).money == "submitted"
    house.db.write_now(paying.note_payment, till.asked[1], Payment(PaymentState.FAILED))
    assert sees(olga, case.id).money == "failed"
    house.db.write_now(paying.note_payment, till.asked[1], Payment(PaymentState.DONE, "P-9"))
    assert (sees(anna, case.id).state, sees(anna, case.id).refunds[0].reference) == (
        "completed",
        "P-9",
    )


def test_a_platform_that_cannot_be_reached_is_asked_again_under_the_same_key(
    house: House,
) -> None:
    till = with_till(house, Till(ConnectionError("nobody answers")))
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = owed(house, halo, anna)
    house.passes(seconds=1)
    assert sees(anna, case.id).money == "submitted"
    till.answers = PaymentState.DONE
    house.passes(seconds=10)
    assert sees(anna, case.id).state == "completed"
    assert set(till.asked) == {f"{case.id}:item:1"}
    assert len(till.paid) == 1


def test_what_stays_with_the_platform_is_asked_about_daily_and_then_the_operator_is_called(
    house: House,
) -> None:
    till = with_till(house, Till(PaymentState.PENDING))
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = owed(house, halo, anna)
    house.passes(seconds=1)
    assert len(till.asked) == 1
    house.passes(hours=24.1)
    assert len(till.asked) == 2
    assert sees(anna, case.id).escalated_at is None
    house.passes(hours=48)
    stuck = sees(anna, case.id)
    assert (stuck.money, stuck.escalated_at is not None) == ("submitted", True)


def test_the_demos_platform_is_asked_over_http_and_pays_a_day_later(house: House) -> None:
    asked: list[str] = []
    stand = platform("127.0.0.1", 0, "shared", Payments(asked.append))
    with ThreadPoolExecutor(1) as apart:
        serving = apart.submit(stand.serve_forever)
        try:
            url = f"http://127.0.0.1:{stand.server_port}"
            house.app = app_with(house.app, BuiltinCashier(url, "shared"))
            halo, anna = house.shop("halo"), house.buyer("anna")
            case = owed(house, halo, anna)
            house.passes(seconds=1)
            assert (sees(anna, case.id).money, len(asked)) == ("submitted", 1)
            house.passes(hours=24.1)
        finally:
            stand.shutdown()
            stand.server_close()
    serving.result()
    done = sees(anna, case.id)
    assert (done.state, done.refunds[0].bank_days, len(asked)) == ("completed", 3, 1)


def test_a_stranger_is_not_paid_by_the_demos_platform() -> None:
    stand = platform("127.0.0.1", 0, "shared", Payments(print))
    with ThreadPoolExecutor(1) as apart:
        apart.submit(stand.serve_forever)
        try:
            cashier = BuiltinCashier(f"http://127.0.0.1:{stand.server_port}", "guessed")
            wanted = Payback("k", ShopId(new_id()), "N-1", "item", Money(1, "EUR"))
            with pytest.raises(PlatformSilent):
                asyncio.run(cashier.pay_back(wanted))
        finally:
            stand.shutdown()
            stand.server_close()


def test_money_of_a_case_that_ended_keeps_its_conversation_open_and_the_operator_sees_it(
    house: House,
) -> None:
    with_till(house, Till(PaymentState.PENDING))
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    case = wrong_size(anna, bought(halo, anna, shoes(halo)))
    asks(halo.mei, case, 500)
    acts(anna, case.id, "cancel")
    anna.does(case.conversation, "resolve")
    key = f"{case.id}:compensation:1"
    house.passes(days=60)
    assert not sees_closed(anna, case)
    house.db.write_now(paying.note_payment, key, Payment(PaymentState.FAILED))
    assert [one.id for one in called(olga)] == [case.id]
    house.db.write_now(paying.note_payment, key, Payment(PaymentState.DONE, "P-1"))
    assert called(olga) == []
    house.passes(days=60)
    assert sees_closed(anna, case)
    [paid] = sees(olga, case.id).refunds
    asked = asks(olga, case, 100)
    house.passes(seconds=1)
    assert (paid.state, asked.state) == ("succeeded", "requested")


def called(person: Person) -> list[CaseListed]:
    """List the cases that wait for the operator."""
    return person.house.db.read_now(service.cases, person.actor, called=True).items


def sees_closed(person: Person, case: CaseShown) -> bool:
    """Tell whether nothing is said any more where a case is told of."""
    return person.sees(case.conversation).state == "closed"


def test_the_platform_tells_by_itself_and_signs_it(house: House) -> None:
    with_till(house, Till(PaymentState.PENDING))
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = owed(house, halo, anna)
    house.passes(seconds=1)
    key = f"{case.id}:item:1"
    done = Payment(PaymentState.DONE, "P-1")
    with pytest.raises(SignatureBroken):
        house.db.write_now(paying.hear, told(house, key, done, secret="guessed"))
    with pytest.raises(SignatureOld):
        house.db.write_now(paying.hear, told(house, key, done, age=timedelta(minutes=6)))
    with pytest.raises(NoSuchRefund):
        house.db.write_now(paying.hear, told(house, f"{case.id}:item:2", done))
    for _time in range(2):
        house.db.write_now(paying.hear, told(house, key, done))
    house.db.write_now(paying.hear, told(house, key, Payment(PaymentState.FAILED)))
    shown = sees(anna, case.id)
    assert (shown.state, shown.refunds[0].reference) == ("completed", "P-1")


def told(
    house: House,
    key: str,
    payment: Payment,
    secret: str = "shared",  # noqa: S107 - of a test
    age: timedelta = timedelta(),
) -> paying.Told:
    body = msgspec.json.encode({"key": key, "payment": payment})
    at = str(int((house.clock() - age).timestamp()))
    return paying.Told("shared", at, sign(secret, at, body), body, key, payment)


def test_a_compensation_is_asked_for_by_managers_and_once(house: House) -> None:
    with_till(house)
    halo, anna = house.shop("halo", staff=["mei", "lin"]), house.buyer("anna")
    case = wrong_size(anna, bought(halo, anna, shoes(halo)))
    asked = asks(halo.mei, case, 500, cmid=CMID)
    assert asks(halo.mei, case, 500, cmid=CMID) == asked
    for person in (halo.lin, anna):
        with pytest.raises(NotYoursToPay):
            asks(person, case, 500)
        with pytest.raises(NotYoursToPay):
            does(person, asked, "cancel")
    with pytest.raises(OtherCurrency):
        asks(halo.mei, case, 500, currency="USD")
    with pytest.raises(RefundTooMuch):
        asks(halo.mei, case, 4_491)
    with pytest.raises(RefundTooMuch):
        asks(halo.mei, case, 0)
    house.passes(seconds=1)
    shown = sees(anna, case.id)
    assert (shown.state, shown.money, len(shown.refunds)) == ("requested", "done", 1)


def test_asking_again_after_it_was_decided_is_the_same_asking(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    case = wrong_size(anna, bought(halo, anna, shoes(halo)))
    asked = asks(halo.mei, case, 500, cmid=CMID)
    does(olga, asked, "approve")
    assert asks(halo.mei, case, 500, cmid=CMID).id == asked.id
    with pytest.raises(IdempotencyConflict):
        asks(halo.mei, case, 600, cmid=CMID)
    assert len(sees(anna, case.id).refunds) == 1


def test_who_asked_does_not_approve_and_a_cancelled_one_leaves_room(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = wrong_size(anna, bought(halo, anna, shoes(halo)))
    asked = asks(halo.mei, case, 4_990)
    with pytest.raises(SecondHandNeeded):
        does(halo.mei, asked, "approve")
    assert does(halo.mei, asked, "cancel").state == "cancelled"
    with pytest.raises(NoSuchMove):
        does(halo.mei, asked, "cancel")
    assert asks(halo.mei, case, 4_990).state == "requested"


def test_a_shop_does_not_call_off_what_was_decided(house: House) -> None:
    with_till(house)
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    order = bought(halo, anna, shoes(halo), quantity=20)
    asked = sent_back(halo, anna, order, lines=[{"line": order.lines[0].id, "quantity": 20}])
    [due] = acts(halo.mei, asked.id, "accept_goods").refunds
    with pytest.raises(NotYoursToCancel):
        does(halo.mei, due, "cancel")
    does(olga, due, "cancel")
    asks(halo.mei, asked, 1)
    house.passes(seconds=1)
    assert sees(anna, asked.id).state == "refund_due"
    asks(olga, asked, 40_000)
    house.passes(seconds=1)
    assert sees(anna, asked.id).state == "completed"


def test_of_each_line_no_more_goes_back_than_was_bought(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo), quantity=2)
    case = wrong_size(anna, order)
    one = [TakenLine(order.lines[0].id, 1)]
    for _time in range(2):
        asks(halo.mei, case, 100, "item", lines=one)
    with pytest.raises(MoreThanBought):
        asks(halo.mei, case, 100, "item", lines=one)


def test_what_was_given_back_before_is_not_given_back_again(house: House) -> None:
    till = with_till(house)
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    order = bought(halo, anna, shoes(halo))
    asked = sent_back(halo, anna, order)
    asks(halo.mei, asked, 1_000)
    owing = acts(halo.mei, asked.id, "accept_goods")
    assert [one.amount.amount for one in owing.refunds] == [1_000, 3_990]
    assert (owing.escalated_at is not None, owing.facts["unpaid"]["amount"]) == (True, 1_000)
    assert "money_short" in [one["action"] for one in entries(anna, asked.conversation)]
    house.passes(seconds=1)
    assert sees(olga, asked.id).state == "completed"
    assert sum(one.amount.amount for one in till.paid.values()) == order.total.amount


def test_a_line_that_went_back_is_not_paid_for_again_in_another_case(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo), quantity=2, total=Money(15_000, "EUR"))
    acts(halo.mei, wrong_size(anna, order).id, "approve_keep")
    mended = opens(anna, order, "repair", fault="Loose.", lines=lines_of(order, 2))
    acts(halo.mei, mended.id, "check")
    acts(halo.mei, mended.id, "in_warranty", way="ship", centre="Gartenstr. 1")
    acts(halo.mei, mended.id, "received")
    said = [file_of(halo.mei, mended.conversation)]
    acts(halo.mei, mended.id, "irreparable", conclusion=said)
    mended = acts(halo.mei, mended.id, "refund")
    again, _way = mended.refunds
    assert (again.amount.amount, again.lines) == (4_990, [TakenLine(order.lines[0].id, 1)])
    assert (mended.facts["unpaid"]["amount"], mended.escalated_at is not None) == (4_990, True)


def test_of_what_was_taken_off_each_line_has_its_part(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo), quantity=3, total=Money(10_000, "EUR"))
    asked = wrong_size(anna, order, lines=lines_of(order, 2))
    with pytest.raises(AmountTooHigh):
        acts(halo.mei, asked.id, "offer_partial", amount=money(6_666))
    [refund] = acts(halo.mei, asked.id, "approve_keep").refunds
    assert refund.amount.amount == 6_666


def lines_of(order: Order, quantity: int) -> list[dict[str, Any]]:
    return [{"line": order.lines[0].id, "quantity": quantity}]


def test_when_nothing_is_left_the_operator_closes_it(house: House) -> None:
    with_till(house)
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    order = bought(halo, anna, shoes(halo), quantity=1)
    first = broken(anna, order)
    asks(halo.mei, first, order.total.amount)
    acts(anna, first.id, "cancel")
    house.passes(seconds=1)
    again = broken(anna, order)
    owing = acts(halo.mei, again.id, "approve_keep")
    assert (owing.state, owing.money, owing.refunds) == ("refund_due", "none", [])
    assert acts(olga, again.id, "close_unpaid", note="Paid before.").state == "completed"


def test_the_way_out_and_back_of_a_defect_are_parts_of_their_own(house: House) -> None:
    till = with_till(house)
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo), total=Money(5_990, "EUR"))
    asked = broken(anna, order)
    acts(halo.mei, asked.id, "approve_return")
    acts(anna, asked.id, "ship_back", parcel=PARCEL, return_cost=money(700))
    acts(halo.mei, asked.id, "arrived")
    owing = acts(halo.mei, asked.id, "accept_goods")
    assert [one.part for one in owing.refunds] == ["item", "outbound_shipping"]
    assert (owing.facts["unpaid"], owing.escalated_at is not None) == (money(700), True)
    house.passes(seconds=1)
    paid = {"item": 4_990, "outbound_shipping": 1_000}
    assert {one.part: one.amount.amount for one in till.paid.values()} == paid
    assert sees(anna, asked.id).state == "completed"


def test_what_sending_it_back_cost_is_approved_by_a_person(house: House) -> None:
    till = with_till(house)
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = broken(anna, bought(halo, anna, shoes(halo), quantity=2))
    acts(halo.mei, asked.id, "approve_return")
    acts(anna, asked.id, "ship_back", parcel=PARCEL, return_cost=money(700))
    acts(halo.mei, asked.id, "arrived")
    acts(halo.mei, asked.id, "accept_goods")
    house.passes(seconds=1)
    paid = {"item": 4_990}
    assert {one.part: one.amount.amount for one in till.paid.values()} == paid
    assert sees(halo.mei, asked.id).escalated_at is not None
    way = sees(halo.mei, asked.id).refunds[1]
    assert (way.part, way.state, sees(anna, asked.id).state) == (
        "return_shipping",
        "requested",
        "refund_due",
    )
    does(halo.mei, way, "approve")
    house.passes(seconds=1)
    assert {one.part: one.amount.amount for one in till.paid.values()} == {
        **paid,
        "return_shipping": 700,
    }
    done = sees(anna, asked.id)
    assert (done.state, done.escalated_at) == ("completed", None)


@pytest.mark.parametrize("cost", [money(0), money(4_991), money(700, "USD")])
def test_what_sending_it_back_cost_is_of_the_orders_money_and_no_more_than_was_paid(
    house: House, cost: dict[str, Any]
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = broken(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "approve_return")
    with pytest.raises(WayBackTooDear):
        acts(anna, asked.id, "ship_back", parcel=PARCEL, return_cost=cost)
    assert sees(anna, asked.id).state == "approved"


def test_silence_pays_for_the_things_and_not_what_the_buyer_names(house: House) -> None:
    till = with_till(house)
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    order = bought(halo, anna, shoes(halo), quantity=2)
    asked = broken(anna, order)
    acts(halo.mei, asked.id, "approve_return")
    acts(anna, asked.id, "ship_back", parcel=PARCEL, return_cost=money(9_980))
    acts(halo.mei, asked.id, "arrived")
    house.passes(days=30)
    assert [one.amount.amount for one in till.paid.values()] == [4_990]
    house.passes(days=2)
    called = sees(olga, asked.id)
    assert (called.state, called.escalated_at is not None) == ("refund_due", True)
    does(olga, called.refunds[1], "cancel")
    assert sees(anna, asked.id).state == "completed"


PARCEL = {"carrier": "dhl", "number": "JD0014600"}


def test_two_at_once_never_ask_for_more_than_was_paid(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = wrong_size(anna, bought(halo, anna, shoes(halo)))

    def ask(_n: int) -> str:
        try:
            asks(halo.mei, case, 1_500)
        except Refusal as refusal:
            return refusal.code
        return "asked"

    with ThreadPoolExecutor(6) as crowd:
        outcomes = sorted(crowd.map(ask, range(6)))
    assert outcomes == ["asked"] * 3 + ["refund_too_much"] * 3
    assert sum(one.amount.amount for one in sees(anna, case.id).refunds) == 4_500


def test_two_who_accept_at_once_ask_for_the_money_once(house: House) -> None:
    halo, anna = house.shop("halo", staff=["mei", "lin"]), house.buyer("anna")
    asked = sent_back(halo, anna, bought(halo, anna, shoes(halo)))

    def accept(person: Person) -> str:
        try:
            return acts(person, asked.id, "accept_goods").state
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as crowd:
        outcomes = sorted(crowd.map(accept, [halo.mei, halo.lin]))
    assert outcomes == ["no_such_move", "refund_due"]
    assert len(sees(anna, asked.id).refunds) == 1
