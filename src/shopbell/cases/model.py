"""What a case is, and what a kind of case is made of. No database, no web."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, NewType, Protocol

from msgspec import Struct
from msgspec.structs import replace

from shopbell.cases.fields import Answers, Field
from shopbell.cases.refusals import NotYet, TooOften
from shopbell.commerce.carriers import Carrier
from shopbell.commerce.model import Order, OrderId, Product, ProductId, Shipment, ShipmentId
from shopbell.conversations.model import Attachment, ConversationId
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side
from shopbell.kernel.events import Fact
from shopbell.kernel.flow import Flow, Move
from shopbell.kernel.texts import FALLBACK, Locale
from shopbell.knowledge.model import Clock, PolicyRef, Verdict

CaseId = NewType("CaseId", str)


class Party(StrEnum):
    """Who must act next."""

    BUYER = "buyer"
    SELLER = "seller"
    CARRIER = "carrier"
    OPERATOR = "operator"
    BOTH = "both"
    NOBODY = "nobody"

    @property
    def sides(self) -> frozenset[Side]:
        """Return who of those that use the program must act."""
        return _SIDES.get(self, frozenset())


_SIDES = {
    Party.BUYER: frozenset({Side.BUYER}),
    Party.SELLER: frozenset({Side.SELLER}),
    Party.OPERATOR: frozenset({Side.OPERATOR}),
    Party.BOTH: frozenset({Side.BUYER, Side.SELLER}),
}


class Goods(StrEnum):
    """Where the things are; kept apart from what was decided and from the money."""

    UNTOUCHED = "untouched"
    WITH_BUYER = "with_buyer"
    ON_WAY_BACK = "on_way_back"
    WITH_SHOP = "with_shop"
    ON_WAY_TO_BUYER = "on_way_to_buyer"
    LOST = "lost"


class MoneyState(StrEnum):
    """How far the money has come; Shopbell asks for it and follows it, and never moves it."""

    NONE = "none"
    REQUESTED = "requested"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    DONE = "done"
    FAILED = "failed"


class Effect(StrEnum):
    """What a step does beside moving the case; ``effects.py`` says how."""

    ESCALATE = "escalate"
    PROPOSE = "propose"
    AGREE = "agree"
    SIGN = "sign"
    REFUND = "refund"
    REFUND_PART = "refund_part"
    MAKE_UP = "make_up"
    AWARD = "award"
    RESERVE = "reserve"
    RELEASE = "release"
    SEND_BACK = "send_back"
    SEND_AGAIN = "send_again"
    SPEAK = "speak"
    DRAFT = "draft"
    PRONOUNCE = "pronounce"
    PROMISE = "promise"
    KEEP_PROMISE = "keep_promise"
    BREAK_PROMISE = "break_promise"
    ASK_CARRIER = "ask_carrier"
    NOTE_ANSWER = "note_answer"
    NOTE_SILENCE = "note_silence"
    GOODS_LOST = "goods_lost"
    GOODS_COME_BACK = "goods_come_back"
    RESHIP = "reship"


# ── the case ────────────────────────────────────────────────────────────────────────────────


class Due(Struct, frozen=True, rename={"since": "from"}):
    """At ``at`` the system does ``action`` unless somebody acts; ``why`` says why then.

    ``clock`` is the policy's name of the figure, or ours where no policy says how long it is.
    """

    at: datetime
    since: datetime
    action: str
    clock: str
    why: dict[Locale, str] = {}


class Case(Struct, frozen=True, kw_only=True):
    """One problem in a conversation. ``version`` grows with every step.

    ``facts`` are all details given so far, each in its field's type; ``taken`` counts each
    action; ``paused`` keeps the seconds left on the clock of a state that waits for another, and
    under the state's name with ``+`` those that have passed.
    ``policy`` are the rules it was opened under: later ones change nothing about it; ``verdict``
    is what they said.
    ``escalated_at`` is set while the operator has been called and the one who was to act has not.
    """

    id: CaseId
    number: int
    kind: str
    conversation: ConversationId
    buyer: PersonId
    shop: ShopId
    order: OrderId | None = None
    shipment: ShipmentId | None = None
    state: str
    goods: Goods = Goods.UNTOUCHED
    money: MoneyState = MoneyState.NONE
    waiting_on: Party
    facts: dict[str, Any] = {}
    verdict: Verdict | None = None
    taken: dict[str, int] = {}
    paused: dict[str, float] = {}
    policy: PolicyRef
    parent: CaseId | None = None
    opened_by: Side
    opened_at: datetime
    entered_at: datetime
    due: Due | None = None
    escalated_at: datetime | None = None
    closed_at: datetime | None = None
    version: int = 0

    def knowing(self, **facts: Any) -> "Case":  # noqa: ANN401 - facts of any shape
        """Return the case with more that is known of it."""
        return replace(self, facts={**self.facts, **facts})

    def forgetting(self, *names: str) -> "Case":
        """Return the case without what no longer holds of it."""
        return replace(self, facts={k: v for k, v in self.facts.items() if k not in names})

    def admits(self, actor: Actor) -> bool:
        """Tell whether ``actor`` may see it: THE rule for lists, pages, steps and dossiers."""
        match actor.side:
            case Side.BUYER:
                return actor.id == self.buyer
            case Side.SELLER:
                return actor.works_for(self.shop)
            case Side.OPERATOR | Side.SYSTEM:
                return True


class CaseStep(Struct, frozen=True, kw_only=True):
    """One step as it was taken; never edited. ``hash`` chains it to the one before.

    Of details whose writer had their account erased, ``erased`` keeps the marks (`chain.marks`).
    """

    seq: int
    action: str
    by: PersonId
    side: Side
    name: str
    before: str
    after: str
    at: datetime
    given: dict[str, Any]
    hash: bytes
    erased: dict[str, str] = {}


class TraceOutcome(StrEnum):
    """What became of a question to a carrier: its answer, or that none came in time."""

    MOVING = "moving"
    HELD = "held"
    RETURNED = "returned"
    LOST = "lost"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    SILENT = "silent"


class CarrierAnswer(Struct, frozen=True):
    """What a carrier answered; ``said`` are its words, ``signed_by`` who took the parcel."""

    outcome: TraceOutcome
    said: str = ""
    signed_by: str = ""
    carrier_ref: str = ""
    proof_url: str = ""


class View(Protocol):
    """Looks up what surrounds a case."""

    def order(self) -> Order | None: ...
    def others(self) -> list[Case]: ...
    def goods(self, order: Order) -> Mapping[ProductId, Product]: ...
    def carrier(self, parcel: Shipment) -> Carrier | None: ...
    def clock(self, name: str) -> Clock: ...
    def is_repaid(self) -> bool: ...
    def sizes(self, files: Iterable[str]) -> list[int]: ...


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What surrounds a case: all a rule may look at beside the case itself, read when it does.

    ``carrier`` is whoever carries the parcel of the case, as far as we know them; ``goods`` are
    the products of the order that are still sold. ``others`` are the cases about the same order,
    ``locale`` is the language of whoever opens a case, and
    ``alone_most`` how much of a currency one person alone may give back, in its smallest unit.
    """

    now: datetime
    actor: Actor
    view: View
    parcel: ShipmentId | None = None
    locale: Locale = FALLBACK
    alone_most: Callable[[str], int] = lambda _currency: 0

    @cached_property
    def order(self) -> Order | None:
        return self.view.order()

    @cached_property
    def shipment(self) -> Shipment | None:
        parcels = self.order.to_buyer if self.order else []
        return next((one for one in parcels if one.id == self.parcel), None)

    @cached_property
    def carrier(self) -> Carrier | None:
        return self.view.carrier(self.shipment) if self.shipment else None

    @cached_property
    def goods(self) -> Mapping[ProductId, Product]:
        return self.view.goods(self.order) if self.order else {}

    @cached_property
    def others(self) -> list[Case]:
        return self.view.others()

    @cached_property
    def is_repaid(self) -> bool:
        """Tell whether the buyer has the money that the case decided on."""
        return self.view.is_repaid()

    def clock(self, name: str) -> Clock:
        """Return one of the policy's clocks."""
        return self.view.clock(name)


