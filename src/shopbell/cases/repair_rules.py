"""Whose warranty runs, how a broken thing reaches the service, and what has come. Pure."""

from datetime import date

from shopbell.cases.fields import Answers
from shopbell.cases.model import Case, Situation
from shopbell.cases.refusals import ConclusionMissing, LedByReturn, OtherWay, WarrantyRuns
from shopbell.cases.return_rules import came_or_lost

BY_USE = frozenset({"misuse", "opened_by_others", "worn"})
"""Why a shop refuses that only a service can tell."""


def warranty_over(case: Case, around: Situation) -> None:
    """Refuse to ask money for a repair while the warranty of the thing runs."""
    if until := _running(case, around):
        raise WarrantyRuns(until=str(until))


def use_is_proven(case: Case, given: Answers, around: Situation) -> None:
    """Ask for the conclusion of a service where a running warranty is refused for wrong use."""
    by_use = given["refused_for"] in BY_USE
    if by_use and _running(case, around) and not given.get("conclusion"):
        raise ConclusionMissing


def warranty_known(case: Case, around: Situation) -> Answers:
    """Tell until when the warranty runs, or ran."""
    until = _warranty_until(case, around)
    return {"warranty_until": until} if until else {}


def _running(case: Case, around: Situation) -> date | None:
    until = _warranty_until(case, around)
    return until if until and until >= around.now.date() else None


def _warranty_until(case: Case, around: Situation) -> date | None:
    wanted = {line["line"] for line in case.facts.get("lines", [])}
    lines = around.order.lines if around.order else []
    ends = [around.order.warranty_until(one) for one in lines if around.order and one.id in wanted]
    return max(filter(None, ends), default=None)


def goes_by_parcel(case: Case, _around: Situation) -> None:
    """Ask for the number of a parcel only where there may be one."""
    if case.facts.get("way") in {"drop_off", "pick_up"}:
        raise OtherWay


def goes_by_hand(case: Case, _around: Situation) -> None:
    """Let a thing be handed over without a number, unless the shop has it sent."""
    if case.facts.get("way") == "ship":
        raise OtherWay


def alone(case: Case, _around: Situation) -> None:
    """Let a repair decide about the money only if no return does."""
    if case.parent is not None:
        raise LedByReturn


def led(case: Case, _around: Situation) -> None:
    """Hand the matter back only to a return."""
    if case.parent is None:
        raise LedByReturn


def follows(case: Case, around: Situation) -> str | None:
    """Go on by itself once a carrier tells that what is on its way has come, or is lost."""
    if case.state == "returning" and "replace" in case.taken:
        return "already_replacing"
    if case.state not in _AWAITED:
        return None
    came, lost, parcel = _AWAITED[case.state]
    follows = came_or_lost(around, case.facts.get(parcel), came, lost)
    return None if follows == "escalate" and case.escalated_at else follows


_AWAITED = {
    "on_its_way": ("received", "escalate", "back_shipment"),
    "returning": ("delivered", "lost", "sent_shipment"),
    "replacing": ("replaced", "lost", "sent_shipment"),
    "goods_sent": ("came_home", "lost_home", "sent_shipment"),
}
"""What follows in which state when which parcel has come, and when it is lost."""
