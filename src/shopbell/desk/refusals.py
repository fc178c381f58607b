"""The ways the desk says no."""

from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, NotFound


class NotOfTheTeam(Invalid):
    """A conversation can be given to people of the shop's own staff only."""


class TeamOnly(Forbidden):
    """Only people of a shop's staff have a seat at its desk; a program has none."""


class ManagersOnly(Forbidden):
    """How work is given out, and what each can take, is for the shop's managers to say."""


class AtCapacity(Conflict):
    """They have ``load`` conversations that wait, and ``limit`` is what they can take."""


class TalkDone(Conflict):
    """The conversation is resolved or closed: there is nothing to give out or put aside."""


class SnoozePast(Invalid):
    """The time to wake up has passed already."""


class SnoozeTooLong(Invalid):
    """Nothing sleeps longer than ``days``."""


class NothingToWakeFor(Invalid):
    """It would sleep for an event that cannot happen here: it has no such case or parcel."""


class ShiftPast(Invalid):
    """The end of the shift has passed already, or is more than a day away."""


class NoSuchTag(NotFound):
    """The shop has no such tag."""


class TagNameless(Invalid):
    """A tag needs a word of 1 to ``most`` letters."""


class TooManyTags(Conflict):
    """There are ``most`` already."""


class DeskFormWrong(Invalid):
    """A number in the form is missing, or beyond what it may be: ``most`` at a time."""
