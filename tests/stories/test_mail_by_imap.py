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

from shopbell.app import build
from shopbell.channels.mail.arriving import service, storage
from shopbell.channels.mail.arriving.imap import line as imap
from shopbell.channels.mail.arriving.imap.line import Line
from shopbell.channels.mail.arriving.imap.model import MailboxAway, Place
from shopbell.channels.mail.arriving.model import Fate, Mail, Why
from shopbell.cli.exam import Weight, examine
from shopbell.engine.settings import Settings
from tests.stories.test_mail_arrives import Office, names
from tests.support.clock import WoundClock
from tests.support.faults import Line as Wire
from tests.support.house import House
from tests.support.mail import Letter, ask, signed
from tests.support.mailrig import MailRig, mail_rig
from tests.support.names import NameServer
from tests.support.ports import free_port
from tests.support.postbox import Postbox
from tests.support.server import RunningServer

__all__ = ["names"]
PATIENCE = 60.0


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
        return self.house.db.read_now(service.held, olga.actor)

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
    for number in range(3):
        raw = office.writes(f"Letter {number}.")
        begun = time.monotonic()
        rig.posts(raw, "anna@example.org", office.box_elsewhere.name)
        assert office.waits_for(number + 2)[-1] == f"Letter {number}."
        assert time.monotonic() - begun < 2
    until(lambda: office.box_elsewhere.flags() == [r"\Seen"] * 3)
    assert office.server.figures()['shopbell_mails_total{way="imap"}'] == 3
    assert office.server.figures()["shopbell_mailbox_read"] == 1


def test_many_that_come_while_others_are_read_are_not_waited_for(office: Reading) -> None:
    until(lambda: office.is_ready()["mailbox"])
    begun = time.monotonic()
    for number in range(15):
        office.box_elsewhere.gets(office.writes(f"{number}"))
    said = office.waits_for(16)
    assert time.monotonic() - begun < 8
    assert said[1:] == [f"{number}" for number in range(15)]
