"""Work is given out: in the transaction that brings it, or that gives somebody room for it.

Whoever gives out a shop's work holds the row of its rule, so that nobody is given more than they
can take. A message never waits for that row: if another holds it, a job looks again at once.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from shopbell.accounts import service as accounts
from shopbell.conversations import tending
from shopbell.conversations.model import Conversation, Waiting
from shopbell.conversations.turns import Turn
from shopbell.desk import storage
from shopbell.desk.choosing import Hands, choose
from shopbell.desk.model import (
    ATTENDED,
    Assigned,
    Mode,
    Rule,
    ServeLine,
    TalkAssigned,
    TalkUnassigned,
    Unassigned,
    Way,
    Why,
)
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, ShopId

PATIENCE = "desk_line"
"""The deadline of a shop by which anybody will do for what nobody with the skill has taken."""

AT_ONCE, LOOKED_AT = 50, 200
"""So much of the line is read at a time, and looked at in one go."""

SOON = timedelta(milliseconds=100)


def serve_if_free(tx: Tx, shop: ShopId) -> None:
    """Give out what waits, or have it done as soon as whoever does so now is done."""
    if not storage.rule(tx, shop).automatic:
        return
    rule = storage.free_rule(tx, shop)
    if rule is None:
        tx.later(ServeLine(shop=shop))
    else:
        serve(tx, shop, rule)


def serve_held(tx: Tx, shop: ShopId) -> None:
    """Give out what waits, once nobody else does."""
    serve(tx, shop, storage.held_rule(tx, shop))


def serve(tx: Tx, shop: ShopId, rule: Rule) -> None:
    """Give what waits longest to whoever can take it, as long as there is somebody."""
    if not rule.automatic or not (there := _there(tx, shop, rule)):
        return
    after: Waiting | None = None
    for _part in range(LOOKED_AT // AT_ONCE):
        line = tending.line(tx, shop, AT_ONCE, after)
        passed_over = _give_out(tx, rule, there, line)
        if passed_over:
            _look_again(tx, shop, rule, passed_over)
        if len(line) < AT_ONCE or not any(one.free for one in there):
            return
        after = line[-1]


def _there(tx: Tx, shop: ShopId, rule: Rule) -> list[Hands]:
    """Return who is there with room, with what they have."""
    seats = storage.present(tx, shop, tx.now - ATTENDED)
    loads = tending.loads(tx, shop) if seats else {}
    hands = (Hands.of(seat, loads.get(seat.person, 0), rule) for seat in seats)
    return [one for one in hands if one.free]


def _give_out(
    tx: Tx, rule: Rule, there: Sequence[Hands], line: Iterable[Waiting]
) -> list[Waiting | None]:
    """Give what can be given; return what nobody can take yet, and None for what another holds."""
    passed_over: list[Waiting | None] = []
    for one in line:
        if not any(hands.free for hands in there):
            break
        taker = choose(rule, there, one.locale, one.kind, tx.now - one.since)
        if taker is None:
            passed_over.append(one)
        elif (talk := tending.held_free(tx, one.id)) is None:
            passed_over.append(None)
        elif talk.assignee is None and waits(talk):
            taker.take(tx.now)
            _give(tx, talk, taker, Way(rule.mode))
    return passed_over


def _give(tx: Tx, talk: Conversation, taker: Hands, way: Way) -> None:
    hand_to(tx, SYSTEM, talk, taker.seat.person, way, taker.load)
    storage.given(tx, taker.seat.id)


def _look_again(tx: Tx, shop: ShopId, rule: Rule, passed_over: Sequence[Waiting | None]) -> None:
    if None in passed_over:
        tx.later(ServeLine(shop=shop), tx.now + SOON, key=f"line:{shop}")
    skilled = [one.since for one in passed_over if one] if rule.mode is Mode.SKILL else []
    if skilled:
        tx.arm(PATIENCE, shop, min(skilled) + timedelta(seconds=rule.patience))


def waits(talk: Conversation) -> bool:
    """Tell whether a conversation waits for the shop, and is not put aside."""
    return talk.turn is Turn.SELLER and not talk.asleep


# ── from hand to hand ───────────────────────────────────────────────────────────────────────


def hand_to(  # noqa: PLR0917 - an assignment has these parts
    tx: Tx, actor: Actor, talk: Conversation, to: PersonId, way: Way, load: int
) -> Conversation:
    """Make a held conversation somebody's, tell the team, and keep the fact."""
    told = Assigned(to, _name(tx, to), way, talk.assignee)
    changed = tending.tend(tx, actor, talk, "assigned", told, assignee=to, assigned_at=tx.now)
    fact = TalkAssigned(
        conversation=talk.id,
        shop=talk.shop,
        to=to,
        before=talk.assignee,
        by=actor.id,
        way=way,
        load=load,
    )
    tx.announce(fact)
    return changed


def let_go(tx: Tx, actor: Actor, talk: Conversation, before: PersonId, why: Why) -> Conversation:
    """Make a held conversation nobody's, tell the team, and keep the fact."""
    told = Unassigned(before, _name(tx, before), why)
    changed = tending.tend(tx, actor, talk, "unassigned", told, assignee=None, assigned_at=None)
    fact = TalkUnassigned(conversation=talk.id, shop=talk.shop, before=before, by=actor.id, why=why)
    tx.announce(fact)
    return changed


def let_all_go(tx: Tx, shop: ShopId, person: PersonId, why: Why) -> int:
    """Give back to the shop what somebody has who is not there any more; return how much."""
    theirs = tending.held_by(tx, shop, person)
    for talk in (tending.held(tx, one) for one in theirs):
        if talk.assignee == person:
            let_go(tx, SYSTEM, talk, person, why)
    return len(theirs)


def _name(tx: Tx, person: PersonId) -> str:
    return accounts.names(tx, [person]).get(person, "")
