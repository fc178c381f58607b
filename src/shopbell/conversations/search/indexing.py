"""The index follows behind what is written: nothing is added to the commit of a message.

Every entry of a thread has an id that grows, corrections too; so one cursor sees them all. What a
slower transaction or another clock put behind the cursor is found by a second look, a minute
later; what came later still, by a third that goes over the last day again and again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

import msgspec

from shopbell.conversations.model import Audience, ConversationId, SubjectKind
from shopbell.conversations.search import storage
from shopbell.conversations.search.asked import mark, name_marks, order_marks
from shopbell.conversations.search.model import whose
from shopbell.conversations.search.storage import About, Written
from shopbell.conversations.search.wording import taken_back, words_of
from shopbell.engine.database import Tx
from shopbell.engine.search import cursors, index, vocabulary
from shopbell.engine.search.cursors import NOWHERE, Place
from shopbell.engine.search.tokens import fold, spelling, tokens
from shopbell.kernel.ids import id_at, new_id, time_of

CURSOR, DAY, SPELLED = "entries", "entries_of_the_day", "spellings"
SECOND_LOOK, THEN_AGAIN = timedelta(minutes=1), timedelta(minutes=2)
"""What is a minute old is there or never will be; it is looked for again once a minute."""

THE_DAY, STRETCH = timedelta(days=1), timedelta(minutes=20)
"""Once a minute a stretch of the last day is looked through: the whole of it in an hour or two."""

BATCH = 250
CHARACTERS_MOST = 200_000
"""Of long texts fewer are taken apart at once."""

SPELLINGS_KNOWN = 200_000

Spot = tuple[ConversationId, Audience, int]


class Text(NamedTuple):
    """The words of an entry, and what they are found by; ``seq`` is the one that has them."""

    spot: Spot
    words: str
    seq: int
    at: datetime
    tokens: set[str]
    spelling: set[str]


class Taken(NamedTuple):
    """Entries taken apart: what they say, what was taken back, and which cannot be read."""

    texts: Sequence[Text]
    withdrawn: Sequence[Spot] = ()
    unreadable: Sequence[str] = ()


class Batch(NamedTuple):
    """What comes next: read behind ``since``, to go on behind ``until``; ``more`` may wait."""

    since: Place
    until: Place
    taken: Taken
    more: bool
    day: Place | None = None


def gather(tx: Tx, most: int = BATCH) -> Batch | None:
    """Read what comes next and take it apart, away from those who write; None: nothing."""
    since = cursors.place(tx, CURSOR)
    settled = id_at(tx.now - SECOND_LOOK)
    upto = min(since.at, settled)
    if since.checked < upto and (upto == since.at or since.checked < id_at(tx.now - THEN_AGAIN)):
        return _look_again(tx, since, upto, most)
    day = cursors.place(tx, DAY)
    if day.checked < settled:
        return _look_through(tx, since, day, most)
    written = storage.behind(tx, since.at, most)
    if not written:
        return None
    taken = _no_more_than(CHARACTERS_MOST, written)
    until = msgspec.structs.replace(since, at=taken[-1].id)
    if since.checked == since.at:
        until = msgspec.structs.replace(until, checked=max(since.checked, min(until.at, settled)))
    more = len(written) == most or len(taken) < len(written)
    return Batch(since, until, _take_apart(tx, taken), more)


def _look_again(tx: Tx, since: Place, upto: str, most: int) -> Batch:
    missed = storage.missed(tx, since.checked, upto, most)
    checked = missed[-1].id if len(missed) == most else upto
    until = msgspec.structs.replace(since, checked=checked)
    return Batch(since, until, _take_apart(tx, missed), more=True)


def _look_through(tx: Tx, since: Place, day: Place, most: int) -> Batch:
    """Look through the next stretch of the last day, no further than the second look came."""
    begin = max(day.at, id_at(tx.now - THE_DAY))
    end = min(id_at(time_of(begin) + STRETCH), since.checked)
    missed = storage.missed(tx, begin, end, most)
    if len(missed) == most:
        to = Place(at=missed[-1].id, checked=day.checked)
    else:
        to = Place(at=end if end < since.checked else NOWHERE, checked=id_at(tx.now))
    return Batch(since, since, _take_apart(tx, missed), more=True, day=to)


def _no_more_than(characters: int, written: Sequence[Written]) -> Sequence[Written]:
    """Return as many as fit, at least one."""
    sums = accumulate(len(one.data) for one in written)
    return written[: max(1, sum(so_far <= characters for so_far in sums))]


def _take_apart(tx: Tx, written: Sequence[Written]) -> Taken:
    """Return the words of entries, of several for one spot the last; none holds up the others."""
    known = storage.about(tx, {one.conversation for one in written})
    texts: dict[Spot, Text] = {}
    withdrawn, unreadable = list[Spot](), list[str]()
    for one in sorted(written, key=lambda one: one.seq):
        try:
            if one.type == "delete":
                withdrawn.append((one.conversation, one.audience, taken_back(one.data)))
            elif text := _text(one, known[one.conversation]):
                at = texts[text.spot].at if text.spot in texts else text.at
                texts[text.spot] = text._replace(at=at)
        except Exception:  # noqa: BLE001 - whatever it is, those behind it shall be found
            unreadable.append(one.id)
    return Taken(sorted(texts.values(), key=lambda text: text.words), withdrawn, unreadable)


def _text(one: Written, about: About) -> Text | None:
    said = "" if one.withdrawn else words_of(one.type, one.data, one.first)
    if not said:
        return None
    folded = fold(said)
    found = {token.text for token in tokens(folded)} | _marks(one, about)
    spot = (one.conversation, one.audience, one.target or one.seq)
    return Text(spot, one.id, one.seq, one.at, found, spelling(folded))


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
    found, withdrawn = batch.taken.texts, batch.taken.withdrawn
    kept = storage.kept(tx, {*(text.spot for text in found), *withdrawn})
    texts = [text for text in found if text.spot not in kept or kept[text.spot][1] < text.seq]
    gone = {*withdrawn, *(text.spot for text in texts)} & kept.keys()
    if gone:
        index.take(tx, [kept[spot][0] for spot in gone])
    number = batch.since.number + len(texts)
    if texts:
        numbered = list(enumerate(texts, batch.since.number + 1))
        index.add(tx, [(at, text.tokens) for at, text in numbered])
        storage.keep(tx, [(at, *text.spot, text.words, text.at) for at, text in numbered])
        _learn(tx, set[str]().union(*(text.spelling for text in texts)))
    if batch.day:
        cursors.move(tx, DAY, batch.day)
    cursors.move(tx, CURSOR, msgspec.structs.replace(batch.until, number=number))
    return len(texts)


def _learn(tx: Tx, spelled: set[str]) -> None:
    """Note new spellings; what this process knows holds until somebody begins them anew."""
    begun = cursors.place(tx, SPELLED)
    since, known = tx.memory.get(_SPELLINGS) or (begun, set[str]())
    if since != begun or len(known) > SPELLINGS_KNOWN:
        known = set[str]()
    if new := spelled - known:
        vocabulary.learn(tx, new)
        tx.remembered[_SPELLINGS] = begun, known | new


_SPELLINGS = object()


def begin_anew(tx: Tx) -> None:
    """Forget what was indexed, and every spelling; all is read anew."""
    cursors.place(tx, CURSOR, hold=True)
    index.empty(tx)
    storage.forget(tx)
    vocabulary.forget(tx)
    cursors.move(tx, SPELLED, Place(at=new_id()))
    cursors.move(tx, DAY, Place())
    cursors.move(tx, CURSOR, Place())


def count(tx: Tx) -> int:
    """Return how much there is to read."""
    return storage.count(tx)


def progress(tx: Tx) -> int:
    """Return how many texts were indexed since the index was begun."""
    return cursors.place(tx, CURSOR).number


def lag(tx: Tx) -> float:
    """Return how many seconds ago the oldest was written that cannot be found yet."""
    oldest = storage.behind(tx, cursors.place(tx, CURSOR).at, 1)
    return max(0.0, (tx.now - oldest[0].at).total_seconds()) if oldest else 0.0
