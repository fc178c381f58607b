"""The operator's page of rude words, and the page of a conversation without JavaScript."""

import re

from tests.support.browsing import Door, checked
from tests.support.house import Counter, House, Person

RUDE = "You idiots, drop dead"


def test_a_buyer_without_script_chooses_to_read_abuse(
    door: Door, house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "Where is it?")
    halo.mei.answers(talk, RUDE)
    page = checked(door(anna).get(f"/contact/{talk}"))
    assert re.search(rf"<details><summary>[^<]+</summary><p[^>]*>{RUDE}</p>\s*</details>", page)


def test_the_operator_dismisses_what_was_rude_three_times(
    door: Door, house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, RUDE)
    for _more in range(2):
        anna.says(talk, RUDE)
    browser = door(house.operator())
    page = checked(browser.get("/console/conduct"))
    assert page.count(RUDE) == 3
    ids = sorted(set(re.findall(r'name="complaint" value="([^"]+)"', page)))
    form = {"complaint": ids, "outcome": "dismissed"}
    sent = browser.post("/console/conduct", data=form)
    assert sent.headers["location"] == "/console/conduct?done=dismissed"
    assert RUDE not in checked(browser.get(sent.headers["location"]))
    again = browser.post("/console/conduct", data={"complaint": ids, "outcome": "warned"})
    assert again.status_code == 409
