"""The real program takes letters over LMTP, is killed, cut off and filled up, and loses none."""

import re
import smtplib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import httpx
import pytest

from shopbell.app import build
from shopbell.channels.mail import addresses
from shopbell.conversations.model import ConversationId
from shopbell.engine.settings import Settings
from tests.conftest import migrate
from tests.proof.test_faults import fill, small_disk
from tests.support import postgres
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person
from tests.support.mail import HERE, SERVER, Letter, Letterbox, ask, signed
from tests.support.mailrig import mail_rig
from tests.support.names import NameServer
from tests.support.ports import free_port
from tests.support.server import RunningServer

__all__ = ["small_disk"]
PATIENCE = 60


class Office:
    """A running house with a door for letters, a shop, and a buyer who has asked it something."""

    def __init__(self, server: RunningServer, house: House, door: int) -> None:
        self.server, self.house, self.door = server, house, door
        self.halo: Counter = house.shop("halo")
        self.anna: Person = house.buyer("anna")
        self.talk: ConversationId = self.anna.asks(self.halo, None, "Is the lamp paper?")
        self.box = Letterbox(house)
        self.lines: list[smtplib.LMTP] = []

    @property
    def hers(self) -> str:
        return self.box.relay(self.talk, addresses.person(self.anna.actor.id))

    def rings(self) -> smtplib.LMTP:
        """Connect as the mail server beside us does."""
        line = smtplib.LMTP("127.0.0.1", self.door, local_hostname="mail.localhost", timeout=30)
        self.lines.append(line)
        line.ehlo()
        return line

    def hangs_up(self) -> None:
        for line in self.lines:
            line.close()

    def hands_over(self, raw: bytes, *to: str, line: smtplib.LMTP | None = None) -> list[int]:
        """Hand a letter over; return the answers, one for each who is to have it."""
        line = line or self.rings()
        line.docmd("XFORWARD", f"ADDR={SERVER} HELO=mx.example.org")
        line.mail("anna@example.org")
        answers = [line.rcpt(one)[0] for one in to]
        taken = sum(code == 250 for code in answers)
        line.putcmd("data")
        code = line.getreply()[0]
        if code != 354:
            return [*answers, code]
        line.send(re.sub(rb"(?m)^\.", b"..", raw) + b".\r\n")
        told = [line.getreply()[0] for _one in range(taken)]
        assert line.noop()[0] == 250
        return answers[: len(to) - taken] + told

    def waits_for(self, count: int) -> list[str]:
        """Wait until so many messages stand in the conversation."""
        until = time.monotonic() + PATIENCE
        while len(said := self.halo.mei.reads(self.talk)) < count:
            assert time.monotonic() < until, said
            time.sleep(0.05)
        return said


@pytest.fixture
def names() -> Iterator[NameServer]:
    with NameServer() as server:
        yield server


def opened(data: Path, database: str, dns: str) -> tuple[RunningServer, int]:
    door = free_port()
    listens = f"127.0.0.1:{door}"
    server = RunningServer(data, database, lmtp_listen=listens, dns_server=dns, lease_seconds=5)
    return server, door


@pytest.fixture
def office(database: str, tmp_path: Path, names: NameServer) -> Iterator[Office]:
    data = tmp_path / "data"
    server, door = opened(data, database, names.address)
    app = build(Settings(data=data, database=database), ask=ask)
    with server:
        found = Office(server, House(app, WoundClock()), door)
        yield found
        found.hangs_up()
    app.close()


def test_a_letter_is_in_the_conversation_before_one_has_looked_up(office: Office) -> None:
    to = office.hers
    assert office.hands_over(Letter(to, text="Yes, it was open.").raw(), to) == [250], (
        office.server.log
    )
    assert office.waits_for(2)[-1] == "Yes, it was open."


def test_each_who_is_to_have_it_is_answered_for(office: Office) -> None:
    to = office.hers
    raw = Letter(to, text="Who gets this?").raw()
    nobody = ("nobody@reply.localhost", "halo@elsewhere.example")
    assert office.hands_over(raw, *nobody, to) == [550, 550, 250]
    assert office.hands_over(raw, to, f"halo@{HERE}") == [250, 250]
    assert office.waits_for(2)[-1] == "Who gets this?"


def test_more_than_a_hundred_at_once_are_asked_to_come_again(office: Office) -> None:
    line, to = office.rings(), office.hers
    line.mail("anna@example.org")
    answers = [line.rcpt(to)[0] for _one in range(102)]
    assert answers == [250] * 100 + [452] * 2
    assert line.docmd("RCPT TO:<nobody@elsewhere.example>")[0] == 550


def test_a_letter_of_empty_lines_keeps_nobody_waiting(office: Office) -> None:
    raw = Letter(office.hers).raw() + b"\r\n" * 8_000_000
    sending = threading.Thread(target=office.hands_over, args=(raw, office.hers))
    other, waits = office.rings(), [0.0]
    sending.start()
    while sending.is_alive():
        begun = time.monotonic()
        other.noop()
        waits.append(time.monotonic() - begun)
        time.sleep(0.005)
    assert max(waits) < 0.5


def test_long_lines_and_strange_bytes_are_no_reason_to_send_a_letter_back(office: Office) -> None:
    to = office.hers
    raw = Letter(to, text="x").raw().replace(b"\r\nx", b"\r\n" + b"word " * 100_000 + b"\xff\x00")
    assert office.hands_over(raw, to) == [250]
    assert office.waits_for(2)[-1].startswith("word word")


def test_too_large_a_letter_is_refused_for_good(office: Office) -> None:
    line = office.rings()
    assert line.docmd("MAIL FROM:<anna@example.org> SIZE=27000000")[0] == 552
    raw = Letter(office.hers).raw() + b"x" * 998 + b"\r\n"
    assert office.hands_over(raw + (b"y" * 998 + b"\r\n") * 26_400, office.hers)[-1] == 552


