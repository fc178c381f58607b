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
    olga = door(house.operator())
    page = checked(olga.get("/console/score"))
    links = re.findall(rf'href="(/console/questions/{late}\?at=(\d+)#p(\d+))"', page)
    assert [(at, p) for _, at, p in links] == [(str(n), str(n)) for n in began]
    for link, _, seq in links:
        assert f'id="p{seq}"' in checked(olga.get(link))


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


def test_an_appeal_brings_files_that_its_writer_and_the_operator_open_and_nobody_else(
    house: House, door: Door, halo: Counter, anna: Person, late: ConversationId
) -> None:
    mei, olga = door(halo.mei), door(house.operator())
    log = ("files", ("line <1>.txt", b"The line was dead from nine to ten.", "text/plain"))
    none = ("files", ("", b"", "application/octet-stream"))
    sent = form(late, "The line was dead.")
    many = mei.post("/shop/score/appeals", data=sent, files=[log] * 11)
    assert text("en", "refusals.appeal_files_many.title") in checked(many, 422)
    odd = ("files", ("line.bin", b"\x00\x01\x02", "application/octet-stream"))
    refused = mei.post("/shop/score/appeals", data=sent, files=[odd])
    assert "The line was dead." in checked(refused, 415), "what was written stays"
    for _again in range(2):
        answer = mei.post("/shop/score/appeals", data=sent, files=[log, log, none])
        assert answer.status_code == 303

    [file] = re.findall(r'href="(/files/[^"]+)"', checked(olga.get("/console/score")))
    assert re.findall(r'href="(/files/[^"]+)"', checked(mei.get("/shop/score"))) == [file]
    for allowed in (mei, olga):
        assert allowed.get(file).content == b"The line was dead from nine to ten."
    for stranger in (anna, house.shop("nord", staff=["lena"]).lena):
        assert door(stranger).get(file).status_code == 404

    [kept] = olga.get("/api/v1/score/appeals").json()["items"]
    assert [one["url"] for one in kept["files"]] == [file]
    where = f"/console/score/appeals/{kept['appeal']['id']}"
    assert olga.post(where, data={"outcome": "denied", "answer": "No."}).status_code == 303
    assert file in checked(mei.get("/shop/score"))


def test_an_appeal_cannot_bring_the_files_of_others(
    door: Door, halo: Counter, anna: Person, late: ConversationId
) -> None:
    theirs = door(anna).post(
        f"/api/v1/conversations/{late}/attachments?name=secret.txt", content=b"Anna's own"
    )
    assert theirs.status_code == 201
    sent = form(late, "Look.") | {"n": 1, "files": [theirs.json()["id"]]}
    api = f"/api/v1/shops/{halo.shop.id}/score/appeals"
    assert door(halo.mei).post(api, json=sent).status_code == 422
    assert door(halo.mei).post(api, json=sent | {"files": []}).status_code == 201


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
