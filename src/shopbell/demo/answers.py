"""What everybody reads in Marketa: asked in public, written down, and published from talks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec
from msgspec import Struct

from shopbell.commerce import service as commerce
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Event, Stream, Subject, SubjectKind
from shopbell.demo.moments import ago, span
from shopbell.demo.people import Player
from shopbell.demo.tables import read
from shopbell.demo.talks import Beat
from shopbell.engine.database import Tx
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers import asking, publishing, service, writing
from shopbell.knowledge.answers.commands import (
    AskInPublic,
    PublishAnswer,
    PutAnswer,
    ReplyInPublic,
)
from shopbell.knowledge.answers.model import Answer, QuestionId

_PUBLISHED_AT = "2h"


class Opinions(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who said that an answer helped, and who said it did not."""

    helped: list[str] = []
    misled: list[str] = []


class InPublic(Opinions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question on a product's page, and the shop's answer."""

    buyer: str
    product: str
    when: str
    question: str
    by: str
    after: str
    answer: str


class Entry(Opinions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something a shop wrote down."""

    by: str
    when: str
    locale: Locale
    question: str
    answer: str
    product: str | None = None


class Told(Opinions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An answer in a talk, by how it begins."""

    product: str
    buyer: str
    by: str
    begins: str
    question: str = ""


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that was answered for everybody."""

    asked: list[InPublic]
    faq: list[Entry]
    told: list[Told]


@dataclass
class _Course:
    """What is known of a public question from one beat to the next."""

    question: QuestionId | None = None


def beats_of(table: Table, cast: Mapping[str, Player], now: datetime) -> Iterator[Beat]:
    """Yield everything that happened, each at its own moment."""
    for asked in table.asked:
        course, moment = _Course(), ago(asked.when, now, cast[asked.buyer].zone)
        yield moment, partial(_ask, cast=cast, asked=asked, course=course)
        yield moment + span(asked.after), partial(_reply, cast=cast, asked=asked, course=course)
    for entry in table.faq:
        yield ago(entry.when, now, cast[entry.by].zone), partial(_write, cast=cast, entry=entry)
    for told in table.told:
        yield now - span(_PUBLISHED_AT), partial(_publish, cast=cast, told=told)


def answers() -> Table:
    """Return what the table tells."""
    return read("answers.toml", Table)


def _ask(tx: Tx, cast: Mapping[str, Player], asked: InPublic, course: _Course) -> None:
    player, words = cast[asked.buyer], AskInPublic(new_id(), asked.question)
    found = asking.ask(tx, player.actor, asked.product, words, player.person.locale)
    course.question = found.id if found else None


def _reply(tx: Tx, cast: Mapping[str, Player], asked: InPublic, course: _Course) -> None:
    words = ReplyInPublic(new_id(), asked.answer)
    _voted(tx, cast, asking.reply(tx, cast[asked.by].actor, course.question or "", words), asked)


def _write(tx: Tx, cast: Mapping[str, Player], entry: Entry) -> None:
    actor = cast[entry.by].actor
    product = commerce.product(tx, entry.product).id if entry.product else None
    words = PutAnswer(entry.question, entry.answer, entry.locale, product)
    _voted(tx, cast, writing.put(tx, actor, actor.shop or "", new_id(), words), entry)


def _publish(tx: Tx, cast: Mapping[str, Player], told: Told) -> None:
    subject = Subject(SubjectKind.PRODUCT, told.product)
    talk = conversations.about(tx, cast[told.buyer].actor, subject)
    if talk is None:
        raise LookupError(f"{told.buyer} never asked about {told.product}")
    events = conversations.page(tx, cast[told.by].actor, Stream(talk.id)).events
    seq = next(event.seq for event in events if _says(event).startswith(told.begins))
    proposed = publishing.propose(tx, cast[told.by].actor, talk.id, seq)
    words = PublishAnswer(told.question or proposed.question, proposed.answer)
    _voted(tx, cast, publishing.publish(tx, cast[told.by].actor, talk.id, seq, words), told)


def _voted(tx: Tx, cast: Mapping[str, Player], answer: Answer, said: Opinions) -> None:
    for helped, names in ((True, said.helped), (False, said.misled)):
        for name in names:
            service.tally(tx, cast[name].actor, answer.id, helped=helped)


def _says(event: Event) -> str:
    return str(msgspec.json.decode(event.data).get("text", ""))
