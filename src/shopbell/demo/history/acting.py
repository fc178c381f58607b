"""How drawn people act: each turn and deed by its service, once, however often it is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import msgspec

from shopbell.cases import service as cases
from shopbell.cases.commands import Act, OpenCase, Preview
from shopbell.cases.fields import TakenLine
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Eta, Order
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append, Begin, MessageData, NoteData
from shopbell.conversations.model import (
    Audience,
    ConversationId,
    MarkKind,
    Stream,
    Subject,
    SubjectKind,
)
from shopbell.demo.history import chance
from shopbell.demo.history.lives import Life
from shopbell.demo.history.returns import Deed
from shopbell.demo.history.talks import Does, Talk, Turn
from shopbell.demo.history.town import Town
from shopbell.desk import service as desk
from shopbell.desk import tagging
from shopbell.desk.commands import Assign
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Side
from shopbell.kernel.refusals import Refusal

RETURN, INQUIRY = "return", "logistics_inquiry"
_DAY = timedelta(days=1)
_KEPT_WORD = 0.75
_LATER_DAYS = (3, 9)


@dataclass
class Course:
    """One conversation from one turn to the next."""

    town: Town
    life: Life
    talk: Talk
    begun: ConversationId | None = None


def take_turn(tx: Tx, course: Course, turn: Turn, n: int) -> None:
    """Say or do what is somebody's turn in a conversation; what has become impossible is left."""
    buyer = course.town.meet(tx, course.life.buyer)
    actor = course.life.counter.team[turn.by] if turn.side is Side.SELLER else buyer
    talk = course.begun = course.begun or _begin(tx, course, buyer)
    if turn.does is Does.SAYS:
        _read(tx, actor, talk)
    _if_it_can(tx, _deed(tx, course, turn, actor, _cmid(course, n)))


def _cmid(course: Course, n: int) -> str:
    return _name("talk", course.town.seed, course.life.n, course.talk.name, n)


def _deed(tx: Tx, course: Course, turn: Turn, actor: Actor, cmid: str) -> Callable[[], object]:
    talk = course.begun or ConversationId("")
    match turn.does:
        case Does.TAKES:
            return partial(desk.assign, tx, actor, talk, Assign(actor.id))
        case Does.TAGS:
            tag = course.life.counter.tags[int(turn.text)]
            return partial(tagging.tag, tx, actor, talk, tag.id)
        case Does.NOTES:
            command = Append(cmid, turn.does, msgspec.to_builtins(NoteData(turn.text)))
            return partial(conversations.append, tx, actor, _notes(talk), command)
        case Does.SAYS:
            said = MessageData(turn.text, channel=course.talk.channel)
            command = Append(cmid, turn.does, msgspec.to_builtins(said))
        case Does.RESOLVES:
            command = Append(cmid, turn.does, {})
    return partial(conversations.append, tx, actor, Stream(talk), command)


def _notes(talk: ConversationId) -> Stream:
    return Stream(talk, Audience.NOTES)


def open_case(tx: Tx, town: Town, life: Life, deed: Deed, n: int) -> None:
    """Ask for a return, if the rules let it."""
    buyer, order = town.meet(tx, life.buyer), _order(tx, life)
    if not _may_return(tx, buyer, order, deed):
        return
    lines = [{"line": order.lines[0].id, "quantity": order.lines[0].quantity}]
    about = Subject(SubjectKind.ORDER, order.id)
    asked = OpenCase(_named(town, life, n), RETURN, about, {**deed.given, "lines": lines})
    cases.open_case(tx, buyer, asked, life.buyer.locale)


def _may_return(tx: Tx, buyer: Actor, order: Order, deed: Deed) -> bool:
    """Look first, as the form does: it offers nothing that the rules would refuse."""
    line = TakenLine(order.lines[0].id, order.lines[0].quantity)
    verdict = cases.preview(tx, buyer, Preview(order.id, [line], deed.given["reason"]))
    fits = verdict.condition == deed.given["condition"] and not verdict.evidence.documents
    return verdict.allowed and fits


