"""The ways the team's own matters say no."""

from shopbell.kernel.refusals import Conflict, Invalid


class ReminderPast(Invalid):
    """Nobody can be reminded in the past."""


class ReminderFar(Invalid):
    """Nobody is reminded in more than ``days`` days."""


class NoParcelToWait(Invalid):
    """The conversation is about no order whose parcel is still on its way."""


class TooManyReminders(Conflict):
    """One person keeps ``most`` reminders."""


class KeyTaken(Conflict):
    """Two things would be done by one key (``key``): ``verb`` and ``other``."""


class KeyUnusable(Invalid):
    """The key (``key``) belongs to the browser, the field, or begins a sequence."""
