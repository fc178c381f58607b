"""A server that acknowledges and shows every third entry without storing it: it has to be found."""

import itertools
from collections.abc import Sequence

from shopbell.cli import main
from shopbell.conversations import storage
from shopbell.engine.rows import Row
from shopbell.engine.tables import Session

LYING = ("-m", "tests.support.lying", "serve")


def _forget() -> None:
    store, turns = storage._APPEND, itertools.count(1)  # noqa: SLF001

    def forgetful(tx: Session, rows: Sequence[Row]) -> None:
        if kept := [row for row in rows if next(turns) % 3]:
            store(tx, kept)

    storage._APPEND = forgetful  # type: ignore[assignment]  # noqa: SLF001


if __name__ == "__main__":
    _forget()
    main()
