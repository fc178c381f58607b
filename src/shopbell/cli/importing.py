"""Fill it: products, orders and events of parcels from tables."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from shopbell.cli.house import as_json, language, open_house, print_json, say
from shopbell.connectors.files.model import Options, Report
from shopbell.connectors.files.orders import import_orders
from shopbell.connectors.files.tracking import import_tracking
from shopbell.connectors.listings.apart import read_apart
from shopbell.connectors.listings.bringing import Manner, bring_in
from shopbell.connectors.listings.model import ListingReport, Wishes
from shopbell.kernel.texts import text

SHOWN_MOST = 20
Import = Callable[..., Report]


@click.group(name="import")
def import_() -> None:
    """Bring in products, orders or tracking events from a file, row by row, with a report.

    A row that cannot be read is named and left out; nothing of it is kept. The same file
    again changes only what differs.
    """


def _options(whose: str, what: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options that all imports share, and one that says whose it is."""
    own = click.option(f"--{whose}", "whose", required=True, help=what)
    return lambda command: _shared(own(command))


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    pairs: dict[str, Any] = {"multiple": True, "callback": _pairs}
    for option in (
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        as_json,
        click.option("--encoding", default="", help="Of the file; found out if not given."),
        click.option("--zone", default="", help="Of times without one; the shop's if not given."),
        click.option("--dates", default="", help="How dates are written: '%m/%d/%Y %H:%M'."),
        click.option(
            "--set", "values", metavar="OURS=VALUE", help="One value for all rows.", **pairs
        ),
        click.option(
            "--map", "columns", metavar="OURS=THEIRS", help="A column's other name.", **pairs
        ),
    ):
        command = option(command)
    return command


def _pairs(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    split = [pair.partition("=") for pair in given]
    if wrong := next((name for name, equals, _value in split if not equals), None):
        raise click.BadParameter(f"{wrong}: NAME=VALUE")
    return {name: value for name, _equals, value in split}


_of_shop = _options("shop", "The shop's slug.")


@import_.command()
@_of_shop
@click.option("--dry-run", "only_check", is_flag=True, help="Only tell what it would change.")
@click.option("--all-or-nothing", "whole", is_flag=True, help="Refuse a file with a wrong row.")
@click.option("--again", is_flag=True, help="Do it again, though this file was brought before.")
@click.option("--pictures", is_flag=True, help="Have the pictures fetched that it names.")
@click.option(
    "--zip",
    "album",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A zip with pictures that it names.",
)
def products(  # noqa: PLR0917
    whose: str,
    file: Path,
    only_check: bool,
    whole: bool,
    again: bool,
    pictures: bool,
    album: Path | None,
    as_json: bool,
    **options: str,
) -> None:
    """Bring in products, CSV or XLSX: our columns, Ozon's, Shopify's (docs/connect/listings.md)."""
    wishes = Wishes(options=Options(**options), pictures=pictures)  # type: ignore[arg-type]
    manner = Manner(only_check=only_check, whole=whole, again=again, album=album)
    with open_house() as app:
        report = bring_in(
            app.db, app.blobs, whose, file, wishes, manner, _show_progress, read_apart
        )
    click.echo(err=True)
    if as_json:
        print_json(report)
    else:
        _tell_listings(report)
    if report.trouble or not report.tally.products:
        click.get_current_context().exit(1)


def _tell_listings(report: ListingReport) -> None:
    locale = language()
    if report.trouble:
        click.echo(report.trouble.says(locale) + "\n" + report.trouble.says(locale, "next"))
        return
    for found in report.findings[:SHOWN_MOST]:
        name = f" {found.name}" if found.name else ""
        says = found.message[locale]
        click.echo(text(locale, "listings.line", row=found.row, name=name, says=says))
    if len(report.findings) > SHOWN_MOST:
        click.echo(say("more_skipped", n=len(report.findings) - SHOWN_MOST))
    click.echo(report.says(locale))


@import_.command()
@_of_shop
@click.option(
    "--state",
    "states",
    metavar="THEIRS=OURS",
    multiple=True,
    callback=_pairs,
    help="Their word for an order's state.",
)
@click.option("--buyer-domain", default="", help="Makes addresses of buyers' codes: CODE@DOMAIN.")
def orders(whose: str, file: Path, *, as_json: bool, **options: str) -> None:
    """Bring in orders with their parcels, in our own columns (docs/connect/import.md)."""
    _bring_in(import_orders, whose, file, Options(**options), as_json=as_json)  # type: ignore[arg-type]


@import_.command()
@_options("carrier", "Whose words they are, as cdek.")
def tracking(whose: str, file: Path, *, as_json: bool, **options: str) -> None:
    """Bring in what a carrier tells of parcels: number, at, code, place, note, zone."""
    _bring_in(import_tracking, whose, file, Options(**options), as_json=as_json)  # type: ignore[arg-type]


def _bring_in(work: Import, whose: str, file: Path, options: Options, *, as_json: bool) -> None:
    with open_house() as app:
        report = work(app.db, whose, file, options, _show_progress)
    click.echo(err=True)
    if as_json:
        print_json(report)
    else:
        _tell(report)
    if report.came_to_nothing:
        click.get_current_context().exit(1)


def _tell(report: Report) -> None:
    for skipped in report.skipped[:SHOWN_MOST]:
        click.echo(skipped.says(language()))
    if len(report.skipped) > SHOWN_MOST:
        click.echo(say("more_skipped", n=len(report.skipped) - SHOWN_MOST))
    click.echo(report.says(language()))


def _show_progress(done: int, total: int) -> None:
    click.echo("\r" + say("progress", done=done, total=total), nl=False, err=True)
