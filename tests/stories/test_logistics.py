"""Where is my parcel? From "it is late" to a new date, money, a new parcel, or the doorbell."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shopbell.carriers import service as carriers
from shopbell.cases import paying, service, traces
from shopbell.cases.commands import AskRefund, RefundStep
from shopbell.cases.kinds.logistics import LOGISTICS
from shopbell.cases.model import CarrierAnswer, Goods, MoneyState, Party, Step, TraceOutcome
from shopbell.cases.money import Part
from shopbell.cases.refusals import (
    AmountTooHigh,
    CannotSendAgain,
    CarrierSaidOtherwise,
    CaseRunsAlready,
    DetailMalformed,
    EtaInThePast,
    MoneyUnderWay,
    NoParcelToTrace,
    NoSuchTrace,
    NothingGivenYet,
    OtherCurrency,
    OtherParcels,
    ProofMissing,
    SameParcelAgain,
)
from shopbell.cases.shown import CaseShown
from shopbell.channels.mail import service as mail
from shopbell.channels.mail.addresses import inquiry_token
from shopbell.channels.mail.compose import opened
from shopbell.channels.mail.model import Letter, Manner
from shopbell.commerce import roster
from shopbell.commerce import service as commerce
from shopbell.commerce.carriers import GiveSecret, well_known
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import Eta, Money, NoSuchShipment, Order, TrackingEvent
from shopbell.commerce.numbers import TrackingNumberMistyped
from shopbell.commerce.tracking import TrackingCode
from shopbell.conversations.model import Promise
from shopbell.demo.carrier import SECRET
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Side
from shopbell.kernel.flow import DetailsMissing, NotYourMove
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.knowledge import service as knowledge
from shopbell.knowledge.commands import Publish
from shopbell.knowledge.model import Length
from tests.support.carrier import RunningCarrier, running_carrier
from tests.support.casework import Walk, acts, opens, photo, refusals_of, sees
from tests.support.house import Counter, House, Person
from tests.support.returns import money

MONDAY = date(2026, 5, 4)
ZONE = "Europe/Berlin"
KIND = "logistics_inquiry"
NUMBER = "00340434161094029812"
SLIP = "rb550318269cn"


def days(first: int, last: int) -> Eta:
    return Eta(MONDAY + timedelta(days=first), MONDAY + timedelta(days=last), ZONE)


def as_given(first: int, last: int) -> Mapping[str, Any]:
    eta = days(first, last)
    return {"earliest": str(eta.earliest), "latest": str(eta.latest), "zone": eta.zone}


def ships(halo: Counter, anna: Person, *, first: int = 0, last: int = 3, **told: Any) -> Order:
    """Send anna a lamp that should come between two days, counted from Monday."""
    parcel: dict[str, Any] = {
        "carrier": "DHL",
        "tracking_number": "00340434161094029812",
        "eta": days(first, last),
        "eta_at": halo.house.clock(),
        "shipped_at": halo.house.clock(),
    }
    lamp = halo.sells("lamp")
    return halo.ships_to(anna, lamp, shipments=[SentParcel(**parcel | told)])


def hears(house: House, order: Order, code: str) -> None:
    """Have the carrier say something about the order's first parcel."""
    event = TrackingEvent(TrackingCode(code), house.clock(), "Berlin")
    house.db.write_now(commerce.add_tracking, SYSTEM, order.shipments[0].id, event)


def inquiry_of(person: Person, order: Order) -> CaseShown:
    [found] = person.house.db.read_now(
        service.cases, person.actor, "all", kinds=[KIND], order=order.id
    ).items
    return sees(person, found.id)


def steps(case: CaseShown) -> list[str]:
    return [step.action for step in case.steps]


@pytest.fixture
def halo(house: House) -> Counter:
    house.db.write_now(roster.put_well_known, SYSTEM, ["dhl", "china_post"])
    return house.shop("halo")


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


def test_a_late_parcel_is_asked_after_before_its_buyer_has_to(
    house: House, halo: Counter, anna: Person
) -> None:
    order = ships(halo, anna, last=1)
    hears(house, order, "in_transit.departed")
    house.passes(days=2)

    case = inquiry_of(anna, order)
    assert (case.state, case.waiting_on) == ("seller_to_check", Party.SELLER)
    assert steps(case) == ["open", "assign"]
    assert case.facts["concern"] == "late"
    assert [event.type for event in anna.events(case.conversation)] == ["subject", "case", "case"]
    assert anna.sees(case.conversation).unread == 2
    with pytest.raises(CaseRunsAlready):
        opens(anna, KIND, order, concern="late")

    asked = acts(halo.mei, case.id, "open_trace", trace_reason="late")
    assert (asked.state, asked.waiting_on) == ("trace_open", Party.CARRIER)
    [trace] = asked.traces
    assert (trace.carrier, trace.reason, trace.outcome) == ("DHL", "late", None)

    answered = acts(
        halo.mei, case.id, "carrier_reply", finding="held", carrier_ref="DHL-1", said="In Leipzig."
    )
    assert answered.traces[0].outcome is TraceOutcome.HELD
    assert answered.traces[0].said == "In Leipzig."
    assert sees(anna, case.id).traces[0].said == ""

    promised = acts(halo.mei, case.id, "give_eta", eta=as_given(4, 5), eta_reason="sorting")
    assert (promised.state, promised.waiting_on) == ("monitoring", Party.CARRIER)
    assert [one.reason for one in sees(anna, case.id).promises] == ["sorting"]
    parcel = house.db.read_now(commerce.order, anna.actor, order.id).shipments[0]
    assert (parcel.eta, parcel.first_eta, parcel.late) == (days(4, 5), days(0, 1), False)
    assert parcel.eta_reason is not None
    assert parcel.eta_reason["ru"].startswith("Посылка ушла не туда")

    house.passes(days=2)
    hears(house, order, "delivered.recipient")
    arrived = sees(anna, case.id)
    assert (arrived.state, arrived.waiting_on) == ("awaiting_buyer_confirm", Party.BUYER)
    house.passes(days=1)
    done = acts(anna, case.id, "confirm")
    assert (done.state, done.goods) == ("delivered", Goods.WITH_BUYER)
    came = house.db.read_now(commerce.order, anna.actor, order.id).shipments[0].delivered_at
    assert came is not None
    assert [(one.kept_at, one.broken_at) for one in done.promises] == [(came, None)]


