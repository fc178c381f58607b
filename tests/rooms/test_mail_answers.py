"""Letters to a shop's own address that answer one of ours: who may speak there, and who may not."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shopbell.app import build
from shopbell.channels.mail import addresses
from shopbell.channels.mail import service as letters
from shopbell.channels.mail.addresses import relayed_talk
from shopbell.channels.mail.arriving import service
from shopbell.channels.mail.arriving.model import Fate, Mail, Why
from shopbell.channels.mail.compose import opened
from shopbell.channels.mail.model import Letter as Sent
from shopbell.conversations.model import ConversationId
from shopbell.kernel.actor import Actor, Side
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person
from tests.support.mail import HERE, SERVER, STRANGE, Letter, Letterbox, ask, signed
from tests.support.mailserver import MailServer, mailing

SHOP = f"halo@{HERE}"


@pytest.fixture
def house(database: str, clock: WoundClock, tmp_path: Path) -> Iterator[House]:
    with MailServer() as server:
        settings = mailing(tmp_path / "data", database, server, HERE)
        app = build(settings, clock=clock, ask=ask)
        yield House(app, clock)
        app.close()


def written(house: House, address: str) -> Sent:
    """Let time pass until a letter goes to an address, and return the newest."""
    house.passes(minutes=90)
    olga = house.operator(f"olga{house.clock():%H%M}")
    listed = house.db.read_now(letters.listed, olga.actor)
    newest = next(one for one in listed if one.address == address)
    return house.db.read_now(letters.letter, newest.id)


@pytest.fixture
def ours(house: House, talk: ConversationId, anna: Person, halo: Counter) -> str:
    """Return the id of the letter in which Anna was told of the shop's answer."""
    halo.mei.says(talk, "Rice paper.")
    letter = written(house, "anna@example.org")
    assert letter.conversation == talk
    return letter.message_id


def answers(named: str, sender: str = "anna@example.org", **how: Any) -> Letter:
    headers = {how.pop("by", "In-Reply-To"): named}
    return Letter(SHOP, sender=sender, text="Thank you.", headers=headers, **how)


def proven(box: Letterbox, letter: Letter) -> Mail:
    domain = letter.sender.rpartition("@")[2]
    return box.takes(signed(letter.raw(), domain), letter.to, sender=letter.sender)


@pytest.mark.parametrize("header", ["In-Reply-To", "References"])
def test_the_reader_of_a_letter_may_answer_it_at_the_shops_address(
    box: Letterbox, ours: str, talk: ConversationId, halo: Counter, header: str
) -> None:
    mail = proven(box, answers(f"<1@elsewhere.example> {ours}", by=header))
    assert (mail.fate, mail.why, mail.conversation) == (Fate.SHOWN, "", talk)
    assert halo.mei.reads(talk)[-1] == "Thank you."


def test_nobody_speaks_for_a_shop_by_the_id_of_a_letter(
    house: House, box: Letterbox, talk: ConversationId, anna: Person, halo: Counter
) -> None:
    """The id is handed on with each letter that is; the address was made for one reader."""
    to_team = written(house, "halo@example.org").message_id
    for sender in ("mei@example.org", "halo@example.org"):
        mail = proven(box, answers(to_team, sender))
        assert (mail.fate, mail.why, mail.conversation) == (Fate.HELD, Why.NOT_PROVEN, talk)
    assert anna.reads(talk) == ["Is the lamp paper?"]
    to = box.relay(talk, addresses.person(halo.mei.actor.id))
    mail = proven(box, Letter(to, sender="mei@example.org", text="Rice paper."))
    assert (mail.fate, mail.why) == (Fate.SHOWN, "")
    assert anna.events(talk)[-1].actor.name == "Mei"


def test_the_id_of_a_letter_to_the_team_is_none_of_the_buyers(
    house: House, box: Letterbox, talk: ConversationId, anna: Person, halo: Counter
) -> None:
    to_team = written(house, "halo@example.org").message_id
    mail = proven(box, answers(to_team))
    assert (mail.fate, mail.why) == (Fate.HELD, Why.OTHER_SENDER)
    assert halo.mei.reads(talk) == ["Is the lamp paper?"]


Forgery = Callable[[str], tuple[bytes, str, str]]
"""An answer by the id of our letter: its bytes, the envelope's sender, and where it came from."""

MALLORY = "mallory@evil.example"


def from_elsewhere(**how: str) -> Forgery:
    return lambda ours: (answers(ours, **how).raw(), MALLORY, STRANGE)


def truly(sender: str, domain: str = "", **how: str) -> Forgery:
    """Prove somebody's own mailbox."""
    signer = domain or sender.rpartition("@")[2]
    return lambda ours: (signed(answers(ours, sender, **how).raw(), signer), sender, STRANGE)


def guessed(make: Callable[[str], str]) -> Forgery:
    """Write truly as Anna, and name an id that is none of ours."""
    return lambda ours: truly("anna@example.org")(make(ours))


