"""Which conversation a letter belongs to, and who speaks in it (MAIL.md 3.5 to 3.8).

Only an address that we made gives a letter a place, and only for whom it was made: what a letter
says of itself, its headers, gives it nothing. What does not fit is held for a person to look at.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec import Struct

from shopbell.accounts import service as accounts
from shopbell.accounts import staff
from shopbell.cases.refusals import NoSuchTrace
from shopbell.channels.mail import addresses
from shopbell.channels.mail import service as letters
from shopbell.channels.mail.addresses import Keyring
from shopbell.channels.mail.arriving import storage
from shopbell.channels.mail.arriving.authentic import Verdict
from shopbell.channels.mail.arriving.automatic import Kind
from shopbell.channels.mail.arriving.model import (
    FLOOD_MOST,
    FLOOD_WITHIN,
    HOPS_MOST,
    Fate,
    Kept,
    Mail,
    Opened,
    Why,
)
from shopbell.channels.mail.arriving.reading import Reading
from shopbell.commerce import service as commerce
from shopbell.commerce.model import NoSuchShop, Shop
from shopbell.conversations import posting
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import ATTACHMENTS_MOST, TEXT_MOST, Append, Begin
from shopbell.conversations.model import (
    Audience,
    Channel,
    Conversation,
    ConversationId,
    Stream,
    Subject,
    SubjectKind,
)
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.conversations.turns import State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Rank, Side
from shopbell.kernel.texts import Locale, text

_OUR_ADDRESS = re.compile(
    r"[ci]-[0-9a-f-]{36}\.[a-z][a-z2-7]{16}(?:@[\w.-]{1,190})?", re.IGNORECASE
)
_HAN, _CYRILLIC = re.compile("[\u4e00-\u9fff]"), re.compile("[\u0400-\u04ff]")
NAME_MOST = 40
SENT_BY_MAIL = "mail-"
"""How the client ids of entries begin that came as letters; pages show the way to these."""

MORE = " …"


@dataclass(frozen=True)
class Known:
    """What letters are known by: the keys of our addresses, and who takes answers of carriers."""

    keys: Keyring
    carriers: Callable[[Tx, str, str], None]


class Settled(Struct, frozen=True):
    """What became of a letter: its fate, why it is held, and the entry that it became."""

    fate: Fate
    why: str = ""
    talk: ConversationId | None = None
    event: str | None = None
    trouble: str = ""


class Writer(Struct, frozen=True):
    """Somebody an address was made for: as whom they write, from which mailbox, and their talk."""

    talk: Conversation
    actor: Actor
    address: str
    locale: Locale


class AutomaticMail(Struct, frozen=True):
    """The data of a line about a letter that a program wrote in somebody's name."""

    side: Side
    text: str


class MailHeld(Struct, frozen=True):
    """The data of a line for the team: a letter for this conversation waits for the operator."""

    why: str


def place(tx: Tx, mail: Mail, opened: Opened, known: Known, key: str) -> Settled:
    """Find a letter's place and put it there."""
    local = mail.recipient.rpartition("@")[0]
    if letter := addresses.bounced_letter(known.keys, local):
        return _returned(tx, letter, opened.reading)
    if token := addresses.inquiry_token(local):
        return _from_carrier(tx, known, token, opened)
    talk = addresses.relayed_talk(local)
    if talk is None:
        return _to_shop(tx, mail, opened, local, key)
    writer = _writer(tx, known.keys, local, talk)
    if writer is None:
        return Settled(Fate.HELD, Why.TAG_WRONG)
    return _from_writer(tx, mail, opened, writer, key)


def vouched(tx: Tx, mail: Mail, opened: Opened, known: Known, key: str) -> Settled | None:
    """Show a letter as said by whom its address was made for, whatever it proves."""
    local = mail.recipient.rpartition("@")[0]
    if talk := addresses.relayed_talk(local):
        writer = _writer(tx, known.keys, local, talk)
        return _said(tx, writer, opened, key) if writer else None
    shop = _shop_of(tx, local)
    return _new_request(tx, shop, opened, key) if shop and opened.reading.sender.address else None


