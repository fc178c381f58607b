"""The report that people see first: what stands together on one screen."""

from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from shopbell.analytics import asking, service
from shopbell.analytics.asking import Wish
from shopbell.analytics.model import Dimension, FigureReport
from shopbell.analytics.register import ALL, METRICS
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor

TILES = ("first_answer", "within_promise", "first_contact", "deflected")
OWN_TILES = ("first_answer", "answer", "within_promise", "workload")
BY_DAY = timedelta(days=21)
"""Up to so long a period is told apart by days, a longer one by weeks."""

A_DAY = timedelta(days=1)


class Tile(Struct, frozen=True):
    """A figure, and what it was in a period as long right before."""

    now: FigureReport
    before: FigureReport


class Board(Struct, frozen=True, kw_only=True):
    """All that stands on the screen; what is not for the reader to see is left out.

    ``ranked`` are the shares kept within the promise by ``rank``, the lowest first, beside the
    first answers and the open questions of the same.
    """

    tiles: list[Tile]
    answers: FigureReport
    rank: Dimension
    ranked: FigureReport
    speed: FigureReport
    amount: FigureReport
    volume: FigureReport | None
    heat: FigureReport | None
    steps: FigureReport | None
    outcomes: FigureReport | None
    figures: list[FigureReport]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all was counted in the period."""
        return not any(report.total.n for report in self.figures)

    @property
    def days(self) -> int:
        return (self.answers.until - self.answers.since).days + 1


def board(tx: Tx, actor: Actor, wish: Wish) -> Board:
    """Return what a reader sees first of a period: of all shops, of theirs, or of their own work.

    What cannot be told apart by one of the filters is left out.
    """
    whole, all_shops = asking.manages(actor), asking.shop_of(actor) is None
    rank = Dimension.SHOP if all_shops else Dimension.AGENT

    def known(name: str) -> bool:
        by = METRICS[name].by
        return {pair[0] for pair in wish.only} <= set(by) and (whole or Dimension.AGENT in by)

    def ask(name: str, *by: Dimension) -> FigureReport:
        return service.report(tx, actor, name, replace(wish, by=by))

    def ask_known(name: str, *by: Dimension) -> FigureReport | None:
        return ask(name, *by) if known(name) else None

    answers = ask("first_answer", Dimension.DAY)
    span = Dimension.DAY if answers.until - answers.since < BY_DAY else Dimension.WEEK
    return Board(
        tiles=[
            _tile(tx, actor, name, wish) for name in (TILES if whole else OWN_TILES) if known(name)
        ],
        answers=answers,
        rank=rank,
        ranked=ask("within_promise", rank),
        speed=ask("first_answer", rank),
        amount=ask("waiting" if all_shops else "workload", rank),
        volume=ask_known("contacts", span, Dimension.KIND),
        heat=ask_known("contacts", Dimension.WEEKDAY, Dimension.HOUR),
        steps=ask_known("ladder", Dimension.DETAIL),
        outcomes=ask_known("cases", Dimension.KIND, Dimension.DETAIL),
        figures=[ask(metric.name) for metric in ALL if known(metric.name)],
    )


def _tile(tx: Tx, actor: Actor, name: str, wish: Wish) -> Tile:
    now = service.report(tx, actor, name, wish)
    length = now.until - now.since + A_DAY
    earlier = replace(wish, since=str(now.since - length), until=str(now.since - A_DAY))
    return Tile(now, service.report(tx, actor, name, earlier))
