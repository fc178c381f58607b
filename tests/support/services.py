"""Foreign services in processes of their own."""

import subprocess
import time

import httpx

PATIENCE = 60


def await_answer(process: "subprocess.Popen[bytes]", url: str) -> None:
    """Wait until somebody answers at ``url``, or the process that should has ended."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"who should answer at {url} has ended")
        try:
            httpx.get(url, timeout=1.0)
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)
