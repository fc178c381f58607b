"""The ways rules for clocks say no."""

from shopbell.kernel.refusals import Conflict, Invalid


class ClocksWrong(Invalid):
    """One of these policies could never be kept, or says nothing."""

    @classmethod
    def at(cls, place: int, why: str) -> "ClocksWrong":
        """Say of which policy what is wrong, by a code that stands among the texts."""
        wrong = cls(place=place, why=why)
        wrong.named["why"] = f"clocks.why_{why}"
        return wrong


class ClocksMovedOn(Conflict):
    """Somebody laid down other rules after these were looked at."""


class ClocksTooSoon(Invalid):
    """Rules for clocks count from a moment to come: not from the past, nor after a year."""
