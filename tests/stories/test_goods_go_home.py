"""Things that the shop looked at and refused: no case ends while it holds what is the buyer's."""

import pytest

from shopbell.cases import service
from shopbell.cases.model import CaseId
from shopbell.cases.refusals import NotYet, OnItsWayToBuyer
from shopbell.cases.shown import CaseShown
from shopbell.commerce.model import ShipmentId
from shopbell.kernel.ids import new_id
from tests.support.casework import photo
from tests.support.house import Counter, House, Person
from tests.support.returns import (
    acts,
    arrives,
    bought,
    broken,
    is_lost,
    money,
    sees,
    sent_back,
    shoes,
    wrong_size,
)

RULING = {"clause": "§ 5", "reason_buyer": "They were worn.", "reason_seller": "They were worn."}
HOME = {"carrier": "dhl", "number": "JD0014602"}


def parcel_of(house: House, case: CaseShown, name: str) -> ShipmentId:
    """Return the parcel that a step was about: kept for the work, not told to either side."""
    return ShipmentId(sees(house.operator(new_id()), case.id).facts[name])


def refused(halo: Counter, anna: Person) -> CaseShown:
    """Bring a return to where the shop holds the goods and refuses them."""
    asked = sent_back(halo, anna, bought(halo, anna, shoes(halo)))
    shown = {
        "found": "used",
        "refusal": "Worn.",
        "goods_photos": [photo(halo.mei, asked.conversation)],
    }
    return acts(halo.mei, asked.id, "reject_goods", **shown)