def hear_calls(tx: Tx, operator: Actor) -> None:
    """Have the operator look after conversations they were called to, the longest wait first."""
    for listed in conversations.called_for(tx, operator):
        if listed.open_cases or (listed.last and tx.now - listed.last.at < _DAY):
            continue
        command = Append(_name("operator", listed.id, listed.head), "resolve", {})
        _if_it_can(tx, partial(conversations.append, tx, operator, Stream(listed.id), command))


def deal(tx: Tx, town: Town, life: Life, deed: Deed, n: int) -> None:
    """Take a step in the return of an order, if it is offered."""
    actor = town.meet(tx, life.buyer) if deed.side is Side.BUYER else life.counter.team[0]
    _step(tx, life, actor, RETURN, Act(_named(town, life, n), deed.does, dict(deed.given)))


def promise(tx: Tx, town: Town, life: Life) -> None:
    """Give whoever waits for a late parcel another day, as most shops do when they are asked."""
    drawn = chance.of(town.seed, "promise", life.n)
    if life.journey is None or drawn.random() >= _KEPT_WORD:
        return
    days = [tx.now.date() + timedelta(days=n) for n in _LATER_DAYS]
    eta = Eta(days[0], days[1], life.journey.eta.zone)
    reason = drawn.choice(("carrier_delay", "customs", "sorting", "weather"))
    given = {"eta": msgspec.to_builtins(eta), "eta_reason": reason}
    act = Act(_name("promise", town.seed, life.n), "give_eta", given)
    _step(tx, life, drawn.choice(life.counter.team), INQUIRY, act)


def _step(tx: Tx, life: Life, actor: Actor, kind: str, act: Act) -> None:
    order = _order(tx, life)
    for one in cases.cases(tx, SYSTEM, "open", kinds=[kind], order=order.id).items:
        found = cases.case(tx, actor, one.id)
        _read(tx, actor, found.conversation)
        if any(offered.action == act.action for offered in found.actions):
            _if_it_can(tx, partial(cases.act, tx, actor, found.id, act))
            return


def look_in(tx: Tx, town: Town, life: Life) -> None:
    """Have a buyer read what was said about a parcel that gave trouble."""
    buyer, order = town.meet(tx, life.buyer), _order(tx, life)
    if talk := conversations.about(tx, buyer, Subject(SubjectKind.ORDER, order.id)):
        _read(tx, buyer, talk.id)


def _begin(tx: Tx, course: Course, buyer: Actor) -> ConversationId:
    subject = _subject(tx, course)
    return conversations.begin(tx, buyer, Begin(subject), course.life.buyer.locale)[0].id


def _subject(tx: Tx, course: Course) -> Subject:
    if course.talk.about is SubjectKind.PRODUCT:
        return Subject(SubjectKind.PRODUCT, course.life.product.id)
    return Subject(SubjectKind.ORDER, _order(tx, course.life).id)


def _order(tx: Tx, life: Life) -> Order:
    return commerce.order(tx, SYSTEM, life.number)


def _read(tx: Tx, actor: Actor, talk: ConversationId) -> None:
    head = conversations.conversation(tx, actor, talk).head
    conversations.mark(tx, actor, Stream(talk), MarkKind.READ, head)


def _if_it_can(tx: Tx, act: Callable[[], Any]) -> None:
    """Act, unless it is refused before anything was written; later it would have to be undone."""
    before = tx.changed, len(tx.announced)
    try:
        act()
    except Refusal:
        if before != (tx.changed, len(tx.announced)):
            raise


def _named(town: Town, life: Life, n: int) -> str:
    return _name("return", town.seed, life.n, n)


def _name(*parts: object) -> str:
    """Return the name under which something is done once: the same in a later run."""
    return uuid5(NAMESPACE_OID, "/".join(map(str, parts))).hex
