"""What is kept and told of a step, and what surrounds a case; nothing here moves one."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from shopbell.cases import chain, refund_storage, storage
from shopbell.cases.evidence import shown_files
from shopbell.cases.fields import Answers
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import Case, CaseEntry, CaseId, CaseStep, Party, Situation
from shopbell.cases.refunds import is_repaid
from shopbell.cases.refusals import NoSuchCase
from shopbell.commerce import roster
from shopbell.commerce import service as commerce
from shopbell.commerce.carriers import Carrier, find
from shopbell.commerce.model import Order, Product, ProductId, Shipment
from shopbell.conversations import service as conversations
from shopbell.conversations.entries import fingerprint
from shopbell.conversations.model import CASE, Audience, OpenCases, Stream
from shopbell.conversations.posting import (
    call_operator,
    count_cases,
    own_files,
    post_case,
    repeated,
)
from shopbell.conversations.refusals import IdempotencyConflict
from shopbell.conversations.turns import Turn
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Side
from shopbell.kernel.ids import is_id
from shopbell.kernel.texts import FALLBACK, Locale
from shopbell.knowledge import service as knowledge
from shopbell.knowledge.model import Clock


def add_step(  # noqa: PLR0917
    tx: Tx,
    actor: Actor,
    case: Case,
    action: str,
    before: str,
    read: Answers,
    cmid: str | None = None,
    command: msgspec.Struct | None = None,
    *,
    earlier: bytes | None = None,
) -> None:
    """Keep a step; its hash covers the ``earlier`` one, so that none can be changed unseen."""
    kept: dict[str, Any] = msgspec.to_builtins(read)
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
        hash=b"",
    )
    before_it = earlier or chain.first(case.id)
    linked = chain.hang(before_it, case.id, step, chain.digest(chain.marks(kept)))
    kept_step = msgspec.structs.replace(step, hash=linked)
    storage.add_step(tx, case.id, kept_step, cmid, fingerprint(CASE, command) if command else None)


def taken_before(tx: Tx, actor: Actor, case: Case, cmid: str, command: msgspec.Struct) -> bool:
    """Tell whether this very ``command`` took a step; refuse another under its name.

    A quiet step has no entry in the thread, and an entry's name is no step's: both are asked.
    """
    sent = storage.sent_step(tx, case.id, actor.id, cmid)
    if sent is not None and sent != fingerprint(CASE, command):
        raise IdempotencyConflict
    return bool(sent or repeated(tx, actor, Stream(case.conversation), cmid, command))


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
    shown = kind.shown_to(Side.BUYER, read)
    files = shown_files(kind, read)
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
        files=own_files(tx, actor, case.conversation, files),
    )
    post_case(
        tx,
        actor,
        Stream(case.conversation, audience),
        entry,
        cmid,
        command,
        asks=case.waiting_on is Party.SELLER,
        files=files,
    )


def held(tx: Tx, case: CaseId) -> Case:
    """Return a case that nobody else changes meanwhile; its conversation is always held first."""
    conversations.entered(tx, SYSTEM, Stream(storage.talk_of(tx, case)), hold=True)
    return storage.get(tx, case, hold=True)


def entered(tx: Tx, actor: Actor, case: CaseId, *, hold: bool = False) -> Case:
    """Return a case, if ``actor`` may see it; else refuse."""
    if not is_id(case):
        raise NoSuchCase
    found = held(tx, case) if hold else storage.get(tx, case)
    if not found.admits(actor):
        raise NoSuchCase
    return found


def call(tx: Tx, case: Case) -> Case:
    """Call the operator to a held case, and keep that they were until somebody has acted."""
    called = msgspec.structs.replace(case, escalated_at=case.escalated_at or tx.now)
    storage.change(tx, called)
    count(tx, called)
    call_operator(tx, case.conversation)
    return called


def count(tx: Tx, case: Case) -> None:
    """Let the conversation know what its open cases wait for; it is told of a step after that."""
    standing = storage.unfinished_in(tx, case.conversation)
    waited_for = {turn for one in standing for turn in _TURNS.get(one.waiting_on, ())}
    ours = [one for one in standing if Turn.SELLER in _TURNS.get(one.waiting_on, ())]
    due = min((one.due for one in ours if one.due), key=lambda due: due.at, default=None)
    count_cases(
        tx,
        case.conversation,
        OpenCases(
            open_cases=len(standing),
            seller_cases=len(ours),
            awaits=next((turn for turn in _FIRST if turn in waited_for), None),
            case_due_at=due.at if due else None,
            case_due_since=due.since if due else None,
        ),
        called=Turn.OPERATOR in waited_for or any(one.escalated_at for one in standing),
    )


_FIRST = (Turn.SELLER, Turn.BUYER, Turn.CARRIER, Turn.OPERATOR)
"""Who has the ball if several are waited for: whoever works here comes before who does not."""

_TURNS: Mapping[Party, tuple[Turn, ...]] = {
    Party.SELLER: (Turn.SELLER,),
    Party.BUYER: (Turn.BUYER,),
    Party.BOTH: (Turn.SELLER, Turn.BUYER),
    Party.CARRIER: (Turn.CARRIER,),
    Party.OPERATOR: (Turn.OPERATOR,),
}


def situation(tx: Tx, actor: Actor, case: Case, locale: Locale = FALLBACK) -> Situation:
    """Return what surrounds a case; each part of it is read when a rule looks at it."""
    return Situation(
        now=tx.now,
        actor=actor,
        view=_Seen(tx, actor, case),
        parcel=case.shipment,
        locale=locale,
        alone_most=tx.settings.alone_most,
    )


class _Seen(NamedTuple):
    """What surrounds a case, as it is in a transaction."""

    tx: Tx
    actor: Actor
    case: Case

    def order(self) -> Order | None:
        return commerce.order(self.tx, SYSTEM, self.case.order) if self.case.order else None

    def others(self) -> list[Case]:
        return storage.about(self.tx, self.case.order) if self.case.order else []

    def goods(self, order: Order) -> Mapping[ProductId, Product]:
        return commerce.goods(self.tx, order)

    def carrier(self, parcel: Shipment) -> Carrier | None:
        return find(roster.every(self.tx), parcel.carrier)

    def clock(self, name: str) -> Clock:
        return knowledge.clock(self.tx, self.case.shop, name, self.case.policy)

    def is_repaid(self) -> bool:
        return is_repaid(refund_storage.of_case(self.tx, self.case.id))

    def sizes(self, files: Iterable[str]) -> list[int]:
        """Return the bytes of files that the actor has given."""
        named = list(files)
        return [one.size for one in own_files(self.tx, self.actor, self.case.conversation, named)]
