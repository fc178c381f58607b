"""What people do with cases. Each function is one transaction."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import UNSET

from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates, check_role
from shopbell.cases import choosing, promises, refund_storage, storage, traces
from shopbell.cases.acting import begin, guards, take
from shopbell.cases.commands import Act, CasePage, Form, OpenCase, Preview
from shopbell.cases.fields import Field
from shopbell.cases.judging import judge
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import Case, CaseEntry, CaseId, CaseStep, Effect, Kind, Step
from shopbell.cases.recording import entered, situation, taken_before
from shopbell.cases.refunding import shown
from shopbell.cases.refusals import (
    CaseMovedOn,
    CaseNeedsOrder,
    NoSuchCase,
    NoSuchKind,
    NotJudged,
    NotYoursToOpen,
    TermsUnseen,
)
from shopbell.cases.shown import Action, CaseListed, CaseShown, StepShown
from shopbell.cases.storage import Box
from shopbell.commerce import service as commerce
from shopbell.commerce.model import OrderId
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Begin
from shopbell.conversations.model import ConversationId, Stream, SubjectKind, Topic
from shopbell.conversations.posting import open_for_case, repeated
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side
from shopbell.kernel.ids import is_id
from shopbell.kernel.likeness import like
from shopbell.kernel.refusals import Malformed, Refusal
from shopbell.kernel.texts import Locale
from shopbell.knowledge.model import Verdict

PAGE_MOST = 100
RETURN, CALLED_OFF = "return", ("cancelled", "expired")
_OF_TOPIC = {"buyer_name", "shop_name", "subject"}


class CaseCursorMalformed(Malformed):
    """The place to go on from is not one we gave."""


def kind_named(name: str) -> Kind:
    """Return a kind of case, or refuse."""
    if name not in KINDS:
        raise NoSuchKind(kind=name[:32])
    return KINDS[name]


def form(tx: Tx, kind: str, shop: str = "") -> Form:
    """Return what it takes to open a case of a kind, in a shop or anywhere."""
    found = kind_named(kind)
    field = choosing.fields_of(tx, found, commerce.shop(tx, shop).id if shop else None)
    return Form(
        kind=found.name,
        needs_order=found.needs_order,
        asks=[field(name) for name in found.asks],
        takes=[field(name) for name in found.takes],
    )


def fields(tx: Tx, kind: Kind, case: Case | CaseShown) -> dict[str, Field]:
    """Return the fields of a case by name, with the choices and words that they have in it."""
    asked = choosing.fields_of(tx, kind, case.shop, case.policy)
    return {one.name: asked(one.name) for one in kind.fields}


def preview(tx: Tx, actor: Actor, asked: Preview) -> Verdict:
    """Say what the rules come to for things of an order, before anything is written."""
    order = commerce.order(tx, actor, asked.order)
    return judge(tx, order, asked.lines, asked.reason)


def verdict_on(tx: Tx, actor: Actor, case_id: CaseId) -> Verdict:
    """Return what the rules said of a case when it began, or refuse."""
    found = entered(tx, actor, case_id)
    if found.verdict is None:
        raise NotJudged
    return found.verdict


def open_case(tx: Tx, actor: Actor, command: OpenCase, locale: Locale = "en") -> CaseShown:
    """Open a case in the one conversation about its subject, however often it is asked for."""
    kind = kind_named(command.kind)
    if actor.side not in kind.opens:
        raise NotYoursToOpen(kind=kind.name)
    if kind.needs_order and command.subject.kind is not SubjectKind.ORDER:
        raise CaseNeedsOrder(kind=kind.name)
    talk, _new = conversations.begin(tx, actor, Begin(command.subject), locale)
    if again := repeated(tx, actor, Stream(talk.id), command.cmid, command):
        entry = msgspec.json.decode(again.data, type=CaseEntry)
        return case(tx, actor, entry.case)
    if actor.side is Side.SYSTEM:
        open_for_case(tx, talk.id)
    opened = begin(
        tx, actor, kind, talk, command.given, locale=locale, cmid=command.cmid, command=command
    )
    return case(tx, actor, opened.id)


def act(tx: Tx, actor: Actor, case_id: CaseId, command: Act) -> CaseShown:
    """Take one step once, however often the sender's line drops and they try again."""
    check_role(actor, Right.DECIDE)
    found = entered(tx, actor, case_id, hold=True)
    if not taken_before(tx, actor, found, command.cmid, command):
        with offering(tx, actor, found):
            _check_seen(actor, found, command)
            take(tx, actor, found, command.action, command.given, command.cmid, command)
    return case(tx, actor, case_id)


@contextmanager
def offering(tx: Tx, actor: Actor, found: Case) -> Iterator[None]:
    """Name with a refusal what ``actor`` may do instead."""
    try:
        yield
    except Refusal as refusal:
        refusal.allowed = [one.action for one in actions(tx, actor, found)]
        raise


def _check_seen(actor: Actor, found: Case, command: Act) -> None:
    """Refuse to act on what has changed since, or to agree to terms that may have."""
    if command.version is UNSET:
        theirs = KINDS[found.kind].flow.options(found.state, actor.side)
        if any(step.action == command.action and step.agrees for step in theirs):
            raise TermsUnseen
    elif command.version != found.version:
        raise CaseMovedOn(version=found.version)


