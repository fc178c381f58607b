"""Prove that nothing is left of words that should be gone."""

from typing import TextIO

import click

from shopbell.cli.house import as_json, open_house, print_json, say


@click.command()
@click.option("--verify", is_flag=True, required=True, help="Look for words, one a line.")
@click.option("--sweep", is_flag=True, help="First write the database anew, without freed bytes.")
@click.argument("words", type=click.File(), default="-")
@as_json
def erase(*, verify: bool, sweep: bool, words: TextIO, as_json: bool) -> None:  # noqa: ARG001 - there is nothing else to do
    """Look for words, of a file or standard input, in everything that is kept.

    Tables, the index, files, letters and copies of data are read. It ends with 1 if anything was
    found. Accounts are erased by their owners, under "Your data".

    A sweep takes its time, needs as much room again as the database, and keeps others from writing.
    """
    from shopbell.engine import erasing  # noqa: PLC0415
    from shopbell.privacy import verifying  # noqa: PLC0415 - `--help` need not load it
    from shopbell.privacy.exporting import Shelf  # noqa: PLC0415

    wanted = [line.strip() for line in words if line.strip()]
    with open_house() as app:
        if sweep:
            erasing.sweep(app.db.engine)
        found = app.db.read_now(verifying.in_tables, wanted)
        found += app.db.read_now(verifying.in_index, wanted)
        found += verifying.in_files(app.blobs, Shelf.of(app.settings), wanted)
    if as_json:
        print_json(dict(found))
    else:
        for place, count in sorted(found.items()):
            click.echo(f"{count:6} {place}")
        click.echo(say("words_left", n=found.total()))
    raise SystemExit(bool(found))
