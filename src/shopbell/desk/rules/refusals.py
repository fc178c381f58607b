"""The ways this room says no."""

from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, NotFound


class OnlyManagersRule(Forbidden):
    """Rules are kept by a shop's managers and owners, or by the operator for all shops."""


class NoSuchRule(NotFound):
    """There is no such rule, or it is another's."""


class NoSuchRuleRecipe(NotFound):
    """No rule of this name comes with the program."""


class RuleMovedOn(Conflict):
    """Somebody has changed the rule since; it has ``version`` now."""


class RulesFull(Conflict):
    """There are as many rules as there may be, ``most``."""


class RuleNameless(Invalid):
    """A rule needs a name."""


class RuleDoesNothing(Invalid):
    """A rule needs something that it does."""


class RuleTriggerOdd(Invalid):
    """A trigger cannot be narrowed to this ``value``; ``trigger`` names it."""


class RuleFieldUnknown(Invalid):
    """Nothing is known by the name of a condition; ``path`` says where, ``field`` names it."""


class RuleConditionOdd(Invalid):
    """A condition cannot be asked with this ``value``; ``path`` says where."""


class RuleActUnknown(Invalid):
    """Rules cannot do this; ``path`` says where, ``act`` names it."""


class RuleActOdd(Invalid):
    """An action cannot be done with this ``value``; ``path`` says where, ``act`` names it."""


class RuleCallsItself(Invalid):
    """What a rule does would call it again; ``cycle`` shows by which way."""
