"""The composition root: the only module that knows every room by name."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopbell.accounts import jobs as accounts
from shopbell.analytics import jobs as reports
from shopbell.analytics.insight import jobs as insight
from shopbell.analytics.score import jobs as score
from shopbell.assistants import jobs as interpreting
from shopbell.assistants.helping import Assistants
from shopbell.assistants.jobs import Interpreter
from shopbell.assistants.plugs import plugged
from shopbell.carriers import jobs as carriers
from shopbell.carriers.model import CarrierLetter
from shopbell.carriers.service import take_reply
from shopbell.cases import jobs as cases
from shopbell.cases import reactions as troubles
from shopbell.cases.refunding import SubmitRefund
from shopbell.channels.mail import jobs as mail
from shopbell.channels.mail import resolved
from shopbell.channels.mail import service as letters
from shopbell.channels.mail.arriving import jobs as arriving
from shopbell.channels.mail.arriving import names
from shopbell.channels.mail.arriving.asking import Ask
from shopbell.channels.mail.arriving.imap.model import Place
from shopbell.channels.mail.arriving.imap.reader import MailboxReader
from shopbell.channels.mail.arriving.jobs import MailDesk
from shopbell.channels.mail.arriving.room import ReadingRoom
from shopbell.channels.mail.arriving.threading import Known
from shopbell.channels.mail.keys import keyring
from shopbell.channels.plugs import channels_for
from shopbell.commerce import jobs as parcels
from shopbell.commerce import reactions as commerce
from shopbell.connectors.listings import jobs as listings
from shopbell.connectors.plugs import cashier_for
from shopbell.contact import jobs as contact
from shopbell.contact.channel import Channel
from shopbell.conversations import jobs as conversations
from shopbell.conversations import reactions as talks
from shopbell.conversations.conduct import reactions as conduct
from shopbell.conversations.satisfaction import reactions as satisfaction
from shopbell.conversations.search import jobs as search
from shopbell.desk import jobs as desk
from shopbell.desk import reactions as team
from shopbell.desk import sorting
from shopbell.desk.clocks import reactions as clocks
from shopbell.desk.clocks import watching
from shopbell.desk.rules import calling
from shopbell.desk.rules import jobs as rules
from shopbell.desk.together import calls, handed
from shopbell.desk.together import jobs as teamwork
from shopbell.engine import migrations
from shopbell.engine.blobs import Blobs
from shopbell.engine.broker import broker_for
from shopbell.engine.database import Database, Tx
from shopbell.engine.epoch import begin_epoch
from shopbell.engine.settings import Settings
from shopbell.kernel.clock import Clock, wall_clock
from shopbell.kernel.events import Job
from shopbell.knowledge import service as knowledge
from shopbell.knowledge.answers import reactions as questions
from shopbell.privacy import jobs as privacy
from shopbell.privacy import reactions as wishes
from shopbell.privacy import service as going
from shopbell.realtime.hub import Hub
from shopbell.realtime.relay import Relay

Follow = Callable[[Database], Awaitable[int]]


@dataclass(frozen=True)
class App:
    """A wired installation, ready for a door: web, worker, command line or test.

    ``deadlines`` and ``jobs`` say what a worker does when something is due, ``channels`` how people
    are reached, ``assistants`` who may help. ``ahead`` reads at once what deadlines of one kind
    will ask for, one by one, and says of which nobody else is working on.
    ``standing`` is what a worker does besides, for as long as it works.
    ``followers`` come behind what is written, a batch at a time, until they return 0; those of one
    group rest together, so that whoever takes long holds up no other group.
    """

    settings: Settings
    db: Database
    hub: Hub
    relay: Relay
    blobs: Blobs
    mail: MailDesk
    epoch: str
    deadlines: Mapping[str, Callable[[Tx, str], None]]
    ahead: Mapping[str, Callable[[Tx, Sequence[str]], Collection[str]]]
    jobs: Mapping[type[Job], Callable[[Any], Awaitable[None]]]
    standing: Sequence[Callable[[], Awaitable[None]]]
    channels: Mapping[str, Channel]
    assistants: Assistants
    followers: Sequence[Sequence[Follow]] = ()

    def close(self) -> None:
        """Let running work finish, then let go of the database."""
        self.mail.room.close()
        self.db.close()


def build(settings: Settings, *, clock: Clock = wall_clock, ask: Ask | None = None) -> App:
    """Connect the rooms to each other and to the machinery; bring the tables up to date.

    ``ask`` looks names of the Internet up, if not the resolver of the settings.
    """
    db = Database(
        settings.database_url,
        clock=clock,
        settings=settings,
        reactions=(
            *commerce.REACTIONS,
            *talks.REACTIONS,
            *conduct.REACTIONS,
            *satisfaction.REACTIONS,
            *resolved.REACTIONS,
            *troubles.REACTIONS,
            *questions.REACTIONS,
            *clocks.REACTIONS,
            *team.REACTIONS,
            *calls.REACTIONS,
            *handed.REACTIONS,
            *calling.REACTIONS,
            *wishes.REACTIONS,
        ),
    )
    if migrations.pending(db.engine):
        migrations.upgrade(db.engine)
    db.write_now(accounts.begin_sweeping)
    db.write_now(knowledge.furnish)
    db.write_now(parcels.begin_sweeping)
    db.write_now(rules.begin_sweeping)
    db.write_now(letters.resume)
    db.write_now(going.begin_nights)
    db.write_now(score.begin_watching)
    assistants = Assistants(db, plugged(settings))
    interpreter = Interpreter(db, assistants)
    hub, channels = Hub(), channels_for(settings, db, interpreter.in_time)
    blobs = Blobs.of(settings, clock)
    known = Known(keyring(settings.data), take_reply)
    asked = ask or names.through(settings.dns_server)
    mail_desk = MailDesk(db, blobs, known, asked, ReadingRoom(), settings.imap_authserv)
    return App(
        settings=settings,
        db=db,
        hub=hub,
        relay=Relay(db, hub, broker_for(settings.database_url)),
        blobs=blobs,
        mail=mail_desk,
        epoch=db.write_now(begin_epoch),
        deadlines={
            **accounts.DEADLINES,
            **parcels.DEADLINES,
            **conversations.DEADLINES,
            **contact.deadlines(channels),
            **cases.DEADLINES,
            **teamwork.DEADLINES,
            **watching.DEADLINES,
            **rules.DEADLINES,
            **desk.DEADLINES,
            **privacy.DEADLINES,
            **score.DEADLINES,
        },
        ahead=contact.AHEAD,
        jobs={
            SubmitRefund: cases.payer(db, cashier_for(settings)),
            **carriers.jobs(db, settings.base_url),
            **mail.jobs(db, CarrierLetter),
            **arriving.jobs(mail_desk),
            **contact.jobs(channels),
            **desk.jobs(db),
            **rules.jobs(db),
            **listings.jobs(db, blobs),
            **interpreting.jobs(interpreter),
            **privacy.jobs(db, blobs, settings),
            **score.jobs(db),
        },
        standing=_standing(settings, mail_desk),
        channels=channels,
        assistants=assistants,
        followers=((search.follow,), (sorting.follow, reports.follow), (insight.follow,)),
    )


def _standing(settings: Settings, desk: MailDesk) -> Sequence[Callable[[], Awaitable[None]]]:
    if not settings.imap_url:
        return ()
    return (MailboxReader(Place.at(settings.imap_url), desk).run,)
