"""What becomes of one order, from the basket to the last word about it: all drawn beforehand. Pure.

Returns and disputes are those of DEMO shares: 8 % of orders come back (clothes 25 %), 0.6 % are
disputed; a third of the returns are asked for here, the others in the marketplace's own form.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shopbell.commerce.commands import OrderedLine, PlaceOrder
from shopbell.commerce.model import OrderState, Product
from shopbell.demo.history import calendar, chance
from shopbell.demo.history.chance import Chance, span
from shopbell.demo.history.journeys import Journey, travel
from shopbell.demo.history.town import Buyer, Counter, Town
from shopbell.kernel.actor import Actor

CANCELLED = 0.02
CLOTHES = frozenset({"shoes", "clothes", "bags"})
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Life:
    """One order: who, where, what, when; ``journey`` is how its parcel goes, if it leaves."""

    n: int
    number: str
    placed: datetime
    buyer: Buyer
    counter: Counter
    lines: Mapping[int, int]
    """Quantities by the place of the product on the shop's list."""

    journey: Journey | None

    @property
    def product(self) -> Product:
        """Return what it is mainly about."""
        return self.counter.products[next(iter(self.lines))]

    def told(self, buyer: Actor, called: str, *, sent: bool) -> PlaceOrder:
        """Return the order as its shop tells of it: when it was placed, or once it was sent."""
        return PlaceOrder(
            number=self.number,
            buyer=buyer.id,
            shop=self.counter.shop.id,
            placed_at=self.placed,
            currency=self.product.price.currency,
            state=None if sent else OrderState.PAID if self.journey else OrderState.CANCELLED,
            lines=[self._line(place, quantity) for place, quantity in self.lines.items()],
            shipments=[self.journey.sent(called)] if sent and self.journey else [],
        )

    def _line(self, place: int, quantity: int) -> OrderedLine:
        product = self.counter.products[place]
        variant = product.variants[self.n % len(product.variants)].id if product.variants else None
        return OrderedLine(product.id, variant, quantity)


def life_of(town: Town, n: int, day: datetime, now: datetime) -> Life:
    """Draw the order of this number, placed on that day, or the day before if that is to come."""
    drawn = chance.of(town.seed, "order", n)
    buyer = town.buyer(drawn)
    counter = town.counter(drawn, buyer)
    placed = calendar.moment(drawn, day, buyer.zone)
    placed -= _DAY * (placed > now)
    journey = None
    if drawn.random() >= CANCELLED:
        handed = counter.shop.at_work(placed + span(drawn, 14 * _HOUR, 40 * _HOUR))
        journey = travel(drawn, n, handed, (counter.shop.zone, buyer.zone))
    number = f"{placed.year}-{700_000 + n}"
    return Life(n, number, placed, buyer, counter, _lines(drawn, counter), journey)


def _lines(drawn: Chance, counter: Counter) -> dict[int, int]:
    count = chance.one_of(drawn, ((1, 0.78), (2, 0.16), (3, 0.06)))
    places = [counter.popular.choose(drawn) for _line in range(count)]
    return {place: chance.one_of(drawn, ((1, 0.9), (2, 0.1))) for place in places}
