"""The real program with a clock that runs with the time outside, and may be put forward."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from shopbell import app
from shopbell.cli import main
from shopbell.cli.house import read_settings
from shopbell.kernel.clock import wall_clock
from tests.support.server import RunningServer

AHEAD = "ahead"
"""The file in the data folder that says by how many seconds."""


class WoundServer(RunningServer):
    """A server for which time passes when a test says so, besides passing by itself."""

    program = "tests.support.wound"
    _ahead = timedelta()

    def start(self) -> None:
        self.passes()
        super().start()

    def now(self) -> datetime:
        return wall_clock() + self._ahead

    def passes(self, **time: float) -> None:
        """Let time pass at once, as ``passes(minutes=6)``."""
        self._ahead += timedelta(**time)
        draft = self.data / f"{AHEAD}.draft"
        draft.write_text(str(self._ahead.total_seconds()))
        draft.replace(self.data / AHEAD)


def _ahead_of(file: Path) -> datetime:
    return wall_clock() + timedelta(seconds=float(file.read_text()))


def _wind() -> None:
    build: Any = app.build
    app.build = partial(build, clock=partial(_ahead_of, read_settings().data / AHEAD))


if __name__ == "__main__":
    _wind()
    main()
