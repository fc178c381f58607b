"""The ways a conversation says no."""

from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, Malformed, NotFound, TooLarge


class NoSuchConversation(NotFound):
    """There is none, or it is not the actor's to know of."""


class NoSuchEntry(NotFound):
    """There is no message of this number."""


class ConversationClosed(Conflict):
    """It can be read, but no more is added."""


class IdempotencyConflict(Conflict):
    """The same client id came with other content: a mistake of the client."""


class NotYourMessage(Forbidden):
    """Only its author may change a message."""


class OnlyAuthorUncovers(Forbidden):
    """What is hidden of a message is read by its author and the operator alone."""


class TooLateToEdit(Conflict):
    """A message can be changed for some minutes only."""


class TooSoonToEscalate(Conflict):
    """The operator steps in only after the shop's promise has passed."""


class MessageWithdrawn(Conflict):
    """The message was taken back already."""


class ReadOnlyHere(Forbidden):
    """The actor may read this stream, but not write into it."""


class CasesOpen(Conflict):
    """The shop may settle a conversation only when its cases have ended; so many are ``open``."""


class CaseWaitsForShop(Conflict):
    """A case in it waits for the shop, so an answer is needed; ``waiting`` of them do."""


class NotSellersToOpen(Forbidden):
    """A shop may write first only about its own order, and only around its delivery."""


class OnlyBuyersAsk(Forbidden):
    """Who sells here, or runs the marketplace, does not ask as a buyer."""


class UnknownEntryType(Malformed):
    """No such type of entry can be sent into this stream."""


class EntryMalformed(Malformed):
    """The entry's data does not have its type's shape."""


class NothingSaid(Invalid):
    """A message needs words or a file."""


class TextTooLong(TooLarge):
    """More characters than ``most``."""


class NoSuchAttachment(Invalid):
    """A named file was not uploaded into this conversation by the sender."""


class DraftChanged(Conflict):
    """Another device of the writer keeps other words by now; neither may overwrite the other."""


class AnsweredMeanwhile(Conflict):
    """A colleague (``by``) has answered since the writer began; ``said`` is how that begins."""


class NoSuchColleague(Invalid):
    """Somebody is called who does not work for this shop."""


class NoSuchDraft(NotFound):
    """The colleague has sent or dropped it, or never shared one."""


class BeyondHead(Invalid):
    """A mark cannot be ahead of the stream."""
