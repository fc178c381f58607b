"""Things that go back: for money, for another size, or to stay for a part of the money."""

import re
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from PIL import ImageFont

from shopbell.cases import service
from shopbell.cases.label import Label, draw, find_font
from shopbell.cases.labels import label_of
from shopbell.cases.refusals import (
    AmountTooHigh,
    CodeDiffers,
    ConclusionMissing,
    DetailMalformed,
    ExchangeDearer,
    FaultUntold,
    FilesTooLarge,
    LineTwice,
    MoreThanBought,
    NoCodeGiven,
    NoDefect,
    NoLabelFont,
    NoLabelHere,
    NoReturnAddress,
    NotAnOption,
    NotAPicture,
    NotInStock,
    NotReturnable,
    NotYet,
    OtherCurrency,
    OtherRemedyAgreed,
    PhotosMissing,
    PhotosTooMany,
    ReasonElsewhere,
    SerialDiffers,
    SerialSame,
    SerialUnknown,
    TooOften,
    VideosTooMany,
    WordsTooMany,
)
from shopbell.cases.shown import CaseShown
from shopbell.commerce.model import Money
from shopbell.commerce.numbers import TrackingNumberMistyped
from shopbell.conversations import service as conversations
from shopbell.conversations.model import AttachmentId
from shopbell.conversations.refusals import NoSuchAttachment
from shopbell.kernel.flow import DetailsMissing, NoSuchMove, NotYourMove
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Words
from shopbell.knowledge import service as knowledge
from shopbell.knowledge import shipped
from shopbell.knowledge.commands import Publish
from shopbell.knowledge.model import Condition, EvidenceRules, Reason
from shopbell.knowledge.refusals import NoSuchLine
from shopbell.web.pages.case_view import see_case
from tests.support.bars import number_in, picture_in
from tests.support.fonts import mask_of
from tests.support.house import House, Person
from tests.support.returns import (
    SHOE,
    acts,
    arrives,
    bought,
    broken,
    entries,
    file_of,
    money,
    opens,
    preview,
    sees,
    sent_back,
    shoes,
    shots_of,
    wrong_size,
)
from tests.support.till import with_till


def test_shoes_of_the_wrong_size_are_exchanged_from_the_first_word_to_the_last(
    house: House,
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    pair = shoes(halo)
    order = bought(halo, anna, pair)
    verdict = preview(anna, order, "size_fit")
    assert (verdict.allowed, verdict.return_shipping_payer) == (True, "buyer")

    photo = file_of(anna, anna.begins(halo, order))
    shot = {"file": photo, "shows": "whole_item"}
    asked = wrong_size(anna, order, shots=[shot], wish="exchange", wished="42")
    assert (asked.state, asked.waiting_on, asked.goods) == ("requested", "seller", "with_buyer")
    assert asked.verdict == verdict
    assert house.db.read_now(conversations.file, halo.mei.actor, AttachmentId(photo))[0]

    other = {"product": pair.id, "variant": pair.variants[1].id, "quantity": 1}
    acts(halo.mei, asked.id, "offer_exchange", replacement=other, return_to="Hauptstr. 1, Berlin")
    agreed = acts(anna, asked.id, "accept")
    assert (agreed.state, "reserved" in agreed.facts) == ("approved", False)
    olga = house.operator()
    assert sees(olga, asked.id).facts["reserved"]["offer_id"] == "shoe-42"

    slip = {"carrier": "post", "number": "rb 5503 18269 cn"}
    with pytest.raises(TrackingNumberMistyped):
        acts(anna, asked.id, "ship_back", parcel=slip)
    sent = acts(anna, asked.id, "ship_back", parcel={"carrier": "dhl", "number": "jd0014600"})
    assert sent.facts["parcel"]["number"] == "JD0014600"
    assert (sent.state, sent.goods, sent.waiting_on) == (
        "in_transit_back",
        "on_way_back",
        "carrier",
    )
    arrives(house, sees(olga, asked.id).facts["back_shipment"])
    here = sees(halo.mei, asked.id)
    assert (here.state, here.goods, here.waiting_on) == ("inspecting", "with_shop", "seller")
    assert "accept_goods" not in [one.action for one in here.actions]

    checklist = {"right_item": True, "all_parts": True, "unused": True}
    acts(halo.mei, asked.id, "accept_goods_exchange", checklist=checklist)
    with pytest.raises(TrackingNumberMistyped):
        acts(halo.mei, asked.id, "ship_replacement", sent_parcel=slip)
    again = acts(
        halo.mei,
        asked.id,
        "ship_replacement",
        sent_parcel={"carrier": "dhl", "number": "JD0014601"},
    )
    assert (again.state, again.goods) == ("replacement_shipped", "on_way_to_buyer")
    arrives(house, sees(olga, asked.id).facts["sent_shipment"])
    done = sees(anna, asked.id)
    assert (done.state, done.money, done.actions) == ("completed", "none", [])
    told = [one["action"] for one in entries(anna, asked.conversation)]
    assert told == [
        "open",
        "offer_exchange",
        "accept",
        "ship_back",
        "arrived",
        "accept_goods_exchange",
        "ship_replacement",
        "delivered",
    ]


def test_money_is_asked_of_the_platform_and_each_stage_is_told(house: House) -> None:
    till = with_till(house)
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo))
    asked = sent_back(halo, anna, order)
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


