"""What becomes of letters that arrive. Each function is one transaction."""

from collections.abc import Sequence
from hashlib import sha256

from msgspec.structs import replace

from shopbell.accounts import operating
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates
from shopbell.channels.mail.arriving import storage, threading
from shopbell.channels.mail.arriving.model import (
    LATE_AFTER,
    SAME_WITHIN,
    Arrival,
    Extent,
    Fate,
    Left,
    Mail,
    MailHasNoPlace,
    MailId,
    MailLeftThere,
    MailSettled,
    NoSuchMail,
    Opened,
    ReadMail,
    Settled,
    Why,
)
from shopbell.channels.mail.arriving.threading import Known
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Audience, ConversationId, Stream
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.refusals import Refusal

LISTED_MOST = 100
ALWAYS = SAME_WITHIN * 5_000
"""How far back a letter with a Message-ID is known again."""


def take(tx: Tx, arrivals: Sequence[Arrival]) -> None:
    """Keep letters for good, and have them read; one that is handed over again is one letter."""
    new = [_arrived(tx, one) for one in arrivals]
    storage.add(tx, new)
    for mail in new:
        tx.later(ReadMail(mail=mail.id))


def leave(tx: Tx, left: Left) -> None:
    """Have a person look at a letter that was not taken: it lies where it came to."""
    noted = replace(
        _arrived(tx, left.headers),
        fate=Fate.FAILED,
        why=left.why,
        from_address=left.sender.address[:320],
        from_name=left.sender.name[:200],
        subject=left.subject,
        settled_at=tx.now,
    )
    storage.add(tx, [noted])


def take_all(tx: Tx, asks: Sequence[Sequence[Arrival]]) -> list[None]:
    """Keep what several hand over at this moment."""
    take(tx, [arrival for ask in asks for arrival in ask])
    return [None] * len(asks)


def waiting(tx: Tx, mail: MailId) -> Mail | None:
    """Return a letter that is to be read; none if that is done, or it was the same as another."""
    found = storage.get(tx, mail)
    return found if found and found.fate is Fate.WAITING else None


def settle(tx: Tx, mail_id: MailId, opened: Opened, known: Known) -> Fate | None:
    """Put a letter that was read where it belongs; whoever comes second changes nothing."""
    mail = storage.get(tx, mail_id, hold=True)
    if mail is None or mail.fate is not Fate.WAITING:
        return None
    key = same_key(mail, opened)
    if _is_known(tx, mail, opened, key):
        settled = Settled(Fate.REPEATED)
    else:
        settled = threading.place(tx, mail, opened, known, key)
    _note(tx, mail, opened, settled, key)
    return settled.fate


def refuse(tx: Tx, mail_id: MailId, opened: Opened, refusal: Refusal) -> None:
    """Hold a letter that its place does not take, as one that is too long; a person decides."""
    mail = storage.get(tx, mail_id, hold=True)
    if mail and mail.fate is Fate.WAITING:
        held = Settled(Fate.HELD, Why.REFUSED, trouble=refusal.code)
        _note(tx, mail, opened, held, same_key(mail, opened))


def fail(tx: Tx, mail_id: MailId, why: Why, trouble: str) -> None:
    """Note that a letter could not be read or proven; it is kept for a person to look at."""
    mail = storage.get(tx, mail_id, hold=True)
    if mail and mail.fate is Fate.WAITING:
        extent = Extent.NOTHING if why is Why.UNREADABLE else mail.extent
        told = {"why": why, "trouble": trouble[:2_000], "extent": extent}
        storage.change(tx, mail, fate=Fate.FAILED, settled_at=tx.now, **told)


def same_key(mail: Mail, opened: Opened) -> str:
    """Return what makes a letter the same one when it comes again, by whichever way."""
    reading = opened.reading
    parts = (reading.message_id, mail.recipient.lower(), reading.body)
    return sha256("\0".join(parts).encode()).hexdigest()


def has_written(tx: Tx, talk: ConversationId, address: str) -> bool:
    """Tell whether somebody said something in a conversation by a letter from this address."""
    return storage.has_written(tx, talk, address)


# --- what people see and do ---------------------------------------------------------------


def held(tx: Tx, actor: Actor, behind: str = "") -> tuple[list[Mail], bool]:
    """List the letters that wait for a person of the marketplace, newest first, behind one of them.

    Returns also whether there are more.
    """
    check_operates(actor)
    last = look(tx, actor, MailId(behind)) if behind else None
    rows = storage.open_ones(tx, tx.now - LATE_AFTER, LISTED_MOST + 1, last)
    return rows[:LISTED_MOST], len(rows) > LISTED_MOST


def count_held(tx: Tx, actor: Actor) -> int:
    """Count them."""
    check_operates(actor)
    return storage.count_open(tx, tx.now - LATE_AFTER)


def look(tx: Tx, actor: Actor, mail_id: MailId) -> Mail:
    """Return one letter, for the operator."""
    check_operates(actor)
    return _found(storage.get(tx, mail_id) if is_id(mail_id) else None)