def late(house: House, halo: Counter, anna: Person) -> tuple[Order, CaseShown]:
    """Let a parcel be late; the inquiry opens by itself."""
    order = ships(halo, anna, last=1)
    hears(house, order, "in_transit.departed")
    house.passes(days=2)
    return order, inquiry_of(anna, order)


@pytest.mark.parametrize("code", ["lost.lost", "returning.to_sender"])
def test_a_promise_about_a_parcel_that_will_not_come_is_broken(
    house: House, halo: Counter, anna: Person, code: str
) -> None:
    order, case = late(house, halo, anna)
    acts(halo.mei, case.id, "give_eta", eta=as_given(9, 9), eta_reason="weather")
    hears(house, order, code)
    remedied = sees(anna, case.id)
    assert remedied.state == "remedy"
    assert [one.broken_at is not None for one in remedied.promises] == [True]


def test_a_promise_ends_with_the_doorbell_and_with_the_inquiry(
    house: House, halo: Counter, anna: Person
) -> None:
    order, case = late(house, halo, anna)
    acts(halo.mei, case.id, "give_eta", eta=as_given(4, 9), eta_reason="weather")
    hears(house, order, "delivered.recipient")
    acts(anna, case.id, "not_received")
    acts(halo.mei, case.id, "carrier_reply", finding="held")
    acts(halo.mei, case.id, "give_eta", eta=as_given(9, 9), eta_reason="weather")
    acts(anna, case.id, "cancel")
    told = sees(halo.mei, case.id).promises
    assert [(one.kept_at is None, one.broken_at is None) for one in told] == [
        (True, False),
        (False, True),
    ]


def asked_of_carrier(house: House, halo: Counter, anna: Person, finding: str) -> CaseShown:
    """Bring an inquiry to where its carrier has answered."""
    _order, case = late(house, halo, anna)
    acts(halo.mei, case.id, "open_trace")
    return acts(halo.mei, case.id, "carrier_reply", finding=finding)


def test_a_parcel_on_its_way_is_answered_at_once_and_asked_after_when_its_days_pass(
    house: House, halo: Counter, anna: Person
) -> None:
    order = ships(halo, anna)
    hears(house, order, "in_transit.departed")
    case = opens(anna, KIND, order, concern="where_is_it")
    assert (case.state, case.waiting_on) == ("answered_auto", Party.CARRIER)
    [_opened, told] = case.steps
    assert told.given["status"] == "in_transit"
    assert told.given["place"] == "Berlin"
    assert told.given["eta"] == as_given(0, 3)
    assert case.due is not None
    assert case.due.action == "eta_passed"

    house.passes(days=4, hours=6)
    passed = sees(anna, case.id)
    assert (passed.state, steps(passed)) == (
        "seller_to_check",
        ["open", "auto_answer", "eta_passed"],
    )
    assert passed.promises == []


def test_who_is_not_helped_by_the_tracking_asks_the_shop_in_one_step(
    house: House, halo: Counter, anna: Person
) -> None:
    order = ships(halo, anna)
    hears(house, order, "in_transit.departed")
    case = opens(anna, KIND, order, concern="where_is_it")
    asked = acts(anna, case.id, "not_satisfied")
    assert asked.state == "seller_to_check"
    promised = acts(halo.mei, case.id, "give_eta", eta=as_given(4, 5), eta_reason="weather")
    assert promised.state == "monitoring"


@pytest.mark.parametrize(
    ("heard", "concern"),
    [
        (None, "where_is_it"),
        ("exception.damaged", "where_is_it"),
        ("attempt_failed.address", "late"),
        ("delivered.neighbour", "where_is_it"),
        ("in_transit.departed", "not_received"),
    ],
)
def test_what_the_tracking_cannot_answer_is_the_shops_to_find_out(
    house: House, halo: Counter, anna: Person, heard: str | None, concern: str
) -> None:
    order = ships(halo, anna)
    if heard:
        hears(house, order, heard)
    assert opens(anna, KIND, order, concern=concern).state == "seller_to_check"


def test_news_two_days_old_is_no_answer(house: House, halo: Counter, anna: Person) -> None:
    order = ships(halo, anna, last=9)
    hears(house, order, "in_transit.departed")
    house.passes(hours=47, minutes=59)
    fresh = opens(anna, KIND, order, concern="where_is_it")
    assert fresh.state == "answered_auto"
    acts(anna, fresh.id, "cancel")
    house.passes(minutes=1)
    assert opens(anna, KIND, order, concern="where_is_it").state == "seller_to_check"


