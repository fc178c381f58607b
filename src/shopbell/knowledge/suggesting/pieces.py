"""What is known, piece by piece, each with where it comes from in words. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2b

import msgspec

from shopbell.commerce.model import Attribute, Order, OrderState, Product, Shipment, Shop
from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.knowledge import wording
from shopbell.knowledge.answers.model import Answer, Source
from shopbell.knowledge.model import Condition, Verdict
from shopbell.knowledge.suggesting.model import Piece
from shopbell.language.answering.model import Kind

ASKED_OF_RULES = (Condition.PROPER, Condition.DEFECTIVE, Condition.WARRANTY)
"""Of these cases people ask before they have one."""

_LASTING = (
    "profile",
    "rule",
    "condition",
    "returnable",
    "window_days",
    "window_from",
    "return_shipping_payer",
    "condition_required",
    "options",
    "shop_gives",
)
"""What a verdict says on every day, and to everybody."""


def of_product(product: Product) -> list[Piece]:
    """Take a product's attributes apart: its name in each language, and its value in each."""
    named = Counter[str]()
    return [
        Piece(
            id=_named(attribute, named),
            kind="attribute",
            question=dict(attribute.name),
            answer=dict(attribute.value),
            url=f"/products/{product.slug}",
            source=_each("suggest.from_attribute"),
        )
        for attribute in product.attributes
    ]


def _named(attribute: Attribute, named: "Counter[str]") -> str:
    """Name an attribute by what it is called: it keeps that wherever it comes to stand."""
    called = next((attribute.name[locale] for locale in LOCALES if locale in attribute.name), "")
    digest = blake2b(called.encode(), digest_size=8).hexdigest()
    named[digest] += 1
    return f"attribute.{digest}" + (f".{named[digest]}" if named[digest] > 1 else "")


def of_answer(answer: Answer, shop: Shop, product: Product | None) -> Piece:
    """Show what a shop has answered; an answer of the whole shop stands on the shop's page."""
    asked = answer.source is not Source.FAQ
    return Piece(
        id=f"answer.{answer.id}",
        kind="question",
        question={answer.locale: answer.question},
        answer={answer.locale: answer.answer},
        url=f"/products/{product.slug}" if product and answer.product else f"/shops/{shop.slug}",
        source=_each("suggest.from_question" if asked else "suggest.from_shop", who=shop.name),
        at=answer.published_at,
        variant=variant_words(product, answer.variant or ""),
    )


def of_rules(verdicts: Mapping[Condition, Verdict]) -> list[Piece]:
    """Say what the rules come to, in the cases that people ask about beforehand."""
    return [
        Piece(
            id=f"clause.{condition}",
            kind="clause",
            question=_each(f"suggest.topic_{condition}"),
            answer={locale: wording.outcome(verdict, locale) for locale in LOCALES},
            url="/terms",
            source={
                locale: text(
                    locale,
                    "suggest.from_clause",
                    what=text(locale, f"policy.condition_{condition}"),
                    version=verdict.version,
                )
                for locale in LOCALES
            },
            lasting=_lasting(verdict),
        )
        for condition, verdict in verdicts.items()
    ]


def _lasting(verdict: Verdict) -> str:
    """Return the rule behind a sentence that names the days of one order, or none."""
    return msgspec.json.encode([getattr(verdict, name) for name in _LASTING]).decode()


def of_orders(orders: Iterable[Order], now: datetime, *, own: bool) -> list[Piece]:
    """Say how far each order has come; to the shop they are its buyer's, not its own."""
    return [
        Piece(
            id=f"order.{order.id}",
            kind="order",
            question=_each("suggest.topic_order"),
            answer={locale: _progress(order, now, locale) for locale in LOCALES},
            url=f"/orders/{order.id}",
            source=of_two("order", own=own, number=order.number),
            at=_news(order),
        )
        for order in orders
    ]


def variant_words(product: Product | None, variant: str) -> str:
    """Return the words of a choice of a product, or its code: what is chosen, without what for."""
    found = next((one for one in product.variants if one.id == variant), None) if product else None
    return " ".join(found.options.values()) or found.offer_id if found else ""


def of_two(kind: Kind, *, own: bool, **facts: str) -> dict[Locale, str]:
    """Say where something comes from: to whose own it is, or to the shop."""
    return _each(f"suggest.{'from' if own else 'theirs'}_{kind}", **facts)


def _progress(order: Order, now: datetime, locale: Locale) -> str:
    state = text(locale, f"tracking.order_{order.state}")
    said = [text(locale, "suggest.order_is", number=order.number, state=state)]
    parcels = order.to_buyer
    if order.state in {OrderState.CREATED, OrderState.PAID, OrderState.SHIPPED}:
        said += [_expected(parcel, now, locale) for parcel in parcels]
    if order.state is OrderState.DELIVERED:
        said += [_arrived(parcel, now, locale) for parcel in parcels]
    return wording.joined(said, locale)


def _expected(parcel: Shipment, now: datetime, locale: Locale) -> str:
    if parcel.delivered_at:
        return _arrived(parcel, now, locale)
    number = text(locale, "suggest.tracking", number=parcel.tracking_number)
    if parcel.eta is None:
        return number
    until = wording.day(parcel.eta.latest, now.date(), locale)
    key = "suggest.was_due" if parcel.late_at(now) else "suggest.arrives_by"
    return wording.joined((text(locale, key, day=until), number), locale)


def _arrived(parcel: Shipment, now: datetime, locale: Locale) -> str:
    if parcel.delivered_at is None:
        return ""
    day = wording.day(parcel.delivered_at.date(), now.date(), locale)
    return text(locale, "suggest.arrived", day=day)


def _news(order: Order) -> datetime:
    """Return when the newest of it happened."""
    moments = [parcel.event_at for parcel in order.to_buyer if parcel.event_at]
    return max(moments, default=order.placed_at)


def _each(key: str, **facts: str | float) -> dict[Locale, str]:
    return {locale: text(locale, key, **facts) for locale in LOCALES}
