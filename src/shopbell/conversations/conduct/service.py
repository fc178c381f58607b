"""What people do about rude words: report them, look at what was reported, and decide."""

from datetime import timedelta
from itertools import groupby
from operator import attrgetter

import msgspec

from shopbell.accounts import operating
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates
from shopbell.conversations import storage as threads
from shopbell.conversations.commands import MoveData
from shopbell.conversations.conduct import storage
from shopbell.conversations.conduct.model import (
    Complaint,
    ComplaintId,
    Decide,
    Grievance,
    Matter,
    Offence,
    Outcome,
    Patience,
    Queue,
    Report,
    Reported,
    Told,
)
from shopbell.conversations.conduct.refusals import (
    DecidedAlready,
    NoSuchComplaint,
    NotYoursToReport,
)
from shopbell.conversations.model import Author, ConversationId, Event, Stream, Topic
from shopbell.conversations.refusals import NoSuchEntry
from shopbell.conversations.service import entered, topics
from shopbell.conversations.thread import add_event, join_words
from shopbell.conversations.tone import SpokeRudely
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Side
from shopbell.kernel.ids import new_id

SHOWN_MOST = 200


def count_abuse(tx: Tx, fact: SpokeRudely) -> None:
    """Count a message that the house heard as abusive; a correction of it is the same message."""
    talk = ConversationId(fact.conversation)
    if storage.of_reporter(tx, talk, fact.seq, SYSTEM.id) is None:
        complaint = Complaint(
            id=ComplaintId(new_id()),
            conversation=talk,
            seq=fact.seq,
            author=fact.author,
            author_side=fact.side,
            shop=fact.shop,
            reporter=SYSTEM.id,
            reporter_side=Side.SYSTEM,
            reason=Grievance.RUDE,
            words="",
            at=tx.now,
        )
        storage.add(tx, complaint)


def report(tx: Tx, actor: Actor, talk: ConversationId, asked: Report) -> tuple[Reported, bool]:
    """Bring a message of the other side before the operator, once; tell whether it is new."""
    about = entered(tx, actor, Stream(talk), hold=True)
    if actor.side not in {Side.BUYER, Side.SELLER}:
        raise NotYoursToReport
    earlier = storage.of_reporter(tx, talk, asked.seq, actor.id)
    if earlier is not None:
        return _shown(earlier), False
    said = _message(tx, talk, asked.seq)
    if said.actor.side not in {Side.BUYER, Side.SELLER} - {actor.side}:
        raise NotYoursToReport
    complaint = Complaint(
        id=ComplaintId(new_id()),
        conversation=talk,
        seq=asked.seq,
        author=said.actor.id,
        author_side=said.actor.side,
        shop=about.shop,
        reporter=actor.id,
        reporter_side=actor.side,
        reason=asked.reason,
        words=join_words(asked.words),
        at=tx.now,
    )
    storage.add(tx, complaint)
    return _shown(complaint), True


def reported(tx: Tx, actor: Actor, talk: ConversationId) -> list[Reported]:
    """List what one reported oneself in a conversation; nobody else learns of it."""
    entered(tx, actor, Stream(talk))
    return [_shown(complaint) for complaint in storage.own(tx, talk, actor.id)]


def queue(tx: Tx, actor: Actor) -> Queue:
    """List what waits for the operator: each author in each conversation, the oldest first."""
    check_operates(actor)
    waiting = storage.waiting(tx, patience(tx), tx.now, SHOWN_MOST + 1)
    shown = waiting[:SHOWN_MOST]
    matters = dict[tuple[str, str], list[Complaint]]()
    for one in shown:
        matters.setdefault((one.conversation, one.author), []).append(one)
    about = topics(tx, {one.conversation for one in shown})
    often = storage.times(tx, {one.author for one in shown}, patience(tx), tx.now)
    return Queue(
        matters=[
            _matter(
                tx,
                of_one,
                about=about[of_one[0].conversation],
                times=often.get(of_one[0].author, 0),
            )
            for of_one in matters.values()
        ],
        more=len(waiting) > SHOWN_MOST,
    )


def count(tx: Tx, actor: Actor) -> int:
    """Count what waits for the operator."""
    check_operates(actor)
    return storage.count(tx, patience(tx), tx.now)


def history(tx: Tx, actor: Actor, person: PersonId) -> list[Complaint]:
    """List for the operator what was ever said against somebody, and what came of it."""
    check_operates(actor)
    return storage.about(tx, person, SHOWN_MOST)


def is_quarrel(tx: Tx, talk: ConversationId) -> bool:
    """Tell whether a message of a conversation was abusive or reported, and not for nothing."""
    return storage.stands(tx, talk)


def decide(tx: Tx, actor: Actor, asked: Decide) -> None:
    """Dismiss complaints, or warn their author with a line of the house in the thread; once."""
    check_operates(actor, Right.CALM)
    found = _of_one_author(tx, asked)
    about = threads.get(tx, found[0].conversation, hold=True)
    found = _of_one_author(tx, asked)
    still = [one.id for one in found if one.outcome is None]
    if not still:
        if any(one.outcome is not asked.outcome for one in found):
            raise DecidedAlready
        return
    storage.decide(tx, still, asked.outcome, actor.id, tx.now)
    if asked.outcome is Outcome.WARNED:
        kind = f"warned_{found[0].author_side}"
        add_event(tx, about, Stream(about.id), SYSTEM, kind, MoveData())
    operating.note_conduct(
        tx,
        actor,
        asked.outcome,
        talk=about.id,
        person=found[0].author,
        messages=len({one.seq for one in found}),
    )


def patience(tx: Tx) -> Patience:
    """Return how often somebody may be abusive before the operator is called."""
    return Patience(tx.settings.abuse_times, timedelta(days=tx.settings.abuse_days))


def _of_one_author(tx: Tx, asked: Decide) -> list[Complaint]:
    found = storage.named(tx, map(ComplaintId, set(asked.complaints)))
    if (
        len(found) < len(set(asked.complaints))
        or len({(c.conversation, c.author) for c in found}) > 1
    ):
        raise NoSuchComplaint
    return found


def _message(tx: Tx, talk: ConversationId, seq: int) -> Event:
    found = threads.by_seq(tx, Stream(talk), seq)
    if found is None or found[0].type != "message":
        raise NoSuchEntry(seq=seq)
    return found[0]


class _Words(msgspec.Struct):
    text: str = ""


def _matter(tx: Tx, open_ones: list[Complaint], *, about: Topic, times: int) -> Matter:
    by_message = sorted(open_ones, key=attrgetter("seq", "at"))
    offences, name = list[Offence](), ""
    for seq, of_message in groupby(by_message, key=attrgetter("seq")):
        said = storage.said(tx, about.id, seq)
        name = said[0][1]
        texts = [msgspec.json.decode(data, type=_Words).text for _at, _name, data in said]
        told = [Told(one.reporter_side, one.reason, one.words, one.at) for one in of_message]
        offences.append(Offence(seq, said[0][0], texts, told))
    first = open_ones[0]
    return Matter(
        conversation=about,
        author=Author(first.author, first.author_side, name),
        times=times,
        offences=offences,
        complaints=[one.id for one in open_ones],
    )


def _shown(complaint: Complaint) -> Reported:
    return Reported(complaint.seq, complaint.reason, complaint.at, complaint.outcome)
