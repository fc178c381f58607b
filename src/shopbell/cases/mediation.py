"""What the operator sees of cases: those that wait for them, and one with both of its sides."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from shopbell.accounts import operating
from shopbell.accounts import service as accounts
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates
from shopbell.cases import promises, refund_storage, refunding, service, storage, traces
from shopbell.cases.acting import OPENED, weigh
from shopbell.cases.evidence import files_named
from shopbell.cases.fields import Answers
from shopbell.cases.kinds import KINDS
from shopbell.cases.kinds.dispute import DISPUTE
from shopbell.cases.model import Case, CaseId, CaseStep, Party
from shopbell.cases.recording import entered
from shopbell.cases.refunds import Refund
from shopbell.cases.shown import Action, CaseListed, CaseShown, PromiseShown, TraceShown
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Order, Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append, Page
from shopbell.conversations.model import Audience, Stream
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Side
from shopbell.kernel.texts import Locale
from shopbell.knowledge import service as knowledge
from shopbell.knowledge.model import Profile, Verdict

QUEUE_MOST = 50
A_DAY = timedelta(days=1)
_SIDES = (Side.BUYER, Side.SELLER)


class Waiting(Struct, frozen=True):
    """A case that waits for the operator: how many of its days are used, of how many."""

    case: CaseListed
    used: float
    allowed: float | None

    @property
    def share(self) -> float:
        """Return how much of its time is used; one that was escalated has used all of it."""
        if self.case.escalated_at:
            return 1.0
        return self.used / self.allowed if self.allowed else 0.0


class Queue(Struct, frozen=True):
    """A page of what waits; ``next`` leads on.

    With the first page come the disputes that are still ``between`` the two sides.
    """

    rows: list[Waiting]
    next: str | None
    between: list[Waiting] = []


class Heard(Struct, frozen=True):
    """One step as the operator reads it, with the case it belongs to and its hash."""

    of: Case
    step: CaseStep

    @property
    def is_news(self) -> bool:
        """Tell whether something was said; how a child opens was said in its parent."""
        return bool(self.step.given) and not (self.of.parent and self.step.action == OPENED)

    def files(self, name: str) -> list[str]:
        """Return the files that one of its answers names."""
        return [*files_named(KINDS[self.of.kind], {name: self.step.given[name]})]


class Owed(Struct, frozen=True):
    """One part of the money, and what the reader may do about it."""

    refund: Refund
    actions: list[str]


class Reading(Struct, frozen=True):
    """In which language each side reads."""

    buyer: Locale
    seller: Locale


class Hearing(Struct, frozen=True, kw_only=True):
    """A case with all that both sides have said and shown of it, and its rules as it kept them.

    ``traces`` come with the kind of case that asked; ``pays`` is the case, of these two, for which
    more money may be asked for by hand.
    """

    case: CaseShown
    parent: Case | None
    policy: Profile
    buyer: str
    shop: Shop
    reading: Reading
    order: Order | None
    verdict: Verdict | None
    heard: list[Heard]
    traces: list[tuple[str, TraceShown]]
    promises: list[PromiseShown]
    refunds: list[Owed]
    pays: CaseId | None
    files: dict[str, str]
    thread: Page
    now: datetime

    def said_by(self, side: Side) -> list[Heard]:
        """Return what one side brought forward, oldest first, and each thing once."""
        return [one for one in self.heard if one.step.side is side and one.is_news]


def queue(tx: Tx, actor: Actor, after: str = "") -> Queue:
    """List what waits for the operator, the earliest consequence first."""
    check_operates(actor)
    page = service.cases(tx, actor, "open", called=True, after=after, limit=QUEUE_MOST)
    rows = [_waiting(one, tx.now) for one in page.items if not _is_led(one)]
    return Queue(rows, page.next, [] if after else _between(tx, actor))


def _between(tx: Tx, actor: Actor) -> list[Waiting]:
    """List the disputes in which both sides still show evidence, negotiate, or may appeal."""
    found = service.cases(tx, actor, "open", kinds=[DISPUTE.name], limit=QUEUE_MOST).items
    return [
        _waiting(one, tx.now)
        for one in found
        if one.waiting_on is not Party.OPERATOR and one.escalated_at is None
    ]


def _is_led(case: CaseListed) -> bool:
    """Tell whether a case only waits for another one that stands in the queue itself."""
    wait = KINDS[case.kind].waits.get(case.state)
    return bool(wait and wait.child) and case.escalated_at is None


def _waiting(case: CaseListed, now: datetime) -> Waiting:
    used = now - case.entered_at
    allowed = case.due.at - case.due.since if case.due else None
    return Waiting(case, used / A_DAY, allowed / A_DAY if allowed else None)


def hearing(tx: Tx, actor: Actor, case_id: CaseId) -> Hearing:
    """Return a case with both of its sides."""
    check_operates(actor)
    case = entered(tx, actor, case_id)
    parent = storage.get(tx, case.parent) if case.parent else None
    family = [one for one in (parent, case) if one]
    buyer, shop = accounts.person(tx, case.buyer), commerce.shop(tx, case.shop)
    heard = sorted(_heard(tx, family), key=lambda one: (one.step.at, one.of.number, one.step.seq))
    return Hearing(
        case=service.case(tx, actor, case.id),
        parent=parent,
        buyer=buyer.name,
        shop=shop,
        policy=knowledge.policy(tx, case.policy.profile, case.policy.version).body,
        reading=Reading(buyer.locale, shop.languages[0] if shop.languages else buyer.locale),
        order=commerce.order(tx, SYSTEM, case.order) if case.order else None,
        verdict=case.verdict or (parent.verdict if parent else None),
        heard=heard,
        traces=[(each.kind, one) for each in family for one in traces.shown(tx, actor, each.id)],
        promises=[one for each in family for one in promises.of_case(tx, each.id)],
        refunds=[
            Owed(one, refunding.actions(actor, one))
            for each in family
            for one in refund_storage.of_case(tx, each.id)
        ],
        pays=next((one.id for one in family if one.order and KINDS[one.kind].money_by_hand), None),
        files=dict(_files(tx, actor, heard)),
        thread=conversations.page(tx, actor, Stream(case.conversation), before=1 << 60),
        now=tx.now,
    )


def _heard(tx: Tx, family: list[Case]) -> Iterator[Heard]:
    for case in family:
        yield from (Heard(case, step) for step in storage.steps_of(tx, case.id))


def _files(tx: Tx, actor: Actor, heard: list[Heard]) -> Iterator[tuple[str, str]]:
    for one in heard:
        for file in files_named(KINDS[one.of.kind], one.step.given):
            yield file, conversations.file(tx, actor, file)[1]


def read_notes(tx: Tx, actor: Actor, case_id: CaseId) -> Page:
    """Return the shop's private notes, and write down who read them and of which case."""
    check_operates(actor, Right.DECIDE)
    case = entered(tx, actor, case_id)
    operating.note_notes_read(tx, actor, case.id)
    talk = conversations.entered(tx, SYSTEM, Stream(case.conversation))
    return conversations.page(tx, SYSTEM, Stream(talk.id, Audience.NOTES), of=talk)


def write(tx: Tx, actor: Actor, case_id: CaseId, cmid: str, words: str) -> None:
    """Write to both sides in the thread of a case, once."""
    check_operates(actor, Right.DECIDE)
    case = entered(tx, actor, case_id)
    message = Append(cmid, "message", {"text": words})
    conversations.append(tx, actor, Stream(case.conversation), message)


def foresee(
    tx: Tx, actor: Actor, case_id: CaseId, action: str, given: Answers
) -> dict[Side, Answers]:
    """Return what each side would read of a step, or refuse as taking it would; nothing is done."""
    check_operates(actor)
    case = entered(tx, actor, case_id)
    kind = KINDS[case.kind]
    with service.offering(tx, actor, case):
        told: Answers = msgspec.to_builtins(weigh(tx, actor, case, action, given)[1])
    return {side: kind.shown_to(side, told) for side in _SIDES}


def asked_for(case: CaseListed, action: str) -> Action:
    """Return what a step of the operator's asks for, also if it was taken meanwhile."""
    found = service.asked_of(KINDS[case.kind], action, Side.OPERATOR)
    if found is None:
        raise KINDS[case.kind].flow.no_move(case.state, action, Side.OPERATOR)
    return found
