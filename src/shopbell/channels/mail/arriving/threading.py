"""Which conversation a letter belongs to, and who speaks in it (MAIL.md 3.5 to 3.8).

An address that we made gives a letter its place, and speaks for whom it was made. What a letter
says of itself, its headers, gives it nothing but this: if it answers one of our letters, by an id
that only its readers know, a participant who is proven may speak. What does not fit is held for a
person to look at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec import Struct

from shopbell.accounts import service as accounts
from shopbell.cases import traces
from shopbell.cases.refusals import NoSuchTrace
from shopbell.channels.mail import addresses
from shopbell.channels.mail import service as letters
from shopbell.channels.mail.addresses import Keyring
from shopbell.channels.mail.arriving import notices, saying, storage, writers
from shopbell.channels.mail.arriving.authentic import Verdict
from shopbell.channels.mail.arriving.automatic import Kind
from shopbell.channels.mail.arriving.mailboxes import Mailbox
from shopbell.channels.mail.arriving.model import (
    FLOOD_MOST,
    FLOOD_WITHIN,
    HOPS_MOST,
    STRANGERS_MOST,
    STRANGERS_WITHIN,
    TOLD_WITHIN,
    Fate,
    Mail,
    MailId,
    Opened,
    Settled,
    Why,
)
from shopbell.channels.mail.arriving.reading import Reading
from shopbell.channels.mail.arriving.writers import Writer
from shopbell.channels.mail.model import Letter
from shopbell.commerce import service as commerce
from shopbell.commerce.model import NoSuchShop, Shop
from shopbell.conversations import posting
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Audience, ConversationId, Stream
from shopbell.conversations.veiling import veil
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Side


@dataclass(frozen=True)
class Known:
    """What letters are known by: the keys of our addresses, and who takes answers of carriers."""

    keys: Keyring
    carriers: Callable[[Tx, str, str], None]


class AutomaticMail(Struct, frozen=True):
    """The data of a line about a letter that a program wrote in somebody's name."""

    side: Side
    text: str


class MailHeld(Struct, frozen=True):
    """The data of a line for the team: a letter for this conversation waits for the operator.

    ``letter`` is the held one, which the team may read.
    """

    why: str
    letter: MailId


def place(tx: Tx, mail: Mail, opened: Opened, known: Known, key: str) -> Settled:
    """Find a letter's place and put it there."""
    local = _local(tx, mail)
    if letter := addresses.bounced_letter(known.keys, local):
        return _returned(tx, letter, opened.reading)
    if token := addresses.inquiry_token(local):
        return _from_carrier(tx, known, token, opened)
    talk = addresses.relayed_talk(local)
    if talk is None:
        return _to_shop(tx, mail, opened, local, key)
    writer = writers.by_tag(tx, known.keys, local, talk)
    if writer is None:
        return Settled(Fate.HELD, Why.TAG_WRONG)
    asked = Verdict.OPEN if writer.actor.side is Side.BUYER else Verdict.PROVEN
    return _from_writer(tx, mail, opened, writer, key, asked)


def vouched(tx: Tx, mail: Mail, opened: Opened, known: Known, key: str) -> Settled | None:
    """Show a letter as said by whom its address was made for, whatever it proves."""
    local = _local(tx, mail)
    if talk := addresses.relayed_talk(local):
        writer = writers.by_tag(tx, known.keys, local, talk)
        return saying.say(tx, writer, opened, key) if writer else None
    shop = _shop_of(tx, local)
    if shop is None or not opened.reading.sender.address:
        return None
    return saying.say(tx, saying.newcomer(tx, shop, opened), opened, key)


def _local(tx: Tx, mail: Mail) -> str:
    """Return whom a letter is for at our domain; nobody, if it came to another one's mailbox."""
    local, _, domain = mail.recipient.rpartition("@")
    return local if domain.lower() == tx.settings.reply_domain.lower() else ""


def knows(tx: Tx, keys: Keyring, local: str) -> bool:
    """Tell whether letters to this address are taken: one that we made, or a shop's."""
    if talk := addresses.relayed_talk(local):
        return writers.is_made(tx, keys, local, talk)
    if token := addresses.inquiry_token(local):
        return traces.is_asked(tx, token)
    return bool(addresses.bounced_letter(keys, local)) or _shop_of(tx, local) is not None


# --- what machines write ------------------------------------------------------------------


