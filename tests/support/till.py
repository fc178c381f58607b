"""A commerce platform that gives money back: it pays once for each key, or does what it is told."""

from dataclasses import dataclass, field, replace

from shopbell.app import App
from shopbell.cases.jobs import payer
from shopbell.cases.refunding import SubmitRefund
from shopbell.commerce.connector import Cashier, Payback, Payment, PaymentState
from tests.support.house import House


@dataclass
class Till:
    """``paid`` is what was given back, by key; ``answers`` what it says until told otherwise."""

    answers: PaymentState | Exception = PaymentState.DONE
    paid: dict[str, Payback] = field(default_factory=dict[str, Payback])
    asked: list[str] = field(default_factory=list[str])

    async def pay_back(self, asked: Payback) -> Payment:
        self.asked.append(asked.key)
        if isinstance(self.answers, Exception):
            raise self.answers
        if self.answers is PaymentState.DONE:
            self.paid.setdefault(asked.key, asked)
        return Payment(self.answers, f"P-{len(self.paid)}", "card expired", bank_days=3)


def with_till(house: House, till: Till | None = None) -> Till:
    """Stand a platform beside the house; from now on refunds are asked of it."""
    till = till or Till()
    house.app = app_with(house.app, till)
    return till


def app_with(app: App, till: Cashier) -> App:
    """Return an installation whose refunds are asked of ``till``."""
    pay = payer(app.db, till)
    return replace(app, jobs={**app.jobs, SubmitRefund: pay})
