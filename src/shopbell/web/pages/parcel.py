"""What matters about an order now, and the way its parcels have come."""

from datetime import datetime, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from shopbell.commerce.model import Errand, Eta, Order, OrderState, Shipment, TrackingEvent
from shopbell.kernel.texts import Locale, say, text
from shopbell.web.pages import format as written

Tone = Literal["plain", "good", "wait", "bad"]
StepState = Literal["done", "now", "late", "next"]

TROUBLE = ("exception", "attempt_failed", "customs.held", "lost", "expired", "in_transit.delayed")
"""Reports that mean: this parcel does not move as it should."""

FACTS: dict[OrderState, tuple[str, Tone]] = {
    OrderState.CREATED: ("created_next", "wait"),
    OrderState.PAID: ("paid_next", "plain"),
    OrderState.CANCELLED: ("cancelled_next", "plain"),
    OrderState.RETURNED: ("returned_next", "plain"),
    OrderState.DELIVERED: ("delivered_next", "good"),
}


class Headline(Struct, frozen=True):
    """The one fact about an order that matters now."""

    label: str
    fact: str
    tone: Tone
    icon: str
    struck: str | None = None
    chip: str | None = None
    note: str | None = None
    reason: str | None = None


class Step(Struct, frozen=True):
    """One report on the parcel's way."""

    title: str
    state: StepState
    when: str
    place: str = ""
    said: str | None = None


def headline(
    order: Order, now: datetime, locale: Locale, zone: tzinfo, *, asked: bool = False
) -> Headline:
    """Find the one fact of ``order`` that matters at ``now``; days are those of ``zone``.

    Where no reason for a delay is known, the carrier may have been ``asked``.
    """
    shipment = leading(order)
    if order.state is OrderState.DELIVERED and shipment and shipment.delivered_at:
        return _delivered(shipment, shipment.delivered_at, locale)
    if order.state is OrderState.SHIPPED and shipment:
        return _expected(shipment, now, locale, asked=asked)
    key, tone = FACTS.get(order.state, ("eta_unknown", "plain"))
    placed = written.day(order.placed_at.astimezone(zone).date(), locale)
    return Headline(
        label=text(locale, "pages.placed_on", day=placed),
        fact=text(locale, f"tracking.order_{order.state}"),
        tone=tone,
        icon="parcel",
        note=text(locale, f"pages.{key}"),
    )


def leading(order: Order) -> Shipment | None:
    """Return the parcel to speak of first: the latest that is not there yet, else the last."""
    on_the_way = [shipment for shipment in order.shipments if shipment.delivered_at is None]
    parcels = on_the_way or order.shipments
    return parcels[-1] if parcels else None


def _delivered(shipment: Shipment, at: datetime, locale: Locale) -> Headline:
    day = at.astimezone(zone_of(shipment)).date()
    return Headline(
        label=text(locale, "tracking.order_delivered"),
        fact=written.day(day, locale),
        tone="good",
        icon="delivered",
        chip=text(locale, "pages.later") if was_late(shipment) else None,
        note=text(locale, "pages.delivered_next"),
    )


def _expected(shipment: Shipment, now: datetime, locale: Locale, *, asked: bool) -> Headline:
    eta, first = shipment.eta, shipment.first_eta
    if eta is None:
        return Headline(
            label=text(locale, "pages.eta"),
            fact=text(locale, "tracking.order_shipped"),
            tone="plain",
            icon="truck",
            note=text(locale, "pages.eta_unknown"),
        )
    moved = first is not None and first != eta
    later = moved and first is not None and eta.latest > first.latest
    over = shipment.late_at(now)
    return Headline(
        label=text(locale, "pages.was_due" if over else "pages.new_eta" if moved else "pages.eta"),
        fact=span(eta, locale),
        tone="bad" if over else "wait" if later else "plain",
        icon="calendar",
        struck=span(first, locale) if moved and first else None,
        chip=text(locale, "pages.late_now" if over else "pages.later") if over or later else None,
        reason=_reason(shipment, locale, asked=asked) if over or later else None,
    )


def _reason(shipment: Shipment, locale: Locale, *, asked: bool) -> str:
    given = shipment.eta_reason
    unknown = "pages.carrier_is_asked" if asked else "pages.no_reason"
    return say(given, locale) if given else text(locale, unknown)


def was_late(shipment: Shipment) -> bool:
    """Tell whether a delivered parcel came after the date first promised."""
    promised = shipment.first_eta or shipment.eta
    if promised is None or shipment.delivered_at is None:
        return False
    return promised.day_of(shipment.delivered_at) > promised.latest


def journey(order: Order, shipment: Shipment, locale: Locale, zone: ZoneInfo) -> list[Step]:
    """Tell a parcel's way: what happened, where it is, what comes next; times as in ``zone``."""
    placed = written.day(order.placed_at.astimezone(zone).date(), locale)
    first = Step(title=text(locale, "pages.step_placed"), state="done", when=placed)
    steps = [first] if shipment.errand is Errand.DELIVERY else []
    events = sorted(shipment.events, key=lambda event: event.at)
    for event in events:
        arrived = event is not events[-1] or shipment.delivered_at
        state: StepState = "done" if arrived else _state_of(event)
        steps.append(_report(event, state, locale, zone))
    return steps if shipment.delivered_at else [*steps, *_ahead(shipment, locale)]


def _state_of(event: TrackingEvent) -> StepState:
    return "late" if event.code.startswith(TROUBLE) else "now"


def _report(event: TrackingEvent, state: StepState, locale: Locale, zone: ZoneInfo) -> Step:
    return Step(
        title=text(locale, f"tracking.{event.code}"),
        state=state,
        when=written.moment(event.at, locale, zone),
        place=event.place,
        said=say(event.note, locale) if event.note else None,
    )


def _ahead(shipment: Shipment, locale: Locale) -> list[Step]:
    if shipment.eta is None:
        return []
    title = text(locale, "pages.step_delivery")
    return [Step(title=title, state="next", when=span(shipment.eta, locale))]


def span(eta: Eta, locale: Locale) -> str:
    """Write the dates of an ETA."""
    return written.span(eta.earliest, eta.latest, locale)


def zone_of(shipment: Shipment | None, otherwise: str = "UTC") -> ZoneInfo:
    """Return the zone a parcel's times are told in: that of the place it goes to."""
    return ZoneInfo(shipment.eta.zone if shipment and shipment.eta else otherwise)


class Guarantee(Struct, frozen=True):
    """What is known of one thing's warranty."""

    title: str
    words: str
    running: bool


def guarantees(order: Order, now: datetime, locale: Locale) -> list[Guarantee]:
    """List the warranties of what was ordered, those that still run first."""
    known = [(line, order.warranty_until(line)) for line in order.lines]
    found = [
        Guarantee(
            title=say(line.title, locale),
            words=text(
                locale,
                "pages.warranty_until" if now.date() <= until else "pages.warranty_over",
                day=written.day(until, locale),
            ),
            running=now.date() <= until,
        )
        for line, until in known
        if until
    ]
    return sorted(found, key=lambda one: not one.running)
