"""Our programs in processes of their own: begun from nothing, or forked from what is imported.

To import the program was most of a start, so a test process has a parent for its servers that has
done so, and runs nothing itself. What is forked from it is stopped and killed like any other.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

_PARENT = multiprocessing.get_context("forkserver")
_PARENT.set_forkserver_preload(["tests.support.loaded"])


class Process(Protocol):
    """A process that somebody else began."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float) -> int: ...


class Fork:
    """A process forked from the parent of all servers."""

    def __init__(self, *what: object) -> None:
        self._child = _PARENT.Process(target=_live, args=what, daemon=True)
        self._child.start()

    @property
    def pid(self) -> int:
        return self._child.pid or 0

    def poll(self) -> int | None:
        return self._child.exitcode

    def wait(self, timeout: float) -> int:
        self._child.join(timeout)
        if self._child.exitcode is None:
            raise TimeoutError(f"process {self.pid} did not end within {timeout} s")
        return self._child.exitcode


def forked(
    program: str, words: Sequence[str], environment: Mapping[str, str], log: Path
) -> Process:
    """Run ``python -m program words…`` without importing it anew; it writes to ``log``."""
    return Fork(program, words, environment, log)


def started(
    program: str, words: Sequence[str], environment: Mapping[str, str], log: Path
) -> Process:
    """Run ``python -m program words…``; it writes to ``log``."""
    with log.open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", program, *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )


def _live(program: str, words: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    _speak_into(log)
    sys.argv[1:] = words
    runpy.run_module(program, run_name="__main__", alter_sys=True)


def _speak_into(log: Path) -> None:
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(said, stream.fileno())
    os.close(said)
