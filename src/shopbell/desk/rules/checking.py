"""Who may keep a rule, and what may stand in it; all of it refused when it is written."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates
from shopbell.conversations.model import TalkKind
from shopbell.conversations.satisfaction.model import Verdict
from shopbell.conversations.targets.running import Target
from shopbell.conversations.thread import readable
from shopbell.desk.macros.deeds import FORMS
from shopbell.desk.macros.model import Deed
from shopbell.desk.model import TAG_LETTERS_MOST
from shopbell.desk.rules.acts import ACTS, OF_ONE_SHOP
from shopbell.desk.rules.fields import FIELDS
from shopbell.desk.rules.model import SILENCE_MOST, Condition, RuleBody, Trigger
from shopbell.desk.rules.refusals import (
    OnlyManagersRule,
    RuleActOdd,
    RuleActUnknown,
    RuleConditionOdd,
    RuleDoesNothing,
    RuleFieldUnknown,
    RuleNameless,
    RuleTriggerOdd,
)
from shopbell.desk.spans import span_of
from shopbell.kernel.actor import Actor, Rank, ShopId, Side
from shopbell.kernel.refusals import Invalid


def keeper(actor: Actor, right: Right = Right.SEE) -> ShopId | None:
    """Return the shop whose rules somebody keeps, None for the marketplace's; refuse others.

    Operators need the ``right`` to it: whoever writes for all shops leads.
    """
    if actor.side is Side.OPERATOR:
        check_operates(actor, right)
        return None
    if actor.shop is None or not actor.works_for(actor.shop, Rank.MANAGER):
        raise OnlyManagersRule
    return actor.shop


def cleaned(body: RuleBody, shop: ShopId | None) -> RuleBody:
    """Return a rule as it is kept; refuse what could never be."""
    tidy = replace(body, name=" ".join(readable(body.name).split()), value=body.value.strip())
    if not tidy.name:
        raise RuleNameless
    if not tidy.acts:
        raise RuleDoesNothing
    if not _NARROWED[tidy.trigger](tidy.value):
        raise RuleTriggerOdd(trigger=tidy.trigger, value=tidy.value)
    for group, at, condition in tidy.conditions():
        _check_condition(condition, f"{group}[{at}]")
    for at, act in enumerate(tidy.acts):
        _check_act(act, f"acts[{at}]", shop)
    return tidy


def _check_condition(condition: Condition, path: str) -> None:
    field = FIELDS.get(condition.field)
    if field is None:
        raise RuleFieldUnknown(path=path, field=condition.field)
    if not field.takes(condition):
        raise RuleConditionOdd(path=path, field=condition.field, value=_said(condition))


def _said(condition: Condition) -> str:
    bounds = [str(one) for one in (condition.at_least, condition.at_most) if one is not None]
    return ", ".join([*condition.one_of, *bounds])[:80]


def _check_act(act: Deed, path: str, shop: ShopId | None) -> None:
    doing = ACTS.get(act.do)
    if doing is None or (shop is None and act.do in OF_ONE_SHOP):
        raise RuleActUnknown(path=path, act=act.do)
    try:
        taken = doing.takes(act.value)
    except Invalid:  # a note whose gaps nothing can fill
        taken = False
    if not taken:
        raise RuleActOdd(path=path, act=act.do, value=act.value[:60])


def _is_span(value: str) -> bool:
    span = span_of(value)
    return span is not None and span <= SILENCE_MOST


def _is_clock(value: str) -> bool:
    return not value or value in set(Target)


_NARROWED: Mapping[Trigger, Callable[[str], bool]] = {
    **dict.fromkeys(Trigger, lambda value: not value),
    Trigger.CASE_MOVED: lambda value: not value or value in {"open", *FORMS},
    Trigger.SORTED: lambda value: not value or value in set(TalkKind),
    Trigger.RATED: lambda value: not value or value in set(Verdict),
    Trigger.TAGGED: lambda value: len(value) <= TAG_LETTERS_MOST,
    Trigger.CLOCK_WARNED: _is_clock,
    Trigger.CLOCK_BREACHED: _is_clock,
    Trigger.SILENCE: _is_span,
}
"""What each trigger may be narrowed to."""
