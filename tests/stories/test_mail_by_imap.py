"""Letters are read out of a mailbox on a real Dovecot, as they come and whatever happens to it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from imapclient import IMAPClient

from shopbell.app import build
from shopbell.channels.mail.arriving import service
from shopbell.channels.mail.arriving.imap import line as imap
from shopbell.channels.mail.arriving.imap.line import Line
from shopbell.channels.mail.arriving.imap.model import MailboxAway, Place
from shopbell.channels.mail.arriving.imap.reader import TRIES_MOST
from shopbell.channels.mail.arriving.model import Fate, Mail, MailLeftThere, Why
from shopbell.cli.exam import Weight, examine
from shopbell.engine.settings import BadSetting, Settings, load
from tests.proof.test_faults import fill, small_disk
from tests.stories.test_mail_arrives import Office, names
from tests.support.certificates import for_this_machine
from tests.support.clock import WoundClock
from tests.support.faults import Line as Wire
from tests.support.house import House
from tests.support.mail import Letter, ask, signed
from tests.support.mailrig import MailRig, mail_rig
from tests.support.names import NameServer
from tests.support.ports import free_port
from tests.support.postbox import Postbox
from tests.support.server import RunningServer

__all__ = ["names", "small_disk"]
FAILED = 'shopbell_failed_total{door="mailbox"}'
PATIENCE = 120.0
WRONG = "hush-hush"
NOT_TOLD = 30.0
"""Half of the seconds after which we would have looked without being told."""


@pytest.fixture(scope="module")
def rig() -> Iterator[MailRig]:
    with mail_rig(free_port()) as found:
        yield found


class Reading(Office):
    """A running house that reads a mailbox, a shop, and a buyer who has asked it something."""

    box_elsewhere: Postbox

    def writes(self, text: str, **how: Any) -> bytes:
        """Return a letter in which Anna answers, signed by her mail server."""
        return signed(Letter(self.hers, text=text, **how).raw(), "example.org")

    def held(self) -> list[Mail]:
        olga = self.house.operator(f"olga-{time.monotonic_ns()}")
        return self.house.db.read_now(service.held, olga.actor)[0]

    def is_ready(self) -> dict[str, bool]:
        try:
            with urlopen(f"{self.server.url}/readyz", timeout=30) as answer:  # noqa: S310
                found: dict[str, bool] = json.load(answer)
        except HTTPError as answer:
            found = json.load(answer)
        return found


@contextmanager
def reading(database: str, data: Path, dns: str, box: Postbox, **how: Any) -> Iterator[Reading]:
    """Run a house that reads a mailbox."""
    settings = {"imap_url": box.url(), **how}
    server = RunningServer(data, database, dns_server=dns, **settings)
    app = build(Settings(data=data, database=database), ask=ask)
    with server:
        found = Reading(server, House(app, WoundClock()), 0)
        found.box_elsewhere = box
        yield found
    app.close()


@pytest.fixture
def office(rig: MailRig, database: str, tmp_path: Path, names: NameServer) -> Iterator[Reading]:
    box = Postbox.of_its_own(rig.imap)
    with reading(database, tmp_path / "data", names.address, box) as found:
        yield found


def until(holds: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Wait until something holds, and return it."""
    end = time.monotonic() + patience
    while not (found := holds()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def test_a_letter_stands_in_the_conversation_within_two_seconds(
    office: Reading, rig: MailRig
) -> None:
    """The whole way: Postfix takes it, Dovecot keeps it and tells us, and it is marked as read."""
    until(lambda: office.is_ready()["mailbox"])
    waits: list[float] = []
    for number in range(3):
        raw = office.writes(f"Letter {number}.")
        begun = time.monotonic()
        rig.posts(raw, "anna@example.org", office.box_elsewhere.name)
        assert office.waits_for(number + 2)[-1] == f"Letter {number}."
        waits.append(time.monotonic() - begun)
    assert min(waits) < 2, waits
    until(lambda: office.box_elsewhere.flags() == [r"\Seen"] * 3)
    assert office.server.figures()['shopbell_mails_total{way="imap"}'] == 3
    assert office.server.figures()["shopbell_mailbox_read"] == 1


def test_many_that_come_while_others_are_read_are_not_waited_for(office: Reading) -> None:
    until(lambda: office.is_ready()["mailbox"])
    begun = time.monotonic()
    for number in range(15):
        office.box_elsewhere.gets(office.writes(f"{number}"))
    said = office.waits_for(16)
    assert time.monotonic() - begun < NOT_TOLD
    assert sorted(said[1:], key=int) == [f"{number}" for number in range(15)]


def test_a_server_that_is_away_is_waited_for(
    rig: MailRig, database: str, tmp_path: Path, names: NameServer
) -> None:
    box, wire = Postbox.of_its_own(rig.imap), Wire(rig.imap)
    by_wire = box.url(port=wire.port)
    with (
        wire.open(),
        reading(database, tmp_path / "data", names.address, box, imap_url=by_wire) as office,
    ):
        until(lambda: office.is_ready()["mailbox"])
        wire.turns_away()
        until(lambda: not office.is_ready()["mailbox"])
        box.gets(office.writes("While you were away."))
        assert office.server.log.count("mailbox is not read") == 1
        wire.heals()
        assert office.waits_for(2)[-1] == "While you were away."
        until(lambda: office.is_ready()["mailbox"])
        assert "mailbox is read again" in office.server.log


def test_a_mailbox_that_counts_anew_is_read_anew_and_nothing_stands_twice(
    rig: MailRig, database: str, tmp_path: Path, names: NameServer
) -> None:
    box = Postbox.of_its_own(rig.imap, "Answers")
    with reading(database, tmp_path / "data", names.address, box) as office:
        letters = [office.writes(f"Letter {number}.") for number in range(3)]
        for raw in letters:
            box.gets(raw)
        office.waits_for(4)
        box.begins_anew()
        for raw in (*letters, office.writes("A new one.")):
            box.gets(raw)
        said = office.waits_for(5)
        until(lambda: box.flags() == [r"\Seen"] * 4)
        assert sorted(said[1:]) == ["A new one.", "Letter 0.", "Letter 1.", "Letter 2."]
        assert office.halo.mei.reads(office.talk) == said


def test_killed_at_any_moment_each_letter_stands_there_once(office: Reading) -> None:
    """Whatever was kept and not yet marked as read is marked later, and not taken again."""
    until(lambda: office.is_ready()["mailbox"])
    killer = threading.Timer(0.3, office.server.kill)
    killer.start()
    for number in range(15):
        office.box_elsewhere.gets(office.writes(f"{number}"))
    killer.join()
    office.server.start()
    said = office.waits_for(16)
    assert sorted(said[1:], key=int) == [f"{number}" for number in range(15)]
    until(lambda: office.box_elsewhere.flags() == [r"\Seen"] * 15)
    assert office.halo.mei.reads(office.talk) == said


def test_what_was_kept_and_not_yet_marked_is_marked_by_the_next_reader(office: Reading) -> None:
    office.box_elsewhere.gets(office.writes("Kept."))
    said = office.waits_for(2)
    until(lambda: office.box_elsewhere.flags() == [r"\Seen"])
    office.server.stop()
    office.box_elsewhere.is_unread()
    office.server.start()
    until(lambda: office.box_elsewhere.flags() == [r"\Seen"])
    assert office.halo.mei.reads(office.talk) == said


def test_while_the_disk_is_full_letters_stay_there_unread(
    rig: MailRig, small_disk: Path, names: NameServer
) -> None:
    """What was not kept is neither gone past nor marked, nor does it count as a bad letter."""
    box = Postbox.of_its_own(rig.imap)
    with reading("", small_disk / "data", names.address, box) as office:
        until(lambda: office.is_ready()["mailbox"])
        ballast = fill(small_disk)
        box.gets(office.writes("Large. " * 20_000))
        until(lambda: office.server.figures().get(FAILED, 0) > TRIES_MOST)
        assert "StorageFull" in office.server.log
        assert box.flags() == [""]
        ballast.unlink()
        assert office.waits_for(2)[-1].startswith("Large. Large.")
        until(lambda: box.flags() == [r"\Seen"])
        assert office.held() == []


def test_a_letter_that_comes_both_ways_stands_there_once(
    rig: MailRig, database: str, tmp_path: Path, names: NameServer
) -> None:
    box, door = Postbox.of_its_own(rig.imap), free_port()
    listening = {"lmtp_listen": f"127.0.0.1:{door}"}
    with reading(database, tmp_path / "data", names.address, box, **listening) as office:
        office.door = door
        raw = office.writes("Once.")
        assert office.hands_over(raw, office.hers) == [250]
        office.waits_for(2)
        rig.posts(raw, "anna@example.org", box.name)
        box.gets(raw)
        until(lambda: box.flags() == [r"\Seen"] * 2)
        box.gets(office.writes("And then."))
        assert office.waits_for(3) == ["Is the lamp paper?", "Once.", "And then."]
        office.hangs_up()


def test_a_wrong_password_is_said_wherever_one_looks(
    rig: MailRig, tmp_path: Path, names: NameServer
) -> None:
    box = Postbox.of_its_own(rig.imap)
    wrong = box.url(password="letter")
    with reading("", tmp_path / "data", names.address, box, imap_url=wrong) as office:
        until(lambda: "NotLetIn" in office.server.log)
        assert office.is_ready() | {"mailbox": False} == office.is_ready()
        assert office.server.figures()["shopbell_mailbox_read"] == 0
        assert office.server.figures()[FAILED] == 1
        assert "letter@" not in office.server.log.replace(box.name, "")
    assert "does not take our name and password" in doctor(tmp_path, wrong)
    assert "no such folder" in doctor(tmp_path, box.url() + "/Nowhere")
    assert "cannot be read" in doctor(tmp_path, box.url(port=free_port()))
    assert doctor(tmp_path, box.url()) == "Letters can be read out of the mailbox."


def doctor(data: Path, url: str) -> str:
    """Return what the doctor says of a mailbox."""
    found = examine({"SHOPBELL_DATA": str(data / "data"), "SHOPBELL_IMAP_URL": url}, "en")
    finding = next(one for one in found if one.check == "mailbox")
    assert (finding.weight is Weight.WELL) == finding.says.startswith("Letters can be read")
    return finding.says


def test_too_large_a_letter_stays_there_and_those_behind_it_do_not_wait(office: Reading) -> None:
    large = Letter(office.hers, subject="All my pictures").raw() + (b"y" * 998 + b"\r\n") * 26_400
    office.box_elsewhere.gets(large)
    office.box_elsewhere.gets(office.writes("A small one."))
    assert office.waits_for(2)[-1] == "A small one."
    until(lambda: office.box_elsewhere.flags() == [r"\Flagged \Seen", r"\Seen"])
    [held] = office.held()
    assert (held.why, held.fate) == (Why.TOO_LARGE, Fate.FAILED)
    assert (held.subject, held.from_address) == ("All my pictures", "anna@example.org")
    assert held.size == len(large)
    olga = office.house.operator()
    with pytest.raises(MailLeftThere):
        office.house.db.write_now(service.read_again, olga.actor, held.id)
    office.house.db.write_now(service.drop, olga.actor, held.id)
    assert office.held() == []


def test_a_letter_that_is_not_handed_out_stays_there_and_those_behind_it_do_not_wait(
    office: Reading, rig: MailRig
) -> None:
    box = office.box_elsewhere
    office.server.stop()
    box.gets(office.writes("Nobody can read this."))
    for letter in (rig.folder / "mail" / box.name).glob("[cn][ue][rw]/*"):
        letter.chmod(0)
    box.gets(office.writes("Behind it."))
    office.server.start()
    assert office.waits_for(2)[-1] == "Behind it."
    [held] = office.held()
    assert (held.why, held.fate) == (Why.NOT_FETCHED, Fate.FAILED)
    assert office.is_ready()["mailbox"]


def test_a_server_that_does_not_tell_is_asked(tmp_path: Path, names: NameServer) -> None:
    deaf = "imap_capability = IMAP4rev1 UIDPLUS MOVE LITERAL+ UNSELECT"
    with mail_rig(free_port(), setting=deaf) as rig:
        box, often = Postbox.of_its_own(rig.imap), {"imap_poll_seconds": 0.5}
        with reading("", tmp_path / "data", names.address, box, **often) as office:
            until(lambda: office.is_ready()["mailbox"])
            box.gets(office.writes("Ask me."))
            begun = time.monotonic()
            assert office.waits_for(2)[-1] == "Ask me."
            assert time.monotonic() - begun < NOT_TOLD
            assert "mailbox is not read" not in office.server.log


def test_letters_are_moved_where_they_shall_lie_and_none_is_deleted(
    rig: MailRig, database: str, tmp_path: Path, names: NameServer
) -> None:
    box, moved = Postbox.of_its_own(rig.imap), {"imap_moved_to": "Done"}
    with reading(database, tmp_path / "data", names.address, box, **moved) as office:
        for number in range(3):
            box.gets(office.writes(f"{number}"))
        office.waits_for(4)
        until(lambda: box.flags() == [])
        assert box.flags("Done") == [r"\Seen"] * 3


def test_of_two_workers_one_reads_and_the_other_goes_on_when_it_is_gone(
    office: Reading, database: str, names: NameServer, tmp_path: Path
) -> None:
    box = office.box_elsewhere
    until(lambda: office.is_ready()["mailbox"])
    other = RunningServer(tmp_path / "data", database, dns_server=names.address, imap_url=box.url())
    with other:
        box.gets(office.writes("First."))
        office.waits_for(2)
        readers = (office.server.figures(), other.figures())
        assert [one["shopbell_mailbox_read"] for one in readers] == [1, 0]
        office.server.kill()
        box.gets(office.writes("Second."))
        assert office.waits_for(3) == ["Is the lamp paper?", "First.", "Second."]
        assert other.figures()["shopbell_mailbox_read"] == 1


def test_a_line_of_which_only_our_end_is_left_is_given_up(
    rig: MailRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "IDLE_SECONDS", 0.4)
    monkeypatch.setattr(imap, "TIMEOUT_SECONDS", 0.5)
    box, wire = Postbox.of_its_own(rig.imap), Wire(rig.imap)
    with wire.open():
        line = Line(Place.at(box.url(port=wire.port))).enter()
        assert not line.wait(0.1)
        wire.deaf = True
        with pytest.raises(MailboxAway):
            until(lambda: line.wait(0.2))
        line.close()


def test_over_tls_it_is_told_as_well_and_nobody_else_is_believed(
    rig: MailRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, certificate = for_this_machine(tmp_path)
    box, wire = Postbox.of_its_own(rig.imap), Wire(rig.imap, tls=shown)
    place = Place.at(box.url(port=wire.port, scheme="imaps"))
    with wire.open():
        with pytest.raises(MailboxAway, match="certificate"):
            Line(place)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        line = Line(place).enter()
        numbered, found = line.look(0, 0)
        assert (found, line.look(numbered, 0)) == ([], (numbered, []))
        assert not line.wait(0.1)
        box.gets(Letter("nobody@elsewhere.example").raw())
        assert until(lambda: line.wait(1))
        assert line.look(numbered, 0) == (numbered, [1])
        line.close()


def test_what_came_while_we_looked_is_told_without_waiting(
    rig: MailRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server says it once, with whatever it answers then, and not again to whom idles."""
    box = Postbox.of_its_own(rig.imap)
    raw = Letter("nobody@elsewhere.example").raw()
    box.gets(raw)
    box.gets(raw)
    box.loses(2)
    line = Line(Place.at(box.url())).enter()
    numbered, _none = line.look(0, 0)
    search = IMAPClient.search

    def slowly(client: IMAPClient, words: str) -> Any:
        box.gets(raw)
        return search(client, words)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(IMAPClient, "search", slowly)
        assert line.look(numbered, 1) == (numbered, [3])
    line.close()


def test_what_came_between_looking_and_idling_is_told_at_once(rig: MailRig) -> None:
    """It is told together with the leave to idle, and wakes nobody who waits for more."""
    box = Postbox.of_its_own(rig.imap)
    line = Line(Place.at(box.url())).enter()
    line.look(0, 0)
    box.gets(Letter("nobody@elsewhere.example").raw())
    assert line.wait(5)
    line.close()


@pytest.mark.parametrize(
    "url",
    [
        f"pop3://anna:{WRONG}@mail.example.org",
        "imaps://mail.example.org/INBOX",
        "imaps://anna@mail.example.org",
        f"imaps://anna:{WRONG}@",
        f"imaps://anna:{WRONG}@mail.example.org:x/INBOX",
    ],
    ids=["kind", "nobody", "password", "host", "port"],
)
def test_an_address_of_no_mailbox_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadSetting) as refused:
        load({"SHOPBELL_IMAP_URL": url})
    assert WRONG not in str(refused.value)
    assert "IMAP_URL" in str(refused.value)
