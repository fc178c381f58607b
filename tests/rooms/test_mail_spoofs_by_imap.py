"""Letters in somebody else's name, out of a mailbox: no header that came with one proves it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopbell.accounts import service as accounts
from shopbell.accounts.model import NewPerson
from shopbell.app import build
from shopbell.channels.mail import addresses
from shopbell.channels.mail.arriving.imap import envelope
from shopbell.channels.mail.arriving.model import Fate, Mail, Way, Why
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, Actor, Side
from tests.support.clock import WoundClock
from tests.support.house import NO_PASSWORD, House, Person
from tests.support.mail import HERE, Letter, Letterbox, ask, signed

SERVER = "mx.here.example"
PASSED = "spf=pass smtp.mailfrom=anna@example.org"


class Mailbox:
    """A mailbox out of which letters to conversations of a shop are read."""

    def __init__(self, house: House) -> None:
        self.house, self.halo, self.box = house, house.shop("halo"), Letterbox(house)

    def asked_by(self, address: str) -> str:
        """Have somebody with this address ask the shop; return where they answer."""
        new = NewPerson(email=address, name="Anna", side=Side.BUYER, verified=True)
        anna = self.house.db.write_now(accounts.add_person, SYSTEM, new, NO_PASSWORD)
        actor = Actor(anna.id, Side.BUYER, name=anna.name)
        self.talk = Person(self.house, actor).asks(self.halo, None, "Is the lamp paper?")
        return self.box.relay(self.talk, addresses.person(anna.id))

    def gets(self, raw: bytes, to: str) -> Mail:
        """Take in a letter as the reader of mailboxes does."""
        sender = envelope.return_path(envelope.headers(raw))
        return self.box.takes(raw, to, sender=sender, client="", way=Way.IMAP)

    def says(self) -> list[str]:
        return self.halo.mei.reads(self.talk)[1:]


@pytest.fixture(params=["", SERVER], ids=["nobody_believed", "server_believed"])
def mailbox(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Mailbox]:
    clock = WoundClock()
    settings = Settings(data=tmp_path / "data", database=database, imap_authserv=request.param)
    app = build(settings, clock=clock, ask=ask)
    yield Mailbox(House(app, clock))
    app.close()


believed = pytest.mark.parametrize("mailbox", [SERVER], indirect=True, ids=["server_believed"])


def found(results: str, server: str = SERVER) -> bytes:
    """Return the header in which a server writes down what it found of a letter."""
    return f"Authentication-Results: {server}; {results}\r\n".encode()


@pytest.mark.parametrize("domain", ["example.org", "soft.example", "plain.example"])
def test_who_only_says_who_it_is_from_does_not_speak(mailbox: Mailbox, domain: str) -> None:
    """Not even for a domain that says nothing of itself: at the door we would see who comes."""
    sender = f"anna@{domain}"
    to = mailbox.asked_by(sender)
    held = mailbox.gets(Letter(to, sender=sender).raw(), to)
    denied = domain == "example.org"
    assert (held.fate, held.why) == (Fate.HELD, Why.DENIED if denied else Why.NOT_PROVEN)
    assert mailbox.says() == []


def test_who_has_signed_speaks(mailbox: Mailbox) -> None:
    to = mailbox.asked_by("anna@example.org")
    raw = signed(Letter(to, text="It is me.").raw(), "example.org")
    assert mailbox.gets(raw, to).fate is Fate.SHOWN
    assert mailbox.says() == ["It is me."]


def test_who_has_signed_for_somebody_else_does_not(mailbox: Mailbox) -> None:
    to = mailbox.asked_by("anna@example.org")
    assert mailbox.gets(signed(Letter(to).raw(), "evil.example"), to).fate is Fate.HELD
    assert mailbox.says() == []


@pytest.mark.parametrize(
    "forged",
    [
        found(PASSED, "mx.elsewhere.example"),
        found(PASSED, f"{SERVER}.elsewhere.example"),
        found(PASSED, f"mx.elsewhere.example ({SERVER})"),
        found("dkim=pass header.d=example.org; dmarc=pass header.from=example.org"),
        found("spf=fail smtp.mailfrom=anna@example.org") + found(PASSED),
        found(PASSED, "mx.elsewhere.example") + found(PASSED),
        found(f"dkim=none ({PASSED}); spf=fail smtp.mailfrom=anna@example.org"),
        found(f'dkim=fail header.i="@x; {PASSED}"; spf=none'),
        found(f'spf=fail smtp.mailfrom="a; {PASSED}; "@evil.example'),
        found(f"dkim=fail reason=((x) ; {PASSED})"),
        found("spf=pass smtp.mailfrom=mallory@evil.example"),
        found("spf=pass smtp.mailfrom=x@example.org@evil.example"),
        found("spf=pass smtp.helo=example.org"),
        found("spf=pass smtp.mailfrom=anna@example.org.evil.example"),
        b"Received-SPF: pass client-ip=192.0.2.25; envelope-from=anna@example.org\r\n",
        b"X-Originating-IP: [192.0.2.25]\r\nReturn-Path: <anna@example.org>\r\n",
    ],
    ids=[
        "another_server",
        "below_it",
        "in_a_comment",
        "of_dkim",
        "behind_a_failure",
        "behind_another_server",
        "in_a_comment_of_dkim",
        "in_quotes",
        "in_a_quoted_address",
        "in_nested_comments",
        "of_evil",
        "of_an_address_within",
        "of_helo",
        "of_a_longer_name",
        "received_spf",
        "return_path",
    ],
)
def test_what_a_letter_says_of_its_own_proof_has_no_effect(mailbox: Mailbox, forged: bytes) -> None:
    to = mailbox.asked_by("anna@example.org")
    assert mailbox.gets(forged + Letter(to).raw(), to).fate is Fate.HELD
    assert mailbox.says() == []


def test_what_the_mailbox_s_server_has_found_of_spf_is_believed_if_it_is_named(
    mailbox: Mailbox,
) -> None:
    to = mailbox.asked_by("anna@example.org")
    named = bool(mailbox.house.app.settings.imap_authserv)
    raw = found(f"dkim=none; {PASSED} (it may send)") + Letter(to, text="It is me.").raw()
    assert mailbox.gets(raw, to).fate is (Fate.SHOWN if named else Fate.HELD)
    assert mailbox.says() == ["It is me."] * named


@believed
def test_where_the_server_has_looked_a_domain_that_says_nothing_is_taken_as_at_the_door(
    mailbox: Mailbox,
) -> None:
    to = mailbox.asked_by("anna@plain.example")
    raw = found("spf=none smtp.mailfrom=anna@plain.example")
    letter = Letter(to, sender="anna@plain.example", text="It is me.").raw()
    assert mailbox.gets(raw + letter, to).fate is Fate.SHOWN


@pytest.mark.parametrize(
    ("headers", "recipients"),
    [
        ({"To": f"c-1@{HERE}"}, [f"c-1@{HERE}"]),
        (
            {"To": f"x@elsewhere.example, C-1@{HERE}", "Cc": f"c-2@{HERE}"},
            [f"c-1@{HERE}", f"c-2@{HERE}"],
        ),
        ({"To": "x@elsewhere.example", "X-To": f"c-1@{HERE}"}, []),
        ({"To": f"c-1@{HERE}.evil.example"}, []),
        ({"To": f"c-1@evil{HERE}"}, []),
    ],
    ids=["to", "to_and_cc", "others", "below", "ending"],
)
def test_a_letter_is_for_those_addresses_of_ours_that_it_names(
    headers: dict[str, str], recipients: list[str]
) -> None:
    head = envelope.headers(Letter("nobody@elsewhere.example", headers=headers).raw())
    assert envelope.addressed_to(head, HERE) == recipients


def test_who_delivered_it_is_heard_first() -> None:
    raw = f"Delivered-To: box@post.example\r\nX-Original-To: c-1@{HERE}\r\n".encode()
    head = envelope.headers(raw + Letter(f"c-2@{HERE}").raw())
    assert envelope.delivered_to(head, HERE) == [f"c-1@{HERE}"]


@pytest.mark.parametrize(
    ("written", "sender"),
    [
        (b"Return-Path: <anna@example.org>\r\n", "anna@example.org"),
        (b"Return-Path: <>\r\n", ""),
        (b"", None),
        (b"Return-Path: <a b@example.org>\r\n", None),
        (b"Return-Path: <a\x00@example.org>\r\n", None),
    ],
    ids=["somebody", "null", "none", "blank", "zero"],
)
def test_the_sender_of_an_envelope_is_what_the_server_wrote(
    written: bytes, sender: str | None
) -> None:
    assert envelope.return_path(envelope.headers(written + Letter("x@y.example").raw())) == sender
