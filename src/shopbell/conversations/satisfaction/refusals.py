"""How this room says no."""

from shopbell.kernel.refusals import Conflict, Forbidden, Gone, NotFound


class NotAsked(NotFound):
    """Nobody was asked about this conversation, or the link was used before."""


class OnlyItsBuyerRates(Forbidden):
    """Somebody else than the buyer wants to say whether it helped."""


class RatedAlready(Conflict):
    """The buyer has said something else before; that stands."""


class RatingOver(Gone):
    """The time to answer has passed."""
