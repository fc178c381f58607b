"""Look after the index by which messages are found."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from shopbell.cli.house import as_json, open_house, print_json, say

if TYPE_CHECKING:
    from shopbell.app import App
    from shopbell.engine.database import Database, Tx

SPEAK_SECONDS = 1.0


@click.group()
def search() -> None:
    """Look after the index by which messages are found."""


@search.command()
@as_json
def rebuild(*, as_json: bool) -> None:
    """Forget the index and read every message anew, while the server may go on.

    Until it is done, what has not been read yet is not found. If it is stopped, the server or a
    worker goes on with it.
    """
    from shopbell.conversations.search import indexing  # noqa: PLC0415 - `--help` need not load it
    from shopbell.conversations.search.jobs import follow  # noqa: PLC0415

    def told(done: int) -> None:
        if not as_json:
            click.echo("  " + say("search_progress", done=done, of=count), err=True)

    with open_house() as app:
        app.db.write_now(indexing.begin_anew)
        count, began = app.db.read_now(indexing.count), time.monotonic()
        if not as_json:
            click.echo(say("search_again", n=count), err=True)
        done = asyncio.run(to_the_end(app, follow, indexing.progress, told))
        took = round(time.monotonic() - began, 1)
    if as_json:
        print_json({"read": count, "searchable": done, "seconds": took})
    else:
        click.echo(say("search_done", n=done, seconds=f"{took:g}"))


async def to_the_end(
    app: "App",
    follow: "Callable[[Database], Awaitable[int]]",
    progress: "Callable[[Tx], int]",
    tell: "Callable[[int], None]",
) -> int:
    """Follow behind what is written to its end; return how far that is.

    About once a second how far it is is told.
    """
    spoke = time.monotonic()
    while await follow(app.db):
        if time.monotonic() - spoke >= SPEAK_SECONDS:
            spoke = time.monotonic()
            tell(await app.db.read(progress))
    return await app.db.read(progress)
