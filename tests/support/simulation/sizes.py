"""Limits made small in some worlds, so that what happens to many entries happens to a few."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from shopbell.conversations import service as conversations
from shopbell.realtime import following, outgoing, sends, service


@contextmanager
def sized(chance: random.Random) -> Iterator[None]:
    """Let long gaps, long pages, full queues and many unanswered sends be short ones."""
    queue = chance.choice((outgoing.QUEUE_FRAMES, 6, 2))
    sizes: list[tuple[object, str, int]] = [
        (service, "FAR", chance.choice((service.FAR, service.FAR, 3))),
        (conversations, "PAGE_MOST", chance.choice((conversations.PAGE_MOST, 2))),
        (outgoing, "QUEUE_FRAMES", queue),
        (outgoing, "CALM_FRAMES", queue // 4),
        (following, "QUEUE_FRAMES", queue),
        (sends, "UNANSWERED_MOST", chance.choice((sends.UNANSWERED_MOST, 1))),
    ]
    kept = [(where, name, getattr(where, name)) for where, name, _size in sizes]
    for where, name, size in sizes:
        setattr(where, name, size)
    try:
        yield
    finally:
        for where, name, size in kept:
            setattr(where, name, size)