def knows(tx: Tx, keys: Keyring, local: str) -> bool:
    """Tell whether letters to this address are taken: one that we made, or a shop's."""
    made = (
        addresses.relayed_talk(local)
        or addresses.bounced_letter(keys, local)
        or addresses.inquiry_token(local)
    )
    return bool(made) or _shop_of(tx, local) is not None


def clean(words: str) -> str:
    """Leave out the addresses we made: whoever has one may try to write in another's name."""
    return _OUR_ADDRESS.sub("…", words)


# --- what machines write ------------------------------------------------------------------


def _returned(tx: Tx, letter_id: str, reading: Reading) -> Settled:
    """Tell those who write letters that one came back; a delay is no reason to."""
    bounce = reading.bounce
    if bounce is None or bounce.delayed:
        return Settled(Fate.AUTOMATIC)
    says = " ".join(filter(None, (bounce.status, bounce.recipient, reading.subject)))
    letter = letters.note_returned(tx, letter_id, says, hard=bounce.hard)
    return Settled(Fate.RETURNED, talk=letter.conversation if letter else None)


def _from_carrier(tx: Tx, known: Known, token: str, opened: Opened) -> Settled:
    reading = opened.reading
    if reading.kind.automatic:
        return Settled(Fate.AUTOMATIC)
    if opened.proof.verdict is Verdict.DENIED:
        return Settled(Fate.HELD, Why.DENIED)
    try:
        known.carriers(tx, token, reading.words)
    except NoSuchTrace:
        return Settled(Fate.HELD, Why.TAG_WRONG)
    return Settled(Fate.CARRIER)


def _automatic(tx: Tx, writer: Writer, reading: Reading, *, theirs: bool) -> Settled:
    """Attach a line about it: it opens nothing, stops no clock, and nothing answers it."""
    if reading.kind is not Kind.REPLY or not theirs:
        return Settled(Fate.AUTOMATIC, talk=writer.talk.id)
    line = AutomaticMail(writer.actor.side, _short(clean(reading.words)))
    event = posting.post_line(tx, Stream(writer.talk.id), "automatic_mail", line)
    return Settled(Fate.AUTOMATIC, talk=writer.talk.id, event=event.id)


# --- what people write --------------------------------------------------------------------


def _from_writer(tx: Tx, mail: Mail, opened: Opened, writer: Writer, key: str) -> Settled:
    reading = opened.reading
    theirs = reading.sender.address == writer.address.lower()
    if why := _loops(tx, mail, reading, writer.talk.id):
        return _held(tx, writer, why)
    if reading.kind.automatic:
        asked = Verdict.OPEN if writer.actor.side is Side.BUYER else Verdict.PROVEN
        trusted = theirs and opened.proof.verdict in {asked, Verdict.PROVEN}
        return _automatic(tx, writer, reading, theirs=trusted and not opened.proof.suspicion)
    if why := _objection(opened, writer, theirs=theirs):
        return _held(tx, writer, why)
    return _said(tx, writer, opened, key)


def _objection(opened: Opened, writer: Writer, *, theirs: bool) -> Why | None:
    """Return why a letter does not speak for whom its address was made for, if it does not."""
    proof = opened.proof
    if proof.suspicion:
        return Why(proof.suspicion)
    if not theirs:
        return Why.OTHER_SENDER
    if proof.verdict is Verdict.DENIED:
        return Why.NOT_PROVEN if proof.unseen else Why.DENIED
    if writer.actor.side is not Side.BUYER and proof.verdict is not Verdict.PROVEN:
        return Why.NOT_PROVEN
    return None


def _loops(tx: Tx, mail: Mail, reading: Reading, talk: ConversationId | None) -> Why | None:
    """Recognise what our own letters caused, and too much at once."""
    ours = mail.recipient.rpartition("@")[2].lower()
    own_id = reading.message_id.rstrip(">").lower().endswith(f"@{ours}")
    if reading.hops > HOPS_MOST or reading.sender.domain == ours or own_id:
        return Why.LOOP
    if talk and storage.lately(tx, talk, tx.now - FLOOD_WITHIN) >= FLOOD_MOST:
        return Why.FLOOD
    return None


def _held(tx: Tx, writer: Writer, why: Why) -> Settled:
    """Hold a letter, and tell the team that one waits; the buyer is never shown it as theirs."""
    notes = Stream(writer.talk.id, Audience.NOTES)
    posting.post_line(tx, notes, "mail_held", MailHeld(why))
    return Settled(Fate.HELD, why, talk=writer.talk.id)


