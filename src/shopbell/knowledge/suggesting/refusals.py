"""The ways this room says no."""

from shopbell.kernel.refusals import Forbidden


class OnlyAskersReport(Forbidden):
    """Whether something answers is for those to say who buy."""


class NotOfThisShop(Forbidden):
    """Only the shop's own team sees what it may answer, and what its buyers said of answers."""