def original(tx: Tx, actor: Actor, event: str) -> Mail:
    """Return the letter that an entry came in, if ``actor`` may read that conversation.

    Letters that are not shown in it, as those held back, are for whoever reads its notes; those
    are also found by their own id.
    """
    mail = _found(
        storage.of_event(tx, event) or storage.get(tx, MailId(event)) if is_id(event) else None
    )
    if mail.conversation is None:
        raise NoSuchMail
    shown = mail.fate in {Fate.SHOWN, Fate.AUTOMATIC} and mail.event
    audience = Audience.PUBLIC if shown else Audience.NOTES
    conversations.entered(tx, actor, Stream(mail.conversation, audience))
    return mail


def reads_all(tx: Tx, actor: Actor, mail: Mail) -> bool:
    """Tell whether ``actor`` reads what is hidden from others: who wrote it, and the operator.

    What no buyer and no shop wrote has nothing that is hidden.
    """
    if actor.side is Side.OPERATOR or not tx.settings.hide_contacts or mail.fate in _OF_OTHERS:
        return True
    said = mail.event and mail.fate is Fate.SHOWN
    return bool(said and mail.event and conversations.is_by(tx, actor, mail.event))


_OF_OTHERS = {Fate.NOTICE, Fate.CARRIER, Fate.RETURNED}


def read_again(tx: Tx, actor: Actor, mail_id: MailId) -> None:
    """Have a letter read once more, as after a mistake of ours was mended."""
    mail = _whole(_open(tx, actor, mail_id))
    anew = {"why": "", "trouble": "", "extent": Extent.UNTRIED, "settled_at": None}
    storage.change(tx, mail, fate=Fate.WAITING, **anew)
    tx.later(ReadMail(mail=mail.id))
    operating.note_mail(tx, actor, "mail_read_again", mail.id)


def let_through(tx: Tx, actor: Actor, mail_id: MailId, opened: Opened, known: Known) -> None:
    """Show a held letter as said by whom its address was made for: a person vouches for it."""
    mail = _whole(_open(tx, actor, mail_id))
    key = same_key(mail, opened)
    if _is_known(tx, mail, opened, key):
        settled: Settled | None = Settled(Fate.REPEATED)
    else:
        settled = threading.vouched(tx, mail, opened, known, key)
    if settled is None:
        raise MailHasNoPlace
    _note(tx, mail, opened, settled, key)
    operating.note_mail(tx, actor, "mail_let_through", mail.id)


def drop(tx: Tx, actor: Actor, mail_id: MailId) -> None:
    """Put a letter away: it is kept, and nobody has to look at it any more."""
    mail = _open(tx, actor, mail_id)
    storage.change(tx, mail, fate=Fate.DROPPED, settled_at=tx.now)
    operating.note_mail(tx, actor, "mail_dropped", mail.id)


def _arrived(tx: Tx, arrival: Arrival) -> Mail:
    return Mail(
        id=MailId(new_id()),
        raw=arrival.raw,
        size=arrival.size,
        way=arrival.way,
        sender=arrival.sender,
        recipient=arrival.recipient,
        client=arrival.client,
        helo=arrival.helo,
        arrived_at=tx.now,
        fate=Fate.WAITING,
        why="",
        trouble="",
        key="",
        from_address="",
        from_name="",
        subject="",
        verdict="",
        extent=Extent.UNTRIED,
        conversation=None,
        event=None,
        settled_at=None,
    )


def _note(tx: Tx, mail: Mail, opened: Opened, settled: Settled, key: str) -> None:
    sender = opened.reading.sender
    storage.change(
        tx,
        mail,
        fate=settled.fate,
        why=settled.why,
        trouble=settled.trouble,
        key=key,
        from_address=sender.address[:320],
        from_name=sender.name[:200],
        subject=opened.reading.subject,
        verdict=str(opened.proof)[:200],
        extent=Extent.TEXT if opened.reading.as_text else Extent.WHOLE,
        conversation=settled.talk,
        event=settled.event,
        settled_at=tx.now,
    )


def _open(tx: Tx, actor: Actor, mail_id: MailId) -> Mail:
    check_operates(actor, Right.SORT_MAIL)
    mail = _found(storage.get(tx, mail_id, hold=True) if is_id(mail_id) else None)
    late = mail.fate is Fate.WAITING and mail.arrived_at < tx.now - LATE_AFTER
    if not mail.fate.open and not late:
        raise MailSettled
    return mail


def _is_known(tx: Tx, mail: Mail, opened: Opened, key: str) -> bool:
    """Tell whether something became of the same letter already; until then others wait."""
    storage.alone(tx, key)
    since = tx.now - (ALWAYS if opened.reading.message_id else SAME_WITHIN)
    return storage.is_known(tx, key, mail.id, since)


def _whole(mail: Mail) -> Mail:
    if mail.left_there:
        raise MailLeftThere
    return mail


def _found(mail: Mail | None) -> Mail:
    if mail is None:
        raise NoSuchMail
    return mail
