"""Who speaks in a letter: for whom its address was made, or who takes part where it answers."""

from collections.abc import Iterator
from itertools import chain

from msgspec import Struct

from shopbell.accounts import service as accounts
from shopbell.accounts import staff, standing
from shopbell.channels.mail import addresses
from shopbell.channels.mail.addresses import Keyring
from shopbell.commerce import service as commerce
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Conversation, ConversationId, Stream
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Rank, Side
from shopbell.kernel.texts import Locale


class Writer(Struct, frozen=True):
    """Somebody who takes part: as whom they write, from which mailbox, and in which talk.

    ``recipient`` is how the tags of our addresses name them.
    """

    talk: Conversation
    actor: Actor
    recipient: str
    address: str
    locale: Locale


def by_tag(tx: Tx, keys: Keyring, local: str, talk: ConversationId) -> Writer | None:
    """Return for whom an address was made: who takes part in its conversation, or an operator."""
    every = chain(_of_talk(tx, talk, hold=True), _operators(tx, talk))
    return next((one for one in every if addresses.is_for(keys, local, talk, one.recipient)), None)


def by_address(tx: Tx, talk: ConversationId, address: str) -> Writer | None:
    """Return whose mailbox an address is, among those who take part in a conversation."""
    every = _of_talk(tx, talk, hold=True)
    return next((one for one in every if one.address.lower() == address), None)


def is_made(tx: Tx, keys: Keyring, local: str, talk: ConversationId) -> bool:
    """Tell whether an address was made for somebody who may still write there; holds nothing."""
    every = chain(_of_talk(tx, talk, hold=False), _operators(tx, talk))
    return any(addresses.is_for(keys, local, talk, one.recipient) for one in every)


def _of_talk(tx: Tx, talk_id: ConversationId, *, hold: bool) -> Iterator[Writer]:
    try:
        talk = conversations.entered(tx, SYSTEM, Stream(talk_id), hold=hold)
    except NoSuchConversation:
        return
    buyer = accounts.person(tx, talk.buyer)
    barred = standing.barred_now(tx, buyer.id)
    actor = Actor(buyer.id, Side.BUYER, name=buyer.called, barred=barred)
    yield Writer(talk, actor, addresses.person(buyer.id), buyer.email, buyer.locale)
    shop = commerce.shop(tx, talk.shop)
    barred = standing.barred_now(tx, shop.id)
    actor = Actor(PersonId(shop.id), Side.SELLER, shop.id, Rank.AGENT, shop.name, barred=barred)
    yield Writer(talk, actor, addresses.team(shop.id), shop.email, shop.languages[0])
    for one in staff.of_shop(tx, SYSTEM, talk.shop):
        person = accounts.person(tx, one.id)
        actor = standing.now(tx, one.id, talk.shop)
        yield Writer(talk, actor, addresses.person(one.id), one.email, person.locale)


def _operators(tx: Tx, talk_id: ConversationId) -> Iterator[Writer]:
    """Yield who runs the marketplace; letters are written to those whose address is known."""
    try:
        talk = conversations.entered(tx, SYSTEM, Stream(talk_id))
    except NoSuchConversation:
        return
    for one in accounts.operators(tx):
        if one.verified:
            actor = standing.now(tx, one.id)
            yield Writer(talk, actor, addresses.person(one.id), one.email, one.locale)
