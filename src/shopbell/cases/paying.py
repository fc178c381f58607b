"""What becomes of a refund: decided by people, paid by the platform, and its case goes on."""

import re
from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_role
from shopbell.cases import refund_storage, storage
from shopbell.cases.acting import take
from shopbell.cases.commands import AskRefund, RefundStep
from shopbell.cases.fields import TakenLine
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import Case, CaseId
from shopbell.cases.money import Part, RefundId, RefundShown, RefundState
from shopbell.cases.recording import call, count, held
from shopbell.cases.refunding import (
    POLL,
    POLL_AFTER,
    STUCK,
    STUCK_AFTER,
    UNDECIDED,
    ask,
    check_step,
    follow,
    may_decide,
    pay_soon,
    shown,
    tell_of,
)
from shopbell.cases.refunds import FLOW, Refund, Share, all_paid
from shopbell.cases.refusals import NoSuchCase, NoSuchRefund, NotYoursToPay
from shopbell.commerce import service as commerce
from shopbell.commerce.connector import Payback, Payment, PaymentState
from shopbell.commerce.model import Money
from shopbell.commerce.signing import check_signature
from shopbell.conversations.entries import fingerprint
from shopbell.conversations.refusals import IdempotencyConflict
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor
from shopbell.kernel.ids import is_id

REFUND = "refund"

# ── what people do ──────────────────────────────────────────────────────────────────────────


def ask_for(tx: Tx, actor: Actor, case_id: CaseId, command: AskRefund) -> RefundShown:
    """Ask for one part of the money by hand, once: a compensation, the cost of a way."""
    check_role(actor, Right.PAY)
    case = _held_case(tx, actor, case_id)
    asked = refund_storage.of_case(tx, case.id)
    if earlier := next((one for one in asked if one.asked_cmid == command.cmid), None):
        if (earlier.part, earlier.amount, earlier.lines) != _what(command):
            raise IdempotencyConflict
        return shown(actor, earlier)
    share = Share(command.part, command.amount.amount, tuple(command.lines))
    refund = ask(tx, actor, case, share, command.amount.currency, command.cmid)
    tell_of(tx, follow(tx, case), refund)
    return shown(actor, refund)


def _what(command: AskRefund) -> tuple[Part, Money, list[TakenLine]]:
    return command.part, command.amount, command.lines


def act_on(tx: Tx, actor: Actor, refund_id: RefundId, command: RefundStep) -> RefundShown:
    """Take a step of a refund, once."""
    check_role(actor, Right.PAY)
    found = _seen(tx, actor, refund_id)
    case = held(tx, found.case)
    refund = refund_storage.get(tx, found.id)
    if not may_decide(actor, refund):
        raise NotYoursToPay
    if _taken_before(refund, command):
        return shown(actor, refund)
    given = {"reference"} if command.reference else set[str]()
    move = FLOW.step(refund.state, command.action, actor.side, given)
    check_step(actor, refund, move.action)
    changes: dict[str, Any] = {"cmid": command.cmid, "step_hash": fingerprint(REFUND, command)}
    if move.action == "approve":
        changes["approved_by"] = actor.id
    if move.action == "manual_done":
        changes |= {"reference": command.reference, "done_at": tx.now}
    if move.action == "retry":
        changes |= {"attempt": refund.attempt + 1, "submitted_at": tx.now}
    if move.action in {"approve", "retry"}:
        pay_soon(tx, refund)
    moved = _moved(tx, actor, case, refund, move.action, **changes)
    _let_go(tx, moved)
    return shown(actor, moved)


def _taken_before(refund: Refund, command: RefundStep) -> bool:
    """Tell whether this very step was the last one taken; refuse another under its name."""
    if command.cmid != refund.cmid:
        return False
    if refund.step_hash not in {None, fingerprint(REFUND, command)}:
        raise IdempotencyConflict
    return True


def _let_go(tx: Tx, decided: Refund) -> None:
    """Let the operator go again once a refund is decided and no other of its case waits for it."""
    case = storage.get(tx, decided.case)
    others = (one for one in refund_storage.of_case(tx, case.id) if one.id != decided.id)
    if case.escalated_at and not any(one.waits for one in others):
        acted = replace(case, escalated_at=None)
        storage.change(tx, acted)
        count(tx, acted)


def _held_case(tx: Tx, actor: Actor, case_id: CaseId) -> Case:
    if not is_id(case_id):
        raise NoSuchCase
    case = held(tx, case_id)
    if not case.admits(actor):
        raise NoSuchCase
    return case


def _seen(tx: Tx, actor: Actor, refund_id: RefundId) -> Refund:
    if not is_id(refund_id):
        raise NoSuchRefund
    refund = refund_storage.get(tx, refund_id)
    if not storage.get(tx, refund.case).admits(actor):
        raise NoSuchRefund
    return refund


# ── what the platform does ──────────────────────────────────────────────────────────────────


def begin_paying(tx: Tx, refund_id: RefundId, *, by_platform: bool) -> Refund:
    """Bring a refund as far as it comes without anybody: to approval, to the platform.

    Above what goes alone for its order, and where the buyer has named the amount, a person approves
    it first; without a platform the operator pays.
    """
    case = held(tx, refund_storage.get(tx, refund_id).case)
    refund = refund_storage.get(tx, refund_id)
    most = tx.settings.alone_most(refund.amount.currency)
    alone = _given_alone(tx, refund) <= most and not refund.named_by_buyer
    if refund.state is RefundState.REQUESTED and alone:
        refund = _moved(tx, SYSTEM, case, refund, "approve", approved_by=SYSTEM.id)
    if refund.state is RefundState.APPROVED and by_platform:
        refund = _moved(tx, SYSTEM, case, refund, "submit", submitted_at=tx.now)
    if refund.state in {RefundState.REQUESTED, RefundState.APPROVED}:
        call(tx, storage.get(tx, case.id))
    return refund