def test_a_silent_carrier_opens_an_inquiry_and_wakes_one_that_was_answered(
    house: House, halo: Counter, anna: Person
) -> None:
    order = ships(halo, anna, last=20)
    hears(house, order, "in_transit.departed")
    house.passes(days=5)
    case = inquiry_of(anna, order)
    assert (case.facts["concern"], case.state) == ("no_news", "seller_to_check")

    ben = house.buyer("ben")
    other = ships(halo, ben, last=20, tracking_number="00340434161094029829")
    hears(house, other, "in_transit.departed")
    answered = opens(ben, KIND, other, concern="where_is_it")
    house.passes(days=5)
    assert steps(sees(ben, answered.id))[-1] == "shipment_stalled"


def test_a_promise_broken_twice_calls_the_operator(
    house: House, halo: Counter, anna: Person
) -> None:
    _order, case = late(house, halo, anna)
    acts(halo.mei, case.id, "give_eta", eta=as_given(3, 3), eta_reason="carrier_delay")
    house.passes(days=2)
    once = sees(anna, case.id)
    assert (once.state, once.escalated_at) == ("seller_to_check", None)
    assert once.promises[0].broken_at is not None

    acts(halo.mei, case.id, "give_eta", eta=as_given(5, 5), eta_reason="weather")
    house.passes(days=2)
    twice = sees(anna, case.id)
    assert twice.state == "seller_to_check"
    assert twice.escalated_at is not None
    assert steps(twice)[-2:] == ["eta_passed", "escalate"]
    called = house.db.read_now(service.cases, house.operator().actor, called=True).items
    assert [one.id for one in called] == [case.id]
    assert all(one.broken_at and not one.kept_at for one in twice.promises)
    assert (
        acts(halo.mei, case.id, "give_eta", eta=as_given(9, 9), eta_reason="weather").escalated_at
        is None
    )


def test_a_shop_that_does_nothing_is_reminded_after_a_day_and_called_upon_after_two(
    house: House, halo: Counter, anna: Person
) -> None:
    _order, case = late(house, halo, anna)
    house.passes(hours=25)
    notes = [event for event in halo.mei.events(case.conversation, "n") if event.type == "case"]
    assert len(notes) == 2
    assert sees(anna, case.id).escalated_at is None
    talk = anna.sees(case.conversation)
    assert (talk.state, talk.waiting_on, talk.due) == ("waiting_seller", "seller", running(case))
    house.passes(hours=24)
    assert sees(anna, case.id).escalated_at is not None
    talk = anna.sees(case.conversation)
    assert (talk.state, talk.waiting_on, talk.due) == ("waiting_operator", "operator", None)
    acts(halo.mei, case.id, "open_trace")
    assert anna.sees(case.conversation).waiting_on == "carrier"
    kinds = {event.type for event in anna.events(case.conversation)}
    assert kinds == {"subject", "case"}  # no promise for words ran beside the case's clock


def test_words_beside_a_case_have_the_shops_promise_and_the_turn(
    house: House, halo: Counter, anna: Person
) -> None:
    _order, case = late(house, halo, anna)
    acts(halo.mei, case.id, "open_trace")
    talk = case.conversation
    assert (anna.sees(talk).waiting_on, halo.mei.sees(talk).due) == ("carrier", None)
    anna.says(talk, "Please leave it with the neighbours.")
    asked = halo.mei.sees(talk)
    assert (asked.waiting_on, asked.due is not None) == ("seller", True)
    halo.mei.says(talk, "I will tell them.")
    assert anna.sees(talk).waiting_on == "carrier"
    acts(halo.mei, case.id, "carrier_reply", finding="held")
    told = anna.sees(talk)
    assert (told.waiting_on, told.due) == ("seller", running(sees(anna, case.id)))
    acts(anna, case.id, "cancel")
    assert anna.sees(talk).waiting_on == "buyer"


def running(case: CaseShown) -> Promise:
    """Return the clock of a case as a conversation shows it."""
    assert case.due is not None
    return Promise(case.due.at, case.due.since)


def test_said_to_be_delivered_but_not_there_has_the_carrier_asked_for_its_proof(
    house: House, halo: Counter, anna: Person
) -> None:
    order = ships(halo, anna)
    hears(house, order, "in_transit.departed")
    case = opens(anna, KIND, order, concern="where_is_it")
    hears(house, order, "delivered.neighbour")
    assert sees(anna, case.id).state == "awaiting_buyer_confirm"

    missing = acts(anna, case.id, "not_received", comment="No neighbour has it.")
    assert (missing.state, missing.traces[0].reason) == ("trace_open", "not_received")
    acts(halo.mei, case.id, "carrier_reply", finding="delivered")
    with pytest.raises(ProofMissing):
        acts(halo.mei, case.id, "proof_of_delivery", signed_by="M. Weber")
    with pytest.raises(DetailMalformed):
        acts(halo.mei, case.id, "proof_of_delivery", proof_url="javascript:alert(1)")
    with pytest.raises(CarrierSaidOtherwise):
        acts(halo.mei, case.id, "declare_lost")
    shown = acts(halo.mei, case.id, "proof_of_delivery", proof=[photo(halo.mei, case.conversation)])
    assert shown.state == "awaiting_buyer_confirm"

    again = acts(anna, case.id, "not_received", comment="There is no Weber here.")
    assert len(again.traces) == 2
    acts(halo.mei, case.id, "carrier_reply", finding="delivered", signed_by="M. Weber")
    with pytest.raises(ProofMissing):
        acts(halo.mei, case.id, "proof_of_delivery")

    def told(tx: Tx) -> None:
        asked = traces.latest(tx, case.id)
        assert asked is not None
        carriers.take_answer(
            tx, asked, CarrierAnswer(TraceOutcome.DELIVERED, "At the door.", "A. Berg")
        )

    house.db.write_now(told)
    assert acts(halo.mei, case.id, "proof_of_delivery").facts["signed_by"] == "A. Berg"
    acts(anna, case.id, "not_received", comment="Nor is there a Berg.")
    acts(halo.mei, case.id, "carrier_reply", finding="lost")
    assert acts(halo.mei, case.id, "declare_lost").goods is Goods.LOST


