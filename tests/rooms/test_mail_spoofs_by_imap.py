"""Letters out of a mailbox in somebody else's name: no header that came with one proves anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopbell.app import build
from shopbell.channels.mail import addresses
from shopbell.channels.mail.arriving.imap import envelope
from shopbell.channels.mail.arriving.model import Fate, Mail, Way, Why
from shopbell.conversations.model import ConversationId
from shopbell.engine.settings import Settings
from tests.support.clock import WoundClock
from tests.support.house import House
from tests.support.mail import HERE, Letter, Letterbox, ask, signed

SERVER = "mx.here.example"
PASSED = "spf=pass smtp.mailfrom=anna@example.org"


class Mailbox:
    """A mailbox out of which letters to Anna's conversation are read."""

    def __init__(self, house: House) -> None:
        self.halo, self.anna = house.shop("halo"), house.buyer("anna")
        self.talk: ConversationId = self.anna.asks(self.halo, None, "Is the lamp paper?")
        self.box = Letterbox(house)
        self.hers = self.box.relay(self.talk, addresses.person(self.anna.actor.id))

    def gets(self, raw: bytes, to: str = "") -> Mail:
        head = envelope.headers(raw)
        sender = envelope.return_path(head) or ""
        return self.box.takes(raw, to or self.hers, sender=sender, client="", way=Way.IMAP)

    def speaks(self, raw: bytes) -> bool:
        """Tell whether a letter comes to stand in the conversation as said by Anna."""
        shown = self.gets(raw).fate is Fate.SHOWN
        assert shown == (len(self.halo.mei.reads(self.talk)) == 2)
        return shown


@pytest.fixture(params=["", SERVER], ids=["nobody_believed", "server_believed"])
def mailbox(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Mailbox]:
    clock = WoundClock()
    settings = Settings(
        data=tmp_path / "data", database=database, imap_authserv=request.param
    )
    app = build(settings, clock=clock, ask=ask)
    yield Mailbox(House(app, clock))
    app.close()


believed = pytest.mark.parametrize("mailbox", [SERVER], indirect=True, ids=["server_believed"])


@pytest.mark.parametrize("domain", ["example.org", "soft.example", "plain.example"])
def test_who_only_says_who_it_is_from_does_not_speak(mailbox: Mailbox, domain: str) -> None:
    """Not even for a domain that says nothing of itself: the door for letters would see who came."""
    mailbox.anna.house.db.write_now(renamed, mailbox.anna.actor.id, f"anna@{domain}")
    held = mailbox.gets(Letter(mailbox.hers, sender=f"anna@{domain}").raw())
    assert held.fate is Fate.HELD
    assert held.why == (Why.DENIED if domain == "example.org" else Why.NOT_PROVEN)
    assert mailbox.halo.mei.reads(mailbox.talk) == ["Is the lamp paper?"]
