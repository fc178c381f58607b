"""Whether the conditions of a rule hold, and why."""

from shopbell.desk.rules.fields import FIELDS
from shopbell.desk.rules.model import Condition, Group, RuleBody, Verdict
from shopbell.desk.rules.scene import Scene


def verdicts(body: RuleBody, scene: Scene, text: str) -> list[Verdict]:
    """Look at every condition of a rule, about what was said with ``text``."""
    found: list[Verdict] = []
    for group, _at, condition in body.conditions():
        seen, holds = FIELDS[condition.field].look(scene, text, condition)
        found.append(Verdict(group, condition, seen[:200], holds))
    return found


def together(found: list[Verdict]) -> bool:
    """Tell whether a rule acts after these verdicts."""
    of = {group: [one.holds for one in found if one.group is group] for group in Group}
    some = any(of[Group.ANY]) or not of[Group.ANY]
    return all(of[Group.ALL]) and some and not any(of[Group.NONE])


def acts_on(body: RuleBody, scene: Scene, text: str) -> bool:
    """Tell the same, looking no further than need be: for many conversations at once."""

    def so(one: Condition) -> bool:
        return FIELDS[one.field].look(scene, text, one)[1]

    some = not body.any or any(map(so, body.any))
    return some and all(map(so, body.all)) and not any(map(so, body.none))
