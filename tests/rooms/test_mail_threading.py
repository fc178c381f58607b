"""Where letters that arrive are put, and in whose name."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shopbell.channels.mail import addresses
from shopbell.channels.mail import service as letters
from shopbell.channels.mail.arriving import service, threading
from shopbell.channels.mail.arriving.model import Fate, Why
from shopbell.channels.mail.model import Letter as Sent
from shopbell.channels.mail.model import Manner
from shopbell.conversations.joining import service as joining
from shopbell.conversations.joining.model import Merge
from shopbell.conversations.model import ConversationId, Event
from shopbell.kernel.actor import Side
from shopbell.kernel.ids import new_id
from tests.support.house import Counter, House, Person
from tests.support.mail import HERE, Letter, Letterbox, signed


def hers(box: Letterbox, talk: ConversationId, anna: Person) -> str:
    """Return the address at which Anna answers."""
    return box.relay(talk, addresses.person(anna.actor.id))


def test_an_answer_stands_in_the_conversation_once(
    box: Letterbox, talk: ConversationId, anna: Person, halo: Counter
) -> None:
    to = hers(box, talk, anna)
    letter = Letter(
        to, text="Yes, it was open.\n\n> On Monday we wrote\n", message_id="<1@example.org>"
    )
    mail = box.gets(letter)
    assert (mail.fate, mail.why, mail.trouble) == (Fate.SHOWN, "", "")
    assert halo.mei.reads(talk)[-1] == "Yes, it was open."
    again = box.takes(b"Received: from elsewhere\r\n" + letter.raw(), to)
    assert again.fate is Fate.REPEATED
    assert halo.mei.reads(talk)[-2:] == ["Is the lamp paper?", "Yes, it was open."]


def test_an_answer_to_what_was_merged_stands_where_it_goes_on(
    box: Letterbox, talk: ConversationId, anna: Person, halo: Counter
) -> None:
    to, later = hers(box, talk, anna), anna.asks(halo, halo.sells("lamp"), "And this one?")
    merges = Merge(new_id(), talk)
    join = halo.house.db.write_now(joining.merge, halo.mei.actor, later, merges)
    assert (join.source, join.target) == (later, talk)
    for address in (hers(box, later, anna), to):
        assert box.gets(Letter(address, text=f"To {address[:8]}")).fate is Fate.SHOWN
    assert anna.reads(later) == ["And this one?"]
    assert len(anna.reads(talk)) == 3
    mail = box.gets(Letter(hers(box, later, anna), text="Once more"))
    assert anna.reads(talk)[-1] == "Once more"
    assert mail.event is not None
    assert halo.house.db.read_now(service.original, anna.actor, mail.event).id == mail.id


def test_the_team_answers_from_its_mailbox(
    box: Letterbox, talk: ConversationId, halo: Counter, anna: Person
) -> None:
    to = box.relay(talk, addresses.team(halo.shop.id))
    raw = Letter(to, sender="halo@example.org", text="Rice paper.").raw()
    mail = box.takes(signed(raw, "example.org"), to, sender="halo@example.org")
    assert (mail.fate, mail.why) == (Fate.SHOWN, "")
    assert anna.reads(talk)[-1] == "Rice paper."


def test_somebody_else_with_the_address_is_held_and_the_team_is_told(
    box: Letterbox, talk: ConversationId, anna: Person, halo: Counter
) -> None:
    mail = box.gets(Letter(hers(box, talk, anna), sender="bob@signed.example"))
    assert (mail.fate, mail.why) == (Fate.HELD, Why.OTHER_SENDER)
    assert anna.reads(talk) == ["Is the lamp paper?"]
    assert [line.type for line in halo.mei.events(talk, "n")] == ["mail_held"]


def test_the_team_is_believed_only_with_proof(
    box: Letterbox, talk: ConversationId, halo: Counter, anna: Person
) -> None:
    to = box.relay(talk, addresses.team(halo.shop.id))
    letter = Letter(to, sender="halo@example.org", text="Send me your card.")
    mail = box.gets(letter, client="")
    assert (mail.fate, mail.why) == (Fate.HELD, Why.DENIED)
    assert anna.reads(talk) == ["Is the lamp paper?"]


def test_a_mailbox_whose_domain_says_nothing_does_not_speak_for_a_team(
    house: House, box: Letterbox, talk: ConversationId, halo: Counter
) -> None:
    to = box.relay(talk, addresses.team(halo.shop.id))
    letter = Letter(to, sender="halo@example.org", text="Send me your card.")
    mail = box.takes(letter.raw(), to, reads=False)
    unaware = replace(house.app.mail, ask=lambda _name, _kind: [])
    house.db.write_now(service.settle, mail.id, unaware.open(mail), unaware.known)
    assert (box.now(mail.id).fate, box.now(mail.id).why) == (Fate.HELD, Why.NOT_PROVEN)


def test_an_absent_person_is_a_line_and_no_answer(
    house: House, box: Letterbox, talk: ConversationId, halo: Counter, anna: Person
) -> None:
    to = box.relay(talk, addresses.team(halo.shop.id))
    away = Letter(
        to,
        sender="halo@example.org",
        subject="Автоответ: лампа",
        text="Мы вернёмся в понедельник.",
        headers={"Auto-Submitted": "auto-replied"},
    )
    mail = box.gets(away)
    assert mail.fate is Fate.AUTOMATIC
    assert anna.events(talk)[-1].type == "automatic_mail"
    assert anna.sees(talk).waiting_on == "seller"
    assert anna.sees(talk).due is not None


def test_a_closed_conversation_goes_on_in_a_new_one(
    house: House, box: Letterbox, talk: ConversationId, halo: Counter, anna: Person
) -> None:
    to = hers(box, talk, anna)
    halo.mei.says(talk, "Yes.")
    anna.does(talk, "resolve")
    house.passes(days=15)
    mail = box.gets(Letter(to, text="One more question."))
    assert mail.fate is Fate.SHOWN
    assert mail.conversation not in {None, talk}
    assert mail.conversation is not None
    assert halo.mei.reads(mail.conversation) == ["One more question."]


def test_a_stranger_opens_a_conversation_with_a_shop(box: Letterbox, halo: Counter) -> None:
    to = f"halo@{HERE}"
    forged = box.gets(Letter(to, sender="bob@plain.example", text="Send me everything."))
    assert (forged.fate, forged.why) == (Fate.HELD, Why.NOT_PROVEN)
    raw = Letter(
        to, sender="bob@signed.example", shown="Боб <bob@signed.example>", text="Есть лампы?"
    )
    mail = box.takes(signed(raw.raw(), "signed.example"), to, sender="bob@signed.example")
    assert (mail.fate, mail.why) == (Fate.SHOWN, "")
    assert mail.conversation is not None
    row = halo.mei.sees(mail.conversation)
    assert (row.buyer.name, row.locale) == ("Боб (письмом, не подтверждено)", "ru")


def test_files_come_along_cleaned_by_name_and_known_by_content(
    box: Letterbox, talk: ConversationId, anna: Person, halo: Counter
) -> None:
    files = (
        ("..\\..\\.htaccess\u200b", "text/plain", b"just words"),
        ("bill.pdf", "image/png", b"%PDF-1.4 ..."),
        ("run.exe", "application/octet-stream", b"MZ\x00\x01\x02"),
        *((f"{n}.txt", "text/plain", b"page %d" % n) for n in range(11)),
    )
    mail = box.gets(Letter(hers(box, talk, anna), files=files))
    assert mail.fate is Fate.SHOWN
    said = [event for event in halo.mei.events(talk) if event.type == "message"][1:]
    names = [one["name"] for event in said for one in data(event)["attachments"]]
    assert names[:3] == ["htaccess.txt", "bill.pdf", "0.txt"]
    assert len(names) == 13
    assert [data(event)["channel"] for event in said] == ["email", "email"]


def test_a_storm_is_held_for_a_person(
    house: House, box: Letterbox, talk: ConversationId, anna: Person, halo: Counter
) -> None:
    to = hers(box, talk, anna)
    fates = [box.gets(Letter(to, text=f"This is number {n}.")).fate for n in range(22)]
    assert fates == [Fate.SHOWN] * 20 + [Fate.HELD] * 2
    house.passes(minutes=11)
    assert box.gets(Letter(to, text="Calm again.")).fate is Fate.SHOWN


def test_loops_end_here(box: Letterbox, talk: ConversationId, anna: Person) -> None:
    to = hers(box, talk, anna)
    many = b"".join(b"Received: from %d\r\n" % n for n in range(26))
    assert box.takes(many + Letter(to).raw(), to).why == Why.LOOP
    assert box.gets(Letter(to, message_id=f"<1@{HERE}>")).why == Why.LOOP
    assert box.gets(Letter(to, sender=f"anna@{HERE}"), client="").why == Why.LOOP


def test_our_addresses_are_not_handed_on(
    box: Letterbox, talk: ConversationId, anna: Person, halo: Counter
) -> None:
    to = hers(box, talk, anna)
    box.gets(Letter(to, text=f"You wrote from {to}, is that right?"))
    assert halo.mei.reads(talk)[-1] == "You wrote from …, is that right?"


@pytest.mark.parametrize(
    ("letter", "words"),
    [
        ({"text": "", "subject": "Is it paper?"}, "Is it paper?"),
        ({"text": "", "subject": ""}, "(The letter had no words.)"),
        ({"text": "x" * 12_000}, "x" * 9_998 + " …"),
        ({"text": "Hello", "headers": {"Date": "Mon, 04 May 2050 09:00:00 +0000"}}, "Hello"),
        ({"text": "Hello", "headers": {"Date": ""}}, "Hello"),
    ],
)
def test_letters_that_say_little_or_much(
    box: Letterbox, talk: ConversationId, anna: Person, letter: dict[str, Any], words: str
) -> None:
    assert box.gets(Letter(hers(box, talk, anna), **letter)).fate is Fate.SHOWN
    assert anna.reads(talk)[-1] == words


def test_a_bounce_is_told_to_whoever_writes_letters(house: House, box: Letterbox) -> None:
    letter = new_id()
    to = f"{addresses.bounce_address(box.keys, letter)}@{HERE}"
    mail = box.gets(
        Letter(
            to, sender="mailer-daemon@example.org", subject="Undelivered Mail Returned to Sender"
        ),
        envelope="",
    )
    assert mail.fate is Fate.RETURNED


def data(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(event.data))
    return found


def test_whoever_answers_a_letter_has_read_what_it_told(
    house: House, box: Letterbox, talk: ConversationId, halo: Counter, anna: Person
) -> None:
    hers_named, to = addresses.person(anna.actor.id), hers(box, talk, anna)
    told = halo.mei.answers(talk, "Rice paper.").seq
    halo.mei.answers(talk, "And silk.")
    letter = Sent(
        id=new_id(),
        message_id=f"<told@{HERE}>",
        manner=Manner.TALK,
        conversation=talk,
        recipient=hers_named,
        address="anna@example.org",
        subject="Halo",
        locale="en",
        raw=b"",
        upto=told,
        created_at=house.clock(),
    )
    house.db.write_now(letters.post, letter)
    box.gets(Letter(to, text="Of which colour?", headers={"References": "<another@example.org>"}))
    assert anna.sees(talk).unread == 2
    box.gets(Letter(to, text="Thank you.", headers={"In-Reply-To": letter.message_id}))
    assert (anna.sees(talk).unread, halo.mei.sees(talk).reads.buyer) == (1, told)


def test_an_operator_answers_where_they_were_written_to_and_only_with_proof(
    house: House, box: Letterbox, talk: ConversationId, halo: Counter, anna: Person
) -> None:
    olga = house.operator()
    to = box.relay(talk, addresses.person(olga.actor.id))
    letter = Letter(to, sender="olga@example.org", text="We are looking into it.")
    forged = box.gets(letter, client="")
    assert (forged.fate, forged.why) == (Fate.HELD, Why.DENIED)
    mail = box.takes(signed(letter.raw(), "example.org"), to, sender="olga@example.org")
    assert (mail.fate, mail.why, mail.trouble) == (Fate.SHOWN, "", "")
    assert anna.reads(talk)[-1] == "We are looking into it."
    assert anna.events(talk)[-1].actor.side is Side.OPERATOR


def test_letters_are_taken_only_for_addresses_that_we_made(
    house: House, box: Letterbox, talk: ConversationId, halo: Counter, anna: Person
) -> None:
    olga = house.operator()
    every = (
        addresses.person(anna.actor.id),
        addresses.team(halo.shop.id),
        addresses.person(halo.mei.actor.id),
        addresses.person(olga.actor.id),
    )
    made = [box.relay(talk, one).partition("@")[0] for one in every]
    tag = made[0].rpartition(".")[2]
    guessed = (f"c-{new_id()}.{tag}", f"c-{talk}.a{'a' * 16}", f"i-{'a' * 52}")
    known = {
        local: house.db.read_now(threading.knows, box.keys, local)
        for local in (*made, "halo", *guessed, "nobody")
    }
    assert known == dict.fromkeys((*made, "halo"), True) | dict.fromkeys(
        (*guessed, "nobody"), False
    )


def test_a_mailbox_elsewhere_that_is_called_like_a_shop_is_not_the_shop(
    house: House, box: Letterbox, halo: Counter
) -> None:
    raw = Letter("halo@mail.example", sender="bob@signed.example", text="To nobody.").raw()
    mail = box.takes(
        signed(raw, "signed.example"), "halo@mail.example", sender="bob@signed.example"
    )
    assert (mail.fate, mail.why) == (Fate.HELD, Why.NOBODY)


def test_a_carriers_machine_is_held_for_a_person_and_not_dropped(box: Letterbox) -> None:
    to = f"i-{'a' * 52}@{HERE}"
    robot = Letter(to, sender="noreply@plain.example", headers={"Precedence": "bulk"})
    mail = box.gets(robot)
    assert (mail.fate, mail.why) == (Fate.HELD, Why.LOOKS_AUTOMATIC)
    away = Letter(to, sender="carrier@plain.example", headers={"Auto-Submitted": "auto-replied"})
    assert box.gets(away).fate is Fate.AUTOMATIC
