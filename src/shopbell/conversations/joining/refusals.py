"""The ways to merge and to split are refused."""

from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, NotFound


class OnlyTheShopSorts(Forbidden):
    """Only a shop's staff merges and splits its conversations."""


class NotOneBuyers(Invalid):
    """Only conversations of one buyer with one shop become one."""


class MergedWithItself(Invalid):
    """A conversation is one already."""


class BothHaveCases(Conflict):
    """A case stays with its conversation: while both have open ones, both stay."""


class NothingToSplit(Invalid):
    """No message lies between these numbers, or more than ``most`` entries do."""


class SplitIntoItself(Invalid):
    """The part would go on where it stands: about the same subject."""


class NoSuchJoin(NotFound):
    """Nothing was merged or split under this id, or not by this shop."""


class TooLateToTakeApart(Conflict):
    """It can be undone for some ``hours``, and only until somebody writes."""
