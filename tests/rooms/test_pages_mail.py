"""The operator's list of letters held back, and the full letter one click away."""

import re

import pytest

from shopbell.accounts import audit
from shopbell.channels.mail import addresses
from shopbell.channels.mail.arriving import service
from shopbell.channels.mail.arriving.model import Extent, Fate, Mail, Why
from shopbell.conversations.model import ConversationId
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.support.browsing import Door
from tests.support.house import Counter, House, Person
from tests.support.mail import Letter, Letterbox
from tests.support.tnef import wrapped


@pytest.fixture
def hers(box: Letterbox, talk: ConversationId, anna: Person) -> str:
    return box.relay(talk, addresses.person(anna.actor.id))


@pytest.fixture
def held(box: Letterbox, hers: str) -> Mail:
    letter = Letter(hers, sender="bob@signed.example", shown="Bob <bob@signed.example>")
    return box.gets(letter, client="")


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_held_is_listed_with_its_reason(
    house: House, door: Door, held: Mail, locale: Locale
) -> None:
    page = door(house.operator()).get(f"/console/mail?lang={locale}").text
    assert text(locale, "mailin.why_other_sender") in page
    assert "bob@signed.example" in page
    assert text(locale, "mailin.through") in page


def test_a_letter_is_let_through_by_somebody_who_answers_for_it(
    *, house: House, door: Door, box: Letterbox, held: Mail, talk: ConversationId, halo: Counter
) -> None:
    olga = door(house.operator())
    done = olga.post(f"/console/mail/{held.id}", data={"action": "through"})
    assert (done.status_code, done.headers["location"]) == (303, "/console/mail?done=through")
    assert halo.mei.reads(talk)[-1] == "Yes, it was open."
    assert box.now(held.id).fate is Fate.SHOWN
    again = olga.post(f"/console/mail/{held.id}", data={"action": "through"})
    assert again.status_code == 409
    assert halo.mei.reads(talk).count("Yes, it was open.") == 1
    assert house.db.read_now(audit.newest)[0].action == "mail_let_through"


def test_a_letter_is_read_again_or_put_away(
    house: House, door: Door, box: Letterbox, held: Mail
) -> None:
    olga = door(house.operator())
    olga.post(f"/console/mail/{held.id}", data={"action": "again"})
    assert box.now(held.id).fate is Fate.WAITING
    house.passes(seconds=1)
    assert box.now(held.id).fate is Fate.HELD
    olga.post(f"/console/mail/{held.id}", data={"action": "drop"})
    assert box.now(held.id).fate is Fate.DROPPED
    assert "bob@signed.example" not in olga.get("/console/mail").text
    actions = [deed.action for deed in house.db.read_now(audit.newest)]
    assert actions[:2] == ["mail_dropped", "mail_read_again"]


def test_nobody_else_sees_or_decides(
    *, house: House, door: Door, box: Letterbox, held: Mail, anna: Person, halo: Counter
) -> None:
    for who in (anna, halo.mei):
        browser = door(who)
        assert browser.get("/console/mail").status_code == 403
        assert browser.get(f"/console/mail/{held.id}").status_code == 403
        answer = browser.post(f"/console/mail/{held.id}", data={"action": "through"})
        assert answer.status_code == 403
    assert box.now(held.id).fate is Fate.HELD


def test_the_full_letter_is_one_click_away_for_those_who_take_part(
    *, house: House, door: Door, box: Letterbox, hers: str, halo: Counter, anna: Person
) -> None:
    letter = Letter(
        hers,
        text=f"Yes.\n\nOn 4 May 2026, Halo <{hers}> wrote:\n> Was it open?\n",
        html="<p>Yes.</p><script>alert(1)</script><img src='https://spy.example/1.png'>",
    )
    mail = box.gets(letter)
    page = door(halo.mei).get(f"/mail/{mail.event}")
    assert "Was it open?" in page.text
    assert "anna@example.org" not in page.text
    assert hers.partition("@")[0] not in page.text
    frame = door(anna).get(f"/mail/{mail.event}/html")
    assert "<p>Yes.</p>" in frame.text
    assert "spy.example" not in frame.text
    assert "alert" not in frame.text
    assert "sandbox" in frame.headers["content-security-policy"]
    for stranger in (house.buyer("bob"), house.shop("other", staff=["lee"]).lee):
        assert door(stranger).get(f"/mail/{mail.event}").status_code == 404
    assert door(anna).get("/mail/nonsense").status_code == 404


def test_what_is_too_much_to_read_is_not_tried_at_each_look_but_handed_out(
    house: House, door: Door, box: Letterbox, hers: str
) -> None:
    mail = box.gets(Letter(hers, text="Hidden."), reads=False)
    house.db.write_now(service.fail, mail.id, Why.UNREADABLE, "")
    olga = door(house.operator())
    page = olga.get(f"/console/mail/{mail.id}")
    assert (page.status_code, "Hidden." in page.text) == (200, False)
    assert text("en", "mailin.why_unreadable") in page.text
    assert olga.get(f"/console/mail/{mail.id}/html").text == ""
    assert house.app.mail.room._reader is None, "nobody tried to read it"  # noqa: SLF001
    raw = olga.get(f"/console/mail/{mail.id}/raw")
    assert b"Hidden." in raw.content
    assert raw.headers["content-disposition"].startswith("attachment")
    assert raw.headers["content-type"] == "message/rfc822"
    assert "sandbox" in raw.headers["content-security-policy"]
    refused = olga.post(f"/console/mail/{mail.id}", data={"action": "through"})
    assert refused.status_code == 422
    olga.post(f"/console/mail/{mail.id}", data={"action": "again"})
    house.passes(seconds=1)
    assert (box.now(mail.id).fate, box.now(mail.id).extent) == (Fate.SHOWN, Extent.WHOLE)


