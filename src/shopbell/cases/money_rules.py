"""What a step may say of money, and when it may be taken as the money stands. Pure."""

from shopbell.cases.fields import Answers, Field, FieldKind
from shopbell.cases.model import Case, MoneyState, Situation
from shopbell.cases.refusals import AmountTooHigh, MoneyUnderWay, OtherCurrency
from shopbell.commerce.model import Money

UNPAID = Field("unpaid", FieldKind.MONEY, private=True)
"""What a step would have given back, had there been so much left: nobody is asked for it."""


PAYER = Field("payer", FieldKind.CHOICE, choices=("buyer", "seller"))
"""Who bears what sending it back costs, where that was decided or agreed."""


def nothing_under_way(case: Case, _around: Situation) -> None:
    """Close by hand only a case for which no money is on its way."""
    if case.money not in {MoneyState.NONE, MoneyState.DONE}:
        raise MoneyUnderWay


def amount_is_paid(_case: Case, given: Answers, around: Situation) -> None:
    """Refuse an amount of another currency, of nothing, or of more than was paid."""
    amount: Money | None = given.get("amount")
    if amount is None or around.order is None:
        return
    paid = around.order.captured
    if amount.currency != paid.currency:
        raise OtherCurrency(currency=paid.currency)
    if not 0 < amount.amount <= paid.amount:
        raise AmountTooHigh(most=paid.amount, currency=paid.currency)