FORGERIES: dict[str, tuple[Forgery, Why]] = {
    "her_address": (from_elsewhere(), Why.DENIED),
    "her_address_by_references": (from_elsewhere(by="References"), Why.DENIED),
    "her_name": (
        from_elsewhere(sender=MALLORY, shown="Anna <mallory@evil.example>"),
        Why.OTHER_SENDER,
    ),
    "her_address_as_name": (
        truly(MALLORY, shown='"anna@example.org" <mallory@evil.example>'),
        Why.OTHER_SENDER,
    ),
    "her_name_claims_another": (
        truly("anna@example.org", shown='"mallory@evil.example" <anna@example.org>'),
        Why.NAME_CLAIMS_ANOTHER,
    ),
    "both_in_from": (
        truly(MALLORY, shown="anna@example.org, mallory@evil.example"),
        Why.TWO_SENDERS,
    ),
    "signed_by_another": (truly("anna@example.org", "evil.example"), Why.DENIED),
    "signed_by_a_neighbour": (truly("anna@example.org", "signed.example"), Why.DENIED),
    "her_envelope_only": (
        lambda ours: (answers(ours).raw(), "anna@example.org", STRANGE),
        Why.DENIED,
    ),
    "changed_after_signing": (
        lambda ours: (
            signed(answers(ours).raw(), "example.org").replace(b"Thank", b"Spank"),
            MALLORY,
            STRANGE,
        ),
        Why.DENIED,
    ),
    "handed_on_to_somebody": (truly("bob@signed.example"), Why.OTHER_SENDER),
    "handed_on_to_another_buyer": (truly("bob@example.org"), Why.OTHER_SENDER),
    "handed_on_to_another_shop": (truly("luna@example.org"), Why.OTHER_SENDER),
    "from_the_team_unproven": (from_elsewhere(sender="halo@example.org"), Why.NOT_PROVEN),
    "from_a_colleague_unproven": (from_elsewhere(sender="mei@example.org"), Why.NOT_PROVEN),
    "letter_changed": (
        guessed(lambda ours: f"{ours[:3]}{'b' if ours[3] == 'a' else 'a'}{ours[4:]}"),
        Why.TAG_WRONG,
    ),
    "letter_cut": (guessed(lambda ours: f"<{ours[2:]}"), Why.TAG_WRONG),
    "guessed": (guessed(lambda _ours: f"<aaaaaaaaaaaaaaaaa@{HERE}>"), Why.TAG_WRONG),
    "in_capitals": (guessed(lambda ours: ours.upper()), Why.TAG_WRONG),
    "to_her_only_by_reply_to": (
        lambda ours: (
            signed(
                Letter(
                    SHOP,
                    sender=MALLORY,
                    headers={"In-Reply-To": ours, "Reply-To": "anna@example.org"},
                ).raw(),
                "evil.example",
            ),
            MALLORY,
            STRANGE,
        ),
        Why.OTHER_SENDER,
    ),
}


def test_nobody_else_speaks_by_the_id_of_a_letter(
    box: Letterbox, ours: str, talk: ConversationId, anna: Person, halo: Counter
) -> None:
    box.house.buyer("bob")
    box.house.shop("luna", staff=("lin",))
    said = anna.reads(talk)
    fates: dict[str, tuple[Fate, str]] = {}
    for name, (forge, _why) in FORGERIES.items():
        raw, sender, client = forge(ours)
        mail = box.takes(raw, SHOP, sender=sender, client=client)
        fates[name] = (mail.fate, mail.why)
    assert fates == {name: (Fate.HELD, why) for name, (_forge, why) in FORGERIES.items()}
    assert anna.reads(talk) == said
    assert {line.type for line in halo.mei.events(talk, "n")} == {"mail_held"}


def test_an_id_of_another_shops_letter_opens_nothing(
    house: House, box: Letterbox, ours: str, talk: ConversationId, halo: Counter
) -> None:
    luna = house.shop("luna", staff=("lin",))
    to = f"luna@{HERE}"
    letter = Letter(to, headers={"In-Reply-To": ours})
    mail = box.takes(signed(letter.raw(), "example.org"), to)
    assert (mail.fate, mail.why, mail.conversation) == (Fate.HELD, Why.TAG_WRONG, None)
    said = halo.mei.reads(talk)
    lin = Letter(SHOP, sender="lin@example.org", headers={"In-Reply-To": ours})
    mail = box.takes(signed(lin.raw(), "example.org"), SHOP, sender="lin@example.org")
    assert (mail.fate, mail.why) == (Fate.HELD, Why.OTHER_SENDER)
    assert halo.mei.reads(talk) == said
    assert luna.lin.actor.shop != halo.shop.id


def test_an_id_of_somebody_elses_server_means_nothing(box: Letterbox, halo: Counter) -> None:
    mail = proven(box, answers("<1@elsewhere.example>", "bob@signed.example"))
    assert (mail.fate, mail.why) == (Fate.SHOWN, "")


def test_an_absent_reader_is_a_line_there_too(
    box: Letterbox, ours: str, talk: ConversationId, anna: Person
) -> None:
    away = answers(ours)
    away.headers["Auto-Submitted"] = "auto-replied"
    assert proven(box, away).fate is Fate.AUTOMATIC
    assert anna.events(talk)[-1].type == "automatic_mail"


