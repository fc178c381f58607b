"""How the clocks of a conversation begin, stand still, go on and stop, as its turn passes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.conversations.model import Channel, Conversation
from shopbell.conversations.targets import storage
from shopbell.conversations.targets.facts import (
    ClockBegan,
    ClockPaused,
    ClockResumed,
    ClockStopped,
)
from shopbell.conversations.targets.model import Book, Rule
from shopbell.conversations.targets.running import Clocks, Rest, Run, Target
from shopbell.conversations.turns import MERGE, State, Turn
from shopbell.engine.database import Tx

CLOCKS = "clocks"
"""The deadline by which somebody looks at the clocks of a conversation."""

RESTS = {Turn.BUYER, Turn.CARRIER}
"""While one of them has the ball, the clock of the whole matter stands still."""

ANSWERS, HANDS_OVER = "seller_message", {"escalate", MERGE}
"""Moves that tell how a clock ended: kept by the shop; or the operator's now, or another's."""


def begin(tx: Tx, talk: Conversation) -> tuple[datetime, datetime, Clocks | None]:
    """Return since when an answer is awaited, when it is due, and the clocks that say so."""
    book = storage.book(tx, talk.shop)
    rule = book.rule(talk, tx.now)
    known = talk.clocks or Clocks(answered=talk.state in {State.WAITING_BUYER, State.RESOLVED})
    target = Target.NEXT if known.answered else Target.FIRST
    run = _started(tx, rule, target) if rule else None
    if rule is None or run is None or run.due_at is None:
        since, due = _by_promise(tx, talk, book, target)
        return since, due, replace(known, answer=None) if talk.clocks or rule else None
    _announce_beginning(tx, talk, run)
    return run.since, run.due_at, replace(known, answer=run)


def follow(tx: Tx, talk: Conversation, action: str = "") -> dict[str, Any]:
    """Return what becomes of the clocks of a conversation that has come to be as ``talk`` is.

    Costs nothing where the shop has no rules for it.
    """
    if talk.clocks is None:
        return {}
    after = _resolution(tx, talk, _answer(tx, talk, talk.clocks, action), action)
    after = _rung(tx, talk, after)
    return {"clocks": after} if after != talk.clocks else {}


def take_over(tx: Tx, talk: Conversation, source: Conversation) -> dict[str, Any]:
    """Return the clocks of a conversation in which another goes on, that owes what ``talk`` says.

    What they have told already is not told again.
    """
    here, there = talk.clocks or Clocks(), source.clocks or Clocks()
    answers = [run for run in (here.answer, there.answer) if run]
    answer = next((run for run in answers if run.due_at == talk.due_at), None)
    missed = here.missed + there.missed
    resolution = here.resolution or there.resolution
    after = replace(here, answer=answer, resolution=resolution, missed=missed)
    return _exchanged(tx, talk, after)


def wind_back(
    tx: Tx, talk: Conversation, was: Clocks | None, elsewhere: Clocks | None
) -> dict[str, Any]:
    """Return the clocks as they were, with what they have told since: here, or ``elsewhere``."""
    lately = [run for clocks in (talk.clocks, elsewhere) if clocks for run in clocks.running]
    before = was or Clocks()
    answer, resolution = (old and old.as_told(lately) for old in (before.answer, before.resolution))
    ring_at = talk.clocks.ring_at if talk.clocks else None
    back = replace(before, answer=answer, resolution=resolution, ring_at=ring_at)
    return _exchanged(tx, talk, back)


def _exchanged(tx: Tx, talk: Conversation, after: Clocks) -> dict[str, Any]:
    """Announce which clocks end here, as they count elsewhere, and which begin; have them rung."""
    before = talk.clocks or Clocks()
    for run in before.running:
        if not any(map(run.is_same, after.running)):
            _announce_end(tx, talk, run, handed_over=True)
    for run in after.running:
        _announce_arrival(tx, talk, run, next(filter(run.is_same, before.running), None))
    after = _rung(tx, talk, after)
    return {"clocks": after} if after != before else {}


def _by_promise(
    tx: Tx, talk: Conversation, book: Book, target: Target
) -> tuple[datetime, datetime]:
    """Return what the shop's page promises, or sooner if the marketplace says so."""
    since, due = promised(commerce.shop(tx, talk.shop), talk.channel, tx.now)
    most = book.maxima(tx.now).of(talk.channel).of(target)
    return since, min(due, since + timedelta(minutes=most)) if most else due


def promised(shop: Shop, channel: Channel, asked: datetime) -> tuple[datetime, datetime]:
    """Return since when the shop's clock runs and when its answer is due.

    Outside opening hours the clock begins when the shop opens.
    """
    since = shop.at_work(asked)
    patience = {
        Channel.CHAT: timedelta(minutes=shop.promise.chat_minutes),
        Channel.MESSAGE: timedelta(hours=shop.promise.message_hours),
        Channel.EMAIL: timedelta(hours=shop.promise.email_hours),
    }
    return since, since + patience[channel]


