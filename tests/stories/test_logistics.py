"""Where is my parcel? From "it is late" to a new date, money, a new parcel, or the doorbell."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from shopbell.cases import promises, service
from shopbell.cases.model import CaseShown, Goods, Party, TraceOutcome
from shopbell.cases.refusals import (
    CannotSendAgain,
    CarrierSaidOtherwise,
    CaseRunsAlready,
    DetailMalformed,
    EtaInThePast,
    NothingChosenYet,
    NoParcelToTrace,
    ProofMissing,
    SameParcelAgain,
)
from shopbell.commerce import roster
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import Eta, NoSuchShipment, Order, TrackingEvent
from shopbell.commerce.tracking import TrackingCode
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.flow import DetailsMissing, NotYourMove
from tests.stories.test_cases import acts, opens, sees
from tests.support.house import Counter, House, Person

MONDAY = date(2026, 5, 4)
ZONE = "Europe/Berlin"
KIND = "logistics_inquiry"


def days(first: int, last: int) -> Eta:
    return Eta(MONDAY + timedelta(days=first), MONDAY + timedelta(days=last), ZONE)


def as_given(first: int, last: int) -> Mapping[str, Any]:
    eta = days(first, last)
    return {"earliest": str(eta.earliest), "latest": str(eta.latest), "zone": eta.zone}


def ships(halo: Counter, anna: Person, *, first: int = 0, last: int = 3, **told: Any) -> Order:
    """Send anna a lamp that should come between two days, counted from Monday."""
    given: dict[str, Any] = {
        "carrier": "DHL",
        "tracking_number": "00340434161094029812",
        "eta": days(first, last),
        "eta_at": halo.house.clock(),
        "shipped_at": halo.house.clock(),
    }
    lamp = halo.sells("lamp")
    return halo.ships_to(anna, lamp, shipments=[SentParcel(**given | told)])


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

    given = acts(halo.mei, case.id, "give_eta", eta=as_given(4, 5), eta_reason="sorting")
    assert (given.state, given.waiting_on) == ("monitoring", Party.CARRIER)
    assert [one.reason for one in sees(anna, case.id).promises] == ["sorting"]
    parcel = house.db.read_now(commerce.order, anna.actor, order.id).shipments[0]
    assert (parcel.eta, parcel.first_eta, parcel.late) == (days(4, 5), days(0, 1), False)
    assert parcel.eta_reason is not None
    assert parcel.eta_reason["ru"].startswith("Посылка ушла не туда")

    house.passes(days=2)
    hears(house, order, "delivered.recipient")
    arrived = sees(anna, case.id)
    assert (arrived.state, arrived.waiting_on) == ("awaiting_buyer_confirm", Party.BUYER)
    done = acts(anna, case.id, "confirm")
    assert (done.state, done.goods) == ("delivered", Goods.WITH_BUYER)
    assert done.promises[0].kept_at is not None
    kept = house.db.read_now(promises.of_shop, halo.shop.id, order.placed_at)
    assert (kept.given, kept.kept, kept.broken) == (1, 1, 0)
