"""The ways a complaint is refused."""

from shopbell.kernel.refusals import Conflict, Forbidden, NotFound


class NotYoursToReport(Forbidden):
    """Buyers and shops report messages of each other."""


class NoSuchComplaint(NotFound):
    """There is none of this id, or not all of them are about one author in one conversation."""


class DecidedAlready(Conflict):
    """Somebody has decided otherwise meanwhile."""
