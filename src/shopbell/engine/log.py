"""The log: JSON for machines, lines for people. Rooms announce facts; doors and engine log."""

import logging
import re
import sys
from contextlib import suppress
from typing import Literal, TextIO, cast

import structlog
from structlog.stdlib import BoundLogger
from structlog.typing import EventDict, Processor, WrappedLogger

_ROW = re.compile(
    r"^(DETAIL|CONTEXT): .*?(?=^\[SQL|^HINT|^\(Background|^Traceback|^The above|^During|\Z)",
    re.MULTILINE | re.DOTALL,
)
"""Where PostgreSQL repeats what stood in a row that it refused."""


class Patient:
    """A place for lines that takes what it can: where no room is left, work goes on unlogged.

    The log often lies on the disk that is full. A line that cannot be written there must not end
    whoever meets trouble and says so.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, words: str) -> int:
        """Write, or do without."""
        with suppress(OSError):
            self._file.write(words)
        return len(words)

    def flush(self) -> None:
        """Bring to the disk what it has room for."""
        with suppress(OSError):
            self._file.flush()


def set_up(form: Literal["text", "json"]) -> None:
    """Log from now on in ``form``, to standard error."""
    render = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer()
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _without_rows,
    ]
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=cast("TextIO", Patient(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")


def log() -> BoundLogger:
    """Return the logger."""
    return cast("BoundLogger", structlog.get_logger())


def _without_rows(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leave out what people wrote from what a database says of its trouble."""
    for name, said in event.items():
        if isinstance(said, str):
            event[name] = _ROW.sub(r"\1: …\n", said)
    return event