def test_whoever_says_nothing_for_three_days_has_it(
    house: House, halo: Counter, anna: Person
) -> None:
    order = ships(halo, anna)
    hears(house, order, "in_transit.departed")
    case = opens(anna, KIND, order, concern="where_is_it")
    hears(house, order, "delivered.recipient")
    house.passes(days=2, hours=23)
    assert sees(anna, case.id).closed_at is None
    house.passes(hours=1)
    assert sees(anna, case.id).state == "delivered"


def test_a_lost_parcel_is_paid_back(house: House, halo: Counter, anna: Person) -> None:
    case = asked_of_carrier(house, halo, anna, "lost")
    lost = acts(halo.mei, case.id, "declare_lost")
    assert (lost.state, lost.waiting_on, lost.goods) == ("remedy", Party.BUYER, Goods.LOST)
    with pytest.raises(NothingGivenYet):
        acts(halo.mei, case.id, "parcel_back", reference="R-1")
    chosen = acts(anna, case.id, "choose_refund")
    assert (chosen.state, chosen.waiting_on) == ("refunding", Party.OPERATOR)
    [refund] = chosen.refunds
    assert (refund.amount.amount, refund.state) == (6490, "requested")
    with pytest.raises(NotYourMove):
        acts(halo.mei, case.id, "refund_succeeded")
    house.passes(seconds=1)
    by_hand = RefundStep(new_id(), "manual_done", reference="Bank slip 7")
    house.db.write_now(paying.act_on, house.operator().actor, refund.id, by_hand)
    paid = sees(anna, case.id)
    assert (paid.state, paid.money) == ("lost_refunded", MoneyState.DONE)


def test_one_lost_parcel_of_two_does_not_pay_for_the_other(
    house: House, halo: Counter, anna: Person
) -> None:
    other = SentParcel("DHL", NUMBER[::-1], delivered_at=house.clock())
    lost = SentParcel("DHL", NUMBER, eta=days(0, 3), shipped_at=house.clock())
    order = halo.ships_to(anna, halo.sells("lamp"), shipments=[lost, other])
    case = opens(anna, KIND, order, concern="late", shipment=order.shipments[0].id)
    hears(house, order, "lost.destroyed")
    for person in (anna, house.operator()):
        with pytest.raises(OtherParcels):
            acts(person, case.id, "choose_refund")
    asked = acts(anna, case.id, "ask_refund")
    assert (asked.state, asked.escalated_at is not None) == ("remedy", True)
    for amount, refusal in ((money(6_491), AmountTooHigh), (money(1, "USD"), OtherCurrency)):
        with pytest.raises(refusal):
            acts(halo.mei, case.id, "refund_parcel", amount=amount)
    given_back = acts(halo.mei, case.id, "refund_parcel", amount=money(3_000))
    assert [one.amount.amount for one in given_back.refunds] == [3_000]


def test_money_that_cannot_be_paid_back_yet_is_the_marketplaces_to_look_after(
    house: House, halo: Counter, anna: Person
) -> None:
    case = asked_of_carrier(house, halo, anna, "lost")
    acts(halo.mei, case.id, "declare_lost")
    acts(house.operator(), case.id, "choose_refund")
    failed = acts(Person(house, SYSTEM), case.id, "refund_failed")
    assert (failed.state, failed.escalated_at is not None) == ("refunding", True)
    assert sees(anna, case.id).actions == []


def test_a_refund_that_was_called_off_leaves_nobody_waiting_for_ever(
    house: House, halo: Counter, anna: Person
) -> None:
    olga, case = house.operator(), asked_of_carrier(house, halo, anna, "lost")
    acts(halo.mei, case.id, "declare_lost")
    [refund] = acts(anna, case.id, "choose_refund").refunds
    with pytest.raises(MoneyUnderWay):
        acts(olga, case.id, "close_unpaid", comment="?")
    house.db.write_now(paying.act_on, olga.actor, refund.id, RefundStep(new_id(), "cancel"))
    with pytest.raises(NotYourMove):
        acts(halo.mei, case.id, "close_unpaid", comment="Paid in cash.")
    closed = acts(olga, case.id, "close_unpaid", comment="Paid in cash, says the buyer.")
    assert closed.state == "lost_refunded"