def _given_alone(tx: Tx, refund: Refund) -> int:
    """Return how much of its order goes back, with this, that no second person has approved."""
    alike = refund_storage.of_order(tx, refund.order)
    alone = (one for one in alike if one.counts and one.approved_by in {None, SYSTEM.id})
    return sum(one.amount.amount for one in alone)


class Told(Struct, frozen=True):
    """A request in the platform's name: what it says, and what shows that it is the platform's."""

    secret: str
    timestamp: str
    signature: str
    body: bytes
    key: str
    payment: Payment


def hear(tx: Tx, told: Told) -> None:
    """Take in what the platform tells by itself, if it has signed it."""
    check_signature([told.secret], told.timestamp, told.body, told.signature, tx.now)
    note_payment(tx, told.key, told.payment)


def payback_of(tx: Tx, refund: Refund) -> Payback:
    """Return what the platform is asked for."""
    order = commerce.order(tx, SYSTEM, refund.order)
    return Payback(refund.key, refund.shop, order.number, refund.part, refund.amount)


def note_payment(tx: Tx, key: str, payment: Payment) -> None:
    """Take in how far the platform is with a refund; what is known already changes nothing.

    Money that was paid was paid, also after a no; a no is only about the attempt that it names.
    """
    case_id, part, number = _parse_key(key)
    case = held(tx, case_id)
    refund = refund_storage.by_key(tx, case_id, part, number)
    paid_late = refund.state is RefundState.FAILED and payment.state is PaymentState.DONE
    if refund.state is not RefundState.SUBMITTED and not paid_late:
        return
    days = payment.bank_days if payment.bank_days is not None else refund.bank_days
    match payment.state:
        case PaymentState.DONE:
            _moved(
                tx,
                SYSTEM,
                case,
                refund,
                "succeed",
                reference=payment.reference,
                done_at=tx.now,
                bank_days=days,
            )
        case PaymentState.FAILED if key == refund.key:
            _moved(tx, SYSTEM, case, refund, "fail", trouble=payment.trouble)
        case _:
            pass


_NUMBER = re.compile("([0-9]{1,8})(?::[0-9]{1,8})?")


def _parse_key(key: str) -> tuple[CaseId, str, int]:
    case, _, rest = key.partition(":")
    part, _, number = rest.partition(":")
    found = _NUMBER.fullmatch(number)
    if not is_id(case) or part not in set(Part) or not found:
        raise NoSuchRefund
    return CaseId(case), part, int(found[1])


def _moved(
    tx: Tx,
    actor: Actor,
    case: Case,
    refund: Refund,
    action: str,
    **changes: Any,  # noqa: ANN401 - each step has its own
) -> Refund:
    """Take a step of a refund, tell of it, and let its case go on if that was the last one."""
    move = FLOW.step(refund.state, action, actor.side, changes)
    moved = replace(refund, state=RefundState(move.to), **changes)
    refund_storage.change(tx, moved)
    _watch(tx, moved)
    case = follow(tx, case)
    tell_of(tx, case, moved)
    if moved.state is RefundState.FAILED:
        _step(tx, call(tx, case), "refund_failed")
    elif all_paid(refund_storage.of_case(tx, case.id)):
        _step(tx, case, "refund_succeeded")
    return moved


def _watch(tx: Tx, refund: Refund) -> None:
    """Let nothing that is not done be forgotten."""
    tx.disarm(UNDECIDED, refund.id)
    if refund.state is RefundState.SUBMITTED:
        tx.arm(POLL, refund.id, tx.now + POLL_AFTER)
        tx.arm(STUCK, refund.id, tx.now + STUCK_AFTER)
    else:
        tx.disarm(POLL, refund.id)
        tx.disarm(STUCK, refund.id)
    if refund.state in {RefundState.APPROVED, RefundState.FAILED}:
        tx.arm(UNDECIDED, refund.id, tx.now + POLL_AFTER)


def _step(tx: Tx, case: Case, action: str) -> None:
    """Let a case go on that waits for its money; one that does not is left as it is."""
    if KINDS[case.kind].may_take(case, action):
        take(tx, SYSTEM, case, action, {})


# ── what happens when nobody does anything ──────────────────────────────────────────────────


def poll(tx: Tx, entity: str) -> None:
    """Ask the platform again, every day, until it has answered."""
    pay_soon(tx, refund_storage.get(tx, RefundId(entity)))
    tx.arm(POLL, entity, tx.now + POLL_AFTER)


def call_for(tx: Tx, entity: str) -> None:
    """Call the operator to a refund that is stuck or undecided, until somebody has acted."""
    refund = refund_storage.get(tx, RefundId(entity))
    case = held(tx, refund.case)
    call(tx, case)
    kind = STUCK if refund.state is RefundState.SUBMITTED else UNDECIDED
    tx.arm(kind, refund.id, tx.now + POLL_AFTER)


DEADLINES: dict[str, Callable[[Tx, str], None]] = {
    POLL: poll,
    STUCK: call_for,
    UNDECIDED: call_for,
}