def at_most(action: str, times: int) -> "Guard":
    """Let a step be taken so many times in one case."""

    def guard(case: Case, _around: Situation) -> None:
        if case.taken.get(action, 0) >= times:
            raise TooOften(most=times)

    return guard


def once_called(case: Case, around: Situation) -> None:
    """Let others act where a shop or carrier should have, once the operator was called for it."""
    if around.actor.side is not Side.SELLER and case.escalated_at is None:
        raise NotYet(when=case.due.at.isoformat(timespec="minutes") if case.due else "")


def other_offers(case: Case, side: Side) -> dict[str, Any]:
    """Return what the other side proposes at present, if anything."""
    other = Side.SELLER if side is Side.BUYER else Side.BUYER
    found: dict[str, Any] = case.facts.get("offers", {}).get(other, {})
    return found


# ── a kind of case ──────────────────────────────────────────────────────────────────────────

Guard = Callable[[Case, Situation], None]
"""Refuses a step that may not be taken as things stand; also decides whether it is offered."""

Check = Callable[[Case, Answers, Situation], None]
"""Refuses a step for what was given with it."""


@dataclass(frozen=True)
class Step(Move):
    """A move of a case, what stands in its way, and what it does beside moving it.

    The first of ``does`` happens first. ``opens`` is the kind of a child that begins with it, its
    form filled from what is known here. ``tells`` names the step that the parent takes with it,
    as ``decide_{outcome}`` by a choice that was made; it, too, is given what is known here.
    A ``quiet`` step is the operator's and the system's own: kept with the case, but neither told
    in the thread nor shown to buyer and shop, and what was given with it does not become a fact.
    Who ``agrees`` by it is bound to what somebody else wrote, and says which ``version`` they read.
    ``knows`` are details that nobody gives, because they follow from what surrounds the case.
    """

    when: tuple[Guard, ...] = ()
    checks: tuple[Check, ...] = ()
    does: tuple[Effect, ...] = ()
    opens: str | None = None
    tells: str | None = None
    quiet: bool = False
    agrees: bool = False
    knows: Callable[[Case, Situation], Answers] = field(default=lambda _case, _now: {})


