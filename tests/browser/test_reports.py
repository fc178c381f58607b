"""The reports in a phone and a wide window: every figure there equals a recount of the threads."""

import time
from datetime import date

from shopbell.analytics.model import Asked, Figure
from shopbell.analytics.register import METRICS
from shopbell.engine.database import Database
from shopbell.kernel.texts import Locale
from shopbell.web.pages.figures import figure
from tests.browser.people import People, Visitor
from tests.support import recount
from tests.support.server import RunningServer


def counted(market: RunningServer) -> list[recount.Thing]:
    """Wait until all that was said is counted, and count it once more."""
    while market.figures()["shopbell_report_lag_seconds"]:
        time.sleep(0.2)
    db = Database(f"sqlite:///{market.data / 'shopbell.db'}")
    things = db.read_now(recount.everything)
    db.close()
    return things


def asked_on(somebody: Visitor) -> Asked:
    """Return which period the screen shows."""
    days = [somebody.page.locator(f"#{name}").input_value() for name in ("since", "until")]
    since, until = map(date.fromisoformat, days)
    return Asked(since=since, until=until, zone="UTC")


def test_every_figure_on_the_console_equals_a_recount(
    people: People, market: RunningServer
) -> None:
    olga = people.operator("en")
    things = counted(market)
    olga.opens("/console/reports")
    asked = asked_on(olga)
    for name, metric in METRICS.items():
        [row] = recount.figures(things, metric, asked) or [Figure([], 0, 0, None)]
        shown = olga.page.locator(f"[data-figure={name}]").inner_text()
        empty = "0" if metric.measure == "count" else "–"
        assert shown == (figure(row, metric.measure, "en") if row.n else empty), name
    assert any(recount.figures(things, METRICS["answer"], asked))

    olga.page.locator("a[href^='/console/reports/within_promise']").first.click()
    listed = olga.page.locator("tbody tr").count()
    [kept] = recount.figures(things, METRICS["within_promise"], asked)
    assert listed == min(kept.n, 50)


def test_reports_can_be_read_by_anybody_who_may(people: People) -> None:
    looks: tuple[tuple[Locale, bool, bool], ...] = (
        ("en", False, False),
        ("ru", True, True),
        ("zh", True, False),
    )
    for locale, phone, dark in looks:
        olga = people.operator(locale, phone=phone, dark=dark)
        owner = people.seller(locale, phone=phone, dark=dark)
        for somebody, path in (
            (olga, "/console/reports"),
            (olga, "/console/reports/answer"),
            (owner, "/shop/reports"),
        ):
            somebody.opens(path)
            somebody.fits()
            somebody.finds_no_barriers()
