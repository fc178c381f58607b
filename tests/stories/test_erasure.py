"""Somebody goes, and nothing of what they said is left anywhere; what shops must show stays."""

import io
import json
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from PIL import Image

from shopbell.accounts import operating
from shopbell.accounts import service as accounts
from shopbell.accounts.blocks import service as blocks
from shopbell.accounts.blocks.model import PutBlock, Reason, Subject
from shopbell.accounts.model import Knock, Visit
from shopbell.accounts.model import Letter as ToMail
from shopbell.app import build
from shopbell.cases import dossier
from shopbell.channels.mail import addresses
from shopbell.channels.mail import service as mail
from shopbell.channels.mail.arriving.model import Fate
from shopbell.cli import main
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import KeepDraft
from shopbell.conversations.conduct import service as conduct
from shopbell.conversations.conduct.model import Grievance, Report
from shopbell.conversations.listing import service as listing
from shopbell.conversations.listing.model import Filter, PutView, ViewId
from shopbell.desk.macros import running
from shopbell.desk.macros import service as macros
from shopbell.desk.macros.commands import PutMacro, RunMacro
from shopbell.desk.macros.model import MacroBody
from shopbell.desk.together import reminding
from shopbell.desk.together.model import RemindMe
from shopbell.engine import erasing, outbox
from shopbell.engine.blobs import Blob
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, PersonId, Reach
from shopbell.kernel.ids import new_id
from shopbell.privacy import service, verifying
from shopbell.privacy.exporting import Shelf
from shopbell.privacy.model import Making, Standing
from shopbell.privacy.refusals import ExportNotReady, NoSuchExport, OnlyBuyersErase
from tests.support.casework import acts
from tests.support.clock import WoundClock
from tests.support.house import House
from tests.support.mail import HERE, Letter, Letterbox, ask, signed
from tests.support.mailserver import MailServer, mailing
from tests.support.returns import bought, shoes, wrong_size

NAME = "Kingfisher"
WORDS = (
    "heronletter",
    "heronquestion",
    "heronstatement",
    "herondraft",
    "heronreport",
    "heronappeal",
)
PHONE = "+49 151 23456789"
EVERYWHERE = {
    "attachment.name",
    "block.appeal",
    "block.words",
    "case_step.given",
    "case_step.name",
    "cases.facts",
    "complaint.words",
    "conversation.buyer_name",
    "desk_reminder.text",
    "desk_view.filter",
    "desk_view.name",
    "draft.text",
    "event.data",
    "event.name",
    "exports",
    "files",
    "index",
    "letter.raw",
    "macro_run.ran",
    "mail_arrived.from_name",
    "original.text",
    "person.email",
    "search_word.word",
}
"""Where the canaries are heard while their owner is there."""

CANARIES = (NAME, "kingfisher@example.org", PHONE, *WORDS)


def picture(house: House, colour: str) -> Blob:
    """Keep a picture as an upload does; of each colour it is another file."""
    drawn = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(drawn, "PNG")
    return house.app.blobs.keep(drawn.getvalue())


def look(house: House, words: tuple[str, ...] = CANARIES) -> Counter[str]:
    """Search everything there is for words."""
    shelf = Shelf.of(house.app.settings)
    found = house.db.read_now(verifying.in_tables, words)
    found += house.db.read_now(verifying.in_index, words)
    return found + verifying.in_files(house.app.blobs, shelf, words)


@pytest.fixture
def house(database: str, clock: WoundClock, tmp_path: Path) -> Iterator[House]:
    """Open a house that writes letters to a server, and takes them in."""
    with MailServer() as server:
        settings = mailing(tmp_path / "data", database, server, HERE)
        app = build(settings, clock=clock, ask=ask)
        yield House(app, clock)
        app.close()


