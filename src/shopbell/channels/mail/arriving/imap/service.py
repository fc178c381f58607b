"""How far a mailbox is read, and by whom. Each function is one transaction."""

from collections.abc import Sequence

from shopbell.channels.mail.addresses import Keyring
from shopbell.channels.mail.arriving import service as arriving
from shopbell.channels.mail.arriving import threading
from shopbell.channels.mail.arriving.imap import storage
from shopbell.channels.mail.arriving.imap.model import LEASE, Cursor
from shopbell.channels.mail.arriving.model import Arrival, Left
from shopbell.engine.database import Tx


def hold(tx: Tx, mailbox: str, reader: str) -> Cursor | None:
    """Have one reader read a mailbox for the next seconds; none while another one does."""
    unread = Cursor(
        mailbox=mailbox,
        uidvalidity=0,
        uid=0,
        holder="",
        held_until=tx.now,
        looked_at=None,
        trouble="",
    )
    storage.begin(tx, unread)
    held = storage.hold(tx, mailbox, reader, tx.now + LEASE)
    return storage.get(tx, mailbox) if held else None


def let_go(tx: Tx, mailbox: str, reader: str) -> None:
    """Let another reader go on at once."""
    storage.let_go(tx, mailbox, reader)


def begin_anew(tx: Tx, mailbox: str, uidvalidity: int) -> None:
    """Read a mailbox from its first letter, for its server has numbered them anew."""
    storage.begin_anew(tx, mailbox, uidvalidity)


def take(
    tx: Tx, reader: str, at: Cursor, uid: int, letters: Sequence[Arrival | Left]
) -> Cursor | None:
    """Keep what one letter is to us and go on behind it, both or neither.

    Returns none if another reader goes on now; what was kept stays kept.
    """
    arriving.take(tx, [one for one in letters if isinstance(one, Arrival)])
    for left in letters:
        if isinstance(left, Left):
            arriving.leave(tx, left)
    storage.move(tx, at.mailbox, at.uidvalidity, uid)
    return hold(tx, at.mailbox, reader)


def note_look(tx: Tx, mailbox: str, reader: str) -> None:
    """Note that all that lay there was read."""
    storage.note_look(tx, mailbox, reader)


def note_trouble(tx: Tx, mailbox: str, reader: str, trouble: str) -> None:
    """Note what keeps us from reading, for whoever asks how the house is."""
    storage.note_trouble(tx, mailbox, reader, trouble[:2_000])


def is_read(tx: Tx, mailbox: str) -> bool:
    """Tell whether somebody reads a mailbox, and nothing is in the way."""
    found = storage.get(tx, mailbox)
    return bool(found and found.looked_at and not found.trouble and found.held_until > tx.now)


def known(tx: Tx, keys: Keyring, addresses: Sequence[str]) -> list[str]:
    """Return those addresses that letters are taken for, in their order."""
    return [one for one in addresses if threading.knows(tx, keys, one.rpartition("@")[0])]
