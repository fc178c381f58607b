"""Things that broke: under warranty, for money, broken by use, beyond repair, too late."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shopbell.cases import paying
from shopbell.cases.commands import RefundStep
from shopbell.cases.fields import FieldKind
from shopbell.cases.model import Goods
from shopbell.cases.money import RefundState
from shopbell.cases.refusals import (
    ConclusionMissing,
    DetailMalformed,
    GoodsElsewhere,
    NotInStock,
    OtherWay,
    WarrantyRuns,
)
from shopbell.cases.shown import CaseShown
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import OpenShop, SentParcel
from shopbell.commerce.model import months_after
from shopbell.commerce.numbers import TrackingNumberMistyped
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.flow import DetailsMissing
from shopbell.kernel.ids import new_id
from tests.support.casework import acts, opens, photo, sees
from tests.support.house import Counter, House, Person
from tests.support.returns import arrives, bought, is_lost, shoes
from tests.support.returns import opens as opens_return

SERVICE = {"way": "drop_off", "centre": "Lamp Service, 2 Wire Street"}
RULING = {"clause": "§ 5", "reason_buyer": "It was not misuse.", "reason_seller": "See the photo."}


def reported(house: House, halo: Counter, anna: Person, months: int | None = 24) -> CaseShown:
    """Have a lamp reported that does not light up."""
    came = house.clock() - timedelta(days=40)
    parcel = SentParcel(carrier="CDEK", tracking_number="1234567890", delivered_at=came)
    lamp = halo.sells("lamp", warranty_months=months)
    order = halo.ships_to(anna, lamp, shipments=[parcel])
    lines = [{"line": order.lines[0].id, "quantity": 1}]
    return opens(anna, "repair", order, lines=lines, fault="It does not light up.")


def walks(case: CaseShown, *steps: tuple[Person, str, dict[str, Any]]) -> CaseShown:
    for person, action, given in steps:
        case = acts(person, case.id, action, **given)
    return case


def test_under_warranty_it_is_repaired_and_comes_back(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = walks(
        reported(house, halo, anna),
        (halo.mei, "advise", {"advice": "Try another socket."}),
        (anna, "not_fixed", {}),
        (halo.mei, "in_warranty", SERVICE | {"way": "ship"}),
    )
    came = (case.opened_at - timedelta(days=40)).date()
    assert case.facts["warranty_until"] == str(months_after(came, 24))
    with pytest.raises(OtherWay):
        acts(anna, case.id, "handed_over")
    with pytest.raises(TrackingNumberMistyped):
        acts(anna, case.id, "sent", parcel={"carrier": "CDEK", "number": "rb550318269cn"})
    case = acts(anna, case.id, "sent", parcel={"carrier": "CDEK", "number": "77"})
    arrives(house, case.facts["back_shipment"])
    assert sees(halo.mei, case.id).state == "diagnosing"
    case = walks(
        case,
        (halo.mei, "diagnosed", {}),
        (halo.mei, "repaired", {"sent_parcel": {"carrier": "CDEK", "number": "78"}}),
    )
    assert (case.state, case.goods) == ("returning", Goods.ON_WAY_TO_BUYER)
    arrives(house, case.facts["sent_shipment"])
    assert sees(anna, case.id).state == "verify"
    case = acts(anna, case.id, "works")
    assert (case.state, case.refunds) == ("closed_repaired", [])


def test_what_is_brought_to_the_service_needs_no_number(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = walks(
        reported(house, halo, anna), (halo.mei, "check", {}), (halo.mei, "in_warranty", SERVICE)
    )
    assert "sent" not in [one.action for one in sees(anna, case.id).actions]
    handed = acts(anna, case.id, "handed_over")
    assert (handed.state, handed.waiting_on) == ("on_its_way", "seller")
    house.passes(days=31)
    assert acts(halo.mei, case.id, "received").state == "diagnosing"


def test_a_repair_goes_on_after_a_dispute_about_its_way_and_what_is_lost_is_made_good(
    house: House,
) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    case = walks(
        reported(house, halo, anna),
        (halo.mei, "check", {}),
        (halo.mei, "in_warranty", SERVICE | {"way": "ship"}),
        (anna, "sent", {"parcel": {"carrier": "CDEK", "number": "77"}}),
    )
    assert sees(anna, case.id).escalated_at is None
    is_lost(house, case.facts["back_shipment"])
    assert sees(anna, case.id).escalated_at is not None

    def disputed() -> CaseShown:
        [*_, dispute] = acts(anna, case.id, "open_dispute", statement="Where is it?").children
        acts(anna, dispute, "withdraw", confirm="withdraw")
        return sees(anna, case.id)

    way = disputed()
    assert (way.state, way.goods) == ("on_its_way", Goods.ON_WAY_BACK)
    acts(halo.mei, case.id, "received")
    acts(halo.mei, case.id, "diagnosed")
    first = {"carrier": "CDEK", "number": "78"}
    sent = acts(halo.mei, case.id, "repaired", sent_parcel=first)
    house.passes(days=31)
    assert disputed().state == "returning"
    is_lost(house, sent.facts["sent_shipment"])
    lost = sees(anna, case.id)
    assert (lost.state, lost.goods) == ("remedy", Goods.LOST)
    lamp, second = {"product": halo.sells("lamp").id}, {"carrier": "CDEK", "number": "79"}
    acts(halo.mei, case.id, "replace", replacement=lamp, sent_parcel=second)
    house.passes(days=31)
    assert disputed().state == "replacing"
    house.passes(days=31)
    [*_, dispute] = acts(olga, case.id, "open_dispute", statement="Where is it?").children
    acts(anna, dispute, "request_review")
    acts(olga, dispute, "decide", outcome="reject", **RULING)
    assert sees(anna, case.id).state == "replacing"


def test_money_is_asked_for_only_once_the_warranty_is_over(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    quote: dict[str, Any] = {
        "price": {"amount": 900, "currency": "EUR"},
        "days": 10,
        "centre": "Lamp Service",
    }
    held = walks(reported(house, halo, anna), (halo.mei, "check", {}))
    with pytest.raises(WarrantyRuns):
        acts(halo.mei, held.id, "out_of_warranty", **quote)
    with pytest.raises(ConclusionMissing):
        acts(halo.mei, held.id, "reject", refused_for="worn", comment="Worn.")
    paper = [photo(halo.mei, held.conversation)]
    acts(halo.mei, held.id, "reject", refused_for="worn", comment="Worn.", conclusion=paper)

    ben = house.buyer("ben")
    free = walks(reported(house, halo, ben, None), (halo.mei, "check", {}))
    assert acts(halo.mei, free.id, "out_of_warranty", **quote).state == "quoted"
    assert acts(ben, free.id, "accept").state == "to_service"
    assert acts(halo.mei, free.id, "received").state == "diagnosing"


def at_service(house: House, halo: Counter, anna: Person) -> CaseShown:
    return walks(
        reported(house, halo, anna),
        (halo.mei, "check", {}),
        (halo.mei, "in_warranty", SERVICE),
        (halo.mei, "received", {}),
    )


def test_the_shop_picks_one_of_its_service_centres_once_it_has_named_them(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = walks(reported(house, halo, anna), (halo.mei, "check", {}))
    known = {name: told for name, told in msgspec.to_builtins(halo.shop).items() if name != "id"}
    told = msgspec.convert(known | {"service_centres": [SERVICE["centre"]]}, OpenShop)
    house.db.write_now(commerce.open_shop, SYSTEM, told)
    actions = {one.action: one for one in sees(halo.mei, case.id).actions}
    centre = next(one for one in actions["in_warranty"].asks if one.name == "centre")
    assert (centre.kind, centre.choices) == (FieldKind.CHOICE, (SERVICE["centre"],))
    with pytest.raises(DetailMalformed):
        acts(halo.mei, case.id, "in_warranty", way="drop_off", centre="My cousin's garage")
    assert acts(halo.mei, case.id, "in_warranty", **SERVICE).state == "to_service"


def test_misuse_needs_a_conclusion_and_may_be_disputed(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    case = at_service(house, halo, anna)
    with pytest.raises(DetailsMissing):
        acts(halo.mei, case.id, "misuse", comment="It fell.")
    paper = [photo(halo.mei, case.conversation)]
    refused = acts(halo.mei, case.id, "misuse", conclusion=paper, comment="It fell.")
    assert refused.state == "rejected"
    with pytest.raises(GoodsElsewhere):
        acts(halo.mei, case.id, "reconsider")
    assert acts(halo.mei, case.id, "look_again").state == "diagnosing"
    acts(halo.mei, case.id, "misuse", conclusion=paper, comment="It fell.")
    dispute = acts(anna, case.id, "open_dispute", statement="It did not.").children[0]
    acts(anna, dispute, "request_review")
    some = {"amount": 1_000, "currency": "EUR"}
    acts(olga, dispute, "decide", outcome="refund", amount=some, **RULING)
    told = sees(anna, case.id)
    assert told.state == "refunding"
    assert [(one.amount.amount, one.state) for one in told.refunds] == [
        (1_000, RefundState.REQUESTED)
    ]


def test_beyond_repair_leads_to_the_remedy_in_one_step(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = at_service(house, halo, anna)
    paper = [photo(halo.mei, case.conversation)]
    assert acts(halo.mei, case.id, "irreparable", conclusion=paper).state == "remedy"
    back = acts(halo.mei, case.id, "refund")
    assert (back.state, len(back.refunds)) == ("refunding", 1)


def test_a_refund_that_is_called_off_is_closed_unpaid_by_the_operator(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    case = at_service(house, halo, anna)
    acts(halo.mei, case.id, "irreparable", conclusion=[photo(halo.mei, case.conversation)])
    [refund] = acts(halo.mei, case.id, "refund").refunds
    assert "close_unpaid" not in [one.action for one in sees(olga, case.id).actions]
    called_off = RefundStep(new_id(), "cancel")
    house.db.write_now(paying.act_on, olga.actor, refund.id, called_off)
    closed = acts(olga, case.id, "close_unpaid", comment="The buyer keeps the lamp.")
    assert (closed.state, closed.money) == ("closed_refunded", "none")


def test_a_repair_takes_45_days_at_most_wherever_it_hangs(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = walks(
        reported(house, halo, anna), (halo.mei, "check", {}), (halo.mei, "in_warranty", SERVICE)
    )
    house.passes(days=5)
    acts(halo.mei, case.id, "received")
    house.passes(days=20)
    acts(halo.mei, case.id, "diagnosed")
    house.passes(days=19)
    assert sees(anna, case.id).state == "repairing"
    house.passes(days=1.1)
    assert sees(anna, case.id).state == "remedy"


def test_the_same_fault_again_leads_to_the_remedy(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = walks(
        at_service(house, halo, anna),
        (halo.mei, "diagnosed", {}),
        (halo.mei, "repaired", {}),
        (anna, "delivered", {}),
        (anna, "same_fault", {"comment": "Dark again."}),
    )
    lamp, none = {"product": halo.sells("lamp").id}, {"product": halo.sells("lens", stock=0).id}
    with pytest.raises(NotInStock):
        acts(halo.mei, case.id, "replace", replacement=none)
    new = {"carrier": "CDEK", "number": "79"}
    case = acts(halo.mei, case.id, "replace", replacement=lamp, sent_parcel=new)
    assert case.state == "replacing"
    arrives(house, case.facts["sent_shipment"])
    assert sees(anna, case.id).state == "closed_replaced"


def test_a_repair_that_is_called_off_gives_the_return_back_to_the_shop(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo))
    asked = opens_return(
        anna,
        order,
        lines=[{"line": order.lines[0].id, "quantity": 1}],
        condition="defective",
        reason="not_working",
        fault="The sole came off.",
        why_no_photos="My camera is broken.",
    )
    acts(halo.mei, asked.id, "offer_repair")
    repair = acts(anna, asked.id, "accept").children[0]
    assert acts(anna, repair, "cancel").state == "cancelled"
    assert sees(anna, asked.id).state == "requested"
