"""The ways this room says no."""

from shopbell.kernel.refusals import Conflict, Invalid, NotFound


class NoSuchPolicy(NotFound):
    """There is no such profile, or not in this version."""


class NoSuchReason(Invalid):
    """The rules in force know no such reason."""


class NoSuchClock(NotFound):
    """Neither the profile nor our defaults know a clock of this name."""


class NoSuchLine(NotFound):
    """The order has no such line."""


class RulesClash(Invalid):
    """Two clauses of equal priority would both decide the same matter."""


class RuleMissing(Invalid):
    """No clause would decide some matter."""


class ClauseTwice(Invalid):
    """Two clauses, reasons or categories have the same name."""


class CategoryUnknown(Invalid):
    """A clause names a category that the profile does not have."""


class WordsMissing(Invalid):
    """A code of the marketplace's own has no words for people in one of the languages."""


class WindowUnclear(Invalid):
    """A clause asks for what contradicts itself."""


class EvidenceTooMuch(Invalid):
    """Buyers cannot show or say as much as the rules would let them; ``field`` names the limit."""


class PolicyMovedOn(Conflict):
    """Somebody published another version meanwhile."""


class TermsMovedOn(Conflict):
    """Somebody of the shop said at the same moment what it gives."""


class DayOutOfReach(Invalid):
    """Rules cannot have counted before they were published, nor in a far future."""


class NoSuchClause(Invalid):
    """The profile in force has no clause of this name."""


class NotKinder(Invalid):
    """A shop may only be kinder to its buyers than the marketplace's rules; ``field`` is not."""


class HalfTakenBack(Invalid):
    """What is not returnable is taken back with both: the word for it, and so many days."""


class NotTheShopsClock(Invalid):
    """A shop may only shorten the time it takes itself."""
