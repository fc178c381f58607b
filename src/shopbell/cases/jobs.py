"""What happens in a case when nobody does anything: its deadlines."""

from collections.abc import Callable, Mapping

from shopbell.cases import clocks
from shopbell.cases.acting import take
from shopbell.cases.clocks import DUE, HALF, LATE, NOTE, NUDGE
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import CaseId, Party
from shopbell.cases.recording import held, tell
from shopbell.conversations.model import Audience
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM


def consequence(tx: Tx, entity: str) -> None:
    """Let happen what was said would happen."""
    case = held(tx, CaseId(entity))
    if case.closed_at is None and case.due and case.due.at <= tx.now:
        take(tx, SYSTEM, case, case.due.action, {})


def _reminder(clock: str) -> Callable[[Tx, str], None]:
    def remind(tx: Tx, entity: str) -> None:
        """Remind whoever must act: a shop in its notes, a buyer in the thread."""
        case = held(tx, CaseId(entity))
        if case.closed_at is not None or case.waiting_on is Party.NOBODY:
            return
        to_buyer = clock == NOTE or case.waiting_on is Party.BUYER
        audience = Audience.PUBLIC if to_buyer else Audience.NOTES
        tell(tx, SYSTEM, case, clock.removeprefix("case_"), case.state, {}, audience=audience)
        clocks.keep_going(tx, KINDS[case.kind], case, clock)

    return remind


DEADLINES: Mapping[str, Callable[[Tx, str], None]] = {
    DUE: consequence,
    **{clock: _reminder(clock) for clock in (HALF, LATE, NUDGE, NOTE)},
}
