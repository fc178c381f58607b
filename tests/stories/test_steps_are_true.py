"""Each step that the thread tells of has reached somebody, or the thread says that it did not.

With the real channels: letters to a mail server, notices to a push service.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, TextClause, text

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock
from shopbell.app import build
from shopbell.channels.mail import service as letters
from shopbell.channels.mail.compose import opened
from shopbell.channels.mail.model import LetterState, Posted
from shopbell.channels.push import service as push
from shopbell.channels.push.model import FAILURES_MOST
from shopbell.channels.push.service import Guest
from shopbell.contact import service as contact
from shopbell.contact.ladder import Ladder
from shopbell.contact.model import Reach, Rules, Step, Whom
from shopbell.contact.refusals import LadderMovedOn
from shopbell.contact.shipped import STANDARD
from shopbell.conversations import service as conversations
from shopbell.conversations import waiting
from shopbell.conversations.model import ConversationId, MarkKind, Stream
from shopbell.conversations.turns import State
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor, PersonId, Side
from shopbell.kernel.ids import new_id
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person
from tests.support.mailserver import MailServer, with_keys
from tests.support.pushservice import Phone, PushService, push_service
from tests.support.waiting import somebody_waits

OTTO = Actor(PersonId(new_id()), Side.OPERATOR)
TEAM, ANNA = "halo@example.org", "anna@example.org"
GONE = "550 5.1.1 No such user"


@dataclass
class Town:
    """A house with its own channels, the servers they use, a shop, and somebody who asks."""

    house: House
    server: MailServer
    service: PushService
    halo: Counter
    anna: Person

    def listens(self, person: Person, *answers: int) -> Phone:
        """Have somebody told on a new phone, whose push service answers so."""
        who = self.house.db.read_now(accounts.person, person.actor.id)
        entry = self.house.db.write_now(accounts.let_in, who, Knock(address="127.0.0.1"))
        visit = self.house.db.read_now(accounts.who, entry.session)
        assert visit is not None
        phone = self.service.phone(*answers)
        guest = Guest(visit.actor, visit.session_id)
        self.house.db.write_now(push.subscribe, guest, phone.subscription)
        return phone

    def waits(self, minutes: int) -> None:
        """Let so many minutes pass, one by one, so that each step has its time."""
        for _ in range(minutes):
            self.house.passes(minutes=1)

    def told(self, talk: ConversationId) -> list[str]:
        """Return which steps the thread tells of, in their order."""
        return [
            f"{one.type.removeprefix('contact').strip('_')} {data['to']} {data['step']}".strip()
            for one in self.anna.events(talk)
            if one.type.startswith("contact")
            for data in [msgspec.json.decode(one.data)]
        ]

    def got(self, address: str = TEAM) -> list[str]:
        """Return the letters that arrived at an address, each in its plain words."""
        return [opened(one.raw).plain for one in self.server.taken if one.to == address]

    def letters(self) -> list[Posted]:
        """Return all letters, oldest first."""
        return self.house.db.read_now(letters.listed, OTTO)[::-1]

    def comes_back(self, address: str) -> None:
        """Have the newest letter to an address come back for good, as a bounce tells."""
        letter = next(one for one in self.letters()[::-1] if one.address == address)
        self.house.db.write_now(letters.note_returned, letter.id, GONE, hard=True)


@pytest.fixture
def town(database: str, clock: WoundClock, tmp_path: Path) -> Iterator[Town]:
    with MailServer() as server, push_service() as service:
        settings = Settings(
            data=with_keys(tmp_path / "data"),
            database=database,
            smtp_url=server.url,
            mail_domain="reply.example.org",
            push_loopback=True,
        )
        app = build(settings, clock=clock)
        house = House(app, clock)
        halo = house.shop("halo", ["mei", "vera", "ivan"])
        yield Town(house, server, service, halo, house.buyer("anna"))
        app.close()


# --- what was told before -----------------------------------------------------------------


def test_the_operators_words_to_the_shop_are_told_by_every_way(town: Town) -> None:
    phone, olga = town.listens(town.halo.mei), town.house.operator()
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.waits(6)
    town.anna.does(talk, "escalate")
    olga.says(talk, "Dear Halo, please answer by tonight.")

    town.waits(5)

    asked = ["team push", "team mail"]
    assert [one for one in town.told(talk) if one in asked] == asked * 2
    first, second = town.got()
    assert "Is it heavy?" in first
    assert "Dear Halo, please answer" in second
    assert "Is it heavy?" not in second
    assert len(phone.rings) == 2


def test_a_second_question_goes_in_a_letter_of_its_own(town: Town) -> None:
    phone = town.listens(town.halo.mei)
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.waits(7)
    town.anna.says(talk, "And is it blue?")

    town.waits(4)

    first, second = town.got()
    assert "And is it blue?" not in first
    assert "And is it blue?" in second
    assert len(phone.rings) == 2
    assert town.told(talk) == ["team push", "team mail"] * 2


def test_what_is_asked_within_the_window_goes_in_one_letter(town: Town) -> None:
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.waits(1)
    town.anna.says(talk, "And is it blue?")

    town.waits(12)

    [letter] = town.got()
    assert "Is it heavy?" in letter
    assert "And is it blue?" in letter


def test_a_glance_silences_nothing_that_is_asked_later(town: Town) -> None:
    phone = town.listens(town.halo.mei)
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.halo.vera.reads(talk)
    town.waits(10)
    assert (town.got(), phone.rings) == ([], [])

    town.anna.says(talk, "And is it blue?")
    town.waits(4)

    [letter] = town.got()
    assert "And is it blue?" in letter
    assert len(phone.rings) == 1


def test_a_buyer_who_never_opens_a_page_is_told_of_every_answer(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LOOKED_AT", 10)
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    for number in range(12):
        town.halo.mei.answers(talk, f"answer {number:02}")
    town.waits(6)

    town.halo.mei.answers(talk, "And it is blue.")
    town.waits(6)

    assert "And it is blue." in town.got("anna@example.org")[-1]


# --- what is out of date ------------------------------------------------------------------


def test_a_question_answered_while_the_mail_server_was_away_is_not_mailed(town: Town) -> None:
    town.server.stop()
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.waits(4)
    assert [one.state for one in town.letters()] == [LetterState.WAITING]
    town.halo.mei.answers(talk, "1.2 kg.")
    town.anna.reads(talk)
    town.server.start()

    town.house.passes(hours=2)

    assert [one.state for one in town.letters()] == [LetterState.CANCELLED]
    assert town.server.taken == []


def test_an_answer_read_while_the_mail_server_was_away_is_not_mailed(town: Town) -> None:
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.server.stop()
    town.halo.mei.answers(talk, "1.2 kg.")
    town.waits(6)
    town.anna.reads(talk)
    town.halo.mei.answers(talk, "With the box.")
    town.server.start()

    town.waits(6)

    [letter] = town.got("anna@example.org")
    assert "With the box." in letter
    assert [one.state for one in town.letters()] == [LetterState.CANCELLED, LetterState.SENT]
    cancelled, sent = town.letters()
    named = dict(opened(town.house.db.read_now(letters.letter, sent.id).raw).headers)
    assert cancelled.message_id not in named.get("References", ""), "nobody has it"


def test_a_letter_of_which_a_part_was_read_goes_as_it_was_written(town: Town) -> None:
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.server.stop()
    first = town.halo.mei.answers(talk, "1.2 kg.")
    town.halo.mei.answers(talk, "With the box.")
    town.waits(6)
    db = town.house.db
    db.write_now(conversations.mark, town.anna.actor, Stream(talk), MarkKind.READ, first.seq)
    town.server.start()

    town.house.passes(minutes=10)

    [letter] = town.got("anna@example.org")
    assert "With the box." in letter


def test_a_letter_that_the_buyer_asked_for_goes_although_the_shop_has_read(town: Town) -> None:
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.halo.mei.reads(talk)
    ladder, db = Ladder(town.house.app.channels), town.house.db
    assert db.read_now(contact.ways, town.anna.actor, ladder, talk) == [Step.MAIL]

    db.write_now(contact.hurry, town.anna.actor, ladder, talk, Step.MAIL)
    town.house.passes(seconds=5)

    assert len(town.got()) == 1
    assert db.read_now(contact.ways, town.anna.actor, ladder, talk) == []

    town.comes_back(TEAM)
    assert town.told(talk) == ["team mail", "missed team mail"]


# --- what did not arrive ------------------------------------------------------------------


def test_a_letter_that_comes_back_is_told_once_and_the_next_step_is_taken(town: Town) -> None:
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.waits(4)
    for _again in range(2):
        town.comes_back(TEAM)

    town.house.passes(seconds=1)

    assert town.told(talk) == ["team mail", "missed team mail", "team staff"]
    assert len(town.got("vera@example.org")) == 1


def test_a_letter_that_is_refused_is_told_of(town: Town) -> None:
    town.server.rule = lambda to: GONE if to == TEAM else "250 OK"
    talk = town.anna.asks(town.halo, None, "Is it heavy?")

    town.waits(4)
    assert town.told(talk) == ["team mail", "missed team mail", "team staff"]

    town.house.db.write_now(letters.send_again, OTTO, town.letters()[0].id)
    town.waits(1)
    assert town.told(talk) == ["team mail", "missed team mail", "team staff"], "told once"


def test_a_letter_that_the_buyer_asks_for_after_one_was_refused_tells_all_of_it(town: Town) -> None:
    town.server.rule = lambda to: "554 5.7.1 Not now" if to == TEAM else "250 OK"
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.waits(3)
    refused, *_ = town.letters()
    assert refused.state is LetterState.REFUSED
    town.server.rule = lambda _to: "250 OK"

    ladder, db = Ladder(town.house.app.channels), town.house.db
    db.write_now(contact.hurry, town.anna.actor, ladder, talk, Step.MAIL)
    town.house.passes(seconds=5)

    [letter] = town.got()
    assert "Is it heavy?" in letter


def test_an_answer_that_was_in_a_refused_letter_is_in_the_next(town: Town) -> None:
    town.server.rule = lambda to: "554 5.7.1 Not now" if to == ANNA else "250 OK"
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.halo.mei.answers(talk, "1.2 kg.")
    town.waits(6)
    assert "missed buyer mail" in town.told(talk)
    town.server.rule = lambda _to: "250 OK"

    told = Reach(conversation=talk, whom=Whom.BUYER, channel="mail", since=1)
    town.house.db.write_now(lambda tx: tx.later(told))
    town.house.passes(seconds=5)

    [letter] = town.got(ANNA)
    assert "1.2 kg." in letter


def test_a_cancelled_letter_stands_in_nobodys_way(town: Town) -> None:
    town.server.stop()
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.waits(4)
    town.halo.mei.reads(talk)
    town.waits(8)
    [cancelled] = town.letters()
    assert cancelled.state is LetterState.CANCELLED
    town.server.start()

    again = Reach(conversation=talk, whom=Whom.TEAM, channel="mail", since=1, chosen=True)
    town.house.db.write_now(lambda tx: tx.later(again))
    town.house.passes(seconds=5)

    [letter] = town.got()
    assert "Is it heavy?" in letter
    assert town.letters()[0].message_id == cancelled.message_id


def test_a_letter_about_a_later_question_leaves_the_earlier_to_another(town: Town) -> None:
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    later = town.anna.says(talk, "Is it blue?")
    for since in (later.seq, 1):
        told = Reach(conversation=talk, whom=Whom.TEAM, channel="mail", since=since)
        town.house.db.write_now(Tx.later, told)
        town.house.passes(seconds=1)

    assert [("Is it heavy?" in one, "Is it blue?" in one) for one in town.got()] == [
        (False, True),
        (True, False),
    ]


def test_a_letter_to_an_address_suspended_meanwhile_is_told_of(town: Town) -> None:
    town.server.stop()
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    other = town.house.buyer("boris").asks(town.halo, None, "Is it light?")
    town.waits(4)
    town.comes_back(TEAM)
    town.server.start()

    town.house.passes(minutes=6)

    assert "missed team mail" in town.told(talk)
    missed = [one for one in town.halo.mei.events(other) if one.type == "contact_missed"]
    assert len(missed) == 1


def test_a_letter_that_comes_back_late_undoes_no_later_one(town: Town) -> None:
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.waits(4)
    town.anna.says(talk, "Is it blue?")
    town.waits(4)
    assert town.told(talk) == ["team mail", "team mail"]

    db, ladder = town.house.db, Ladder(town.house.app.channels)
    db.write_now(letters.note_returned, town.letters()[0].id, "452 4.2.2 Full", hard=False)
    town.house.passes(seconds=1)

    assert town.told(talk) == ["team mail", "team mail", "missed team mail"]
    assert db.read_now(contact.ways, town.anna.actor, ladder, talk) == []


def test_a_phone_whose_service_never_takes_a_notice_lets_the_letter_leave(town: Town) -> None:
    phone = town.listens(town.halo.mei, *[403] * 20)
    talk = town.anna.asks(town.halo, None, "Is it heavy?")

    town.waits(16)

    assert town.told(talk).count("missed team push") == 1
    assert phone.tries == FAILURES_MOST


def test_a_question_that_is_taken_back_fetches_nobody(town: Town) -> None:
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    [said] = [one for one in town.anna.events(talk) if one.type == "message"]
    town.anna.adds(Stream(talk), "delete", target=said.seq)

    for _hour in range(30):
        town.house.passes(hours=1)

    assert town.told(talk) == []
    assert "escalate" not in [one.type for one in town.anna.events(talk)]


def test_what_comes_back_after_the_answer_is_no_news(town: Town) -> None:
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.waits(4)
    town.halo.mei.answers(talk, "1.2 kg.")
    town.anna.reads(talk)

    town.comes_back(TEAM)
    town.waits(1)

    assert town.told(talk) == ["team mail"]


def test_what_comes_back_after_the_shop_has_read_is_no_news(town: Town) -> None:
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.waits(4)
    town.halo.vera.reads(talk)

    town.comes_back(TEAM)
    town.waits(1)

    assert town.told(talk) == ["team mail"]


def test_a_step_has_failed_when_none_of_its_letters_arrives(town: Town) -> None:
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.waits(16)
    assert town.told(talk) == ["team mail", "team staff"]

    town.comes_back("vera@example.org")
    town.waits(1)
    assert "missed team staff" not in town.told(talk)

    town.comes_back("ivan@example.org")
    town.house.passes(seconds=1)
    assert town.told(talk)[2:] == ["missed team staff", "team owner"]


def test_a_phone_that_is_gone_lets_the_letter_leave_at_once(town: Town) -> None:
    phone = town.listens(town.halo.mei, 410)
    talk = town.anna.asks(town.halo, None, "Is it heavy?")

    town.house.passes(seconds=65)

    assert (phone.tries, phone.rings) == (1, [])
    assert town.told(talk) == ["team push", "missed team push", "team mail"]
    assert len(town.got()) == 1


def test_a_letter_with_an_answer_that_comes_back_is_told_to_both(town: Town) -> None:
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.halo.mei.answers(talk, "1.2 kg.")
    town.waits(6)

    town.comes_back("anna@example.org")
    town.waits(1)

    assert town.told(talk) == ["buyer mail", "missed buyer mail"]
    assert town.halo.mei.sees(talk).state is State.WAITING_BUYER


def test_the_operator_comes_by_the_promise_and_not_by_haste(town: Town) -> None:
    talk = town.anna.asks(town.halo, None, "Is it heavy?")
    town.waits(61)
    assert town.told(talk) == ["team mail", "team staff", "team owner"]

    town.comes_back("mei@example.org")
    town.waits(2)

    assert town.told(talk)[-1] == "missed team owner"
    assert town.anna.sees(talk).state is State.WAITING_SELLER

    town.anna.says(talk, "And is it blue?")
    town.house.passes(seconds=35)
    assert town.told(talk)[-1] == "missed team owner", "the next question is in no haste"


# --- the rest of the team -----------------------------------------------------------------


def test_the_rest_of_the_team_are_those_whom_no_step_has_told(town: Town) -> None:
    town.listens(town.halo.vera)
    talk = town.anna.asks(town.halo, None, "Is it heavy?")

    town.waits(16)

    assert town.told(talk) == ["team push", "team mail", "team staff"]
    [letter] = town.got("ivan@example.org")
    assert "none of your colleagues has read it" in letter
    assert town.got("vera@example.org") == []
    assert town.got("mei@example.org") == [], "the owner comes last"


def test_where_everybody_was_told_the_owner_is_next(town: Town) -> None:
    for person in (town.halo.vera, town.halo.ivan):
        town.listens(person)
    talk = town.anna.asks(town.halo, None, "Is it heavy?")

    town.waits(61)

    assert town.told(talk) == ["team push", "team mail", "team owner"]
    assert len(town.got("mei@example.org")) == 1


# --- nobody claims what cannot be ---------------------------------------------------------


def test_letters_that_are_only_kept_are_no_step(
    database: str, clock: WoundClock, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path / "data", database=database, mail_domain="reply.example.org")
    app = build(settings, clock=clock)
    house = House(app, clock)
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Is it heavy?")

    house.passes(minutes=10)

    assert [one.type for one in anna.events(talk)] == ["subject", "message", "answer_overdue"]
    assert house.db.read_now(contact.ways, anna.actor, Ladder(app.channels), talk) == []
    app.close()


# --- while others work --------------------------------------------------------------------


def _lock(connection: Connection, talk: ConversationId) -> None:
    held = text("SELECT id FROM conversation WHERE id = :talk FOR UPDATE")
    connection.execute(held, {"talk": talk})


@pytest.fixture
def busy(
    postgres_database: str, clock: WoundClock, tmp_path: Path, server: MailServer
) -> Iterator[House]:
    settings = Settings(
        data=with_keys(tmp_path / "data"),
        database=postgres_database,
        smtp_url=server.url,
        mail_domain="reply.example.org",
    )
    app = build(settings, clock=clock)
    yield House(app, clock)
    app.close()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.mark.postgres
def test_looking_for_other_ways_waits_for_nobody(busy: House) -> None:
    halo, anna = busy.shop("halo"), busy.buyer("anna")
    talk = anna.asks(halo, None, "Is it heavy?")
    with busy.db.engine.connect() as other, ThreadPoolExecutor(1) as apart:
        _lock(other, talk)

        ladder = Ladder(busy.app.channels)
        found = apart.submit(busy.db.read_now, contact.ways, anna.actor, ladder, talk)

        assert found.result(timeout=2) == [Step.MAIL]


@pytest.mark.postgres
def test_a_conversation_that_somebody_holds_holds_up_no_other(busy: House) -> None:
    halo, anna, boris = busy.shop("halo"), busy.buyer("anna"), busy.buyer("boris")
    mine, his = anna.asks(halo, None, "Is it heavy?"), boris.asks(halo, None, "Is it light?")
    busy.clock.passes(minutes=4)
    with busy.db.engine.connect() as other:
        _lock(other, mine)

        busy.passes(seconds=0)

        assert "contact" in [one.type for one in boris.events(his)]
        assert "contact" not in [one.type for one in anna.events(mine)]

    busy.passes(seconds=1)
    assert "contact" in [one.type for one in anna.events(mine)]


@pytest.mark.postgres
def test_a_letter_that_another_process_took_up_is_not_taken_up_again(busy: House) -> None:
    talk = busy.buyer("anna").asks(busy.shop("halo"), None, "Is it heavy?")
    busy.passes(minutes=4)
    [letter] = busy.db.read_now(letters.listed, OTTO)
    with busy.db.engine.begin() as connection:
        connection.execute(_becomes("kept"), {"talk": talk})

    with ThreadPoolExecutor(1) as apart:
        with busy.db.engine.begin() as other:
            other.execute(_becomes("sent"), {"talk": talk})
            resuming = apart.submit(busy.db.write_now, letters.resume)
            while not somebody_waits(busy.db.engine):
                assert not resuming.done()
        resuming.result()

    assert busy.db.read_now(letters.letter, letter.id).state is LetterState.SENT


@pytest.mark.postgres
def test_of_two_letters_that_come_back_at_once_one_is_the_last(busy: House) -> None:
    halo = busy.shop("halo", ["mei", "vera", "ivan"])
    talk = busy.buyer("anna").asks(halo, None, "Is it heavy?")
    for _minute in range(16):
        busy.passes(minutes=1)
    found = busy.db.read_now(letters.listed, OTTO)
    mine, theirs = [one.id for one in found if one.address.startswith(("vera", "ivan"))]
    with ThreadPoolExecutor(1) as apart:

        def both(tx: Tx) -> None:
            letters.note_returned(tx, mine, GONE, hard=True)
            other = apart.submit(busy.db.write_now, letters.note_returned, theirs, GONE, hard=True)
            while not other.done() and not somebody_waits(busy.db.engine):
                pass

        busy.db.write_now(both)

    missed = [one for one in halo.mei.events(talk) if one.type == "contact_missed"]
    assert len(missed) == 1


@pytest.mark.postgres
@pytest.mark.parametrize("known", [False, True], ids=["the first", "others before"])
def test_of_two_who_lay_down_rules_at_once_one_is_told_of_the_other(
    busy: House, known: bool
) -> None:
    halo = busy.shop("halo")
    lay_down = partial(contact.lay_down, actor=halo.mei.actor, shop=halo.shop.id, rules=STANDARD)
    if known:
        busy.db.write_now(lay_down)
        busy.clock.passes(seconds=1)
    found = busy.db.read_now(contact.laid_for, halo.mei.actor, halo.shop.id)[0]
    seen = partial(lay_down, after=found and found.at)
    with ThreadPoolExecutor(1) as apart:

        def both(tx: Tx) -> Future[Rules]:
            seen(tx)
            other = apart.submit(busy.db.write_now, seen)
            while not other.done() and not somebody_waits(busy.db.engine):
                pass
            return other

        other = busy.db.write_now(both)
    with pytest.raises(LadderMovedOn):
        other.result()


def _becomes(state: str) -> TextClause:
    return text(f"UPDATE letter SET state = '{state}' WHERE conversation = :talk")  # noqa: S608
