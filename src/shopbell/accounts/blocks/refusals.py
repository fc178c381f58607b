"""The ways blocks say no."""

from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, NotFound


class BlockedFromWriting(Forbidden):
    """A block keeps this person or their shop from writing; it may be appealed against."""


class BlockedAlready(Conflict):
    """A block stands on this person or shop; it is lifted before another is put."""


class CannotBeBlocked(Conflict):
    """Only buyers, staff of shops, and shops that have staff are blocked."""


class BlockNeedsWords(Invalid):
    """Whoever is blocked is told why, and of what end there is: within ``days`` days."""


class NoSuchBlock(NotFound):
    """There is no such block, or none that the asker may know of."""


class BlockEnded(Conflict):
    """The block has ended; nothing is left to decide."""


class AppealedAlready(Conflict):
    """A block is appealed against once."""


class AppealNeedsWords(Invalid):
    """An appeal says what is to be heard."""


class NothingToDecide(Conflict):
    """Nobody has appealed, or it was decided already."""


class AnotherDecides(Forbidden):
    """Whoever put a block does not decide about the appeal."""
