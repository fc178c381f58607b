"""The ways this room says no."""

from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, NotFound


class OnlyTheTeam(Forbidden):
    """Macros are for those who work for a shop."""


class OnlyManagersKeep(Forbidden):
    """The macros of a whole shop are changed by its managers and owners."""


class NoSuchMacro(NotFound):
    """There is no such macro, or it is another shop's or a colleague's own."""


class NoSuchRecipe(NotFound):
    """No recipe of this name comes with the program."""


class MacroMovedOn(Conflict):
    """Somebody has changed the macro since; it has ``version`` now."""


class MacroNameTaken(Conflict):
    """Another macro is called by the ``short`` name already."""


class MacrosFull(Conflict):
    """The shop has as many macros as it may have, ``most``."""


class MacroSaysNothing(Invalid):
    """A macro needs a text in at least one language, or something that it does."""


class PlaceholderUnknown(Invalid):
    """Nothing is known by this ``name``, so it could never be filled."""


class PlaceholderBroken(Invalid):
    """A pair of braces is not closed, or stands alone, ``near`` these words."""


class BlockOpen(Invalid):
    """A block begins and does not end; ``name`` is its condition."""


class BlockUnopened(Invalid):
    """``{{else}}`` or ``{{/if}}`` stands where no block has begun; ``near`` these words."""


class BlocksTooDeep(Invalid):
    """Blocks stand within blocks, more than ``most`` deep."""


class DeedUnknown(Invalid):
    """Macros cannot do this; ``deed`` names it."""


class DeedValueOdd(Invalid):
    """What a macro does cannot be done with this ``value``; ``deed`` names it."""


class MacroCallsMacro(Invalid):
    """A macro may not run another one: the two could run each other for ever."""


class PublicHasGaps(Invalid):
    """What everybody reads has nobody's order to fill gaps from."""


class PublicNeedsQuestion(Invalid):
    """A text in the FAQ answers a question in its own language; ``locale`` has none, or no text."""


class PublicIsTheShops(Invalid):
    """Only what is the whole shop's can stand in its FAQ."""


class GapsLeft(Conflict):
    """Something in the text is not known yet: ``gaps``."""


class MacroDoesNotFit(Conflict):
    """The conversation is not any more as the macro needs it."""


class NothingToSend(Conflict):
    """The macro is to send a message, and there are no words in it."""


class NoCaseForThat(Conflict):
    """No open case of the conversation has this step now; ``action`` names it."""


class MacroSheetOdd(Invalid):
    """A file of macros is a table as exported here, with a head; ``reason`` says what is odd."""


class MacroRowOdd(Invalid):
    """A row of a file of macros cannot be read; ``column`` says where."""


class KeyTwice(Invalid):
    """Two rows of a file have the same ``short`` name."""
