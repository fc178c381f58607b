"""Many letters at once: held for a person, and the team is told once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from shopbell.channels.mail import addresses
from shopbell.channels.mail.arriving import service
from shopbell.channels.mail.arriving import threading as placing
from shopbell.channels.mail.arriving.model import Fate, Mail, Opened, Way, Why
from shopbell.conversations.model import ConversationId
from shopbell.engine.database import Tx
from tests.support.house import Counter, House, Person
from tests.support.mail import HERE, Letter, Letterbox, signed

SHOP = f"halo@{HERE}"


@pytest.fixture
def hers(box: Letterbox, talk: ConversationId, anna: Person) -> str:
    return box.relay(talk, addresses.person(anna.actor.id))


def from_stranger(box: Letterbox, name: str, text: str) -> Mail:
    raw = Letter(SHOP, sender=f"{name}@signed.example", text=text).raw()
    return box.takes(signed(raw, "signed.example"), SHOP, sender=f"{name}@signed.example")


def test_one_mailbox_does_not_bury_a_shop(
    box: Letterbox, halo: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "FLOOD_MOST", 3)
    found = [from_stranger(box, "bob", f"Number {n}.") for n in range(5)]
    assert [one.fate for one in found] == [Fate.SHOWN] * 3 + [Fate.HELD] * 2
    assert {one.why for one in found[3:]} == {Why.FLOOD}
    assert found[0].conversation
    assert len(halo.mei.reads(found[0].conversation)) == 3


def test_a_domain_does_not_send_new_people_without_end(
    house: House, box: Letterbox, halo: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "STRANGERS_MOST", 3)
    found = [from_stranger(box, f"bob{n}", "Hello") for n in range(5)]
    assert [one.fate for one in found] == [Fate.SHOWN] * 3 + [Fate.HELD] * 2
    assert from_stranger(box, "bob0", "Me again.").fate is Fate.SHOWN
    house.passes(minutes=61)
    assert from_stranger(box, "bob9", "Later.").fate is Fate.SHOWN


def test_what_is_let_through_passes_by_the_guards(
    house: House, box: Letterbox, halo: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "STRANGERS_MOST", 0)
    mail = from_stranger(box, "bob", "Hello")
    assert (mail.fate, mail.why) == (Fate.HELD, Why.FLOOD)
    through(house, mail)
    assert box.now(mail.id).fate is Fate.SHOWN


def test_a_storm_is_held_until_it_calms_down(
    house: House, box: Letterbox, hers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "FLOOD_MOST", 3)
    fates = list[Fate]()
    for number in range(8):
        fates.append(box.gets(Letter(hers, text=f"Number {number}.")).fate)
        house.passes(minutes=3)
    assert fates == [Fate.SHOWN] * 3 + [Fate.HELD] * 5
    house.passes(minutes=11)
    assert box.gets(Letter(hers, text="Calm again.")).fate is Fate.SHOWN


def test_the_team_is_told_once_an_hour(
    house: House, box: Letterbox, hers: str, talk: ConversationId, halo: Counter
) -> None:
    for number in range(4):
        box.gets(Letter(hers, sender="bob@signed.example", text=f"Number {number}."))
    assert [line.type for line in halo.mei.events(talk, "n")] == ["mail_held"]
    house.passes(minutes=61)
    box.gets(Letter(hers, sender="bob@signed.example", text="Still there."))
    assert len(halo.mei.events(talk, "n")) == 2


def test_whoever_writes_in_anothers_name_does_not_silence_them(
    box: Letterbox, hers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "FLOOD_MOST", 3)
    away = {"Auto-Submitted": "auto-replied"}
    for number in range(4):
        box.gets(Letter(hers, text=f"{number}"), client="")
        box.gets(Letter(hers, text=f"Away {number}", headers=away), client="")
    assert box.gets(Letter(hers, text="It is me.")).fate is Fate.SHOWN


def test_the_same_letter_by_two_ways_is_one_also_when_let_through(
    house: House, box: Letterbox, hers: str, talk: ConversationId, halo: Counter
) -> None:
    raw = Letter(hers, message_id="<1@example.org>").raw()
    other = b"X-Way: mailbox\r\n" + raw
    held = box.takes(other, hers, way=Way.IMAP, client="")
    assert held.fate is Fate.HELD
    shown = box.takes(raw, hers)
    assert shown.fate is Fate.SHOWN
    through(house, held)
    assert box.now(held.id).fate is Fate.REPEATED
    assert halo.mei.reads(talk).count("Yes, it was open.") == 1
    assert shown.event
    assert house.db.read_now(service.original, halo.mei.actor, shown.event).id == shown.id


def test_two_who_settle_the_same_letter_at_one_moment_make_one_of_it(
    house: House, box: Letterbox, hers: str, talk: ConversationId, halo: Counter
) -> None:
    raw = Letter(hers, message_id="<1@example.org>").raw()
    first = box.takes(raw, hers, reads=False)
    second = box.takes(b"X-Way: other\r\n" + raw, hers, reads=False)
    desk = house.app.mail
    opened: dict[str, Opened] = {mail.id: desk.open(mail) for mail in (first, second)}
    settled, both = threading.Event(), threading.Event()

    def slowly(tx: Tx) -> Fate | None:
        fate = service.settle(tx, first.id, opened[first.id], desk.known)
        settled.set()
        both.wait(0.5)
        return fate

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(house.db.write_now, slowly)
        settled.wait(5)
        two = pool.submit(
            house.db.write_now, service.settle, second.id, opened[second.id], desk.known
        )
        assert (one.result(), two.result()) == (Fate.SHOWN, Fate.REPEATED)
    assert halo.mei.reads(talk).count("Yes, it was open.") == 1


def through(house: House, mail: Mail) -> None:
    """Let a letter through as an operator."""
    olga, desk = house.operator(f"olga-{mail.id[-4:]}"), house.app.mail
    opened = desk.open_unproven(mail)
    house.db.write_now(service.let_through, olga.actor, mail.id, opened, desk.known)
