"""What happens in a case when nobody does anything: its deadlines."""

from collections.abc import Awaitable, Callable, Mapping

from shopbell.cases import clocks, paying
from shopbell.cases.acting import take
from shopbell.cases.clocks import DUE, HALF, LATE, NOTE, NUDGE
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import CaseId, Party
from shopbell.cases.money import RefundState
from shopbell.cases.reactions import LOOK
from shopbell.cases.recording import held, situation, tell
from shopbell.cases.refunding import SubmitRefund
from shopbell.commerce.connector import Cashier
from shopbell.conversations.model import Audience
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import SYSTEM

REACHED_BY = {
    Party.BUYER: Audience.PUBLIC,
    Party.BOTH: Audience.PUBLIC,
    Party.SELLER: Audience.NOTES,
    Party.CARRIER: Audience.NOTES,
}
"""Where who must act is reminded: a carrier by the shop that asked it. The operator's queue
shows by itself what share of its time a case has used."""


def consequence(tx: Tx, entity: str) -> None:
    """Let happen what was said would happen."""
    case = held(tx, CaseId(entity))
    if case.closed_at is None and case.due and case.due.at <= tx.now:
        action = KINDS[case.kind].step_by_goods(case, case.due.action)
        take(tx, SYSTEM, case, action, {})


def _reminder(clock: str) -> Callable[[Tx, str], None]:
    def remind(tx: Tx, entity: str) -> None:
        """Remind whoever must act where they read it."""
        case = held(tx, CaseId(entity))
        audience = Audience.PUBLIC if clock == NOTE else REACHED_BY.get(case.waiting_on)
        if case.closed_at is not None or audience is None:
            return
        tell(tx, SYSTEM, case, clock.removeprefix("case_"), case.state, {}, audience=audience)
        clocks.keep_going(tx, KINDS[case.kind], case, clock)

    return remind


def look(tx: Tx, entity: str) -> None:
    """Look whether a parcel has come that a case waits for."""
    case = held(tx, CaseId(entity))
    kind = KINDS[case.kind]
    if case.closed_at is None and (step := kind.follows(case, situation(tx, SYSTEM, case))):
        take(tx, SYSTEM, case, step, {})


def payer(db: Database, cashier: Cashier | None) -> Callable[[SubmitRefund], Awaitable[None]]:
    """Return how a refund is brought on its way: by the platform, if there is one."""

    async def pay(job: SubmitRefund) -> None:
        """Ask under the refund's own key, so that asking again after a crash pays nothing twice."""
        by_platform = cashier is not None
        refund = await db.write(paying.begin_paying, job.refund, by_platform=by_platform)
        if cashier is None or refund.state is not RefundState.SUBMITTED:
            return
        asked = await db.read(paying.payback_of, refund)
        payment = await cashier.pay_back(asked)
        await db.write(paying.note_payment, refund.key, payment)

    return pay


DEADLINES: Mapping[str, Callable[[Tx, str], None]] = {
    DUE: consequence,
    LOOK: look,
    **paying.DEADLINES,
    **{clock: _reminder(clock) for clock in (HALF, LATE, NUDGE, NOTE)},
}
