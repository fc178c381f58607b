"""What is told of a shop's listings as files: the very figures of the screen. Pure."""

from collections.abc import Sequence

from shopbell.analytics.export import Cell, Sheet
from shopbell.analytics.insight.model import InsightBoard, LaneShown, ListingShown, Rate, Why
from shopbell.analytics.insight.odds import FEW
from shopbell.kernel.texts import Locale, say, text

_RATE = ("hits", "of", "low", "high")


def of_listings(board: InsightBoard, locale: Locale) -> Sheet:
    """Return each listing as a line; what is too few stands empty."""
    reasons = [f"{why}_{part}" for why in Why for part in _RATE]
    disputed = [f"disputed_{part}" for part in _RATE]
    counted = ["score", "open_questions", "questions", "contacts", "orders", "per_100_orders"]
    head = ["product", "title", *counted, *reasons, *disputed]
    rows = [_listing(one, locale) for one in board.listings]
    return Sheet(head, rows, _notes(board, locale))


def of_lanes(board: InsightBoard, locale: Locale) -> Sheet:
    """Return each lane as a line."""
    head = ["carrier", "way", *(f"{name}_{part}" for name in ("late", "stalled") for part in _RATE)]
    return Sheet(head, [_lane(one) for one in board.lanes], _notes(board, locale))


def _listing(one: ListingShown, locale: Locale) -> list[Cell]:
    counted: Sequence[Cell] = (
        one.score,
        one.open,
        one.asked,
        one.contacts,
        one.orders,
        one.per_100,
    )
    rates = [*(one.returns[why] for why in Why), one.disputed]
    cells = [cell for it in rates for cell in _rate(it)]
    return [one.product, say(one.title, locale), *counted, *cells]


def _lane(one: LaneShown) -> list[Cell]:
    return [one.carrier or "*", one.way or "*", *_rate(one.late), *_rate(one.stalled)]


def _rate(one: Rate) -> list[Cell]:
    return [one.hits, one.of, one.low, one.high]


def _notes(board: InsightBoard, locale: Locale) -> list[list[Cell]]:
    return [
        [board.name, f"{board.since.date()} – {board.until.date()}"],
        [text(locale, "insight.few_means", few=FEW)],
        [text(locale, "insight.not_causal")],
    ]
