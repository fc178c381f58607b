"""Answers that a shop gives for everybody to read."""

from datetime import timedelta

from shopbell.commerce.model import Product
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers import moderating, writing
from shopbell.knowledge.answers.commands import HideAnswer, PutAnswer
from shopbell.knowledge.answers.model import Answer
from tests.support.house import Counter, House


def answered(
    counter: Counter,
    product: Product | None,
    words: tuple[str, str],
    locale: Locale = "en",
    *,
    until: timedelta | None = None,
    variant: str | None = None,
) -> Answer:
    """Have a shop answer a question, of one product or of all."""
    entry = PutAnswer(
        *words,
        locale=locale,
        product=product.id if product else None,
        variant=variant,
        valid_until=counter.house.clock() + until if until else None,
    )
    owner = next(iter(counter.staff.values())).actor
    given = (owner, counter.shop.id, new_id(), entry)
    return counter.house.db.write_now(writing.put, *given)


def hidden(house: House, answer: Answer) -> None:
    """Have the operator take an answer from the pages."""
    hide = HideAnswer("It is not so.")
    house.db.write_now(moderating.hide, house.operator().actor, answer.id, hide)
