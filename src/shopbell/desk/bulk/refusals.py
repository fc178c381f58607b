"""The ways an act on many conversations is refused."""

from shopbell.kernel.refusals import Conflict, Invalid, NotFound


class NoSuchBulk(NotFound):
    """Nothing was done under this id, or somebody else did it."""


class ActNeedsMore(Invalid):
    """The act was not told what it needs, as to whom something is given."""


class TooLateToUndo(Conflict):
    """An act on many is taken back within some ``minutes``."""


class ChangedSince(Conflict):
    """Somebody has written or acted in it since; it stays as it is."""