def _writer(tx: Tx, keys: Keyring, local: str, talk_id: ConversationId) -> Writer | None:
    """Return for whom an address was made, among those who take part in its conversation."""
    try:
        talk = conversations.entered(tx, SYSTEM, Stream(talk_id), hold=True)
    except NoSuchConversation:
        return None
    if addresses.is_for(keys, local, talk_id, addresses.person(talk.buyer)):
        buyer = accounts.person(tx, talk.buyer)
        actor = Actor(buyer.id, Side.BUYER, name=buyer.called)
        return Writer(talk, actor, buyer.email, buyer.locale)
    if addresses.is_for(keys, local, talk_id, addresses.team(talk.shop)):
        shop = commerce.shop(tx, talk.shop)
        actor = Actor(PersonId(shop.id), Side.SELLER, shop.id, Rank.AGENT, shop.name)
        return Writer(talk, actor, shop.email, shop.languages[0])
    return _colleague(tx, keys, local, talk)


def _colleague(tx: Tx, keys: Keyring, local: str, talk: Conversation) -> Writer | None:
    for one in staff.of_shop(tx, SYSTEM, talk.shop):
        if addresses.is_for(keys, local, talk.id, addresses.person(one.id)):
            person = accounts.person(tx, one.id)
            actor = Actor(one.id, Side.SELLER, talk.shop, one.rank, person.called)
            return Writer(talk, actor, one.email, person.locale)
    return None


def _to_shop(tx: Tx, mail: Mail, opened: Opened, slug: str, key: str) -> Settled:
    """Open a conversation with a shop that was written to: with an address that proves nothing."""
    shop, reading = _shop_of(tx, slug), opened.reading
    if shop is None:
        return Settled(Fate.HELD, Why.NOBODY)
    if why := _loops(tx, mail, reading, None):
        return Settled(Fate.HELD, why)
    if reading.kind.automatic:
        return Settled(Fate.AUTOMATIC)
    if opened.proof.suspicion:
        return Settled(Fate.HELD, Why(opened.proof.suspicion))
    if opened.proof.verdict is not Verdict.PROVEN:
        return Settled(Fate.HELD, Why.NOT_PROVEN)
    return _new_request(tx, shop, opened, key)


def _new_request(tx: Tx, shop: Shop, opened: Opened, key: str) -> Settled:
    sender = opened.reading.sender
    spoken = _language(opened.reading.words) or shop.languages[0]
    name = (sender.name or sender.address.partition("@")[0])[:NAME_MOST]
    named = text(spoken, "mailin.stranger", name=name)
    stranger = accounts.stranger(tx, sender.address, named, spoken)
    actor = Actor(stranger.id, Side.BUYER, name=stranger.called)
    about = Begin(Subject(SubjectKind.SHOP, shop.slug))
    talk, _new = conversations.begin(tx, actor, about, stranger.locale)
    return _said(tx, Writer(talk, actor, stranger.email, stranger.locale), opened, key)


def _shop_of(tx: Tx, local: str) -> Shop | None:
    try:
        found = commerce.shop(tx, local.lower())
    except NoSuchShop:
        return None
    return found if "email" in found.channels and found.slug == local.lower() else None


def _language(words: str) -> Locale | None:
    """Guess in which of our languages somebody writes, by their letters."""
    if _HAN.search(words):
        return "zh"
    return "ru" if _CYRILLIC.search(words) else None


def _said(tx: Tx, writer: Writer, opened: Opened, key: str) -> Settled:
    """Say a letter's words in the conversation, by the same way as any message."""
    talk = _open_talk(tx, writer)
    actor, stream = writer.actor, Stream(talk.id)
    files = [
        conversations.attach(tx, actor, talk.id, one.blob, one.name).id
        for one in _each_once(opened.files)
    ]
    words, event = _short(clean(_words(opened.reading, writer.locale))), ""
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


def _short(words: str) -> str:
    """Return no more words than an entry takes; the full letter is one click away."""
    kept = words.strip()
    return kept if len(kept) <= TEXT_MOST else kept[: TEXT_MOST - len(MORE)].rstrip() + MORE