def test_a_lost_parcel_is_sent_again_and_watched_anew(
    house: House, halo: Counter, anna: Person
) -> None:
    case = asked_of_carrier(house, halo, anna, "lost")
    acts(halo.mei, case.id, "declare_lost")
    acts(anna, case.id, "choose_reship")
    ahead = as_given(4, 6)
    for details, refusal in (
        ({}, DetailsMissing),
        ({"sent_parcel": {"carrier": "DHL", "number": NUMBER}}, DetailsMissing),
        ({"sent_parcel": {"carrier": "DHL", "number": NUMBER}, "eta": ahead}, SameParcelAgain),
        ({"sent_parcel": {"carrier": "x", "number": SLIP}, "eta": ahead}, TrackingNumberMistyped),
    ):
        with pytest.raises(refusal):
            acts(halo.mei, case.id, "reship_sent", **dict[str, Any](details))
    sent = acts(
        halo.mei,
        case.id,
        "reship_sent",
        sent_parcel={"carrier": "DHL", "number": "00340434161094029836"},
        eta=as_given(4, 6),
    )
    assert (sent.state, sent.goods) == ("reshipped", Goods.ON_WAY_TO_BUYER)
    assert sent.order is not None
    order = house.db.read_now(commerce.order, anna.actor, sent.order)
    assert (order.state, len(order.shipments)) == ("shipped", 2)

    house.passes(days=7)
    late_again = house.db.read_now(service.cases, anna.actor, kinds=[KIND]).items
    assert [sees(anna, one.id).shipment for one in late_again] == [order.shipments[1].id]
    came = TrackingEvent(TrackingCode("delivered.signed"), house.clock(), "Berlin")
    house.db.write_now(commerce.add_tracking, SYSTEM, order.shipments[1].id, came)
    order = house.db.read_now(commerce.order, anna.actor, sent.order)
    assert (order.state, order.late_at(house.clock())) == ("delivered", False)


def test_a_lost_parcel_that_nobody_asked_after_leads_to_a_remedy_by_itself(
    house: House, halo: Counter, anna: Person
) -> None:
    order = ships(halo, anna)
    hears(house, order, "lost.lost")
    found = inquiry_of(anna, order)
    assert (found.state, found.goods) == ("remedy", Goods.LOST)
    assert steps(found) == ["open", "assign", "shipment_lost"]


def test_what_is_sold_out_cannot_be_sent_again(house: House, halo: Counter, anna: Person) -> None:
    case = asked_of_carrier(house, halo, anna, "lost")
    acts(halo.mei, case.id, "declare_lost")
    halo.sells("lamp", stock=0)
    assert [one.action for one in sees(anna, case.id).actions] == ["choose_refund", "cancel"]
    with pytest.raises(CannotSendAgain):
        acts(anna, case.id, "choose_reship")


def test_a_new_parcel_that_is_not_sent_lets_the_buyer_choose_again(
    house: House, halo: Counter, anna: Person
) -> None:
    case = asked_of_carrier(house, halo, anna, "lost")
    acts(halo.mei, case.id, "declare_lost")
    acts(anna, case.id, "choose_reship")
    house.passes(days=6)
    assert sees(anna, case.id).state == "remedy"
    house.passes(days=5)
    assert sees(anna, case.id).escalated_at is not None


def test_a_parcel_that_goes_back_is_settled_too(house: House, halo: Counter, anna: Person) -> None:
    case = asked_of_carrier(house, halo, anna, "returned")
    back = acts(halo.mei, case.id, "declare_returned")
    assert (back.state, back.goods) == ("remedy", Goods.ON_WAY_BACK)
    acts(anna, case.id, "choose_reship")
    house.passes(days=6)
    olga = house.operator().actor
    gift = AskRefund(new_id(), Part.COMPENSATION, Money(100, "EUR"))
    given = house.db.write_now(paying.ask_for, halo.mei.actor, case.id, gift)
    house.passes(seconds=1)
    paid = RefundStep(new_id(), "manual_done", reference="Bank slip 7")
    house.db.write_now(paying.act_on, olga, given.id, paid)
    assert sees(anna, case.id).money is MoneyState.DONE
    with pytest.raises(NothingGivenYet):
        acts(halo.mei, case.id, "parcel_back", reference="R-77")
    asked = AskRefund(new_id(), Part.ITEM, Money(6390, "EUR"))
    refund = house.db.write_now(paying.ask_for, olga, case.id, asked)
    house.passes(seconds=1)
    by_hand = RefundStep(new_id(), "manual_done", reference="Bank slip 8")
    house.db.write_now(paying.act_on, olga, refund.id, by_hand)
    ended = acts(halo.mei, case.id, "parcel_back", reference="Paid back by hand, R-77")
    assert (ended.state, ended.goods) == ("returned_to_sender", Goods.WITH_SHOP)


@pytest.mark.parametrize(
    ("code", "goods"),
    [("returning.to_sender", Goods.ON_WAY_BACK), ("lost.destroyed", Goods.LOST)],
)
def test_the_tracking_moves_an_inquiry_that_waits(
    house: House, halo: Counter, anna: Person, code: str, goods: Goods
) -> None:
    order, case = late(house, halo, anna)
    acts(halo.mei, case.id, "give_eta", eta=as_given(9, 9), eta_reason="carrier_delay")
    hears(house, order, code)
    moved = sees(anna, case.id)
    assert (moved.state, moved.goods) == ("remedy", goods)
    house.passes(days=40)
    assert inquiry_of(anna, order).id == case.id


def test_while_the_carrier_looks_the_buyer_is_told_so_every_three_days(
    house: House, halo: Counter, anna: Person
) -> None:
    _order, case = late(house, halo, anna)
    acts(halo.mei, case.id, "open_trace")
    before = len(anna.events(case.conversation))
    house.passes(hours=72)
    house.passes(hours=72)
    assert len(anna.events(case.conversation)) == before + 2


def test_a_carrier_that_does_not_answer_in_time_leaves_it_to_the_shop(
    house: House, halo: Counter, anna: Person
) -> None:
    _order, case = late(house, halo, anna)
    asked = acts(halo.mei, case.id, "open_trace")
    assert asked.due is not None
    assert asked.traces[0].due_at == asked.due.at
    assert (asked.due.at - house.clock()).days == 7  # five working days and a weekend
    house.passes(days=8)
    silent = sees(anna, case.id)
    assert (silent.state, silent.traces[0].outcome) == ("trace_answered", TraceOutcome.SILENT)
    again = acts(halo.mei, case.id, "reopen_trace")
    assert (again.state, len(again.traces)) == ("trace_open", 2)