class Life:
    """A buyer who used everything: messages, drafts, a report, a return with photos, letters."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.halo = halo = house.shop("halo")
        self.buyer = buyer = house.buyer(NAME.lower())
        self.olga = house.operator()
        self.red, self.shared = picture(house, "red"), picture(house, "blue")
        self.talk = buyer.asks(halo, None, f"heronquestion: call me at {PHONE}")
        answered = halo.mei.answers(self.talk, f"Dear {NAME}, I will call {PHONE}. Greetings, Mei.")
        halo.mei.notes(self.talk, f"{NAME} is in a hurry.")
        db = house.db
        db.write_now(conversations.keep_draft, buyer.actor, self.talk, KeepDraft("herondraft"))
        report = Report(answered.seq, Grievance.OTHER, "heronreport")
        db.write_now(conduct.report, buyer.actor, self.talk, report)
        for file in (self.red, self.shared):
            db.write_now(conversations.attach, buyer.actor, self.talk, file, f"{NAME}.png")
        self.team_notes_down()
        self.operator_blocks()
        self.other = house.buyer("anna")
        kept = self.other.asks(halo, None, "What does it weigh?")
        db.write_now(conversations.attach, self.other.actor, kept, self.shared, "mine.png")
        self.case = wrong_size(buyer, bought(halo, buyer, shoes(halo)))
        acts(halo.mei, self.case.id, "reject", refused_for="used", refusal=f"{NAME} wore them.")
        [self.dispute] = acts(
            buyer, self.case.id, "open_dispute", statement="heronstatement"
        ).children
        box, sender = Letterbox(house), house.address(NAME.lower())
        relay = box.relay(self.talk, addresses.person(buyer.actor.id))
        letter = Letter(relay, sender=sender, shown=f"{NAME} <{sender}>", text="heronletter")
        self.mail = box.takes(signed(letter.raw(), house.domain), relay, sender=sender)
        house.passes(hours=3)

    def team_notes_down(self) -> None:
        """Have the shop's team remember the buyer by name: a reminder, a list, a macro."""
        db, mei = self.house.db, self.halo.mei.actor
        wanted = RemindMe(self.house.clock() + timedelta(days=2), text=f"Call {NAME} back")
        db.write_now(reminding.remind, mei, self.talk, wanted)
        view = PutView(f"{NAME}'s", Filter(q=NAME), shared=True)
        db.write_now(listing.put, mei, ViewId(new_id()), view)
        greeting = MacroBody("hi", "Hi", {"en": "Hello {{buyer.first_name|there}}"})
        macro = db.write_now(macros.put, mei, new_id(), PutMacro(greeting))
        pressed = RunMacro(new_id(), self.talk, acts=False)
        db.write_now(running.run, mei, macro.id, pressed, "en")

    def operator_blocks(self) -> None:
        """Have the buyer blocked for a moment, who says something to it."""
        db, buyer, olga = self.house.db, self.buyer.actor, self.olga.actor
        why = f"{NAME} sent the same thing again and again."
        asked = PutBlock(new_id(), buyer.id, Subject.PERSON, Reach.FIRST, Reason.SPAM, why)
        block = db.write_now(blocks.put, olga, asked)
        db.write_now(blocks.appeal, buyer, block.id, "heronappeal")
        db.write_now(blocks.lift, olga, block.id)

    def goes(self) -> Any:
        """Ask to go, and let the grace pass."""
        asked = self.house.db.write_now(service.ask_erasure, self.buyer.actor)
        self.house.passes(days=15)
        return asked

    def settles(self) -> None:
        """Give the quarrel up, and let the cases end."""
        acts(self.buyer, self.dispute, "withdraw", confirm="withdraw")
        self.house.passes(days=40)


@pytest.fixture
def life(house: House) -> Life:
    return Life(house)


def in_the_file(house: House) -> list[str]:
    """Return the canaries whose bytes the file of an embedded database still has somewhere."""
    url = house.app.settings.database_url
    if not url.startswith("sqlite"):
        return []
    place = Path(url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(place)) as beside:
        beside.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = place.read_bytes() + place.with_name(f"{place.name}-wal").read_bytes()
    return [word for word in CANARIES if word.encode() in raw]


def test_nothing_is_left_of_who_went(life: Life) -> None:
    house, olga = life.house, life.olga
    assert life.mail.fate is Fate.SHOWN
    house.db.write_now(service.ask_export, Visit(life.buyer.actor), "en")
    house.passes(minutes=1)
    before = look(house)
    assert before.keys() >= EVERYWHERE

    life.settles()
    wish = life.goes()

    assert look(house) == Counter()
    erasing.sweep(house.db.engine)
    assert in_the_file(house) == []
    [receipt] = house.db.read_now(service.receipts, olga.actor)
    assert (receipt.number, receipt.standing) == (wish.number, Standing.DONE)
    assert receipt.counts["event"] >= 4
    noted = house.db.read_now(operating.deeds_of, SYSTEM)[-1]
    assert noted.facts["receipt"] == wish.number
    assert house.db.read_now(operating.record, olga.actor, check=True).broken is None


