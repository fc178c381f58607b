"""Where letters are read: one process apart, begun again whenever a letter was too much for it."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import IO

import msgspec

from shopbell.channels.mail.arriving.reader import LENGTH, Given, write
from shopbell.channels.mail.arriving.reading import Reading

AT_ONCE = 8
"""So many letters are looked at in one moment: most of that is waiting for names."""

PATIENCE_SECONDS = 30.0
"""A reader that has not answered by then is ended, whatever it is doing."""


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
                if reading := self._ask(Given(raw, sender, entire)):
                    return reading
        raise Unreadable

    def close(self) -> None:
        """Send the reader away."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        with self._alone:
            self._end()

    def _ask(self, given: Given) -> Reading | None:
        reader = self._running()
        clock = threading.Timer(PATIENCE_SECONDS, reader.kill)
        clock.start()
        try:
            answer = _talk(reader, given)
        except OSError:
            answer = None
        finally:
            clock.cancel()
        if answer is None:
            self._end()
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._reader is None or self._reader.poll() is not None:
            self._end()
            self._reader = subprocess.Popen(
                [sys.executable, "-B", "-m", "shopbell.channels.mail.arriving.reader"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._reader

    def _end(self) -> None:
        if self._reader is not None:
            self._reader.kill()
            self._reader.communicate()
            self._reader = None


def _talk(reader: subprocess.Popen[bytes], given: Given) -> Reading | None:
    if reader.stdin is None or reader.stdout is None:
        raise BrokenPipeError
    write(reader.stdin, given)
    return _answer(reader.stdout)


def _answer(said: IO[bytes]) -> Reading | None:
    begin = said.read(LENGTH.size)
    if len(begin) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(begin)
    body = said.read(length)
    return msgspec.msgpack.decode(body, type=Reading) if len(body) == length else None
