"""Where letters are read: one process apart, begun again whenever a letter was too much for it."""

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import IO, TypeVar

import msgspec

from shopbell.channels.mail.arriving.reader import LENGTH, Given, Proving, write
from shopbell.channels.mail.arriving.reading import Reading
from shopbell.channels.mail.arriving.seals import Examined, Keys

AT_ONCE = 8
"""So many letters are looked at in one moment: most of that is waiting for names."""

PATIENCE_SECONDS = 30.0
"""A reader that has not answered by then is ended, whatever it is doing."""

A = TypeVar("A", Reading, Examined)

ENDED_MOST = 3
_FROM_OUTSIDE = {-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}
"""How a reader ends whom somebody ends: no letter and none of its limits does that."""


class Unreadable(Exception):
    """Not even the simplest look at this letter came to an end."""


class ReadingRoom:
    """Has letters read, one at a time, by a process that is begun when the first one comes.

    ``threads`` are for all that is done with a letter: names that nobody tells must not keep those
    waiting who hand letters over.
    """

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(AT_ONCE, "letters")
        self._alone = threading.Lock()
        self._reader: subprocess.Popen[bytes] | None = None

    def read(self, raw: bytes, sender: str | None = None, *, whole: bool = True) -> Reading:
        """Have a letter read; if that is or was too much, as plain text. Blocks."""
        with self._alone:
            for entire in (True, False) if whole else (False,):
                if reading := self._ask(Given(raw, sender, entire), Reading):
                    return reading
        raise Unreadable

    def examine(self, raw: bytes, keys: Keys, seals: bool) -> Examined:
        """Have signatures or seals examined; if that was too much, none holds. Blocks."""
        with self._alone:
            return self._ask(Proving(raw, dict(keys), seals), Examined) or Examined()

    def close(self) -> None:
        """Send the reader away."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        with self._alone:
            self._end()

    def _ask(self, question: Given | Proving, kind: type[A]) -> A | None:
        """Ask a reader; one that somebody ended from outside says nothing about the letter."""
        for _time in range(ENDED_MOST):
            answer = self._talk(question, kind)
            if answer is not None or self._end() not in _FROM_OUTSIDE:
                return answer
        return None

    def _talk(self, question: Given | Proving, kind: type[A]) -> A | None:
        reader = self._running()
        clock = threading.Timer(PATIENCE_SECONDS, reader.kill)
        clock.start()
        try:
            return _talk(reader, question, kind)
        except OSError:
            return None
        finally:
            clock.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._reader is None or self._reader.poll() is not None:
            self._end()
            self._reader = subprocess.Popen(
                [sys.executable, "-B", "-m", "shopbell.channels.mail.arriving.reader"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._reader

    def _end(self) -> int:
        """Send the reader away, and return how it ended."""
        reader, self._reader = self._reader, None
        if reader is None:
            return 0
        reader.kill()
        reader.communicate()
        return reader.returncode


def _talk(reader: subprocess.Popen[bytes], question: Given | Proving, kind: type[A]) -> A | None:
    if reader.stdin is None or reader.stdout is None:
        raise BrokenPipeError
    write(reader.stdin, question)
    return _answer(reader.stdout, kind)


def _answer(said: IO[bytes], kind: type[A]) -> A | None:
    begin = said.read(LENGTH.size)
    if len(begin) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(begin)
    body = said.read(length)
    return msgspec.msgpack.decode(body, type=kind) if len(body) == length else None
