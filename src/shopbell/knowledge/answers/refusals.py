"""The ways this room says no."""

from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, NotFound


class NoSuchAnswer(NotFound):
    """There is no such answer, or it is not shown to whoever asks."""


class NoSuchQuestion(NotFound):
    """There is no such public question, or it is another shop's."""


class OnlyBuyersVote(Forbidden):
    """Only buyers say whether an answer helped: a shop praises itself elsewhere."""


class OnlyTheShopAnswers(Forbidden):
    """Only those who work for a shop publish what it answers."""


class QuestionWithdrawn(Conflict):
    """The buyer has taken the question back."""


class QuestionAnswered(Conflict):
    """The public question has been answered by somebody of the team already."""


class FaqFull(Conflict):
    """The shop's FAQ has as many entries as it may have, ``most``."""


class NothingToPublish(Conflict):
    """The message is no answer of the shop's, or it was taken back."""


class NotOfThisShop(Invalid):
    """The product, or the choice of it, is not one of this shop's; ``field`` names it."""


class VariantNotSold(Invalid):
    """The product has no such choice, or no more; ``field`` names it."""


class WordsEmpty(Invalid):
    """There is nothing to read in what was written; ``field`` names it."""


class WordsHurt(Invalid):
    """What everybody would read insults somebody; ``field`` names it."""
