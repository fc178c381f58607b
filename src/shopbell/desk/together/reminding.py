"""Coming back to a conversation in time: set, taken back, needless, or due."""

from shopbell.accounts import letters
from shopbell.accounts import service as accounts
from shopbell.accounts.wishes.model import Kind
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Order, OrderId
from shopbell.conversations import service as conversations
from shopbell.conversations import waiting
from shopbell.conversations.calling import ColleaguesCalled, Why
from shopbell.conversations.model import (
    Audience,
    Conversation,
    ConversationId,
    Stream,
    SubjectKind,
)
from shopbell.desk.refusals import TeamOnly
from shopbell.desk.service import shop_of, works_here
from shopbell.desk.together import storage
from shopbell.desk.together.handed import is_here
from shopbell.desk.together.model import (
    LETTER_AFTER,
    REMINDER_MOST_AHEAD,
    REMINDERS_MOST,
    Reminder,
    RemindMe,
    Unless,
)
from shopbell.desk.together.refusals import (
    NoParcelToWait,
    ReminderFar,
    ReminderPast,
    TooManyReminders,
)
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Side
from shopbell.kernel.ids import new_id

REMIND, REMINDER_LETTER = "desk_reminder", "reminder_letter"


def remind(tx: Tx, actor: Actor, talk: ConversationId, wanted: RemindMe) -> Reminder:
    """Call somebody back in time; set again, it is the one reminder they have here."""
    found = conversations.entered(tx, actor, Stream(talk, Audience.NOTES), hold=True)
    if not works_here(tx, found.shop, actor.id):
        raise TeamOnly
    _check_time(tx, wanted)
    if wanted.unless is Unless.PARCEL and not _under_way(tx, found):
        raise NoParcelToWait
    earlier = storage.reminder_here(tx, actor.id, talk)
    _check_room(tx, actor, earlier)
    reminder = _reminder(tx, actor, found, wanted, earlier.id if earlier else new_id())
    storage.remind(tx, reminder)
    tx.arm(REMIND, reminder.id, reminder.at)
    return reminder


def take_back(tx: Tx, actor: Actor, talk: ConversationId) -> None:
    """Forget a reminder, due or not; without one, nothing happens."""
    conversations.entered(tx, actor, Stream(talk, Audience.NOTES), hold=True)
    if found := storage.reminder_here(tx, actor.id, talk):
        storage.forget(tx, found.id)
        tx.disarm(REMIND, found.id)


def standing(tx: Tx, actor: Actor) -> list[Reminder]:
    """List what somebody wants to come back to, without what has become needless."""
    kept = storage.reminders_of(tx, actor.id, shop_of(actor), REMINDERS_MOST)
    return [one for one in kept if one.fired_at is not None or not _is_needless(tx, one)]


def fire(tx: Tx, entity: str) -> None:
    """Call back who wanted it, unless what they waited for has come, or they have left."""
    found = storage.reminder(tx, entity)
    if found is None or found.fired_at is not None:
        return
    if not works_here(tx, found.shop, found.person) or _is_needless(tx, found):
        storage.forget(tx, found.id)
        return
    storage.note_fired(tx, found.id)
    tx.announce(
        ColleaguesCalled(
            why=Why.REMINDER,
            shop=found.shop,
            conversation=found.conversation,
            people=[found.person],
            by="",
        )
    )
    tx.arm(REMINDER_LETTER, found.id, tx.now + LETTER_AFTER)


def write_reminder(tx: Tx, entity: str) -> None:
    """Write to who was called back while away, and has not put the reminder aside.

    What they noted for themselves stays in the house, and so does whom the conversation is with.
    """
    found = storage.reminder(tx, entity)
    if found is None or found.fired_at is None or is_here(tx, found.shop, found.person):
        return
    if not works_here(tx, found.shop, found.person):
        return
    shop = commerce.shop(tx, found.shop)
    link = f"{tx.settings.base_url}/desk/{found.conversation}"
    reader = accounts.person(tx, found.person)
    facts = {"shop": shop.name, "link": link}
    letters.tell(tx, reader, Kind.REMINDER, "reminder_letter", **facts)


def _reminder(tx: Tx, actor: Actor, talk: Conversation, wanted: RemindMe, named: str) -> Reminder:
    return Reminder(
        id=named,
        person=actor.id,
        conversation=talk.id,
        shop=talk.shop,
        at=wanted.at,
        unless=wanted.unless,
        text=wanted.text.strip(),
        head=talk.head,
        set_at=tx.now,
    )


def _check_time(tx: Tx, wanted: RemindMe) -> None:
    if wanted.at <= tx.now:
        raise ReminderPast
    if wanted.at - tx.now > REMINDER_MOST_AHEAD:
        raise ReminderFar(days=REMINDER_MOST_AHEAD.days)


def _check_room(tx: Tx, actor: Actor, earlier: Reminder | None) -> None:
    kept = storage.reminders_of(tx, actor.id, shop_of(actor), REMINDERS_MOST)
    if earlier is None and len(kept) >= REMINDERS_MOST:
        raise TooManyReminders(most=REMINDERS_MOST)


def _is_needless(tx: Tx, reminder: Reminder) -> bool:
    """Tell whether what a reminder waits for has happened since it was set.

    It is looked for when it matters, so that a message need not look for reminders.
    """
    match reminder.unless:
        case Unless.BUYER:
            return waiting.has_spoken(tx, reminder.conversation, Side.BUYER, reminder.head)
        case Unless.PARCEL:
            order = _order(tx, conversations.entered(tx, SYSTEM, Stream(reminder.conversation)))
            moved = [one.event_at for one in order.to_buyer if one.event_at] if order else []
            return any(at > reminder.set_at for at in moved)
        case Unless.NOTHING:
            return False


def _under_way(tx: Tx, talk: Conversation) -> bool:
    order = _order(tx, talk)
    return order is not None and any(one.delivered_at is None for one in order.to_buyer)


def _order(tx: Tx, talk: Conversation) -> Order | None:
    if talk.subject.kind is not SubjectKind.ORDER:
        return None
    return commerce.order(tx, SYSTEM, OrderId(talk.subject.id))
