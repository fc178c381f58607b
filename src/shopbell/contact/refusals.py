"""The ways the ladder says no."""

from shopbell.kernel.refusals import Conflict, Forbidden, Invalid


class LadderWrong(Invalid):
    """These rules would tell somebody twice, never, or in the wrong order."""

    @classmethod
    def at(cls, ladder: str, why: str) -> "LadderWrong":
        """Say of which ladder what is wrong, by a code that stands among the texts."""
        wrong = cls(ladder=ladder, why=why)
        wrong.named["why"] = f"contact.why_{why}"
        return wrong


class LadderMovedOn(Conflict):
    """Somebody laid down another ladder after this one was looked at."""


class NoSuchWay(Conflict):
    """There is no such channel here, or it does not reach the shop."""


class NothingWaits(Conflict):
    """No words of the buyer wait for the shop."""


class OnlyBuyersHurry(Forbidden):
    """Only the buyer who waits may choose another way to the shop."""
