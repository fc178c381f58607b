"""Did this help? Asked once, answered by whom it concerns, and nobody can change it."""

import msgspec
import pytest

from shopbell.accounts.model import Letter
from shopbell.conversations.conduct import service as conduct
from shopbell.conversations.conduct.model import Grievance, Report
from shopbell.conversations.model import ConversationId
from shopbell.conversations.satisfaction import service
from shopbell.conversations.satisfaction.model import Answer, Asked
from shopbell.conversations.satisfaction.refusals import (
    NotAsked,
    OnlyItsBuyerRates,
    RatedAlready,
    RatingOver,
)
from shopbell.conversations.turns import State
from shopbell.engine import outbox
from tests.support.browsing import Door, checked
from tests.support.house import Counter, House, Person


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo")


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


def resolved(halo: Counter, anna: Person) -> ConversationId:
    """Ask, answer, and resolve."""
    talk = anna.asks(halo, halo.sells(f"lamp{halo.house.clock():%j}"), "Is it paper?")
    halo.mei.answers(talk, "Rice paper.")
    halo.mei.does(talk, "resolve")
    return talk


def seen(person: Person, talk: ConversationId) -> Asked:
    return person.house.db.read_now(service.asked, person.actor, talk)


def says(person: Person, talk: ConversationId, answer: Answer) -> Asked:
    return person.house.db.write_now(service.answer, person.actor, talk, answer)


def link_in_the_letter(house: House) -> str:
    """Return the token in the letter that waits to be mailed."""
    [letter] = [
        job.body for job in house.db.read_now(outbox.waiting, Letter) if "/rate/" in job.body
    ]
    body: str = msgspec.json.decode(letter)["body"]
    return body.partition("/rate/")[2].split()[0]


def test_a_buyer_is_asked_and_says_more_later(halo: Counter, anna: Person) -> None:
    talk = resolved(halo, anna)
    assert seen(anna, talk).asked
    assert not seen(halo.mei, talk).asked
    assert says(anna, talk, Answer(helped=True)) == says(anna, talk, Answer(helped=True))
    more = says(anna, talk, Answer(helped=True, stars=5, words="Quick."))
    assert (more.asked, more.stars, more.words) == (False, 5, "Quick.")
    with pytest.raises(RatedAlready):
        says(anna, talk, Answer(helped=False, stars=5, words="Quick."))
    with pytest.raises(OnlyItsBuyerRates):
        says(halo.mei, talk, Answer(helped=True, stars=1))
    assert (seen(halo.mei, talk).stars, seen(halo.mei, talk).words) == (5, "Quick.")
    assert anna.sees(talk).state is State.RESOLVED


def test_not_yet_takes_it_up_again_once(halo: Counter, anna: Person) -> None:
    talk = resolved(halo, anna)
    for _ in range(2):
        says(anna, talk, Answer(helped=False, words="It is torn."))
    assert halo.mei.reads(talk)[-1] == "It is torn."
    assert halo.mei.reads(talk).count("It is torn.") == 1
    assert anna.sees(talk).state is State.WAITING_SELLER


def test_who_would_rather_not_say_is_let_be(halo: Counter, anna: Person) -> None:
    """The question is gone on every device; a link in a letter still takes an answer."""
    talk, house = resolved(halo, anna), anna.house
    with pytest.raises(OnlyItsBuyerRates):
        house.db.write_now(service.decline, halo.mei.actor, talk)
    for _ in range(2):
        assert not house.db.write_now(service.decline, anna.actor, talk).asked
    assert seen(anna, talk) == Asked()
    house.db.write_now(service.answer_letter, link_in_the_letter(house), Answer(helped=True))
    assert seen(anna, talk).helped
    assert house.db.write_now(service.decline, anna.actor, talk).helped


def test_the_thread_says_once_what_was_said(halo: Counter, anna: Person) -> None:
    talk = resolved(halo, anna)
    for said in (Answer(helped=True), Answer(helped=True, stars=4, words="Quick.")):
        says(anna, talk, said)
    assert [one.type for one in halo.mei.events(talk)][-2:] == ["resolve", "said_helped"]


def test_who_resolves_it_themselves_gets_no_letter_about_it(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "Is it paper?")
    halo.mei.answers(talk, "Rice paper.")
    anna.does(talk, "resolve")
    assert seen(anna, talk).asked
    letters = house.db.read_now(outbox.waiting, Letter)
    assert [job for job in letters if "/rate/" in job.body] == []


def test_nobody_is_asked_twice_in_a_month_nor_in_a_quarrel(
    house: House, halo: Counter, anna: Person
) -> None:
    first = resolved(halo, anna)
    house.passes(days=2)
    second = resolved(halo, anna)
    assert seen(anna, second) == Asked()
    house.passes(days=29)
    third = anna.asks(halo, None, "And this?")
    answered = halo.mei.answers(third, "No.")
    report = Report(answered.seq, Grievance.RUDE, "")
    house.db.write_now(conduct.report, anna.actor, third, report)
    halo.mei.does(third, "resolve")
    assert seen(anna, third) == Asked()
    with pytest.raises(NotAsked):
        says(anna, third, Answer(helped=True))
    with pytest.raises(RatingOver):
        says(anna, first, Answer(helped=True))


def test_a_letter_asks_by_a_link_that_works_once(
    house: House, halo: Counter, anna: Person, door: Door
) -> None:
    talk = resolved(halo, anna)
    path, stranger = f"/rate/{link_in_the_letter(house)}", door()
    for _ in range(2):
        assert 'name="helped"' in checked(stranger.get(path, params={"lang": "ru"}))
    said = {"helped": "yes", "stars": "4", "words": "<b>Fine</b>"}
    assert 'role="status"' in checked(stranger.post(path, data=said))
    assert stranger.post(path, data=said).status_code == 404
    assert seen(halo.mei, talk).stars == 4
    page = checked(door(anna).get(f"/rate/talk/{talk}", params={"lang": "zh"}))
    assert "&lt;b&gt;Fine" in page
    assert door(house.buyer("lin")).get(f"/rate/talk/{talk}").status_code == 404
    assert door(anna).post(f"/rate/talk/{talk}", data={"stars": "9"}).status_code == 404
