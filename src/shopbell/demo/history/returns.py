"""Returns that are asked for here, and disputes: what each side does, step by step. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from shopbell.demo.history import chance
from shopbell.demo.history.chance import Chance, span
from shopbell.demo.history.journeys import number_of
from shopbell.demo.history.lives import CLOTHES, Life
from shopbell.demo.history.words import Words
from shopbell.kernel.actor import Side

_SHARE, _OF_CLOTHES = 0.025, 0.08
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_REASONS = (
    (("proper", "changed_mind"), 0.3),
    (("proper", "size_fit"), 0.2),
    (("defective", "not_working"), 0.2),
    (("defective", "defective"), 0.1),
    (("not_as_described", "not_as_described"), 0.12),
    (("incomplete", "incomplete"), 0.08),
)
_WAYS = (
    ("approve_return", 0.5),
    ("approve_keep", 0.17),
    ("reject", 0.2),
    ("cancel", 0.05),
    ("", 0.08),
)
"""What becomes of a request; the last is a shop that does nothing."""


class Deed(Struct, frozen=True):
    """One step in a case: when, by which side, and what it gives."""

    at: datetime
    side: Side
    does: str
    given: Mapping[str, Any] = {}


def return_of(life: Life, seed: int, words: Words) -> list[Deed]:
    """Tell how an order goes back; nothing for most. The first deed opens the case."""
    drawn = chance.of(seed, "return", life.n)
    arrived = life.journey.delivered_at if life.journey else None
    share = _OF_CLOTHES if life.product.category in CLOTHES else _SHARE
    if arrived is None or drawn.random() >= share:
        return []
    return list(_deeds(drawn, life, words, arrived + span(drawn, 2 * _DAY, 6 * _DAY)))


def _deeds(drawn: Chance, life: Life, words: Words, began: datetime) -> Iterator[Deed]:
    locale = life.buyer.locale
    condition, reason = chance.one_of(drawn, _REASONS)
    given = {"condition": condition, "reason": reason}
    if condition != "proper":
        told = drawn.choice(words.fault[locale])
        given |= {"fault": told.format(n=drawn.randint(2, 9)), "why_no_photos": told[:20]}
    yield Deed(began, Side.BUYER, "open", given)
    way = chance.one_of(drawn, _WAYS)
    at = life.counter.shop.at_work(began + span(drawn, 9 * _HOUR, 40 * _HOUR) * life.counter.pace)
    if way == "approve_return":
        yield Deed(at, Side.SELLER, way)
        yield from _back(drawn, life, at)
    elif way == "reject":
        refusal = {"refused_for": "other", "refusal": drawn.choice(words.refusal[locale])}
        yield Deed(at, Side.SELLER, way, refusal)
        if drawn.random() < 0.6:  # noqa: PLR2004 - who is refused mostly disputes it
            statement = {"statement": drawn.choice(words.statement[locale])}
            yield Deed(at + span(drawn, _DAY, 3 * _DAY), Side.BUYER, "open_dispute", statement)
    elif way:
        yield Deed(at, Side.BUYER if way == "cancel" else Side.SELLER, way)


def _back(drawn: Chance, life: Life, at: datetime) -> Iterator[Deed]:
    at += span(drawn, _DAY, 4 * _DAY)
    number = number_of("china_post", 50_000_000 + life.n)
    yield Deed(at, Side.BUYER, "ship_back", {"parcel": {"carrier": "China Post", "number": number}})
    at += span(drawn, 5 * _DAY, 12 * _DAY)
    yield Deed(at, Side.SELLER, "arrived")
    yield Deed(
        life.counter.shop.at_work(at + span(drawn, 6 * _HOUR, 2 * _DAY)),
        Side.SELLER,
        "accept_goods",
    )