def test_a_post_office_has_thirty_days_and_whatever_else_the_policy_says(
    house: House, halo: Counter, anna: Person
) -> None:
    asked = asked_of_post(house, halo, anna, "LP103884524CN")
    assert (asked.traces[0].due_at - house.clock()).days == 30

    body = house.db.read_now(knowledge.policy, "ozon_like", 1).body
    shorter = {
        "trace_post": Length(10, "days"),
        "trace_progress": Length(5, "days"),
        "reship": Length(2, "days"),
    }
    quick = replace(body, clocks={**body.clocks, **shorter})
    house.db.write_now(knowledge.publish, house.operator().actor, Publish(quick, after=1))
    ben = house.buyer("ben")
    asked = asked_of_post(house, halo, ben, "LP103884538CN")
    assert (asked.traces[0].due_at - house.clock()).days == 10
    before = len(ben.events(asked.conversation))
    house.passes(days=4)
    assert len(ben.events(asked.conversation)) == before
    house.passes(days=1)
    assert len(ben.events(asked.conversation)) == before + 1
    acts(halo.mei, asked.id, "carrier_reply", finding="lost")
    acts(halo.mei, asked.id, "declare_lost")
    due = acts(ben, asked.id, "choose_reship").due
    assert due is not None
    assert (due.at - house.clock(), due.clock) == (timedelta(days=2), "reship")


def asked_of_post(house: House, halo: Counter, buyer: Person, number: str) -> CaseShown:
    """Have a parcel that is late asked after at the post office."""
    today = house.clock().date()
    eta = Eta(today, today + timedelta(days=1), ZONE)
    order = ships(halo, buyer, carrier="China Post", tracking_number=number, eta=eta)
    house.passes(days=3)
    return acts(halo.mei, inquiry_of(buyer, order).id, "open_trace")


def test_an_order_without_a_parcel_can_be_asked_after_and_its_parcel_is_followed_later(
    house: House, halo: Counter, anna: Person
) -> None:
    order = halo.ships_to(anna, halo.sells("lamp"))
    case = opens(anna, KIND, order, concern="where_is_it")
    assert (case.state, case.shipment) == ("seller_to_check", None)
    with pytest.raises(NoParcelToTrace):
        acts(halo.mei, case.id, "open_trace")
    acts(halo.mei, case.id, "give_eta", eta=as_given(3, 4), eta_reason="sent_late")
    sent = house.db.write_now(
        commerce.send_another, order.id, SentParcel("DHL", "00340434161094029812")
    )
    event = TrackingEvent(TrackingCode("delivered.signed"), house.clock(), "Berlin")
    house.db.write_now(commerce.add_tracking, SYSTEM, sent.id, event)
    found = sees(anna, case.id)
    assert (found.state, found.shipment) == ("awaiting_buyer_confirm", sent.id)


def test_two_parcels_of_one_order_are_asked_after_each_for_itself(
    house: House, halo: Counter, anna: Person
) -> None:
    numbers = (NUMBER, "00340434161094029829")
    parcels = [
        SentParcel("DHL", number, days(0, last), shipped_at=house.clock())
        for number, last in zip(numbers, (3, 9), strict=True)
    ]
    order = halo.ships_to(anna, halo.sells("lamp"), shipments=parcels)
    first = opens(anna, KIND, order, concern="where_is_it")
    assert first.shipment == order.shipments[0].id
    second = opens(anna, KIND, order, concern="late", shipment=order.shipments[1].id)
    assert (second.shipment, second.number) == (order.shipments[1].id, 2)
    with pytest.raises(CaseRunsAlready):
        opens(anna, KIND, order, concern="late", shipment=order.shipments[1].id)


def test_what_cannot_be_is_refused_and_changes_nothing(
    house: House, halo: Counter, anna: Person
) -> None:
    order, case = late(house, halo, anna)
    elsewhere = ships(halo, house.buyer("ben"), tracking_number="00340434161094029829")
    with pytest.raises(NoSuchShipment):
        opens(anna, KIND, order, concern="late", shipment=elsewhere.shipments[0].id)
    before = sees(anna, case.id)
    for details, refusal in (
        ({}, DetailsMissing),
        ({"eta": as_given(4, 5)}, DetailsMissing),
        ({"eta": as_given(4, 5), "eta_reason": "alien"}, DetailMalformed),
        ({"eta": as_given(0, 1), "eta_reason": "weather"}, EtaInThePast),
        ({"eta": {"earliest": "2026-05-09"}, "eta_reason": "weather"}, DetailMalformed),
        ({"eta": "soon", "eta_reason": "weather"}, DetailMalformed),
    ):
        with pytest.raises(refusal):
            acts(halo.mei, case.id, "give_eta", **dict[str, Any](details))
    with pytest.raises(NotYourMove):
        acts(anna, case.id, "give_eta", eta=as_given(4, 5), eta_reason="weather")
    assert sees(anna, case.id) == before


# ── carriers are asked ──────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def sim() -> Iterator[RunningCarrier]:
    with running_carrier() as running:
        yield running


def reach(house: House, name: str, **way: str) -> None:
    """Say how a carrier is asked, and what both sides sign with."""
    known = replace(well_known()[name], **way)
    house.db.write_now(roster.put_carrier, SYSTEM, name, known)
    house.db.write_now(roster.give_secret, SYSTEM, name, GiveSecret(SECRET))


