"""Letters between people's real programs and ours: Postfix and Dovecot, mutt and swaks."""

import re
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from sqlalchemy import select

from shopbell.app import build
from shopbell.channels.mail import addresses
from shopbell.channels.mail import service as letters
from shopbell.channels.mail.arriving.tables import mails
from shopbell.channels.mail.model import LetterState
from shopbell.conversations import service as conversations
from shopbell.conversations.model import ConversationId
from shopbell.engine.settings import Settings
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES, Locale
from shopbell.language.guard import cover, find_hidden
from tests.conftest import migrate
from tests.rooms.test_mail_reading import BETWEEN, SAMPLES
from tests.support import postgres
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person
from tests.support.mail import HERE, Letter
from tests.support.mailclients import Answer, mutt
from tests.support.mailrig import Mailbox, mail_rig, program
from tests.support.mailserver import with_keys
from tests.support.ports import free_port
from tests.support.posttown import POST, PostTown, post_town
from tests.support.wound import WoundServer

PATIENCE = 90

ANSWERS: dict[Locale, tuple[str, str]] = {
    "en": ("It weighs 1.2 kg.", "Thank you, I take two.\n\nAnd one for my mother."),
    "ru": ("Он весит 1,2 кг.", "Спасибо, беру две штуки.\n\nИ ещё одну маме."),
    "zh": ("重 1.2 公斤。", "谢谢，我要两个。\n\n再给我妈妈一个。"),
}
ENDINGS = {
    "lf-lf": b"\n.\n",
    "lf-crlf": b"\n.\r\n",
    "crlf-lf": b"\r\n.\n",
    "cr-cr": b"\r.\r",
    "cr-crlf": b"\r.\r\n",
    "crlf-cr": b"\r\n.\r",
    "crlf-nul": b"\r\n\0.\r\n",
}
"""What some servers take for the end of a letter; only ``CRLF.CRLF`` is."""


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PostTown]:
    data = tmp_path_factory.mktemp("town")
    if request.param == "sqlite":
        url = f"sqlite:///{data}/shopbell.db"
        migrate(url)
        with post_town(data, url) as found:
            yield found
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = server.create(template=request.getfixturevalue("migrated_template"))
    with post_town(data, server.url(name)) as found:
        yield found
    server.drop(name)


@pytest.fixture
def halo(town: PostTown) -> Counter:
    return town.house.shop(fresh("halo"), [fresh("mei")])


def fresh(name: str) -> str:
    return f"{name}-{new_id()[-8:]}"


def buyer(town: PostTown, locale: Locale = "en") -> tuple[Person, str]:
    """Let somebody in with a mailbox in the town; return its name, too."""
    name = fresh("anna")
    return town.house.buyer(name, locale), name


def mei(halo: Counter) -> Person:
    return next(iter(halo.staff.values()))


def said(halo: Counter, talk: ConversationId, count: int) -> list[str]:
    """Wait until so much was said in a conversation; more than that is too much."""
    until = time.monotonic() + PATIENCE
    while len(found := mei(halo).reads(talk)) < count:
        assert time.monotonic() < until, found
        time.sleep(0.05)
    assert len(found) == count, found
    return found


# --- mutt -----------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_answered_with_mutt_stands_in_its_conversation_without_the_quotation(
    town: PostTown, halo: Counter, tmp_path: Path, locale: Locale
) -> None:
    anna, name = buyer(town, locale)
    answer, words = ANSWERS[locale]
    talk = anna.asks(halo, None, "?")
    mei(halo).answers(talk, answer)
    town.server.passes(minutes=6)
    [letter] = town.mailbox(name).waits_for(1)
    mutt(town.rig, Answer(letter, words, locale), tmp_path)
    assert said(halo, talk, 3)[-1] == words
    arrived = arrived_in(town, talk)
    assert arrived["In-Reply-To"] == letter["Message-ID"]
    assert str(arrived["References"]).split()[-1] == letter["Message-ID"]
    assert answer in str(arrived.get_content())


