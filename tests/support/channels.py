"""Channels that reach people in a test: each keeps what it was asked to tell."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import ClassVar

from shopbell.app import App
from shopbell.contact import jobs as contact
from shopbell.contact.channel import Channel
from shopbell.contact.model import Reach, Whom
from shopbell.conversations.model import Conversation
from shopbell.engine.database import Tx
from shopbell.kernel.actor import PersonId


class Wire:
    """A channel that reaches whom it is told to, and keeps what it carried."""

    name: ClassVar[str]

    def __init__(self) -> None:
        self.known = set(Whom)
        self.carried: list[Reach] = []
        self.broken = 0

    def is_open(self, tx: Tx) -> bool:  # noqa: ARG002
        """Carry whatever there is."""
        return True

    def reaches(
        self,
        tx: Tx,  # noqa: ARG002
        talk: Conversation,  # noqa: ARG002
        whom: Whom,
        told: Collection[PersonId] = (),  # noqa: ARG002
    ) -> bool:
        """Tell whether this side has an address."""
        return whom in self.known

    def has_told(self, tx: Tx, talk: Conversation, since: int) -> Collection[PersonId]:  # noqa: ARG002
        """Keep nobody's name."""
        return ()

    async def reach(self, reach: Reach) -> None:
        """Carry it; while the wire is broken, say so."""
        if self.broken:
            self.broken -= 1
            raise ConnectionError("the wire is broken")
        if reach not in self.carried:
            self.carried.append(reach)

    @property
    def told(self) -> list[Whom]:
        """Return whom it has told, in order."""
        return [reach.whom for reach in self.carried]


class Push(Wire):
    """A channel to people's devices."""

    name: ClassVar[str] = "push"


class Mail(Wire):
    """A channel to people's mailboxes."""

    name: ClassVar[str] = "mail"


def wired(app: App, *wires: Channel) -> App:
    """Return an installation with these channels."""
    channels: Mapping[str, Channel] = {wire.name: wire for wire in wires}
    return replace(
        app,
        channels=channels,
        deadlines={**app.deadlines, **contact.deadlines(channels)},
        jobs={**app.jobs, **contact.jobs(channels)},
    )
