"""What buyers ask of a product, put together by what they ask for.

Words are read where they stand, as they read now: what was taken back or folded is not there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from shopbell.analytics.insight.gathering import Thread
from shopbell.analytics.insight.model import Ask, Cluster
from shopbell.commerce.model import NoSuchProduct, ProductId
from shopbell.conversations import service as conversations
from shopbell.conversations.model import ConversationId, Stream, Subject, SubjectKind
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.conversations.veiling import own_hosts
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Rank, ShopId, Side
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers.redaction import redacted
from shopbell.knowledge.suggesting import gathering as shelves
from shopbell.knowledge.suggesting import threads
from shopbell.knowledge.suggesting.shelf import Shelf
from shopbell.language.answering import find
from shopbell.language.answering.aspects import aspect_of, called, said_alike
from shopbell.language.detect import spoken
from shopbell.language.model import Topic
from shopbell.language.topics import matters

ENTRIES_MOST, QUESTIONS_MOST = 100, 100
"""So many of the newest entries of a conversation are read, and questions of one product."""

ALIKE = 0.5
"""Questions that have half of their words in common are the same question."""

LEAST = 2
"""What one buyer asked once is no cluster."""

BY_ASPECT, BY_WORDS = "aspect.", "words."
_NOT_OF_A_LISTING = frozenset({"price", "free", "discount", "stock", "where_order", "photos"})


class Question(Struct, frozen=True, kw_only=True):
    """One question as it reads now."""

    ask: Ask
    words: str
    locale: Locale


def staff_of(shop: ShopId) -> Actor:
    """Return somebody who may read a shop's conversations, to count them."""
    return Actor(SYSTEM.id, Side.SELLER, shop, Rank.AGENT)


def clusters(tx: Tx, shop: ShopId, asked: Iterable[Thread]) -> dict[ProductId, list[Cluster]]:
    """Return what was asked of each product, the most often asked first."""
    staff, found = staff_of(shop), defaultdict[ProductId, list[Question]](list)
    for thread in asked:
        if len(found[thread.product]) < QUESTIONS_MOST:
            found[thread.product] += questions(tx, staff, thread.talk, thread.locale)
    return {product: of_product(tx, product, said) for product, said in found.items()}


def questions(tx: Tx, staff: Actor, talk: ConversationId, locale: Locale) -> Iterator[Question]:
    """Yield what a buyer asked about goods in a conversation."""
    for asked, answer in threads.rounds(_said(tx, staff, talk)):
        if len(asked.text) <= threads.WORDS_MOST and is_of_goods(asked.text):
            given = answer.seq if answer else None
            yield Question(
                ask=Ask(talk, asked.seq, asked.at, given),
                words=asked.text,
                locale=spoken(asked.text, locale),
            )


def example(tx: Tx, shop: ShopId, cluster: Cluster) -> str:
    """Return the newest question of a cluster that still stands, without contacts and names."""
    staff = staff_of(shop)
    for ask in reversed(cluster.asks):
        stream = Stream(ask.talk)
        lines = {line.seq: line.text for line in _said(tx, staff, ask.talk)}
        if ask.seq in lines:
            name = conversations.entered(tx, staff, stream).buyer_name
            today, own = tx.now.date(), own_hosts(tx.settings)
            return redacted(lines[ask.seq], [name], today, own)
    return ""


def is_of_goods(words: str) -> bool:
    """Tell whether a listing could answer: about where a parcel is, it says nothing."""
    aspect = aspect_of(words)
    if aspect in _NOT_OF_A_LISTING:
        return False
    topics = {matter.topic for matter in matters(words)}
    return Topic.PRODUCT in topics or (aspect is not None and topics == {Topic.OTHER})


def of_product(tx: Tx, product: ProductId, asked: Sequence[Question]) -> list[Cluster]:
    """Put a product's questions together, and tell which its listing answers."""
    try:
        scope = shelves.scope(tx, None, Subject(SubjectKind.PRODUCT, product))
    except NoSuchProduct:
        return []
    shelf = shelves.public(tx, scope)
    found = [_cluster(key, said, shelf) for key, said in together(asked).items()]
    found = [one for one in found if len({ask.talk for ask in one.asks}) >= LEAST]
    return sorted(found, key=lambda one: (-len(one.asks), one.key))


def together(asked: Sequence[Question]) -> dict[str, list[Question]]:
    """Put questions together by what they ask for, the others by their words; oldest first."""
    groups: dict[str, list[Question]] = defaultdict(list)
    for question in sorted(asked, key=lambda one: (one.ask.at, one.ask.talk)):
        groups[_key(question, groups)].append(question)
    return groups


def _key(question: Question, groups: dict[str, list[Question]]) -> str:
    if aspect := aspect_of(question.words):
        return f"{BY_ASPECT}{aspect}"
    for key, others in groups.items():
        if key.startswith(BY_WORDS) and said_alike(question.words, others[0].words) >= ALIKE:
            return key
    return f"{BY_WORDS}{question.ask.talk}.{question.ask.seq}"


def _cluster(key: str, asked: Sequence[Question], shelf: Shelf) -> Cluster:
    hits = [hit.id for one in asked for hit in find(one.words, shelf.prepared, most=1)]
    piece = None
    if len(hits) * 2 > len(asked):
        most = Counter(hit.rpartition(":")[0].rpartition(":")[0] for hit in hits).most_common(1)
        piece = shelf.pieces[most[0][0]]
    return Cluster(
        key=key,
        named=called(key.removeprefix(BY_ASPECT)) if key.startswith(BY_ASPECT) else {},
        asks=[one.ask for one in asked],
        languages=sorted({one.locale for one in asked}),
        answered=piece.kind if piece else "",
        since=piece.at if piece else None,
    )


def _said(tx: Tx, staff: Actor, talk: ConversationId) -> list[threads.Said]:
    """Return what was said lately in a conversation that is still there, without rude words."""
    stream = Stream(talk)
    try:
        of = conversations.entered(tx, staff, stream)
    except NoSuchConversation:
        return []
    page = conversations.page(tx, staff, stream, before=of.head + 1, limit=ENTRIES_MOST, of=of)
    return [line for line in threads.said(page.events) if not line.rude]
