"""The ways the score says no."""

from shopbell.kernel.refusals import Conflict, Invalid, NotFound


class NoSuchProfile(NotFound):
    """No rule of this name comes with the program."""


class RuleTooSoon(Invalid):
    """A rule judges from a moment to come, within a year."""


class TargetBelowDanger(Invalid):
    """A shop is in danger below its target: ``danger`` is not above ``target``."""


class TargetNothing(Invalid):
    """Whoever promises nothing cannot fall below it: a target is more than 0."""


class ScoreRuleMovedOn(Conflict):
    """Somebody laid down another rule meanwhile."""


class NoSuchRound(NotFound):
    """The shop has no such round, or it is not counted yet."""


class RoundNotJudged(Conflict):
    """An appeal is about a round that counts against the shop."""


class RoundAppealedAlready(Conflict):
    """There was an appeal on this round, with other words."""


class AppealsTooMany(Conflict):
    """So many appeals of a shop wait that another one has to wait, too: ``most``."""


class NoSuchAppeal(NotFound):
    """There is none of this id."""


class AppealDecided(Conflict):
    """Somebody has decided this appeal otherwise."""
