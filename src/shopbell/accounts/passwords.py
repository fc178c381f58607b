"""Passwords: which are good enough, and how they are kept and compared.

A hash takes about 30 ms and 19 MiB on purpose. So hashes are made outside transactions, by two
threads with a short queue: a flood of sign-ins is sent away and never stops the chat.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from threading import BoundedSemaphore
from typing import NewType, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shopbell.accounts.model import LEAST, MOST
from shopbell.accounts.refusals import (
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    TooBusy,
)

T = TypeVar("T")
PasswordHash = NewType("PasswordHash", str)

THREADS, QUEUE = 2, 20
COMPARED = 4
"""How many people one address may let in: its owner, and of those who claim it the one who is
known on this device, the first and the last. As many hashes are compared for nobody."""

_ARGON2 = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_POOL = ThreadPoolExecutor(THREADS, "passwords")
_PLACES = BoundedSemaphore(THREADS + QUEUE)
_OUR_WORDS = frozenset({"shopbell"})


def check(password: str, *known: str) -> None:
    """Refuse a password that is too short, too long, or the first that anyone would try.

    ``known`` is what a stranger knows about the person: address and name.
    """
    if len(password) < LEAST:
        raise PasswordTooShort(least=LEAST)
    if len(password) > MOST:
        raise PasswordTooLong(most=MOST)
    guesses = {*_OUR_WORDS, *known, *(word.partition("@")[0] for word in known)}
    tried = password.casefold()
    if tried in common() or tried in {guess.casefold() for guess in guesses}:
        raise PasswordTooCommon


async def make_hash(password: str) -> PasswordHash:
    """Return what is kept instead of ``password``."""
    return await _in_turn(lambda: hash_now(password))


def hash_now(password: str) -> PasswordHash:
    """Do the same as `make_hash`, at once: for the command line and the demo."""
    return PasswordHash(_ARGON2.hash(password))


async def find_match(password: str, hashes: Sequence[PasswordHash]) -> int | None:
    """Return which of ``hashes`` is of ``password``; takes as long for none as for some."""
    return await _in_turn(lambda: _find_match(password, hashes))


def is_outdated(kept: PasswordHash) -> bool:
    """Tell whether ``kept`` was made with weaker settings than today's."""
    return _ARGON2.check_needs_rehash(kept)


@cache
def common() -> frozenset[str]:
    """Return the most common passwords of at least the length we ask for."""
    listed = files("shopbell.accounts").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in listed.splitlines() if not line.startswith("# "))


def _find_match(password: str, hashes: Sequence[PasswordHash]) -> int | None:
    padded = (*hashes, *[_nobodys()] * COMPARED)[:COMPARED]
    matches = [_is_of(password, kept) for kept in padded]
    return next((place for place in range(len(hashes)) if matches[place]), None)


def _is_of(password: str, kept: PasswordHash) -> bool:
    try:
        return len(password) <= MOST and _ARGON2.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> PasswordHash:
    """Return a hash that is compared when there is no one, so that time tells nothing."""
    return hash_now("nobody's password")


async def _in_turn(work: Callable[[], T]) -> T:
    if not _PLACES.acquire(blocking=False):
        raise TooBusy(retry_after=2)
    queued = _POOL.submit(work)
    queued.add_done_callback(_leave)
    return await asyncio.wrap_future(queued)


def _leave(_done: "Future[T]") -> None:
    _PLACES.release()
