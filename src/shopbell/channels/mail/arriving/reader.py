"""Reads letters in a process of its own, which may neither write, nor grow, nor think for long.

It is told a letter on its standard input and answers on its standard output, one after another,
each with its length in front. Should a letter be too much for it, it is killed by its limits; the
one who asked then has another one look at that letter more simply.
"""

import resource
import struct
import sys
from typing import IO, BinaryIO

import msgspec
from msgspec import Struct

from shopbell.channels.mail.arriving.reading import Reading, read
from shopbell.channels.mail.arriving.seals import Examined, examined

CPU_SECONDS = 10
MEMORY_BYTES = 512 * 1024 * 1024
LENGTH = struct.Struct("!I")


class Given(Struct, frozen=True, tag=True):
    """A letter to be read; see `reading.read`."""

    raw: bytes
    sender: str | None
    whole: bool

    def answer(self) -> Reading:
        """Read it."""
        return read(self.raw, self.sender, whole=self.whole)


class Proving(Struct, frozen=True, tag=True):
    """A letter whose signatures or seals are to be examined; see `seals.examined`."""

    raw: bytes
    keys: dict[str, bytes]
    seals: bool

    def answer(self) -> Examined:
        """Examine it."""
        return examined(self.raw, self.keys, self.seals)


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Read letters until there are no more."""
    while begin := asked.read(LENGTH.size):
        (length,) = LENGTH.unpack(begin)
        given = msgspec.msgpack.decode(asked.read(length), type=Given | Proving)
        _allow_more_time()
        write(answers, given.answer())


def write(to: BinaryIO | IO[bytes], what: Given | Proving | Reading | Examined) -> None:
    """Send one thing, with its length in front."""
    body = msgspec.msgpack.encode(what)
    to.write(LENGTH.pack(len(body)) + body)
    to.flush()


def confine() -> None:
    """Give up what reading a letter does not take: memory, files to write, traces of a crash."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_more_time() -> None:
    """Let the next letter take so many seconds of processor time, counted from now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = round(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


if __name__ == "__main__":
    confine()
    serve(sys.stdin.buffer, sys.stdout.buffer)