def _returned(tx: Tx, letter_id: str, reading: Reading) -> Settled:
    """Tell those who write letters that one came back; a delay or a receipt is no reason to."""
    bounce = reading.bounce
    if bounce is None or not bounce.came_back:
        return Settled(Fate.AUTOMATIC)
    says = " ".join(filter(None, (bounce.status, bounce.recipient, reading.subject)))
    letter = letters.note_returned(tx, letter_id, says, hard=bounce.hard)
    return Settled(Fate.RETURNED, talk=letter.conversation if letter else None)


def _from_carrier(tx: Tx, known: Known, token: str, opened: Opened) -> Settled:
    reading = opened.reading
    if opened.proof.verdict is Verdict.DENIED and not reading.kind.automatic:
        return Settled(Fate.HELD, Why.DENIED)
    if reading.kind in {Kind.NOTICE, Kind.DOUBTFUL}:  # carriers answer from machines, too
        return Settled(Fate.HELD, Why.LOOKS_AUTOMATIC)
    if reading.kind.automatic:
        return Settled(Fate.AUTOMATIC)
    try:
        known.carriers(tx, token, reading.words)
    except NoSuchTrace:
        return Settled(Fate.HELD, Why.TAG_WRONG)
    return Settled(Fate.CARRIER)


def _automatic(tx: Tx, writer: Writer, reading: Reading, *, theirs: bool) -> Settled:
    """Attach a line about it: it opens nothing, stops no clock, and nothing answers it."""
    if reading.kind is not Kind.REPLY or not theirs:
        return Settled(Fate.AUTOMATIC, talk=writer.talk.id)
    words = saying.short(saying.clean(reading.words))
    line = AutomaticMail(writer.actor.side, veil(tx, writer.actor, words).text)
    event = posting.post_line(tx, Stream(writer.talk.id), "automatic_mail", line)
    return Settled(Fate.AUTOMATIC, talk=writer.talk.id, event=event.id)


# --- what people write --------------------------------------------------------------------


def _from_writer(  # noqa: PLR0917 - a letter, whose it is, and what that takes
    tx: Tx, mail: Mail, opened: Opened, writer: Writer, key: str, asked: Verdict
) -> Settled:
    """Say a letter in the name of its writer, if it proves as much as is ``asked``."""
    reading = opened.reading
    theirs = reading.sender.address == writer.address.lower()
    if why := _loops(mail, reading):
        return _held(tx, mail, writer.talk.id, why)
    objection = _objection(opened, asked, theirs=theirs)
    if reading.kind.automatic:
        trusted = objection is None
        if reading.kind is Kind.DOUBTFUL or (trusted and reading.kind is Kind.NOTICE):
            return _held(tx, mail, writer.talk.id, objection or Why.LOOKS_AUTOMATIC)
        if trusted and _floods(tx, writer.talk.id):
            return _held(tx, mail, writer.talk.id, Why.FLOOD)
        return _automatic(tx, writer, reading, theirs=trusted)
    if objection:
        return _held(tx, mail, writer.talk.id, objection)
    return _say_in_turn(tx, mail, writer, opened, key)


def _say_in_turn(tx: Tx, mail: Mail, writer: Writer, opened: Opened, key: str) -> Settled:
    if _floods(tx, writer.talk.id):
        return _held(tx, mail, writer.talk.id, Why.FLOOD)
    return saying.say(tx, writer, opened, key)


def _objection(opened: Opened, asked: Verdict, *, theirs: bool) -> Why | None:
    """Return why a letter does not speak for whom its address was made for, if it does not."""
    proof = opened.proof
    if proof.suspicion:
        return Why(proof.suspicion)
    if not theirs:
        return Why.OTHER_SENDER
    if proof.verdict is Verdict.DENIED:
        return Why.NOT_PROVEN if proof.unseen else Why.DENIED
    if proof.verdict is not Verdict.PROVEN and asked is Verdict.PROVEN:
        return Why.NOT_PROVEN
    return None


def _loops(mail: Mail, reading: Reading) -> Why | None:
    """Recognise what our own letters caused."""
    ours = mail.recipient.rpartition("@")[2].lower()
    own_id = reading.message_id.rstrip(">").lower().endswith(f"@{ours}")
    if reading.hops > HOPS_MOST or reading.sender.domain == ours or own_id:
        return Why.LOOP
    return None


def _floods(tx: Tx, talk: ConversationId) -> bool:
    return storage.lately(tx, talk, tx.now - FLOOD_WITHIN) >= FLOOD_MOST


