"""How this room says no."""

from shopbell.kernel.refusals import Forbidden, Invalid, Malformed, NotFound


class NoSuchFigure(NotFound):
    """No figure has this name."""


class NotYourFigures(Forbidden):
    """Figures are for the marketplace and for the staff of shops: each shop sees its own."""


class OnlyYourOwnWork(Forbidden):
    """Somebody who does not manage the shop sees the figures of their own work."""


class PeriodWrong(Invalid):
    """A period ends no sooner than it begins, and lasts ``most`` days at most."""


class DayUnreadable(Malformed):
    """A day is written as 2026-11-30."""


class NotToldApartBy(Invalid):
    """This figure cannot be told apart by ``by``, or by so many things at once."""


class FilterUnknown(Invalid):
    """Nothing can be ``value`` in ``by``."""


class PlaceUnknown(Malformed):
    """The place to go on from is not one we gave."""
