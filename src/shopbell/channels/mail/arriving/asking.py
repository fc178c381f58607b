"""Looking names of the Internet up for one letter: each once, and neither many nor for long."""

import time
from collections.abc import Callable
from typing import Any

Ask = Callable[[str, str], list[Any]]
"""Returns the records of a name and a type (A, AAAA, MX, PTR, TXT), as dnspython has them.

It returns nothing if there are none, and raises `NamesAway` if nobody could tell.
"""

SECONDS_MOST, NAMES_MOST = 20.0, 60
"""How long is looked up for one letter, and how many names: who sends one may choose them."""


class NamesAway(Exception):
    """Nobody could tell what a name stands for; later somebody can."""


class NamesSpent(NamesAway):
    """A letter would have more names looked up than one may; so it will later."""


class Inquiry:
    """The names that one letter makes us look up: what is known already is not asked for again."""

    def __init__(self, ask: Ask, now: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._now, self._begun = ask, now, now()
        self._known: dict[tuple[str, str], list[Any]] = {}

    def __call__(self, name: str, kind: str) -> list[Any]:
        """Look a name up; raises `NamesAway` when the letter has had its share."""
        wanted = name.lower().rstrip("."), kind
        if wanted not in self._known:
            self._check(name)
            self._known[wanted] = self._ask(*wanted)
        return self._known[wanted]

    def _check(self, name: str) -> None:
        if len(self._known) >= NAMES_MOST:
            raise NamesSpent(f"{name}: more than {NAMES_MOST} names for one letter")
        if self._now() - self._begun >= SECONDS_MOST:
            raise NamesAway(f"{name}: not told within {SECONDS_MOST:.0f} seconds")


class Patience:
    """Asks on where a name is away, and remembers that: another name may prove enough by itself."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.away: NamesAway | None = None

    def __call__(self, name: str, kind: str) -> list[Any]:
        """Look a name up; nothing, if nobody could tell."""
        try:
            return self._ask(name, kind)
        except NamesSpent:
            return []
        except NamesAway as away:
            self.away = away
            return []