def test_a_file_that_somebody_brings_meanwhile_stays(house: House) -> None:
    db, halo, goes, anna = house.db, house.shop("halo"), house.buyer("gone"), house.buyer("anna")
    red = picture(house, "red")
    talk = goes.asks(halo, None, "This is mine.")
    db.write_now(conversations.attach, goes.actor, talk, red, "red.png")
    db.write_now(service.ask_erasure, goes.actor)
    house.clock.passes(days=14)

    again = picture(house, "red")
    house.passes(minutes=1)
    assert db.read_now(service.receipts, house.operator().actor)[0].standing is Standing.DONE
    kept = anna.asks(halo, None, "I have the same one.")
    db.write_now(conversations.attach, anna.actor, kept, again, "mine.png")

    house.passes(hours=2)
    assert house.app.blobs.path(red.sha256).exists()


def test_a_file_that_is_brought_and_left_lying_goes_after_all(house: House) -> None:
    db, halo, goes = house.db, house.shop("halo"), house.buyer("gone")
    red = picture(house, "red")
    talk = goes.asks(halo, None, "This is mine.")
    db.write_now(conversations.attach, goes.actor, talk, red, "red.png")
    db.write_now(service.ask_erasure, goes.actor)
    house.clock.passes(days=14)

    picture(house, "red")
    house.passes(minutes=1)
    assert house.app.blobs.path(red.sha256).exists()
    house.passes(hours=2)
    assert not house.app.blobs.path(red.sha256, must_exist=False).exists()


def test_the_command_line_says_where_words_are(house: House) -> None:
    house.buyer(NAME.lower())
    settings = house.app.settings
    here = {"SHOPBELL_DATA": str(settings.data), "SHOPBELL_DATABASE": settings.database}
    for word, found in ((NAME, {"person.name": 1, "person.email": 1}), ("nobodysword", {})):
        run = CliRunner(env=here).invoke(main, ["erase", "--verify", "--json"], input=f"{word}\n")
        assert json.loads(run.stdout) == found
        assert run.exit_code == bool(found)


def test_the_shop_still_shows_what_became_of_the_order(life: Life) -> None:
    life.settles()
    before = [one.seq for one in life.halo.mei.events(life.talk)]
    life.goes()
    mei = life.halo.mei
    assert [one.seq for one in mei.events(life.talk)][: len(before)] == before
    said = [bytes(one.data).decode() for one in mei.events(life.talk) if one.type == "message"]
    assert "heron" not in said[0]
    assert "Dear •••, I will call •••. Greetings, Mei." in said[1]
    made = life.house.db.write_now(dossier.make, mei.actor, life.case.id)
    assert list(dossier.faults(made)) == []
    assert [step.action for step in made.cases[0].steps][:2] == ["open", "reject"]
    assert not life.house.app.blobs.path(life.red.sha256, must_exist=False).exists()
    assert life.house.app.blobs.path(life.shared.sha256).exists(), "it is another's, too"


def test_namesakes_and_fields_keep_what_is_theirs(house: House) -> None:
    db, halo, goes, anna = house.db, house.shop("halo"), house.buyer("gone"), house.buyer("anna")
    talk = goes.asks(halo, None, "Mail na@example.org, please")
    halo.mei.answers(talk, "Dear text, it is true.")
    named = {"name": "text true", "email": "na@example.org"}
    db.write_now(erasing.set_columns, "person", "id", [goes.actor.id], named)
    letter = ToMail("anna@example.org", "Good news", "It is true: your text", "en", anna.actor.id)
    db.write_now(Tx.later, letter, house.clock() + timedelta(days=90))
    db.write_now(service.ask_erasure, goes.actor)
    house.passes(days=15)
    [_, answer] = [one for one in halo.mei.events(talk) if one.type == "message"]
    assert msgspec.json.decode(answer.data)["text"] == "Dear •••, it is true."
    assert letter.id in "".join(job.body for job in db.read_now(outbox.waiting, ToMail))