def test_the_carrier_is_asked_over_http_and_its_answer_is_the_next_step(
    house: House, halo: Counter, anna: Person, sim: RunningCarrier
) -> None:
    reach(house, "dhl", api=sim.url)
    sim.will_say(NUMBER, "held", said="It went to Leipzig by mistake.")
    _order, case = late(house, halo, anna)
    acts(halo.mei, case.id, "open_trace")
    house.passes(minutes=1)
    [asked] = sees(halo.mei, case.id).traces
    assert (asked.channel, asked.outcome) == ("web", None)
    assert asked.carrier_ref.startswith("INQ-")

    house.passes(hours=1)
    answered = sees(halo.mei, case.id)
    assert (answered.state, answered.waiting_on) == ("trace_answered", Party.SELLER)
    [trace] = answered.traces
    assert (trace.outcome, trace.said) == (TraceOutcome.HELD, "It went to Leipzig by mistake.")
    assert trace.carrier_ref == asked.carrier_ref
    last = answered.steps[-1]
    assert (last.action, last.side) == ("carrier_reply", "system")
    assert "said" not in sees(anna, case.id).steps[-1].given

    promised = acts(halo.mei, case.id, "give_eta", eta=as_given(4, 5), eta_reason="sorting")
    assert promised.state == "monitoring"


def test_a_carrier_that_stumbles_is_asked_again_and_the_shop_sees_why(
    house: House, halo: Counter, anna: Person, sim: RunningCarrier
) -> None:
    reach(house, "dhl", api=sim.url)
    sim.will_say(NUMBER, "lost", stumbles=2)
    _order, case = late(house, halo, anna)
    acts(halo.mei, case.id, "open_trace")
    house.passes(seconds=1)
    assert sees(halo.mei, case.id).traces[0].trouble == "HTTP 503"
    assert sees(anna, case.id).traces[0].trouble == ""
    house.passes(seconds=10)
    house.passes(seconds=40)
    [trace] = sees(halo.mei, case.id).traces
    assert (trace.channel, trace.trouble) == ("web", "")
    house.passes(hours=1)
    assert sees(halo.mei, case.id).traces[0].outcome is TraceOutcome.LOST
    assert acts(halo.mei, case.id, "declare_lost").state == "remedy"


def test_a_number_the_carrier_does_not_know_comes_back_at_once(
    house: House, halo: Counter, anna: Person, sim: RunningCarrier
) -> None:
    reach(house, "dhl", api=sim.url)
    sim.will_say(NUMBER, "")
    _order, case = late(house, halo, anna)
    acts(halo.mei, case.id, "open_trace")
    house.passes(seconds=1)
    [trace] = sees(halo.mei, case.id).traces
    assert (trace.outcome, NUMBER in trace.said) == (TraceOutcome.UNKNOWN, True)


def test_a_carrier_is_written_to_and_its_letter_finds_the_inquiry(
    house: House, halo: Counter, anna: Person
) -> None:
    reach(house, "dhl", email="traces@dhl.example")
    _order, case = late(house, halo, anna)
    acts(halo.mei, case.id, "open_trace", trace_reason="no_news")
    house.passes(seconds=1)
    assert sees(halo.mei, case.id).traces[0].channel == "letter"
    letter = letters(house)[0]
    assert (letter.to, NUMBER in letter.body) == ("traces@dhl.example", True)
    with pytest.raises(NoSuchTrace):
        house.db.write_now(carriers.take_reply, "guessed", "LOST")

    answer = "MOVING\nIt is on the ferry.\n> Dear colleagues"
    house.db.write_now(carriers.take_reply, letter.token, answer)
    told = sees(halo.mei, case.id)
    assert (told.state, told.traces[0].outcome) == ("trace_answered", TraceOutcome.MOVING)
    assert told.traces[0].said == "MOVING\nIt is on the ferry."
    house.db.write_now(carriers.take_reply, letter.token, answer)
    assert sees(halo.mei, case.id) == told

    house.db.write_now(carriers.take_reply, letter.token, "LOST\nIt fell off.")
    assert sees(halo.mei, case.id).traces[0].outcome is TraceOutcome.LOST


def test_an_answer_to_an_inquiry_that_has_ended_is_kept_and_moves_nothing(
    house: House, halo: Counter, anna: Person
) -> None:
    reach(house, "dhl", email="traces@dhl.example")
    order, case = late(house, halo, anna)
    acts(halo.mei, case.id, "open_trace")
    house.passes(seconds=1)
    hears(house, order, "delivered.recipient")
    ended = acts(anna, case.id, "confirm")
    house.db.write_now(carriers.take_reply, letters(house)[0].token, "DELIVERED")
    after = sees(anna, case.id)
    assert (after.state, after.version) == ("delivered", ended.version)
    assert after.traces[0].outcome is TraceOutcome.DELIVERED


def test_a_carrier_nobody_can_reach_is_asked_by_the_shop_itself(
    house: House, halo: Counter, anna: Person
) -> None:
    _order, case = late(house, halo, anna)
    acts(halo.mei, case.id, "open_trace")
    house.passes(seconds=1)
    assert sees(halo.mei, case.id).traces[0].channel == "hand"
    assert acts(halo.mei, case.id, "carrier_reply", finding="moving").state == "trace_answered"


@dataclass(frozen=True)
class ToCarrier:
    """A letter as a carrier gets it, and the token of the address at which it answers."""

    to: str
    body: str
    token: str


