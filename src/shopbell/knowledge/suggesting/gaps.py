"""What buyers ask of a product and nothing answers: what its listing lacks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from shopbell.accounts import model as rights
from shopbell.commerce import service as commerce
from shopbell.commerce.model import NoSuchProduct, ProductId
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Box
from shopbell.conversations.model import ConversationId, Listed, Stream, Subject, SubjectKind
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Rank, Side
from shopbell.knowledge.answers.guarding import check_answers_for
from shopbell.knowledge.suggesting import gathering, threads
from shopbell.knowledge.suggesting.model import Gap
from shopbell.language.answering import Known, find, prepare

TALKS_MOST, QUESTIONS_MOST = 200, 100
"""So many of the newest conversations are looked at, and so many questions of one product."""

BEGINNING = 12
TOLD_MOST = 20
FRESH = timedelta(minutes=10)
BOXES: tuple[Box, ...] = ("open", "done")


class _Asked(NamedTuple):
    talk: ConversationId
    at: datetime
    words: str


def gaps(tx: Tx, actor: Actor, slug_or_id: str, product: str | None = None) -> list[Gap]:
    """List what was asked of a shop's products and nothing answers, the most often asked first."""
    shop = commerce.shop(tx, slug_or_id)
    if not rights.may_operate(actor):
        check_answers_for(actor, shop.id)
    only = commerce.product(tx, product).id if product else None
    staff = Actor(actor.id, Side.SELLER, shop.id, actor.rank or Rank.AGENT)
    asked = _asked(tx, staff, only)
    said = tuple(line for lines in asked.values() for line in lines)
    slot = int(tx.now.timestamp() // FRESH.total_seconds())
    key = ("gaps", shop.id, only, gathering.marks(tx, shop.id, only), said, slot)
    held: list[Gap] | None = tx.memory.get(key)
    if held is None:
        found = [gap for of, lines in asked.items() for gap in _of_product(tx, of, lines)]
        found.sort(key=lambda gap: (-gap.asked, -gap.latest_at.timestamp()))
        held = tx.remembered[key] = found[:TOLD_MOST]
    return held


def _asked(tx: Tx, staff: Actor, only: ProductId | None) -> dict[ProductId, list[_Asked]]:
    """Return what conversations about products began with, by product."""
    found: dict[ProductId, list[_Asked]] = defaultdict(list)
    for talk in _latest(tx, staff):
        product = ProductId(talk.subject.id)
        if talk.subject.kind is SubjectKind.PRODUCT and only in {None, product}:
            words = _first_words(tx, staff, talk)
            if words and len(found[product]) < QUESTIONS_MOST:
                found[product].append(_Asked(talk.id, talk.created_at, words))
    return found


def _latest(tx: Tx, staff: Actor) -> Iterable[Listed]:
    for box in BOXES:
        yield from conversations.inbox(tx, staff, box, limit=TALKS_MOST)[0]


def _first_words(tx: Tx, staff: Actor, talk: Listed) -> str:
    """Return what somebody asked first, as it reads now; read again only after a change."""
    key = ("first question", talk.id, talk.version)
    held: str | None = tx.memory.get(key)
    if held is None:
        page = conversations.page(tx, staff, Stream(talk.id), limit=BEGINNING)
        rounds = threads.rounds(threads.said(page.events))
        asked = next((asked.text for asked, _answer in rounds), "")
        held = tx.remembered[key] = asked[: threads.WORDS_MOST]
    return held


def _of_product(tx: Tx, product: ProductId, lines: Sequence[_Asked]) -> list[Gap]:
    try:
        scope = gathering.scope(tx, None, Subject(SubjectKind.PRODUCT, product))
    except NoSuchProduct:
        return []
    shelf = gathering.public(tx, scope)
    open_ones = [line for line in lines if not find(line.words, shelf.prepared, most=1)]
    return [
        Gap(
            product=product,
            question=together[0].words,
            asked=len(together),
            latest_at=max(line.at for line in together),
        )
        for together in _alike(open_ones)
    ]


def _alike(lines: Sequence[_Asked]) -> list[list[_Asked]]:
    """Put questions together that one answer would answer: either finds the other."""
    named = {line.talk: place for place, line in enumerate(lines)}
    ready = prepare(
        [
            Known(id=line.talk, kind="question", question=line.words, answer="", locale="en")
            for line in lines
        ]
    )
    head = list(range(len(lines)))
    for place, line in enumerate(lines):
        for hit in find(line.words, ready, most=len(lines)):
            one, other = sorted((_head(head, place), _head(head, named[ConversationId(hit.id)])))
            head[other] = one
    groups: dict[int, list[_Asked]] = defaultdict(list)
    for place, line in enumerate(lines):
        groups[_head(head, place)].append(line)
    return list(groups.values())


def _head(head: Sequence[int], place: int) -> int:
    """Return the first of those that a question is alike, one by the other."""
    while head[place] != place:
        place = head[place]
    return place
