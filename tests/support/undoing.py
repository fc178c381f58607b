"""Steps that are taken as far as their commit, taken back, and named where they fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from shopbell.engine.database import Tx
from tests.support.house import House


class Undone(Exception):
    """A step led to a state, and was taken back."""


def tried(house: House, step: Callable[[Tx], str]) -> str:
    """Take a step in a transaction that is rolled back; return the state it led to."""

    def taken_back(tx: Tx) -> None:
        state = step(tx)
        tx.flush()
        raise Undone(state)

    with pytest.raises(Undone) as undone:
        house.db.write_now(taken_back)
    return str(undone.value)


@contextmanager
def naming(*parts: str) -> Iterator[None]:
    """Let a failure say which step it was."""
    try:
        yield
    except BaseException as error:
        error.add_note(" → ".join(parts))
        raise
