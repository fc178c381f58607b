"""How kinds of case belong together: which opens which, and what a child tells its parent. Pure."""

import re
from collections.abc import Iterator

from shopbell.cases.model import Kind
from shopbell.kernel.actor import Side

_HOLE = re.compile(r"{(\w+)}")


def related(*kinds: Kind) -> dict[str, Kind]:
    """Return kinds by their names; refuse those that lead to nowhere or tell what nobody hears."""
    known = {kind.name: kind for kind in kinds}
    for kind in kinds:
        for step in kind.flow.moves:
            wait = kind.waits.get(step.to)
            if step.opens and (wait is None or wait.child != step.opens):
                raise ValueError(f"{kind.name}: {step.to} does not wait for {step.opens}")
        for state, wait in kind.waits.items():
            if wait.child:
                _check_child(kind, state, known.get(wait.child))
    return known


def _check_child(parent: Kind, state: str, child: Kind | None) -> None:
    if child is None:
        raise ValueError(f"{parent.name}: {state} waits for a kind that is not there")
    heard = {step.action for step in parent.flow.options(state, Side.SYSTEM)}
    if unheard := set(_told(child)) - heard:
        raise ValueError(f"{parent.name}: {state} does not hear {sorted(unheard)}")


def _told(kind: Kind) -> Iterator[str]:
    """List what a kind may tell its parent, with every choice that a step is named by."""
    for said in {step.tells for step in kind.flow.moves if step.tells}:
        hole = _HOLE.search(said)
        for choice in kind.field(hole[1]).choices if hole else ("",):
            yield _HOLE.sub(choice, said)
