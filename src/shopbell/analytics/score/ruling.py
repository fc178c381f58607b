"""Which rule judges: laid down by the operator for all shops, each version kept for ever."""

from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from shopbell.accounts import service as accounts
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates
from shopbell.analytics.score import storage
from shopbell.analytics.score.commands import LayRule, ScoreRules
from shopbell.analytics.score.model import Numbers, Profile, Rule
from shopbell.analytics.score.profiles import OURS, profiles
from shopbell.analytics.score.refusals import (
    NoSuchProfile,
    RuleTooSoon,
    ScoreRuleMovedOn,
    TargetBelowDanger,
    TargetNothing,
)
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor

LATEST = timedelta(days=366)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def in_force(tx: Tx) -> Rule:
    """Return the rule that judges now: of those that have begun, the last word."""
    return _of(tx, storage.laid_down(tx))


def coming(tx: Tx) -> list[Rule]:
    """List the rules that will judge later, the next first."""
    known = [one for one in storage.laid_down(tx) if one.since > tx.now]
    return sorted(known, key=lambda one: one.since)


def show(tx: Tx) -> ScoreRules:
    """Return by what shops are judged, were and can be: the formula is everybody's to read."""
    known = storage.laid_down(tx)
    return ScoreRules(_of(tx, known), known, list(profiles().values()))


def lay_down(tx: Tx, actor: Actor, asked: LayRule) -> Rule:
    """Have all shops judged by a profile, by the operator; the same again changes nothing."""
    check_operates(actor, Right.RULE)
    base = profiles().get(asked.profile)
    if base is None:
        raise NoSuchProfile
    if asked.since is not None and not tx.now <= asked.since <= tx.now + LATEST:
        raise RuleTooSoon
    known = storage.laid_down(tx)
    last = known[0] if known else None
    profile = _with_numbers(base, asked.numbers, known)
    if last and _alike(last.profile, profile) and asked.since in {None, last.since}:
        return last
    number = last.number + 1 if last else 1
    new = Rule(number, profile, asked.since or tx.now, actor.id, tx.now)
    if not storage.lay_down(tx, new):
        raise ScoreRuleMovedOn
    accounts.audit(tx, actor, "score_rule_laid_down", profile=asked.profile, number=number)
    return new


def _with_numbers(base: Profile, numbers: Numbers | None, known: list[Rule]) -> Profile:
    """Return a profile with the operator's own numbers, as a version of its own."""
    given = msgspec.to_builtins(numbers) if numbers else {}
    if not given:
        return base
    earlier = [
        one.profile.version for one in known if one.profile.own and one.profile.name == base.name
    ]
    new = replace(base, **given, own=True, version=max(earlier, default=0) + 1)
    if not new.target:
        raise TargetNothing
    if new.danger > new.target:
        raise TargetBelowDanger(danger=f"{new.danger:g}", target=f"{new.target:g}")
    return new


def _alike(one: Profile, other: Profile) -> bool:
    """Tell whether two profiles judge alike; of one's own numbers the version does not matter."""
    return one == (replace(other, version=one.version) if other.own else other)


def _of(tx: Tx, known: list[Rule]) -> Rule:
    default = Rule(0, profiles()[OURS], _EVER, None, _EVER)
    return next((one for one in known if one.since <= tx.now), default)