def arrived_in(town: PostTown, talk: ConversationId) -> EmailMessage:
    """Return the letter that came last into a conversation, as it came."""
    newest = select(mails.c.raw).where(mails.c.conversation == talk).order_by(mails.c.id.desc())
    raw = town.house.db.read_now(lambda tx: tx.execute(newest).scalars().first())
    found = town.house.app.blobs.path(str(raw)).read_bytes()
    return message_from_bytes(found, EmailMessage, policy=SMTP)


# --- swaks, and letters that are not all ASCII ----------------------------------------------


def test_swaks_writes_in_eight_bits(town: PostTown, halo: Counter, tmp_path: Path) -> None:
    anna, name = buyer(town)
    talk = anna.asks(halo, None, "?")
    to, address = town.box.relay(talk, addresses.person(anna.actor.id)), town.house.address(name)
    for number, words in enumerate(("Plain words.", "Восемь бит и 八位"), start=2):
        body = tmp_path / "body"
        body.write_text(words)
        call, environment = program(
            "swaks",
            *("--server", f"127.0.0.1:{town.rig.smtp}", "--from", address, "--to", to),
            *("--header", "Subject: Re: ?", "--body", f"@{body}"),
            *(
                "--add-header",
                "MIME-Version: 1.0",
                "--add-header",
                "Content-Transfer-Encoding: 8bit",
            ),
            *("--add-header", "Content-Type: text/plain; charset=utf-8"),
        )
        sent = subprocess.run(call, env=environment, check=False, capture_output=True, timeout=60)
        assert sent.returncode == 0, sent.stdout.decode(errors="replace")
        assert said(halo, talk, number)[-1] == words


def test_an_address_in_cyrillic_is_an_address(town: PostTown, halo: Counter) -> None:
    """A shop is written to by a stranger whose mailbox has a name in their own letters."""
    letter = EmailMessage(policy=SMTP.clone(utf8=True))
    letter["From"] = f"Анна <{fresh('анна')}@{POST}>"
    letter["To"] = f"{halo.shop.slug}@{HERE}"
    letter["Subject"] = "Вопрос"
    letter["Message-ID"] = f"<{new_id()}@{POST}>"
    letter.set_content("Сколько весит чайник?")
    with smtplib.SMTP("127.0.0.1", town.rig.smtp, timeout=PATIENCE) as line:
        line.send_message(letter)
    until = time.monotonic() + PATIENCE
    while "?" not in "".join(inbox(halo)):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert inbox(halo) == ["Сколько весит чайник?"]


def inbox(halo: Counter) -> list[str]:
    """Return the last words of each conversation at a shop's desk."""
    found = halo.house.db.read_now(conversations.inbox, mei(halo).actor, "all")
    return [talk.last.text for talk in found[0] if talk.last]


# --- smuggling ------------------------------------------------------------------------------


@pytest.mark.parametrize("hop", ["postfix", "our door"])
def test_no_letter_is_smuggled_in_behind_another(town: PostTown, halo: Counter, hop: str) -> None:
    anna, name = buyer(town)
    talk = anna.asks(halo, None, "?")
    to, address = town.box.relay(talk, addresses.person(anna.actor.id)), town.house.address(name)
    port, hello = (town.rig.smtp, "EHLO") if hop == "postfix" else (town.door, "LHLO")
    inside = f"MAIL FROM:<mallory@evil.example>\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode()
    second = Letter(to, sender=f"mallory@{POST}", text="Smuggled.").raw()
    for end in ENDINGS.values():
        first = Letter(to, sender=address, text="One letter.").raw().removesuffix(b"\r\n")
        hand_over(port, hello, address, to, first + end + inside + second + b"\r\n.\r\n")
    last = Letter(to, sender=address, text="The last one.").raw()
    hand_over(port, hello, address, to, last + b"\r\n.\r\n")
    until = time.monotonic() + PATIENCE
    while len(found := arrived_for(town, to)) < len(ENDINGS) + 1:
        assert time.monotonic() < until, found
        time.sleep(0.05)
    assert found == [address] * (len(ENDINGS) + 1)


