"""What can be said when somebody wants a translation now and cannot have it."""

from shopbell.kernel.refusals import Conflict, Forbidden, Unavailable


class NobodyTranslates(Conflict):
    """This house has no translator."""


class NobodyDrafts(Conflict):
    """This house has no assistant that writes."""


class OnlyShopsPreview(Forbidden):
    """A preview is for those who answer buyers."""


class NotTranslated(Unavailable):
    """The translator did not answer, or changed what must stay as it is."""
