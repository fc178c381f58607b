"""The letter to who was given a conversation while they are away: by a colleague, or a machine."""

from typing import Any

from msgspec import Struct, json

from shopbell.accounts import letters
from shopbell.accounts import service as accounts
from shopbell.accounts.wishes.model import Kind
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Audience, Conversation, ConversationId, Event, Stream
from shopbell.desk import storage
from shopbell.desk.giving import waits
from shopbell.desk.model import TalkAssigned, Way, seat_id
from shopbell.desk.service import works_here
from shopbell.desk.together.model import HANDED_EVERY, LETTER_AFTER
from shopbell.engine.database import Reaction, Tx
from shopbell.kernel.actor import SYSTEM, PersonId, ShopId

HANDED_LETTER = "handed_letter"


class _Told(Struct, frozen=True):
    """What a note tells of how a conversation came to somebody."""

    to: str = ""
    way: str = ""


def is_here(tx: Tx, shop: ShopId, person: PersonId) -> bool:
    """Tell whether somebody of a team has the desk open, whatever they chose to be, if anything."""
    seat = storage.seat(tx, seat_id(shop, person))
    return seat is not None and seat.attended(tx.now)


def watch(tx: Tx, fact: TalkAssigned) -> None:
    """See to it that they are told to whom a conversation was given, if they are away."""
    if fact.way is not Way.TAKEN:
        tx.arm(HANDED_LETTER, fact.conversation, tx.now + LETTER_AFTER)


def write_letter(tx: Tx, entity: str) -> None:
    """Write to who was given a conversation that still waits for them; once for all of a while.

    Whom the conversation is with stays in the house: buyers go, and letters stay.
    """
    talk = conversations.entered(tx, SYSTEM, Stream(ConversationId(entity)))
    to, note = talk.assignee, _given(tx, talk)
    if to is None or note is None or not waits(talk):
        return
    if is_here(tx, talk.shop, to) or not works_here(tx, talk.shop, to):
        return
    kind = _kind(tx, note, talk.shop)
    link = f"{tx.settings.base_url}/desk/{talk.id}"
    facts = {"by": note.actor.name, "shop": talk.shop_name}
    reader = accounts.person(tx, to)
    letters.tell_seldom(
        tx, talk.shop, reader, kind, HANDED_EVERY, f"{kind}_letter", link=link, **facts
    )


def _given(tx: Tx, talk: Conversation) -> Event | None:
    """Return the note that says how a conversation came to whom it belongs now, if it was given."""
    stream = Stream(talk.id, Audience.NOTES)
    page = conversations.page(tx, SYSTEM, stream, before=talk.notes_head + 1, of=talk)
    notes = (one for one in reversed(page.events) if one.type == "assigned")
    if (note := next(notes, None)) is None:
        return None
    told = json.decode(note.data, type=_Told)
    return note if told.to == talk.assignee and told.way != Way.TAKEN else None


def _kind(tx: Tx, note: Event, shop: ShopId) -> Kind:
    """Tell a colleague, who hands over, from a rule or the line, which assign."""
    by_hand = json.decode(note.data, type=_Told).way == Way.GIVEN
    return Kind.HANDED if by_hand and works_here(tx, shop, note.actor.id) else Kind.ASSIGNED


REACTIONS: tuple[Reaction[Any], ...] = (Reaction(TalkAssigned, watch),)
