"""Makes letters of what other rooms leave to be mailed, and mails them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shopbell.accounts.model import Letter as AccountLetter
from shopbell.channels.mail import paper, sending, service
from shopbell.channels.mail.addresses import Keyring, inquiry_address, message_id, person, stop_link
from shopbell.channels.mail.compose import Draft, one_line, write
from shopbell.channels.mail.keys import keyring
from shopbell.channels.mail.model import Inquiry, Letter, Manner
from shopbell.channels.mail.paper import Paper
from shopbell.engine.database import Database
from shopbell.engine.settings import Settings
from shopbell.kernel.events import Job
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale


@dataclass(frozen=True)
class Words:
    """A letter in words that are ready: ``event`` names what it is about, the same on every try."""

    manner: Manner
    event: str
    recipient: str
    sender: str
    to: str
    subject: str
    body: str
    locale: Locale
    kind: str = ""


class Office:
    """Where letters in ready words become letters to be mailed."""

    def __init__(self, db: Database, keys: Keyring) -> None:
        self._db, self._keys, self._settings = db, keys, db.settings

    async def account(self, job: AccountLetter) -> None:
        """Post a letter of somebody's account; done again, it is the same letter."""
        words = Words(
            manner=Manner.ACCOUNT,
            event=job.id,
            recipient=person(job.person),
            sender=self._settings.market_address,
            to=job.to,
            subject=job.subject,
            body=job.body,
            locale=job.locale,
            kind=job.kind,
        )
        await self._post(words)

    async def inquiry(self, job: Inquiry) -> None:
        """Post an inquiry to a carrier; its answer comes to an address of its own."""
        words = Words(
            manner=Manner.INQUIRY,
            event=f"{job.trace}:{inquiry_address(job.token)}",
            recipient=f"trace:{job.trace}",
            sender=f"{inquiry_address(job.token)}@{self._settings.reply_domain}",
            to=job.to,
            subject=job.subject,
            body=job.body,
            locale=job.locale,
        )
        await self._post(words)

    async def _post(self, words: Words) -> None:
        letter = in_words(words, self._keys, self._settings, self._db.clock())
        await self._db.write(service.post, letter)


def in_words(words: Words, keys: Keyring, settings: Settings, now: datetime) -> Letter:
    """Make a letter of words that are ready."""
    named = message_id(keys, words.event, words.recipient, settings.reply_domain)
    stop = stop_link(keys, settings.base_url, words.recipient, words.kind) if words.kind else ""
    sheet = Paper(
        locale=words.locale,
        market=settings.market_name,
        heading=words.subject,
        lines=paper.paragraphs(words.body),
        stop=stop,
    )
    draft = Draft(
        message_id=named,
        manner=words.manner,
        sender=words.sender,
        called=settings.market_name,
        to=words.to,
        to_name="",
        subject=words.subject,
        plain=paper.plain(sheet),
        html=paper.html(sheet),
        at=now,
        about=f"{words.manner}:{settings.reply_domain}",
        stop=stop,
    )
    return Letter(
        id=new_id(),
        message_id=named,
        manner=words.manner,
        recipient=words.recipient,
        address=words.to,
        subject=one_line(words.subject),
        locale=words.locale,
        raw=write(draft),
        created_at=now,
    )


def jobs(
    db: Database, inquiries: type[Job]
) -> Mapping[type[Job], Callable[[Any], Awaitable[None]]]:
    """Return what a worker does here; ``inquiries`` are the letters that ask carriers."""
    keys = keyring(db.settings.data)
    office = Office(db, keys)
    return {
        AccountLetter: office.account,
        inquiries: office.inquiry,
        **sending.jobs(db, keys),
    }