def _crowds(tx: Tx, mail: Mail, sender: Mailbox) -> bool:
    """Tell whether somebody new comes with too many others of their domain."""
    if accounts.is_told_of(tx, sender.address):
        return False
    since = tx.now - STRANGERS_WITHIN
    return storage.strangers(tx, mail.recipient, sender.domain, since) >= STRANGERS_MOST


def _held(tx: Tx, mail: Mail, talk: ConversationId, why: Why) -> Settled:
    """Hold a letter, and tell the team that one waits, once in a while: not of each of many.

    The buyer is never shown it as theirs.
    """
    if storage.was_told(tx, talk, tx.now - TOLD_WITHIN):
        return Settled(Fate.HELD, why, talk=talk)
    notes = Stream(talk, Audience.NOTES)
    line = posting.post_line(tx, notes, "mail_held", MailHeld(why, mail.id))
    return Settled(Fate.HELD, why, talk=talk, event=line.id)


def _to_shop(tx: Tx, mail: Mail, opened: Opened, slug: str, key: str) -> Settled:
    """Place a letter to a shop: by what it is about, by what it answers, or as a new question."""
    shop, reading = _shop_of(tx, slug), opened.reading
    if shop is None:
        return Settled(Fate.HELD, Why.NOBODY)
    if why := _loops(mail, reading):
        return Settled(Fate.HELD, why)
    if market := notices.market_of(tx, shop, opened):
        return notices.note(tx, shop, market, reading)
    return _answer(tx, mail, opened, shop, key) or _question(tx, mail, opened, shop, key)


def _question(tx: Tx, mail: Mail, opened: Opened, shop: Shop, key: str) -> Settled:
    """Open a conversation for a stranger, of whom at least the mailbox must be proven."""
    kind = opened.reading.kind
    if kind.automatic and kind is not Kind.DOUBTFUL:
        return Settled(Fate.AUTOMATIC)
    if why := _objection(opened, Verdict.PROVEN, theirs=True):
        return Settled(Fate.HELD, Why.NOT_PROVEN if why is Why.DENIED else why)
    if kind is Kind.DOUBTFUL:
        return Settled(Fate.HELD, Why.LOOKS_AUTOMATIC)
    if _crowds(tx, mail, opened.reading.sender):
        return Settled(Fate.HELD, Why.FLOOD)
    return _say_in_turn(tx, mail, saying.newcomer(tx, shop, opened), opened, key)


def _answer(tx: Tx, mail: Mail, opened: Opened, shop: Shop, key: str) -> Settled | None:
    """Place a letter that answers one of ours; nothing, if it names none about a conversation.

    The ids of our letters are not to be guessed, but to be handed on: so only the buyer speaks by
    one, by that of a letter written to them, and proven. For a shop nobody does without an address
    made for it.
    """
    reading, ours = opened.reading, f"@{tx.settings.reply_domain}>"
    named = [one for one in reading.answers if one.lower().endswith(ours)]
    if not named:
        return None
    known = letters.named(tx, named)
    if not known:
        return Settled(Fate.HELD, Why.TAG_WRONG)
    talk = next((one.conversation for one in known if one.conversation), None)
    if talk is None:
        return None
    if conversations.entered(tx, SYSTEM, Stream(talk), hold=True).shop != shop.id:
        return Settled(Fate.HELD, Why.TAG_WRONG)
    return _from_reader(tx, mail, opened, known, talk, key)


def _from_reader(  # noqa: PLR0917 - a letter, what it answers, and where
    tx: Tx, mail: Mail, opened: Opened, known: Sequence[Letter], talk: ConversationId, key: str
) -> Settled:
    """Let the buyer speak by the id of a letter written to them."""
    writer = writers.by_address(tx, talk, opened.reading.sender.address)
    if writer and writer.actor.side is not Side.BUYER:
        return _held(tx, mail, talk, Why.NOT_PROVEN)
    if writer is None or not any(_was_to(one, writer) for one in known):
        return _held(tx, mail, talk, Why.OTHER_SENDER)
    return _from_writer(tx, mail, opened, writer, key, Verdict.PROVEN)


def _was_to(letter: Letter, writer: Writer) -> bool:
    return (letter.conversation, letter.recipient) == (writer.talk.id, writer.recipient)


def _shop_of(tx: Tx, local: str) -> Shop | None:
    try:
        found = commerce.shop(tx, local.lower())
    except NoSuchShop:
        return None
    return found if "email" in found.channels and found.slug == local.lower() else None
