"""Ways by which somebody could have got more, or less, than what was agreed; each leads nowhere."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shopbell.cases import service
from shopbell.cases.commands import Act
from shopbell.cases.refusals import (
    LineTwice,
    MoreThanBought,
    NotInStock,
    SameParcelAgain,
    TermsUnseen,
)
from shopbell.cases.shown import CaseShown
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Errand
from shopbell.conversations.refusals import IdempotencyConflict
from shopbell.kernel.flow import NoSuchMove
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.knowledge.refusals import NoSuchLine
from tests.support.house import Counter, House, Person
from tests.support.returns import acts, bought, broken, money, opens, sees, shoes, wrong_size


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo")


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


@pytest.mark.parametrize(
    ("quantities", "refusal"),
    [([3], MoreThanBought), ([1, 1], LineTwice), ([], NoSuchLine)],
)
def test_a_repair_is_of_things_that_were_bought(
    halo: Counter, anna: Person, quantities: list[int], refusal: type[Refusal]
) -> None:
    order = bought(halo, anna, shoes(halo), quantity=2)
    lines = [{"line": order.lines[0].id, "quantity": one} for one in quantities]
    with pytest.raises(refusal):
        opens(anna, order, "repair", lines=lines or [{"line": new_id()}], fault="It is loose.")


def repair(halo: Counter, anna: Person) -> CaseShown:
    """Open a repair of shoes under warranty and bring it to where they are sent in."""
    order = bought(halo, anna, shoes(halo))
    lines = [{"line": order.lines[0].id, "quantity": 1}]
    asked = opens(anna, order, "repair", lines=lines, fault="The sole is loose.")
    acts(halo.mei, asked.id, "check")
    return acts(halo.mei, asked.id, "in_warranty", way="ship", centre="Hauptstr. 1, Berlin")


def test_a_repair_is_not_called_off_while_the_thing_is_on_its_way(
    house: House, halo: Counter, anna: Person
) -> None:
    case = repair(halo, anna)
    sent = acts(anna, case.id, "sent", parcel={"carrier": "dhl", "number": "JD0014600"})
    assert (sent.state, sent.waiting_on, sent.goods) == ("on_its_way", "seller", "on_way_back")
    house.passes(days=31)
    called = sees(halo.mei, case.id)
    assert (called.state, called.escalated_at is not None) == ("on_its_way", True)
    assert acts(halo.mei, case.id, "received").state == "diagnosing"


def test_a_repair_that_was_refused_leaves_the_return_open(house: House, halo: Counter) -> None:
    for number, ending in enumerate(("close", "withdrawn")):
        anna = house.buyer(f"anna{number}")
        asked = broken(anna, bought(halo, anna, shoes(halo)))
        acts(halo.mei, asked.id, "offer_repair")
        [child] = acts(anna, asked.id, "accept").children
        acts(halo.mei, child, "check")
        acts(halo.mei, child, "reject", refused_for="misuse", comment="It was cut.")
        if ending == "withdrawn":
            disputed = acts(anna, child, "open_dispute", statement="It was not.")
            acts(anna, disputed.children[0], "withdraw", confirm="withdraw")
        else:
            house.passes(days=31)
        assert sees(anna, child).state == "closed_rejected"
        still = sees(anna, asked.id)
        assert (still.state, still.waiting_on) == ("rejected", "buyer")
        assert "open_dispute" in {one.action for one in still.actions}


def test_a_parcel_that_is_known_already_is_no_other_one(
    house: House, halo: Counter, anna: Person
) -> None:
    order = bought(halo, anna, pair := shoes(halo))
    came = order.shipments[0].tracking_number
    asked = wrong_size(anna, order, wish="exchange", wished="42")
    other = {"product": pair.id, "variant": pair.variants[1].id, "quantity": 1}
    acts(halo.mei, asked.id, "offer_exchange", replacement=other)
    acts(anna, asked.id, "accept")
    with pytest.raises(SameParcelAgain):
        acts(anna, asked.id, "ship_back", parcel={"carrier": "dhl", "number": came})
    acts(anna, asked.id, "ship_back", parcel={"carrier": "dhl", "number": "JD0014600"})
    acts(halo.mei, asked.id, "arrived")
    acts(halo.mei, asked.id, "accept_goods_exchange", checklist={"right_item": True})
    for number in (came, "JD0014600"):
        with pytest.raises(SameParcelAgain):
            acts(
                halo.mei,
                asked.id,
                "ship_replacement",
                sent_parcel={"carrier": "dhl", "number": number},
            )
    assert sees(anna, asked.id).state == "replacement_due"


def test_a_parcel_that_goes_back_is_not_the_one_that_comes(
    house: House, halo: Counter, anna: Person
) -> None:
    order = bought(halo, anna, shoes(halo))
    back, again, instead = (
        house.db.write_now(commerce.add_beside, order.id, errand, "dhl", "JD0014600")
        for errand in (Errand.RETURN, Errand.RETURN, Errand.EXCHANGE)
    )
    assert back.id == again.id != instead.id


def test_the_last_piece_is_promised_once(house: House, halo: Counter) -> None:
    pair = shoes(halo, stock=1)
    other = {"product": pair.id, "variant": pair.variants[1].id, "quantity": 1}
    buyers = [house.buyer(name) for name in ("anna", "boris")]
    asked = [wrong_size(one, bought(halo, one, pair), wish="exchange") for one in buyers]

    def offers(case: CaseShown) -> str:
        try:
            return acts(halo.mei, case.id, "offer_exchange", replacement=other).state
        except NotInStock as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(offers, asked)) == ["exchange_offered", "not_in_stock"]


def test_who_agrees_has_read_what_to(house: House, halo: Counter, anna: Person) -> None:
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)), wish="part")
    offered = acts(halo.mei, asked.id, "offer_partial", amount=money(500))
    with pytest.raises(TermsUnseen):
        sends(anna, offered, "accept")
    acts(anna, asked.id, "decline")
    with pytest.raises(NoSuchMove):
        sends(anna, offered, "accept")
    acts(halo.mei, asked.id, "offer_partial", amount=money(5))
    with pytest.raises(TermsUnseen):
        sends(anna, offered, "accept")
    assert acts(anna, asked.id, "accept").facts["amount"] == money(5)


def sends(person: Person, case: CaseShown, action: str, cmid: str = "", **given: Any) -> CaseShown:
    """Send a step as a program would that has not looked at the case again."""
    command = Act(cmid or new_id(), action, given)
    return person.house.db.write_now(service.act, person.actor, case.id, command)


def test_a_step_nobody_is_told_of_is_taken_once_too(
    house: House, halo: Counter, anna: Person
) -> None:
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "reject", refused_for="used", refusal="They were worn.")
    [child] = acts(anna, asked.id, "open_dispute", statement="They were not.").children
    review = acts(anna, child, "request_review")
    olga, pavel = house.operator("olga"), house.operator("pavel")
    ruling = {"outcome": "reject", "clause": "§3", "reason_buyer": "So.", "reason_seller": "So."}
    drafted = sends(olga, review, "draft_decision", "0" * 16, **ruling)
    assert sends(olga, review, "draft_decision", "0" * 16, **ruling).version == drafted.version
    acts(pavel, child, "send_back", needed="Name the photo.")
    again = sends(olga, review, "draft_decision", "0" * 16, **ruling)
    assert (again.state, len(again.steps)) == ("review", len(drafted.steps) + 1)
    with pytest.raises(IdempotencyConflict):
        sends(olga, review, "draft_decision", "0" * 16, **ruling | {"clause": "§4"})
