"""How this room says no."""

from shopbell.kernel.refusals import Conflict, Forbidden, Malformed, NotFound


class NoSuchExport(NotFound):
    """No copy of one's data by this id, or it has run out."""


class ExportNotReady(Conflict):
    """The copy is still being written."""


class RecordKeptTooShort(Malformed):
    """The audit record is to be cut off before the law lets it go."""


class TalksKeptTooShort(Malformed):
    """The words of closed conversations are to go before buyers and shops are done with them."""


class OnlyBuyersErase(Forbidden):
    """Somebody at work asks to have their account erased: whoever they work for ends it."""
