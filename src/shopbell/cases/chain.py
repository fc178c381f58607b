"""How the steps of a case hang together: each hash covers the step and the hash before it.

What was given stands in the chain as a digest of the marks of its details, so that a copy which
leaves out what its reader may not see, but not its mark, can still be checked.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

import msgspec

from shopbell.cases.model import CaseId
from shopbell.kernel.actor import PersonId, Side


class Link(Protocol):
    """What of a step is covered."""

    @property
    def seq(self) -> int: ...
    @property
    def action(self) -> str: ...
    @property
    def by(self) -> PersonId: ...
    @property
    def side(self) -> Side: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...
    @property
    def at(self) -> datetime: ...


def first(case: CaseId) -> bytes:
    """Return what the first step of a case hangs on."""
    return sha256(case.encode()).digest()


def hang(before: bytes, case: CaseId, step: Link, given: str) -> bytes:
    """Return the hash of a step after the hash ``before``; ``given`` is its `digest`."""
    covered = [
        case,
        step.seq,
        step.action,
        step.by,
        step.side,
        step.before,
        step.after,
        step.at,
        given,
    ]
    return sha256(before + msgspec.json.encode(covered)).digest()


def marks(given: Mapping[str, Any]) -> dict[str, str]:
    """Return what stands for each of the details given with a step."""
    return {name: _sum(answer) for name, answer in given.items()}


def digest(marked: Mapping[str, str]) -> str:
    """Return what stands for all of them, by their `marks`."""
    return _sum(marked)


def _sum(told: Any) -> str:  # noqa: ANN401 - anything JSON can hold
    return sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()
