"""The ways this room says no."""

from shopbell.kernel.refusals import Forbidden


class OnlyAskersReport(Forbidden):
    """Whether something answers is for those to say who buy."""
