"""Real mail programs on loopback, from Debian's packages: Postfix, Dovecot, and two for people."""

import os
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.house import ROOT
from tests.support.ports import free_port

PROGRAMS = ROOT / ".stamps/mailrig"
PATIENCE = 120


class MailRig(NamedTuple):
    """Where its servers listen. Anybody at post.localhost has a mailbox, opened by `letters`."""

    smtp: int
    imap: int
    folder: Path

    def posts(self, raw: bytes, sender: str, to: str) -> None:
        """Hand a letter as it is to Postfix."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=PATIENCE) as line:
            line.sendmail(sender, [to], raw)


@contextmanager
def mail_rig(door: int, setting: str = "") -> Iterator[MailRig]:
    """Run it until it is left; letters to reply.localhost go to our door.

    ``setting`` is one more of Dovecot's.
    """
    with TemporaryDirectory(prefix="rig.") as home:  # a short name: its sockets lie in there
        folder, rig = Path(home), MailRig(free_port(), free_port(), Path(home))
        folder.chmod(folder.stat().st_mode | 0o011)  # it gives up its rights, and must get in
        ports = map(str, (rig.smtp, door, rig.imap))
        servers = subprocess.Popen([ROOT / "scripts/mailrig", folder, *ports, setting])
        try:
            _await_greeting(servers, rig.smtp, b"220", folder)
            _await_greeting(servers, rig.imap, b"* OK", folder)
            yield rig
        finally:
            servers.terminate()
            servers.wait(timeout=PATIENCE)


def program(name: str, *words: str) -> tuple[Sequence[str], dict[str, str]]:
    """Return how a program of the rig is called (swaks, mutt): its words and environment."""
    libraries = ":".join(str(place) for place in PROGRAMS.glob("usr/lib/*-linux-gnu"))
    return [str(PROGRAMS / "usr/bin" / name), *words], {**os.environ, "LD_LIBRARY_PATH": libraries}


def _await_greeting(servers: subprocess.Popen[bytes], port: int, word: bytes, folder: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and servers.poll() is None:
        with socket.socket() as line:
            line.settimeout(PATIENCE)
            if line.connect_ex(("127.0.0.1", port)) == 0 and _greets(line, word):
                return
        time.sleep(0.1)
    said = "\n".join(log.read_text() for log in folder.glob("log*")) or "They wrote no log."
    raise RuntimeError(f"The mail servers did not answer. {said}")


def _greets(line: socket.socket, word: bytes) -> bool:
    try:
        return line.recv(512).startswith(word)
    except ConnectionResetError:
        return False
