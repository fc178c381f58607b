"""Conversations: who asks what and when, how long the shop takes, and how it ends. Pure.

First answers: by chat half within 65 seconds, by message within 2 hours, one in ten after 26; 6 in
a hundred get none. How fast a shop is, is its own. People answer when the shop is open.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from shopbell.conversations.model import Channel, SubjectKind
from shopbell.demo.history import chance
from shopbell.demo.history.chance import Chance, span
from shopbell.demo.history.lives import CLOTHES, Life
from shopbell.demo.history.words import Topic, Words
from shopbell.kernel.actor import Side

ASKED_FIRST, ASKED_LATER, ASKED_IF_LATE, NEVER = 0.1, 0.045, 0.3, 0.06
_CHANNELS = ((Channel.CHAT, 0.62), (Channel.MESSAGE, 0.28), (Channel.EMAIL, 0.1))
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_PACES = {
    Channel.CHAT: (1.1 * _MINUTE, 9 * _MINUTE),
    Channel.MESSAGE: (2 * _HOUR, 26 * _HOUR),
    Channel.EMAIL: (5 * _HOUR, 30 * _HOUR),
}
_REPLIES = {
    Channel.CHAT: (1.5 * _MINUTE, 12 * _MINUTE),
    Channel.MESSAGE: (40 * _MINUTE, 14 * _HOUR),
    Channel.EMAIL: (3 * _HOUR, 30 * _HOUR),
}


class Does(StrEnum):
    """What somebody does in a conversation."""

    SAYS = "message"
    RESOLVES = "resolve"
    NOTES = "note"
    TAKES = "take"
    TAGS = "tag"


class Turn(Struct, frozen=True):
    """One thing that somebody does, and when; ``by`` is a place in the shop's team."""

    at: datetime
    side: Side
    does: Does
    text: str = ""
    by: int = 0


class Talk(Struct, frozen=True):
    """A conversation about an order, or about the product before it was ordered."""

    name: str
    about: SubjectKind
    channel: Channel
    turns: list[Turn]


def talks_of(life: Life, seed: int, words: Words) -> Iterator[Talk]:
    """Tell what is said about an order, before it and after."""
    drawn = chance.of(seed, "talks", life.n)
    if drawn.random() < ASKED_FIRST:
        began = life.placed - span(drawn, 20 * _MINUTE, 2 * _DAY)
        yield _talk(drawn, life, words, words.drawn(SubjectKind.PRODUCT, drawn), began)
    if life.journey is None:
        return
    way = (life.journey.events[-1].at - life.placed) * drawn.uniform(0.3, 0.95)
    late = life.journey.late or life.journey.stalled
    if late and drawn.random() < ASKED_IF_LATE:
        yield _talk(drawn, life, words, words.named("where"), life.placed + way)
    elif drawn.random() < ASKED_LATER * (2 if life.product.category in CLOTHES else 1):
        topic = words.drawn(SubjectKind.ORDER, drawn)
        yield _talk(drawn, life, words, topic, life.placed + _begins(drawn, life, topic, way))


def _begins(drawn: Chance, life: Life, topic: Topic, way: timedelta) -> timedelta:
    arrived = life.journey.delivered_at if life.journey else None
    if topic.name in {"fault", "back"} and arrived:
        return arrived - life.placed + span(drawn, 2 * _DAY, 12 * _DAY)
    return span(drawn, 2 * _HOUR, 9 * _HOUR) if topic.name == "change" else way


def _talk(drawn: Chance, life: Life, words: Words, topic: Topic, began: datetime) -> Talk:
    channel = chance.one_of(drawn, _CHANNELS)
    turns = list(_turns(drawn, life, words, topic, channel, began))
    return Talk(topic.name, topic.subject, channel, turns)


def _turns(  # noqa: PLR0917 - a conversation is drawn from so much
    drawn: Chance, life: Life, words: Words, topic: Topic, channel: Channel, began: datetime
) -> Iterator[Turn]:
    locale, said = life.buyer.locale, topic.phrases(life.buyer.locale)
    by, at = drawn.randrange(len(life.counter.team)), began
    yield Turn(
        at,
        Side.BUYER,
        Does.SAYS,
        drawn.choice(words.hello[locale]) + _filled(drawn, life, drawn.choice(said.asks)),
    )
    if drawn.random() < NEVER:
        yield Turn(at + 2 * _DAY, Side.BUYER, Does.SAYS, drawn.choice(words.again[locale]))
        return
    at = _answered(drawn, life, at, _PACES[channel])
    yield from _tended(drawn, life, words, at, by)
    answer = drawn.choice(words.welcome[locale]) + _filled(drawn, life, drawn.choice(said.answers))
    yield Turn(at, Side.SELLER, Does.SAYS, answer, by)
    for question, reply in drawn.sample(said.more, drawn.randint(0, len(said.more))):
        at += span(drawn, *_REPLIES[channel])
        yield Turn(at, Side.BUYER, Does.SAYS, question)
        at = _answered(drawn, life, at, _REPLIES[channel])
        yield Turn(at, Side.SELLER, Does.SAYS, reply, by)
    at += span(drawn, *_REPLIES[channel])
    ends = drawn.random()
    if ends < 0.6:  # noqa: PLR2004 - so many say thank you, and most of them press the button
        yield Turn(at, Side.BUYER, Does.SAYS, drawn.choice(words.thanks[locale]))
    if ends < 0.45:  # noqa: PLR2004
        yield Turn(at + _MINUTE, Side.BUYER, Does.RESOLVES)


def _tended(drawn: Chance, life: Life, words: Words, at: datetime, by: int) -> Iterator[Turn]:
    """Tell what the team does with a conversation before it answers."""
    before = at - timedelta(seconds=20)
    if len(life.counter.team) > 1 and drawn.random() < 0.6:  # noqa: PLR2004 - mostly somebody takes it
        yield Turn(before, Side.SELLER, Does.TAKES, by=by)
    if drawn.random() < 0.2:  # noqa: PLR2004
        place = drawn.randrange(len(life.counter.tags))
        yield Turn(before, Side.SELLER, Does.TAGS, str(place), by)
    if drawn.random() < 0.05:  # noqa: PLR2004
        spoken = life.counter.shop.languages[0]
        yield Turn(before, Side.SELLER, Does.NOTES, drawn.choice(words.note[spoken]), by)


def _answered(
    drawn: Chance, life: Life, at: datetime, pace: tuple[timedelta, timedelta]
) -> datetime:
    """Return when the shop answers: after its usual time, if somebody is there then."""
    took = span(drawn, *pace) * life.counter.pace
    return life.counter.shop.at_work(at) + took


def _filled(drawn: Chance, life: Life, template: str) -> str:
    title = life.product.title
    product = title.get(life.buyer.locale) or next(iter(title.values()))
    return template.format(product=product, number=life.number, n=drawn.randint(2, 6))