def test_a_part_of_the_money_lets_the_thing_stay(house: House) -> None:
    till = with_till(house)
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = broken(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "offer_partial", amount=money(1_000))
    acts(anna, asked.id, "accept")
    house.passes(seconds=1)
    done = sees(anna, asked.id)
    assert (done.state, done.goods) == ("completed", "with_buyer")
    assert [one.amount.amount for one in till.paid.values()] == [1_000]


def test_what_is_kept_without_a_return_is_paid_whole(house: House) -> None:
    till = with_till(house)
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = broken(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "offer_partial", amount=money(1_000))
    acts(anna, asked.id, "decline")
    acts(halo.mei, asked.id, "approve_keep")
    house.passes(seconds=1)
    assert sees(anna, asked.id).state == "completed"
    assert [one.amount for one in till.paid.values()] == [SHOE]


def test_a_declined_offer_lets_the_shops_clock_go_on_where_it_stood(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = broken(anna, bought(halo, anna, shoes(halo)))
    assert asked.due is not None
    house.passes(hours=20)
    acts(halo.mei, asked.id, "offer_partial", amount=money(1_000))
    house.passes(hours=30)
    declined = acts(anna, asked.id, "decline")
    assert declined.due is not None
    assert declined.due.at == asked.due.at + timedelta(hours=30)

    acts(halo.mei, asked.id, "offer_repair")
    house.passes(days=5, hours=1)
    lapsed = sees(anna, asked.id)
    assert (lapsed.state, lapsed.waiting_on) == ("requested", "seller")


def test_a_question_to_the_buyer_stops_the_shops_clock_twice_at_most(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    assert asked.due is not None
    told = asked
    for _time in range(2):
        waits = acts(halo.mei, asked.id, "ask_info", info_wanted="Which size fits you?")
        assert waits.waiting_on == "buyer"
        house.passes(hours=10)
        told = acts(anna, asked.id, "provide_info", info="42")
    assert told.due is not None
    assert told.due.at == asked.due.at + timedelta(hours=20)
    with pytest.raises(TooOften):
        acts(halo.mei, asked.id, "ask_info", info_wanted="And the colour?")
    assert "ask_info" not in [one.action for one in sees(halo.mei, asked.id).actions]


def test_a_buyer_who_does_not_answer_may_ask_anew(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo))
    asked = wrong_size(anna, order)
    acts(halo.mei, asked.id, "ask_info", info_wanted="Which size fits you?")
    house.passes(days=3, hours=1)
    assert sees(anna, asked.id).state == "expired"
    assert wrong_size(anna, order).state == "requested"


def test_a_silent_shop_approves_and_a_silent_inspection_pays(house: House) -> None:
    till = with_till(house)
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    house.passes(hours=72.1)
    assert sees(anna, asked.id).state == "approved"
    with pytest.raises(NoCodeGiven):
        acts(anna, asked.id, "drop_off", sent_with_code="A-77")
    acts(anna, asked.id, "ship_back", parcel={"carrier": "dhl", "number": "JD0014600"})
    acts(halo.mei, asked.id, "arrived")
    house.passes(hours=72.1)
    house.passes(seconds=1)
    assert sees(anna, asked.id).state == "completed"
    assert len(till.paid) == 1


def test_an_approved_return_that_is_not_sent_lapses(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "approve_return")
    house.passes(days=10, hours=1)
    assert sees(anna, asked.id).state == "expired"


def test_a_refused_return_goes_before_the_marketplace_or_ends(house: House) -> None:
    halo, anna, ben = house.shop("halo"), house.buyer("anna"), house.buyer("ben")
    pair = shoes(halo)
    asked = wrong_size(anna, bought(halo, anna, pair))
    refused = acts(halo.mei, asked.id, "reject", refused_for="used", refusal="The soles are worn.")
    assert refused.due is not None
    assert refused.due.at - house.clock() == timedelta(days=5)
    disputed = acts(anna, asked.id, "open_dispute", statement="I only tried them on at home.")
    [child] = disputed.children
    assert (disputed.state, sees(anna, child).kind) == ("disputed", "dispute")

    other = wrong_size(ben, bought(halo, ben, pair))
    acts(halo.mei, other.id, "reject", refused_for="used", refusal="The soles are worn.")
    house.passes(days=5, hours=1)
    assert sees(ben, other.id).state == "rejected_final"
    with pytest.raises(Refusal):
        acts(ben, other.id, "open_dispute", statement="Too late.")


def test_what_the_dispute_decides_the_return_does(house: House) -> None:
    till = with_till(house)
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator("olga")
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "reject", refused_for="used", refusal="The soles are worn.")
    [child] = acts(anna, asked.id, "open_dispute", statement="I only tried them on.").children
    acts(anna, child, "request_review")
    acts(
        olga,
        child,
        "decide",
        outcome="refund",
        amount=money(2_000),
        clause="default-proper",
        reason_buyer="The photos show new soles.",
        reason_seller="The photos show new soles.",
    )
    house.passes(seconds=1)
    done = sees(anna, asked.id)
    assert (done.state, done.money) == ("completed", "done")
    assert [one.amount.amount for one in till.paid.values()] == [2_000]


