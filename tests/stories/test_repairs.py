"""Things that broke: under warranty, for money, broken by use, beyond repair, too late."""

from datetime import timedelta
from typing import Any

import pytest

from shopbell.cases.model import CaseShown, Goods
from shopbell.cases.money import RefundState
from shopbell.cases.refusals import WarrantyRuns
from shopbell.commerce.commands import SentParcel
from shopbell.kernel.flow import DetailsMissing
from tests.support.casework import acts, opens, photo, sees
from tests.support.house import Counter, House, Person
from tests.support.returns import bought, shoes
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
        (halo.mei, "in_warranty", SERVICE),
        (anna, "sent", {"parcel": {"carrier": "CDEK", "number": "77"}}),
        (halo.mei, "received", {}),
        (halo.mei, "diagnosed", {}),
        (halo.mei, "repaired", {}),
    )
    assert (case.state, case.goods) == ("returning", Goods.ON_WAY_TO_BUYER)
    case = walks(case, (anna, "delivered", {}), (anna, "works", {}))
    assert (case.state, case.refunds) == ("closed_repaired", [])


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
    acts(halo.mei, held.id, "reject", refused_for="worn", comment="Worn.")

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


def test_misuse_needs_a_conclusion_and_may_be_disputed(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    case = at_service(house, halo, anna)
    with pytest.raises(DetailsMissing):
        acts(halo.mei, case.id, "misuse", comment="It fell.")
    paper = [photo(halo.mei, case.conversation)]
    refused = acts(halo.mei, case.id, "misuse", conclusion=paper, comment="It fell.")
    assert refused.state == "rejected"
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


def test_a_repair_takes_45_days_at_most_wherever_it_hangs(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = at_service(house, halo, anna)
    house.passes(days=20)
    acts(halo.mei, case.id, "diagnosed")
    house.passes(days=24)
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
        (halo.mei, "replace", {}),
        (anna, "replaced", {}),
    )
    assert case.state == "closed_replaced"


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
