"""How a letter becomes what somebody says, by the same way as any message."""

import re
from collections.abc import Sequence

from shopbell.accounts import service as accounts
from shopbell.channels.mail import addresses
from shopbell.channels.mail import service as letters
from shopbell.channels.mail.arriving.model import Fate, Kept, Opened, Settled
from shopbell.channels.mail.arriving.reading import Reading
from shopbell.channels.mail.arriving.writers import Writer
from shopbell.commerce.model import Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import ATTACHMENTS_MOST, TEXT_MOST, Append, Begin
from shopbell.conversations.model import (
    Channel,
    Conversation,
    MarkKind,
    Stream,
    Subject,
    SubjectKind,
)
from shopbell.conversations.turns import State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.texts import Locale, text
from shopbell.language.detect import spoken

_OUR_ADDRESS = re.compile(
    r"[ci]-[0-9a-f-]{36}\.[a-z][a-z2-7]{16}(?:@[\w.-]{1,190})?", re.IGNORECASE
)
NAME_MOST = 40
SENT_BY_MAIL = "mail-"
"""How the client ids of entries begin that came as letters; pages show the way to these."""

MORE = " …"


def say(tx: Tx, writer: Writer, opened: Opened, key: str) -> Settled:
    """Say a letter's words in the conversation of its writer."""
    _note_read(tx, writer, opened.reading)
    talk = _open_talk(tx, writer)
    actor, stream = writer.actor, Stream(talk.id)
    files = [
        conversations.attach(tx, actor, talk.id, one.blob, one.name).id
        for one in _each_once(opened.files)
    ]
    words, event = short(clean(_words(opened.reading, writer.locale))), ""
    for place, begin in enumerate(range(0, max(1, len(files)), ATTACHMENTS_MOST)):
        said = {
            "text": "" if place else words,
            "attachments": files[begin : begin + ATTACHMENTS_MOST],
            "channel": Channel.EMAIL,
        }
        command = Append(f"{SENT_BY_MAIL}{key[:32]}-{place}", "message", said)
        made = conversations.append(tx, actor, stream, command)
        event = event or made.id
    return Settled(Fate.SHOWN, talk=talk.id, event=event)


def newcomer(tx: Tx, shop: Shop, opened: Opened) -> Writer:
    """Open a conversation with a shop for somebody of whom only the mailbox is known."""
    sender = opened.reading.sender
    locale = spoken(opened.reading.words, shop.languages[0])
    name = (sender.name or sender.address.partition("@")[0])[:NAME_MOST]
    named = text(locale, "mailin.stranger", name=name)
    stranger = accounts.stranger(tx, sender.address, named, locale)
    actor = Actor(stranger.id, Side.BUYER, name=stranger.called)
    about = Begin(Subject(SubjectKind.SHOP, shop.slug))
    talk, _new = conversations.begin(tx, actor, about, stranger.locale)
    recipient = addresses.person(stranger.id)
    return Writer(talk, actor, recipient, stranger.email, stranger.locale)


def clean(words: str) -> str:
    """Leave out the addresses we made: whoever has one may try to write in another's name."""
    return _OUR_ADDRESS.sub("…", words)


def short(words: str) -> str:
    """Return no more words than an entry takes; the full letter is one click away."""
    kept = words.strip()
    return kept if len(kept) <= TEXT_MOST else kept[: TEXT_MOST - len(MORE)].rstrip() + MORE


def _note_read(tx: Tx, writer: Writer, reading: Reading) -> None:
    """Note that whoever answers a letter has read what it told them."""
    talk = writer.talk.id
    if told := letters.told_upto(tx, talk, writer.recipient, reading.answers):
        conversations.mark(tx, writer.actor, Stream(talk), MarkKind.READ, told)


def _open_talk(tx: Tx, writer: Writer) -> Conversation:
    """Return the conversation, or the one that goes on where a closed one ended."""
    talk = writer.talk
    if talk.state is not State.CLOSED:
        return talk
    about = Begin(Subject(talk.subject.kind, talk.subject.id))
    return conversations.begin(tx, writer.actor, about, talk.locale)[0]


def _each_once(files: Sequence[Kept]) -> list[Kept]:
    return list({(one.blob.sha256, one.name): one for one in files}.values())


def _words(reading: Reading, locale: Locale) -> str:
    """Return what a letter says, or what can be said of one that says nothing."""
    if reading.encrypted and not reading.words:
        return text(locale, "mailin.encrypted")
    if reading.words or reading.files:
        return reading.words
    return reading.subject or text(locale, "mailin.empty")