@pytest.mark.parametrize(
    ("name", "said", "left"),
    [
        (
            "Will Long",
            "Dear Will, will it take long? Long as it is: Will it fit? will LONG, Long Will",
            "Dear •••, will it take long? Long as it is: Will it fit? •••, •••",
        ),
        (
            "May",
            "May, it may be late. May it wait?\n– May",
            "•••, it may be late. May it wait?\n– •••",
        ),
        ("明天", "明天您好，明天发货。亲爱的明天", "•••您好，明天发货。亲爱的•••"),
        ("王伟", "王伟很急", "•••很急"),
        ("Anna Kern", "Ask Anna, or Mr Kern", "Ask •••, or Mr •••"),
    ],
)
def test_words_of_everyday_stay_where_nobody_is_named(
    house: House, name: str, said: str, left: str
) -> None:
    db, halo, goes = house.db, house.shop("halo"), house.buyer("gone")
    talk = goes.asks(halo, None, "When does it come?")
    halo.mei.answers(talk, said)
    db.write_now(erasing.set_columns, "person", "id", [goes.actor.id], {"name": name})
    db.write_now(service.ask_erasure, goes.actor)
    house.passes(days=15)
    [_, answer] = [one for one in halo.mei.events(talk) if one.type == "message"]
    assert msgspec.json.decode(answer.data)["text"] == left


def test_an_open_case_is_brought_to_its_end_first(life: Life) -> None:
    life.goes()
    assert look(life.house, (NAME,))["person.name"] == 1
    [wish] = life.house.db.read_now(service.receipts, life.olga.actor)
    assert wish.standing is Standing.ASKED
    letters = life.house.db.read_now(mail.listed, life.house.operator("otto").actor)
    told = f"Your account will be erased on {wish.due_at:%Y-%m-%d}"
    assert told in [one.subject for one in letters]


def test_who_comes_back_in_time_keeps_everything(life: Life) -> None:
    db, buyer = life.house.db, life.buyer.actor
    life.settles()
    first = db.write_now(service.ask_erasure, buyer)
    assert db.write_now(service.ask_erasure, buyer) == first, "asked twice, it is one wish"
    db.write_now(signs_in, buyer.id)
    life.house.passes(days=15)
    [wish] = db.read_now(service.receipts, life.olga.actor)
    assert wish.standing is Standing.CANCELLED
    assert look(life.house, (NAME,))["person.name"] == 1
    with pytest.raises(OnlyBuyersErase):
        db.write_now(service.ask_erasure, life.halo.mei.actor)


def test_nobody_comes_back_to_half_an_account(house: House) -> None:
    db, anna = house.db, house.buyer("anna")
    first = db.write_now(service.ask_erasure, anna.actor)
    db.write_now(signs_in, anna.actor.id)
    assert db.write_now(service.close, first.id) is None
    second = db.write_now(service.ask_erasure, anna.actor)
    assert db.write_now(service.close, second.id)
    assert db.read_now(erasing.pick, "person", "password", "id", [anna.actor.id]) == ["-"]


def signs_in(tx: Tx, person: PersonId) -> None:
    """Come in with whatever password it was."""
    accounts.let_in(tx, accounts.person(tx, person), Knock("192.0.2.1"))


def test_a_copy_holds_all_of_ones_own_and_nothing_of_the_others(life: Life) -> None:
    house, db = life.house, life.house.db
    visit = Visit(life.buyer.actor)
    asked = db.write_now(service.ask_export, visit, "ru")
    assert db.write_now(service.ask_export, visit, "en") == asked, "one at a time"
    with pytest.raises(ExportNotReady):
        db.read_now(service.fetched, life.buyer.actor, asked.id)
    house.passes(minutes=1)

    assert db.read_now(service.fetched, life.buyer.actor, asked.id).state is Making.READY
    with pytest.raises(NoSuchExport):
        db.read_now(service.fetched, life.other.actor, asked.id)
    place = Shelf.of(house.app.settings).place(asked.id)
    with zipfile.ZipFile(place) as archive:
        names = archive.namelist()
        whole = b"".join(archive.read(name) for name in names).decode(errors="replace")
    for mine in (*WORDS[:4], "heronappeal", PHONE, "Что мы о вас храним", "kingfisher@example.org"):
        assert mine in whole, mine
    assert sum(name.startswith("files/") for name in names) == 2
    for theirs in (life.olga.actor.id, "in a hurry", "What does it weigh?", house.address("mei")):
        assert theirs not in whole, theirs

    house.passes(days=8)
    assert not place.exists()
    assert db.read_now(service.exports, life.buyer.actor) == []
