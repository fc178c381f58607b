"""The index follows behind what is written: nothing is added to the commit of a message.

Every entry of a thread has an id that grows, corrections too; so one cursor sees them all. What a
slower transaction or another clock put behind the cursor is found by a second look, a minute
later.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from shopbell.conversations.model import Audience, ConversationId, SubjectKind
from shopbell.conversations.search import storage
from shopbell.conversations.search.asked import mark, name_marks, order_marks
from shopbell.conversations.search.model import whose
from shopbell.conversations.search.storage import About, Written
from shopbell.conversations.search.wording import words_of
from shopbell.engine.database import Tx
from shopbell.engine.search import cursors, index, vocabulary
from shopbell.engine.search.cursors import NOWHERE, Place
from shopbell.engine.search.tokens import fold, spelling, tokens
from shopbell.kernel.ids import id_at

CURSOR = "entries"
SECOND_LOOK, THEN_AGAIN = timedelta(minutes=1), timedelta(minutes=2)
"""What is a minute old is there or never will be; it is looked for again once a minute."""

BATCH = 250
SPELLINGS_KNOWN = 200_000

Spot = tuple[ConversationId, Audience, int]


class Text(NamedTuple):
    """The words of an entry, and what they are found by."""

    spot: Spot
    words: str
    at: datetime
    tokens: set[str]
    spelling: set[str]


class Batch(NamedTuple):
    """What comes next: read behind ``since``, to go on behind ``until``; ``more`` may wait."""

    since: Place
    until: Place
    texts: Sequence[Text]
    more: bool


def gather(tx: Tx, most: int = BATCH) -> Batch | None:
    """Read what comes next and take it apart, away from those who write; None: nothing."""
    since = cursors.place(tx, CURSOR)
    settled = id_at(tx.now - SECOND_LOOK)
    upto = min(since.at, settled)
    if since.checked < upto and (upto == since.at or since.checked < id_at(tx.now - THEN_AGAIN)):
        return _look_again(tx, since, upto, most)
    written = storage.behind(tx, since.at, most)
    if not written:
        return None
    until = msgspec.structs.replace(since, at=written[-1].id)
    if since.checked == since.at:
        until = msgspec.structs.replace(until, checked=max(since.checked, min(until.at, settled)))
    return Batch(since, until, _texts(tx, written), more=len(written) == most)


def _look_again(tx: Tx, since: Place, upto: str, most: int) -> Batch:
    missed = storage.missed(tx, since.checked, upto, most)
    checked = missed[-1].id if len(missed) == most else upto
    until = msgspec.structs.replace(since, checked=checked)
    return Batch(since, until, _texts(tx, missed), more=True)


def _texts(tx: Tx, written: Sequence[Written]) -> list[Text]:
    """Return the words of entries; of several for one spot, the last."""
    known = storage.about(tx, {one.conversation for one in written})
    texts: dict[Spot, Text] = {}
    for one in written:
        said = "" if one.withdrawn else words_of(one.type, one.data)
        if said:
            spot = (one.conversation, one.audience, one.target or one.seq)
            at = texts[spot].at if spot in texts else one.at
            folded = fold(said)
            found = {token.text for token in tokens(folded)} | _marks(one, known[one.conversation])
            texts[spot] = Text(spot, one.id, at, found, spelling(folded))
    return list(texts.values())


def _marks(one: Written, about: About) -> set[str]:
    """Return by what an entry is found beside its words: whose it is, by whom, about what."""
    subject = about.subject
    number = subject.number if subject.kind is SubjectKind.ORDER else None
    return {
        whose("s", about.shop),
        whose("c", one.conversation),
        mark("k", "message" if one.type == "edit" else one.type),
        mark("k", subject.kind),
        mark("f", one.side),
        *name_marks(one.name),
        *(order_marks(number) if number else ()),
    }


def store(tx: Tx, batch: Batch) -> int:
    """Have a batch found, unless another follower came first; return how many entries that was."""
    if cursors.place(tx, CURSOR, hold=True) != batch.since:
        return 0
    number = batch.since.number
    if batch.texts:
        kept = storage.kept(tx, [text.spot for text in batch.texts])
        if kept:
            index.take(tx, [row[0] for row in kept.values()])
        numbered = list(enumerate(batch.texts, number + 1))
        number = numbered[-1][0]
        index.add(tx, [(at, text.tokens) for at, text in numbered])
        storage.keep(tx, [(at, *text.spot, text.words, text.at) for at, text in numbered])
        _learn(tx, set[str]().union(*(text.spelling for text in batch.texts)))
    cursors.move(tx, CURSOR, msgspec.structs.replace(batch.until, number=number))
    return len(batch.texts)


def _learn(tx: Tx, spelled: set[str]) -> None:
    known: set[str] = tx.memory.get(_SPELLINGS) or set()
    vocabulary.learn(tx, spelled - known)
    tx.remembered[_SPELLINGS] = spelled if len(known) > SPELLINGS_KNOWN else known | spelled


_SPELLINGS = object()


def begin_anew(tx: Tx) -> int:
    """Forget what was indexed; return how much there is to read.

    Spellings stay, for another process may count on those it knows; those it does not come anew.
    """
    index.empty(tx)
    storage.forget(tx)
    tx.remembered[_SPELLINGS] = set[str]()
    cursors.move(tx, CURSOR, Place(at=NOWHERE))
    return storage.count(tx)


def progress(tx: Tx) -> int:
    """Return how many texts were indexed since the index was begun."""
    return cursors.place(tx, CURSOR).number


def lag(tx: Tx) -> float:
    """Return how many seconds ago the oldest was written that cannot be found yet."""
    oldest = storage.behind(tx, cursors.place(tx, CURSOR).at, 1)
    return max(0.0, (tx.now - oldest[0].at).total_seconds()) if oldest else 0.0
