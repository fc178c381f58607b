"""What a step may say of money, and when it may be taken as the money stands. Pure."""

from shopbell.cases.fields import Answers
from shopbell.cases.model import Case, Situation
from shopbell.cases.refusals import AmountTooHigh, OtherCurrency
from shopbell.commerce.model import Money


def amount_is_paid(_case: Case, given: Answers, around: Situation) -> None:
    """Refuse an amount of another currency, of nothing, or of more than was paid."""
    amount: Money | None = given.get("amount")
    if amount is None or around.order is None:
        return
    paid = around.order.total
    if amount.currency != paid.currency:
        raise OtherCurrency(currency=paid.currency)
    if not 0 < amount.amount <= paid.amount:
        raise AmountTooHigh(most=paid.amount, currency=paid.currency)
