"""What the house asks of a broker: little, so that it can be exchanged.

A letter reaches every other process that is listening, at most once, in the order of its sender,
or it is lost. Nobody may rely on one: what matters is a row in the database, and whoever missed a
letter reads it there.
"""

from typing import Protocol

LETTER_MOST = 7_500
"""Bytes in one letter; PostgreSQL takes less than 8,000 in one notification."""


class Receiver(Protocol):
    """Who is told what other processes say; called in the event loop, and never waits."""

    def take(self, sender: str, letter: str) -> None:
        """Hear what another process said."""

    def missed(self) -> None:
        """Hear that letters may have been lost, or may be lost from now on."""


class Broker(Protocol):
    """Carries letters between processes."""

    node: str
    """By which name the others know this process."""

    @property
    def alone(self) -> bool:
        """Tell whether nobody else can be listening, so that letters need not be written."""
        ...

    @property
    def up(self) -> bool:
        """Tell whether letters come and go, as far as anybody can know."""
        ...

    def publish(self, letter: str) -> None:
        """Send a letter to all others soon; never waits, and never fails because nobody hears.

        A letter holds no line breaks and at most `LETTER_MOST` bytes; another one is a bug.
        """
        ...

    async def run(self, receiver: Receiver | None) -> None:
        """Carry letters until cancelled; come back by itself after trouble."""
        ...


def checked(letter: str) -> str:
    """Return a letter that can be carried, or raise."""
    if len(letter.encode()) > LETTER_MOST or "\n" in letter:
        raise ValueError("a letter is one line of few bytes")
    return letter
