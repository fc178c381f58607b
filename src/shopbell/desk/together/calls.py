"""What somebody of a team is called to: notes that name them, and what they put off."""

from typing import Any

from shopbell.accounts import letters
from shopbell.accounts import service as accounts
from shopbell.accounts.wishes.model import Kind
from shopbell.conversations import service as conversations
from shopbell.conversations.calling import ColleaguesCalled, Why
from shopbell.conversations.model import Audience, ConversationId, Stream, Topic
from shopbell.desk.service import shop_of, works_here
from shopbell.desk.together import reminding, storage
from shopbell.desk.together.model import (
    CALLS_MOST,
    LETTER_AFTER,
    Calls,
    Mention,
    MentionShown,
    Reminder,
    ReminderShown,
)
from shopbell.engine.database import Reaction, Tx
from shopbell.kernel.actor import Actor, PersonId
from shopbell.kernel.ids import new_id
from shopbell.kernel.likeness import like

MENTION_LETTER = "mention_letter"


def mine(tx: Tx, actor: Actor) -> Calls:
    """Return what calls somebody, in the shop they work for."""
    shop = shop_of(actor)
    called = storage.mentions_of(tx, actor.id, shop, CALLS_MOST)
    set_ = reminding.standing(tx, actor)
    wanted = [*(one.conversation for one in called), *(one.conversation for one in set_)]
    topics = conversations.topics(tx, wanted)
    due = sum(one.fired_at is not None for one in set_)
    return Calls(
        waiting=storage.unread(tx, actor.id, shop) + due,
        mentions=[_mention(one, topics[one.conversation]) for one in called],
        reminders=[_reminder(one, topics[one.conversation]) for one in set_],
    )


def look(tx: Tx, actor: Actor, talk: ConversationId) -> None:
    """Note that somebody has looked at the notes that call them; said again, it is the same."""
    conversations.entered(tx, actor, Stream(talk, Audience.NOTES), hold=True)
    storage.read_here(tx, actor.id, talk)


def keep(tx: Tx, fact: ColleaguesCalled) -> None:
    """Keep whom a note calls, and see to it that they are told if they look at no page."""
    if fact.why is not Why.MENTION:
        return
    called = [_called(tx, fact, person) for person in fact.people]
    storage.call(tx, called)
    for one in called:
        tx.arm(MENTION_LETTER, one.id, tx.now + LETTER_AFTER)


def write_letter(tx: Tx, entity: str) -> None:
    """Write to who was called and has not looked; once for all notes of one conversation.

    What stands in the note stays in the house: the letter says who calls, about what, and where.
    """
    found = storage.mention(tx, entity)
    if found is None or found.read_at or found.told_at:
        return
    if not works_here(tx, found.shop, found.person):
        return
    storage.told_here(tx, found.person, found.conversation)
    topic = conversations.topics(tx, [found.conversation])[found.conversation]
    link = f"{tx.settings.base_url}/desk/{found.conversation}"
    reader = accounts.person(tx, found.person)
    facts = {"by": found.by, "buyer": topic.buyer_name, "link": link}
    letters.tell(tx, reader, Kind.MENTION, "mention", **facts)


def _called(tx: Tx, fact: ColleaguesCalled, person: PersonId) -> Mention:
    return Mention(
        id=new_id(),
        person=person,
        conversation=fact.conversation,
        shop=fact.shop,
        seq=fact.seq,
        by=fact.by,
        at=tx.now,
    )


def _mention(one: Mention, topic: Topic) -> MentionShown:
    about = {"buyer_name": topic.buyer_name, "subject": topic.subject}
    return like(MentionShown, one, **about, read=one.read_at is not None)


def _reminder(one: Reminder, topic: Topic) -> ReminderShown:
    about = {"buyer_name": topic.buyer_name, "subject": topic.subject}
    return like(ReminderShown, one, **about, due=one.fired_at is not None)


REACTIONS: tuple[Reaction[Any], ...] = (Reaction(ColleaguesCalled, keep),)
