"""A real Postfix on loopback, from Debian's package, between a sender and our door for letters."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.house import ROOT
from tests.support.ports import free_port

PATIENCE = 120


@contextmanager
def postfix(folder: Path, door: int) -> Iterator[int]:
    """Run it until it is left; return the port at which it takes letters (SMTP)."""
    for place in (folder, *folder.parents):
        if place.stat().st_mode & 0o001 == 0:
            place.chmod(place.stat().st_mode | 0o011)  # it gives up its rights, and must get in
    port = free_port()
    rig = subprocess.Popen([ROOT / "scripts/mailrig", folder / "rig", str(port), str(door)])
    try:
        _await(rig, port)
        yield port
    finally:
        rig.terminate()
        rig.wait(timeout=PATIENCE)


def _await(rig: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and rig.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("Postfix did not answer")
