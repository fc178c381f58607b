"""How a team shares its work, by plain forms."""

import pytest

from shopbell.conversations.model import TalkKind
from shopbell.desk import seating, service
from shopbell.desk.model import Attendance, Mode, Rule, Seat
from tests.support.browsing import Door, checked
from tests.support.house import Counter, House

RULE = {"mode": "skill", "limit": "3", "patience": "2", "grace": "15"}


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "vera"])


def rule(halo: Counter) -> Rule:
    return halo.house.db.read_now(service.rule, halo.mei.actor)


def seat(halo: Counter) -> Seat:
    return halo.house.db.read_now(seating.seat, halo.vera.actor)


def test_a_manager_lays_down_how_work_is_given_out(halo: Counter, door: Door) -> None:
    mei = door(halo.mei)
    assert mei.post("/shop/desk", data=RULE).headers["location"] == "/shop/desk?done=saved"
    assert rule(halo) == Rule(mode=Mode.SKILL, limit=3, patience=120, grace=900)
    page = checked(mei.get("/shop/desk?done=saved"))
    assert 'value="skill" selected' in page
    for wrong in ({"limit": "0"}, {"limit": "many"}, {"grace": "9999"}, {"mode": "dice"}):
        checked(mei.post("/shop/desk", data={**RULE, **wrong}), 422)
    assert rule(halo).limit == 3


def test_a_manager_says_what_somebody_can_take_and_they_what_they_are(
    halo: Counter, door: Door
) -> None:
    mei, vera = door(halo.mei), door(halo.vera)
    known = {"capacity": "4", "languages": ["ru", "en"], "kinds": ["return"]}
    path = f"/shop/desk/seats/{halo.vera.actor.id}"
    assert mei.post(path, data=known).status_code == 303
    assert vera.post("/shop/desk/presence", data={"presence": "busy"}).status_code == 303
    found = seat(halo)
    assert (found.capacity, found.languages, found.kinds) == (4, ["en", "ru"], [TalkKind.RETURN])
    assert found.presence is Attendance.BUSY
    checked(vera.post(path, data=known), 403)
    checked(vera.post("/shop/desk", data=RULE), 403)
    assert path not in checked(vera.get("/shop/desk"))
