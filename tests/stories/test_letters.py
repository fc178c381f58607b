"""Letters go out by a real mail server: in order, once, whatever the server does meanwhile."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import dkim
import pytest

from shopbell.accounts.model import Letter as AccountLetter
from shopbell.app import App, build
from shopbell.channels.mail import compose, service
from shopbell.channels.mail.addresses import (
    Keyring,
    bounced_letter,
    message_id,
    person,
    relay_address,
)
from shopbell.channels.mail.compose import Draft
from shopbell.channels.mail.keys import keyring
from shopbell.channels.mail.model import Letter, LetterState, Manner, SendLetter
from shopbell.channels.mail.signing import records, signer
from shopbell.conversations.model import ConversationId
from shopbell.engine import outbox
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import PersonId
from shopbell.kernel.ids import new_id
from shopbell.worker import Worker
from tests.support.clock import WoundClock
from tests.support.house import House
from tests.support.mailserver import DOMAIN, OK, MailServer, mailing

ANNA = person(PersonId(new_id()))
TALK = ConversationId(new_id())


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def house(database: str, clock: WoundClock, tmp_path: Path, server: MailServer) -> Iterator[House]:
    app = build(mailing(tmp_path / "data", database, server), clock=clock)
    yield House(app, clock)
    app.close()


def a_letter(
    house: House,
    words: str,
    to: str = "anna@example.com",
    stop: str = "",
    thread: tuple[str, ...] = (),
) -> Letter:
    """Return a letter of a conversation, not yet posted."""
    keys = keys_of(house)
    named = message_id(keys, new_id(), ANNA, DOMAIN)
    draft = Draft(
        message_id=named,
        manner=Manner.TALK,
        sender=f"{relay_address(keys, TALK, ANNA)}@{DOMAIN}",
        called="Halo via Shopbell",
        to=to,
        to_name="Anna",
        subject=words,
        plain=words,
        html=f"<p>{words}</p>",
        at=house.clock(),
        about="talk",
        stop=stop,
        thread=thread,
    )
    return Letter(
        id=new_id(),
        message_id=named,
        manner=Manner.TALK,
        conversation=TALK,
        recipient=ANNA,
        address=to,
        subject=words,
        locale="en",
        raw=compose.write(draft),
        created_at=house.clock(),
    )


def keys_of(house: House) -> Keyring:
    return keyring(house.app.settings.data)


def posts(house: House, words: str, to: str = "anna@example.com", **more: Any) -> Letter:
    letter = a_letter(house, words, to, **more)
    assert house.db.write_now(service.post, letter)
    return letter


def build_beside(house: House) -> App:
    """Return the same installation once more, as another process has it."""
    return build(house.app.settings, clock=house.clock)


def state(house: House, letter: Letter) -> LetterState:
    return house.db.read_now(service.letter, letter.id).state


def subjects(server: MailServer) -> list[str]:
    return [str(one.message["Subject"]) for one in server.taken]


def test_a_letter_goes_out_once_and_its_envelope_leads_back_to_it(
    house: House, server: MailServer
) -> None:
    letter = posts(house, "It is blue.")
    assert not house.db.write_now(service.post, letter), "the same one is posted once"
    house.passes(seconds=1)
    house.passes(hours=1)
    [arrived] = server.taken
    assert (arrived.to, arrived.message_id) == ("anna@example.com", letter.message_id)
    public = records(signer(house.app.settings.data, DOMAIN))
    signatures = dkim.DKIM(arrived.raw)
    for n in range(2):
        assert signatures.verify(
            n, dnsfunc=lambda name, **_how: public[name.decode()[:-1]].encode()
        )
    local, _, domain = arrived.sender.partition("@")
    assert (bounced_letter(keys_of(house), local), domain) == (letter.id, DOMAIN)
    assert state(house, letter) is LetterState.SENT


def test_ids_and_links_arrive_as_machines_need_them(house: House, server: MailServer) -> None:
    stop = f"https://shop.example/letters/stop?who={ANNA.replace(':', '%3A')}&tag=a{'b' * 16}"
    thread = tuple(f"<a{n:016}@{DOMAIN}>" for n in range(12))
    letter = posts(house, "It is blue.", stop=stop, thread=thread)
    house.passes(seconds=1)
    [arrived] = server.taken
    head = arrived.raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode()
    found = dict(line.split(": ", 1) for line in head.split("\r\n"))
    assert found["List-Unsubscribe"] == f"<{stop}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found["Message-ID"] == letter.message_id
    assert found["In-Reply-To"] == thread[-1]
    assert found["References"].split(" ") == [thread[0], *thread[-9:]]
    assert found["From"].endswith(f" <{relay_address(keys_of(house), TALK, ANNA)}@{DOMAIN}>")
    assert found["To"] == "Anna <anna@example.com>"


def test_two_hours_without_a_mail_server_lose_nothing_and_double_nothing(
    house: House, server: MailServer
) -> None:
    server.stop()
    posted = list[Letter]()
    for minute in range(0, 120, 10):
        posted.append(posts(house, f"at {minute}"))
        posted.append(posts(house, f"to B at {minute}", "boris@example.com"))
        house.passes(minutes=10)
    assert server.taken == []
    assert {state(house, letter) for letter in posted} == {LetterState.WAITING}

    server.start()
    for _ in range(10):
        house.passes(minutes=1)
    assert sorted(server.ids) == sorted(letter.message_id for letter in posted)
    to_anna = [one for one in subjects(server) if "B" not in one]
    assert to_anna == [f"at {minute}" for minute in range(0, 120, 10)]
    assert {state(house, letter) for letter in posted} == {LetterState.SENT}


def test_what_a_server_says_in_another_encoding_is_kept_as_far_as_it_can_be_read(
    house: House,
) -> None:
    letter = posts(house, "first")
    says = b"450 4.2.0 \xcf\xd4\xcb\xc1\xda\0".decode("ascii", "surrogateescape")
    house.db.write_now(service.put_off, letter.id, says, away=False)
    said = house.db.read_now(service.letter, letter.id)
    assert (said.state, said.says) == (LetterState.WAITING, "450 4.2.0 ?????")


def test_a_server_that_greylists_gets_the_letter_again_and_the_later_one_after_it(
    house: House, server: MailServer
) -> None:
    server.rule = lambda to: "451 4.7.1 Greylisted, try again" if "anna" in to else OK
    first = posts(house, "first")
    house.passes(seconds=1)
    second, other = posts(house, "second"), posts(house, "other", "boris@example.com")
    house.passes(seconds=6)
    assert subjects(server) == ["other"], "another's letter need not wait"
    said = house.db.read_now(service.letter, first.id)
    assert (said.state, said.says) == (LetterState.WAITING, "451 4.7.1 Greylisted, try again")

    server.rule = lambda _to: OK
    house.passes(minutes=5)
    assert subjects(server) == ["other", "first", "second"]
    assert {state(house, one) for one in (first, second, other)} == {LetterState.SENT}
    assert len(server.tried) == len(set(server.ids)) + 2


def test_an_unknown_address_is_not_written_to_again_until_somebody_knows_better(
    house: House, server: MailServer
) -> None:
    server.rule = lambda _to: "550 5.1.1 No such user"
    first = posts(house, "first")
    house.passes(seconds=1)
    assert state(house, first) is LetterState.REFUSED
    assert house.db.read_now(service.is_suspended, "Anna@example.com")
    second = posts(house, "second")
    house.passes(seconds=1)
    assert state(house, second) is LetterState.REFUSED
    assert len(server.tried) == 1, "a suspended address is not even tried"

    olga = house.operator().actor
    [known] = house.db.read_now(service.suspended, olga)
    assert (known.address, known.says) == ("anna@example.com", "550 5.1.1 No such user")
    house.db.write_now(service.release, olga, "anna@example.com")
    server.rule = lambda _to: OK
    house.db.write_now(service.send_again, olga, second.id)
    house.passes(seconds=1)
    assert server.ids == [second.message_id]


@pytest.mark.parametrize(
    "says",
    ["550 5.7.1 Not from you", "550 relay not permitted", "550 Rejected: 5.6.7.8 is listed"],
)
def test_a_refusal_for_other_reasons_suspends_only_when_it_happens_five_times(
    house: House, server: MailServer, says: str
) -> None:
    server.rule = lambda _to: says
    for n in range(5):
        assert not house.db.read_now(service.is_suspended, "anna@example.com")
        posts(house, f"letter {n}")
        house.passes(hours=1)
    assert house.db.read_now(service.is_suspended, "anna@example.com")


@pytest.mark.parametrize(
    "says", ["551 5.1.6 Moved", "550 5.2.1 Closed", "550 #5.1.1 Who?", "556 5.1.10 No mail"]
)
def test_a_server_that_speaks_of_the_mailbox_is_believed(
    house: House, server: MailServer, says: str
) -> None:
    server.rule = lambda _to: says
    posts(house, "first")
    house.passes(seconds=1)
    assert house.db.read_now(service.is_suspended, "anna@example.com")


def test_a_letter_that_two_operators_send_again_goes_once(house: House, server: MailServer) -> None:
    letter, olga = posts(house, "first"), house.operator().actor
    server.rule = lambda _to: "550 5.7.1 Not from you"
    house.passes(seconds=1)
    beside, other = build_beside(house), list[Thread]()

    def sends_again_and_it_goes_at_once(tx: Tx) -> None:
        service.send_again(tx, olga, letter.id)
        asks = (service.send_again, olga, letter.id)
        other.append(Thread(target=beside.db.write_now, args=asks))
        other[0].start()
        other[0].join(0.3)
        service.note_sent(tx, letter.id, OK)

    house.db.write_now(sends_again_and_it_goes_at_once)
    other[0].join()
    beside.close()
    assert state(house, letter) is LetterState.SENT


def test_old_troubles_of_an_address_are_forgotten(house: House, server: MailServer) -> None:
    server.after = "554 5.6.0 I do not like it"
    for n in range(8):
        posts(house, f"letter {n}")
        house.passes(hours=30)
    assert not house.db.read_now(service.is_suspended, "anna@example.com")


def test_a_refused_letter_lets_the_next_one_pass(house: House, server: MailServer) -> None:
    server.after = "554 5.6.0 I do not like it"
    first, second = posts(house, "first"), posts(house, "second")
    server.after = OK
    server.rule = lambda _to: OK if server.tried[1:] else "550 5.7.1 Not this one"
    house.passes(seconds=1)
    assert (state(house, first), state(house, second)) == (LetterState.REFUSED, LetterState.SENT)


def test_a_server_that_dies_before_its_yes_gets_the_same_letter_by_the_same_id(
    house: House, server: MailServer
) -> None:
    letter = posts(house, "once more")
    server.after = "gone"
    house.passes(seconds=1)
    server.after = OK
    house.passes(minutes=1)
    assert server.ids == [letter.message_id] * 2, "we cannot know; its reader's server can"
    assert server.taken[0].message["Date"] == server.taken[1].message["Date"]
    assert state(house, letter) is LetterState.SENT


def test_a_worker_that_dies_with_a_letter_in_its_hands_leaves_it_to_another(
    house: House, server: MailServer
) -> None:
    first, second = posts(house, "first"), posts(house, "second")
    assert len(house.db.write_now(outbox.claim, ["SendLetter"], 9)) == 2
    assert house.db.write_now(service.begin_sending, first.id)
    house.db.write_now(Tx.later, SendLetter(letter=first.id))
    house.passes(seconds=30)
    assert server.taken == [], "it may still be at it"
    house.passes(minutes=2)
    assert subjects(server) == ["first", "second"]
    assert {state(house, one) for one in (first, second)} == {LetterState.SENT}


def test_two_workers_and_doubled_jobs_send_a_letter_once(house: House, server: MailServer) -> None:
    letters = [posts(house, f"letter {n}", f"p{n}@example.com") for n in range(20)]
    for letter in letters:
        house.db.write_now(Tx.later, SendLetter(letter=letter.id))

    beside = build_beside(house)

    async def both() -> None:
        workers = Worker(house.app), Worker(beside)
        while sum(await asyncio.gather(*(worker.turn() for worker in workers))):
            pass

    asyncio.run(both())
    beside.close()
    house.passes(hours=2)
    assert sorted(server.ids) == sorted(letter.message_id for letter in letters)


def test_a_letter_is_given_up_after_five_days_and_the_next_one_goes(
    house: House, server: MailServer
) -> None:
    server.rule = lambda _to: "450 4.2.1 Not now"
    letter = posts(house, "first")
    for _ in range(30):
        house.passes(hours=6)
    assert state(house, letter) is LetterState.GIVEN_UP
    assert len(server.tried) <= 12
    server.rule = lambda _to: OK
    posts(house, "second")
    house.passes(seconds=1)
    assert subjects(server) == ["second"]


def test_letters_to_one_address_are_so_many_an_hour_and_the_others_wait(
    house: House, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "TO_ONE_MOST", 6)
    letters = [posts(house, f"letter {n}") for n in range(9)]
    house.passes(seconds=1)
    assert len(server.taken) == 6
    waiting = house.db.read_now(service.letter, letters[7].id)
    assert waiting.state is LetterState.WAITING
    for _ in range(14):
        house.passes(minutes=5)
    assert subjects(server) == [f"letter {n}" for n in range(9)]


def test_a_letter_that_comes_back_is_shown_as_returned_and_suspends_its_address(
    house: House, server: MailServer
) -> None:
    letter = posts(house, "hello")
    house.passes(seconds=1)
    local = server.taken[0].sender.partition("@")[0]
    known = bounced_letter(keys_of(house), local)
    assert known
    for _ in range(2):
        house.db.write_now(service.note_returned, known, "550 5.1.1 gone", hard=True)
    assert state(house, letter) is LetterState.RETURNED
    assert house.db.read_now(service.is_suspended, "anna@example.com")
    assert house.db.write_now(service.note_returned, new_id(), "?", hard=True) is None


def test_letters_of_accounts_are_mailed_once(house: House, server: MailServer) -> None:
    job = AccountLetter(
        to="anna@example.com",
        subject="Is this your address?",
        body="Hello Anna,\n\nhttps://shop.example/verify?token=abc",
        locale="en",
        person=PersonId(new_id()),
    )
    for _ in range(2):
        house.db.write_now(Tx.later, job)
        house.passes(seconds=1)
    [arrived] = server.taken
    assert arrived.message["Subject"] == "Is this your address?"
    assert arrived.message["Auto-Submitted"] == "auto-generated"
    assert arrived.message["X-Auto-Response-Suppress"] == "All"
    assert "List-Unsubscribe" not in arrived.message
    assert str(arrived.message["From"]) == f"Marketa <no-reply@{DOMAIN}>"


def test_what_was_kept_without_a_mail_server_goes_out_when_there_is_one(
    database: str, clock: WoundClock, tmp_path: Path
) -> None:
    without = Settings(data=tmp_path / "data", database=database, mail_domain=DOMAIN)
    app = build(without, clock=clock)
    house = House(app, clock)
    old = posts(house, "of last week")
    house.passes(days=7)
    new = posts(house, "of today")
    house.passes(hours=2)
    assert [state(house, one) for one in (old, new)] == [LetterState.KEPT] * 2
    app.close()

    with MailServer() as server:
        app = build(mailing(tmp_path / "data", database, server), clock=clock)
        house = House(app, clock)
        house.passes(seconds=1)
        assert subjects(server) == ["of today"]
        assert state(house, old) is LetterState.KEPT
        app.close()
