"""Drafts of a team: what one is about to answer, all of them can see, and take over."""

from shopbell.accounts import staff
from shopbell.conversations import shelves
from shopbell.conversations.calling import ColleaguesCalled, Why
from shopbell.conversations.commands import TEXT_MOST, Draft, KeepDraft, Named, TeamDraft
from shopbell.conversations.model import Audience, Conversation, ConversationId, Stream
from shopbell.conversations.refusals import NoSuchDraft, TextTooLong
from shopbell.conversations.service import entered, keep_draft
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId


def of_team(tx: Tx, actor: Actor, talk: ConversationId) -> list[TeamDraft]:
    """Return what one's colleagues are about to answer; whoever reads the notes may see it."""
    found = entered(tx, actor, Stream(talk, Audience.NOTES))
    return [one for one in _shared(tx, actor, found) if one.by.id != actor.id]


def take_over(tx: Tx, actor: Actor, talk: ConversationId, whose: PersonId) -> Draft:
    """Put a copy of a colleague's draft behind one's own words, and let them know.

    Taken again, nothing is added: the words stand there already, and nobody is told twice.
    """
    found = entered(tx, actor, Stream(talk, Audience.NOTES), hold=True)
    theirs = next((d for d in _shared(tx, actor, found) if d.by.id == whose != actor.id), None)
    if theirs is None:
        raise NoSuchDraft
    own = shelves.draft(tx, talk, actor.id)
    if theirs.text in own:
        return Draft(own)
    words = f"{own}\n{theirs.text}" if own else theirs.text
    if len(words) > TEXT_MOST:
        raise TextTooLong(most=TEXT_MOST)
    keep_draft(tx, actor, talk, KeepDraft(words))
    _tell(tx, actor, found, whose)
    return Draft(words)


def _tell(tx: Tx, actor: Actor, talk: Conversation, whose: PersonId) -> None:
    tx.announce(
        ColleaguesCalled(
            why=Why.DRAFT_TAKEN, shop=talk.shop, conversation=talk.id, people=[whose], by=actor.name
        )
    )


def _shared(tx: Tx, actor: Actor, talk: Conversation) -> list[TeamDraft]:
    """Return the drafts of those who work here now: who has left says nothing any more."""
    there = {one.id: one.called for one in staff.team(tx, actor, talk.shop)}
    kept = shelves.shared_drafts(tx, talk.id)
    return [TeamDraft(Named(who, there[who]), text, at) for who, text, at in kept if who in there]
