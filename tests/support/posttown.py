"""A running house among real mail servers, whose people have mailboxes and phones."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock
from shopbell.app import build
from shopbell.engine.settings import Settings
from tests.support.clock import WoundClock
from tests.support.house import House, Person
from tests.support.mail import HERE, Letterbox, ask
from tests.support.mailrig import Mailbox, MailRig, mail_rig
from tests.support.mailserver import with_keys
from tests.support.names import NameServer
from tests.support.ports import free_port
from tests.support.pushservice import PushService, push_service
from tests.support.wound import WoundServer

POST = "post.localhost"
"""Where people of the town have their mailboxes."""


@dataclass(frozen=True)
class PostTown:
    """The program, the mail servers around it, and the same house as its people see it.

    ``door`` is where we take letters from the mail server.
    """

    server: WoundServer
    rig: MailRig
    phones: PushService
    house: House
    door: int

    @property
    def box(self) -> Letterbox:
        return Letterbox(self.house)

    def mailbox(self, name: str) -> Mailbox:
        return self.rig.mailbox(self.house.address(name))

    def session(self, person: Person) -> str:
        """Let somebody in, and return what their browser keeps of that."""
        who = self.house.db.read_now(accounts.person, person.actor.id)
        return self.house.db.write_now(accounts.let_in, who, Knock(address="127.0.0.1")).session


@contextmanager
def post_town(data: Path, database: str) -> Iterator[PostTown]:
    """Run it until it is left."""
    door = free_port()
    with mail_rig(door) as rig, NameServer() as names, push_service() as phones:
        server = WoundServer(
            with_keys(data),
            database,
            lmtp_listen=f"127.0.0.1:{door}",
            mail_domain=HERE,
            smtp_url=rig.url,
            dns_server=names.address,
            push_loopback=True,
        )
        app = build(Settings(data=data, database=database), clock=server.now, ask=ask)
        try:
            with server:
                yield PostTown(
                    server, rig, phones, House(app, WoundClock(server.now()), POST), door
                )
        finally:
            app.close()
