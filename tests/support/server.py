"""The real program in a process of its own, which may be killed and started again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests.support.ports import free_port
from tests.support.programs import Process, forked, started

_PATIENCE = 120


class RunningServer:
    """``shopbell serve`` on a port and a folder that outlive the process."""

    program = "shopbell.cli"

    def __init__(
        self,
        data: Path,
        database: str = "",
        *,
        demo: bool = False,
        imports: bool = False,
        **settings: Any,
    ) -> None:
        """Furnish a server; one that ``imports`` begins from nothing, as outside of tests."""
        data.mkdir(parents=True, exist_ok=True)
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._database = database
        self._demo = demo
        self._settings = {f"SHOPBELL_{name.upper()}": str(v) for name, v in settings.items()}
        self._imports = imports
        self._process: Process | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Return the number of the running process."""
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process.pid

    @property
    def log(self) -> str:
        """Return what the program has said so far."""
        return self._log.read_text(errors="replace")

    def figures(self) -> dict[str, float]:
        """Return the figures the program shows, each by its name and labels."""
        with urlopen(f"{self.url}/metrics", timeout=_PATIENCE) as answer:  # noqa: S310 - our own address
            lines = answer.read().decode().splitlines()
        return {
            name: float(value)
            for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
        }

    def start(self) -> None:
        """Start the program and wait for its first answer."""
        words = ["serve", "--demo"] if self._demo else ["serve"]
        begin = started if self._imports else forked
        self._process = begin(self.program, words, self._environment(), self._log)
        self._await_answer()

    def kill(self) -> None:
        """End the program as a power cut would: nothing of it gets to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the program to stop, and wait until it has."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, how)
            self._process.wait(_PATIENCE)
            self._process = None

    def _environment(self) -> dict[str, str]:
        return _clean_environment(self.data) | {
            "SHOPBELL_DATABASE": self._database,
            "SHOPBELL_LISTEN": f"127.0.0.1:{self.port}",
            "SHOPBELL_DRAIN_SECONDS": "0.2",
            **self._settings,
        }

    def _await_answer(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not _answers(f"{self.url}/healthz"):
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError(f"the server ended before it answered:\n{self.log}")
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the server did not answer:\n{self.log}")
            time.sleep(0.05)

    @property
    def _log(self) -> Path:
        return self.data / "server.log"


def make_demo(data: Path) -> None:
    """Fill an empty folder with the demo marketplace."""
    command = [sys.executable, "-m", "shopbell.cli", "demo"]
    subprocess.run(command, env=_clean_environment(data), check=True, capture_output=True)


def _clean_environment(data: Path) -> dict[str, str]:
    """Return our environment without settings that somebody may have left in it."""
    inherited = {name: v for name, v in os.environ.items() if not name.startswith("SHOPBELL_")}
    return inherited | {"SHOPBELL_DATA": str(data)}


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status < 500)
    except HTTPError:
        return True
    except (URLError, OSError):
        return False