def test_what_could_only_be_read_as_text_is_looked_at_as_text(
    house: House, door: Door, box: Letterbox, hers: str, anna: Person
) -> None:
    mail = box.takes(Letter(hers, text="Short. ").raw() + b"a\n" * 10_000_000, hers)
    assert (mail.fate, mail.extent) == (Fate.SHOWN, Extent.TEXT)
    reader = house.app.mail.room._reader  # noqa: SLF001 - it would be another had it tried
    assert "Short." in door(anna).get(f"/mail/{mail.event}").text
    assert house.app.mail.room._reader is reader  # noqa: SLF001


def test_documents_are_handed_out_to_be_saved_and_programs_only_named(
    door: Door, box: Letterbox, hers: str, anna: Person, halo: Counter
) -> None:
    files = (
        ("Счёт <1>.docx", "application/msword", b"PK\x03\x04 words"),
        ("run.exe", "application/octet-stream", b"MZ\x00\x01"),
        ("page.html", "text/html", b"<script>alert(1)</script>"),
    )
    mail = box.gets(Letter(hers, files=files))
    for reader in (anna, halo.mei):
        browser = door(reader)
        page = browser.get(f"/mail/{mail.event}").text
        assert f'href="/mail/{mail.event}/files/0"' in page
        assert "run.exe" in page
        assert "/files/1" not in page
        assert "/files/2" not in page
        saved = browser.get(f"/mail/{mail.event}/files/0")
        assert saved.content == b"PK\x03\x04 words"
        assert saved.headers["content-type"] == "application/octet-stream"
        named = saved.headers["content-disposition"]
        assert named == "attachment; filename*=UTF-8''%D0%A1%D1%87%D1%91%D1%82%201.docx"
        assert "sandbox" in saved.headers["content-security-policy"]
        assert [browser.get(f"/mail/{mail.event}/files/{n}").status_code for n in (1, 2, 9)] == [
            404
        ] * 3


def test_what_came_in_winmail_is_handed_out_too(
    *, door: Door, box: Letterbox, hers: str, anna: Person, halo: Counter, talk: ConversationId
) -> None:
    outlook = wrapped({"plan.docx": b"PK\x03\x04", "lamp.txt": b"just words"}, html="<p>See it</p>")
    files = (("winmail.dat", "application/ms-tnef", outlook),)
    mail = box.gets(Letter(hers, text="", files=files))
    assert halo.mei.reads(talk)[-1] == "See it"
    page = door(anna).get(f"/mail/{mail.event}").text
    assert "winmail.dat" not in page
    assert "lamp.txt" in page
    assert door(anna).get(f"/mail/{mail.event}/files/0").content == b"PK\x03\x04"


def test_the_team_reads_a_letter_that_is_held_for_it_and_others_do_not(
    *, house: House, door: Door, held: Mail, talk: ConversationId, halo: Counter, anna: Person
) -> None:
    [line] = halo.mei.events(talk, "n")
    assert held.event == line.id
    for named in (line.id, held.id):
        page = door(halo.mei).get(f"/mail/{named}")
        assert page.status_code == 200
        assert "Yes, it was open." in page.text
        assert text("en", "mailin.not_shown") in page.text
        assert "bob@signed.example" not in page.text
        for stranger in (anna, house.buyer(f"b{named[-6:]}")):
            assert door(stranger).get(f"/mail/{named}").status_code == 404
    lee = house.shop("other", staff=["lee"]).lee
    assert door(lee).get(f"/mail/{held.id}").status_code == 404
    olga = door(house.operator())
    olga.post(f"/console/mail/{held.id}", data={"action": "again"})
    assert door(anna).get(f"/mail/{held.event}").status_code == 404


def test_all_that_is_held_can_be_looked_at_page_by_page(
    house: House, door: Door, box: Letterbox, hers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LISTED_MOST", 2)
    every = [
        box.gets(Letter(hers, sender=f"bob{n}@signed.example"), client="").id for n in range(5)
    ]
    olga, path, seen = door(house.operator()), "/console/mail", list[str]()
    while path:
        page = olga.get(path).text
        seen += re.findall(r'class="btn" href="/console/mail/([0-9a-f-]{36})"', page)
        found = re.search(r'href="(/console/mail\?behind=[0-9a-f-]{36})"', page)
        path = found[1] if found else ""
    assert seen == every[::-1]
    assert olga.get("/console/mail?behind=nonsense").status_code == 404


def test_a_letter_that_nobody_could_read_for_hours_comes_before_a_person(
    house: House, door: Door, box: Letterbox, hers: str
) -> None:
    mail = box.gets(Letter(hers, subject="Lost bytes"), reads=False)
    place = house.app.blobs.path(mail.raw)
    raw = place.read_bytes()
    place.unlink()
    house.passes(minutes=1)
    olga = door(house.operator())
    assert "Lost bytes" not in olga.get("/console/mail").text
    house.passes(hours=3)
    page = olga.get("/console/mail").text
    assert text("en", "mailin.why_late") in page
    assert f"/console/mail/{mail.id}" in page
    assert olga.post(f"/console/mail/{mail.id}", data={"action": "through"}).status_code == 404
    place.write_bytes(raw)
    olga.post(f"/console/mail/{mail.id}", data={"action": "again"})
    house.passes(seconds=1)
    assert box.now(mail.id).fate is Fate.SHOWN