def escalates(state: str) -> Step:
    """Return the step that calls the operator where nobody acts; whoever was to act still may."""
    return Step(state, "escalate", state, by=(Side.SYSTEM,), does=(Effect.ESCALATE,))


@dataclass(frozen=True)
class Timer:
    """``then`` happens ``after``: a span, or the name of one of the policy's clocks.

    Where the policy says that something else follows, ``instead`` names the step for it.

    It counts from when its state began, or from when the case first came into ``since``.
    """

    after: timedelta | str
    then: str
    since: str | None = None
    instead: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def by_policy(self) -> bool:
        """Tell whether the policy says how long it is."""
        return isinstance(self.after, str) and self.after not in {END_OF_ETA, END_OF_TRACE}

    @property
    def clock(self) -> str:
        """Return the name under which its date is explained."""
        return self.after if isinstance(self.after, str) else self.then


@dataclass(frozen=True)
class Wait:
    """Whom a state waits for, and what happens when they do nothing.

    ``due`` has a consequence and is warned of at half and nine tenths of its time. ``nudge``
    reminds whoever must act; ``note`` tells the buyer, again and again, that it is still being
    waited for; each is a span, or the name of one of the policy's clocks. ``child`` is the kind of
    case that brings the end of the waiting. ``pauses`` is the state whose clock stands still
    meanwhile.
    """

    on: Party
    due: Timer | None = None
    nudge: timedelta | str | None = None
    note: timedelta | str | None = None
    child: str | None = None
    pauses: str | None = None


END_OF_ETA = "eta_end"
"""The clock of a promise: the end of the last day given, where the parcel goes to."""

END_OF_TRACE = "trace_end"
"""The clock of a question to a carrier: the end of the day by which it should be answered."""


