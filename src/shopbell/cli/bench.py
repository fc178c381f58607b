"""Measure it: a real server in a folder of its own, and pages that talk to it."""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import click
from msgspec import Struct

from shopbell.cli.bench_pages import Talker, people_for, talk_for
from shopbell.cli.house import as_json, print_json, say
from shopbell.engine.settings import Settings

START_SECONDS = 60


class ChatFigures(Struct, frozen=True):
    """One closed-loop run: every sender always sends; all was acknowledged after its commit."""

    senders: int
    seconds: float
    acknowledged: int
    per_second: float
    ack_p50_ms: float
    ack_p99_ms: float
    server_cpu_us: float
    lost: int
    doubled: int


class StartFigures(Struct, frozen=True):
    """How long from the command to the first answer, and what an idle server keeps in memory."""

    first_start_seconds: float
    second_start_seconds: float
    idle_mib: float


@click.group()
def bench() -> None:
    """Measure this machine with a real server in a temporary folder."""


@bench.command()
@click.option("--senders", default=50, show_default=True, help="Pages that send at the same time.")
@click.option("--seconds", default=5.0, show_default=True)
@as_json
def chat(senders: int, seconds: float, *, as_json: bool) -> None:
    """Send over sockets, each page as fast as it is answered, and count what is durable.

    Afterwards every conversation is read back: nothing acknowledged may be missing or twice.
    """
    if not as_json:
        click.echo(say("bench_round", seconds=f"{seconds:g}", senders=senders), err=True)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        shop, cookies = people_for(Settings(data=data, database=_database()), senders)
        with _running(data) as (url, process):
            figures = asyncio.run(_chat(url, process, seconds, shop, cookies))
    if as_json:
        print_json(figures)
        return
    for name in figures.__struct_fields__:
        click.echo(f"  {name:16} {getattr(figures, name):>12,.10g}")


@bench.command()
@click.option("--demo/--no-demo", default=True, help="With the demo marketplace in it.")
@as_json
def start(*, demo: bool, as_json: bool) -> None:
    """Time the first and the second start, and weigh an idle server."""
    with tempfile.TemporaryDirectory() as folder:
        with _running(Path(folder), demo=demo) as (_url, process):
            first = process.took
        with _running(Path(folder), demo=demo) as (_url, process):
            time.sleep(2)
            figures = StartFigures(round(first, 2), round(process.took, 2), process.mebibytes())
    if as_json:
        print_json(figures)
        return
    for name in figures.__struct_fields__:
        click.echo(f"  {name:22} {getattr(figures, name):>8}")


class Process:
    """A server process, and what it has used."""

    def __init__(self, process: subprocess.Popen[bytes], took: float) -> None:
        self.took = took
        self._stat, self._status = (Path(f"/proc/{process.pid}/{f}") for f in ("stat", "status"))

    def cpu_seconds(self) -> float:
        """Return the processor time used so far."""
        fields = self._stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def mebibytes(self) -> float:
        """Return the memory it holds."""
        line = next(x for x in self._status.read_text().splitlines() if x.startswith("VmRSS"))
        return round(int(line.split()[1]) / 1024, 1)


@contextmanager
def _running(folder: Path, *, demo: bool = False) -> Iterator[tuple[str, Process]]:
    port = _free_port()
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("SHOPBELL_")
    }
    ours = {
        "SHOPBELL_DATA": str(folder),
        "SHOPBELL_DATABASE": _database(),
        "SHOPBELL_LISTEN": f"127.0.0.1:{port}",
        "SHOPBELL_DRAIN_SECONDS": "0",
        "SHOPBELL_FRAMES_PER_SECOND": "1000000",
    }
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "shopbell.cli", "serve", *(["--demo"] if demo else [])],
        env={**inherited, **ours},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _await_answer(url, process)
        yield url, Process(process, time.monotonic() - began)
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _database() -> str:
    """Return the database to measure: the one in SHOPBELL_DATABASE must be empty."""
    return os.environ.get("SHOPBELL_DATABASE", "")


def _await_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{url}/healthz", timeout=1):  # noqa: S310 - our own server
                return
        except (URLError, OSError):
            time.sleep(0.01)
    raise click.ClickException(say("bench_no_start"))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def _chat(
    url: str, process: Process, seconds: float, shop: str, cookies: list[str]
) -> ChatFigures:
    talkers = [await talk_for(url, shop, cookie) for cookie in cookies]
    began, cpu = time.monotonic(), process.cpu_seconds()
    await asyncio.gather(*(talker.talk(began + seconds) for talker in talkers))
    took, used = time.monotonic() - began, process.cpu_seconds() - cpu
    waits = sorted(wait for talker in talkers for wait in talker.waits)
    lost, doubled = await _compare(talkers)
    return ChatFigures(
        senders=len(talkers),
        seconds=round(took, 2),
        acknowledged=len(waits),
        per_second=round(len(waits) / took, 1),
        ack_p50_ms=round(statistics.median(waits) * 1000, 2),
        ack_p99_ms=round(waits[int(len(waits) * 0.99)] * 1000, 2),
        server_cpu_us=round(used / len(waits) * 1e6, 1),
        lost=lost,
        doubled=doubled,
    )


async def _compare(talkers: list[Talker]) -> tuple[int, int]:
    lost = doubled = 0
    for talker in talkers:
        kept = await talker.read_back()
        lost += len(talker.acknowledged - set(kept))
        doubled += len(kept) - len(set(kept))
    return lost, doubled
