"""A real Postfix on loopback, from Debian's package, between a sender and our door for letters."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.house import ROOT
from tests.support.ports import free_port

PATIENCE = 120


@contextmanager
def postfix(door: int) -> Iterator[int]:
    """Run it until it is left; return the port at which it takes letters (SMTP)."""
    with TemporaryDirectory(prefix="rig.") as home:  # a short name: its sockets lie in there
        folder, port = Path(home), free_port()
        folder.chmod(folder.stat().st_mode | 0o011)  # it gives up its rights, and must get in
        rig = subprocess.Popen([ROOT / "scripts/mailrig", folder, str(port), str(door)])
        try:
            _await_greeting(rig, port, folder / "log")
            yield port
        finally:
            rig.terminate()
            rig.wait(timeout=PATIENCE)


def _await_greeting(rig: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and rig.poll() is None:
        with socket.socket() as line:
            line.settimeout(PATIENCE)
            if line.connect_ex(("127.0.0.1", port)) == 0 and _greets(line):
                return
        time.sleep(0.1)
    said = log.read_text() if log.exists() else "It wrote no log."
    raise RuntimeError(f"Postfix did not answer. {said}")


def _greets(line: socket.socket) -> bool:
    try:
        return line.recv(512).startswith(b"220")
    except ConnectionResetError:
        return False
