"""The ways to ask carriers, the better one first. To add one: its file, and its line here."""

from collections.abc import Mapping

from shopbell.carriers.by_letter import ByLetter
from shopbell.carriers.by_web import ByWeb
from shopbell.carriers.way import Way
from shopbell.commerce.carriers import Carrier

_IN_TURN: tuple[Way, ...] = (ByWeb(), ByLetter())
WAYS: Mapping[str, Way] = {way.name: way for way in _IN_TURN}

BY_HAND = "hand"
"""What traces call it when the shop itself has to ask, as there is no other way."""


def way_to(carrier: Carrier | None) -> Way | None:
    """Return how this carrier is asked, if we can."""
    if carrier is None:
        return None
    return next((way for way in WAYS.values() if way.serves(carrier)), None)