def hand_over(port: int, hello: str, sender: str, to: str, data: bytes) -> None:
    """Speak to a server in raw bytes; what it answers after the letter is not listened to."""
    envelope = f"{hello} mail.localhost", f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA"
    steps = [b"", *(f"{step}\r\n".encode() for step in envelope), data]
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as line, line.makefile() as ear:
        for step in steps:
            line.sendall(step)
            while (told := ear.readline())[3:4] == "-":
                pass
            assert told[:1] in {"2", "3"}, told


def arrived_for(town: PostTown, to: str) -> list[str | None]:
    """List who sent the letters that arrived at an address, by their envelopes."""
    found = select(mails.c.sender).where(mails.c.recipient == to)
    return list(town.house.db.read_now(lambda tx: tx.execute(found).scalars().all()))


# --- the shapes of clients ------------------------------------------------------------------

KINDS = {file.stem.partition("-")[2]: file for file in reversed(SAMPLES)}
"""One letter of each client in each of its languages, by their names."""

CODES = {"en": "utf-8", "ru": "windows-1251", "zh": "gb18030"}


def test_answers_of_every_client_reach_the_right_conversation(
    town: PostTown, halo: Counter
) -> None:
    anna, name = buyer(town)
    address = town.house.address(name)
    talks = dict[str, ConversationId]()
    for number, (kind, file) in enumerate(KINDS.items()):
        talk = talks[kind] = anna.asks(halo, halo.sells(f"thing-{number}"), kind)
        to = town.box.relay(talk, addresses.person(anna.actor.id))
        town.rig.posts(in_the_shape_of(file, address, to, number), address, to)
    found = {kind: said(halo, talk, 2)[-1] for kind, talk in talks.items()}
    wrong = {kind: words for kind, words in found.items() if words != own(KINDS[kind])}
    assert len(KINDS) >= 30
    assert wrong == {}


def own(file: Path) -> str:
    """Return what a letter says, as its readers see it: ways off the marketplace are covered."""
    words = file.read_text().partition(BETWEEN)[0]
    return cover(words, find_hidden(words))


def in_the_shape_of(file: Path, sender: str, to: str, number: int) -> bytes:
    words = file.read_text().partition(BETWEEN)[2].replace("anna@example.org", sender)
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"] = sender, to
    letter["Subject"], letter["Message-ID"] = "Re: Halo", f"<{new_id()}@{POST}>"
    if number % 3:
        letter["In-Reply-To"] = f"<some-{number}@{HERE}>"
    code = "utf-8" if number % 2 else CODES[file.stem.rpartition("-")[2]]
    cte = ("base64", "quoted-printable", "8bit")[number % 3]
    subtype = "html" if file.suffix == ".html" else "plain"
    letter.set_content(words, subtype=subtype, charset=code, cte=cte)
    return letter.as_bytes()


# --- what the mail server does with our answers ---------------------------------------------


def test_each_recipient_is_answered_for_and_who_is_unknown_comes_back_to_the_sender(
    town: PostTown, halo: Counter
) -> None:
    anna, name = buyer(town)
    talk = anna.asks(halo, None, "?")
    to, address = town.box.relay(talk, addresses.person(anna.actor.id)), town.house.address(name)
    nobody = f"{fresh('nobody')}@{HERE}"
    raw = Letter(f"{to}, {nobody}", sender=address, text="To both of you.").raw()
    with smtplib.SMTP("127.0.0.1", town.rig.smtp, timeout=PATIENCE) as line:
        line.sendmail(address, [to, nobody], raw)
    assert said(halo, talk, 2)[-1] == "To both of you."
    [returned] = town.mailbox(name).waits_for(1)
    assert returned.get_content_type() == "multipart/report"
    assert returned.as_string().count("Final-Recipient:") == 1
    assert f"rfc822; {nobody}" in returned.as_string()


