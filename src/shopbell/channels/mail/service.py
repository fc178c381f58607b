"""What becomes of letters: they are kept, go out in their order, come back, or are given up."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from msgspec.structs import replace

from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates
from shopbell.channels.mail import storage
from shopbell.channels.mail.model import (
    AWAY,
    FUSE_WAIT,
    FUSE_WINDOW,
    GIVE_UP,
    KEPT_FOR,
    SAYS_MOST,
    SENDING,
    SOFT_MOST,
    SOFT_WITHIN,
    TO_ONE_MOST,
    Letter,
    LetterState,
    NoSuchLetter,
    Posted,
    SendLetter,
    Suspended,
)
from shopbell.channels.mail.standing import still_waits
from shopbell.contact.ladder import missed
from shopbell.conversations import waiting
from shopbell.conversations.model import ConversationId
from shopbell.engine.database import Tx
from shopbell.engine.outbox import BACK_OFF
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import is_id

LISTED_MOST = 400
SUSPENDED = "suspended"
FUSE = "fuse"
"""Why a letter waits or is refused where it is our own doing."""


# --- on the way ---------------------------------------------------------------------------


def post(tx: Tx, letter: Letter) -> bool:
    """Keep a letter and have it mailed; false if the same one was posted before."""
    mailed = bool(tx.settings.smtp_url)
    state = LetterState.WAITING if mailed else LetterState.KEPT
    new = storage.add(tx, replace(letter, state=state))
    if new and mailed:
        _soon(tx, letter.id)
    return new


def resume(tx: Tx) -> None:
    """Have those letters mailed that were kept while there was no mail server, if not too old."""
    if not tx.settings.smtp_url:
        return
    for letter_id in storage.kept(tx, tx.now - KEPT_FOR, tx.settings.reply_domain):
        letter = storage.get(tx, letter_id, hold=True)
        if letter and letter.state is LetterState.KEPT:
            storage.change(tx, replace(letter, state=LetterState.WAITING))
            _soon(tx, letter.id)


def begin_sending(tx: Tx, letter_id: str) -> Letter | None:
    """Return a letter to be handed over now; none if it is not its turn, or nobody's any more.

    Of letters to one reader about one conversation the earlier goes first. Whoever has to wait
    for another is called again when that one is settled.
    """
    letter = storage.get(tx, letter_id)
    if letter is None or letter.state is not LetterState.WAITING:
        return None
    _hold_talk(tx, letter)
    if letter.conversation and letter.id != storage.first_waiting(
        tx, letter.conversation, letter.address
    ):
        return None
    letter = storage.get(tx, letter_id, hold=True)
    if letter is None or letter.state is not LetterState.WAITING:
        return None
    if letter.sending_until and letter.sending_until > tx.now:
        tx.later(SendLetter(letter=letter.id), letter.sending_until, _key(letter.id))
        return None
    return _checked(tx, letter)


def note_sent(tx: Tx, letter_id: str, says: str) -> None:
    """Note that the mail server took a letter: from now on it is in its hands."""
    letter = _waiting(tx, letter_id)
    if letter:
        _settle(tx, replace(letter, state=LetterState.SENT, says=_cut(says), sent_at=tx.now))


def note_refused(tx: Tx, letter_id: str, says: str, *, hard: bool) -> None:
    """Note that a letter will never be taken; ``hard``: because there is no such address."""
    letter = _waiting(tx, letter_id)
    if letter:
        _settle(tx, replace(letter, state=LetterState.REFUSED, says=_cut(says)))
        _blame(tx, letter.address, says, hard=hard)


def put_off(tx: Tx, letter_id: str, says: str, *, away: bool) -> None:
    """Have a letter tried again later, ever more rarely, for five days.

    ``away``: the mail server could not be reached or does not let us in; no letter is to blame.
    """
    letter = _waiting(tx, letter_id)
    if letter is None:
        return
    tried = replace(letter, says=_cut(says), tries=letter.tries + 1, tried_at=tx.now)
    if tx.now - letter.created_at >= GIVE_UP:
        _settle(tx, replace(tried, state=LetterState.GIVEN_UP))
        return
    waits = AWAY if away else BACK_OFF
    storage.change(tx, replace(tried, sending_until=None))
    wait = waits[min(letter.tries, len(waits) - 1)]
    tx.later(SendLetter(letter=letter.id), tx.now + wait, _key(letter.id))


def note_returned(tx: Tx, letter_id: str, says: str, *, hard: bool) -> Letter | None:
    """Note that a letter came back (a bounce); told again, it changes nothing.

    ``hard``: there is no such address, for good. Returns the letter, if there is one.
    """
    letter = _held(tx, letter_id) if is_id(letter_id) else None
    if letter and letter.state in {LetterState.SENT, LetterState.WAITING}:
        _settle(tx, replace(letter, state=LetterState.RETURNED, says=_cut(says)))
        _blame(tx, letter.address, says, hard=hard)
    return letter


def is_suspended(tx: Tx, address: str) -> bool:
    """Tell whether letters to this address came back, so that none is written to it."""
    return returned_since(tx, address) is not None


def returned_since(tx: Tx, address: str) -> datetime | None:
    """Return since when letters to this address come back, if they do."""
    known = storage.address(tx, address.lower())
    return known.suspended_at if known else None


def wants_none(tx: Tx, recipient: str) -> bool:
    """Tell whether somebody asked for no more letters."""
    return storage.has_stopped(tx, recipient)


def choose(tx: Tx, recipient: str, *, stopped: bool) -> None:
    """Write no more letters to somebody about conversations, or write again."""
    storage.put_wish(tx, recipient, stopped=stopped)


# --- what is shown ------------------------------------------------------------------------


def listed(tx: Tx, actor: Actor) -> list[Posted]:
    """List all letters, newest first and unopened, for the operator."""
    check_operates(actor)
    return storage.newest(tx, LISTED_MOST)


def listed_to(tx: Tx, recipients: list[str]) -> list[Posted]:
    """List the letters to some readers, newest first and unopened."""
    return storage.newest_to(tx, recipients, LISTED_MOST)


def told_upto(tx: Tx, talk: ConversationId, recipient: str, answered: Collection[str]) -> int:
    """Return up to which entry somebody was told by the letters they answer; 0 if by none."""
    thread = storage.thread(tx, talk, recipient)
    return max((one.upto for one in thread if one.message_id in answered), default=0)


def named(tx: Tx, message_ids: list[str]) -> list[Letter]:
    """Return the letters of these Message-IDs, in their order."""
    known = {letter.message_id: letter for letter in storage.named(tx, message_ids)}
    return [known[one] for one in message_ids if one in known]


def letter(tx: Tx, letter_id: str) -> Letter:
    """Return one letter or refuse; who may see it is for the page to say."""
    found = storage.get(tx, letter_id) if is_id(letter_id) else None
    if found is None:
        raise NoSuchLetter
    return found


def counts(tx: Tx, actor: Actor) -> Counter[LetterState]:
    """Count all letters by what became of them."""
    check_operates(actor)
    return Counter(storage.counts(tx))


def suspended(tx: Tx, actor: Actor) -> list[Suspended]:
    """List the addresses that are not written to."""
    check_operates(actor)
    return storage.suspended(tx)


def release(tx: Tx, actor: Actor, address: str) -> None:
    """Write to an address again: somebody has learnt that it works."""
    check_operates(actor, Right.SORT_MAIL)
    write_again(tx, address)


def write_again(tx: Tx, address: str) -> None:
    """Forget that letters came back from an address."""
    known = storage.address(tx, address, hold=True)
    if known:
        fresh = replace(known, soft=0, soft_since=None, suspended_at=None, says="")
        storage.put_address(tx, fresh)


def send_again(tx: Tx, actor: Actor, letter_id: str) -> None:
    """Try a letter again that was refused, came back or was given up; it keeps its Message-ID."""
    check_operates(actor, Right.SORT_MAIL)
    found = letter(tx, letter_id)
    held = storage.get(tx, found.id, hold=True)
    if held and held.state.failed and tx.settings.smtp_url:
        again = replace(held, state=LetterState.WAITING, tries=0, sending_until=None)
        storage.change(tx, again)
        _soon(tx, found.id)


# --- within -------------------------------------------------------------------------------


def _checked(tx: Tx, letter: Letter) -> Letter | None:
    """Take a letter in hand, unless it is out of date, suspended, or one too many.

    It may have waited for hours: what was answered or read meanwhile is not mailed.
    """
    if not still_waits(tx, letter):
        _settle(tx, replace(letter, state=LetterState.CANCELLED))
        return None
    if is_suspended(tx, letter.address):
        _settle(tx, replace(letter, state=LetterState.REFUSED, says=SUSPENDED))
        return None
    if _fuse_blown(tx, letter.address):
        storage.change(tx, replace(letter, says=FUSE, sending_until=None))
        tx.later(SendLetter(letter=letter.id), tx.now + FUSE_WAIT, _key(letter.id))
        return None
    taken = replace(letter, sending_until=tx.now + SENDING)
    storage.change(tx, taken)
    return taken


def _fuse_blown(tx: Tx, address: str) -> bool:
    """Tell whether more left in the last hour than anybody wants: to one address, or at all."""
    since = tx.now - FUSE_WINDOW
    too_many_to_one = storage.sent(tx, since, address) >= TO_ONE_MOST
    return too_many_to_one or storage.sent(tx, since) >= tx.settings.letters_per_hour


def _settle(tx: Tx, letter: Letter) -> None:
    """Write what has become of a letter for good, and call the next of its conversation.

    If it was the last by which a step could have reached somebody, both sides are told.
    """
    storage.change(tx, replace(letter, tried_at=tx.now, sending_until=None))
    if letter.state.failed and letter.reach and not storage.is_on_its_way(tx, letter.reach):
        missed(tx, letter.reach)
    if letter.conversation:
        following = storage.first_waiting(tx, letter.conversation, letter.address)
        if following:
            _soon(tx, following)


def _blame(tx: Tx, address: str, says: str, *, hard: bool) -> None:
    """Count a letter that came back from an address; suspend it when that is enough."""
    name = address.lower()
    known = storage.address(tx, name, hold=True) or Suspended(name, 0, None, None, "")
    recent = known.soft_since is not None and tx.now - known.soft_since <= SOFT_WITHIN
    soft = (known.soft if recent else 0) + (not hard)
    over = hard or soft >= SOFT_MOST
    storage.put_address(
        tx,
        Suspended(
            address=name,
            soft=soft,
            soft_since=known.soft_since if recent else tx.now,
            suspended_at=known.suspended_at or (tx.now if over else None),
            says=_cut(says),
        ),
    )


def _held(tx: Tx, letter_id: str) -> Letter | None:
    """Return a letter that nobody else changes, nor any other of the step it was written for.

    Of two letters of a step that fail at once, one has to see that it was the last.
    """
    letter = storage.get(tx, letter_id)
    if letter:
        _hold_talk(tx, letter)
    return storage.get(tx, letter_id, hold=True)


def _hold_talk(tx: Tx, letter: Letter) -> None:
    """Hold the conversation that a letter tells of: before the letter, always in this order."""
    if letter.reach:
        waiting.held(tx, letter.reach.conversation)


def _waiting(tx: Tx, letter_id: str) -> Letter | None:
    letter = _held(tx, letter_id)
    return letter if letter and letter.state is LetterState.WAITING else None


def _soon(tx: Tx, letter_id: str) -> None:
    tx.later(SendLetter(letter=letter_id), key=_key(letter_id))


def _key(letter_id: str) -> str:
    return f"letter:{letter_id}"


def _cut(says: str) -> str:
    """Return what a mail server said as it can be kept: servers speak in any encoding."""
    return says.replace("\0", "").encode("utf-8", "replace").decode()[:SAYS_MOST]
