"""The operator's pages of health, the record, people and blocks, and the page of who is blocked."""

import asyncio
import json
import re
from datetime import timedelta
from html import unescape
from importlib.metadata import version
from typing import Any

import pytest
from sqlalchemy import text as sql

from shopbell.accounts import operating, people
from shopbell.accounts import service as accounts
from shopbell.accounts.blocks import service as blocks
from shopbell.accounts.blocks.model import PutBlock, Reason, Subject
from shopbell.accounts.model import Letter
from shopbell.analytics.score import appealing
from shopbell.analytics.score.commands import FileAppeal
from shopbell.analytics.score.model import Ground
from shopbell.conversations.conduct import service as conduct
from shopbell.conversations.conduct.model import Grievance, Report
from shopbell.engine import erasing, migrations
from shopbell.engine.connect import is_embedded
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Reach, Role
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.knowledge import service as knowledge
from shopbell.knowledge.answers import service as public
from shopbell.knowledge.answers.commands import AnswerReport
from shopbell.web.create import create
from shopbell.web.pages import record
from tests.stories.test_answers import writes
from tests.support.browsing import Browser, Door, checked, hidden
from tests.support.casework import opens
from tests.support.house import Counter, House, Person

WORDS = "Three insults in a week, <b>all</b> of them reported."


def test_the_landing_and_the_page_of_health_tell_the_same(door: Door, house: House) -> None:
    browser = door(house.operator())
    assert "/console/health" in checked(browser.get("/console"))
    page = checked(browser.get("/console/health"))
    assert page.count("<tr>") == 17
    keeper = "SQLite 3." if is_embedded(house.db.engine) else "PostgreSQL "
    for told in (f"Shopbell {version('shopbell')}", migrations.steps()[-1], keeper):
        assert f"<dd>{told}" in page
    assert text("en", "vitals.pushed") in page
    shown = browser.get("/metrics").text
    assert 'shopbell_vital{name="jobs_dead"} 0.0' in shown or browser.get("/metrics").status_code


def test_the_record_is_read_again_and_compared_with_a_seal(door: Door, house: House) -> None:
    browser = door(house.operator())
    page = checked(browser.get("/console/record?verify=true"))
    (seal,) = re.findall(r"<code>(\d+-[0-9a-f]{64}-[0-9]{4}-[0-9]{2}-[0-9]{2})</code>", page)
    assert "notice good" in page
    assert "notice good" in checked(browser.get("/console/record", params={"noted": seal}))
    number, digest = seal.split("-", 1)
    changed = f"{number}-{'1' if digest[0] == '0' else '0'}{digest[1:]}"
    assert "notice bad" in checked(browser.get("/console/record", params={"noted": changed}))
    assert "notice bad" in checked(browser.get("/console/record", params={"noted": "what?"}))


def test_the_record_is_a_table_that_no_spreadsheet_runs(door: Door, house: House) -> None:
    browser = door(house.operator())
    table = browser.get("/console/record.csv", params={"action": "signed_in"})
    head, *rows = table.text.removeprefix("\ufeff").splitlines()
    assert head == "seq,at,actor,action,facts"
    assert rows
    assert all(",signed_in," in row for row in rows)


def test_somebody_is_blocked_appeals_and_is_heard(
    door: Door, house: House, halo: Counter, anna: Person
) -> None:
    order = halo.ships_to(anna, halo.sells("teapot"))
    olga, oscar, buyer = door(house.operator()), door(house.operator("oscar")), door(anna)
    found = checked(olga.get("/console/people", params={"q": order.number}))
    assert f"/console/people/{anna.actor.id}" in found
    place = f"/console/people/{anna.actor.id}"
    anna.asks(halo, None, "Is it paper?")
    assert "<dt>Conversations</dt><dd>1</dd></div><div><dt>Cases</dt><dd>0<" in checked(
        olga.get(place)
    )
    form = {
        **hidden(checked(olga.get(place))),
        "do": "block",
        "reach": "writing",
        "reason": "abuse",
    }
    empty = olga.post(place, data={**form, "words": " ", "until": "2000-01-01"})
    assert 'value="2000-01-01"' in checked(empty, 422)
    sent = olga.post(place, data={**form, "words": WORDS})
    assert sent.headers["location"] == f"{place}?done=blocked"
    told = checked(buyer.get("/blocked"))
    assert "&lt;b&gt;all&lt;/b&gt;" in told
    (address,) = re.findall(r'action="(/blocked/[^"]+)"', told)
    assert buyer.post(address, data={"words": "It was my nephew."}).status_code == 303
    block = address.removeprefix("/blocked/")
    decide = f"/console/blocks/{block}"
    assert olga.post(decide, data={"do": "end", "words": "No."}).status_code == 403
    assert "It was my nephew." in checked(oscar.get("/console/blocks"))
    sent = oscar.post(decide, data={"do": "end", "words": "Granted.", "box": "appeals"})
    assert sent.headers["location"] == "/console/blocks?box=appeals&done=true"
    assert "Granted." in checked(buyer.get("/blocked"))
    assert "Granted." in checked(oscar.get("/console/blocks?box=ended"))