def letters(house: House) -> list[ToCarrier]:
    """Return the letters that were written to carriers, newest first."""
    posted = house.db.read_now(mail.listed, house.operator().actor)
    return [
        _to_carrier(house.db.read_now(mail.letter, one.id))
        for one in posted
        if one.manner is Manner.INQUIRY
    ]


def _to_carrier(letter: Letter) -> ToCarrier:
    seen = opened(letter.raw)
    local = parseaddr(dict(seen.headers)["From"])[1].partition("@")[0]
    token = inquiry_token(local)
    assert token
    return ToCarrier(letter.address, seen.plain, token)


def test_two_at_once_open_one_inquiry_and_take_one_step(
    house: House, halo: Counter, anna: Person
) -> None:
    order = ships(halo, anna)

    def tries(work: Callable[[], object]) -> str:
        try:
            work()
        except Refusal as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(2) as both:
        opening = lambda _n: tries(lambda: opens(anna, KIND, order, concern="late"))  # noqa: E731
        assert sorted(both.map(opening, range(2))) == ["case_runs_already", "done"]
        case = inquiry_of(anna, order)
        eta = as_given(4, 5)
        giving = lambda _n: tries(  # noqa: E731
            lambda: acts(halo.mei, case.id, "give_eta", eta=eta, eta_reason="weather")
        )
        assert sorted(both.map(giving, range(2))) == ["done", "no_such_move"]
    assert len(sees(anna, case.id).promises) == 1


# ── the whole table ─────────────────────────────────────────────────────────────────────────

TO = {
    "seller_to_check": (),
    "answered_auto": (),
    "trace_open": ("open_trace",),
    "trace_answered": ("open_trace", "carrier_reply"),
    "monitoring": ("give_eta",),
    "awaiting_buyer_confirm": ("shipment_delivered",),
    "remedy": ("shipment_lost",),
    "refunding": ("shipment_lost", "choose_refund"),
    "reshipping": ("shipment_lost", "choose_reship"),
}
"""How an inquiry comes into each state; what may be done in it is then done."""

HAS_A_STORY = {"parcel_back"}
"""So have the steps of the operator alone: tests/stories/test_case_clocks.py."""

FOUND = {
    "give_eta": "held",
    "reopen_trace": "unknown",
    "declare_lost": "lost",
    "declare_returned": "returned",
    "proof_of_delivery": "delivered",
}
"""What the carrier must have said for a step to make sense."""


def test_there_is_a_way_to_every_state_in_which_an_inquiry_waits() -> None:
    """The first state is left with the step that opens one."""
    assert {*TO, LOGISTICS.flow.start} == LOGISTICS.waits.keys()


@pytest.mark.parametrize("state", TO)
def test_every_step_from_a_state_leads_where_the_table_says(
    house: House, halo: Counter, state: str
) -> None:
    for number, step in enumerate(_moves(state)):
        if step.action in HAS_A_STORY or step.by == (Side.OPERATOR,):
            continue
        anna = house.buyer(f"anna{number}")
        order = ships(halo, anna, last=9, tracking_number=f"003404341610940{number:05}")
        if state == "answered_auto":
            hears(house, order, "in_transit.departed")
        if {one.__name__ for one in step.when} & {"_one_of_several"}:
            another = SentParcel("DHL", f"103404341610948{number:05}")
            house.db.write_now(commerce.send_another, order.id, another)
        case = opens(anna, KIND, order, concern="where_is_it")
        for action in (*TO[state], step.action):
            people = {
                "buyer": anna,
                "seller": halo.mei,
                "system": Person(house, SYSTEM),
            }
            move = next(one for one in _moves(case.state) if one.action == action)
            given = (*move.asks, *({"proof"} & set(move.takes)))
            details = {n: _answer(halo, case, n, step.action, number) for n in given}
            case = acts(people[move.by[0]], case.id, action, **details)
        assert (step.action, case.state) == (step.action, step.to)


def _moves(state: str) -> list[Step]:
    moves = [move for move in LOGISTICS.flow.moves if move.state == state]
    return [move for move in moves if move.action != "close_unpaid"]


def _answer(halo: Counter, case: CaseShown, name: str, action: str, number: int) -> Any:
    return {
        "finding": FOUND.get(action, "unknown"),
        "eta": as_given(4, 5),
        "eta_reason": "weather",
        "reference": "R-1",
        "amount": money(3_000),
        "proof": [photo(halo.mei, case.conversation)] if name == "proof" else [],
        "sent_parcel": {"carrier": "DHL", "number": f"003404341610949{number:05}"},
    }[name]


def test_an_inquiry_walked_at_random_waits_for_nobody(house: House, halo: Counter) -> None:
    lives = 0

    @settings(
        max_examples=8,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
    def live(choices: list[int]) -> None:
        nonlocal lives
        lives += 1
        anna = house.buyer(f"anna{lives}")
        moment = house.clock()
        order = ships(
            halo,
            anna,
            tracking_number=f"003404341610941{lives:05}",
            eta=Eta(moment.date(), moment.date() + timedelta(days=choices[0] % 5), ZONE),
        )
        if choices[0] % 2:
            hears(house, order, "in_transit.departed")
        opened = opens(anna, KIND, order, concern=("where_is_it", "late")[choices[0] % 2])
        walk = Walk(house, [anna, halo.mei, operator], opened)
        walk.go(choices)
        for case in walk.open():
            refusals_of(walk.people[choices[0] % 3], case.id)
        walk.end()

    operator = house.operator()
    live()
