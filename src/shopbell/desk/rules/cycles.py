"""Whether rules would call one another for ever; looked at when one is saved. Pure.

What a rule does is compared with what calls others, by tag, kind and sleep. Conditions are not
thought through: a rule that could call itself only under a condition is refused, too.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from shopbell.desk.macros.model import Deed
from shopbell.desk.rules.model import RuleBody, Trigger


class Effect(NamedTuple):
    """What an action calls: a trigger, and what it may be narrowed to; empty: anything."""

    trigger: Trigger
    value: str = ""


DeedsOf = Callable[[str], Sequence[Deed]]
"""Returns what the macro of a key does."""


def effects(acts: Iterable[Deed], deeds_of: DeedsOf) -> set[Effect]:
    """Return what some actions call."""
    found = set[Effect]()
    for act in acts:
        match act.do:
            case "tag":
                found.add(Effect(Trigger.TAGGED, act.value.casefold()))
            case "kind":
                found.add(Effect(Trigger.SORTED, act.value))
            case "snooze":
                found.add(Effect(Trigger.WOKEN))
            case "carrier":
                found.add(Effect(Trigger.CASE_MOVED))
            case "macro":
                found |= effects(deeds_of(act.value), lambda _key: ())
            case _:
                pass
    return found


def calls(effect: Effect, rule: RuleBody) -> bool:
    """Tell whether an effect calls a rule."""
    wanted = rule.value.casefold()
    fits = not wanted or not effect.value or wanted == effect.value.casefold()
    return effect.trigger is rule.trigger and fits


def cycle(new: RuleBody, others: Sequence[RuleBody], deeds_of: DeedsOf) -> list[str]:
    """Return by which rules ``new`` would be called by itself; empty: by none."""
    return _way(new, new, [one for one in others if one.on], deeds_of)


def _way(at: RuleBody, to: RuleBody, left: list[RuleBody], deeds_of: DeedsOf) -> list[str]:
    """Look from one rule on among those nobody has looked at yet; each is looked at once."""
    called = effects(at.acts, deeds_of)
    if any(calls(one, to) for one in called):
        return [at.name, to.name]
    for rule in [one for one in left if any(calls(effect, one) for effect in called)]:
        if rule in left:
            left.remove(rule)
            if found := _way(rule, to, left, deeds_of):
                return [at.name, *found]
    return []
