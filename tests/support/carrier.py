"""The demo's carrier in a process of its own, which tests may hurry and trip."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.ports import free_port

_PATIENCE = 60


@dataclass(frozen=True)
class RunningCarrier:
    """A carrier that can be asked at ``url``."""

    url: str

    def will_say(self, number: str, outcome: str, **fate: Any) -> None:
        """Decide what will be said of a parcel."""
        told = {"outcome": outcome, **fate}
        httpx.put(f"{self.url}/fates/{number}", json=told, timeout=_PATIENCE).raise_for_status()

    @property
    def inquiries(self) -> int:
        """Return how many questions it has taken."""
        return int(httpx.get(self.url, timeout=_PATIENCE).json()["inquiries"])


@contextmanager
def running_carrier(delay: float = 0.0) -> Iterator[RunningCarrier]:
    """Run the carrier on a free port until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "shopbell.cli", "demo", "carrier"]
    process = subprocess.Popen([*command, "--port", str(port), "--delay", str(delay)])
    try:
        _await_answer(process, url := f"http://127.0.0.1:{port}")
        yield RunningCarrier(url)
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _await_answer(process: "subprocess.Popen[bytes]", url: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("the carrier ended")
        try:
            httpx.get(url, timeout=1.0)
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)