# --- strangers ----------------------------------------------------------------------------


def test_a_stranger_is_answered_by_letter_and_answers_it(
    house: House, box: Letterbox, halo: Counter
) -> None:
    asked = Letter(
        SHOP, sender="bob@signed.example", shown="Bob <bob@signed.example>", text="Lamps?"
    )
    mail = proven(box, asked)
    talk = mail.conversation
    assert talk is not None
    assert halo.mei.sees(talk).buyer.name == "Bob (by e-mail, not verified)"
    halo.mei.says(talk, "Forty of them.")
    letter = written(house, "bob@signed.example")
    assert "Forty of them." in opened(letter.raw).plain
    to = dict(opened(letter.raw).headers)["From"].rpartition("<")[2].rstrip(">")
    assert relayed_talk(to.partition("@")[0]) == talk
    back = Letter(to, sender="bob@signed.example", text="Two, please.")
    mail = proven(box, back)
    assert (mail.fate, mail.conversation) == (Fate.SHOWN, talk)
    assert halo.mei.reads(talk) == ["Lamps?", "Forty of them.", "Two, please."]


def test_an_address_that_only_somebody_typed_gets_no_letter(
    house: House, box: Letterbox, halo: Counter, anna: Person
) -> None:
    """Who wrote by mail is answered there; in other conversations of theirs nothing is proven."""
    mail = proven(box, Letter(SHOP, sender="bob@signed.example", text="Lamps?"))
    assert mail.conversation is not None
    asked = next(one for one in halo.mei.events(mail.conversation) if one.type == "message")
    bob = Person(house, Actor(asked.actor.id, Side.BUYER, name=asked.actor.name))
    other = bob.asks(halo, halo.sells("teapot"), "Typed by whoever it is.")
    halo.mei.says(other, "Hello?")
    house.passes(hours=3)
    sent = house.db.read_now(letters.listed, house.operator().actor)
    assert [one for one in sent if one.conversation == other and "bob" in one.address] == []


# --- programs that write in somebody's name -----------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        {"Precedence": "bulk"},
        {"List-Unsubscribe": "<https://example.org/stop>"},
        {"List-Id": "<anna.example.org>"},
    ],
)
def test_what_looks_automatic_but_is_from_whom_it_should_be_is_held(
    box: Letterbox, talk: ConversationId, anna: Person, halo: Counter, header: dict[str, str]
) -> None:
    to = box.relay(talk, f"person:{anna.actor.id}")
    mail = box.gets(Letter(to, text="Yes, it was.", headers=header))
    assert (mail.fate, mail.why) == (Fate.HELD, Why.LOOKS_AUTOMATIC)
    assert anna.reads(talk) == ["Is the lamp paper?"]
    forged = box.gets(Letter(to, text="Buy!", headers=header), client=STRANGE)
    assert (forged.fate, forged.why) == (Fate.AUTOMATIC, "")


@pytest.mark.parametrize(
    "subject",
    ["Automatic reply: lamp", "Автоответ: лампа", "自动回复：台灯"],
    ids=["en", "ru", "zh"],
)
def test_a_subject_alone_silences_nobody(
    box: Letterbox, talk: ConversationId, anna: Person, halo: Counter, subject: str
) -> None:
    """A program says so in a header; a person may well begin a subject so."""
    for to in (box.relay(talk, f"person:{anna.actor.id}"), SHOP):
        mail = proven(box, Letter(to, subject=subject))
        assert (mail.fate, mail.why) == (Fate.HELD, Why.LOOKS_AUTOMATIC)
    asked = proven(box, Letter(SHOP, subject="Отсутствует зарядка в коробке"))
    assert (asked.fate, asked.why) == (Fate.SHOWN, "")


def test_a_robots_line_for_a_shop_takes_proof(
    box: Letterbox, talk: ConversationId, anna: Person, halo: Counter
) -> None:
    to = box.relay(talk, f"shop:{halo.shop.id}")
    away = Letter(
        to,
        sender="halo@example.org",
        subject="Automatic reply: lamp",
        text="Pay to my new account.",
        headers={"Auto-Submitted": "auto-replied"},
    )
    unaware = replace(box.house.app.mail, ask=lambda _name, _kind: [])
    mail = box.gets(away, reads=False)
    box.house.db.write_now(service.settle, mail.id, unaware.open(mail), unaware.known)
    assert (box.now(mail.id).fate, box.now(mail.id).event) == (Fate.AUTOMATIC, None)
    away.text += "!"
    mail = box.gets(away, client=STRANGE)
    assert (mail.fate, mail.event) == (Fate.AUTOMATIC, None)
    away.text += "!"
    assert "automatic_mail" not in {event.type for event in anna.events(talk)}
    mail = box.gets(away, client=SERVER)
    assert anna.events(talk)[-1].type == "automatic_mail"
    assert mail.event == anna.events(talk)[-1].id
