"""Whether letters can be read out of the mailbox of the settings: the doctor goes and sees."""

from typing import TYPE_CHECKING

from shopbell.channels.mail.arriving.imap.model import (
    MailboxAway,
    MailboxSaysNo,
    NoSuchFolder,
    NotLetIn,
    Place,
)
from shopbell.engine.settings import Settings

if TYPE_CHECKING:
    from shopbell.cli.exam import Exam

_SAID: dict[type[Exception], str] = {
    NotLetIn: "mailbox_not_let_in",
    NoSuchFolder: "mailbox_no_folder",
}


def look_at_mailbox(exam: "Exam", settings: Settings) -> None:
    """Go to the mailbox, if there is one, and come back without touching a letter."""
    if not settings.imap_url:
        return
    from shopbell.channels.mail.arriving.imap.line import probe  # noqa: PLC0415 - most have none

    place = Place.at(settings.imap_url)
    try:
        probe(place)
    except (MailboxAway, MailboxSaysNo) as trouble:
        key = _SAID.get(type(trouble), "mailbox_away")
        exam.broken("mailbox", key, mailbox=place.name, trouble=str(trouble))
    else:
        exam.weigh("mailbox", 0)