def _started(tx: Tx, rule: Rule, target: Target) -> Run | None:
    length = rule.length(target)
    since = rule.calendar.starts(tx.now)
    if length is None or since is None:
        return None
    return _until(Run(target, rule.rules, rule.row, since, length), rule, since, length)


def _until(run: Run, rule: Rule, now: datetime, left: timedelta) -> Run | None:
    """Return a clock that has so much open time left; None where its calendar has not so much."""
    spare = max(timedelta(), left - run.length * (100 - rule.policy.warn_at) / 100)
    due, warn = rule.calendar.after(now, left), rule.calendar.after(now, spare)
    if due is None:
        return None
    return replace(run, due_at=due, warn_at=warn, left=None, rest=None)


def _answer(tx: Tx, talk: Conversation, clocks: Clocks, action: str) -> Clocks:
    """Stop the clock of an answer once no words wait for the shop."""
    run = clocks.answer
    if run is None or talk.due_at is not None:
        return clocks
    _announce_end(tx, talk, run, handed_over=action in HANDS_OVER)
    answered = clocks.answered or action == ANSWERS
    return replace(clocks, answer=None, raised=False, answered=answered)


def _resolution(tx: Tx, talk: Conversation, clocks: Clocks, action: str) -> Clocks:
    """Let the clock of the whole matter begin, rest, go on or stop."""
    run = clocks.resolution
    if run is None:
        begins = talk.round_since == tx.now
        return replace(clocks, resolution=_matter(tx, talk)) if begins else clocks
    if talk.state.done:
        _announce_end(tx, talk, run, handed_over=action in HANDS_OVER)
        return replace(clocks, resolution=None, raised=False)
    return replace(clocks, resolution=_passed(tx, talk, run))


def _matter(tx: Tx, talk: Conversation) -> Run | None:
    """Begin the clock of the whole matter with a question, if the rules know of one."""
    rule = storage.book(tx, talk.shop).rule(talk, tx.now)
    run = _started(tx, rule, Target.RESOLUTION) if rule else None
    if run:
        _announce_beginning(tx, talk, run)
    return run


def _passed(tx: Tx, talk: Conversation, run: Run) -> Run:
    """Let a clock rest for who has the ball now, or go on."""
    whom = talk.turn if talk.turn in RESTS else None
    if whom is (run.rest.waiting_on if run.rest else None):
        return run
    rule = storage.version(tx, talk.shop, run.rules).rule(run.row)
    if whom is None:
        return _resumed(tx, talk, run, rule)
    return _paused(tx, talk, run, rule)


def _paused(tx: Tx, talk: Conversation, run: Run, rule: Rule) -> Run:
    left = run.left
    if left is None:
        due = max(run.due_at or tx.now, tx.now)
        left = rule.calendar.between(tx.now, due)
    rest = Rest(talk.turn, tx.now)
    tx.announce(ClockPaused(**_of(talk, run), rest=rest, left=left, rested=run.rest))
    return replace(run, due_at=None, warn_at=None, left=left, rest=rest)


def _resumed(tx: Tx, talk: Conversation, run: Run, rule: Rule) -> Run:
    still = replace(run, due_at=tx.now, left=None, rest=None)
    going = _until(run, rule, tx.now, run.left or timedelta()) or still
    tx.announce(ClockResumed(**_of(talk, run), due_at=going.due_at or tx.now, rested=run.rest))
    return going


def _rung(tx: Tx, talk: Conversation, clocks: Clocks) -> Clocks:
    """Have somebody look when there is something to say, unless they look by then anyway."""
    bell = clocks.next_bell
    if bell is None or (clocks.ring_at is not None and clocks.ring_at <= bell):
        return clocks
    tx.arm(CLOCKS, talk.id, bell)
    return replace(clocks, ring_at=bell)


def _announce_beginning(tx: Tx, talk: Conversation, run: Run) -> None:
    due = run.due_at or run.since
    began = ClockBegan(**_of(talk, run), rules=run.rules, row=run.row, since=run.since, due_at=due)
    tx.announce(began)


def _announce_arrival(tx: Tx, talk: Conversation, run: Run, here: Run | None) -> None:
    if here is None:
        _announce_beginning(tx, talk, run)
    if run.rest is not None and (here is None or here.rest is None):
        left = run.left or timedelta()
        tx.announce(ClockPaused(**_of(talk, run), rest=run.rest, left=left, rested=None))


def _announce_end(tx: Tx, talk: Conversation, run: Run, *, handed_over: bool = False) -> None:
    in_time = not run.breached and (run.due_at is None or tx.now <= run.due_at)
    stopped = ClockStopped(
        **_of(talk, run), in_time=in_time, handed_over=handed_over, rested=run.rest
    )
    tx.announce(stopped)


def _of(talk: Conversation, run: Run) -> Mapping[str, Any]:
    return {"conversation": talk.id, "shop": talk.shop, "target": run.target}