def test_what_only_looks_like_the_end_of_a_letter_is_not(office: Office) -> None:
    """An end in other line ends would smuggle a second letter in behind the first."""
    to, line = office.hers, office.rings()
    line.docmd("XFORWARD", f"ADDR={SERVER} HELO=mx.example.org")
    line.mail("anna@example.org")
    line.rcpt(to)
    line.putcmd("data")
    line.getreply()
    inside = b"MAIL FROM:<mallory@evil.example>\r\nRCPT TO:<" + to.encode() + b">\r\nDATA\r\n"
    for end in (b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r"):
        line.send(Letter(to, text="One letter.").raw() + end + inside)
    line.send(b"\r\n.\r\n")
    assert line.getreply()[0] == 250
    office.waits_for(2)
    time.sleep(1)
    assert len(office.halo.mei.reads(office.talk)) == 2


def test_killed_at_any_moment_no_letter_is_lost_and_none_is_doubled(office: Office) -> None:
    """What is not answered with 250 comes again, as mail servers do."""
    waiting = [Letter(office.hers, text=f"Letter number {n}.").raw() for n in range(15)]
    killer = threading.Timer(0.2, office.server.kill)
    killer.start()
    while waiting:
        try:
            line = office.rings()
            while waiting:
                assert office.hands_over(waiting[0], office.hers, line=line) == [250]
                waiting.pop(0)
                time.sleep(0.02)
        except (OSError, smtplib.SMTPException):
            killer.join()
            office.server.start()
    killer.join()
    office.server.stop()
    office.server.start()
    said = office.waits_for(16)
    assert sorted(said[1:]) == sorted(f"Letter number {n}." for n in range(15))


def test_kept_but_not_yet_answered_a_letter_that_comes_again_is_one(office: Office) -> None:
    raw = Letter(office.hers, text="Once.").raw()
    for _time in range(3):
        assert office.hands_over(raw, office.hers) == [250]
    office.waits_for(2)
    time.sleep(1)
    assert office.halo.mei.reads(office.talk) == ["Is the lamp paper?", "Once."]


def test_names_that_are_away_delay_a_letter_and_send_none_back(
    office: Office, names: NameServer
) -> None:
    names.silent = True
    assert office.hands_over(Letter(office.hers, text="Later.").raw(), office.hers) == [250]
    time.sleep(1)
    names.silent = False
    assert office.waits_for(2)[-1] == "Later."


def test_a_database_that_is_away_has_letters_come_again(tmp_path: Path, names: NameServer) -> None:
    with postgres.private() as own:
        database = own.url(own.create())
        migrate(database)
        server, door = opened(tmp_path / "data", database, names.address)
        app = build(Settings(data=tmp_path / "data", database=database), ask=ask)
        with server:
            office = Office(server, House(app, WoundClock()), door)
            raw, to = Letter(office.hers, text="In the end.").raw(), office.hers
            own.stop_at_once()
            assert office.hands_over(raw, to)[0] == 451
            assert httpx.get(f"{server.url}/metrics").status_code == 200
            own.start()
            line = office.rings()
            line.mail("anna@example.org")
            assert [line.rcpt(one)[0] for one in (to, f"halo@{HERE}")] == [250, 250]
            own.stop_at_once()
            assert line.docmd("data")[0] == 354
            line.send(raw + b".\r\n")
            assert [line.getreply()[0] for _one in range(2)] == [451, 451]
            assert line.noop()[0] == 250
            own.start()
            until = time.monotonic() + PATIENCE
            while office.hands_over(raw, to)[-1] != 250:
                assert time.monotonic() < until
                time.sleep(0.2)
            assert office.waits_for(2)[-1] == "In the end."
            office.hangs_up()
        app.close()


def test_a_full_disk_has_letters_come_again(small_disk: Path, names: NameServer) -> None:
    data = small_disk / "data"
    server, door = opened(data, "", names.address)
    with server:
        app = build(Settings(data=data), ask=ask)
        office = Office(server, House(app, WoundClock()), door)
        raw, to = Letter(office.hers, text="Large. " * 20_000).raw(), office.hers
        ballast = fill(small_disk)
        assert office.hands_over(raw, to, f"halo@{HERE}") == [452, 452]
        ballast.unlink()
        assert office.hands_over(raw, to) == [250]
        assert office.waits_for(2)[-1].startswith("Large. Large.")
        office.hangs_up()
        app.close()


def test_letters_are_seen_soon_and_many_are_taken_at_once(office: Office) -> None:
    """A first measure; the figures of the record are the bench's."""
    line, to = office.rings(), office.hers
    waits: list[float] = []
    for number in range(15):
        begun = time.monotonic()
        assert office.hands_over(Letter(to, text=f"{number}").raw(), to, line=line) == [250]
        office.waits_for(number + 2)
        waits.append(time.monotonic() - begun)
    assert quantiles(waits, n=20)[-1] < 5


def test_postfix_hands_letters_over_and_keeps_them_while_we_are_away(office: Office) -> None:
    """The whole way with a real mail server: only what was signed is proven behind it."""
    raw = signed(Letter(office.hers, text="Through Postfix: " + "long " * 400).raw(), "example.org")
    second = signed(Letter(office.hers, text="While you were away.").raw(), "example.org")
    with mail_rig(office.door) as rig:
        rig.posts(raw, "anna@example.org", office.hers)
        assert office.waits_for(2)[-1].startswith("Through Postfix: long long")
        office.server.stop()
        rig.posts(second, "anna@example.org", office.hers)
        time.sleep(1)
        office.server.start()
        assert office.waits_for(3)[-1] == "While you were away."
