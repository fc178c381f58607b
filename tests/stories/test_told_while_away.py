"""Somebody of a team is away: a letter tells what was given to them, and what they put off."""

from datetime import timedelta

import pytest

from shopbell.accounts import staff
from shopbell.accounts.model import Letter
from shopbell.accounts.wishes import service as wishes
from shopbell.accounts.wishes.model import Kind, Way
from shopbell.conversations.model import ConversationId
from shopbell.desk import seating
from shopbell.desk.model import Attendance, Mode
from shopbell.desk.together import reminding
from shopbell.desk.together.model import RemindMe
from shopbell.kernel.texts import text
from tests.support.house import Counter, House, Person
from tests.support.team import comes, gives, rules


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "oleg", "vera"])


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


@pytest.fixture
def talk(halo: Counter, anna: Person) -> ConversationId:
    return anna.asks(halo, None, "Is the lamp paper?")


@pytest.fixture
def left(house: House, monkeypatch: pytest.MonkeyPatch) -> list[Letter]:
    """Gather the letters that are left to be mailed."""
    letters: list[Letter] = []

    async def take(job: Letter) -> None:
        letters.append(job)

    monkeypatch.setitem(house.app.jobs, Letter, take)  # type: ignore[misc]
    return letters


def told(left: list[Letter]) -> list[tuple[str, str]]:
    return [(one.kind, one.to) for one in left]


def wants(of: Person, kind: Kind, *, off: bool) -> None:
    of.house.db.write_now(wishes.switch, of.actor.id, kind, Way.MAIL, off=off)


def attends(*people: Person) -> None:
    for one in people:
        assert one.actor.shop
        one.house.db.write_now(seating.attend, [(one.actor.shop, one.actor.id)])


def remind(of: Person, talk: ConversationId) -> None:
    wanted = RemindMe(of.house.clock() + timedelta(hours=1), text="A secret")
    of.house.db.write_now(reminding.remind, of.actor, talk, wanted)


def test_who_is_away_is_told_by_letter_that_a_colleague_handed_something_over(
    house: House, halo: Counter, anna: Person, talk: ConversationId, left: list[Letter]
) -> None:
    more = [anna.asks(halo, halo.sells(name), "And this?") for name in ("sofa", "vase")]
    for one in (talk, *more):
        gives(halo.mei, one, halo.oleg)
    house.passes(minutes=4)
    assert left == [], "they may be looking at it"
    house.passes(minutes=2)
    [letter] = left
    assert (letter.kind, letter.to) == ("handed", house.address("oleg"))
    assert letter.subject == text("en", "accounts.handed_letter_subject", by="Mei")
    assert f"/desk/{talk}" in letter.body
    assert "Anna" not in letter.body, "buyers go, and letters stay"

    house.passes(hours=2)
    gives(halo.mei, anna.asks(halo, halo.sells("rug"), "And that?"), halo.oleg)
    house.passes(minutes=6)
    assert told(left) == [("handed", house.address("oleg"))] * 2


def test_who_is_at_the_desk_or_took_it_or_gave_it_on_gets_no_letter(
    house: House, halo: Counter, anna: Person, talk: ConversationId, left: list[Letter]
) -> None:
    comes(halo.oleg)
    gives(halo.mei, talk, halo.oleg)
    taken, answered, on = (
        anna.asks(halo, halo.sells(name), "And this?") for name in ("sofa", "vase", "rug")
    )
    gives(halo.mei, taken, halo.mei)
    gives(halo.mei, answered, halo.vera)
    halo.vera.answers(answered, "It is.")
    gives(halo.mei, on, halo.vera)
    gives(halo.vera, on, halo.mei)
    gives(halo.mei, on, halo.mei)
    for _ in range(3):
        house.passes(minutes=2)
        attends(halo.oleg)
    assert told(left) == [("handed", house.address("mei"))], "Vera gave it to Mei, who is away"


def test_who_has_a_page_open_is_at_the_desk_whatever_they_chose_to_be_if_anything(
    house: House, halo: Counter, talk: ConversationId, left: list[Letter]
) -> None:
    comes(halo.oleg, Attendance.BUSY)
    gives(halo.mei, talk, halo.oleg)
    for one in (halo.mei, halo.oleg, halo.vera):
        remind(one, talk)
    for _ in range(34):
        house.passes(minutes=2)
        attends(halo.mei, halo.oleg)
    assert told(left) == [("reminder", house.address("vera"))], "Mei never chose to be anything"


def test_one_shops_letter_does_not_stand_for_what_another_shop_gave_them(
    house: House, halo: Counter, anna: Person, talk: ConversationId, left: list[Letter]
) -> None:
    nord = house.shop("nord", staff=["nina", "oleg"])
    gives(halo.mei, talk, halo.oleg)
    gives(nord.nina, anna.asks(nord, None, "Is the heron grey?"), nord.oleg)
    house.passes(minutes=6)
    assert told(left) == [("handed", house.address("oleg"))] * 2
    assert all(any(shop in one.body for one in left) for shop in ("Halo", "Nord"))


def test_who_does_not_want_such_letters_or_works_here_no_more_gets_none(
    house: House, halo: Counter, anna: Person, talk: ConversationId, left: list[Letter]
) -> None:
    wants(halo.oleg, Kind.HANDED, off=True)
    gives(halo.mei, talk, halo.oleg)
    gives(halo.mei, anna.asks(halo, halo.sells("sofa"), "And this?"), halo.vera)
    house.db.write_now(staff.leave, halo.mei.actor, halo.shop.id, halo.vera.actor.id)
    house.passes(minutes=6)
    assert left == []


def test_what_the_line_gave_to_somebody_who_closed_their_pages_is_told_as_assigned(
    house: House, halo: Counter, anna: Person, left: list[Letter]
) -> None:
    rules(halo.mei, Mode.ROUND_ROBIN)
    comes(halo.oleg)
    anna.asks(halo, None, "Is the lamp paper?")
    house.passes(minutes=6)
    assert told(left) == [("assigned", house.address("oleg"))]


def test_a_reminder_that_called_somebody_away_comes_by_letter_without_their_words(
    house: House, halo: Counter, talk: ConversationId, left: list[Letter]
) -> None:
    comes(halo.vera)
    for one in (halo.mei, halo.oleg, halo.vera):
        remind(one, talk)
    wants(halo.mei, Kind.REMINDER, off=True)
    house.passes(minutes=59)
    for _ in range(4):
        attends(halo.vera)
        house.passes(minutes=2)
    [letter] = left
    assert (letter.kind, letter.to) == ("reminder", house.address("oleg"))
    assert f"/desk/{talk}" in letter.body
    assert "secret" not in letter.body


def test_a_reminder_put_aside_at_once_writes_no_letter(
    house: House, halo: Counter, talk: ConversationId, left: list[Letter]
) -> None:
    remind(halo.oleg, talk)
    house.passes(minutes=61)
    house.db.write_now(reminding.take_back, halo.oleg.actor, talk)
    house.passes(minutes=6)
    assert left == []
