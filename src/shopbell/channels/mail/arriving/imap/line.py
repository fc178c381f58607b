"""One connection to the server of a mailbox. Each call blocks, but for `cut`."""

import contextlib
import ssl
import threading
import time
from collections.abc import Iterator
from imaplib import IMAP4
from typing import Any, Self

from imapclient import FLAGGED, SEEN, IMAPClient
from imapclient.exceptions import LoginError

from shopbell.channels.mail.arriving.imap.model import (
    Fetched,
    MailboxAway,
    MailboxSaysNo,
    NoSuchFolder,
    NotLetIn,
    Place,
)
from shopbell.channels.mail.arriving.model import LETTER_BYTES
from shopbell.channels.mail.arriving.structure import HEADERS_BYTES
from shopbell.channels.mail.smtp import is_here

TIMEOUT_SECONDS = 20.0
"""A server that has not answered by then is not there any more."""

IDLE_SECONDS = 60.0
"""How long we rely on being told. Then we look: servers let go after 29 minutes (RFC 2177), and a
line of which only our end is left looks like one on which nothing comes."""

NUMBERS_AT_ONCE = 100_000
"""So many numbers are searched at once: imaplib takes no longer line than a million signs."""


class Line:
    """Reads one folder; where letters are moved to once they are read may be another one."""

    def __init__(self, place: Place, *, moved_to: str = "", poll_seconds: float = 60.0) -> None:
        self._place, self._moved_to, self._poll = place, moved_to, poll_seconds
        self._ended = threading.Event()
        self._idles_since: float | None = None
        self._looked = 0.0
        with _plainly():
            self._client = _connected(place)

    def enter(self) -> Self:
        """Give our name and password, and see that the folders are there."""
        with _plainly():
            self._client.login(self._place.user, self._place.password)
        if self._moved_to and not self._moves:
            self._moved_to = ""
        self._select()
        with _plainly():
            if self._moved_to and not self._client.folder_exists(self._moved_to):
                self._client.create_folder(self._moved_to)
        return self

    def look(self, uidvalidity: int, uid: int) -> tuple[int, list[int]]:
        """Return how letters are numbered, and which lie behind one, or the first of very many.

        A letter that comes as we search is told with the answer, and not told again as we idle.
        """
        self._looked = time.monotonic()
        while True:
            numbered, next_uid = self._select()
            self._told("EXISTS")
            found = self._behind(uid, next_uid) if numbered == uidvalidity else []
            if found or not self._told("EXISTS"):
                return numbered, found

    def untidy(self, uid: int) -> list[int]:
        """Return which letters up to one were read and are not yet marked so."""
        if uid == 0:
            return []
        return self._search(f"{'UNFLAGGED' if self._moved_to else 'UNSEEN'} UID 1:{uid}")

    def fetch(self, uid: int) -> Fetched | None:
        """Fetch a letter, but one that is too large; none if it is not there any more."""
        size = self._part(uid, "RFC822.SIZE")
        if size is None:
            return None
        if size <= LETTER_BYTES:
            raw = self._part(uid, "BODY.PEEK[]", "BODY[]")
            if raw is None:
                return None
            if len(raw) <= LETTER_BYTES:
                return Fetched(len(raw), raw[:HEADERS_BYTES], raw)
        return Fetched(size, self._head(uid), None)

    def put_away(self, uid: int, *, left: bool = False) -> None:
        """Mark a letter as read, or move it away; one that was left is marked for a person.

        None is ever deleted.
        """
        with _plainly():
            self._client.add_flags(uid, (SEEN, FLAGGED) if left else (SEEN,))
            if self._moved_to and not left:
                self._client.move(uid, self._moved_to)

    def wait(self, seconds: float) -> bool:
        """Wait for so long or shorter; return whether it is time to look."""
        with _plainly():
            if not self._client.has_capability("IDLE"):
                self._ended.wait(seconds)
                return time.monotonic() - self._looked >= self._poll
            return self._is_told(seconds)

    def cut(self) -> None:
        """Have a call that waits in another thread come to its end."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._client.socket().shutdown(2)

    def close(self) -> None:
        """Let go of it, whatever state it is in."""
        with contextlib.suppress(OSError, IMAP4.error):
            self._client.shutdown()

    @property
    def _moves(self) -> bool:
        with _plainly():
            return bool(self._client.has_capability("MOVE"))

    def _is_told(self, seconds: float) -> bool:
        """Let the server tell us."""
        if self._idles_since is None:
            self._client.idle()
            self._idles_since = time.monotonic()
        if not self._has_come() and not self._comes_within(seconds):
            return False
        self._idles_since = None
        self._client.idle_done()
        return True

    def _has_come(self) -> bool:
        """Tell whether something came together with the leave to idle; it wakes nobody later."""
        line = self._client.socket()
        heard: Any = self._client._imap.file  # noqa: SLF001 - it hides what it has read already
        line.setblocking(False)
        try:
            return bool(heard.peek(1))
        except ssl.SSLWantReadError:
            return False
        finally:
            line.settimeout(TIMEOUT_SECONDS)

    def _comes_within(self, seconds: float) -> bool:
        """Wait; what ends sooner than asked for is news, or the end of the line."""
        until = time.monotonic() + seconds
        said = self._client.idle_check(timeout=seconds)
        now = time.monotonic()
        return bool(said) or now < until or now - (self._idles_since or now) >= IDLE_SECONDS

    def _select(self) -> tuple[int, int]:
        """Open the folder; return how its letters are numbered, and the next number to come."""
        with _plainly(NoSuchFolder):
            found = self._client.select_folder(self._place.folder)
        with _plainly():
            if b"UIDVALIDITY" not in found or b"UIDNEXT" not in found:
                raise IMAP4.error("it does not number its letters")
            return int(found[b"UIDVALIDITY"]), int(found[b"UIDNEXT"])

    def _behind(self, uid: int, next_uid: int) -> list[int]:
        for begin in range(uid + 1, next_uid, NUMBERS_AT_ONCE):
            end = begin + NUMBERS_AT_ONCE - 1
            if found := self._search(f"UID {begin}:{end}"):
                return [one for one in found if begin <= one <= end]
        return []

    def _told(self, what: str) -> bool:
        """Tell whether the server has said so, beside what it was asked, since we last wondered."""
        _what, said = self._client._imap.response(what)  # noqa: SLF001 - it hides what it is told
        return bool(said != [None])

    def _head(self, uid: int) -> bytes:
        return self._part(uid, f"BODY.PEEK[HEADER]<0.{HEADERS_BYTES}>", "BODY[HEADER]<0>") or b""

    def _search(self, words: str) -> list[int]:
        with _plainly():
            return sorted(self._client.search(words))

    def _part(self, uid: int, asked: str, told: str = "") -> Any:  # noqa: ANN401 - bytes or a number
        with _plainly():
            found = self._client.fetch([uid], [asked])
            return found.get(uid, {}).get((told or asked).encode())


def probe(place: Place) -> None:
    """See whether letters can be read there, and leave; raises what is in the way."""
    line = Line(place)
    try:
        line.enter()
    finally:
        line.close()


def _connected(place: Place) -> IMAPClient:
    """Connect; a password never travels open, except within this machine."""
    client = IMAPClient(
        place.host,
        place.port,
        ssl=place.tls,
        ssl_context=ssl.create_default_context() if place.tls else None,
        timeout=TIMEOUT_SECONDS,
    )
    if not place.tls and not is_here(place.host):
        client.starttls(ssl.create_default_context())
    return client


@contextlib.contextmanager
def _plainly(no: type[MailboxSaysNo] = MailboxSaysNo) -> Iterator[None]:
    """Tell what a server does not do from a server that is away."""
    try:
        yield
    except LoginError as trouble:
        broke = isinstance(trouble.__context__, IMAP4.abort)
        raise (MailboxAway if broke else NotLetIn)(_words(trouble)) from trouble
    except (IMAP4.abort, OSError) as trouble:
        raise MailboxAway(_words(trouble)) from trouble
    except IMAP4.error as trouble:
        raise no(_words(trouble)) from trouble


def _words(trouble: Exception) -> str:
    """Return what a server or the machine said, in one line."""
    said = str(trouble) or repr(trouble)
    return " ".join(said.removeprefix("b'").removesuffix("'").split())[:500]
