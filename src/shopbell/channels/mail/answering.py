"""Answers to letters as a mail program writes them, for the mailbox of the demonstration."""

from email.message import EmailMessage
from email.policy import SMTP

from shopbell.channels.mail.addresses import relayed_talk
from shopbell.channels.mail.compose import Opened
from shopbell.channels.mail.model import Letter, LetterTakesNoAnswer
from shopbell.conversations.refusals import NothingSaid


def answer_address(opened: Opened) -> str:
    """Return where an answer to a letter goes; nothing, if it takes none."""
    sender = dict(opened.headers)["From"]
    address = sender.rpartition("<")[2].rstrip(">")
    return address if relayed_talk(address.partition("@")[0]) else ""


def written(letter: Letter, opened: Opened, words: str, cmid: str) -> bytes:
    """Return an answer as its reader would send it, quoting the letter; the same for one ``cmid``.

    Raises `LetterTakesNoAnswer`, or `NothingSaid`.
    """
    to, domain = answer_address(opened), letter.address.rpartition("@")[2]
    if not to:
        raise LetterTakesNoAnswer
    if not words:
        raise NothingSaid
    quoted = "\n".join(f"> {line}" for line in opened.plain.splitlines())
    message = EmailMessage(SMTP)
    message["From"], message["To"] = letter.address, to
    message["Subject"] = f"Re: {letter.subject}"
    message["Message-ID"] = f"<{cmid}@mailbox.{domain}>"
    message["In-Reply-To"] = message["References"] = letter.message_id
    message.set_content(f"{words}\n\n{quoted}\n")
    return message.as_bytes()