def test_a_reader_of_the_console_sees_no_form_to_change_people(
    door: Door, house: House, anna: Person
) -> None:
    olga, reader = door(house.operator()), house.operator("rosa")
    place = f"/console/people/{reader.actor.id}"
    sent = olga.post(place, data={"do": "role", "role": "reader"})
    assert sent.headers["location"] == f"{place}?done=role"
    page = checked(door(reader).get(f"/console/people/{anna.actor.id}"))
    assert 'value="block"' not in page
    assert 'value="end"' not in page
    assert door(reader).post(place, data={"do": "role", "role": "lead"}).status_code == 403
    assert olga.post(place, data={"do": "role", "role": "king"}).status_code == 422


def test_who_only_reads_is_offered_no_button(
    door: Door, house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "Is it paper?")
    house.passes(minutes=9)
    halo.mei.answers(talk, "It is.")
    house.passes(seconds=1)
    appeal = FileAppeal(
        id=new_id(), conversation=talk, n=1, ground=Ground.SPAM, words="A robot asked."
    )
    house.db.write_now(appealing.file, halo.mei.actor, halo.shop.id, appeal)
    asked = PutBlock(new_id(), anna.actor.id, Subject.PERSON, Reach.FIRST, Reason.SPAM, "Adverts.")
    house.db.write_now(blocks.put, house.operator("otto").actor, asked)
    leave_undone(house, anna)
    lead, reader = house.operator(), house.operator("rosa")
    house.db.write_now(people.give_role, lead.actor, reader.actor.id, Role.READER)

    offered = door(lead)
    reads = door(reader)
    for page in ("/console/score", "/console/health", "/console/blocks?box=standing"):
        form = '<form method="post" action="/console/'
        inline = '<form class="inline" method="post" action="/console/'
        assert form in checked(offered.get(page)), page
        seen = checked(reads.get(page))
        assert form not in seen, page
        assert inline not in seen, page


def test_who_only_reads_is_offered_no_hiding_of_an_answer_on_a_products_page(
    door: Door, house: House, halo: Counter
) -> None:
    teapot = halo.sells("teapot")
    entry = writes(halo.mei, halo, "Is it blue?", "It is.", product=teapot.id)
    lead, reader = house.operator(), house.operator("rosa")
    house.db.write_now(people.give_role, lead.actor, reader.actor.id, Role.READER)
    form = f'action="/console/answers/{entry.id}"'
    assert form in checked(door(lead).get(f"/products/{teapot.slug}"))
    for who in (reader, halo.mei):
        assert form not in checked(door(who).get(f"/products/{teapot.slug}"))


CHANGES = {
    "/console/policies": 'action="/console/policies"',
    "/console/policies/{policy}": 'value="publish"',
    "/console/clocks": 'type="submit">' + text("en", "office.save"),
    "/console/ladder": 'value="save"',
    "/console/privacy": text("en", "privacy.save") + "</button>",
    "/console/rules": text("en", "rules.new"),
    "/console/rules/new": 'value="save"',
    "/console/conduct": 'action="/console/conduct"',
    "/console/answers": 'action="/console/answers/',
    "/console/questions/{talk}": 'action="/console/questions/',
    "/console/cases/{case}": text("en", "mediation.read_notes"),
}
"""What on a page of the console changes something."""


def test_who_only_reads_is_offered_no_change_of_what_holds_for_all_or_is_to_be_decided(
    door: Door, house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "Is it paper?")
    said = halo.mei.answers(talk, "It is.")
    house.db.write_now(conduct.report, anna.actor, talk, Report(said.seq, Grievance.OTHER, "Rude."))
    lamp = halo.sells("lamp")
    case = opens(anna, "question", lamp, question="Is it leather?").id
    written = writes(halo.mei, halo, "Is it blue?", "Are you blind?", product=lamp.id)
    house.db.write_now(public.report, anna.actor, written.id, AnswerReport("rude"))
    lead, reader = house.operator(), house.operator("rosa")
    house.db.write_now(people.give_role, lead.actor, reader.actor.id, Role.READER)

    offered, reads = door(lead), door(reader)
    version = house.db.read_now(knowledge.in_force, None, house.db.clock())
    places = {"policy": f"{version.profile}/{version.version}", "talk": talk, "case": case}
    for page, change in CHANGES.items():
        path = page.format(**places)
        assert change in checked(offered.get(path)), page
        assert change not in checked(reads.get(path)), page