def test_while_we_cannot_keep_letters_they_stay_in_the_queue_and_come_once(
    town: PostTown, halo: Counter
) -> None:
    anna, name = buyer(town)
    talk = anna.asks(halo, None, "?")
    to, address = town.box.relay(talk, addresses.person(anna.actor.id)), town.house.address(name)
    blobs, aside = town.server.data / "blobs", town.server.data / "aside"
    blobs.mkdir(exist_ok=True)  # it is there once something was kept
    blobs.rename(aside)
    blobs.write_text("in the way")
    try:
        town.rig.posts(Letter(to, sender=address, text="Later.").raw(), address, to)
        until = time.monotonic() + PATIENCE
        while not re.search(rf"to=<{re.escape(to)}>.* said: 451", town.rig.said):
            assert time.monotonic() < until, town.rig.said
            time.sleep(0.1)
    finally:
        blobs.unlink()
        aside.rename(blobs)
    assert said(halo, talk, 2)[-1] == "Later."
    assert town.mailbox(name).letters() == [], "the sender hears nothing of it"


def test_a_mailbox_that_is_gone_is_not_written_to_again(town: PostTown, halo: Counter) -> None:
    if town.house.db.read_now(letters.is_suspended, f"gone@{POST}"):
        pytest.fail("the address was suspended before")
    gone = town.house.buyer("gone")
    talk = gone.asks(halo, None, "?")
    mei(halo).answers(talk, "Are you there?")
    town.server.passes(minutes=6)
    until = time.monotonic() + PATIENCE
    while not town.house.db.read_now(letters.is_suspended, f"gone@{POST}"):
        assert time.monotonic() < until, town.rig.said
        time.sleep(0.1)
    [letter] = town.house.db.read_now(letters.listed_to, [addresses.person(gone.actor.id)])
    assert letter.state is LetterState.RETURNED
    assert "5.1.1" in letter.says


# --- two hours without a mail server --------------------------------------------------------


def test_what_two_hours_without_postfix_held_up_comes_once_and_in_order(
    database: str, tmp_path: Path
) -> None:
    data, smtp = with_keys(tmp_path / "data"), free_port()
    url = f"smtp://127.0.0.1:{smtp}"
    server = WoundServer(data, database, mail_domain=HERE, smtp_url=url)
    app = build(Settings(data=data, database=database), clock=server.now)
    house = House(app, WoundClock(server.now()), POST)
    halo = house.shop("halo")
    people = {name: house.buyer(name) for name in ("anna", "boris")}
    talks = {name: one.asks(halo, None, "?") for name, one in people.items()}
    written = dict[str, list[str]]()
    with server:
        for number in range(6):
            for talk in talks.values():
                halo.mei.answers(talk, f"Answer {number}.")
            server.passes(minutes=20)
            written = {name: posted(house, one, number + 1) for name, one in people.items()}
        with mail_rig(free_port(), smtp) as rig:
            server.passes(hours=2)
            for name in people:
                arrives(rig.mailbox(house.address(name)), server, 6)
            handed_over = re.findall(r"message-id=(<\S+>)", rig.said)
            for ids in written.values():
                assert [one for one in handed_over if one in ids] == ids
            for name in people:
                found = rig.mailbox(house.address(name)).letters()
                assert sorted(str(one["Message-ID"]) for one in found) == sorted(written[name])
    app.close()


def posted(house: House, buyer: Person, count: int) -> list[str]:
    """Wait until so many letters to somebody are written; return their ids, oldest first."""
    until, named = time.monotonic() + PATIENCE, [addresses.person(buyer.actor.id)]
    while len(found := house.db.read_now(letters.listed_to, named)) < count:
        assert time.monotonic() < until, found
        time.sleep(0.05)
    return [letter.message_id for letter in reversed(found)]


def arrives(mailbox: Mailbox, server: WoundServer, count: int) -> None:
    """Wait until so many lie in a mailbox; the time between tries passes at once."""
    until = time.monotonic() + PATIENCE
    while len(mailbox.letters()) < count:
        assert time.monotonic() < until, mailbox.address
        server.passes(minutes=10)
        time.sleep(0.3)
