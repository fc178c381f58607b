"""The demo's carrier in a process of its own, which tests may hurry and trip."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.ports import free_port
from tests.support.services import PATIENCE, await_answer


@dataclass(frozen=True)
class RunningCarrier:
    """A carrier that can be asked at ``url``."""

    url: str

    def will_say(self, number: str, outcome: str, **fate: Any) -> None:
        """Decide what will be said of a parcel."""
        told = {"outcome": outcome, **fate}
        httpx.put(f"{self.url}/fates/{number}", json=told, timeout=PATIENCE).raise_for_status()

    @property
    def inquiries(self) -> int:
        """Return how many questions it has taken."""
        return int(httpx.get(self.url, timeout=PATIENCE).json()["inquiries"])


@contextmanager
def running_carrier(delay: float = 0.0) -> Iterator[RunningCarrier]:
    """Run the carrier on a free port until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "shopbell.cli", "demo", "carrier"]
    process = subprocess.Popen([*command, "--port", str(port), "--delay", str(delay)])
    try:
        await_answer(process, url := f"http://127.0.0.1:{port}")
        yield RunningCarrier(url)
    finally:
        process.terminate()
        process.wait(PATIENCE)
