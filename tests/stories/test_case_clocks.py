"""What happens to a case in time: who is too late, who is called, and who may act then."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from shopbell.cases import service
from shopbell.cases.clocks import HALF
from shopbell.cases.jobs import DEADLINES
from shopbell.cases.model import Party
from shopbell.cases.refusals import NotYet, TooLate
from shopbell.cases.shown import CaseShown
from shopbell.commerce.hours import Hours
from shopbell.kernel.texts import LOCALES
from shopbell.knowledge.model import Length
from tests.support.house import Counter, House, Person
from tests.support.returns import (
    acts,
    bought,
    entries,
    file_of,
    money,
    opens,
    sees,
    sent_back,
    shoes,
    wrong_size,
)
from tests.support.rules import goes_by

FRIDAY_NOON = datetime(2026, 5, 8, 12, tzinfo=UTC)
"""Two in the afternoon, where the shop is."""

RULING = {
    "outcome": "refund",
    "clause": "§1",
    "reason_buyer": "The shop said nothing.",
    "reason_seller": "You said nothing.",
}


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo")


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


def may(person: Person, case: CaseShown) -> set[str]:
    """Return what somebody may do in a case now."""
    return {one.action for one in sees(person, case.id).actions}


def test_who_had_their_time_is_too_late_though_nothing_has_followed_yet(
    house: House, halo: Counter, anna: Person
) -> None:
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    assert asked.due is not None
    house.clock.passes(hours=73)  # and nobody looks at the deadlines
    with pytest.raises(TooLate) as late:
        acts(halo.mei, asked.id, "reject", refused_for="used", refusal="They were worn.")
    assert late.value.facts == {"until": asked.due.at.isoformat(timespec="minutes")}
    assert late.value.allowed == []
    assert sees(anna, asked.id) == asked
    assert acts(anna, asked.id, "cancel").state == "cancelled"


def test_who_is_only_called_to_act_still_may(house: House, halo: Counter, anna: Person) -> None:
    asked = opens(anna, bought(halo, anna, shoes(halo)), "question", question="Is it leather?")
    house.clock.passes(hours=25)
    assert acts(halo.mei, asked.id, "answer", answer="Yes.").state == "answered"


def test_where_silence_decides_nothing_the_buyer_goes_before_the_marketplace(
    house: House, halo: Counter, anna: Person
) -> None:
    goes_by(house, "ebay_like")
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    with pytest.raises(NotYet):
        acts(anna, asked.id, "open_dispute", statement="Nobody answers.")
    house.passes(hours=73)
    disputed = acts(anna, asked.id, "open_dispute", statement="Nobody answers.")
    assert (disputed.state, disputed.waiting_on) == ("disputed", "operator")
    [dispute] = disputed.children
    house.passes(days=4)
    acts(house.operator(), dispute, "decide", **RULING)
    assert sees(anna, asked.id).state == "refund_due"


def test_where_the_operator_is_called_the_operator_can_have_it_decided(
    house: House, halo: Counter, anna: Person
) -> None:
    goes_by(house, "ebay_like", inspection=Length(2, "days", "operator_asked"))
    asked = sent_back(halo, anna, bought(halo, anna, shoes(halo)))
    olga = house.operator()
    assert may(olga, asked) == set()
    house.passes(days=3)
    assert may(olga, asked) == {"open_dispute"}
    [dispute] = acts(olga, asked.id, "open_dispute", statement="The shop is silent.").children
    assert sees(olga, dispute).facts["statement"] == "The shop is silent."


def test_for_a_shop_that_does_not_look_for_a_parcel_the_operator_does(
    house: House, halo: Counter, anna: Person
) -> None:
    olga = house.operator()
    order = bought(halo, anna, shoes(halo))
    for step, leads_to in (("declare_lost", "remedy"), ("open_trace", "trace_open")):
        asked = opens(anna, order, "logistics_inquiry", concern="not_received")
        assert (asked.state, may(olga, asked)) == ("seller_to_check", set())
        house.passes(hours=49)
        assert acts(olga, asked.id, step).state == leads_to
        acts(anna, asked.id, "cancel")


def test_the_turn_follows_the_case(house: House, halo: Counter, anna: Person) -> None:
    order = bought(halo, anna, shoes(halo))
    asked = opens(anna, order, "logistics_inquiry", concern="not_received")
    turns = []
    for _promise in range(2):
        day = str(house.clock().date())
        eta = {"earliest": day, "latest": day, "zone": "Europe/Berlin"}
        acts(halo.mei, asked.id, "give_eta", eta=eta, eta_reason="weather")
        turns.append(anna.sees(asked.conversation).waiting_on)
        house.passes(days=2)
        turns.append(anna.sees(asked.conversation).waiting_on)
    assert turns == ["carrier", "seller", "carrier", "operator"]


def test_what_the_rules_approve_is_the_buyers_turn_unless_they_have_asked_something(
    house: House, halo: Counter, anna: Person
) -> None:
    order = bought(halo, anna, shoes(halo))
    talk = wrong_size(anna, order).conversation
    house.passes(hours=73)
    assert anna.sees(talk).waiting_on == "buyer"
    other = wrong_size(anna, bought(halo, anna, shoes(halo)))
    anna.says(other.conversation, "Which box?")
    house.passes(hours=73)
    assert sees(anna, other.id).state == "approved"
    assert anna.sees(other.conversation).waiting_on != "buyer"


def test_warnings_reach_whoever_must_act(house: House, halo: Counter, anna: Person) -> None:
    def warned(case: CaseShown, party: Party) -> list[str]:
        """Return in which streams a warning of a case stands, once its time is half over."""
        assert case.waiting_on is party
        before = [len(halo.mei.events(case.conversation, audience)) for audience in "pn"]
        house.db.write_now(DEADLINES[HALF], case.id)
        after = [len(halo.mei.events(case.conversation, audience)) for audience in "pn"]
        return [name for name, old, new in zip("pn", before, after, strict=True) if new > old]

    order = bought(halo, anna, shoes(halo))
    asked = wrong_size(anna, order)
    assert warned(asked, Party.SELLER) == ["n"]
    wanted = acts(halo.mei, asked.id, "ask_info", info_wanted="Which size?")
    assert warned(wanted, Party.BUYER) == ["p"]
    acts(anna, asked.id, "provide_info", info="41.")
    acts(halo.mei, asked.id, "reject", refused_for="used", refusal="They were worn.")
    [child] = acts(anna, asked.id, "open_dispute", statement="They were not.").children
    assert warned(sees(anna, child), Party.BOTH) == ["p"]
    assert warned(acts(anna, child, "request_review"), Party.OPERATOR) == []
    lost = opens(anna, order, "logistics_inquiry", concern="not_received")
    assert warned(acts(halo.mei, lost.id, "open_trace"), Party.CARRIER) == ["n"]


def test_what_was_warned_of_is_not_warned_of_again_after_a_pause(
    house: House, halo: Counter, anna: Person
) -> None:
    def warned() -> int:
        return sum(event.type == "case" for event in halo.mei.events(asked.conversation, "n"))

    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    assert asked.due is not None
    house.passes(hours=40)  # of 72
    reminded = warned()
    acts(halo.mei, asked.id, "ask_info", info_wanted="Which size?")
    house.passes(hours=1)
    again = acts(anna, asked.id, "provide_info", info="41.")
    assert again.due is not None
    assert house.clock() - again.due.since == timedelta(hours=40)
    house.passes(hours=20)
    assert warned() == reminded


def test_a_date_says_how_long_by_which_rule_and_from_when_and_so_does_the_thread(
    house: House, halo: Counter, anna: Person
) -> None:
    goes_by(house, "ebay_like", inspection=Length(3, "business_hours", "auto_refund"))
    asked = sent_back(halo, anna, bought(halo, anna, shoes(halo)))
    assert asked.due is not None
    assert asked.due.why["en"] == (
        "Checking what came back: 3 hours of the shop’s opening time. "
        "After that the money is paid back by itself. "
        "It counts from “The shop checks what came back”, under “eBay-like rules”, version 2."
    )
    told = entries(anna, asked.conversation)[-1]
    assert told["due"]["why"] == asked.due.why
    assert asked.due.why.keys() == set(LOCALES)


def test_an_inspection_that_stood_still_over_the_weekend_goes_on_when_the_shop_opens(
    house: House, anna: Person
) -> None:
    goes_by(house, "ebay_like")
    halo = house.shop("halo", hours=[Hours(day, "09:00", "18:00") for day in range(5)])
    order = bought(halo, anna, shoes(halo))
    house.clock.now = FRIDAY_NOON
    asked = sent_back(halo, anna, order)
    assert asked.due is not None
    assert asked.due.at == FRIDAY_NOON + timedelta(days=4, hours=10)  # Tuesday at midnight, there
    photo = file_of(halo.mei, asked.conversation)
    found = {"amount": money(4_000), "found": "used", "goods_photos": [photo]}
    acts(halo.mei, asked.id, "accept_partly", **found)
    house.passes(days=1)
    again = acts(anna, asked.id, "decline")
    assert again.due is not None
    # 4 hours of Friday and two days of 9 were left: from Monday at 9 to Wednesday at 13, there
    assert again.due.at == FRIDAY_NOON + timedelta(days=4, hours=23)
    assert "The clock was stopped for a while in between." in again.due.why["en"]


def test_what_has_the_earliest_consequence_is_listed_first_on_every_page(
    house: House, halo: Counter, anna: Person
) -> None:
    asked = opens(anna, bought(halo, anna, shoes(halo)), "question", question="Is it leather?")
    first = wrong_size(anna, bought(halo, anna, shoes(halo)))
    second = wrong_size(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, first.id, "reject", refused_for="used", refusal="They were worn.")
    [child] = acts(anna, first.id, "open_dispute", statement="They were not.").children
    seen = {one: sees(anna, one).due for one in (asked.id, first.id, second.id, child)}
    assert seen[first.id] is None
    due_at = {one: due.at for one, due in seen.items() if due}
    listed, after = [], ""
    for size in (2, 2):
        seek = partial(service.cases, after=after, limit=2)
        page = house.db.read_now(seek, halo.mei.actor)
        assert len(page.items) == size
        listed += [one.id for one in page.items]
        after = page.next or ""
    assert listed == [*sorted(due_at, key=due_at.__getitem__), first.id]
    assert after == ""