def leave_undone(house: House, anna: Person) -> None:
    """Have a letter that was tried to be mailed as often as it is tried."""
    letter = Letter("anna@example.org", "Good news", "It is paper.", "en", anna.actor.id)
    house.db.write_now(Tx.later, letter)
    dead = {"state": "dead"}
    house.db.write_now(erasing.set_columns, "outbox", "kind", ["Letter"], dead)


def test_who_works_for_a_blocked_shop_is_told_what_stays_and_how_to_appeal(
    door: Door, house: House, halo: Counter
) -> None:
    mei = door(halo.mei)
    assert "/blocked" not in checked(mei.get("/shop/settings"))
    assert told_at_the_desk(mei) == ""
    until = house.clock() + timedelta(days=3)
    asked = PutBlock(
        new_id(), halo.shop.id, Subject.SHOP, Reach.WRITING, Reason.SPAM, "Adverts.", until
    )
    house.db.write_now(blocks.put, house.operator("otto").actor, asked)

    page = unescape(checked(mei.get("/shop/settings")))
    assert text("en", "blocks.bar_writing") in page
    assert 'href="/blocked"' in page
    said = told_at_the_desk(mei)
    assert said.startswith(text("en", "blocks.bar_writing"))
    assert f"{until:%B} {until.day}" in said


def told_at_the_desk(mei: Browser) -> str:
    """Return what the desk knows of a block before its first request."""
    page = mei.get("/desk").text
    [boot] = re.findall(r'id="boot">(.*?)</script>', page)
    return str(json.loads(boot)["barred"])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_long_record_tells_how_far_it_was_read_again(
    door: Door, house: House, monkeypatch: pytest.MonkeyPatch, locale: Locale
) -> None:
    monkeypatch.setattr(record, "AT_ONCE", 2)
    browser = door(house.operator())
    for n in range(5):
        house.db.write_now(accounts.audit, SYSTEM, "tested", n=n)
    entries = house.db.read_now(operating.record, SYSTEM).entries
    page = unescape(checked(browser.get(f"/console/record?verify=true&lang={locale}")))
    for done in range(2, entries, 2):
        assert text(locale, "record.read_so_far", done=str(done), all=str(entries)) in page
    assert page.count("notice good") == 1
    assert page.index("counted") < page.index("notice good") < page.index("</main>")
    assert "counted" not in checked(browser.get("/console/record"))

    with house.db.engine.begin() as connection:
        connection.execute(sql("UPDATE audit SET action = 'nothing' WHERE seq = 4"))
    page = unescape(checked(browser.get(f"/console/record?verify=true&lang={locale}")))
    assert text(locale, "console.audit_broken", entry=4) in page
    assert page.count('class="notice') == 1


async def test_what_was_counted_is_sent_before_the_rest_is_read(
    door: Door, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing on the way keeps it back to pack it: each part is there as soon as it was read."""
    monkeypatch.setattr(record, "AT_ONCE", 1)
    browser = door(house.operator())
    for n in range(3):
        house.db.write_now(accounts.audit, SYSTEM, "tested", n=n)
    sent: list[bytes] = []
    ended = asyncio.Event()

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))
        if message["type"] == "http.response.body" and not message.get("more_body"):
            ended.set()

    async def receive() -> Any:
        await ended.wait()
        return {"type": "http.disconnect"}

    cookie = f"shopbell_session={browser.cookies['shopbell_session']}"
    asked = {"host": browser.base_url.netloc.decode(), "accept-encoding": "gzip", "cookie": cookie}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/console/record",
        "raw_path": b"/console/record",
        "root_path": "",
        "query_string": b"verify=true",
        "headers": [(name.encode(), value.encode()) for name, value in asked.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    await create(house.app)(scope, receive, send)  # type: ignore[arg-type]
    parts = [part.decode() for part in sent if b"counted" in part or b"notice good" in part]
    assert len(parts) == house.db.read_now(operating.record, SYSTEM).entries + 1
    assert "notice good" in parts[-1]
