"""A worker of a measurement: its channels reach everybody, and carry nothing anywhere."""

import asyncio
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import click

from shopbell.app import App, build
from shopbell.contact import jobs as contact
from shopbell.contact.channel import Channel
from shopbell.contact.model import Reach, Whom
from shopbell.conversations.model import Conversation
from shopbell.engine.database import Tx
from shopbell.engine.settings import load
from shopbell.kernel.actor import PersonId
from shopbell.worker import Worker

CLIMBING = ("-m", "shopbell.cli.bench.climbing")
READY = "ready"


@dataclass(frozen=True)
class Silent:
    """A channel that reaches everybody at once."""

    name: ClassVar[str] = "mail"

    def is_open(self, tx: Tx) -> bool:  # noqa: ARG002
        """Carry whatever there is."""
        return True

    def reaches(
        self,
        tx: Tx,  # noqa: ARG002
        talk: Conversation,  # noqa: ARG002
        whom: Whom,  # noqa: ARG002
        told: Collection[PersonId] = (),  # noqa: ARG002
    ) -> bool:
        """Everybody has an address."""
        return True

    def has_told(self, tx: Tx, talk: Conversation, since: int) -> Collection[PersonId]:  # noqa: ARG002
        """Keep nobody's name."""
        return ()

    async def reach(self, reach: Reach) -> None:
        """Carry nothing."""


def silently(app: App) -> App:
    """Return an installation with that channel."""
    channels: Mapping[str, Channel] = {Silent.name: Silent()}
    return replace(
        app,
        channels=channels,
        deadlines={**app.deadlines, **contact.deadlines(channels)},
        jobs={**app.jobs, **contact.jobs(channels)},
    )


if __name__ == "__main__":
    app = silently(build(load(os.environ)))
    click.echo(READY)
    asyncio.run(Worker(app).run())
