"""Workflows written as tables.

A flow is data: in a state, an action by a side leads to the next state. The table is checked
when it is built, so a workflow with a dead end fails at import, not at a customer.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Generic, TypeVar

from shopbell.kernel.actor import Side
from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, Refusal


class NoSuchMove(Conflict):
    """The action does not exist in this state."""


class NotYourMove(Forbidden):
    """The action exists in this state, but for another side."""


class DetailsMissing(Invalid):
    """The action needs more than was given."""


@dataclass(frozen=True)
class Move:
    """One row of the table: what ``by`` may do in ``state``, and where it leads.

    ``asks`` are the details it needs, ``takes`` those that are welcome.
    """

    state: str
    action: str
    to: str
    by: tuple[Side, ...]
    asks: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


M = TypeVar("M", bound=Move)


@dataclass(frozen=True)
class Flow(Generic[M]):
    """A set of moves from ``start`` to one of its ``ends``, which nothing leaves.

    ``said`` is how the keys of the texts begin that name its states. ``patience`` says how long
    a state may last before something is done about it.
    """

    start: str
    moves: tuple[M, ...]
    ends: tuple[str, ...]
    said: str
    patience: Mapping[str, timedelta] = field(default_factory=dict[str, timedelta])

    def __post_init__(self) -> None:
        reached = self._reachable({self.start})
        if stray := self.states - reached:
            raise ValueError(f"unreachable states: {sorted(stray)}")
        if astray := (self.states - {move.state for move in self.moves}) ^ set(self.ends):
            raise ValueError(f"ends, and states that nothing leaves, differ: {sorted(astray)}")
        if stuck := {s for s in reached if not self._reachable({s}) & set(self.ends)}:
            raise ValueError(f"states that can never end: {sorted(stuck)}")
        if unknown := self.patience.keys() - self.states:
            raise ValueError(f"patience for unknown states: {sorted(unknown)}")
        rows = [(move.state, move.action, side) for move in self.moves for side in move.by]
        if len(set(rows)) < len(rows):
            raise ValueError("two moves share a state, an action and a side")

    @cached_property
    def _steps(self) -> Mapping[tuple[str, str, Side], M]:
        return {(move.state, move.action, side): move for move in self.moves for side in move.by}

    @property
    def states(self) -> frozenset[str]:
        return frozenset({self.start} | {s for m in self.moves for s in (m.state, m.to)})

    def options(self, state: str, side: Side) -> tuple[M, ...]:
        """List what ``side`` may do now: these are the buttons on the screen."""
        return tuple(m for m in self.moves if m.state == state and side in m.by)

    def step(self, state: str, action: str, side: Side, given: Collection[str] = ()) -> M:
        """Check one step and return it, or refuse with the reason."""
        move = self._steps.get((state, action, side))
        if move is None:
            raise self.no_move(state, action, side)
        if missing := [ask for ask in move.asks if ask not in given]:
            raise DetailsMissing(action=action, missing=", ".join(missing))
        return move

    def no_move(self, state: str, action: str, side: Side) -> Refusal:
        """Return the refusal of a step that is not one of ``side`` in this state."""
        exists = any((m.state, m.action) == (state, action) for m in self.moves)
        kind = NotYourMove if exists else NoSuchMove
        refusal = kind(state=state, action=action)
        refusal.named["state"] = f"{self.said}{state}"
        refusal.allowed = [m.action for m in self.options(state, side)]
        return refusal

    def diagram(self) -> str:
        """Draw the table as a Mermaid chart, for the documentation."""
        rows = (f"    {m.state} --> {m.to}: {', '.join(m.by)} {m.action}" for m in self.moves)
        return "\n".join(["stateDiagram-v2", f"    [*] --> {self.start}", *rows])

    def _reachable(self, states: Iterable[str]) -> set[str]:
        found = set(states)
        while more := {m.to for m in self.moves if m.state in found} - found:
            found |= more
        return found