def case(tx: Tx, actor: Actor, case_id: CaseId) -> CaseShown:
    """Return one case, whole, as ``actor`` sees it."""
    found = entered(tx, actor, case_id)
    kind = KINDS[found.kind]
    topic = conversations.topics(tx, [found.conversation])[found.conversation]
    return CaseShown(
        **_listed(found, topic),
        shipment=found.shipment,
        policy=found.policy,
        verdict=found.verdict,
        facts=kind.shown_to(actor.side, found.facts),
        parent=found.parent,
        children=storage.children(tx, found.id) if kind.has_led(found) else [],
        steps=_steps(tx, kind, actor, found),
        actions=actions(tx, actor, found),
        traces=traces.shown(tx, actor, found.id) if Effect.ASK_CARRIER in kind.effects else [],
        promises=promises.of_case(tx, found.id) if Effect.PROMISE in kind.effects else [],
        refunds=[shown(actor, one) for one in refund_storage.of_case(tx, found.id)],
    )


def cases(
    tx: Tx,
    actor: Actor,
    box: Box = "open",
    *,
    kinds: Iterable[str] = (),
    order: OrderId | None = None,
    talk: ConversationId | None = None,
    called: bool = False,
    after: str = "",
    limit: int = 50,
) -> CasePage:
    """List cases, a page at a time: the earliest consequence first."""
    if not all(is_id(one) for one in (order, talk) if one is not None):
        return CasePage([], None)
    most = max(1, min(limit, PAGE_MOST))
    place = _parse_cursor(after) if after else None
    found = storage.listed(
        tx, actor, box, most + 1, kinds=kinds, order=order, talk=talk, called=called, after=place
    )
    shown = listed(tx, found[:most])
    return CasePage(shown, _cursor(found[most - 1]) if len(found) > most else None)


def returned_orders(tx: Tx, actor: Actor, buyer: PersonId, shop: ShopId) -> int:
    """Count the orders of a buyer with one's shop of which something was to come back."""
    if not actor.works_for(shop):
        raise NoSuchCase
    return storage.orders_of_kind(tx, buyer, shop, RETURN, CALLED_OFF)


def count_of(tx: Tx, actor: Actor, buyer: PersonId) -> int:
    """Count the cases of a buyer with all shops; for the operator."""
    check_operates(actor)
    return storage.count_of(tx, buyer)


def listed(tx: Tx, found: Sequence[Case]) -> list[CaseListed]:
    """Return cases as they stand in a list, with what their conversations are about."""
    topics = conversations.topics(tx, (one.conversation for one in found))
    return [CaseListed(**_listed(one, topics[one.conversation])) for one in found]


def actions(tx: Tx, actor: Actor, found: Case) -> list[Action]:
    """List what ``actor`` may do now, with what each step asks for: the buttons on the screen."""
    if found.closed_at is not None:
        return []
    kind, around = KINDS[found.kind], situation(tx, actor, found)
    field = choosing.fields_of(tx, kind, found.shop, found.policy)
    return [
        action_of(field, step)
        for step in kind.flow.options(found.state, actor.side)
        if not any(_refuses(guard, found, around) for guard in guards(step))
    ]


def action_of(field: Callable[[str], Field], step: Step) -> Action:
    """Return a step as a button with its form."""
    asks, takes = ([field(name) for name in names] for names in (step.asks, step.takes))
    return Action(step.action, asks, takes)


def asked_of(kind: Kind, action: str, side: Side) -> Action | None:
    """Return what a side's step asks for in whatever state, as it may have been taken meanwhile."""
    steps = (one for one in kind.flow.moves if one.action == action and side in one.by)
    return next((action_of(kind.field, one) for one in steps), None)


def _refuses(guard: Any, found: Case, around: Any) -> bool:  # noqa: ANN401
    try:
        guard(found, around)
    except Refusal:
        return True
    return False


def _listed(found: Case, topic: Topic) -> dict[str, Any]:
    names = set(CaseListed.__struct_fields__)
    about = {name: getattr(topic, name) for name in names & _OF_TOPIC}
    return about | {name: getattr(found, name) for name in names - _OF_TOPIC}


def _steps(tx: Tx, kind: Kind, actor: Actor, found: Case) -> list[StepShown]:
    told = actor.side in {Side.OPERATOR, Side.SYSTEM}
    taken = storage.steps_of(tx, found.id)
    return [_step(kind, actor, s) for s in taken if told or (s.before, s.action) not in kind.quiet]


def _step(kind: Kind, actor: Actor, step: CaseStep) -> StepShown:
    return like(StepShown, step, given=kind.shown_to(actor.side, step.given))


def _cursor(found: Case) -> str:
    due = found.due
    return f"{round(due.at.timestamp() * 1_000_000) if due else ''}.{found.id}"


def _parse_cursor(cursor: str) -> tuple[datetime | None, str]:
    due, _, found = cursor.partition(".")
    if not re.fullmatch("[0-9]{0,17}", due) or not is_id(found):
        raise CaseCursorMalformed
    return (datetime.fromtimestamp(int(due) / 1_000_000, UTC) if due else None), found
