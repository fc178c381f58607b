"""What is read out of words, written or still being written. Each function is one transaction.

Nothing is kept: it is read anew whenever somebody asks.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from msgspec import Struct

from shopbell.commerce import finding
from shopbell.conversations import storage
from shopbell.conversations.about import about_subject, order_card, product_card
from shopbell.conversations.model import (
    Card,
    Conversation,
    ConversationId,
    Event,
    Stream,
    SubjectKind,
)
from shopbell.conversations.naming import Between, card_of, open_facts
from shopbell.conversations.reading.model import (
    Choice,
    FirstUnsent,
    Lacking,
    ReadFact,
    Reading,
    ThreadReading,
    Unsent,
)
from shopbell.conversations.reading.thread import Heard, heard, known
from shopbell.conversations.service import entered
from shopbell.conversations.thread import readable
from shopbell.conversations.veiling import own_hosts
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.texts import Locale, text
from shopbell.language.courtesy import courtesy
from shopbell.language.detect import spoken
from shopbell.language.guard import find_hidden
from shopbell.language.missing import lacking
from shopbell.language.model import Fact, Matter, Need, Span, Topic
from shopbell.language.topics import matters

LOOKS_BACK = 60
"""So many entries of a thread are read."""

MESSAGES_MOST, MATTERS_MOST, FACTS_MOST = 10, 3, 12
_A_DAY = timedelta(days=1)


class Place(Struct, frozen=True):
    """Between whom something is written, and about what."""

    between: Between
    subject: Card


class _Through(NamedTuple):
    """What was read out of a whole thread."""

    matters: list[Matter]
    facts: list[Fact]
    lacks: list[Need]
    tongue: Locale


def read_unsent(tx: Tx, actor: Actor, talk: ConversationId, unsent: Unsent) -> Reading:
    """Read what somebody is writing in a conversation, in the light of what was said there."""
    found = entered(tx, actor, Stream(talk))
    thread = heard(_newest(tx, found))
    return _read(tx, actor, Place(Between.of(found), found.subject), unsent, thread)


def read_first(tx: Tx, actor: Actor, unsent: FirstUnsent) -> Reading:
    """Read what somebody is writing about something, before there is a conversation."""
    found = about_subject(tx, actor, unsent.subject)
    place = Place(Between(found.shop.id, found.buyer), found.card)
    return _read(tx, actor, place, unsent, Heard())


def read_thread(tx: Tx, actor: Actor, talk: ConversationId) -> ThreadReading:
    """Read what a buyer has said so far of the matter that is open."""
    found = entered(tx, actor, Stream(talk))
    read = _read_through(tx, found)
    return ThreadReading(
        matters=read.matters,
        facts=_looked_up(tx, actor, Between.of(found), read.facts),
        missing=[Lacking(need, text(read.tongue, f"ahead.ask_{need}")) for need in read.lacks],
    )


def _read_through(tx: Tx, talk: Conversation) -> _Through:
    """Read what the buyer said last, once for as long as nothing is said and the day lasts."""
    key = ("read through", talk.id, talk.version, tx.now.date())
    held: _Through | None = tx.memory.get(key)
    if held is None:
        thread = heard(_newest(tx, talk))
        latest = thread.buyer[-MESSAGES_MOST:]
        about = _about(latest)
        facts = [
            fact for said in latest for fact in open_facts(said, tx.now.date(), _hidden(tx, said))
        ]
        lacks = _lacking(talk.subject.kind, thread, about, thread.words)
        tongue = _tongue(thread, talk.locale)
        held = tx.remembered[key] = _Through(about, _each_once(facts), lacks, tongue)
    return held


def _newest(tx: Tx, talk: Conversation) -> list[Event]:
    return storage.before(tx, Stream(talk.id), talk.head + 1, LOOKS_BACK, unveil=False)


def _read(tx: Tx, actor: Actor, place: Place, unsent: Unsent, thread: Heard) -> Reading:
    said = readable(unsent.text)
    hidden = _hidden(tx, said)
    facts = open_facts(said, _day(unsent.today, tx.now.date()), hidden)
    about = matters(said)
    lacks = list[Need]()
    if actor.side is Side.BUYER:
        words = f"{thread.words}\n{said}"
        lacks = _lacking(place.subject.kind, thread, about, words, photos=unsent.photos)
    missing = next(iter(lacks), None)
    return Reading(
        matters=about[:MATTERS_MOST],
        facts=_looked_up(tx, actor, place.between, _each_once(facts)),
        missing=missing,
        choices=_choices(tx, actor, place.between, missing),
        courtesy=courtesy(said),
        hidden=list(dict.fromkeys(span.kind for span in hidden)),
    )


def _hidden(tx: Tx, said: str) -> list[Span]:
    """Return what will be covered of words, if anything is covered in this house."""
    return find_hidden(said, own_hosts(tx.settings)) if tx.settings.hide_contacts else []


def _lacking(
    about: SubjectKind,
    thread: Heard,
    matter: Collection[Matter],
    words: str,
    *,
    photos: bool = False,
) -> list[Need]:
    """Return what is missing; what stands in words about pictures is believed without any."""
    clear = known(about, thread, matter)
    return lacking(matter, words, clear, attached=True if photos else None)


def _about(messages: Collection[str]) -> list[Matter]:
    """Return what messages are about, the newest first; a greeting only where nothing else is."""
    found = [*dict.fromkeys(matter for said in reversed([*messages]) for matter in matters(said))]
    telling = [matter for matter in found if matter.topic is not Topic.OTHER] or found
    return telling[:MATTERS_MOST]


def _each_once(facts: Collection[Fact]) -> list[Fact]:
    return [*{(fact.kind, fact.value): fact for fact in facts}.values()][-FACTS_MOST:]


def _looked_up(tx: Tx, actor: Actor, between: Between, facts: Collection[Fact]) -> list[ReadFact]:
    return [
        ReadFact(fact.kind, fact.value, fact.start, fact.end, card_of(tx, actor, between, fact))
        for fact in facts
    ]


def _choices(tx: Tx, actor: Actor, between: Between, missing: Need | None) -> list[Choice]:
    """Return what may be meant: the newest orders with this shop, or what was in them."""
    if missing not in {Need.ORDER, Need.PRODUCT} or between.buyer is None:
        return []
    orders = finding.newest_orders(tx, actor, between.buyer, between.shop)
    if missing is Need.ORDER:
        return [Choice(order_card(order), order.number) for order in orders]
    products = finding.products_of(tx, orders)
    return [Choice(product_card(product), product.offer_id) for product in products]


def _day(theirs: date | None, ours: date) -> date:
    """Return which day it is for the writer, who may be a day ahead of us or behind."""
    return theirs if theirs and abs(theirs - ours) <= _A_DAY else ours


def _tongue(thread: Heard, fallback: Locale) -> Locale:
    """Return the language a buyer writes in, as far as we speak it."""
    return spoken("\n".join(thread.buyer[-3:]), fallback)
