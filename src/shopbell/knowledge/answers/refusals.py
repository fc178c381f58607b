"""The ways this room says no."""

from shopbell.kernel.refusals import Forbidden, NotFound


class NoSuchAnswer(NotFound):
    """There is no such answer, or it is not shown to whoever asks."""


class OnlyBuyersVote(Forbidden):
    """Only buyers say whether an answer helped: a shop praises itself elsewhere."""
