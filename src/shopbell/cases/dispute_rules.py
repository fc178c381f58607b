"""Who may settle a dispute, how much for, and what stands in the way. Pure."""

from collections.abc import Mapping
from typing import Any

from shopbell.cases.fields import Answers, TakenLine
from shopbell.cases.model import Case, Goods, Situation, other_offers
from shopbell.cases.money import price_of
from shopbell.cases.money_rules import amount_is_paid
from shopbell.cases.refusals import (
    AmountNotAsked,
    AppealByAnother,
    NotConfirmed,
    NothingOffered,
    NotTheOpener,
    OnItsWayToBuyer,
    ReturnOver,
    SecondSignatureNeeded,
    SignedByAnother,
)
from shopbell.commerce.model import Order
from shopbell.kernel.actor import Side
from shopbell.kernel.texts import LOCALES, text

OUTCOMES = ("refund", "return", "reject")
"""What is asked for or decided: money without a return, money for a return, or neither."""

NEGOTIATED = "negotiation"


# ── who ─────────────────────────────────────────────────────────────────────────────────────


def by_opener(case: Case, around: Situation) -> None:
    """Let only the side that opened it take it back."""
    if around.actor.side is not case.opened_by:
        raise NotTheOpener


def by_another_judge(case: Case, around: Situation) -> None:
    """Let nobody judge an appeal against a decision of their own."""
    if around.actor.id in case.facts.get("judges", ()):
        raise AppealByAnother


def by_second(case: Case, around: Situation) -> None:
    """Let nobody countersign what they decided themselves."""
    if around.actor.id == case.facts["drafted_by"]:
        raise SignedByAnother


# ── what ────────────────────────────────────────────────────────────────────────────────────


def other_has_offered(case: Case, around: Situation) -> None:
    """Refuse to accept what nobody has proposed."""
    if not other_offers(case, around.actor.side):
        raise NothingOffered


def typed_out(_case: Case, given: Answers, _around: Situation) -> None:
    """Ask for a word that nobody types by mistake, or because somebody else pressed a button."""
    words = {text(locale, "case.withdraw_word").casefold() for locale in LOCALES}
    if given["confirm"].casefold() not in words:
        raise NotConfirmed


def amount_is_payable(case: Case, given: Answers, around: Situation) -> None:
    """Refuse an amount where none is asked for, or one that cannot be paid."""
    if "amount" in given and given["outcome"] == "reject":
        raise AmountNotAsked
    amount_is_paid(case, given, around)


def signed_by_two_above(case: Case, given: Answers, around: Situation) -> None:
    """Ask for a second signature under a decision about much money."""
    if around.order is None:
        return
    currency = around.order.total.currency
    most = around.alone_most(currency)
    if at_stake(case, given, around) > most:
        raise SecondSignatureNeeded(most=most, currency=currency)


def at_stake(case: Case, given: Answers, around: Situation) -> int:
    """Return how much a decision gives back, in the smallest unit."""
    if given["outcome"] == "reject" or around.order is None:
        return 0
    if amount := given.get("amount"):
        return int(amount.amount)
    return worth(case.facts, around.order)


def worth(facts: Mapping[str, Any], order: Order) -> int:
    """Return what the things were paid with that a dispute is about, in the smallest unit."""
    lines = [TakenLine(**one) for one in facts.get("lines", ())]
    return price_of(order, lines) if lines else order.captured.amount


def can_go_back(case: Case, given: Answers, around: Situation) -> None:
    """Refuse to have something sent back while something is on its way to the buyer."""
    about = next((one for one in around.others if one.id == case.parent), None)
    if given["outcome"] == "return" and about and about.goods is Goods.ON_WAY_TO_BUYER:
        raise OnItsWayToBuyer


def not_sent_back(_case: Case, given: Answers, _around: Situation) -> None:
    """Refuse to have things sent back on appeal: what they belonged to has gone its way."""
    if given["outcome"] == "return":
        raise ReturnOver


# ── what follows by itself ──────────────────────────────────────────────────────────────────


def follows(case: Case, _around: Situation) -> str | None:
    """Settle it once both propose the same; close it once no appeal is possible any more."""
    if case.state == NEGOTIATED:
        return "agree" if _agreed(case) else None
    return "close" if case.state == "decided" and _final(case) else None


def _agreed(case: Case) -> bool:
    offers = case.facts.get("offers", {})
    return Side.BUYER in offers and offers[Side.BUYER] == offers.get(Side.SELLER)


def _final(case: Case) -> bool:
    """Tell whether it is over: agreed, or heard on appeal, with nothing still to be paid."""
    heard = bool(case.taken.get("appeal")) or not case.facts.get("judges")
    return heard and case.money in _SETTLED


_SETTLED = frozenset({"none", "done"})
