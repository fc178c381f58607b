"""A new kind of case is a table and its texts: all else comes by itself."""

import pytest

from scripts.docs import page_of
from shopbell.cases import dossier, service
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import Party
from shopbell.kernel.flow import NotYourMove
from shopbell.kernel.texts import LOCALES, catalogue
from tests.contracts.test_kinds import texts_of
from tests.rooms.test_pages_cases import carried
from tests.support.browsing import Door, checked
from tests.support.casework import Walk, acts, opens, photo, sees
from tests.support.customs import CUSTOMS, TEXTS
from tests.support.house import House


@pytest.fixture(autouse=True)
def customs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the kind, as its one line would."""
    monkeypatch.setitem(KINDS, CUSTOMS.name, CUSTOMS)
    for locale in LOCALES:
        for name, words in TEXTS.items():
            monkeypatch.setitem(catalogue(locale), f"case.{name}", words)


def test_it_has_a_form_buttons_lines_and_a_dossier(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = halo.ships_to(anna, halo.sells("lamp"))
    form = house.db.read_now(service.form, "customs")
    assert [one.name for one in form.asks] == ["wanted"]

    case = opens(halo.mei, "customs", order, wanted="passport_number")
    assert (case.state, case.waiting_on) == ("papers_wanted", Party.BUYER)
    with pytest.raises(NotYourMove):
        acts(halo.mei, case.id, "give_papers")
    [button] = sees(anna, case.id).actions
    assert (button.action, [one.name for one in button.asks]) == ("give_papers", ["papers"])
    acts(anna, case.id, "give_papers", papers=[photo(anna, case.conversation)])
    assert acts(halo.mei, case.id, "cleared").state == "cleared"
    assert [event.type for event in anna.events(case.conversation)] == ["subject"] + ["case"] * 3
    made = house.db.write_now(dossier.make, anna.actor, case.id)
    assert list(dossier.faults(made)) == []


def test_its_form_stands_on_the_order_page_and_is_filled_in_there(house: House, door: Door) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = halo.ships_to(anna, halo.sells("lamp"))
    browser, path = door(anna), f"/orders/{order.id}/ask/customs"
    page = checked(browser.get(f"/orders/{order.id}"))
    assert path in page
    assert TEXTS["customs_hint"] in page
    page = checked(browser.get(path))
    assert TEXTS["customs_lead"] in page
    answers = {**carried(page), "f_wanted": "proof_of_payment", "go": "send"}
    sent = browser.post(path, data=answers)
    assert sent.status_code == 303, sent.text
    page = checked(browser.get(f"/orders/{order.id}"))
    assert TEXTS["customs_is_papers_wanted"] in page
    assert f"{sent.headers['location'].partition('?')[0]}/do/give_papers" in page


def test_its_deadlines_have_their_consequence_and_the_operator_sees_it(
    house: House, door: Door
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    late = opens(
        halo.mei, "customs", halo.ships_to(anna, halo.sells("lamp")), wanted="passport_number"
    )
    house.passes(days=4)
    assert sees(anna, late.id).state == "sent_back"

    order = halo.ships_to(anna, halo.sells("bell"))
    case = opens(halo.mei, "customs", order, wanted="proof_of_payment")
    acts(anna, case.id, "give_papers", papers=[photo(anna, case.conversation)])
    house.passes(days=21)
    operator = house.operator()
    olga = door(operator)
    assert "Customs question" in checked(olga.get("/console/cases"))
    assert "The papers were given" in checked(olga.get(f"/console/cases/{case.id}"))
    Walk(house, [anna, halo.mei, operator], case).end()


def test_its_texts_are_asked_for_and_its_document_is_made() -> None:
    assert set(texts_of(CUSTOMS)) == set(TEXTS)
    page = page_of(CUSTOMS)
    assert page.startswith("# Customs question")
    assert "papers_wanted --> at_customs: buyer give_papers" in page
    assert "| papers_wanted | buyer | `buyer_info` of the policy | `lapse` |" in page
