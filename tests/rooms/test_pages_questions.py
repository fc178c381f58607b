"""The operator's page of questions that no shop answered."""

import re

import pytest

from shopbell.conversations.model import ConversationId
from shopbell.conversations.turns import State
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import text
from tests.support.browsing import Door, checked, hidden
from tests.support.house import Counter, House, Person


@pytest.fixture
def olga(house: House) -> Person:
    return house.operator()


@pytest.fixture
def unanswered(house: House, talk: ConversationId) -> ConversationId:
    """Let a shop be silent until the ladder has come to its end."""
    house.passes(hours=30)
    house.passes(hours=1)
    return talk


def test_what_no_shop_answered_stands_on_the_landing_and_nothing_else(
    door: Door, house: House, halo: Counter, unanswered: ConversationId, olga: Person
) -> None:
    boris = house.buyer("boris")
    calm = boris.asks(halo, halo.sells("teapot"), "Is it blue?")
    page = checked(door(olga).get("/console"))
    assert f"/console/questions/{unanswered}" in page
    assert "Is the lamp paper?" in page
    assert calm not in page


def test_the_operator_writes_to_both_and_it_is_the_shops_turn_again(
    door: Door, anna: Person, halo: Counter, unanswered: ConversationId, olga: Person
) -> None:
    browser, here = door(olga), f"/console/questions/{unanswered}"
    form = {**hidden(checked(browser.get(here))), "do": "write", "text": "Halo, please answer."}
    for _twice in range(2):
        assert browser.post(here, data=form).headers["location"] == f"{here}?done=true"
    checked(browser.get(f"{here}?done=true"))
    assert anna.reads(unanswered) == halo.mei.reads(unanswered)
    assert anna.reads(unanswered)[-1] == "Halo, please answer."
    assert anna.sees(unanswered).state is State.WAITING_SELLER
    assert here not in checked(browser.get("/console"))


def test_the_operator_closes_a_question(
    door: Door, anna: Person, unanswered: ConversationId, olga: Person
) -> None:
    browser, here = door(olga), f"/console/questions/{unanswered}"
    assert browser.post(here, data={"cmid": new_id(), "do": "settle"}).status_code == 303
    assert anna.sees(unanswered).state is State.RESOLVED
    assert here not in checked(browser.get("/console"))


def test_words_that_are_refused_stay_in_the_form(
    door: Door, unanswered: ConversationId, olga: Person
) -> None:
    browser, here = door(olga), f"/console/questions/{unanswered}"
    words = "Long. " * 2_000
    page = checked(browser.post(here, data={"cmid": new_id(), "text": words}), 413)
    assert words.strip() in page


def test_nobody_else_sees_or_does_it(
    door: Door, anna: Person, halo: Counter, unanswered: ConversationId
) -> None:
    here = f"/console/questions/{unanswered}"
    for person in (anna, halo.mei):
        browser = door(person)
        assert browser.get(here).status_code == 403
        assert browser.post(here, data={"cmid": new_id(), "text": "Me."}).status_code == 403
    assert anna.reads(unanswered) == ["Is the lamp paper?"]


def test_a_link_leads_to_its_message_in_a_conversation_however_long(
    door: Door, house: House, anna: Person, talk: ConversationId, olga: Person
) -> None:
    for n in range(320):
        anna.says(talk, f"And {n}?")
        house.passes(seconds=20)
    head, here = anna.sees(talk).head, f"/console/questions/{talk}"

    def stands(page: str) -> list[int]:
        return [int(seq) for seq in re.findall(r'id="p(\d+)"', page)]

    browser = door(olga)
    newest = checked(browser.get(here))
    assert stands(newest)[-1] == head
    assert text("en", "questions.cut") in newest
    early = checked(browser.get(f"{here}?at=2"))
    assert 2 in stands(early)
    assert text("en", "questions.around") in early
    assert f'href="{here}"' in early
    assert f'href="{here}?uncovered=true&amp;at=2"' in early
    assert {head - 250, head - 151} <= set(stands(checked(browser.get(f"{here}?at={head - 250}"))))
    for past in (head, head + 5, 10**30, -3):
        assert checked(browser.get(f"{here}?at={past}")).count('id="p') == newest.count('id="p')
