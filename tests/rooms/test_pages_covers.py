"""The operator's page of what was hidden."""

from shopbell.kernel.texts import text
from tests.support.browsing import Door, checked
from tests.support.house import Counter, House, Person


def test_the_operator_sees_who_hid_what_and_goes_to_the_conversation(
    door: Door, house: House, halo: Counter, anna: Person
) -> None:
    browser = door(house.operator())
    assert text("en", "covers.nothing") in checked(browser.get("/console/hidden"))
    talk = anna.asks(halo, None, "Call me: +49 30 901820")
    page = checked(browser.get("/console/hidden", params={"shop": halo.shop.slug}))
    assert "901820" not in page
    assert "Anna" in page
    assert text("en", "veil.phone") in page
    assert f'href="/console/questions/{talk}"' in page
    there = f"/console/questions/{talk}?uncovered=true"
    assert there in page
    assert "901820" in checked(browser.get(there))


def test_the_page_of_what_was_hidden_goes_on(
    door: Door, house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "Call me: +49 30 901820")
    for _more in range(50):
        anna.says(talk, "Call me: +49 30 901820")
    browser = door(house.operator())
    page = checked(browser.get("/console/hidden"))
    assert page.count(f'href="/console/questions/{talk}"') == 50
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert checked(browser.get(older)).count(f'href="/console/questions/{talk}"') == 1
