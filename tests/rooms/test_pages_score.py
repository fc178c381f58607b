"""The pages of the score: for buyers a sentence, for a shop every round, for the operator all."""

import re
from html import unescape

import pytest

from shopbell.analytics.score import service
from shopbell.conversations.model import ConversationId
from shopbell.kernel.actor import Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.support.browsing import Door, checked
from tests.support.house import Counter, House, Person


@pytest.fixture
def late(house: House, halo: Counter, anna: Person) -> ConversationId:
    """Have a question answered too late."""
    talk = anna.asks(halo, None, "Is the lamp paper?")
    house.passes(minutes=9)
    halo.mei.answers(talk, "It is.")
    house.passes(seconds=1)
    return talk


def form(talk: ConversationId, words: str) -> dict[str, str]:
    return {"id": new_id(), "conversation": talk, "n": "1", "ground": "outage", "words": words}


def test_a_round_leads_to_the_message_that_began_it(
    house: House, door: Door, halo: Counter, anna: Person, late: ConversationId
) -> None:
    anna.says(late, "And is it white?")
    house.passes(minutes=9)
    halo.mei.answers(late, "It is.")
    house.passes(seconds=1)
    began = [one.seq for one in halo.mei.events(late) if one.actor.side is Side.BUYER]
    page = checked(door(halo.mei).get("/shop/score"))
    assert re.findall(rf'href="/desk/{late}#p(\d+)"', page) == [str(n) for n in reversed(began)]

    for n in (1, 2):
        sent = form(late, "The line was dead.") | {"n": str(n)}
        assert door(halo.mei).post("/shop/score/appeals", data=sent).status_code == 303
    page = checked(door(house.operator()).get("/console/score"))
    assert re.findall(rf'href="/console/questions/{late}#p(\d+)"', page) == [str(n) for n in began]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_shop_reads_its_number_the_formula_and_every_round(
    house: House, door: Door, halo: Counter, late: ConversationId, locale: Locale
) -> None:
    page = unescape(checked(door(halo.mei).get("/shop/score", params={"lang": locale})))
    for key in ("every_round", "by_promise", "machines_out", "no_reply_out", "verdict_late"):
        assert text(locale, f"score.{key}") in page
    for key, n in (("too_few", 30), ("window", 30), ("half_life", 15), ("least", 10)):
        assert text(locale, f"score.{key}", n=n) in page
    assert f"/desk/{late}" in page
    kept = checked(door(halo.mei).get("/shop/score", params={"verdict": "kept", "lang": locale}))
    assert f"/desk/{late}" not in kept


def test_an_appeal_goes_to_the_operator_and_its_answer_comes_back(
    house: House, door: Door, halo: Counter, late: ConversationId
) -> None:
    mei, olga = door(halo.mei), door(house.operator())
    empty = mei.post("/shop/score/appeals", data=form(late, " "))
    assert empty.status_code == 422
    assert text("en", "refusals.appeal_unclear.title") in checked(empty, 422)
    sent = mei.post("/shop/score/appeals", data=form(late, "The <b>line</b> was dead."))
    assert text("en", "score.appealed") in checked(mei.get(sent.headers["location"]))
    again = mei.post("/shop/score/appeals", data=form(late, "Once more."))
    assert again.status_code == 409

    page = checked(olga.get("/console/score"))
    assert "The &lt;b&gt;line&lt;/b&gt; was dead." in page
    [where] = re.findall(r'action="(/console/score/appeals/[^"]+)"', page)
    assert olga.post(where, data={"outcome": "granted", "answer": ""}).status_code == 422
    sent = olga.post(where, data={"outcome": "granted", "answer": "So it was."})
    assert text("en", "score.done_granted") in checked(olga.get(sent.headers["location"]))
    told = checked(mei.get("/shop/score"))
    assert "So it was." in told
    assert text("en", "score.verdict_appeal_granted") in told


def test_the_operator_chooses_by_which_rule_shops_are_judged(
    house: House, door: Door, halo: Counter, late: ConversationId
) -> None:
    olga = door(house.operator())
    odd = olga.post("/console/score/rule", data={"profile": "amazon_like", "since": "soon"})
    assert odd.status_code == 422
    sent = olga.post("/console/score/rule", data={"profile": "amazon_like", "since": ""})
    page = checked(olga.get(sent.headers["location"]))
    assert text("en", "score.done_rule") in page
    assert text("en", "score.within_hours", n=24) in page
    assert late in checked(door(halo.mei).get("/shop/score?verdict=kept"))


@pytest.mark.parametrize("locale", LOCALES)
def test_buyers_read_the_same_number_on_every_face(
    house: House, door: Door, halo: Counter, anna: Person, locale: Locale
) -> None:
    lamp = halo.sells("lamp")
    for n in range(12):
        talk = anna.asks(halo, halo.sells(f"lamp-{n}"), "Is it paper?")
        house.clock.passes(minutes=2)
        halo.mei.answers(talk, "It is.")
    house.passes(seconds=1)
    assert house.db.read_now(service.expected, halo.shop).minutes == 2
    browser, asked = door(), {"lang": locale}
    told = browser.get("/api/v1/shops/halo/expectation", params=asked).json()
    assert "12" in told["judged"]
    assert told["words"] == text(locale, "pages.chat_open", n=2)
    for path in ("/shops/halo", f"/products/{lamp.id}"):
        assert told["judged"] in checked(browser.get(path, params=asked))
    everybody = browser.get("/api/v1/score/rule").json()
    assert everybody["rule"]["profile"]["name"] == "shopbell"