@dataclass(frozen=True)
class Kind:
    """One kind of case, whole: its table, its forms, its clocks.

    ``asks`` and ``takes`` are what it takes to open one, ``opens`` who may, and ``checks`` refuse
    one for what was given. ``begins`` looks at the facts and names the system's first step,
    ``follows`` the one that follows a step by itself, if any.
    Only ``one_at_a_time`` runs in a conversation, or about a parcel if it is ``about_parcel``.
    What the policy says of its lines is kept with it, if it is ``judged``. Only where
    ``money_by_hand`` is it asked for by hand. ``elsewhere`` names the step that the system takes
    in place of another while the goods are somewhere else.
    """

    name: str
    flow: Flow[Step]
    waits: Mapping[str, Wait]
    fields: tuple[Field, ...] = ()
    asks: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    opens: tuple[Side, ...] = (Side.BUYER,)
    needs_order: bool = True
    judged: bool = False
    one_at_a_time: bool = True
    about_parcel: bool = False
    money_by_hand: bool = True
    checks: tuple[Check, ...] = ()
    begins: Callable[[Case, Situation], str | None] = field(default=lambda _case, _now: None)
    follows: Callable[[Case, Situation], str | None] = field(default=lambda _case, _now: None)
    goods: Mapping[str, Goods] = field(default_factory=dict[str, Goods])
    elsewhere: Mapping[str, Mapping[Goods, str]] = field(
        default_factory=dict[str, Mapping[Goods, str]]
    )

    def __post_init__(self) -> None:
        flow = self.flow
        if astray := self.waits.keys() ^ (flow.states - set(flow.ends)):
            raise ValueError(f"{self.name}: open states and waits differ: {sorted(astray)}")
        for state, wait in self.waits.items():
            if wait.due is None and wait.child is None:
                raise ValueError(f"{self.name}: {state} may wait for ever")
            for then in (wait.due.then, *wait.due.instead.values()) if wait.due else ():
                flow.step(state, then, Side.SYSTEM)
        rows = [(move.state, move.action) for move in flow.moves]
        if len(set(rows)) < len(rows):
            raise ValueError(f"{self.name}: two moves for one action in one state")
        by_system = {move.action for move in flow.moves if Side.SYSTEM in move.by}
        instead = {action for there in self.elsewhere.values() for action in there.values()}
        if strange := (instead | self.elsewhere.keys()) - by_system:
            raise ValueError(f"{self.name}: no steps of the system: {sorted(strange)}")
        named = {*self.asks, *self.takes}.union(*((*m.asks, *m.takes) for m in flow.moves))
        if unknown := named - self._fields.keys():
            raise ValueError(f"{self.name}: asks for unknown fields {sorted(unknown)}")

    @cached_property
    def _fields(self) -> Mapping[str, Field]:
        return {one.name: one for one in self.fields}

    @cached_property
    def quiet(self) -> frozenset[tuple[str, str]]:
        """Return the steps, by state and action, that buyer and shop are not shown."""
        return frozenset((step.state, step.action) for step in self.flow.moves if step.quiet)

    @cached_property
    def effects(self) -> frozenset[Effect]:
        """Return all that its steps do beside moving the case."""
        return frozenset(effect for step in self.flow.moves for effect in step.does)

    def field(self, name: str) -> Field:
        """Return one of its fields by name."""
        return self._fields[name]

    def shows(self, name: str, side: Side) -> bool:
        """Tell whether a side may read one of the facts: what is no field is kept for the work."""
        found = self._fields.get(name)
        return found.shown_to(side) if found else side in {Side.OPERATOR, Side.SYSTEM}

    def shown_to(self, side: Side, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return those of the facts that a side may read."""
        return {name: fact for name, fact in facts.items() if self.shows(name, side)}

    def has_led(self, case: Case) -> bool:
        """Tell whether a case has opened others."""
        return any(step.opens and step.action in case.taken for step in self.flow.moves)

    def may_take(self, case: Case, action: str) -> bool:
        """Tell whether an open case can take a step of the system's, as far as the table goes."""
        options = self.flow.options(case.state, Side.SYSTEM)
        return case.closed_at is None and any(step.action == action for step in options)

    def step_by_goods(self, case: Case, action: str) -> str:
        """Return the step that the system takes for ``action``, as the goods are."""
        instead = self.elsewhere.get(action, {}).get(case.goods, action)
        return instead if self.may_take(case, instead) else action

    def ended(self, state: str) -> bool:
        """Tell whether a case in ``state`` is over."""
        return state in self.flow.ends


# ── what is told of it ──────────────────────────────────────────────────────────────────────


class CaseEntry(Struct, frozen=True, kw_only=True):
    """The data of a ``case`` entry in a thread: which case, what was done, and what follows.

    ``files`` are those that ``given`` names, as a message shows them.
    """

    case: CaseId
    number: int
    kind: str
    action: str
    before: str
    after: str
    waiting_on: Party
    due: Due | None
    given: dict[str, Any]
    files: list[Attachment] = []


# ── facts ───────────────────────────────────────────────────────────────────────────────────


class CaseMoved(Fact, frozen=True, tag="case_moved"):
    """A case took a step. Its row is the step itself, so the journal leaves it out."""

    journaled: ClassVar[bool] = False
    case: Case
    action: str
    before: str
    by: PersonId
