"""Look after what reports are counted from."""

import asyncio
import time

import click

from shopbell.cli.house import as_json, open_house, print_json, say
from shopbell.cli.searching import to_the_end


@click.group()
def analytics() -> None:
    """Look after what reports are counted from."""


@analytics.command()
@as_json
def rebuild(*, as_json: bool) -> None:
    """Forget what was counted and count every conversation anew, while the server may go on.

    Until it is done, reports lack what has not been counted yet. If it is stopped, the server or a
    worker goes on with it.
    """
    from shopbell.analytics import indexing  # noqa: PLC0415 - `--help` need not load it
    from shopbell.analytics.jobs import follow  # noqa: PLC0415
    from shopbell.conversations import history  # noqa: PLC0415

    def told(done: int) -> None:
        if not as_json:
            click.echo("  " + say("reports_progress", done=done, of=count), err=True)

    with open_house() as app:
        app.db.write_now(indexing.begin_anew)
        count, began = app.db.read_now(history.count), time.monotonic()
        if not as_json:
            click.echo(say("reports_again", n=count), err=True)
        done = asyncio.run(to_the_end(app, follow, indexing.progress, told))
        took = round(time.monotonic() - began, 1)
    if as_json:
        print_json({"counted": done, "seconds": took})
    else:
        click.echo(say("reports_done", n=done, seconds=f"{took:g}"))
