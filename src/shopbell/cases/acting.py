"""How a case takes a step: checked, kept with its case, told in the thread, its clocks set."""

from hashlib import sha256
from typing import Any

import msgspec

from shopbell.cases import clocks, storage
from shopbell.cases.effects import EFFECTS
from shopbell.cases.fields import Answers, read_answers
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import (
    Case,
    CaseEntry,
    CaseId,
    CaseMoved,
    CaseStep,
    Kind,
    Party,
    Situation,
    Step,
)
from shopbell.cases.refusals import CaseClosed
from shopbell.commerce import service as commerce
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Audience, Stream
from shopbell.conversations.posting import count_cases, post_case
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Side


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
    kind = KINDS[case.kind]
    if case.closed_at is not None:
        raise CaseClosed(state=case.state)
    step = kind.flow.step(case.state, action, actor.side, given)
    around = situation(tx, case)
    for guard in step.when:
        guard(case, around)
    read = read_answers(kind.field, step.asks, step.takes, given)
    for check in step.checks:
        check(case, read, around)
    return _go(tx, actor, case, step, read, cmid, command)


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
    moved = clocks.wind(tx, kind, case, _moved(tx, kind, case, step, read), step.action)
    moved = _told_of_duty(moved, actor)
    for effect in step.does:
        moved = EFFECTS[effect](tx, actor, moved, read)
    storage.change(tx, moved)
    add_step(tx, actor, moved, step.action, case.state, read)
    if not step.quiet:
        tell(tx, actor, moved, step.action, case.state, read, cmid, command)
    count(tx, moved)
    tx.announce(CaseMoved(case=moved, action=step.action, before=case.state, by=actor.id))
    return moved


def _moved(tx: Tx, kind: Kind, case: Case, step: Step, read: Answers) -> Case:
    wait = kind.waits.get(step.to)
    return msgspec.structs.replace(
        case,
        state=step.to,
        goods=kind.goods.get(step.to, case.goods),
        waiting_on=wait.on if wait else Party.NOBODY,
        facts={**case.facts, **msgspec.to_builtins(read)},
        taken={**case.taken, step.action: case.taken.get(step.action, 0) + 1},
        entered_at=case.entered_at if step.to == case.state else tx.now,
        closed_at=tx.now if kind.ended(step.to) else None,
        version=case.version + 1,
    )


def _told_of_duty(case: Case, actor: Actor) -> Case:
    """Let the operator go again once whoever was to act has acted."""
    if case.escalated_at is None or actor.side is Side.SYSTEM:
        return case
    return msgspec.structs.replace(case, escalated_at=None)


def add_step(  # noqa: PLR0917
    tx: Tx, actor: Actor, case: Case, action: str, before: str, read: Answers
) -> None:
    """Keep a step; its hash covers the one before, so that none can be changed unseen."""
    kept: dict[str, Any] = msgspec.to_builtins(read)
    body = [case.id, case.version, action, actor.id, actor.side, before, case.state, tx.now, kept]
    chained = storage.last_hash(tx, case.id) + msgspec.json.encode(body, order="deterministic")
    step = CaseStep(
        seq=case.version,
        action=action,
        by=actor.id,
        side=actor.side,
        name=actor.name,
        before=before,
        after=case.state,
        at=tx.now,
        given=kept,
        hash=sha256(chained).digest(),
    )
    storage.add_step(tx, case.id, step)


def tell(  # noqa: PLR0917
    tx: Tx,
    actor: Actor,
    case: Case,
    action: str,
    before: str,
    read: Answers,
    cmid: str | None = None,
    command: msgspec.Struct | None = None,
    audience: Audience = Audience.PUBLIC,
) -> None:
    """Tell of a step in the thread; what is private stays with the case."""
    kind = KINDS[case.kind]
    shown = {name: answer for name, answer in read.items() if not kind.field(name).private}
    entry = CaseEntry(
        case=case.id,
        number=case.number,
        kind=case.kind,
        action=action,
        before=before,
        after=case.state,
        waiting_on=case.waiting_on,
        due=case.due,
        given=msgspec.to_builtins(shown),
    )
    asks = case.waiting_on is Party.SELLER
    post_case(tx, actor, Stream(case.conversation, audience), entry, cmid, command, asks=asks)


def held(tx: Tx, case: CaseId) -> Case:
    """Return a case that nobody else changes meanwhile; its conversation is always held first."""
    conversations.entered(tx, SYSTEM, Stream(storage.get(tx, case).conversation), hold=True)
    return storage.get(tx, case, hold=True)


def count(tx: Tx, case: Case) -> None:
    """Let the conversation know how many cases it has open, and how many wait for the shop."""
    waiting = storage.open_in(tx, case.conversation)
    count_cases(
        tx,
        case.conversation,
        open_cases=len(waiting),
        seller_cases=waiting.count(Party.SELLER),
    )


def situation(tx: Tx, case: Case) -> Situation:
    """Look at what surrounds a case."""
    if case.order is None:
        return Situation(now=tx.now)
    order = commerce.order(tx, SYSTEM, case.order)
    found = [parcel for parcel in order.shipments if parcel.id == case.shipment]
    return Situation(now=tx.now, order=order, shipment=found[0] if found else None)
