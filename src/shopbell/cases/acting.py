"""How a case takes a step: checked, kept with its case, told in the thread, its clocks set."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain

import msgspec

from shopbell.cases import choosing, clocks, storage, veiled
from shopbell.cases.effects import AFTERWARDS, EFFECTS
from shopbell.cases.evidence import check_files
from shopbell.cases.fields import Answers, read_answers
from shopbell.cases.judging import judge
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import (
    Case,
    CaseId,
    CaseMoved,
    Goods,
    Guard,
    Kind,
    Party,
    Step,
)
from shopbell.cases.recording import add_step, count, situation, tell
from shopbell.cases.refusals import CaseClosed, CaseRunsAlready
from shopbell.commerce import service as commerce
from shopbell.commerce.model import NoSuchShipment, Order, ShipmentId
from shopbell.conversations import service as conversations
from shopbell.conversations.model import (
    Conversation,
    Stream,
    SubjectKind,
)
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import FALLBACK, Locale
from shopbell.knowledge import service as knowledge
from shopbell.knowledge.model import PolicyRef

OPENED = "open"
"""The step that every case begins with."""


def begin(
    tx: Tx,
    actor: Actor,
    kind: Kind,
    talk: Conversation,
    given: Answers,
    *,
    parent: Case | None = None,
    locale: Locale = FALLBACK,
    cmid: str | None = None,
    command: msgspec.Struct | None = None,
) -> Case:
    """Open a case in a held conversation, and let the system take its first step."""
    policy = parent.policy if parent else knowledge.in_force(tx, talk.shop, tx.now)
    field = choosing.fields_of(tx, kind, talk.shop, policy)
    answers = read_answers(field, kind.asks, kind.takes, given)
    read, originals = veiled.cover(tx, actor, kind, answers)
    opened = _new(tx, actor, kind, talk, read, policy, parent)
    _refuse_twins(tx, kind, opened)
    around = situation(tx, actor, opened, locale)
    if kind.judged and around.order:
        verdict = judge(tx, around.order, read["lines"], read["reason"], opened.policy)
        opened = msgspec.structs.replace(opened, verdict=verdict)
    for check in kind.checks:
        check(opened, read, around)
    if parent is None:
        check_files(tx, actor, talk.id, kind, read)
    opened = clocks.start(tx, kind, opened)
    storage.add(tx, opened)
    veiled.keep(tx, actor, opened, originals)
    add_step(tx, actor, opened, OPENED, opened.state, read)
    count(tx, opened)
    tell(tx, actor, opened, OPENED, opened.state, read, cmid, command)
    tx.announce(CaseMoved(case=opened, action=OPENED, before=opened.state, by=actor.id))
    first = kind.begins(opened, around)
    return take(tx, SYSTEM, opened, first, {}) if first else opened


def _new(  # noqa: PLR0917
    tx: Tx,
    actor: Actor,
    kind: Kind,
    talk: Conversation,
    read: Answers,
    policy: PolicyRef,
    parent: Case | None,
) -> Case:
    about_order = talk.subject.kind is SubjectKind.ORDER
    order = commerce.order(tx, SYSTEM, talk.subject.id) if about_order else None
    state = kind.flow.start
    return Case(
        id=CaseId(new_id()),
        number=storage.next_number(tx, talk.id),
        kind=kind.name,
        conversation=talk.id,
        buyer=talk.buyer,
        shop=talk.shop,
        order=order.id if order else None,
        shipment=_parcel(order, read.get("shipment"), tx.now) if order else None,
        state=state,
        goods=kind.goods.get(state, Goods.UNTOUCHED),
        waiting_on=kind.waits[state].on,
        facts=msgspec.to_builtins(read),
        policy=policy,
        parent=parent.id if parent else None,
        opened_by=actor.side,
        opened_at=tx.now,
        entered_at=tx.now,
        version=1,
    )


def _parcel(order: Order, named: ShipmentId | None, now: datetime) -> ShipmentId | None:
    """Return the parcel that is meant: the one named, else the one that is most in need."""
    parcels = {parcel.id: parcel for parcel in order.to_buyer}
    if named is not None and named not in parcels:
        raise NoSuchShipment(shipment=named)
    by_need = sorted(
        parcels.values(), key=lambda one: (not one.late_at(now), one.delivered_at is not None)
    )
    return named or (by_need[0].id if by_need else None)


def _refuse_twins(tx: Tx, kind: Kind, case: Case) -> None:
    """Refuse a second case of a kind of which only one runs at a time."""
    if not kind.one_at_a_time:
        return
    if kind.about_parcel and case.shipment:
        running = storage.about_parcels(tx, kind.name, [case.shipment])
    else:
        running = storage.listed(tx, SYSTEM, "open", 1, kinds=[kind.name], talk=case.conversation)
    if open_ones := [one for one in running if one.closed_at is None]:
        raise CaseRunsAlready(case=open_ones[0].id)


def take(  # noqa: PLR0917 - a step has these parts
    tx: Tx,
    actor: Actor,
    case: Case,
    action: str,
    given: Answers,
    cmid: str | None = None,
    command: msgspec.Struct | None = None,
) -> Case:
    """Take one step of a held case, or refuse it with nothing changed.

    Whatever refuses stands in front of whatever writes.
    """
    step, read = weigh(tx, actor, case, action, given)
    return _go(tx, actor, case, step, read, cmid, command)


def weigh(tx: Tx, actor: Actor, case: Case, action: str, given: Answers) -> tuple[Step, Answers]:
    """Return a step and what was given with it, read and checked; or refuse it."""
    kind = KINDS[case.kind]
    if case.closed_at is not None:
        raise CaseClosed(state=case.state)
    step = kind.flow.step(case.state, action, actor.side, given)
    around = situation(tx, actor, case)
    for guard in guards(step):
        guard(case, around)
    field = choosing.fields_of(tx, kind, case.shop, case.policy)
    read = read_answers(field, step.asks, step.takes, given)
    read |= step.knows(case, around)
    for check in step.checks:
        check(case, read, around)
    check_files(tx, actor, case.conversation, kind, read)
    return step, read


def guards(step: Step) -> tuple[Guard, ...]:
    """Return all that may stand in the way of a step before anything is given with it."""
    return (clocks.in_time, *step.when)


def _go(  # noqa: PLR0917
    tx: Tx,
    actor: Actor,
    case: Case,
    step: Step,
    read: Answers,
    cmid: str | None,
    command: msgspec.Struct | None,
) -> Case:
    kind = KINDS[case.kind]
    read, originals = veiled.cover(tx, actor, kind, read)
    earlier = storage.hash_of(tx, case.id, case.version)
    storage.unfinished_in(tx, case.conversation)  # read before anything waits to be written
    moved = clocks.wind(tx, kind, case, _moved(tx, kind, case, step, read), step.action)
    moved = _let_go(moved, actor)
    for effect in step.does:
        moved = EFFECTS[effect](tx, actor, moved, read)
    storage.change(tx, moved)
    veiled.keep(tx, actor, moved, originals)
    add_step(tx, actor, moved, step.action, case.state, read, cmid, command, earlier=earlier)
    count(tx, moved)
    if not step.quiet:
        tell(tx, actor, moved, step.action, case.state, read, cmid, command)
    for effect in step.does:
        if effect in AFTERWARDS:
            AFTERWARDS[effect](tx, moved)
    tx.announce(CaseMoved(case=moved, action=step.action, before=case.state, by=actor.id))
    _pass_on(tx, actor, moved, step)
    follows = kind.follows(moved, situation(tx, SYSTEM, moved))
    return take(tx, SYSTEM, moved, follows, {}) if follows else moved


def _pass_on(tx: Tx, actor: Actor, case: Case, step: Step) -> None:
    """Open the child that a step leads to; let the parent take the step that follows from it.

    A parent that has gone on or ended meanwhile is left as it is.
    """
    if step.opens:
        kind = KINDS[step.opens]
        talk = conversations.entered(tx, SYSTEM, Stream(case.conversation), hold=True)
        begin(tx, actor, kind, talk, _known(case, kind.asks, kind.takes), parent=case)
    if step.tells and case.parent:
        parent = storage.get(tx, case.parent, hold=True)
        kind = KINDS[parent.kind]
        action = kind.step_by_goods(parent, step.tells.format_map(case.facts))
        if not kind.may_take(parent, action):
            return
        follows = kind.flow.step(parent.state, action, Side.SYSTEM, case.facts)
        take(tx, SYSTEM, parent, action, _known(case, follows.asks, follows.takes))


def _known(case: Case, *names: Iterable[str]) -> Answers:
    """Return what is known of some details, so that nobody is asked for them twice."""
    return {name: case.facts[name] for name in chain(*names) if name in case.facts}


def _moved(tx: Tx, kind: Kind, case: Case, step: Step, read: Answers) -> Case:
    wait = kind.waits.get(step.to)
    return msgspec.structs.replace(
        case,
        state=step.to,
        goods=kind.goods.get(step.to, case.goods),
        waiting_on=wait.on if wait else Party.NOBODY,
        facts=case.facts if step.quiet else {**case.facts, **msgspec.to_builtins(read)},
        taken={**case.taken, step.action: case.taken.get(step.action, 0) + 1},
        entered_at=case.entered_at if step.to == case.state else tx.now,
        closed_at=tx.now if kind.ended(step.to) else None,
        version=case.version + 1,
    )


def _let_go(case: Case, actor: Actor) -> Case:
    """Let the operator go again once whoever was to act has acted."""
    if case.escalated_at is None or actor.side is Side.SYSTEM:
        return case
    return msgspec.structs.replace(case, escalated_at=None)
