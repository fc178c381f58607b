"""How much may be added to threads at once, by one person, from one address, and by all together.

Who is signed in is slowed down as themselves first: behind one address may sit a whole office.
"""

from shopbell.engine.pace import Pace, Place, Turnstile, network
from shopbell.kernel.actor import Actor

WAITING_MOST = 2_000
"""Entries of all people that may wait for the database in this process."""

UPLOADS_PER_SECOND, UPLOADS_AT_ONCE = 1.0, 30.0
READINGS_PER_SECOND, READINGS_AT_ONCE = 4.0, 20.0
REREADINGS_PER_SECOND, REREADINGS_AT_ONCE = 0.5, 20.0
PREVIEWS_PER_SECOND, PREVIEWS_AT_ONCE = 0.5, 10.0
LOOKS_PER_SECOND, LOOKS_AT_ONCE = 4.0, 20.0
PEOPLE_PER_ADDRESS = 20


class Crowd:
    """Everybody who adds something through this process, over HTTP or over sockets."""

    def __init__(self, per_second: float) -> None:
        many = per_second * PEOPLE_PER_ADDRESS
        self._persons = Pace(per_second, burst=2 * per_second)
        self._addresses = Pace(many, burst=2 * many)
        self._uploads = Pace(UPLOADS_PER_SECOND, UPLOADS_AT_ONCE)
        self._readings = Pace(READINGS_PER_SECOND, READINGS_AT_ONCE)
        self._rereadings = Pace(REREADINGS_PER_SECOND, REREADINGS_AT_ONCE)
        self._previews = Pace(PREVIEWS_PER_SECOND, PREVIEWS_AT_ONCE)
        self._looks = Pace(LOOKS_PER_SECOND, LOOKS_AT_ONCE)
        self._strange_looks = Pace(
            LOOKS_PER_SECOND * PEOPLE_PER_ADDRESS, LOOKS_AT_ONCE * PEOPLE_PER_ADDRESS
        )
        self._waiting = Turnstile(WAITING_MOST)

    def sending(self, actor: Actor, address: str) -> Place:
        """Let somebody add an entry; refuse those who hurry, and everybody when too many wait."""
        self._persons.spend(actor.id)
        self._addresses.spend(network(address))
        return self._waiting.through()

    def uploads(self, actor: Actor) -> None:
        """Count a file of somebody, or refuse it."""
        self._uploads.spend(actor.id)

    def reads(self, actor: Actor) -> None:
        """Count words of somebody that are read before they are sent, or refuse them."""
        self._readings.spend(actor.id)

    def rereads(self, actor: Actor) -> None:
        """Count a whole thread that somebody has read through, or refuse it."""
        self._rereadings.spend(actor.id)

    def previews(self, actor: Actor) -> None:
        """Count what somebody has translated before they send it, or refuse it."""
        self._previews.spend(actor.id)

    def looks(self, actor: Actor | None, address: str) -> None:
        """Let somebody who types see what is known already; refuse those who type too fast."""
        if actor is None:
            self._strange_looks.spend(network(address))
        else:
            self._looks.spend(actor.id)
