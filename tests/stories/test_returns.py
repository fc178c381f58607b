"""Things that go back: for money, for another size, or to stay for a part of the money."""

from tests.support.house import House
from tests.support.returns import (
    acts,
    arrives,
    bought,
    entries,
    file_of,
    opens,
    sees,
    shoes,
    wrong_size,
)
from tests.support.till import with_till


def test_shoes_of_the_wrong_size_are_exchanged_from_the_first_word_to_the_last(
    house: House,
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    pair = shoes(halo)
    order = bought(halo, anna, pair)
    talk = anna.begins(halo, order)
    photo = file_of(anna, talk)

    asked = opens(
        anna,
        order,
        lines=[{"line": order.lines[0].id, "quantity": 1}],
        condition="proper",
        reason="size_fit",
        shots=[{"file": photo, "shows": "whole_item"}],
        wish="exchange",
        wished="42",
    )
    assert (asked.state, asked.waiting_on, asked.goods) == ("requested", "seller", "with_buyer")
    other = {"product": pair.id, "variant": pair.variants[1].id, "quantity": 1}
    acts(halo.mei, asked.id, "offer_exchange", replacement=other, return_to="Hauptstr. 1, Berlin")
    agreed = acts(anna, asked.id, "accept")
    assert (agreed.state, agreed.facts["reserved"]["offer_id"]) == ("approved", "shoe-42")

    sent = acts(anna, asked.id, "ship_back", parcel={"carrier": "dhl", "number": "JD0014600"})
    assert (sent.state, sent.goods, sent.waiting_on) == (
        "in_transit_back",
        "on_way_back",
        "carrier",
    )
    arrives(house, sent.facts["back_shipment"])
    here = sees(halo.mei, asked.id)
    assert (here.state, here.goods, here.waiting_on) == ("inspecting", "with_shop", "seller")
    assert "accept_goods" not in [one.action for one in here.actions]

    checklist = {"right_item": True, "all_parts": True, "unused": True}
    acts(halo.mei, asked.id, "accept_goods_exchange", checklist=checklist)
    again = acts(
        halo.mei,
        asked.id,
        "ship_replacement",
        sent_parcel={"carrier": "dhl", "number": "JD0014601"},
    )
    assert (again.state, again.goods) == ("replacement_shipped", "on_way_to_buyer")
    arrives(house, again.facts["sent_shipment"])
    done = sees(anna, asked.id)
    assert (done.state, done.money, done.actions) == ("completed", "none", [])


def test_money_is_asked_of_the_platform_and_each_stage_is_told(house: House) -> None:
    till = with_till(house)
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo))
    asked = wrong_size(anna, order)
    acts(halo.mei, asked.id, "approve_return")
    acts(anna, asked.id, "drop_off", sent_with_code="A-77")
    acts(halo.mei, asked.id, "arrived")
    accepted = acts(halo.mei, asked.id, "accept_goods")
    assert (accepted.state, accepted.money) == ("refund_due", "requested")
    [refund] = accepted.refunds
    assert (refund.part, refund.amount, refund.state) == ("item", order.total, "requested")

    house.passes(seconds=1)
    done = sees(anna, asked.id)
    assert (done.state, done.money, done.goods) == ("completed", "done", "with_shop")
    [paid] = till.paid.values()
    assert (paid.amount, paid.order, paid.key) == (order.total, order.number, f"{asked.id}:item:1")
    told = [one for one in entries(anna, asked.conversation) if "amount" in one["given"]]
    stages = ["requested", "approved", "submitted", "succeeded"]
    assert [one["action"] for one in told] == [f"money_{stage}" for stage in stages]
    assert told[-1]["given"]["bank_days"] == 3
