"""Cases under test: opening them, acting in them, and walking one at random to its end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from msgspec import UNSET

from shopbell.cases import service
from shopbell.cases.commands import Act, OpenCase
from shopbell.cases.fields import MEDIA, Field, FieldKind
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import CaseId
from shopbell.cases.recording import entered
from shopbell.cases.shown import Action, CaseShown
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Order
from shopbell.conversations import service as conversations
from shopbell.conversations.model import ConversationId, Subject, SubjectKind
from shopbell.engine.blobs import Blob
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Invalid, Refusal
from tests.support.house import House, Person

PICTURE = Blob("0" * 64, "image/png", 100, 8, 6)
AGREEING = frozenset({"accept", "countersign"})
"""Steps that bind to what somebody else wrote: who takes them has read it."""

GIVING_UP = frozenset({"cancel", "withdraw"})
"""Steps that end a case without bringing it on."""

VIDEO = Blob("1" * 64, "video/mp4", 100)


def opens(
    person: Person, kind: str, about: Any, cmid: str | None = None, **given: Any
) -> CaseShown:
    """Open a case about a product or an order."""
    subject = Subject(SubjectKind(type(about).__name__.lower()), about.id)
    command = OpenCase(cmid or new_id(), kind, subject, given)
    return person.house.db.write_now(service.open_case, person.actor, command)


def acts(
    person: Person, case: CaseId, action: str, cmid: str | None = None, **given: Any
) -> CaseShown:
    """Take a step; the same ``cmid`` again is the same step again."""
    seen = sees(person, case).version if action in AGREEING else UNSET
    command = Act(cmid or new_id(), action, given, seen)
    return person.house.db.write_now(service.act, person.actor, case, command)


def sees(person: Person, case: CaseId) -> CaseShown:
    """Look at a case."""
    return person.house.db.read_now(service.case, person.actor, case)


def photo(person: Person, talk: ConversationId, file: Blob = PICTURE) -> str:
    """Upload a picture into a conversation, to be named in an answer."""
    attached = person.house.db.write_now(
        conversations.attach, person.actor, talk, file, f"{new_id()}.png"
    )
    return attached.id


@dataclass
class Walk:
    """A case, and those it leads to, walked by choices: whoever may act does, or time passes."""

    house: House
    people: Sequence[Person]
    first: CaseShown
    taken: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])

    @property
    def talk(self) -> ConversationId:
        return self.first.conversation

    def go(self, choices: Sequence[int]) -> None:
        """Take a step for each choice, and look after each that nothing waits for nobody."""
        for choice in choices:
            offers = self.house.db.read_now(self._offers)
            picked = choice % (len(offers) + 1)
            if picked == len(offers):
                self.house.passes(hours=1 + choice % 400)
            else:
                self.act(*offers[picked], choice)

    def _offers(self, tx: Tx) -> list[tuple[Person, CaseShown, Action]]:
        """List what anybody may do now, by one look."""
        return [
            (person, case, action)
            for case in self._checked(tx)
            for person in self.people
            for action in service.actions(tx, person.actor, entered(tx, person.actor, case.id))
        ]

    def act(self, person: Person, case: CaseShown, action: Action, choice: int) -> None:
        """Do what is offered, filling in what it asks for."""
        asked = [*action.asks, *(f for n, f in enumerate(action.takes) if choice >> n & 1)]
        given = {f.name: self.answer(person, case, f, choice) for f in asked}
        try:
            acts(person, case.id, action.action, **given)
        except Invalid:
            assert sees(person, case.id).version == case.version
            return
        self.taken.add((case.kind, case.state, action.action))

    def answer(self, person: Person, case: CaseShown, asked: Field, choice: int) -> Any:
        """Make up an answer a field takes."""
        if asked.name == "confirm":
            return "withdraw"
        if asked.kind in MEDIA:
            return _uploads(person, case.conversation, asked)
        line = self.order(case).lines[0] if asked.kind in _OF_ORDER else None
        if line is not None:
            thing = {"product": line.product}
            return thing if asked.kind is FieldKind.ITEM else [{"line": line.id, "quantity": 1}]
        if asked.kind in {FieldKind.CHOICE, FieldKind.SOME}:
            choices = [one for one in asked.choices if one not in _TO_BE_COMPARED]
            chosen = choices[choice % len(choices)]
            return [chosen] if asked.kind is FieldKind.SOME else chosen
        if asked.kind is FieldKind.CHECKS:
            return {one: bool(choice >> n & 1) for n, one in enumerate(asked.choices)}
        return _answers(self.house.clock().date(), choice)[asked.kind]

    def order(self, case: CaseShown) -> Order:
        """Return the order that a case is about."""
        assert case.order is not None
        return self.house.db.read_now(commerce.order, self.people[0].actor, case.order)

    def open(self) -> list[CaseShown]:
        """Return the cases of the conversation that have not ended."""
        return self.house.db.read_now(self._running)

    def _running(self, tx: Tx) -> list[CaseShown]:
        buyer = self.people[0].actor
        page = service.cases(tx, buyer, "open", talk=self.talk)
        return [service.case(tx, buyer, case.id) for case in page.items]

    def _checked(self, tx: Tx) -> list[CaseShown]:
        """See that somebody or something goes on with every open case, or with its child.

        What its buyer reads of it is all meant for them.
        """
        running = self._running(tx)
        for case in running:
            fields = map(KINDS[case.kind].field, case.facts)
            assert all(field.shown_to(Side.BUYER) for field in fields), case.facts
            led = [one for one in running if one.parent == case.id]
            assert led or self._goes_on(tx, case), (case.kind, case.state, case.waiting_on)
        return running

    def _goes_on(self, tx: Tx, case: CaseShown) -> bool:
        """Tell whether time brings a case on, or else who it waits for can act.

        To be called once more brings nothing on: the operator who was called must have a step.
        """
        if case.due is None:
            return False
        follows = KINDS[case.kind].flow.step(case.state, case.due.action, Side.SYSTEM)
        sides = {Side.OPERATOR} if case.escalated_at else case.waiting_on.sides
        able = [one.actor for one in self.people if one.actor.side in sides]
        seen = [service.case(tx, actor, case.id) for actor in able]
        can = any(
            {action.action for action in one.actions} - GIVING_UP
            or any(r.actions for r in one.refunds)
            for one in seen
        )
        return can or not sides or follows.to != case.state

    def end(self) -> None:
        """Let time pass until all is over, or only the operator is still to act."""
        for _turn in range(40):
            running = self.house.db.read_now(self._checked)
            led = {case.parent for case in running}
            if all(case.escalated_at or case.id in led for case in running):
                return
            self.house.passes(days=20)
        raise AssertionError([(case.kind, case.state) for case in self.open()])


_NUMBERS = count(2_000_000_000)
"""Every parcel has a number of its own."""

_OF_ORDER = frozenset({FieldKind.LINES, FieldKind.ITEM})


_TO_BE_COMPARED = frozenset({"serial_differs"})
"""Choices that are refused without serial numbers that differ."""


def _uploads(person: Person, talk: ConversationId, asked: Field) -> list[Any]:
    if asked.kind is FieldKind.VIDEO:
        return [photo(person, talk, VIDEO)]
    if asked.kind is FieldKind.SHOTS:
        return [{"file": photo(person, talk), "shows": one} for one in asked.choices]
    return [photo(person, talk)]


def _answers(day: date, choice: int) -> dict[FieldKind, Any]:
    days = {"earliest": str(day), "latest": str(day + timedelta(days=1 + choice % 5))}
    return {
        FieldKind.TEXT: "Said in some words.",
        FieldKind.SHORT: "Said shortly.",
        FieldKind.LINK: "https://carrier.example/proof",
        FieldKind.CLAUSE: "default-proper",
        FieldKind.DAYS: {**days, "zone": "Europe/Berlin"},
        FieldKind.DAY: str(day),
        FieldKind.MONEY: {"amount": 100 + choice % 400, "currency": "EUR"},
        FieldKind.PARCEL: {"carrier": "CDEK", "number": str(next(_NUMBERS))},
        FieldKind.NUMBER: choice % 30,
        FieldKind.YES: True,
    }


def refusals_of(person: Person, case: CaseId) -> dict[str, str]:
    """Try every step of a case's kind that is not offered, and return how each is refused."""
    shown = sees(person, case)
    offered = {action.action for action in shown.actions}
    tried = {move.action for move in KINDS[shown.kind].flow.moves} - offered

    def try_all(tx: Tx) -> dict[str, str]:
        """Try them in one transaction, which is kept: what is refused has written nothing."""
        found: dict[str, str] = {}
        for action in sorted(tried):
            try:
                service.act(tx, person.actor, case, Act(new_id(), action, {}))
            except Refusal as refusal:
                found[action] = refusal.code
        return found

    found = person.house.db.write_now(try_all)
    assert sees(person, case) == shown
    assert found.keys() == tried
    return found
