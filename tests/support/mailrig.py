"""Real mail programs on loopback, from Debian's packages: Postfix, Dovecot, and two for people."""

import imaplib
import os
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.house import ROOT
from tests.support.ports import free_port

PROGRAMS = ROOT / ".stamps/mailrig"
PATIENCE = 120
PASSWORD = "letters"


class Mailbox(NamedTuple):
    """Somebody's letters, as their mail program finds them."""

    address: str
    imap: int

    def letters(self) -> list[EmailMessage]:
        """Return all that lie in there, oldest first."""
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=PATIENCE) as line:
            line.login(self.address, PASSWORD)
            _answer, (count, *_rest) = line.select("INBOX", readonly=True)
            found = [line.fetch(str(one), "(RFC822)")[1] for one in range(1, int(count or 0) + 1)]
        raw = [parts[0][1] for parts in found if isinstance(parts[0], tuple)]
        return [message_from_bytes(one, EmailMessage, policy=SMTP) for one in raw]

    def waits_for(self, count: int) -> list[EmailMessage]:
        """Wait until so many have arrived; more than that are too many."""
        until = time.monotonic() + PATIENCE
        while len(found := self.letters()) < count:
            assert time.monotonic() < until, [str(one["Subject"]) for one in found]
            time.sleep(0.2)
        assert len(found) == count, [str(one["Subject"]) for one in found]
        return found


class MailRig(NamedTuple):
    """Where its servers listen. Anybody at post.localhost has a mailbox there."""

    smtp: int
    imap: int
    folder: Path

    @property
    def said(self) -> str:
        """Return what Postfix wrote down."""
        return (self.folder / "log").read_text()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.smtp}"

    def mailbox(self, address: str) -> Mailbox:
        return Mailbox(address, self.imap)

    def posts(self, raw: bytes, sender: str, to: str) -> None:
        """Hand a letter as it is to Postfix."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=PATIENCE) as line:
            line.sendmail(sender, [to], raw)


@contextmanager
def mail_rig(door: int, smtp: int = 0, setting: str = "") -> Iterator[MailRig]:
    """Run it until it is left; letters to reply.localhost go to our door.

    ``setting`` is one more of Dovecot's.
    """
    with TemporaryDirectory(prefix="rig.") as home:  # a short name: its sockets lie in there
        folder = Path(home)
        rig = MailRig(smtp or free_port(), free_port(), folder)
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
