"""The ways the ladder says no."""

from shopbell.kernel.refusals import Conflict, Forbidden, Invalid


class LadderWrong(Invalid):
    """These rules would tell somebody twice, never, or in the wrong order."""

    def __init__(self, *, ladder: str, why: str) -> None:
        super().__init__(ladder=ladder, why=why)
        self.named["why"] = f"contact.why_{why}"


class NoSuchWay(Conflict):
    """There is no such channel here, or it does not reach the shop."""


class NothingWaits(Conflict):
    """No words of the buyer wait for the shop."""


class OnlyBuyersHurry(Forbidden):
    """Only the buyer who waits may choose another way to the shop."""
