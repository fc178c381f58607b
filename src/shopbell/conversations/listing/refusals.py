"""The ways a list or a view is refused."""

from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, NotFound


class FilterOdd(Invalid):
    """What a list is narrowed to by ``part`` is no id."""


class NoSuchView(NotFound):
    """There is no view of this name or id, or it is somebody else's."""


class ViewsFull(Conflict):
    """Nobody finds their way among more than ``most`` views."""


class OnlyManagersShareViews(Forbidden):
    """What the whole shop sees is decided by its managers."""


class OnlyShopsHaveViews(Forbidden):
    """Views are for those who work for a shop."""


class ViewWithoutName(Invalid):
    """A view is found by its name."""
