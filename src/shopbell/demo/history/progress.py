"""How far a year is written, kept with it: which year it is, and until when it is there."""

from datetime import UTC, datetime

from msgspec import Struct

from shopbell.demo.history.calendar import days_before
from shopbell.engine import epoch
from shopbell.engine.database import Tx

MARK = "demo_history"


class Asked(Struct, frozen=True):
    """A year that ends ``now``, of so many orders, drawn from ``seed``; ``done`` is until when."""

    orders: int
    seed: int
    now: datetime
    done: datetime

    def written(self) -> str:
        """Return it in few letters."""
        seconds = (round(self.now.timestamp()), round(self.done.timestamp()))
        return " ".join(map(str, (self.orders, self.seed, *seconds)))


def begin(tx: Tx, orders: int, seed: int) -> Asked:
    """Return the year that was begun, or begin this one."""
    if found := read(tx):
        return found
    now = tx.now.replace(microsecond=0)
    asked = Asked(orders, seed, now, days_before(now)[0])
    note(tx, asked)
    return asked


def read(tx: Tx) -> Asked | None:
    """Return the year that was begun, if one was."""
    found = epoch.marked(tx, MARK)
    if found is None:
        return None
    orders, seed, now, done = map(int, found.split())
    return Asked(orders, seed, datetime.fromtimestamp(now, UTC), datetime.fromtimestamp(done, UTC))


def note(tx: Tx, asked: Asked) -> None:
    """Keep how far it is."""
    epoch.mark(tx, MARK, asked.written())
