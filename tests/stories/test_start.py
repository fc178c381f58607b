"""How soon a house answers again, and how little it needs while nobody asks."""

import os
import time
from math import inf
from pathlib import Path

import pytest

from tests.support.pace import slowness_of_starts
from tests.support.server import RunningServer

SECONDS_MOST = 3.0
MEBIBYTES_MOST = 220
PATIENCE = 90
IDLE_SECONDS = 0.1


@pytest.fixture
def furnished(tmp_path: Path) -> Path:
    """Make the demo marketplace, as the first start does."""
    with RunningServer(tmp_path / "data", demo=True):
        return tmp_path / "data"


def test_a_second_start_is_quick_and_an_idle_house_is_small(furnished: Path) -> None:
    """Count processor time: what a start costs, however busy the machine is, or slow."""
    with RunningServer(furnished, demo=True, imports=True) as server:
        assert cpu_seconds(server.pid) / slowness_of_starts() <= SECONDS_MOST
        wait_until_idle(server.pid)
        assert mebibytes(server.pid) <= MEBIBYTES_MOST


def wait_until_idle(pid: int) -> None:
    """Wait until what the first minute brings is done: pictures are made, words indexed."""
    until, used = time.monotonic() + PATIENCE, -inf
    while (now := cpu_seconds(pid)) - used > IDLE_SECONDS:
        assert time.monotonic() < until
        used = now
        time.sleep(2)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def mebibytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024