def test_a_dispute_taken_back_sends_the_goods_home(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = refused(halo, anna)
    [dispute] = acts(anna, asked.id, "open_dispute", statement="They are new.").children
    acts(anna, dispute, "withdraw", confirm="withdraw")
    owed = sees(anna, asked.id)
    assert (owed.state, owed.waiting_on, owed.goods) == ("goods_owed", "seller", "with_shop")
    assert owed.due is not None
    assert owed.due.clock == "goods_home"
    house.passes(days=10, hours=1)
    assert sees(anna, asked.id).escalated_at is not None
    sent = acts(halo.mei, asked.id, "send_home", sent_parcel=HOME)
    assert (sent.state, sent.goods) == ("goods_sent", "on_way_to_buyer")
    arrives(house, parcel_of(house, sent, "sent_shipment"))
    home = sees(anna, asked.id)
    assert (home.state, home.goods) == ("rejected_final", "with_buyer")


def test_what_is_lost_on_its_way_home_is_paid_for_by_the_operator(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    asked = refused(halo, anna)
    house.passes(days=5, hours=1)
    with pytest.raises(NotYet):
        acts(olga, asked.id, "decide_refund")
    sent = acts(halo.mei, asked.id, "send_home", sent_parcel=HOME)
    is_lost(house, parcel_of(house, sent, "sent_shipment"))
    owed = sees(anna, asked.id)
    assert (owed.state, owed.goods) == ("goods_owed", "lost")
    paid = acts(olga, asked.id, "decide_refund", amount=money(3_000))
    assert (paid.state, [one.amount.amount for one in paid.refunds]) == ("refund_due", [3_000])


def test_a_refusal_that_nobody_disputes_or_that_is_upheld_sends_them_home_too(
    house: House,
) -> None:
    halo, anna, ben, olga = (
        house.shop("halo"),
        house.buyer("anna"),
        house.buyer("ben"),
        house.operator(),
    )
    heard = refused(halo, ben)
    [dispute] = acts(ben, heard.id, "open_dispute", statement="They are new.").children
    acts(ben, dispute, "request_review")
    acts(olga, dispute, "decide", outcome="reject", **RULING)
    assert sees(ben, heard.id).state == "goods_owed"
    assert acts(ben, heard.id, "came_home").state == "rejected_final"
    silent = refused(halo, anna)
    house.passes(days=5, hours=1)
    assert sees(anna, silent.id).state == "goods_owed"


def test_a_dispute_about_a_parcel_on_its_way_may_be_taken_back_and_it_still_arrives(
    house: House,
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "approve_return")
    sent = acts(anna, asked.id, "ship_back", parcel={"carrier": "dhl", "number": "JD0014600"})
    house.passes(days=14)
    [dispute] = acts(anna, asked.id, "open_dispute", statement="Where is it?").children
    acts(anna, dispute, "withdraw", confirm="withdraw")
    assert sees(anna, asked.id).state == "in_transit_back"
    arrives(house, parcel_of(house, sent, "back_shipment"))
    assert sees(anna, asked.id).state == "inspecting"


def test_a_replacement_that_is_lost_is_sent_again_and_asked_after_when_nothing_is_heard(
    house: House,
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    pair = shoes(halo)
    asked = wrong_size(anna, bought(halo, anna, pair))
    other = {"product": pair.id, "variant": pair.variants[1].id}
    acts(halo.mei, asked.id, "offer_exchange", replacement=other)
    acts(anna, asked.id, "accept")
    acts(anna, asked.id, "ship_back", parcel={"carrier": "dhl", "number": "JD0014601"})
    acts(halo.mei, asked.id, "arrived")
    acts(halo.mei, asked.id, "accept_goods_exchange")
    again = acts(halo.mei, asked.id, "ship_replacement", sent_parcel=HOME)
    house.passes(days=4)
    [asked_after] = inquiries(anna)
    is_lost(house, parcel_of(house, again, "sent_shipment"))
    assert sees(anna, asked.id).state == "replacement_due"
    assert sees(anna, asked_after.id).state == "settled_elsewhere"
    sent = acts(halo.mei, asked.id, "ship_replacement", sent_parcel={**HOME, "number": "JD0014603"})
    house.passes(days=4)
    [inquiry] = inquiries(anna)
    assert (inquiry.shipment, inquiry.state) == (
        parcel_of(house, sent, "sent_shipment"),
        "seller_to_check",
    )


def test_a_dispute_about_a_replacement_on_its_way_does_not_stop_it(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    pair = shoes(halo)
    asked = wrong_size(anna, bought(halo, anna, pair))
    other = {"product": pair.id, "variant": pair.variants[1].id}
    acts(halo.mei, asked.id, "offer_exchange", replacement=other)
    acts(anna, asked.id, "accept")
    acts(anna, asked.id, "ship_back", parcel={"carrier": "dhl", "number": "JD0014601"})
    acts(halo.mei, asked.id, "arrived")
    acts(halo.mei, asked.id, "accept_goods_exchange")
    sent = acts(halo.mei, asked.id, "ship_replacement", sent_parcel=HOME)
    house.passes(days=31)
    for ending in ("withdraw", "decide"):
        disputed = acts(anna, asked.id, "open_dispute", statement="Where is it?")
        dispute = disputed.children[-1]
        if ending == "withdraw":
            acts(anna, dispute, "withdraw", confirm="withdraw")
            house.passes(days=31)
        else:
            acts(anna, dispute, "request_review")
            with pytest.raises(OnItsWayToBuyer):
                acts(olga, dispute, "decide", outcome="return", **RULING)
            acts(olga, dispute, "decide", outcome="reject", **RULING)
        still = sees(anna, asked.id)
        assert (still.state, still.goods) == ("replacement_shipped", "on_way_to_buyer")
    arrives(house, parcel_of(house, sent, "sent_shipment"))
    assert sees(anna, asked.id).state == "completed"


def inquiries(person: Person) -> list[CaseShown]:
    page = person.house.db.read_now(
        service.cases, person.actor, "open", kinds=["logistics_inquiry"]
    )
    return [sees(person, one.id) for one in page.items]


def misused(halo: Counter, anna: Person) -> tuple[CaseShown, CaseId, CaseId]:
    """Return a return, the repair it led to that the service refused, and the dispute about it."""
    asked = broken(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "offer_repair")
    [repair] = acts(anna, asked.id, "accept").children
    acts(halo.mei, repair, "check")
    acts(halo.mei, repair, "in_warranty", way="ship", centre="Gartenstr. 1")
    acts(halo.mei, repair, "received")
    paper = [photo(halo.mei, asked.conversation)]
    acts(halo.mei, repair, "misuse", conclusion=paper, comment="It was bent.")
    [dispute] = acts(anna, repair, "open_dispute", statement="It was not.").children
    acts(anna, dispute, "request_review")
    return asked, repair, dispute


def test_what_was_awarded_in_the_repair_is_what_its_return_gives_back(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    asked, repair, dispute = misused(halo, anna)
    acts(olga, dispute, "decide", outcome="return", amount=money(3_000), **RULING)
    acts(halo.mei, repair, "give_back")
    paid = sees(anna, asked.id)
    assert (paid.state, [one.amount.amount for one in paid.refunds]) == ("refund_due", [3_000])


def test_what_the_marketplace_judged_in_the_repair_is_not_disputed_again(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    asked, repair, dispute = misused(halo, anna)
    acts(olga, dispute, "decide", outcome="reject", **RULING)
    owed = sees(anna, repair)
    assert (owed.state, owed.goods) == ("goods_owed", "with_shop")
    judged = sees(anna, asked.id)
    assert (judged.state, judged.actions) == ("rejected_final", [])
    assert acts(anna, repair, "came_home").state == "closed_rejected"
