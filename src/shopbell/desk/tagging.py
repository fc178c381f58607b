"""Words that a team puts on its conversations, to find them again."""

from shopbell.conversations import tending
from shopbell.conversations.listing import service as listing
from shopbell.conversations.model import Conversation, ConversationId, Listed, TagId, as_seen_by
from shopbell.conversations.thread import readable
from shopbell.desk import storage
from shopbell.desk.commands import MakeTag
from shopbell.desk.model import (
    TAG_LETTERS_MOST,
    TAGS_MOST,
    TAGS_OF_ONE_MOST,
    Tag,
    Tagged,
    TalkTagged,
)
from shopbell.desk.refusals import NoSuchTag, TagNameless, TooManyTags
from shopbell.desk.service import shop_of
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import new_id


def tags(tx: Tx, actor: Actor) -> list[Tag]:
    """List the tags of the shop."""
    return storage.tags_of(tx, shop_of(actor))


def make(tx: Tx, actor: Actor, command: MakeTag) -> Tag:
    """Have a tag of this name; the same name again is the same tag."""
    shop, name = shop_of(actor), " ".join(readable(command.name).split())
    if not 1 <= len(name) <= TAG_LETTERS_MOST:
        raise TagNameless(most=TAG_LETTERS_MOST)
    storage.held_rule(tx, shop)
    known = {one.name.casefold() for one in storage.tags_of(tx, shop)}
    if name.casefold() not in known and len(known) >= TAGS_MOST:
        raise TooManyTags(most=TAGS_MOST)
    return storage.make_tag(tx, shop, Tag(TagId(new_id()), name, command.colour), name.casefold())


def tag(tx: Tx, actor: Actor, talk: ConversationId, of: TagId) -> Listed:
    """Put a tag on a conversation; once, however often."""
    found = tending.of_team(tx, actor, talk)
    named = _tag(tx, found, of)
    if of in found.tags:
        return as_seen_by(found, actor)
    if len(found.tags) >= TAGS_OF_ONE_MOST:
        raise TooManyTags(most=TAGS_OF_ONE_MOST)
    return _put(tx, actor, found, named, (*found.tags, of))


def untag(tx: Tx, actor: Actor, talk: ConversationId, of: TagId) -> Listed:
    """Take a tag off a conversation."""
    found = tending.of_team(tx, actor, talk)
    named = _tag(tx, found, of)
    if of not in found.tags:
        return as_seen_by(found, actor)
    return _put(tx, actor, found, named, tuple(one for one in found.tags if one != of))


def _put(tx: Tx, actor: Actor, talk: Conversation, named: Tag, now: tuple[TagId, ...]) -> Listed:
    on = named.id in now
    told = Tagged(named.id, named.name, on=on)
    listing.note_tag(tx, named.id, talk.id, on=on)
    changed = tending.tend(tx, actor, talk, "tagged", told, tags=now)
    fact = TalkTagged(conversation=talk.id, shop=talk.shop, tag=named.id, on=on, by=actor.id)
    tx.announce(fact)
    return as_seen_by(changed, actor)


def _tag(tx: Tx, talk: Conversation, of: TagId) -> Tag:
    found = next((one for one in storage.tags_of(tx, talk.shop) if one.id == of), None)
    if found is None:
        raise NoSuchTag
    return found
