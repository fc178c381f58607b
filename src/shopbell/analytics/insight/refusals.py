"""How insight says no."""

from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, NotFound


class NothingCountedYet(NotFound):
    """A shop is counted soon after it opens, and nothing of it was yet."""


class NotCountedOf(NotFound):
    """Nothing was sold or asked of this product lately, or it is another shop's."""


class NoSuchCluster(NotFound):
    """Nothing like this is asked of the product any more."""


class NoSuchMend(NotFound):
    """Nothing was added to a listing under this name, or by another shop."""


class OnlyManagersMend(Forbidden):
    """What stands in a listing is for the shop's managers to change."""


class OneThingToAdd(Invalid):
    """Either an attribute is added or an answer, not both and not neither."""


class AnsweredAlready(Conflict):
    """Somebody has added an answer to this already."""


class LineEmpty(Invalid):
    """What is added needs words in each ``field``, and no more than fit."""
