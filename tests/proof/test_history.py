"""The judge is judged: each rule finds what breaks it, and a sound history breaks none."""

import random
from collections.abc import Callable, Generator, Iterator
from itertools import count

import pytest

from shopbell.cli.bench.history import (
    CONVERGED_SECONDS,
    REVOKED_SECONDS,
    RULES,
    Applied,
    Attempt,
    History,
    Mark,
    Outcome,
    Snapshot,
    Told,
    judge,
)

Step = Iterator[None]


class Made:
    """A sound history, made by people who really take turns at a small, correct server."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.history = History(members={"a": {"anna", "mei"}, "b": {"boris", "mei"}})
        self.logs: dict[str, list[Told]] = {
            name: [Told(1, f"{name}-0", None, "", "")] for name in "ab"
        }
        self.now, self._ids, self._sending = 0.0, count(1), 0
        self._take_turns()
        self._settle()

    def _take_turns(self) -> None:
        senders = [
            self._sends(stream, actor)
            for stream in "ab"
            for actor in sorted(self.history.members[stream])
        ]
        self._sending = len(senders)
        others = [self._watches(s, v) for s in "ab" for v in ("one", "two")]
        others += [self._reads(stream) for stream in "ab"] + [self._marks(s) for s in "ab"]
        going = [*senders, *others]
        while going:
            self.now += self.chance.uniform(0.001, 0.05)
            turn = self.chance.choice(going)
            if next(turn, turn) is turn:
                going.remove(turn)

    def _sends(self, stream: str, actor: str) -> Step:
        for _message in range(12):
            cmid = f"{actor}-{next(self._ids)}"
            while (yield from self._tries(stream, actor, cmid)) == "unknown":
                pass
        self._sending -= 1
        self.history.settled = self.now

    def _tries(self, stream: str, actor: str, cmid: str) -> Generator[None, None, Outcome]:
        attempt = Attempt(self.now, stream, actor, cmid, f"words of {cmid}")
        self.history.attempts.append(attempt)
        yield
        kept = next((told for told in self.logs[stream] if told.cmid == cmid), None)
        fate = self.chance.choice(("stored", "stored", "stored", "vanished", "unanswered"))
        if fate != "vanished" and kept is None and self.chance.random() < 0.1:
            attempt.outcome, attempt.ended = "refused", self.now
            return attempt.outcome
        if fate == "vanished":
            return attempt.outcome
        again = kept is not None
        kept = kept or self._keep(stream, actor, cmid, attempt.words)
        yield
        if fate == "stored":
            attempt.outcome, attempt.ended, attempt.replayed = "stored", self.now, again
            attempt.seq, attempt.id = kept.seq, kept.id
        return attempt.outcome

    def _keep(self, stream: str, actor: str, cmid: str, words: str) -> Told:
        log = self.logs[stream]
        told = Told(len(log) + 1, f"e{next(self._ids)}", cmid, actor, words)
        log.append(told)
        return told

    def _watches(self, stream: str, view: str) -> Step:
        self.history.open_views.add((view, stream))
        applied = 0
        while self._sending or applied < len(self.logs[stream]):
            yield
            if applied < len(self.logs[stream]):
                told = self.logs[stream][applied]
                self.history.applied.append(Applied(self.now, view, "mei", stream, told))
                applied += 1

    def _reads(self, stream: str) -> Step:
        while self._sending:
            began = self.now
            yield
            log = tuple(self.logs[stream])
            yield
            self.history.snapshots.append(
                Snapshot(began, self.now, "mei", stream, len(log), log[-5:])
            )

    def _marks(self, stream: str) -> Step:
        seq = 0
        while self._sending:
            yield
            seq = max(seq, self.chance.randint(1, len(self.logs[stream])))
            self.history.marks.append(Mark(self.now, "one", stream, "read", "seller", seq))

    def _settle(self) -> None:
        self.history.settled = self.now
        for reader in ("store", "anna", "mei"):
            self.history.finals[reader] = {name: list(log) for name, log in self.logs.items()}
        self.history.wanted = {"mail 1", "mail 2"}
        self.history.effects = ["mail 2", "mail 1"]


# ── how each rule can be broken ─────────────────────────────────────────────────────────────


def log_of(history: History, stream: str = "a") -> list[Told]:
    return history.finals["store"][stream]


def everywhere(history: History, change: Callable[[list[Told]], None]) -> None:
    for logs in history.finals.values():
        change(logs["a"])


def acknowledged(history: History) -> Attempt:
    return next(one for one in history.stored() if one.stream == "a")


def loses(history: History) -> None:
    gone = acknowledged(history)
    everywhere(history, lambda log: log.remove(log[gone.seq - 1]))


def doubles(history: History) -> None:
    told = log_of(history)[-1]
    twin = told._replace(seq=told.seq + 1, id="twin")
    everywhere(history, lambda log: log.append(twin))


def gives_an_id_twice(history: History) -> None:
    last, first = log_of(history)[-1], log_of(history)[1]
    everywhere(history, lambda log: log.append(last._replace(seq=last.seq + 1, id=first.id)))


def invents(history: History) -> None:
    told = log_of(history)[-1]
    everywhere(history, lambda log: log.append(told._replace(seq=told.seq + 1, cmid="nobody's")))


def changes_words(history: History) -> None:
    told = log_of(history)[-1]
    everywhere(history, lambda log: log.__setitem__(-1, told._replace(words="other")))


def keeps_what_it_refused(history: History) -> None:
    told = log_of(history)[-1]
    for attempt in history.attempts:
        if attempt.cmid == told.cmid:
            attempt.outcome = "refused"


def leaves_a_number_out(history: History) -> None:
    told = log_of(history)[-1]
    everywhere(history, lambda log: log.__setitem__(-1, told._replace(seq=told.seq + 1)))


def shows_somebody_less(history: History) -> None:
    history.finals["anna"]["a"].pop()


def stores_in_another_order(history: History) -> None:
    for attempt in history.attempts:
        if attempt.cmid == log_of(history)[1].cmid:
            attempt.began = history.settled + 1


def forgets_a_try(history: History) -> None:
    first = acknowledged(history)
    again = Attempt(
        history.settled, first.stream, first.actor, first.cmid, first.words, "stored",
        history.settled, first.seq + 1, "another",
    )  # fmt: skip
    history.attempts.append(again)


def acknowledges_another_place(history: History) -> None:
    acknowledged(history).seq += 1


def tells_a_stranger(history: History) -> None:
    told = history.applied[0]
    history.applied.append(told._replace(view="prying", actor="boris", stream="a"))


def tells_somebody_shut_out(history: History) -> None:
    history.revoked["a", "mei"] = history.settled - REVOKED_SECONDS - 1
    history.applied.append(history.applied[-1]._replace(stream="a", at=history.settled))


def applies_twice(history: History) -> None:
    history.applied.append(history.applied[-1])


def leaves_an_entry_out(history: History) -> None:
    history.applied.remove(next(one for one in history.applied if one.told.seq == 5))


def reads_backwards(history: History) -> None:
    now = history.settled + 1
    history.snapshots.append(Snapshot(now, now, "mei", "a", len(log_of(history)) - 1))


def reads_what_is_not_there(history: History) -> None:
    told = log_of(history)[0]
    head = len(log_of(history))
    history.snapshots.append(
        Snapshot(history.settled, history.settled, "mei", "a", head, (told._replace(id="ghost"),))
    )


def shows_what_is_not_there(history: History) -> None:
    shown = next(n for n, one in enumerate(history.applied) if one.stream == "a")
    for place, one in enumerate(history.applied):
        if (one.stream, one.told.seq) == ("a", history.applied[shown].told.seq):
            history.applied[place] = one._replace(told=one.told._replace(id="ghost"))


def shows_two_things_under_one_number(history: History) -> None:
    at = next(n for n, one in enumerate(history.applied) if one.told.seq == 1)
    told = history.applied[at].told
    history.applied[at] = history.applied[at]._replace(told=told._replace(id="another"))


def stops_short(history: History) -> None:
    history.applied.remove(history.applied[-1])


def comes_late(history: History) -> None:
    late = history.settled + CONVERGED_SECONDS + 1
    history.applied[-1] = history.applied[-1]._replace(at=late)


def unreads(history: History) -> None:
    mark = max(history.marks, key=lambda one: one.seq)
    history.marks.append(mark._replace(at=history.settled + 1, seq=mark.seq - 1))


def reads_the_future(history: History) -> None:
    history.marks.append(history.marks[-1]._replace(seq=10_000))


def writes_twice(history: History) -> None:
    history.effects.append("mail 1")


def forgets_to_write(history: History) -> None:
    history.effects.remove("mail 1")


BREAKS: list[tuple[str, Callable[[History], None]]] = [
    ("lost", loses),
    ("duplicate", doubles),
    ("duplicate-id", gives_an_id_twice),
    ("phantom", invents),
    ("corrupt", changes_words),
    ("failed-but-stored", keeps_what_it_refused),
    ("seq-not-dense", leaves_a_number_out),
    ("agreement-final", shows_somebody_less),
    ("real-time-order", stores_in_another_order),
    ("retry-not-idempotent", forgets_a_try),
    ("ack-mismatch", acknowledges_another_place),
    ("leak", tells_a_stranger),
    ("leak", tells_somebody_shut_out),
    ("applied-twice-or-reordered", applies_twice),
    ("silent-gap", leaves_an_entry_out),
    ("snapshot-backwards", reads_backwards),
    ("read-phantom", reads_what_is_not_there),
    ("read-phantom", shows_what_is_not_there),
    ("disagreement", shows_two_things_under_one_number),
    ("not-converged", stops_short),
    ("converged-late", comes_late),
    ("cursor-backwards", unreads),
    ("cursor-beyond-head", reads_the_future),
    ("effect-not-once", writes_twice),
    ("effect-not-once", forgets_to_write),
]


@pytest.mark.parametrize(("rule", "breaking"), BREAKS, ids=[b.__name__ for _rule, b in BREAKS])
def test_each_rule_finds_what_breaks_it(rule: str, breaking: Callable[[History], None]) -> None:
    for seed in range(20):
        history = Made(seed).history
        breaking(history)
        assert rule in judge(history), seed


def test_a_copy_that_was_not_empty_is_judged_from_where_it_was() -> None:
    for known, found in ((5, False), (4, True)):
        history = Made(1).history
        early = [
            n for n in history.applied if (n.view, n.stream) == ("one", "a") and n.told.seq <= 5
        ]
        history.applied = [one for one in history.applied if one not in early]
        history.known["one", "a"] = known
        assert ("silent-gap" in judge(history)) is found
        history.applied = [one for one in history.applied if one.stream != "a"]
        history.open_views = {("one", "a")}
        assert "not-converged" in judge(history)
        history.known["one", "a"] = len(log_of(history))
        assert judge(history) == {}


def test_every_rule_is_broken_once() -> None:
    assert {rule for rule, _breaking in BREAKS} == RULES.keys()


def test_three_hundred_sound_histories_break_no_rule() -> None:
    assert {seed: found for seed in range(300) if (found := judge(Made(seed).history))} == {}
