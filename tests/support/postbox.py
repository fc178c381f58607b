"""A mailbox on a real Dovecot, as its owner sees it with a program of the standard library."""

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from shopbell.kernel.ids import new_id

PASSWORD = "letters"


@dataclass(frozen=True)
class Postbox:
    """Somebody's mailbox; ``port`` is the server's."""

    port: int
    name: str
    folder: str = "INBOX"

    @classmethod
    def of_its_own(cls, port: int, folder: str = "INBOX") -> "Postbox":
        """Return the mailbox of somebody who has none yet."""
        made = cls(port, f"{new_id()}@post.localhost", folder)
        if folder != "INBOX":
            made.makes(folder)
        return made

    def url(self, *, port: int = 0, password: str = PASSWORD, scheme: str = "imap") -> str:
        """Return the setting that has it read; ``port`` leads there by another line."""
        who = f"{quote(self.name)}:{password}"
        return f"{scheme}://{who}@127.0.0.1:{port or self.port}/{self.folder}"

    def gets(self, raw: bytes) -> None:
        """Have a letter lie in it."""
        with self._opened() as line:
            line.append(self.folder, "", "", raw)

    def is_unread(self) -> None:
        """Have its owner mark all as not read."""
        with self._opened() as line:
            line.select(self.folder)
            line.store("1:*", "-FLAGS", r"\Seen")

    def loses(self, place: int) -> None:
        """Have its owner delete a letter."""
        with self._opened() as line:
            line.select(self.folder)
            line.store(str(place), "+FLAGS", r"\Deleted")
            line.expunge()

    def makes(self, folder: str) -> None:
        with self._opened() as line:
            line.create(folder)

    def begins_anew(self) -> None:
        """Remove the folder with all that is in it, and make it again: it counts anew."""
        with self._opened() as line:
            line.delete(self.folder)
            line.create(self.folder)

    def flags(self, folder: str = "") -> list[str]:
        """Return how each letter is marked, in their order."""
        with self._opened() as line:
            _ok, count = line.select(folder or self.folder, readonly=True)
            _ok, found = line.fetch("1:*", "(FLAGS)") if count != [b"0"] else ("OK", [])
        told = (one.decode() for one in found if isinstance(one, bytes))
        marks = (one.partition("FLAGS (")[2].rstrip(")").split() for one in told)
        return [" ".join(mark for mark in one if mark != r"\Recent") for one in marks]

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port) as line:
            line.login(self.name, PASSWORD)
            yield line
