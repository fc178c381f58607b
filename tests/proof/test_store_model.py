"""The store of conversations against a model of a page: any order of deeds, on both databases."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from shopbell.conversations import service as conversations
from shopbell.conversations.model import MarkKind, Marks, Stream
from shopbell.conversations.refusals import (
    BeyondHead,
    IdempotencyConflict,
    MessageWithdrawn,
    NoSuchConversation,
    NoSuchEntry,
    NotYourMessage,
)
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from tests.proof.conftest import Effort, Note
from tests.support.house import House, Person

SIDES: tuple[str, ...] = ("buyer", "seller")
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    lambda words: words.strip() == words
)


@dataclass(frozen=True)
class Entry:
    """What the model remembers of an entry; ``words`` is None once it was taken back."""

    kind: str
    side: str
    words: str | None = ""
    target: int = 0
    cmid: str = ""
    id: str = ""


class Talk(RuleBasedStateMachine):
    """One conversation, done to and looked at from both sides after every step."""

    house: House
    steps = 0
    sent: Bundle[int] = Bundle("sent")

    @initialize()
    def begins(self) -> None:
        name = new_id()[-8:]
        self.halo = self.house.shop(f"halo-{name}", staff=[f"mei-{name}"])
        anna, boris = (self.house.buyer(f"{who}-{name}") for who in ("anna", "boris"))
        self.people = {"buyer": anna, "seller": self.halo.staff[f"mei-{name}"]}
        self.boris = boris
        self.talk = anna.begins(self.halo, None)
        self.log = [Entry("subject", "system")]
        self.first: dict[int, str] = {}
        self.read = dict.fromkeys(SIDES, 0)
        self.delivered = dict.fromkeys(SIDES, 0)

    @rule(target=sent, side=st.sampled_from(SIDES), words=WORDS)
    def says(self, side: str, words: str) -> int:
        Talk.steps += 1
        if side == "buyer" and self.people["buyer"].sees(self.talk).state == "resolved":
            self.log.append(Entry("reopened", "system"))
        cmid = new_id()
        done = self.people[side].says(self.talk, words, cmid)
        self.log.append(Entry("message", side, words, cmid=cmid, id=done.id))
        assert done.seq == len(self.log)
        self.first[done.seq] = words
        return done.seq

    @rule(seq=sent)
    def says_it_again(self, seq: int) -> None:
        kept = self.log[seq - 1]
        again = self.people[kept.side].says(self.talk, self.first[seq], kept.cmid)
        assert (again.seq, again.id, again.replayed) == (seq, kept.id, True)

    @rule(seq=sent, words=WORDS)
    def says_something_else_under_the_same_name(self, seq: int, words: str) -> None:
        kept = self.log[seq - 1]
        if words != self.first[seq]:
            with pytest.raises(IdempotencyConflict):
                self.people[kept.side].says(self.talk, words, kept.cmid)

    @rule(seq=sent, side=st.sampled_from(SIDES), words=WORDS)
    def edits(self, seq: int, side: str, words: str) -> None:
        if self.may_change(seq, side, "edit", text=words):
            self.log.append(Entry("edit", side, words, target=seq))

    @rule(seq=sent, side=st.sampled_from(SIDES))
    def takes_back(self, seq: int, side: str) -> None:
        if self.may_change(seq, side, "delete"):
            self.log = [
                replace(e, words=None, target=0) if seq in {n, e.target} and e.words else e
                for n, e in enumerate(self.log, 1)
            ]
            self.log.append(Entry("delete", side, target=seq))

    @rule(side=st.sampled_from(SIDES), kind=st.sampled_from(MarkKind), back=st.integers(-1, 9))
    def comes_so_far(self, side: str, kind: MarkKind, back: int) -> None:
        seq = max(0, len(self.log) - back)
        if back < 0:
            with pytest.raises(BeyondHead):
                self.marks(side, kind, seq)
            return
        self.marks(side, kind, seq)
        self.delivered[side] = max(self.delivered[side], seq)
        if kind is MarkKind.READ:
            self.read[side] = max(self.read[side], seq)

    @rule()
    def resolves(self) -> None:
        if "resolve" in self.people["seller"].sees(self.talk).actions:
            self.people["seller"].does(self.talk, "resolve")
            self.log.append(Entry("resolve", "seller"))

    @rule(words=WORDS)
    def is_pried_into(self, words: str) -> None:
        tries: list[Callable[[], Any]] = [
            lambda: self.boris.says(self.talk, words),
            lambda: self.boris.events(self.talk),
            lambda: self.boris.sees(self.talk),
        ]
        for one in tries:
            with pytest.raises(NoSuchConversation):
                one()

    @invariant()
    def looks_the_same_from_both_sides(self) -> None:
        wanted = [(n, e.kind, e.side, e.words, e.target) for n, e in enumerate(self.log, 1)]
        for side, person in self.people.items():
            assert [seen(event) for event in person.events(self.talk)] == wanted, side

    @invariant()
    def counts_what_is_unread(self) -> None:
        for side, person in self.people.items():
            listed = person.sees(self.talk)
            assert listed.reads == Marks(**self.read)
            assert listed.delivered == Marks(**self.delivered)
            assert listed.head == len(self.log)
            assert listed.unread == sum(
                e.kind == "message" and e.side != side and e.words is not None
                for e in self.log[self.read[side] :]
            )

    def may_change(self, seq: int, side: str, kind: str, **data: str) -> bool:
        """Edit or delete an entry, or see it refused as the model says."""
        kept = self.log[seq - 1]
        why: type[Refusal] | None = None
        if kept.side != side:
            why = NotYourMessage
        elif kept.words is None:
            why = MessageWithdrawn
        if why is None:
            self.changes(side, kind, target=seq, **data)
            return True
        with pytest.raises((why, NoSuchEntry)):
            self.changes(side, kind, target=seq, **data)
        return False

    def changes(self, side: str, kind: str, **data: Any) -> None:
        self.people[side].adds(Stream(self.talk), kind, None, **data)

    def marks(self, side: str, kind: MarkKind, seq: int) -> None:
        person: Person = self.people[side]
        self.house.db.write_now(conversations.mark, person.actor, Stream(self.talk), kind, seq)


def seen(event: Any) -> tuple[int, str, str, str | None, int]:
    """Return an entry as the model has it."""
    data = msgspec.json.decode(event.data)
    words = None if data.get("withdrawn") else data.get("text", "")
    return event.seq, event.type, str(event.actor.side), words, data.get("target", 0)


def test_the_store_does_what_its_model_does(house: House, effort: Effort, note: Note) -> None:
    Talk.house, Talk.steps = house, 0
    examples = effort(8, 300)
    run_state_machine_as_test(
        Talk,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            derandomize=examples < 100,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            database=None,
        ),
    )
    note(conversations=examples, messages=Talk.steps)
