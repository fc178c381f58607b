"""A server process of a measurement: on a core of its own, in a folder of its own."""

import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import click

from shopbell.cli.house import say
from shopbell.web.listening import make_room

START_SECONDS = 60
ANSWER_SECONDS = 10
OURS = ("-m", "shopbell.cli", "serve")


class Stalls(NamedTuple):
    """Milliseconds: the longest stall of the event loop, and the most it worked in one."""

    longest: float
    worked: float


class Process:
    """A server process, where it listens, and what it has used."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, took: float) -> None:
        self.url, self.took, self._process = url, took, process
        self._stat, self._status = (Path(f"/proc/{process.pid}/{f}") for f in ("stat", "status"))

    def cpu_seconds(self) -> float:
        """Return the processor time used so far."""
        fields = self._stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def mebibytes(self) -> float:
        """Return the memory it holds."""
        line = next(x for x in self._status.read_text().splitlines() if x.startswith("VmRSS"))
        return round(int(line.split()[1]) / 1024, 1)

    def figures(self) -> dict[str, float]:
        """Return what the server counts itself."""
        with urlopen(f"{self.url}/metrics", timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - our own server
            lines = answer.read().decode().splitlines()
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}

    def stalls(self) -> Stalls:
        """Return how long its event loop stood still at most, and how much of that it worked."""
        found = self.figures()
        longest, worked = (
            round(found[f"shopbell_loop_longest_{what}_seconds"] * 1000, 1)
            for what in ("stall", "work")
        )
        return Stalls(longest, worked)

    def end(self, how: int = signal.SIGTERM) -> None:
        """Stop it."""
        self._process.send_signal(how)
        self._process.wait(timeout=START_SECONDS)


def database() -> str:
    """Return the database to measure: the one in SHOPBELL_DATABASE must be empty."""
    return os.environ.get("SHOPBELL_DATABASE", "")


@contextmanager
def cores() -> Iterator[None]:
    """Give the last core to us, the first to the server; allow us much; take time undisturbed."""
    make_room()
    gc.disable()
    before = os.sched_getaffinity(0)
    try:
        if len(before) > 1:
            os.sched_setaffinity(0, {max(before)})
        yield
    finally:
        os.sched_setaffinity(0, before)
        gc.enable()


@contextmanager
def running(
    folder: Path, program: Sequence[str] = OURS, settings: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """Run a server on a free port until it has been measured."""
    process = begin(folder, program, settings)
    try:
        yield process
    finally:
        process.end()


@contextmanager
def working(folder: Path, program: Sequence[str], ready: str) -> Iterator[Callable[[], None]]:
    """Run a worker until the end, or until it is killed; it says when it is ready."""
    ours = {"SHOPBELL_DATA": str(folder), "SHOPBELL_DATABASE": database()}
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, *program], env={**os.environ, **ours}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            if process.stdout is None or process.stdout.readline().strip() != ready:
                raise click.ClickException(say("bench_no_start"))
            yield process.kill
        finally:
            process.kill()


def begin(
    folder: Path,
    program: Sequence[str] = OURS,
    settings: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Process:
    """Start a server, on a free port unless it is to be where one was before."""
    port = port or free_port()
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("SHOPBELL_")
    }
    ours = {
        "SHOPBELL_DATA": str(folder),
        "SHOPBELL_DATABASE": database(),
        "SHOPBELL_LISTEN": f"127.0.0.1:{port}",
        "SHOPBELL_DRAIN_SECONDS": "0",
        "SHOPBELL_FRAMES_PER_SECOND": "1000000",
        **(settings or {}),
    }
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, *program],
        env={**inherited, **ours},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(1))})
    url = f"http://127.0.0.1:{port}"
    try:
        _await_answer(url, process)
    except BaseException:
        process.kill()
        raise
    return Process(process, url, time.monotonic() - began)


def _await_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{url}/healthz", timeout=1):  # noqa: S310 - our own server
                return
        except (URLError, OSError):
            time.sleep(0.01)
    raise click.ClickException(say("bench_no_start"))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
