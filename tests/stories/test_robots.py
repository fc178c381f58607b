"""Programs that answer letters by themselves never make us answer them in turn."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from shopbell.app import build
from shopbell.channels.mail.addresses import person, team
from shopbell.engine.settings import Settings
from shopbell.kernel.ids import new_id
from tests.support.clock import WoundClock
from tests.support.house import House
from tests.support.mail import HERE, SERVER, Letterbox, ask
from tests.support.mailserver import MailServer, Received, with_keys

ROBOTS: dict[str, tuple[dict[str, str], str]] = {
    "an absent person": ({"Auto-Submitted": "auto-replied (vacation)"}, "I am away until Monday."),
    "a mail server": ({"Auto-Submitted": "auto-replied"}, "Undelivered Mail Returned to Sender"),
    "a ticket system": (
        {"X-Auto-Response-Suppress": "All", "Auto-Submitted": "auto-generated"},
        "Thank you! Your ticket is #4711.",
    ),
    "a mailing list": (
        {"List-Id": "<lamps.example.org>", "Precedence": "list"},
        "Your message awaits moderator approval.",
    ),
    "another Shopbell": (
        {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
        "##- Please answer above this line -##\n\nAnna asked Halo, and nobody has answered yet.",
    ),
}


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def house(database: str, clock: WoundClock, tmp_path: Path, server: MailServer) -> Iterator[House]:
    settings = Settings(
        data=with_keys(tmp_path / "data"), database=database, smtp_url=server.url, mail_domain=HERE
    )
    app = build(settings, clock=clock, ask=ask)
    yield House(app, clock)
    app.close()


@pytest.mark.parametrize("robot", ROBOTS)
def test_a_robot_gets_one_letter_in_a_day_however_often_it_answers(
    house: House, server: MailServer, robot: str
) -> None:
    """One sits in the mailbox of a buyer who was answered, one in that of a shop that was asked."""
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    answered, asked = anna.asks(halo, None, "Is it paper?"), boris.asks(halo, None, "Is it silk?")
    halo.mei.answers(answered, "Rice paper.")
    relay = Letterbox(house).relay
    sits_at = {
        "anna@example.org": relay(answered, person(anna.actor.id)),
        "halo@example.org": relay(asked, team(halo.shop.id)),
    }
    for _turn in range(6):
        house.passes(hours=4)
        for letter in server.taken:
            if letter.to in sits_at:
                answers(house, robot, letter, sits_at[letter.to])
    assert sorted(one.to for one in server.taken if one.to in sits_at) == sorted(sits_at)
    assert halo.mei.reads(answered) == ["Is it paper?", "Rice paper."]
    assert boris.reads(asked) == ["Is it silk?"], "what a robot writes is nobody's answer"


def answers(house: House, robot: str, letter: Received, to: str) -> None:
    """Have a robot answer a letter to where it says, and to where it came from."""
    headers, words = ROBOTS[robot]
    reply = EmailMessage(policy=SMTP)
    reply["From"], reply["To"] = letter.to, to
    reply["Subject"] = f"Re: {letter.message['Subject']}"
    reply["Message-ID"] = f"<{new_id()}@example.org>"
    reply["In-Reply-To"] = letter.message_id
    for name, value in headers.items():
        reply[name] = value
    reply.set_content(words)
    box = Letterbox(house)
    box.takes(reply.as_bytes(), to, sender=letter.to, client=SERVER)
    del reply["Message-ID"]
    reply["Message-ID"] = f"<{new_id()}@example.org>"
    box.takes(reply.as_bytes(), letter.sender, sender="", client=SERVER)