def test_a_parcel_that_does_not_come_back_is_disputed_by_the_buyer_then_by_itself(
    house: House,
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "approve_return")
    acts(anna, asked.id, "ship_back", parcel={"carrier": "dhl", "number": "JD0014600"})
    with pytest.raises(NotYet):
        acts(anna, asked.id, "open_dispute", statement="Where is it?")
    house.passes(days=14)
    assert "open_dispute" in [one.action for one in sees(anna, asked.id).actions]
    house.passes(days=17, hours=1)
    disputed = sees(anna, asked.id)
    assert disputed.state == "disputed"
    assert "longer than the rules allow" in sees(anna, disputed.children[0]).facts["statement"]


def test_goods_with_another_serial_number_are_refused_in_one_form(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = sent_back(halo, anna, bought(halo, anna, shoes(halo)), serial="SN-1 001")
    with pytest.raises(SerialDiffers):
        acts(halo.mei, asked.id, "accept_goods", serial_seen="SN-2 002")
    photos = [file_of(halo.mei, asked.conversation)]
    form: dict[str, Any] = {
        "found": "serial_differs",
        "goods_photos": photos,
        "refusal": "This is not the pair we sold.",
    }
    with pytest.raises(SerialUnknown):
        acts(halo.mei, asked.id, "reject_goods", **form)
    unseen = {name: given for name, given in form.items() if name != "goods_photos"}
    for action in ("reject_goods", "accept_partly"):
        with pytest.raises(DetailsMissing, match="goods_photos"):
            acts(halo.mei, asked.id, action, **unseen)
    with pytest.raises(SerialSame):
        acts(halo.mei, asked.id, "reject_goods", **form, serial_seen="sn1001")
    film = [file_of(halo.mei, asked.conversation, "a.mp4", "video/mp4")]
    refused = acts(
        halo.mei, asked.id, "reject_goods", **form, serial_seen="SN-2 002", goods_video=film
    )
    assert house.db.read_now(conversations.file, anna.actor, AttachmentId(film[0]))[0]
    assert (refused.state, refused.goods) == ("rejected", "with_shop")
    assert house.db.read_now(conversations.file, anna.actor, AttachmentId(photos[0]))[0]
    looked = acts(halo.mei, asked.id, "look_again")
    assert looked.state == "inspecting"


def test_a_deduction_may_be_declined_and_holds_if_nobody_objects(house: House) -> None:
    till = with_till(house)
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = sent_back(halo, anna, bought(halo, anna, shoes(halo)))
    photos = [file_of(halo.mei, asked.conversation)]
    less: dict[str, Any] = {"amount": money(3_000), "found": "used", "goods_photos": photos}
    acts(halo.mei, asked.id, "accept_partly", **less)
    assert acts(anna, asked.id, "decline").state == "inspecting"
    acts(halo.mei, asked.id, "accept_partly", **less)
    house.passes(days=5, hours=1)
    house.passes(seconds=1)
    assert sees(anna, asked.id).state == "completed"
    assert [one.amount.amount for one in till.paid.values()] == [3_000]


def test_an_exchange_that_is_out_of_stock_becomes_money(house: House) -> None:
    till = with_till(house)
    halo, anna, ben = house.shop("halo"), house.buyer("anna"), house.buyer("ben")
    pair = shoes(halo, stock=1)
    other = {"product": pair.id, "variant": pair.variants[1].id}
    asked = wrong_size(anna, bought(halo, anna, pair))
    acts(halo.mei, asked.id, "offer_exchange", replacement=other)
    late = wrong_size(ben, bought(halo, ben, pair))
    with pytest.raises(NotInStock):
        acts(halo.mei, late.id, "offer_exchange", replacement=other)

    acts(anna, asked.id, "accept")
    acts(anna, asked.id, "ship_back", parcel={"carrier": "dhl", "number": "JD0014600"})
    acts(halo.mei, asked.id, "arrived")
    with pytest.raises(OtherRemedyAgreed):
        acts(halo.mei, asked.id, "accept_goods")
    acts(halo.mei, asked.id, "accept_goods_exchange")
    acts(halo.mei, asked.id, "out_of_stock")
    house.passes(seconds=1)
    assert sees(anna, asked.id).state == "completed"
    assert len(till.paid) == 1
    assert acts(halo.mei, late.id, "offer_exchange", replacement=other).state == "exchange_offered"


def test_a_repair_that_fails_gives_the_money_back(house: House) -> None:
    till = with_till(house)
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = broken(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "offer_repair")
    [child] = acts(anna, asked.id, "accept").children
    acts(halo.mei, child, "check")
    acts(halo.mei, child, "in_warranty", way="drop_off", centre="Cobbler, 2 Sole Street")
    acts(anna, child, "handed_over")
    acts(halo.mei, child, "received")
    paper = [file_of(halo.mei, asked.conversation)]
    acts(halo.mei, child, "irreparable", conclusion=paper)
    assert acts(halo.mei, child, "give_back").state == "closed_refunded"
    house.passes(seconds=1)
    done = sees(anna, asked.id)
    assert (done.state, done.money) == ("completed", "done")
    assert [one.amount for one in till.paid.values()] == [SHOE]


def test_a_repair_that_advice_settles_ends_the_return(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = broken(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "offer_repair")
    repaired = acts(anna, asked.id, "accept")
    [child] = repaired.children
    assert (repaired.state, sees(anna, child).facts["fault"]) == ("in_repair", "The sole is loose.")
    acts(halo.mei, child, "advise", advice="Press it on.")
    acts(anna, child, "fixed")
    assert sees(anna, asked.id).state == "completed"


def test_a_repair_that_is_called_off_brings_the_return_back_to_the_shop(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = broken(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "offer_repair")
    [child] = acts(anna, asked.id, "accept").children
    acts(anna, child, "cancel")
    again = sees(halo.mei, asked.id)
    assert (again.state, again.waiting_on) == ("requested", "seller")
    assert again.due is not None


def test_a_label_names_everybody_in_their_own_letters_and_bears_a_code(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    with pytest.raises(NoLabelHere):
        label(anna, asked)
    acts(halo.mei, asked.id, "approve_return")
    with pytest.raises(NoReturnAddress):
        label(anna, asked)
    ben = house.buyer("ben")
    other = wrong_size(ben, bought(halo, ben, shoes(halo)))
    acts(
        halo.mei,
        other.id,
        "approve_return",
        return_to="ул. Ленина 5, Москва",
        drop_off_code="A-77",
    )
    assert (sees(ben, other.id).facts["drop_off_code"], label(ben, other).drop_off_code) == (
        "A-77",
        "A-77",
    )
    with pytest.raises(CodeDiffers):
        acts(ben, other.id, "drop_off", sent_with_code="A-78")
    assert acts(ben, other.id, "drop_off", sent_with_code="a 77").state == "in_transit_back"
    assert draw(label(anna, asked), "ru", find_font("")).startswith(b"%PDF")
    acts(anna, asked.id, "address_label", return_from="南京路 1 号, 上海")
    printed = label(anna, asked)
    assert (printed.sender, printed.sender_address) == (anna.actor.name, "南京路 1 号, 上海")
    assert printed.address == "ул. Ленина 5, Москва"
    assert re.fullmatch("R-[0-9A-F]{12}", printed.number)

    font = find_font("")
    drawn = ImageFont.truetype(font, 40)
    none = mask_of(drawn, "\uffff")
    assert all(mask_of(drawn, letter) != none for letter in "王小明АннаЛени")
    assert number_in(picture_in(draw(printed, "zh", font))) == printed.number
    with pytest.raises(NoLabelFont):
        find_font("no-such-file")


def label(person: Person, case: CaseShown) -> Label:
    return person.house.db.read_now(label_of, person.actor, case.id, "ru")


# ── what is refused before anything is written ──────────────────────────────────────────────


def test_the_rules_are_told_before_and_hold_when_it_is_asked_for(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo))
    house.clock.passes(days=20)
    assert not preview(anna, order, "size_fit").allowed
    with pytest.raises(NotReturnable) as refused:
        wrong_size(anna, order)
    assert "Nothing is wrong with it" in str(refused.value.facts["words"])


def test_a_defect_is_shown_from_every_side_or_it_is_said_why_not(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo))
    talk = anna.begins(halo, order)
    shots = shots_of(anna, talk)
    with pytest.raises(PhotosMissing) as missing:
        broken(anna, order, shots=shots[:3])
    assert "packaging" in str(missing.value.facts["missing"])
    given = broken(anna, order, shots=None, why_no_photos="My camera is broken.")
    assert given.state == "requested"
    acts(anna, given.id, "cancel")

    counts = house.db.read_now(knowledge.policy, "ozon_like", 1).body
    strict = replace(counts, evidence=replace(counts.evidence, reason_for_photos=False))
    house.db.write_now(knowledge.publish, house.operator().actor, Publish(strict, after=1))
    with pytest.raises(PhotosMissing):
        broken(anna, order, shots=None, why_no_photos="My camera is broken.")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": "damaged"}, ReasonElsewhere),
        ({"lines": [{"line": new_id(), "quantity": 1}]}, NoSuchLine),
        ({"lines": "twice"}, LineTwice),
        ({"lines": "more"}, MoreThanBought),
        ({"condition": "defective", "reason": "defective", "why_no_photos": "None."}, FaultUntold),
        ({"condition": "wet"}, Refusal),
        ({"lines": []}, Refusal),
        ({"amount": {"amount": 5, "currency": "EUR"}}, Refusal),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(
    house: House, change: dict[str, Any], refusal: type[Refusal]
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo), quantity=2)
    line = order.lines[0].id
    named = {"twice": [{"line": line}, {"line": line}], "more": [{"line": line, "quantity": 3}]}
    if isinstance(change.get("lines"), str):
        change = {"lines": named[change["lines"]]}
    with pytest.raises(refusal):
        wrong_size(anna, order, **change)
    assert wrong_size(anna, order).number == 1


def test_what_went_back_does_not_go_back_again(house: House) -> None:
    with_till(house)
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = bought(halo, anna, shoes(halo), quantity=2)
    asked = wrong_size(anna, order)
    acts(halo.mei, asked.id, "approve_keep")
    house.passes(seconds=1)
    with pytest.raises(MoreThanBought):
        wrong_size(anna, order, lines=[{"line": order.lines[0].id, "quantity": 2}])
    assert wrong_size(anna, order).state == "requested"


def test_photos_are_photos_of_this_conversation_by_this_buyer(house: House) -> None:
    halo, anna, ben = house.shop("halo"), house.buyer("anna"), house.buyer("ben")
    order = bought(halo, anna, shoes(halo))
    talk = anna.begins(halo, order)
    elsewhere = ben.begins(halo, bought(halo, ben, shoes(halo)))
    for file, refusal in (
        (file_of(anna, talk, "a.pdf", "application/pdf"), NotAPicture),
        (file_of(anna, talk, "a.mp4", "video/mp4"), NotAPicture),
        (file_of(halo.mei, talk), NoSuchAttachment),
        (file_of(ben, elsewhere), NoSuchAttachment),
        (new_id(), NoSuchAttachment),
    ):
        with pytest.raises(refusal):
            wrong_size(anna, order, shots=[{"file": file, "shows": "whole_item"}])
    with pytest.raises(NotAPicture):
        wrong_size(anna, order, video=[file_of(anna, talk)])
    film = file_of(anna, talk, "a.mp4", "video/mp4")
    assert sees(halo.mei, wrong_size(anna, order, video=[film]).id).facts["video"] == [film]
    assert house.db.read_now(conversations.file, halo.mei.actor, AttachmentId(film))[0]


def under(house: House, **changes: Any) -> None:
    """Let the marketplace go by other rules from now on."""
    body = replace(shipped.profile("ozon_like"), **changes)
    olga = house.operator("olga")
    house.db.write_now(knowledge.publish, olga.actor, Publish(body, after=1))


def test_the_reasons_to_choose_from_are_those_of_the_rules(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    itchy: Words = {"en": "It itches", "ru": "Колется", "zh": "扎人"}
    own = Reason("itchy", Condition.PROPER, defect=False, words=itchy)
    theirs = [one for one in shipped.profile("ozon_like").reasons if one.code != "size_fit"]
    under(house, reasons=[*theirs, own])
    order = bought(halo, anna, shoes(halo))
    form = house.db.read_now(service.form, "return", halo.shop.slug)
    asked = {field.name: field for field in form.asks}
    assert ("itchy" in asked["reason"].choices, "size_fit" in asked["reason"].choices) == (
        True,
        False,
    )
    assert "itchy" in asked["reason"].within["condition"]["proper"]
    assert asked["reason"].words == {"itchy": itchy}
    with pytest.raises(DetailMalformed):
        wrong_size(anna, order)
    taken = wrong_size(anna, order, reason="itchy")
    assert taken.verdict is not None
    assert taken.verdict.reason == "itchy"
    view = house.db.read_now(see_case, anna.actor, taken.id, "ru")
    assert ["Колется"] in [given.words for given in view.done[0].given]


MB = 1024 * 1024


@pytest.mark.parametrize(
    ("limits", "given", "refusal"),
    [
        ({"photo_max_mb": 1}, {"shots": [MB + 1]}, FilesTooLarge),
        ({"total_max_mb": 1}, {"shots": [MB // 2], "video": [MB]}, FilesTooLarge),
        ({"photos_max": 1}, {"shots": [1, 1]}, PhotosTooMany),
        ({"videos_max": 0}, {"video": [1]}, VideosTooMany),
        ({"comment_max": 3}, {"fault": "Torn."}, WordsTooMany),
    ],
)
def test_no_more_evidence_is_taken_than_the_rules_say(
    house: House, limits: dict[str, int], given: dict[str, Any], refusal: type[Refusal]
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    under(house, evidence=EvidenceRules(**limits))  # type: ignore[arg-type]
    order = bought(halo, anna, shoes(halo))
    talk = anna.begins(halo, order)
    sizes, films = given.get("shots", []), given.get("video", [])
    shots = [{"file": file_of(anna, talk, size=size), "shows": "packaging"} for size in sizes]
    video = [file_of(anna, talk, "a.mp4", "video/mp4", size) for size in films]
    filled = {**given, **({"shots": shots} if shots else {}), **({"video": video} if video else {})}
    with pytest.raises(refusal):
        wrong_size(anna, order, **filled)
    asked = wrong_size(anna, order)
    acts(halo.mei, asked.id, "ask_info", info_wanted="Show it, please.")
    filled.pop("fault", None)
    if filled:
        with pytest.raises(refusal):
            acts(anna, asked.id, "provide_info", info="So", **filled)


def test_a_buyer_wishes_for_what_the_clause_offers(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    rules = [
        replace(rule, options=["refund"]) if rule.id == "default-proper" else rule
        for rule in shipped.profile("ozon_like").rules
    ]
    under(house, rules=rules)
    order = bought(halo, anna, shoes(halo))
    with pytest.raises(NotAnOption, match="Money back"):
        wrong_size(anna, order, wish="exchange", wished="42")
    assert wrong_size(anna, order, wish="part").state == "requested"


def test_nothing_dearer_is_sent_instead(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    pair = shoes(halo)
    asked = wrong_size(anna, bought(halo, anna, pair))
    boots = halo.sells("boot", price=Money(SHOE.amount + 1, "EUR"))
    with pytest.raises(ExchangeDearer):
        acts(halo.mei, asked.id, "offer_exchange", replacement={"product": boots.id})
    socks = halo.sells("sock", price=Money(SHOE.amount, "EUR"))
    offered = acts(halo.mei, asked.id, "offer_exchange", replacement={"product": socks.id})
    assert offered.state == "exchange_offered"


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        (money(SHOE.amount), AmountTooHigh),
        (money(0), AmountTooHigh),
        (money(-5), Refusal),
        (money(100, "USD"), OtherCurrency),
        ({"amount": 1.5, "currency": "EUR"}, Refusal),
    ],
)
def test_a_part_is_less_than_the_whole_and_of_its_currency(
    house: House, amount: dict[str, Any], refusal: type[Refusal]
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = broken(anna, bought(halo, anna, shoes(halo)))
    with pytest.raises(refusal):
        acts(halo.mei, asked.id, "offer_partial", amount=amount)
    assert sees(anna, asked.id) == asked


def test_only_what_is_broken_is_repaired_and_only_by_whom_it_is_for(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    with pytest.raises(NoDefect):
        acts(halo.mei, asked.id, "offer_repair")
    with pytest.raises(NotYourMove):
        acts(anna, asked.id, "approve_return")
    with pytest.raises(NoSuchMove):
        acts(halo.mei, asked.id, "ship_replacement", sent_parcel={"carrier": "x", "number": "1"})


def test_a_complex_thing_under_an_old_warranty_needs_a_conclusion(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    phone = halo.sells("phone", category="Smartphones")
    order = bought(halo, anna, phone)
    talk = anna.begins(halo, order)
    given: dict[str, Any] = {
        "lines": [{"line": order.lines[0].id, "quantity": 1}],
        "condition": "warranty",
        "reason": "warranty",
        "fault": "It does not charge.",
        "shots": shots_of(anna, talk),
    }
    with pytest.raises(ConclusionMissing):
        opens(anna, order, **given)
    paper = file_of(anna, talk, "conclusion.pdf", "application/pdf")
    assert opens(anna, order, **given, conclusion=[paper]).state == "requested"
